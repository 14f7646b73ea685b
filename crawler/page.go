package crawler

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/corpus"
)

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
	if err == nil && next.FetchedAt.Equal(e.FetchedAt) {
		err = c.still(ctx, src)
	}
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
	var more []furtherPage
	if err == nil {
		more, err = c.further(ctx, src, e, res)
	}
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
			c.metrics.park(src, next.Reason)
		}
		level(ctx, "page failed", "source", src.ID, "url", e.URL, "reason", f.reason, "attempt", next.Attempts, "state", next.State, "err", f)
		return string(f.reason), next, nil
	}
	sum := e.Digest
	switch {
	case res.unchanged():
	case e.Item.Content != "":
		sum = contentDigest(e.Item)
	default:
		sum = digest(res.body)
	}
	// A crash among these writes leaves the entry as it was: all pages are
	// fetched again, and the sink has some of them already.
	urls, learnt, err := c.keepFurther(ctx, src, e, more, sum != e.Digest)
	if err != nil {
		return "", e, err
	}
	e.Item.Pages, e.Item.PageDigests = urls, nil
	if !res.unchanged() {
		capture := c.capture(src, e, res)
		err = c.write(ctx, func(ctx context.Context) error {
			fresh, err := c.sink.Capture(ctx, capture)
			learnt = learnt || fresh
			return err
		})
		if err != nil {
			return "", e, fail(ReasonSink, "capture %s: %w", e.URL, err)
		}
	}
	e.Item.PageDigests = digests(more)
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
