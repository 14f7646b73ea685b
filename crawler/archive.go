package crawler

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// readArchive reads one page of the archive, and saves at once that it is
// read, what it names, and what follows it: a crash before costs a request, a
// crash after nothing.
func (f *backfill) readArchive(ctx context.Context, e corpus.FrontierEntry) error {
	number, piece := pageOf(e)
	l, items, err := f.askArchive(ctx, e)
	if err != nil {
		fl := failureOf(err)
		if fl.reason == ReasonCancelled {
			return fl
		}
		// The end of a numbered archive is where pages are missing or empty.
		end := f.numbered() && number > *f.archive.Discovery.Archive.First && (fl.reason == ReasonMissing || fl.reason == ReasonMalformed || fl.reason == ReasonDecoy)
		// Of a year or month that has no page nothing was published, or not yet.
		end = end || !piece.IsZero() && fl.reason == ReasonMissing
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
		more, err := f.unread(ctx, f.following(e, l, items, wanted))
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
func (f *backfill) askArchive(ctx context.Context, e corpus.FrontierEntry) (listing, []corpus.Item, error) {
	d := f.archive.Discovery
	r := request{url: f.fill(e, e.Item.URL), method: d.Method, body: f.fill(e, d.Body), header: d.Header}
	if e.Item.Summary == itself {
		r.body = f.src.inYear(f.src.Discovery.Body, f.clock())
	}
	res, err := f.fetcher.get(ctx, f.archive, r)
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
func (f *backfill) following(e corpus.FrontierEntry, l listing, items []corpus.Item, wanted int) (out []corpus.FrontierEntry) {
	d := f.archive.Discovery
	number, piece := pageOf(e)
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
				out = append(out, f.page(address, number+1, piece))
			}
		}
	case wanted == 0 || len(items) == 0 || e.Item.Summary == itself:
	case f.numbered():
		out = append(out, f.page(e.Item.URL, number+d.Archive.Step, piece))
	case d.Archive.Cursor != "":
		if l.cursor != "" {
			out = append(out, f.page(strings.ReplaceAll(d.URL, "{cursor}", escapePart(l.cursor)), number+1, piece))
		}
	default:
		for _, m := range l.more {
			out = append(out, f.page(m, number+1, piece))
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

// itself marks the entry of the listing where the archive's numbered pages
// begin behind it.
const itself = "the listing itself"

// page is the entry of a page of the archive: with a number where it has one,
// and otherwise its depth; with the day on which its piece of time begins, zero
// without pieces. Both are part of its name, since pages that are asked for by
// POST share their address.
func (f *backfill) page(address string, number int, piece time.Time) corpus.FrontierEntry {
	n := strconv.Itoa(number)
	name, id := address, n
	if f.numbered() {
		name += "#" + n
	}
	if !piece.IsZero() {
		name, id = name+"@"+piece.Format(time.DateOnly), id+"@"+piece.Format(time.DateOnly)
	}
	now := f.clock()
	return corpus.FrontierEntry{
		Source: f.listings, URL: name, Item: corpus.Item{URL: address, ID: id},
		Origin: corpus.OriginBackfill, State: corpus.FrontierPending, FirstSeenAt: now, NextAt: now,
	}
}

// pageOf reads what page has written.
func pageOf(e corpus.FrontierEntry) (number int, piece time.Time) {
	n, day, _ := strings.Cut(e.Item.ID, "@")
	number, _ = strconv.Atoi(n)
	piece, _ = time.Parse(time.DateOnly, day)
	return number, piece
}

// roots are the entries that an archive begins with: one, or one for each
// piece of time that it is cut in, and the listing where it comes before them.
func (f *backfill) roots() (out []corpus.FrontierEntry) {
	d, now := f.archive.Discovery, f.clock().In(f.src.zone)
	first := *d.Archive.First
	if f.numbered() && first > 1 && f.archive.Discovery.Type == f.src.Discovery.Type && d.Archive.Step == 1 {
		e := f.page(f.src.listingURL(f.clock()), first-1, time.Time{})
		e.Item.Summary = itself
		out = append(out, e)
	}
	months := f.months()
	if months == 0 {
		return append(out, f.page(d.URL, first, time.Time{}))
	}
	at := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	if months == 1 {
		at = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	for ; at.AddDate(0, months, 0).After(f.since); at = at.AddDate(0, -months, 0) {
		e := f.page(d.URL, first, at)
		e.NextAt = e.NextAt.Add(time.Duration(len(out)-maxPieces) * time.Microsecond) // the newest first
		out = append(out, e)
		if len(out) == maxPieces {
			break
		}
	}
	return out
}

// maxPieces bounds the pieces of time of an archive: fifty years of months.
const maxPieces = 600

// months is how long the pieces of time are that the archive is cut in, zero
// when it is not.
func (f *backfill) months() int {
	switch text := f.archive.Discovery.Archive.text(); {
	case strings.Contains(text, "{month}"):
		return 1
	case strings.Contains(text, "{year}"), strings.Contains(text, "{from}"), strings.Contains(text, "{to}"):
		return 12
	}
	return 0
}

// cursorless matches the parameter that a first page has no value for.
var cursorless = regexp.MustCompile(`[^?&]+=\{cursor\}&?`)

// fill writes number and time of a page into what it is asked for with.
func (f *backfill) fill(e corpus.FrontierEntry, text string) string {
	number, piece := pageOf(e)
	text = strings.TrimRight(cursorless.ReplaceAllString(text, ""), "?&")
	end := piece.AddDate(0, f.months(), -1)
	return strings.NewReplacer(
		"{page}", strconv.Itoa(number), "{year}", piece.Format("2006"), "{month}", piece.Format("01"),
		"{from}", piece.Format(time.DateOnly), "{to}", end.Format(time.DateOnly),
	).Replace(text)
}
