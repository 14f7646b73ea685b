package crawler_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// several returns sources at hosts of their own, each with a feed that names
// n pages.
func several(w *world, sources, n int) (list []crawler.Source, pages int) {
	for i := range sources {
		host := fmt.Sprintf("news%d.example", i)
		var items []string
		for k := range n {
			path := fmt.Sprintf("/%d", k)
			items = append(items, entry(path, "T", ""))
			w.text(host+path, "text/html", "<p>"+path)
		}
		answer := tagged("application/rss+xml", feed(items...))
		w.on(host+"/feed", func(rw http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Millisecond) // so that one visit begins after another
			answer(rw, r)
		})
		src := serial()
		src.ID, src.Discovery.URL, src.Recheck.Until = corpus.SourceID(fmt.Sprintf("news%d", i)), "http://"+host+"/feed", -1
		list = append(list, src)
	}
	return list, sources * n
}

// counted returns how often each page was asked for.
func (w *world) counted() map[string]int {
	out := make(map[string]int)
	for _, p := range w.requests() {
		out[p]++
	}
	return out
}

func TestProcessesShareAFrontier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		sources, pages := several(w, 9, 20)
		state, sink := new(crawlertest.State), new(crawlertest.Sink)
		var mine [3]atomic.Int64
		ctx, stop := context.WithTimeout(t.Context(), 59*time.Minute)
		defer stop()
		var all sync.WaitGroup
		for i := range mine {
			c := w.crawler(crawler.Config{
				Sources: sources, State: state, Sink: sink, Concurrency: 2,
				Visited: func(v crawler.Visit) { mine[i].Add(int64(v.Captured)) },
			})
			all.Go(func() { _ = c.Run(ctx) })
		}
		all.Wait()
		for page, n := range w.counted() {
			want := 1
			if page[len(page)-5:] == "/feed" {
				want = 4 // every 15 minutes, by whomever
			}
			if n != want {
				t.Errorf("%s was asked for %d times, want %d", page, n, want)
			}
		}
		if n := len(sink.Captures()); n != pages {
			t.Errorf("%d of %d pages captured", n, pages)
		}
		for i := range mine {
			if mine[i].Load() == 0 {
				t.Errorf("process %d had nothing to do", i)
			}
		}
		if left := state.Leases(); len(left) != 0 {
			t.Errorf("not given back: %+v", left)
		}
	})
}

func TestRoundCountsVisitsOfOtherProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		sources, pages := several(w, 6, 10)
		state, sink := new(crawlertest.State), new(crawlertest.Sink)
		var all sync.WaitGroup
		for range 2 {
			c := w.crawler(crawler.Config{Sources: sources, State: state, Sink: sink, Concurrency: 2})
			all.Go(func() {
				if err := c.Round(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for page, n := range w.counted() {
			// A visit that ended before the other process came to the source
			// counts for it only if it also began after it had begun.
			if n != 1 && (n != 2 || !strings.HasSuffix(page, "/feed")) {
				t.Errorf("%s was asked for %d times", page, n)
			}
		}
		if n := len(sink.Captures()); n != pages {
			t.Errorf("%d of %d pages captured", n, pages)
		}
	})
}

// A site is asked by one process at a time, at its own pace, whichever sources
// lead there.
func TestSitesAreAskedByOneProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var active, most atomic.Int32
		var sources []crawler.Source
		for i := range 4 {
			src := feedSource() // one second between requests, two at a time
			src.ID, src.Discovery.URL = corpus.SourceID(fmt.Sprintf("part%d", i)), fmt.Sprintf("http://part%d.example.org/feed", i)
			w.text(fmt.Sprintf("part%d.example.org/feed", i), "text/xml", feed(
				entry(fmt.Sprintf("http://pages.example.org/%d", i), "T", ""), entry(fmt.Sprintf("http://other.example.net/%d", i), "T", ""),
			))
			for _, host := range []string{"pages.example.org", "other.example.net"} {
				w.on(fmt.Sprintf("%s/%d", host, i), func(rw http.ResponseWriter, _ *http.Request) {
					most.Store(max(most.Load(), active.Add(1)))
					time.Sleep(1500 * time.Millisecond)
					active.Add(-1)
					fmt.Fprint(rw, "<p>text")
				})
			}
			sources = append(sources, src)
		}
		state, sink := new(crawlertest.State), new(crawlertest.Sink)
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		var all sync.WaitGroup
		for range 2 {
			c := w.crawler(crawler.Config{Sources: sources, State: state, Sink: sink})
			all.Go(func() { _ = c.Run(ctx) })
		}
		all.Wait()
		last := make(map[string]time.Time)
		for _, a := range w.asked {
			site := a.page[len(a.page)-13:]
			for _, s := range []string{"example.org", "example.net"} {
				if i := slices.Index([]byte(a.page), '/'); a.page[i-11:i] == s {
					site = s
				}
			}
			if before, ok := last[site]; ok && a.at.Sub(before) < time.Second {
				t.Errorf("%s was asked %v after the request before it", a.page, a.at.Sub(before))
			}
			last[site] = a.at
		}
		if n := len(sink.Captures()); n != 8 {
			t.Errorf("%d of 8 pages captured", n)
		}
		if most.Load() > 4 { // two sites, two at a time
			t.Errorf("%d requests at once", most.Load())
		}
	})
}

// TestTakeover kills one of two processes at each of its calls of the state;
// the other one finishes the work: nothing is lost, and nothing is asked for
// again but what was in flight or not yet written down.
func TestTakeover(t *testing.T) {
	for _, landed := range []bool{false, true} {
		survived := false
		for at := 1; !survived && !t.Failed(); at += 3 {
			if at > 500 {
				t.Fatal("never survives")
			}
			t.Run(fmt.Sprintf("at call %d, landed %v", at, landed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { survived = takeover(t, at, landed) })
			})
		}
	}
}

func takeover(t *testing.T, at int, landed bool) (survived bool) {
	w := newWorld(t)
	sources, pages := several(w, 4, 5)
	state, sink := new(crawlertest.State), new(crawlertest.Sink)
	doomed := &mortal{State: state, sink: sink, landed: landed, left: at}
	var all sync.WaitGroup
	for i := range 2 {
		cfg := crawler.Config{Sources: sources, State: state, Sink: sink, Concurrency: 2}
		if i == 0 {
			cfg.State, cfg.Sink = doomed, doomed
		}
		c := w.crawler(cfg)
		all.Go(func() {
			if err := c.Round(t.Context()); err != nil && i == 1 {
				t.Error(err)
			}
		})
	}
	all.Wait()
	twice := 0
	for page, n := range w.counted() {
		if n > 2 {
			t.Errorf("%s was asked for %d times", page, n)
		}
		if n == 2 {
			twice++
		}
	}
	if twice > 4 { // two visits were under way, each at its listing or a page, one at a time
		t.Errorf("%d pages were asked for twice", twice)
	}
	seen := make(map[string]int)
	for _, c := range sink.Captures() {
		if seen[c.URL]++; seen[c.URL] > 1 {
			t.Errorf("%s was captured twice", c.URL)
		}
	}
	if len(seen) != pages {
		t.Errorf("%d of %d pages captured", len(seen), pages)
	}
	for _, src := range sources {
		if st, err := state.SourceState(t.Context(), src.ID); err != nil || st.SucceededAt.IsZero() || st.VisitedAt.IsZero() {
			t.Errorf("%+v, %v", st, err)
		}
		for _, e := range state.Entries(src.ID) {
			if e.State != corpus.FrontierDone {
				t.Errorf("%s is %s", e.URL, e.State)
			}
		}
	}
	return !doomed.dead
}

// asleep is a state that cannot be reached for claims while it sleeps.
type asleep struct {
	*crawlertest.State
	sleeping atomic.Bool
}

var errAsleep = errors.New("the database is away")

func (s *asleep) Claim(ctx context.Context, holder string, ttl time.Duration, wants []corpus.Lease) ([]corpus.Lease, error) {
	if s.sleeping.Load() {
		return nil, errAsleep
	}
	return s.State.Claim(ctx, holder, ttl, wants)
}

// A process whose lease ran out without its notice stops asking, and writes
// down no failure over what the other one has fetched.
func TestLostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		sources, pages := several(w, 1, 5)
		sources[0].Politeness.Timeout = 3 * time.Minute
		var answered atomic.Bool
		w.on("news0.example/2", func(rw http.ResponseWriter, _ *http.Request) {
			if !answered.Swap(true) { // the first that asks gets no answer for long
				time.Sleep(2 * time.Minute)
				panic(http.ErrAbortHandler)
			}
			fmt.Fprint(rw, "<p>2")
		})
		state, sink := new(crawlertest.State), new(crawlertest.Sink)
		frail := &asleep{State: state}
		first := w.crawler(crawler.Config{Sources: sources, State: frail, Sink: sink})
		var all sync.WaitGroup
		all.Go(func() {
			var v *crawler.VisitError
			if err := first.Round(t.Context()); !errors.As(err, &v) || v.Reason != crawler.ReasonClaimed {
				t.Errorf("the visit ended with %v", err)
			}
		})
		time.Sleep(time.Second)
		frail.sleeping.Store(true)
		second := w.crawler(crawler.Config{Sources: sources, State: state, Sink: sink})
		all.Go(func() {
			if err := second.Round(t.Context()); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(90 * time.Second)
		frail.sleeping.Store(false)
		// Somebody holds the source again when the first one awakes.
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		w.on("news0.example/feed", func(rw http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Minute)
			http.NotFound(rw, r)
		})
		all.Go(func() { _ = second.Round(ctx) })
		all.Wait()
		for page, n := range w.counted() {
			want := map[string]int{"news0.example/feed": 3, "news0.example/2": 2}[page] // three rounds; one answer that broke
			if n != max(want, 1) {
				t.Errorf("%s was asked for %d times", page, n)
			}
		}
		if n := len(sink.Captures()); n != pages {
			t.Errorf("%d of %d pages captured", n, pages)
		}
		for _, e := range state.Entries("news0") {
			if e.State != corpus.FrontierDone || e.Reason != "" {
				t.Errorf("%s is %s, %s", e.URL, e.State, e.Reason)
			}
		}
	})
}

// What a site asked for holds for whoever asks next, a crash in between or not.
func TestRetryAfterSurvivesACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		sources, _ := several(w, 1, 3)
		w.on("news0.example/0", status(429, "Retry-After", "7200"))
		w.on("news0.example/1", status(429, "Retry-After", "7200"))
		w.on("news0.example/2", status(429, "Retry-After", "7200"))
		// Another source of the same site, which has not been told.
		other := sources[0]
		other.ID, other.Discovery.URL = "other", "http://other.news0.example/feed"
		w.text("other.news0.example/feed", "text/xml", feed(entry("/a", "A", "")))
		w.text("other.news0.example/a", "text/html", "<p>a")

		state, sink := new(crawlertest.State), new(crawlertest.Sink)
		doomed := &mortal{State: state, sink: sink, left: 8, landed: true}
		begun := time.Now()
		_ = w.crawler(crawler.Config{Sources: sources, State: doomed, Sink: doomed}).Round(t.Context())
		if !doomed.dead {
			t.Fatal("it survived")
		}
		asked := len(w.requests())
		if asked != 2 {
			t.Fatalf("%d requests", asked)
		}
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Hour)
		defer stop()
		_ = w.crawler(crawler.Config{Sources: append(sources, other), State: state, Sink: sink}).Run(ctx)
		if len(w.asked) == 0 {
			t.Fatal("never asked again")
		}
		if d := w.asked[0].at.Sub(begun); d < 2*time.Hour {
			t.Errorf("%s was asked after %v", w.asked[0].page, d)
		}
	})
}

// An archive takes hours; the visits of other processes do not wait for it.
func TestBackfillLetsVisitsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var urls string
		for i := range 600 {
			urls += fmt.Sprintf("<url><loc>/old/%d</loc></url>", i)
			w.text(fmt.Sprintf("news0.example/old/%d", i), "text/html", "<p>old")
		}
		w.text("news0.example/map.xml", "text/xml", "<urlset>"+urls+"</urlset>")
		sources, _ := several(w, 1, 2)
		sources[0].Politeness.Delay = time.Second
		sources[0].Discovery.Archive = crawler.Archive{Type: crawler.DiscoverSitemap, URL: "http://news0.example/map.xml"}
		state, sink := new(crawlertest.State), new(crawlertest.Sink)
		var all sync.WaitGroup
		all.Go(func() {
			c := w.crawler(crawler.Config{Sources: sources, State: state, Sink: sink})
			if err := c.Backfill(t.Context(), "news0", since, nil); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(30 * time.Second)
		begun := time.Now()
		if err := w.crawler(crawler.Config{Sources: sources, State: state, Sink: sink}).Round(t.Context()); err != nil {
			t.Error(err)
		}
		if d := time.Since(begun); d > 2*time.Minute { // a batch of fifty, at one a second
			t.Errorf("the visit took %v", d)
		}
		// A second backfill of the same is refused.
		var v *crawler.VisitError
		err := w.crawler(crawler.Config{Sources: sources, State: state, Sink: sink}).Backfill(t.Context(), "news0", since, nil)
		if !errors.As(err, &v) || v.Reason != crawler.ReasonClaimed {
			t.Errorf("a second backfill: %v", err)
		}
		all.Wait()
		if n := len(sink.Captures()); n != 602 {
			t.Errorf("%d of 602 pages captured", n)
		}
	})
}
