package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/corpus"
)

// Visit is the outcome of one visit of a source.
type Visit struct {
	Source    corpus.SourceID
	Items     int    // in the listing; 0 when it has not changed
	New       int    // pages heard of for the first time, or said to have changed
	Captured  int    // pages from which something was learnt
	Unchanged int    // pages read again that said nothing new
	Failed    int    // pages that gave no answer; each has its reason in the frontier
	Reason    Reason // why the listing could not be read, ReasonNone when it could
	Err       error  // the same in words; nil with ReasonNone
	Elapsed   time.Duration
}

// VisitError is a visit that could not read its listing, or could not keep
// what it learnt.
type VisitError struct {
	Source corpus.SourceID
	Reason Reason
	Err    error
}

func (e *VisitError) Error() string { return fmt.Sprintf("visit %s: %v", e.Source, e.Err) }
func (e *VisitError) Unwrap() error { return e.Err }

// deadPages is after how many pages in a row without an answer a visit gives
// up: each costs several attempts, and a server that is down would hold the
// visit for hours. Guessed.
const deadPages = 4

// writeTime bounds a write that follows a complete answer. It is let through
// while we shut down, so that what was asked of a server is not asked twice.
const writeTime = 5 * time.Second

// visit reads the source's listing, puts what it names into the frontier, and
// fetches what is due there. A crash between any two steps loses nothing:
//
//   - before the items are saved, the listing is read again;
//   - before the listing's validators are saved, the listing is read again,
//     and all it names is known;
//   - before a page is captured, it is still pending;
//   - before its entry is saved, it is fetched again, and the sink has that
//     capture already;
//   - before the visit's end is saved, the source is due at once.
func (c *Crawler) visit(ctx context.Context, src *source) Visit {
	begun := c.clock()
	v := Visit{Source: src.ID}
	st, err := c.state.SourceState(ctx, src.ID)
	if err == nil {
		err = c.visitFrom(ctx, src, &st, begun, &v)
	} else {
		err = fail(ReasonState, "read state: %w", err)
	}
	if err != nil {
		f := failureOf(err)
		if ctx.Err() != nil {
			f = fail(ReasonCancelled, "%w", context.Cause(ctx))
		}
		v.Reason, v.Err = f.reason, f
	}
	v.Elapsed = c.clock().Sub(begun)
	return v
}

func (c *Crawler) visitFrom(ctx context.Context, src *source, st *corpus.SourceState, now time.Time, v *Visit) error {
	if st.NotBefore.After(now) {
		f := fail(ReasonDeferred, "not before %s", st.NotBefore.Format(time.RFC3339))
		f.until = st.NotBefore
		return f
	}
	listErr := c.discover(ctx, src, st, now, v)
	if r := reasonFor(listErr); r == ReasonState || r == ReasonCancelled {
		return listErr
	}
	// A listing that cannot be read is no reason to leave pages waiting.
	if err := c.fetchDue(ctx, src, st, now, v); err != nil {
		return err
	}
	if p, ok := src.schedule.(*paced); ok {
		c.follow(ctx, src, p, now)
	}
	note(st, listErr, src, now)
	c.metrics.fresh(*st)
	if err := c.write(ctx, func(ctx context.Context) error { return c.state.SaveSourceState(ctx, *st) }); err != nil {
		return fail(ReasonState, "save state: %w", err)
	}
	return listErr
}

func reasonFor(err error) Reason {
	if err == nil {
		return ReasonNone
	}
	return failureOf(err).reason
}

// note writes the outcome of a visit into the source's state.
func note(st *corpus.SourceState, listErr error, src *source, now time.Time) {
	st.VisitedAt, st.NextAt = now, src.schedule.Next(now).UTC()
	if listErr == nil {
		st.Failures, st.Reason, st.LastError, st.NotBefore = 0, "", "", time.Time{}
		return
	}
	f := failureOf(listErr)
	st.Failures++
	st.Reason, st.LastError = string(f.reason), f.Error()
	// One or two failures are left to the schedule; after that a source that
	// does not answer is asked less and less often.
	if st.Failures > 2 {
		st.NotBefore = now.Add(retryWait(st.Failures - 2))
	}
	if f.until.After(st.NotBefore) {
		st.NotBefore = f.until
	}
}

// discover reads the listing and saves what it names.
func (c *Crawler) discover(ctx context.Context, src *source, st *corpus.SourceState, now time.Time, v *Visit) error {
	if src.Discovery.Type == DiscoverNone {
		st.SucceededAt = now
		return nil
	}
	found, err := c.readAll(ctx, src, st, now)
	// What was read of a listing in several pages counts, even when a later
	// page failed; but then the validators must not be saved.
	v.Items = len(found.items)
	fresh, saveErr := c.offer(ctx, src, found.items, st.SucceededAt.IsZero(), now)
	v.New = fresh
	if saveErr != nil {
		return saveErr
	}
	if err != nil {
		return err
	}
	if fresh > 0 && fresh == len(found.items) && !st.SucceededAt.IsZero() {
		// Nothing in it was known: there may have been more between then and now.
		c.metrics.gap(src)
		c.log.WarnContext(ctx, "listing may have a gap", "source", src.ID, "items", fresh)
	}
	if p, ok := src.schedule.(*paced); ok && len(found.items) > 0 {
		p.listed = publishedAt(found.items)
	}
	for _, it := range found.items {
		for _, t := range []time.Time{it.PublishedAt, it.UpdatedAt} {
			if t.After(st.NewestItemAt) {
				st.NewestItemAt = t
			}
		}
	}
	// All items are in the frontier. A crash here leaves the old validators:
	// the listing is read once more and names nothing new.
	st.SucceededAt = now
	st.ETag, st.LastModified, st.Digest = found.etag, found.lastModified, found.digest
	if err := c.write(ctx, func(ctx context.Context) error { return c.state.SaveSourceState(ctx, *st) }); err != nil {
		return fail(ReasonState, "save state: %w", err)
	}
	return nil
}

// found is what all pages of a listing say together, with the validators of a
// listing that is a single page.
type found struct {
	items                      []corpus.Item
	etag, lastModified, digest string
	first                      *response // the first page, nil when there was no answer
}

// readAll fetches a listing with its further pages. An unchanged listing has
// no items and keeps its validators.
func (c *Crawler) readAll(ctx context.Context, src *source, st *corpus.SourceState, now time.Time) (found, error) {
	d := src.Discovery
	r := request{url: src.listingURL(now), method: d.Method, body: src.inYear(d.Body, now), header: d.Header}
	if strings.HasPrefix(st.Digest, src.settings) { // validators of a listing read with other settings say nothing
		r.etag, r.lastModified = st.ETag, st.LastModified
	}
	res, err := c.fetcher.get(ctx, src, r)
	if err != nil {
		return found{}, fmt.Errorf("listing: %w", err)
	}
	if res.unchanged() {
		return found{etag: st.ETag, lastModified: st.LastModified, digest: st.Digest, first: res}, nil
	}
	if res.missing() {
		return found{first: res}, fail(ReasonMissing, "listing: status %d", res.status)
	}
	all := found{
		etag: res.header.Get("ETag"), lastModified: res.header.Get("Last-Modified"), digest: src.settings + digest(res.body),
		first: res,
	}
	if all.digest == st.Digest {
		return all, nil
	}
	more, err := c.readOne(ctx, src, res, now, &all)
	if err != nil {
		return all, err
	}
	read := map[string]bool{d.URL: true}
	for pages := 1; len(more) > 0; pages++ {
		// The first page's validators do not speak for the others.
		all.etag, all.lastModified, all.digest = "", "", ""
		next := more[0]
		more = more[1:]
		if d.Type == DiscoverHTML && pages >= d.HTML.MaxPages || read[next] {
			continue
		}
		read[next] = true
		res, err := c.fetcher.get(ctx, src, request{url: next, header: d.Header})
		if err != nil {
			return all, fmt.Errorf("listing: %w", err)
		}
		if res.missing() {
			return all, fail(ReasonMissing, "listing: status %d", res.status)
		}
		further, err := c.readOne(ctx, src, res, now, &all)
		if err != nil {
			return all, err
		}
		if d.Type == DiscoverHTML { // sitemaps of sitemaps go no deeper
			more = append(more, further...)
		}
	}
	all.items = all.items[:min(len(all.items), d.MaxItems)]
	if len(all.items) == 0 && !d.AllowEmpty {
		return all, fail(ReasonEmpty, "listing: no items")
	}
	return all, nil
}

// listingURL is the address of the listing at now.
func (src *source) listingURL(now time.Time) string { return src.inYear(src.Discovery.URL, now) }

// inYear fills in the year of now where the source is.
func (src *source) inYear(text string, now time.Time) string {
	return strings.ReplaceAll(text, "{year}", strconv.Itoa(now.In(src.zone).Year()))
}

// readOne reads one page of a listing into all and returns the addresses of
// further pages.
func (c *Crawler) readOne(ctx context.Context, src *source, res *response, now time.Time, all *found) ([]string, error) {
	l, err := readListing(src, res.header.Get("Content-Type"), res.body)
	if err != nil {
		return nil, fmt.Errorf("listing: %w", err)
	}
	items, dropped := src.accept(l, res.finalURL, now)
	if dropped > 0 {
		c.log.DebugContext(ctx, "items dropped", "source", src.ID, "items", dropped, "reason", ReasonAddress)
	}
	seen := make(map[string]bool, len(all.items))
	for _, it := range all.items {
		seen[it.URL] = true
	}
	for _, it := range items {
		if !seen[it.URL] {
			all.items = append(all.items, it)
		}
	}
	base, err := url.Parse(res.finalURL)
	if err != nil {
		return nil, fail(ReasonAddress, "listing: %w", err)
	}
	var more []string
	for _, m := range l.more {
		if u, err := Canonical(m, base); err == nil {
			more = append(more, u)
		}
	}
	return more, nil
}

// offer saves what is new among items and returns how many that are. A crash
// before the save loses nothing: the listing is read again. After it, the
// items wait in the frontier until they are fetched.
func (c *Crawler) offer(ctx context.Context, src *source, items []corpus.Item, first bool, now time.Time) (int, error) {
	if len(items) == 0 {
		return 0, nil
	}
	urls := make([]string, len(items))
	for i, it := range items {
		urls[i] = it.URL
	}
	known, err := c.known(ctx, src.ID, urls)
	if err != nil {
		return 0, err
	}
	var fresh []corpus.FrontierEntry
	for _, it := range items {
		if e, ok := offered(known[it.URL], src.ID, it, c.origin(it, first, now), now); ok {
			fresh = append(fresh, e)
		}
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	if err := c.write(ctx, func(ctx context.Context) error { return c.state.SaveFrontier(ctx, fresh) }); err != nil {
		return 0, fail(ReasonState, "save frontier: %w", err)
	}
	return len(fresh), nil
}

func (c *Crawler) known(ctx context.Context, source corpus.SourceID, urls []string) (map[string]*corpus.FrontierEntry, error) {
	entries, err := c.state.Frontier(ctx, source, urls)
	if err != nil {
		return nil, fail(ReasonState, "read frontier: %w", err)
	}
	known := make(map[string]*corpus.FrontierEntry, len(entries))
	for i := range entries {
		known[entries[i].URL] = &entries[i]
	}
	return known, nil
}

// origin says whether a page is news or archive: see Config.LiveWithin.
func (c *Crawler) origin(it corpus.Item, first bool, now time.Time) corpus.Origin {
	at := it.PublishedAt
	if at.IsZero() {
		at = it.UpdatedAt
	}
	switch {
	case c.liveWithin < 0,
		!at.IsZero() && now.Sub(at) <= c.liveWithin,
		at.IsZero() && !first:
		return corpus.OriginLive
	}
	return corpus.OriginBackfill
}

// fetchDue fetches the source's tracked pages and what is due in its frontier.
func (c *Crawler) fetchDue(ctx context.Context, src *source, st *corpus.SourceState, now time.Time, v *Visit) error {
	limit := src.Politeness.MaxPages
	due, err := c.trackedPages(ctx, src, st, now)
	if err != nil {
		return err
	}
	waiting, err := c.state.DueFrontier(ctx, src.ID, now, limit)
	if err != nil {
		return fail(ReasonState, "read frontier: %w", err)
	}
	rechecks := 0
	for _, e := range waiting {
		if src.tracks(e.URL) {
			continue
		}
		if e.State == corpus.FrontierDone {
			if rechecks++; rechecks > src.Recheck.PerVisit {
				break
			}
		}
		due = append(due, e)
	}

	var (
		mu   sync.Mutex
		dead int // pages in a row that a troubled server left without an answer
	)
	pages, group := errgroup.WithContext(ctx)
	pages.SetLimit(src.Politeness.Parallelism)
	for _, e := range due {
		mu.Lock()
		stop := group.Err() != nil || dead >= deadPages
		mu.Unlock()
		if stop { // what is left stays due
			break
		}
		pages.Go(func() error {
			out, err := c.page(group, src, e)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				return err
			case out == pageCaptured:
				v.Captured++
			case out == pageUnchanged:
				v.Unchanged++
			default:
				v.Failed++
			}
			if Reason(out).transient() {
				dead++
			} else {
				dead = 0
			}
			return nil
		})
	}
	if err := pages.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// trackedPages returns the entries of the pages that are read at every visit.
// They are saved only after they were read: the configuration names them.
func (c *Crawler) trackedPages(ctx context.Context, src *source, st *corpus.SourceState, now time.Time) ([]corpus.FrontierEntry, error) {
	if len(src.Discovery.Pages) == 0 {
		return nil, nil
	}
	known, err := c.known(ctx, src.ID, src.Discovery.Pages)
	if err != nil {
		return nil, err
	}
	var out []corpus.FrontierEntry
	for _, u := range src.Discovery.Pages {
		origin := c.origin(corpus.Item{URL: u}, st.VisitedAt.IsZero(), now)
		out = append(out, tracked(known[u], src.ID, u, origin, now))
	}
	return out, nil
}

// page outcomes, as the metrics call them; a failure is called by its reason.
const (
	pageCaptured  = "captured"
	pageUnchanged = "unchanged"
)

// page fetches and captures one page and saves its entry. Its error means that
// the visit cannot go on; a page that fails is an outcome.
func (c *Crawler) page(ctx context.Context, src *source, e corpus.FrontierEntry) (string, error) {
	outcome, next, err := c.fetchPage(ctx, src, e)
	if err != nil {
		return "", err
	}
	// A crash here leaves the entry as it was: the page is fetched again, and
	// the sink answers that it learnt nothing.
	if src.tracks(e.URL) && next.State == corpus.FrontierDone {
		next.NextAt = time.Time{} // the visits are its schedule
	}
	err = c.write(ctx, func(ctx context.Context) error { return c.state.SaveFrontier(ctx, []corpus.FrontierEntry{next}) })
	if err != nil {
		return "", fail(ReasonState, "save frontier: %w", err)
	}
	c.metrics.page(src, outcome)
	return outcome, nil
}

func (c *Crawler) fetchPage(ctx context.Context, src *source, e corpus.FrontierEntry) (string, corpus.FrontierEntry, error) {
	res, err := c.ask(ctx, src, e)
	now := c.clock()
	if err != nil {
		f := failureOf(err)
		if f.reason == ReasonCancelled {
			return "", e, f
		}
		next := failed(e, f, src.Recheck, now)
		level := c.log.InfoContext
		if next.State == corpus.FrontierParked && e.State != corpus.FrontierParked {
			level = c.log.WarnContext
		}
		level(ctx, "page failed", "source", src.ID, "url", e.URL, "reason", f.reason, "attempt", next.Attempts, "state", next.State, "err", f)
		return string(f.reason), next, nil
	}
	if res.unchanged() {
		return pageUnchanged, answered(e, res, e.Digest, src.Recheck, now), nil
	}
	learnt := false
	capture := c.capture(src, e, res)
	err = c.write(ctx, func(ctx context.Context) error {
		learnt, err = c.sink.Capture(ctx, capture)
		return err
	})
	if err != nil {
		return "", e, fail(ReasonSink, "capture %s: %w", e.URL, err)
	}
	sum := digest(res.body)
	if e.Item.Content != "" {
		sum = contentDigest(e.Item)
	}
	next := answered(e, res, sum, src.Recheck, now)
	if e.Item.Content != "" {
		next.NextAt = time.Time{} // the feed says when it changes
	}
	if !learnt {
		return pageUnchanged, next, nil
	}
	return pageCaptured, next, nil
}

// ask gets what an entry stands for: a page, the article its feed carries, or
// the article in a document of its own.
func (c *Crawler) ask(ctx context.Context, src *source, e corpus.FrontierEntry) (res *response, err error) {
	switch {
	case e.Item.Content != "":
		return carried(e.Item, c.clock()), nil
	case src.Discovery.Detail.URL != "":
		res, err = c.fetcher.get(ctx, src, request{
			url: src.Discovery.Detail.address(e.Item), header: src.Discovery.Header, etag: e.ETag, lastModified: e.LastModified,
		})
		if err == nil && !res.unchanged() && !res.missing() {
			res, err = src.Discovery.Detail.extract(res)
		}
	default:
		res, err = c.fetcher.get(ctx, src, request{url: e.URL, etag: e.ETag, lastModified: e.LastModified})
	}
	if err == nil && res.missing() && e.Digest == "" {
		err = fail(ReasonMissing, "status %d", res.status) // it was never there: nothing to withdraw
	}
	return res, err
}

// capture makes the record of an answer.
func (c *Crawler) capture(src *source, e corpus.FrontierEntry, res *response) corpus.Capture {
	media, charset := res.mediaType()
	final := res.finalURL
	if final == "" {
		final = e.URL
	}
	return corpus.Capture{
		Source: src.ID, URL: e.URL, FinalURL: final, Status: res.status, Header: res.header,
		MediaType: media, Charset: charset, Body: res.body, FetchedAt: res.at, Origin: e.Origin, Item: e.Item,
	}
}

// carried makes an answer of an article that came in its feed.
func carried(it corpus.Item, now time.Time) *response {
	return &response{
		status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		body: []byte(it.Content), finalURL: it.URL, at: now,
	}
}

// write lets do finish although ctx is cancelled, for at most writeTime.
func (c *Crawler) write(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), writeTime, errors.New("write took too long"))
	defer cancel()
	return do(ctx)
}
