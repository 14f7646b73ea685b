package crawlertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
)

// TestState checks that what newState returns keeps the contract of
// crawler.State. newState is called for each subtest and returns an empty
// state; it may skip the test. The suite uses the sources "one" and "two".
func TestState(t *testing.T, newState func(t *testing.T) crawler.State) {
	at := time.Date(2026, 3, 5, 14, 3, 2, 123456000, time.UTC)

	full := func(source corpus.SourceID, url string) corpus.FrontierEntry {
		return corpus.FrontierEntry{
			Source: source, URL: url,
			Item: corpus.Item{
				URL: url, ID: "guid-1", Title: "关于防范虚拟货币风险的通知", Summary: "Notice", Content: "<p>正文</p>",
				Author: "办公厅", Tags: []string{"notice", "公告"}, PublishedAt: at.Add(-time.Hour), UpdatedAt: at.Add(-time.Minute),
			},
			Origin: corpus.OriginBackfill, State: corpus.FrontierPending,
			ETag: `W/"1-ü"`, LastModified: "Thu, 05 Mar 2026 14:00:00 GMT", Digest: "ab12",
			FirstSeenAt: at, FetchedAt: at.Add(time.Second), NextAt: at.Add(time.Microsecond),
			Attempts: 3, Reason: string(crawler.ReasonTimeout),
		}
	}

	t.Run("a source never visited has an empty state", func(t *testing.T) {
		s := newState(t)
		got, err := s.SourceState(t.Context(), "one")
		equal(t, got, err, corpus.SourceState{Source: "one"})
	})

	t.Run("a source's state comes back as it was saved", func(t *testing.T) {
		s := newState(t)
		want := corpus.SourceState{
			Source: "one", VisitedAt: at, NextAt: at.Add(time.Hour), NotBefore: at.Add(time.Minute), SucceededAt: at,
			NewestItemAt: at.Add(-time.Hour), Failures: 2, Reason: string(crawler.ReasonServer), LastError: "503 服务",
			ETag: `"x"`, LastModified: "y", Digest: "ff",
		}
		ok(t, s.SaveSourceState(t.Context(), want))
		got, err := s.SourceState(t.Context(), "one")
		equal(t, got, err, want)

		want = corpus.SourceState{Source: "one", VisitedAt: at.Add(time.Hour)}
		ok(t, s.SaveSourceState(t.Context(), want)) // replaces: nothing of the old state shines through
		got, err = s.SourceState(t.Context(), "one")
		equal(t, got, err, want)
		got, err = s.SourceState(t.Context(), "two")
		equal(t, got, err, corpus.SourceState{Source: "two"})
	})

	t.Run("entries come back as they were saved, by source and URL", func(t *testing.T) {
		s := newState(t)
		a, b := full("one", "https://a.example/1"), full("one", "https://a.example/2?q=%E5%B8%81")
		other := full("two", a.URL)
		other.Item.Title = "of another source"
		ok(t, s.SaveFrontier(t.Context(), []corpus.FrontierEntry{a, b, other}))

		got, err := s.Frontier(t.Context(), "one", []string{b.URL, "https://a.example/unknown", a.URL, a.URL})
		equal(t, sorted(got), err, []corpus.FrontierEntry{a, b})
		got, err = s.Frontier(t.Context(), "two", []string{a.URL, b.URL})
		equal(t, got, err, []corpus.FrontierEntry{other})
		got, err = s.Frontier(t.Context(), "one", nil)
		equal(t, got, err, []corpus.FrontierEntry(nil))

		bare := corpus.FrontierEntry{Source: "one", URL: a.URL, State: corpus.FrontierGone, FirstSeenAt: at}
		ok(t, s.SaveFrontier(t.Context(), []corpus.FrontierEntry{bare}))
		got, err = s.Frontier(t.Context(), "one", []string{a.URL})
		equal(t, got, err, []corpus.FrontierEntry{bare})
		ok(t, s.SaveFrontier(t.Context(), nil))
	})

	t.Run("many entries are saved and found at once", func(t *testing.T) {
		s := newState(t)
		var entries []corpus.FrontierEntry
		var urls []string
		for i := range 2500 { // a sitemap may well name as many; databases bound the parameters of a query
			e := full("one", fmt.Sprintf("https://a.example/%04d", i))
			entries, urls = append(entries, e), append(urls, e.URL)
		}
		ok(t, s.SaveFrontier(t.Context(), entries))
		got, err := s.Frontier(t.Context(), "one", urls)
		equal(t, len(got), err, len(entries))
	})

	t.Run("due entries: pending first, then by time", func(t *testing.T) {
		s := newState(t)
		entry := func(url string, state corpus.FrontierState, next time.Time) corpus.FrontierEntry {
			return corpus.FrontierEntry{Source: "one", URL: url, Item: corpus.Item{URL: url}, State: state, FirstSeenAt: at, NextAt: next}
		}
		foreign := entry("x", corpus.FrontierPending, at)
		foreign.Source = "two"
		ok(t, s.SaveFrontier(t.Context(), []corpus.FrontierEntry{
			entry("a", corpus.FrontierDone, at.Add(-time.Hour)),
			entry("b", corpus.FrontierPending, at),
			entry("c", corpus.FrontierPending, at.Add(-time.Second)),
			entry("d", corpus.FrontierPending, at.Add(time.Microsecond)), // not yet
			entry("e", corpus.FrontierDone, time.Time{}),                 // nothing planned
			entry("f", corpus.FrontierParked, at.Add(-time.Hour)),
			entry("g", corpus.FrontierGone, at.Add(-time.Hour)),
			entry("h", corpus.FrontierPending, at.Add(-time.Minute)),
			foreign,
		}))
		got, err := s.DueFrontier(t.Context(), "one", at, 10)
		equal(t, addresses(got), err, []string{"h", "c", "b", "a"})
		got, err = s.DueFrontier(t.Context(), "one", at, 2)
		equal(t, addresses(got), err, []string{"h", "c"})
		got, err = s.DueFrontier(t.Context(), "three", at, 2)
		equal(t, addresses(got), err, nil)
		n, err := s.WaitingFrontier(t.Context(), "one")
		equal(t, n, err, 4)
		n, err = s.WaitingFrontier(t.Context(), "three")
		equal(t, n, err, 0)
	})

	t.Run("entries of one time are due one after another", func(t *testing.T) {
		s := newState(t)
		var entries []corpus.FrontierEntry
		for i := range 40 {
			e := full("one", fmt.Sprintf("https://a.example/%04d", i))
			e.NextAt = at
			entries = append(entries, e)
		}
		ok(t, s.SaveFrontier(t.Context(), entries))
		seen := make(map[string]bool)
		for len(seen) < 40 {
			got, err := s.DueFrontier(t.Context(), "one", at, 16)
			ok(t, err)
			if len(got) == 0 {
				t.Fatalf("%d of 40", len(seen))
			}
			for i := range got {
				seen[got[i].URL] = true
				got[i].State, got[i].NextAt = corpus.FrontierDone, time.Time{}
			}
			ok(t, s.SaveFrontier(t.Context(), got))
		}
	})

	t.Run("what is planned or given up is counted", func(t *testing.T) {
		s := newState(t)
		entry := func(url string, state corpus.FrontierState, next time.Time, reason crawler.Reason, attempts int) corpus.FrontierEntry {
			return corpus.FrontierEntry{
				Source: "one", URL: url, Item: corpus.Item{URL: url}, State: state, FirstSeenAt: at, NextAt: next, Reason: string(reason), Attempts: attempts,
			}
		}
		ok(t, s.SaveFrontier(t.Context(), []corpus.FrontierEntry{
			entry("https://a.example/1", corpus.FrontierPending, at, "", 0),
			entry("https://a.example/2", corpus.FrontierPending, at.Add(time.Hour), "", 0),
			entry("https://b.example:8080/3?x=/", corpus.FrontierPending, at.Add(time.Hour), crawler.ReasonTimeout, 2),
			entry("https://a.example/4", corpus.FrontierDone, time.Time{}, "", 0), // nothing planned
			entry("https://a.example/5", corpus.FrontierDone, at.Add(-time.Hour), "", 0),
			entry("https://a.example/6", corpus.FrontierParked, time.Time{}, crawler.ReasonForbidden, 6),
			entry("https://a.example/7", corpus.FrontierGone, time.Time{}, "", 0),
		}))
		got, err := s.FrontierCounts(t.Context(), at)
		count := func(host string, state corpus.FrontierState, reason crawler.Reason, entries, due int, next time.Time, attempts int) corpus.FrontierCount {
			return corpus.FrontierCount{Source: "one", Host: host, State: state, Reason: string(reason), Entries: entries, Due: due, NextAt: next, Attempts: attempts}
		}
		equal(t, got, err, []corpus.FrontierCount{
			count("a.example", corpus.FrontierDone, "", 1, 1, at.Add(-time.Hour), 0),
			count("a.example", corpus.FrontierParked, crawler.ReasonForbidden, 1, 0, time.Time{}, 6),
			count("a.example", corpus.FrontierPending, "", 2, 1, at, 0),
			count("b.example:8080", corpus.FrontierPending, crawler.ReasonTimeout, 1, 0, at.Add(time.Hour), 2),
		})
	})

	testLeases(t, newState)

	t.Run("a cancelled context saves nothing", func(t *testing.T) {
		s := newState(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.SaveFrontier(ctx, []corpus.FrontierEntry{full("one", "u")}); !errors.Is(err, context.Canceled) {
			t.Errorf("SaveFrontier: got %v, want context.Canceled", err)
		}
		got, err := s.Frontier(t.Context(), "one", []string{"u"})
		equal(t, got, err, []corpus.FrontierEntry(nil))
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, got T, err error, want T) {
	t.Helper()
	ok(t, err)
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("(-want +got)\n%s", d)
	}
}

func sorted(es []corpus.FrontierEntry) []corpus.FrontierEntry {
	slices.SortFunc(es, func(a, b corpus.FrontierEntry) int {
		if a.URL < b.URL {
			return -1
		}
		return 1
	})
	return es
}

func addresses(es []corpus.FrontierEntry) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.URL)
	}
	return out
}
