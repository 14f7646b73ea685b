package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
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
	// backfillPatience is how long a backfill waits for pages that failed and
	// are to be tried again; after that they wait for the next backfill.
	backfillPatience = 5 * time.Minute
)

// ErrNoArchive means that nothing is known of where a source lists what it
// published long ago.
var ErrNoArchive = errors.New("no archive is known: set discovery.archive")

// Progress is how far a backfill has come.
type Progress struct {
	Source   corpus.SourceID `json:"source"`
	Since    time.Time       `json:"since"`
	Listings int             `json:"listings"` // pages of the archive read in this run
	Found    int             `json:"found"`    // pages of articles that this run heard of
	Captured int             `json:"captured"` // of them and those left by earlier runs: captured, or found unchanged
	Failed   int             `json:"failed"`   // attempts that got no answer
	// Left counts the pages that wait, those that earlier runs left included.
	Left    int           `json:"left"`
	Elapsed time.Duration `json:"elapsed_ns"`
	// Estimate is how long the pages that are left will take at the pace so
	// far; zero while the archive is read and it is unknown.
	Estimate time.Duration `json:"estimate_ns"`
}

// Backfill fetches what a source has published since a time, through its
// archive: sitemaps, numbered pages of an API or a list, by years or months or
// from one cursor to the next, or a list with next pages. Captures are of corpus.OriginBackfill. It obeys robots.txt and the
// limits of the sites, which it shares with visits that go on meanwhile, and
// leaves alone what visits know already.
//
// It may be cancelled or crash at any point and called again: what was read of
// the archive and what waits is in the frontier, under names of its own
// ("source~2024-01-01" and "source~pages"). It returns nil when the archive is
// read and no page waits that could be fetched now; pages that keep failing
// are parked as visits do. Processes that share a state read an archive one at
// a time, and let others ask the site in between. The error is ErrNoArchive, a *[VisitError], or the
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
	defer c.claims.keep()()
	working, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	// The process that has it may have died: then its lease ends.
	ours, err := false, error(nil)
	for end := c.clock().Add(c.claims.life + claimPoll); ; {
		ours, err = c.claims.begin(ctx, f.src.user, lost, backfillLease(id))
		if ours || err != nil || c.clock().After(end) || !pause(ctx, claimPoll) {
			break
		}
	}
	if err == nil && !ours && ctx.Err() == nil {
		return &VisitError{Source: id, Reason: ReasonClaimed, Err: errors.New("another process reads its archive")}
	}
	if ours {
		// A crash from here on leaves the lease to end by itself; what was done
		// is in the frontier.
		defer c.claims.drop(ctx, f.src.user)
		err = f.run(working)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		fl := failureOf(err)
		if errors.Is(context.Cause(working), errLost) {
			fl = fail(ReasonClaimed, "%w", errLost)
		}
		return &VisitError{Source: id, Reason: fl.reason, Err: fl}
	}
	return nil
}

// backfill is one run.
type backfill struct {
	*Crawler
	src     *source // whose pages are fetched, with claims of its own
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
	mine := *src
	mine.user = string(backfillLease(src.ID))
	archive := mine
	d := &archive.Discovery
	switch a := d.Archive; {
	case a.URL != "":
		def(&a.Type, d.Type)
		def(&a.Step, 1)
		if a.First == nil {
			one := 1
			a.First = &one
		}
		if a.Type != d.Type { // how the listing is asked for says nothing of it
			d.Method = "GET"
		}
		if a.Type == DiscoverHTML {
			d.Content = ContentPage
		}
		if a.HTML.Item != "" {
			d.HTML = a.HTML.withDefaults()
		}
		if a.JSON.Items != "" {
			d.JSON = a.JSON
		}
		if len(a.Dates.Layouts) > 0 || a.Dates.Pattern != "" {
			d.Dates, archive.datePattern = a.Dates, nil
			if a.Dates.Pattern != "" {
				archive.datePattern = regexp.MustCompile(a.Dates.Pattern) // Validate has compiled it
			}
		}
		d.Archive, d.Type, d.URL, d.Body = a, a.Type, a.URL, a.Body
	case d.Type == DiscoverSitemap, d.Type == DiscoverHTML && d.HTML.Next != "":
		zero := 0
		d.URL = src.listingURL(c.clock())
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
		Crawler: c, src: &mine, archive: &archive, since: since.UTC(), report: func(Progress) {},
		listings: src.ID + corpus.SourceID("~"+since.UTC().Format(time.DateOnly)), pages: src.ID + corpus.BackfillPages,
		begun: c.clock(), Progress: Progress{Source: src.ID, Since: since.UTC()},
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
		f.yield(ctx)
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
	var err error
	if f.Left, err = f.state.WaitingFrontier(ctx, f.pages); err != nil {
		return fail(ReasonState, "read frontier: %w", err)
	}
	more, err := f.state.WaitingFrontier(ctx, f.listings)
	if err != nil {
		return fail(ReasonState, "read frontier: %w", err)
	}
	if more > 0 { // an earlier run was in the middle of it
		return nil
	}
	fresh, err := f.unread(ctx, f.roots())
	if err != nil {
		return err
	}
	return f.save(ctx, fresh)
}

// yield lets another process ask the site when it waits to: an archive takes
// hours, and news does not wait so long.
func (f *backfill) yield(ctx context.Context) {
	if !f.claims.wanted(f.src.user) {
		return
	}
	f.claims.lend(ctx, f.src.user)
	pause(ctx, 2*claimPoll) // twice the time after which whoever waits asks again
}

// waiting returns when the next page or part of the archive is due that may
// well be had then, zero when none is.
func (f *backfill) waiting(ctx context.Context) (next time.Time, err error) {
	for _, id := range []corpus.SourceID{f.listings, f.pages} {
		list, err := f.state.DueFrontier(ctx, id, f.clock().Add(backfillPatience), backfillBatch)
		if err != nil {
			return next, fail(ReasonState, "read frontier: %w", err)
		}
		for _, e := range list {
			passing := Reason(e.Reason).transient() || e.Reason == string(ReasonDeferred) || e.Reason == string(ReasonClaimed)
			if passing && (next.IsZero() || e.NextAt.Before(next)) {
				next = e.NextAt
			}
		}
	}
	return next, nil
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
	// Should another process have taken over, this one stops here: what it has
	// fetched and not written down is fetched again.
	if !f.claims.use(f.src.user, backfillLease(f.src.ID)) {
		if err := f.claims.own(ctx, f.src.user, backfillLease(f.src.ID), 0); err != nil {
			return err
		}
	}
	if err := f.write(ctx, func(ctx context.Context) error { return f.state.SaveFrontier(ctx, entries) }); err != nil {
		return fail(ReasonState, "save frontier: %w", err)
	}
	return nil
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
	if note, err := json.Marshal(f.Progress); err == nil {
		f.claims.describe(backfillLease(f.src.ID), string(note))
	}
	f.report(f.Progress)
}
