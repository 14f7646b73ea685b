package crawler_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
)

// run runs the crawler for d and waits until it has stopped.
func (b *bench) run(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	begun := time.Now()
	if err := b.Run(ctx); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > d+time.Second {
		t.Errorf("took %v to stop", took-d)
	}
}

func visits(w *world) []time.Time {
	var out []time.Time
	for _, a := range w.asked {
		if a.page == "news.example/feed" {
			out = append(out, a.at)
		}
	}
	return out
}

func TestRun(t *testing.T) {
	t.Run("visits at once, then by the schedule in its time zone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.text("news.example/feed", "", feed(entry("/a", "A", "")))
			src := quick()
			src.Schedule, src.TimeZone = "30 9 * * *", "Asia/Shanghai"
			w.crawler(crawler.Config{Sources: []crawler.Source{src}}).run(t, 49*time.Hour)
			at := visits(w)
			if len(at) != 3 || at[1].UTC().Format("15:04:05") != "01:30:00" || at[2].Sub(at[1]) != 24*time.Hour {
				t.Errorf("visited at %v", at)
			}
		})
	})
	t.Run("the configuration can speed all sources up", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.text("news.example/feed", "", feed(entry("/a", "A", "")))
			w.crawler(crawler.Config{Sources: []crawler.Source{quick()}, Every: "@every 2s"}).run(t, 11*time.Second)
			if at := visits(w); len(at) != 6 {
				t.Errorf("visited at %v", at)
			}
		})
	})
	t.Run("jitter makes visits late", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.text("news.example/feed", "", feed(entry("/a", "A", "")))
			src := quick()
			src.Schedule = "0 * * * *"
			w.crawler(crawler.Config{Sources: []crawler.Source{src}, Jitter: func(most time.Duration) time.Duration { return most - 1 }}).run(t, 2*time.Hour+time.Minute)
			for _, at := range visits(w)[1:] {
				if late := at.Sub(at.Truncate(time.Hour)); late < 20*time.Second || late > 31*time.Second {
					t.Errorf("visited %v late", late)
				}
			}
		})
	})
	t.Run("after a restart only what is due is visited", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.text("news.example/feed", "", feed(entry("/a", "A", "")))
			src := quick()
			src.Schedule = "@every 1h"
			b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
			b.run(t, time.Minute)
			w.crawler(crawler.Config{Sources: []crawler.Source{src}, State: b.state}).run(t, time.Minute)
			if at := visits(w); len(at) != 1 {
				t.Errorf("visited at %v", at)
			}
			time.Sleep(2 * time.Hour)
			w.crawler(crawler.Config{Sources: []crawler.Source{src}, State: b.state}).run(t, time.Minute)
			if at := visits(w); len(at) != 2 {
				t.Errorf("visited at %v", at)
			}
		})
	})
	t.Run("a source is never visited twice at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			inside, most := 0, 0
			w.on("news.example/feed", func(http.ResponseWriter, *http.Request) {
				inside++
				most = max(most, inside)
				time.Sleep(7 * time.Second)
				inside--
			})
			src := quick()
			src.Discovery.AllowEmpty = true
			b := w.crawler(crawler.Config{Sources: []crawler.Source{src}, Every: "@every 1s"})
			go func() { _ = b.Round(t.Context(), "news") }()
			b.run(t, 70*time.Second)
			if most != 1 || len(visits(w)) < 3 {
				t.Errorf("%d at once, %d in all", most, len(visits(w)))
			}
		})
	})
	t.Run("stopping breaks off what hangs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.on("news.example/feed", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
			b.run(t, 5*time.Second)
			if st, err := b.state.SourceState(t.Context(), "news"); err != nil || st.Failures != 0 {
				t.Errorf("stopping was counted against the source: %+v, %v", st, err)
			}
		})
	})
}

func TestRoundOfNamedSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.text("news.example/feed", "", feed(entry("/a", "A", "")))
		off, other := quick(), quick()
		off.ID, off.Disabled, off.Reason = "off", true, "refuses programs"
		other.ID = "other"
		b := w.crawler(crawler.Config{Sources: []crawler.Source{quick(), off, other}})
		for _, id := range []corpus.SourceID{"off", "nowhere"} {
			if err := b.Round(t.Context(), id); err == nil {
				t.Errorf("%s was visited", id)
			}
		}
		if err := b.Round(t.Context(), "news"); err != nil {
			t.Error(err)
		}
		if st, _ := b.state.SourceState(t.Context(), "other"); !st.VisitedAt.IsZero() {
			t.Error("a source that was not named was visited")
		}
		if err := b.Round(t.Context()); err != nil {
			t.Error(err)
		}
		if got := len(b.Sources()); got != 3 {
			t.Errorf("%d sources", got)
		}
	})
}

func TestRunFollowsTheRhythm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var items []string
		for i := range 6 { // one every two hours
			items = append(items, entry(fmt.Sprintf("/%d", i), "T", time.Now().Add(-time.Duration(2*i)*time.Hour).Format(time.RFC1123Z)))
		}
		w.on("news.example/feed", tagged("", feed(items...)))
		src := serial()
		src.Recheck.Until = -1
		src.Schedule, src.Adaptive = "@daily", crawler.Adaptive{Min: 10 * time.Minute, Max: 3 * time.Hour}
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		b.run(t, 8*time.Hour)
		// A quarter of the rhythm, until the silence is longer than usual:
		// then a sixteenth of it.
		var gaps []time.Duration
		at := visits(w)
		for i := 1; i < len(at); i++ {
			gaps = append(gaps, at[i].Sub(at[i-1]))
		}
		if len(gaps) < 14 || gaps[0] != 30*time.Minute || gaps[len(gaps)-1] < 30*time.Minute || gaps[len(gaps)-1] > 32*time.Minute {
			t.Errorf("gaps %v", gaps)
		}
	})
}
