package crawler

import (
	"context"
	"net/url"
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
