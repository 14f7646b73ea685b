package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/corpus"
)

const (
	// maxArchivePages bounds the pages of one archive: lists without an end are
	// left there. At fifty items a page it is more than any source has.
	maxArchivePages = 5000
	// maxArchiveDepth bounds indexes of indexes of sitemaps.
	maxArchiveDepth = 3
	// maxSitemapItems and maxSitemapSize are what the protocol of sitemaps
	// (sitemaps.org, 0.9) allows one to have.
	maxSitemapItems = 50_000
	maxSitemapSize  = 50 << 20
	// archiveLife is how long a finished reading of an archive holds; a
	// backfill after that reads it again.
	archiveLife = 24 * time.Hour
	// backfillBatch is how many pages are taken from the frontier at once.
	backfillBatch = 50
	// backfillCount bounds the waiting pages that are counted at the start.
	backfillCount = 20_000
	// backfillPatience is how long a backfill waits for pages that failed and
	// are to be tried again; after that they wait for the next backfill.
	backfillPatience = 5 * time.Minute
)

// ErrNoArchive means that nothing is known of where a source lists what it
// published long ago.
var ErrNoArchive = errors.New("no archive is known: set discovery.archive")

// Progress is how far a backfill has come.
type Progress struct {
	Source   corpus.SourceID
	Listings int // pages of the archive read in this run
	Found    int // pages of articles that this run heard of
	Captured int // of them and those left by earlier runs: captured, or found unchanged
	Failed   int // attempts that got no answer
	// Left counts the pages that wait, those that earlier runs left included
	// (of which at most 20,000 are counted).
	Left    int
	Elapsed time.Duration
	// Estimate is how long the pages that are left will take at the pace so
	// far; zero while the archive is read and it is unknown.
	Estimate time.Duration
}

// Backfill fetches what a source has published since a time, through its
// archive: sitemaps, numbered pages of an API or a list, or a list with next
// pages. Captures are of corpus.OriginBackfill. It obeys robots.txt and the
// limits of the sites, which it shares with visits that go on meanwhile, and
// leaves alone what visits know already.
//
// It may be cancelled or crash at any point and called again: what was read of
// the archive and what waits is in the frontier, under names of its own
// ("source~2024-01-01" and "source~pages"). It returns nil when the archive is
// read and no page waits that could be fetched now; pages that keep failing
// are parked as visits do. The error is ErrNoArchive, a *[VisitError], or the
// context's. progress may be nil; it is called after each page, from one
// goroutine at a time.
func (c *Crawler) Backfill(ctx context.Context, id corpus.SourceID, since time.Time, progress func(Progress)) error {
	i := slices.IndexFunc(c.sources, func(src *source) bool { return src.ID == id })
	if i < 0 {
		return fmt.Errorf("source %s is not configured", id)
	}
	src := c.sources[i]
	if src.Disabled {
		return fmt.Errorf("source %s is disabled: %s", id, src.Reason)
	}
	select {
	case src.filling <- struct{}{}:
		defer func() { <-src.filling }()
	default:
		return fmt.Errorf("source %s is being backfilled", id)
	}
	f, err := newBackfill(c, src, since)
	if err != nil {
		return err
	}
	if progress != nil {
		f.report = progress
	}
	if err = f.run(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		fl := failureOf(err)
		return &VisitError{Source: id, Reason: fl.reason, Err: fl}
	}
	return nil
}

// backfill is one run.
type backfill struct {
	*Crawler
	src     *source // whose pages are fetched
	archive *source // as a source whose listing is a page of the archive
	since   time.Time
	// listings and pages are the names under which the frontier holds the
	// pages of the archive, and the pages of articles that they name.
	listings, pages corpus.SourceID
	report          func(Progress)

	begun time.Time
	mu    sync.Mutex
	Progress
	dead     int // pages in a row that a troubled server left without an answer
	attempts int // pages asked for, by which the pace is reckoned
	fetching time.Time
}

func newBackfill(c *Crawler, src *source, since time.Time) (*backfill, error) {
	archive := *src
	d := &archive.Discovery
	switch a := d.Archive; {
	case a.URL != "":
		def(&a.Type, d.Type)
		def(&a.Step, 1)
		if a.First == nil {
			one := 1
			a.First = &one
		}
		d.Archive, d.Type, d.URL, d.Body = a, a.Type, a.URL, a.Body
	case d.Type == DiscoverSitemap, d.Type == DiscoverHTML && d.HTML.Next != "":
		zero := 0
		d.Archive = Archive{Type: d.Type, URL: d.URL, First: &zero, Step: 1}
	default:
		return nil, fmt.Errorf("source %s: %w", src.ID, ErrNoArchive)
	}
	if d.Type == DiscoverSitemap {
		d.Content, d.Method, d.Body = ContentPage, "GET", ""
		archive.Politeness.MaxBody = max(archive.Politeness.MaxBody, maxSitemapSize)
	}
	d.MaxItems = maxSitemapItems
	return &backfill{
		Crawler: c, src: src, archive: &archive, since: since.UTC(), report: func(Progress) {},
		listings: src.ID + corpus.SourceID("~"+since.UTC().Format(time.DateOnly)), pages: src.ID + "~pages",
		begun: c.clock(), Progress: Progress{Source: src.ID},
	}, nil
}

// numbered reports whether the pages of the archive have numbers.
func (f *backfill) numbered() bool {
	return strings.Contains(f.archive.Discovery.URL+f.archive.Discovery.Body, "{page}")
}

func (f *backfill) run(ctx context.Context) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	for {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		now := f.clock()
		list, err := f.state.DueFrontier(ctx, f.listings, now, 1)
		if err != nil {
			return fail(ReasonState, "read frontier: %w", err)
		}
		if len(list) > 0 {
			if err := f.readArchive(ctx, list[0]); err != nil {
				return err
			}
			continue
		}
		batch, err := f.state.DueFrontier(ctx, f.pages, now, backfillBatch)
		if err != nil {
			return fail(ReasonState, "read frontier: %w", err)
		}
		if len(batch) > 0 {
			if err := f.fetch(ctx, batch); err != nil {
				return err
			}
			continue
		}
		next, err := f.waiting(ctx)
		if err != nil || next.IsZero() || next.Sub(now) > backfillPatience {
			return err
		}
		f.sleepUntil(ctx, next)
	}
}

// begin makes sure that the archive's first page is in the frontier, and
// counts what an earlier run has left.
func (f *backfill) begin(ctx context.Context) error {
	left, err := f.state.DueFrontier(ctx, f.pages, f.clock().Add(10*retryMost), backfillCount)
	if err != nil {
		return fail(ReasonState, "read frontier: %w", err)
	}
	f.Left = len(left)
	more, err := f.state.DueFrontier(ctx, f.listings, f.clock().Add(10*retryMost), 1)
	if err != nil {
		return fail(ReasonState, "read frontier: %w", err)
	}
	if len(more) > 0 { // an earlier run was in the middle of it
		return nil
	}
	root := f.page(f.archive.listingURL(f.clock()), *f.archive.Discovery.Archive.First)
	fresh, err := f.unread(ctx, []corpus.FrontierEntry{root})
	if err != nil {
		return err
	}
	return f.save(ctx, fresh)
}

// waiting returns when the next page or part of the archive is due, zero when
// none is.
func (f *backfill) waiting(ctx context.Context) (next time.Time, err error) {
	for _, id := range []corpus.SourceID{f.listings, f.pages} {
		list, err := f.state.DueFrontier(ctx, id, f.clock().Add(backfillPatience), 1)
		if err != nil {
			return next, fail(ReasonState, "read frontier: %w", err)
		}
		if len(list) > 0 && (next.IsZero() || list[0].NextAt.Before(next)) {
			next = list[0].NextAt
		}
	}
	return next, nil
}

// page is the entry of a page of the archive: with a number where it has one,
// and otherwise its depth. The number is part of its name, since pages that
// are asked for by POST share their address.
func (f *backfill) page(address string, number int) corpus.FrontierEntry {
	n := strconv.Itoa(number)
	name := address
	if f.numbered() {
		name += "#" + n
	}
	now := f.clock()
	return corpus.FrontierEntry{
		Source: f.listings, URL: name, Item: corpus.Item{URL: address, ID: n},
		Origin: corpus.OriginBackfill, State: corpus.FrontierPending, FirstSeenAt: now, NextAt: now,
	}
}

// unread leaves out the pages of the archive that were read of late.
func (f *backfill) unread(ctx context.Context, pages []corpus.FrontierEntry) ([]corpus.FrontierEntry, error) {
	known, err := f.known(ctx, f.listings, addresses(pages))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(pages, func(e corpus.FrontierEntry) bool {
		old := known[e.URL]
		return old != nil && (old.State != corpus.FrontierDone || f.clock().Sub(old.FetchedAt) < archiveLife)
	}), nil
}

func addresses(entries []corpus.FrontierEntry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.URL
	}
	return out
}

func (f *backfill) save(ctx context.Context, entries []corpus.FrontierEntry) error {
	if len(entries) == 0 {
		return nil
	}
	if err := f.write(ctx, func(ctx context.Context) error { return f.state.SaveFrontier(ctx, entries) }); err != nil {
		return fail(ReasonState, "save frontier: %w", err)
	}
	return nil
}

// readArchive reads one page of the archive, and saves at once that it is
// read, what it names, and what follows it: a crash before costs a request, a
// crash after nothing.
func (f *backfill) readArchive(ctx context.Context, e corpus.FrontierEntry) error {
	number, _ := strconv.Atoi(e.Item.ID) // written by page
	l, items, err := f.askArchive(ctx, e, number)
	if err != nil {
		fl := failureOf(err)
		if fl.reason == ReasonCancelled {
			return fl
		}
		// The end of a numbered archive is where pages are missing or empty.
		end := f.numbered() && number > *f.archive.Discovery.Archive.First && (fl.reason == ReasonMissing || fl.reason == ReasonMalformed || fl.reason == ReasonDecoy)
		if !end {
			next := failed(e, fl, f.src.Recheck, f.clock())
			f.log.InfoContext(ctx, "archive page failed", "source", f.src.ID, "url", e.Item.URL, "reason", fl.reason, "attempt", next.Attempts, "err", fl)
			if err := f.save(ctx, []corpus.FrontierEntry{next}); err != nil {
				return err
			}
			if *f.archive.Discovery.Archive.First == number || fl.reason == ReasonRobots {
				return fl // without its beginning there is no archive
			}
			return nil
		}
	}
	wanted, fresh, err := f.unknown(ctx, items)
	if err != nil {
		return err
	}
	f.Listings++
	// Until it is read, an entry carries the digest of the page before it:
	// many sites answer for a page behind the last with the last.
	sum := itemsDigest(items)
	repeats := e.Digest == sum && len(items) > 0 // indexes of sitemaps name no pages
	e.State, e.FetchedAt, e.NextAt, e.Attempts, e.Reason, e.Digest = corpus.FrontierDone, f.clock(), time.Time{}, 0, "", sum
	entries := append(fresh, e)
	if f.Listings < maxArchivePages && !repeats {
		more, err := f.unread(ctx, f.following(e, number, l, items, wanted))
		if err != nil {
			return err
		}
		entries = append(entries, more...)
	}
	if err := f.save(ctx, entries); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Found += len(fresh)
	f.Left += len(fresh)
	f.tell()
	return nil
}

// askArchive fetches a page of the archive.
func (f *backfill) askArchive(ctx context.Context, e corpus.FrontierEntry, number int) (listing, []corpus.Item, error) {
	d := f.archive.Discovery
	fill := func(s string) string { return strings.ReplaceAll(s, "{page}", strconv.Itoa(number)) }
	res, err := f.fetcher.get(ctx, f.archive, request{
		url: fill(e.Item.URL), method: d.Method, body: fill(f.archive.inYear(d.Body, f.clock())), header: d.Header,
	})
	if err != nil {
		return listing{}, nil, err
	}
	if res.missing() {
		return listing{}, nil, fail(ReasonMissing, "status %d", res.status)
	}
	l, err := readListing(f.archive, res.header.Get("Content-Type"), res.body)
	if err != nil {
		return listing{}, nil, err
	}
	base, err := url.Parse(res.finalURL)
	if err != nil {
		return listing{}, nil, fail(ReasonAddress, "%w", err)
	}
	for i, m := range l.more {
		if l.more[i], err = Canonical(m, base); err != nil {
			l.more = nil
			break
		}
	}
	items, _ := f.archive.accept(l, res.finalURL, f.clock())
	return l, items, nil
}

// unknown returns how many of items are of the time that is wanted, and
// entries for those of them that neither a visit nor an earlier run knows.
func (f *backfill) unknown(ctx context.Context, items []corpus.Item) (wanted int, fresh []corpus.FrontierEntry, err error) {
	now := f.clock()
	for _, it := range items {
		if at := dated(it); !at.IsZero() && at.Before(f.since) {
			continue
		}
		wanted++
		fresh = append(fresh, corpus.FrontierEntry{
			Source: f.pages, URL: it.URL, Item: it, Origin: corpus.OriginBackfill, State: corpus.FrontierPending, FirstSeenAt: now, NextAt: now,
		})
	}
	for _, id := range []corpus.SourceID{f.src.ID, f.pages} {
		known, err := f.known(ctx, id, addresses(fresh))
		if err != nil {
			return 0, nil, err
		}
		fresh = slices.DeleteFunc(fresh, func(e corpus.FrontierEntry) bool { return known[e.URL] != nil })
	}
	return wanted, fresh, nil
}

// following decides which pages of the archive come after one: the parts of
// an index that changed since the time wanted, the next page of a list that
// is in order of time as long as it names anything wanted.
func (f *backfill) following(e corpus.FrontierEntry, number int, l listing, items []corpus.Item, wanted int) (out []corpus.FrontierEntry) {
	d := f.archive.Discovery
	switch {
	case d.Type == DiscoverSitemap && number < maxArchiveDepth:
		base, err := url.Parse(e.Item.URL)
		if err != nil {
			return nil
		}
		for _, p := range l.parts {
			if !p.UpdatedAt.IsZero() && p.UpdatedAt.Before(f.since) {
				continue
			}
			if address, err := Canonical(p.URL, base); err == nil {
				out = append(out, f.page(address, number+1))
			}
		}
	case wanted == 0 || len(items) == 0:
	case f.numbered():
		out = append(out, f.page(e.Item.URL, number+d.Archive.Step))
	default:
		for _, m := range l.more {
			out = append(out, f.page(m, number+1))
		}
	}
	for i := range out {
		out[i].Digest = e.Digest
	}
	return out
}

// itemsDigest stands for what a page of the archive names.
func itemsDigest(items []corpus.Item) string {
	var b strings.Builder
	for _, it := range items {
		b.WriteString(it.URL + "\n")
	}
	return digest([]byte(b.String()))
}

// fetch fetches a batch of pages.
func (f *backfill) fetch(ctx context.Context, batch []corpus.FrontierEntry) error {
	if f.fetching.IsZero() {
		f.fetching = f.clock()
	}
	pages, group := errgroup.WithContext(ctx)
	pages.SetLimit(f.src.Politeness.Parallelism)
	for _, e := range batch {
		if group.Err() != nil {
			break
		}
		pages.Go(func() error { return f.fetchOne(group, e) })
	}
	return pages.Wait()
}

func (f *backfill) fetchOne(ctx context.Context, e corpus.FrontierEntry) error {
	asked := e
	asked.Source = f.src.ID
	outcome, next, err := f.fetchPage(ctx, f.src, asked)
	if err != nil {
		return err
	}
	f.metrics.page(f.src, outcome)
	mine := next
	mine.Source = f.pages
	entries := []corpus.FrontierEntry{mine}
	answered := next.State == corpus.FrontierDone || next.State == corpus.FrontierGone
	if answered { // visits shall know it, and leave what is old alone
		entries[0].NextAt, next.NextAt = time.Time{}, time.Time{}
		entries = append(entries, next)
	}
	// A crash here leaves the page waiting: it is fetched again, and the sink
	// answers that it learnt nothing.
	if err := f.save(ctx, entries); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.attempts++
	switch {
	case answered:
		f.Captured, f.Left, f.dead = f.Captured+1, f.Left-1, 0
	default:
		f.Failed++
		if next.State == corpus.FrontierParked {
			f.Left--
		}
		f.dead++
		if !Reason(outcome).transient() {
			f.dead = 0
		}
	}
	f.tell()
	if f.dead >= deadPages {
		return fail(Reason(outcome), "%d pages in a row without an answer", f.dead)
	}
	return nil
}

// tell reports progress. The caller holds mu.
func (f *backfill) tell() {
	now := f.clock()
	f.Elapsed = now.Sub(f.begun)
	if f.attempts > 0 {
		f.Estimate = now.Sub(f.fetching) / time.Duration(f.attempts) * time.Duration(max(f.Left, 0))
	}
	f.report(f.Progress)
}
