package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

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

	begun     time.Time
	elsewhere *corpus.SourceState // when another process made the visit
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
//
// When another process has visited the source after since, there is nothing
// to do. Losing the claims ends a visit: what it has fetched is saved, but
// nothing that failed, since that may overwrite what the other one has got.
func (c *Crawler) visit(ctx context.Context, src *source, since time.Time) Visit {
	begun := c.clock()
	v := Visit{Source: src.ID, begun: begun}
	st, err := c.state.SourceState(ctx, src.ID)
	switch {
	case err != nil:
		err = fail(ReasonState, "read state: %w", err)
	case st.VisitedAt.After(since):
		v.elsewhere = &st
		return v
	default:
		err = c.visitFrom(ctx, src, &st, begun, &v)
	}
	if err != nil {
		f := failureOf(err)
		switch cause := context.Cause(ctx); {
		case errors.Is(cause, errLost):
			f = fail(ReasonClaimed, "%w", cause)
		case cause != nil:
			f = fail(ReasonCancelled, "%w", cause)
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
	switch reasonFor(listErr) {
	case ReasonState, ReasonCancelled, ReasonClaimed:
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
	if err := c.still(ctx, src); err != nil {
		return err
	}
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
	if !found.fresh.IsZero() {
		src.fresh.Store(found.fresh.UnixMicro())
	}
	c.subscribe(ctx, src, found.first, now)
	return nil
}

// found is what all pages of a listing say together, with the validators of a
// listing that is a single page.
type found struct {
	items                      []corpus.Item
	etag, lastModified, digest string
	first                      *response // the first page, nil when there was no answer
	fresh                      time.Time // until when it need not be asked for again; zero without asking
}

// readAll fetches a listing with its further pages. An unchanged listing has
// no items and keeps its validators.
func (c *Crawler) readAll(ctx context.Context, src *source, st *corpus.SourceState, now time.Time) (found, error) {
	d := src.Discovery
	r := request{url: src.listingURL(now), method: d.Method, body: src.inYear(d.Body, now), header: d.Header}
	if strings.HasPrefix(st.Digest, src.settings) { // validators of a listing read with other settings say nothing
		r.etag, r.lastModified = st.ETag, st.LastModified
	}
	if st.Reason == "" && strings.HasPrefix(st.Digest, src.settings) && now.UnixMicro() < src.fresh.Load() {
		return found{etag: st.ETag, lastModified: st.LastModified, digest: st.Digest}, nil
	}
	res, err := c.fetcher.get(ctx, src, r)
	if err != nil {
		return found{}, fmt.Errorf("listing: %w", err)
	}
	fresh := now.Add(freshFor(res.header, now, maxFreshListing))
	if res.unchanged() {
		return found{etag: st.ETag, lastModified: st.LastModified, digest: st.Digest, first: res, fresh: fresh}, nil
	}
	if res.missing() {
		return found{first: res}, fail(ReasonMissing, "listing: status %d", res.status)
	}
	all := found{
		etag: res.header.Get("ETag"), lastModified: res.header.Get("Last-Modified"), digest: src.settings + digest(res.body),
		first: res, fresh: fresh,
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
		all.etag, all.lastModified, all.digest, all.fresh = "", "", "", time.Time{}
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

// still reports an error when this process has no claim to src any more.
func (c *Crawler) still(ctx context.Context, src *source) error {
	if c.claims.use(src.user, sourceLease(src.ID)) {
		return nil
	}
	// It was not renewed in time, but perhaps nobody has noticed.
	ok, err := c.claims.take(ctx, src.user, sourceLease(src.ID))
	switch {
	case err != nil:
		return fail(ReasonState, "%w", err)
	case !ok:
		return fail(ReasonClaimed, "%w", errLost)
	}
	return nil
}

// write lets do finish although ctx is cancelled, for at most writeTime.
func (c *Crawler) write(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), writeTime, errors.New("write took too long"))
	defer cancel()
	return do(ctx)
}
