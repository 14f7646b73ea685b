package crawler_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

func TestCheck(t *testing.T) {
	now := time.Date(2026, 3, 5, 14, 0, 0, 0, time.UTC)
	const hour, day = time.Hour, 24 * time.Hour
	// well is the state of a source visited ten minutes ago whose newest item has an age.
	well := func(age time.Duration) corpus.SourceState {
		at := now.Add(-10 * time.Minute)
		return corpus.SourceState{Source: "news", VisitedAt: at, SucceededAt: at, NextAt: at.Add(15 * time.Minute), NewestItemAt: now.Add(-age)}
	}
	failing := func(r crawler.Reason) corpus.SourceState {
		st := well(hour)
		st.Failures, st.Reason, st.LastError, st.NotBefore = 3, string(r), "words", now.Add(hour)
		return st
	}
	// every names n items, one each period, the newest of now.
	every := func(period time.Duration, n int) (out []corpus.FrontierEntry) {
		for i := range n {
			at := now.Add(-time.Duration(i) * period)
			out = append(out, corpus.FrontierEntry{
				Source: "news", URL: fmt.Sprint(i), State: corpus.FrontierDone, FirstSeenAt: at, NextAt: now.Add(hour), Item: corpus.Item{PublishedAt: at},
			})
		}
		return out
	}
	for name, tt := range map[string]struct {
		state   corpus.SourceState
		entries []corpus.FrontierEntry
		change  func(*crawler.Source)
		want    crawler.Condition
		robots  crawler.RobotsVerdict
		expect  time.Duration
		by      string
	}{
		"never visited":       {want: crawler.ConditionNew, robots: crawler.RobotsUnknown, expect: 3 * day, by: "kind"},
		"disabled":            {state: well(hour), change: func(s *crawler.Source) { s.Disabled, s.Reason = true, "blocked" }, want: crawler.ConditionDisabled, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind"},
		"news an hour ago":    {state: well(hour), want: crawler.ConditionFresh, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind"},
		"a medium in silence": {state: well(4 * day), want: crawler.ConditionStale, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind"},
		"a regulator in silence": {
			state: well(20 * day), change: func(s *crawler.Source) { s.Kind = corpus.SourceRegulator }, want: crawler.ConditionFresh, robots: crawler.RobotsAllowed, expect: 31 * day, by: "kind",
		},
		"its owner expects more": {
			state: well(2 * hour), change: func(s *crawler.Source) { s.Expect = hour }, want: crawler.ConditionStale, robots: crawler.RobotsAllowed, expect: hour, by: "configuration",
		},
		"its rhythm allows it": {state: well(hour), entries: every(day, 7), want: crawler.ConditionFresh, robots: crawler.RobotsAllowed, expect: 6 * day, by: "rhythm"},
		"a listing without dates, seen of late": {
			state: func() corpus.SourceState { st := well(0); st.NewestItemAt = time.Time{}; return st }(), entries: every(hour, 3),
			want: crawler.ConditionFresh, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind",
		},
		"a listing without dates, nothing seen": {
			state: func() corpus.SourceState { st := well(0); st.NewestItemAt = time.Time{}; return st }(),
			want:  crawler.ConditionStale, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind",
		},
		"not visited since yesterday": {
			state: func() corpus.SourceState { st := well(hour); st.VisitedAt = now.Add(-day); return st }(),
			want:  crawler.ConditionStale, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind",
		},
		"failing":             {state: failing(crawler.ReasonServer), want: crawler.ConditionFailing, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind"},
		"a decoy":             {state: failing(crawler.ReasonDecoy), want: crawler.ConditionDecoy, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind"},
		"empty":               {state: failing(crawler.ReasonEmpty), want: crawler.ConditionEmpty, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind"},
		"forbidden by robots": {state: failing(crawler.ReasonRobots), want: crawler.ConditionFailing, robots: crawler.RobotsForbidden, expect: 3 * day, by: "kind"},
		"its selectors stopped matching": {
			state: func() corpus.SourceState {
				st := well(hour)
				st.Rules = []corpus.RuleState{{Rule: "body", MatchedAt: now.Add(-3 * day), FailedAt: now, Failures: 3, URL: "http://news.example/c"}, {Rule: "title", MatchedAt: now}}
				return st
			}(),
			change: func(s *crawler.Source) { s.Rules = &corpus.Rules{Title: "h1", Body: ".txt"} },
			want:   crawler.ConditionRules, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind",
		},
		"selectors it had once": {
			state: func() corpus.SourceState {
				st := well(hour)
				st.Rules = []corpus.RuleState{{Rule: "body", FailedAt: now, Failures: 9}}
				return st
			}(),
			change: func(s *crawler.Source) { s.Rules = &corpus.Rules{Title: "h1"} },
			want:   crawler.ConditionFresh, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind",
		},
		"tracked pages, quiet": {
			state: func() corpus.SourceState { st := well(0); st.NewestItemAt = time.Time{}; return st }(),
			change: func(s *crawler.Source) {
				s.Discovery = crawler.Discovery{Type: crawler.DiscoverNone, Pages: []string{"http://news.example/rules"}}
			},
			want: crawler.ConditionFresh, robots: crawler.RobotsAllowed, expect: 3 * day, by: "kind",
		},
	} {
		t.Run(name, func(t *testing.T) {
			src := feedSource()
			if tt.change != nil {
				tt.change(&src)
			}
			state := new(crawlertest.State)
			if !tt.state.VisitedAt.IsZero() {
				if err := state.SaveSourceState(t.Context(), tt.state); err != nil {
					t.Fatal(err)
				}
			}
			if err := state.SaveFrontier(t.Context(), tt.entries); err != nil {
				t.Fatal(err)
			}
			c, err := crawler.New(crawler.Config{Sources: []crawler.Source{src}, State: state, Sink: new(crawlertest.Sink), Clock: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			all, err := c.Check(t.Context())
			if err != nil || len(all) != 1 {
				t.Fatalf("%v, %v", all, err)
			}
			h := all[0]
			if h.Condition != tt.want || h.Why == "" || h.Robots != tt.robots || h.Expect != tt.expect || h.ExpectedBy != tt.by || h.Recent != len(tt.entries) {
				t.Errorf("got %+v", h)
			}
			wantNext := tt.state.NextAt
			switch {
			case src.Disabled:
				wantNext = time.Time{}
			case tt.state.VisitedAt.IsZero():
				wantNext = now
			case tt.state.Failures > 0:
				wantNext = now.Add(hour)
			}
			if !h.NextAt.Equal(wantNext) {
				t.Errorf("next run %v, want %v", h.NextAt, wantNext)
			}
		})
	}
}

func TestCheckAfterVisits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.text("news.example/feed", "application/rss+xml", feed(entry("/a", "A", time.Now().Format(time.RFC1123Z)), entry("/b", "B", "")))
		w.text("news.example/a", "text/html", "a")
		decoy := serial()
		decoy.ID, decoy.Discovery.URL = "decoy", "http://decoy.example/feed"
		w.text("decoy.example/feed", "application/rss+xml", article("Home"))
		b := w.crawler(crawler.Config{Sources: []crawler.Source{serial(), decoy}})
		_ = b.Round(t.Context())
		got, err := b.Check(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if h := got[0]; h.Condition != crawler.ConditionFresh || h.Recent != 2 || h.Waiting != 1 { // /b is missing and tried again
			t.Errorf("%+v", h)
		}
		if h := got[1]; h.Condition != crawler.ConditionDecoy || h.Failures != 1 {
			t.Errorf("%+v", h)
		}
		if got, err := b.Check(t.Context(), "decoy"); err != nil || len(got) != 1 || got[0].Source != "decoy" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := b.Check(t.Context(), "nobody"); err == nil {
			t.Error("an unknown source was checked")
		}
	})
}
