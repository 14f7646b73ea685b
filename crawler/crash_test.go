package crawler_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

var errKilled = errors.New("killed")

// mortal is the state and the sink of a process that dies at its nth call of
// them: before the call did anything, or after it did and before it could say
// so. From then on nothing it does has any effect.
type mortal struct {
	*crawlertest.State
	sink   *crawlertest.Sink
	landed bool

	mu      sync.Mutex
	left    int // calls until death
	dead    bool
	quietly bool // in a call whose failure is no error of the work
}

// call runs do unless the process is dead.
func (m *mortal) call(do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errKilled
	}
	if m.left--; m.left > 0 {
		return do()
	}
	m.dead = true
	if m.landed {
		return errors.Join(errKilled, do())
	}
	return errKilled
}

func (m *mortal) SourceState(ctx context.Context, id corpus.SourceID) (st corpus.SourceState, err error) {
	err = m.call(func() error { st, err = m.State.SourceState(ctx, id); return err })
	return st, err
}

func (m *mortal) SaveSourceState(ctx context.Context, st corpus.SourceState) error {
	return m.call(func() error { return m.State.SaveSourceState(ctx, st) })
}

func (m *mortal) Frontier(ctx context.Context, id corpus.SourceID, urls []string) (es []corpus.FrontierEntry, err error) {
	err = m.call(func() error { es, err = m.State.Frontier(ctx, id, urls); return err })
	return es, err
}

func (m *mortal) SaveFrontier(ctx context.Context, es []corpus.FrontierEntry) error {
	return m.call(func() error { return m.State.SaveFrontier(ctx, es) })
}

func (m *mortal) DueFrontier(ctx context.Context, id corpus.SourceID, now time.Time, limit int) (es []corpus.FrontierEntry, err error) {
	err = m.call(func() error { es, err = m.State.DueFrontier(ctx, id, now, limit); return err })
	return es, err
}

func (m *mortal) WaitingFrontier(ctx context.Context, id corpus.SourceID) (n int, err error) {
	err = m.call(func() error { n, err = m.State.WaitingFrontier(ctx, id); return err })
	return n, err
}

func (m *mortal) Claim(ctx context.Context, holder string, ttl time.Duration, wants []corpus.Lease) (got []corpus.Lease, err error) {
	err = m.call(func() error { got, err = m.State.Claim(ctx, holder, ttl, wants); return err })
	return got, err
}

func (m *mortal) Release(ctx context.Context, holder string, leases []corpus.Lease) error {
	m.mu.Lock()
	m.quietly = m.quietly || !m.dead && m.left == 1
	m.mu.Unlock()
	return m.call(func() error { return m.State.Release(ctx, holder, leases) })
}

func (m *mortal) Capture(ctx context.Context, c corpus.Capture) (learnt bool, err error) {
	err = m.call(func() error { learnt, err = m.sink.Capture(ctx, c); return err })
	return learnt, err
}

// TestCrash kills the crawler at each of its calls of state and sink in turn,
// twice over, and checks that the next process makes good: each page captured
// once, nothing waiting, and no more than one request repeated for each page.
func TestCrash(t *testing.T) {
	for _, landed := range []bool{false, true} {
		calls := 0
		for at := 1; ; at++ {
			survived := false
			name := fmt.Sprintf("at call %d, landed %v", at, landed)
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { survived = crash(t, at, landed) })
			})
			if survived || t.Failed() {
				break
			}
			calls++
		}
		if calls < 20 {
			t.Errorf("only %d calls were tried", calls)
		}
	}
}

// crash dies at a call and recovers; it reports whether there was no such call.
func crash(t *testing.T, at int, landed bool) bool {
	w := newWorld(t)
	w.on("news.example/feed", tagged("", feed(entry("/a", "A", ""), entry("/b", "B", ""), entry("/c", "C", ""))))
	for _, p := range []string{"/a", "/b", "/c", "/rules"} {
		w.on("news.example"+p, tagged("text/html", "page "+p))
	}
	w.on("flash.example/feed", tagged("", feed(
		`<item><link>/1</link><description>one</description></item>`, `<item><link>/2</link><description>two</description></item>`,
	)))
	pages := serial()
	pages.Discovery.Pages = []string{"http://news.example/rules"}
	flash := serial()
	flash.ID, flash.Discovery.URL, flash.Discovery.Content = "flash", "http://flash.example/feed", crawler.ContentFeed
	sources := []crawler.Source{pages, flash}

	state, sink := new(crawlertest.State), new(crawlertest.Sink)
	doomed := &mortal{State: state, sink: sink, landed: landed, left: at}
	err := w.crawler(crawler.Config{Sources: sources, State: doomed, Sink: doomed, Concurrency: 1}).Round(t.Context())
	if !doomed.dead {
		if err != nil {
			t.Fatal(err)
		}
		return true
	}
	if !doomed.quietly && !errors.Is(err, errKilled) {
		t.Fatalf("died of %v", err)
	}

	if err := w.crawler(crawler.Config{Sources: sources, State: state, Sink: sink}).Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := make(map[string]int)
	for _, p := range w.requests() {
		asked[p]++
	}
	for p, n := range asked {
		if n > 2 {
			t.Errorf("%s was asked for %d times", p, n)
		}
	}
	captured := make(map[string]int)
	for _, c := range sink.Captures() {
		captured[c.URL]++
	}
	want := map[string]int{
		"http://news.example/a": 1, "http://news.example/b": 1, "http://news.example/c": 1, "http://news.example/rules": 1,
		"http://flash.example/1": 1, "http://flash.example/2": 1,
	}
	if d := cmp.Diff(want, captured); d != "" {
		t.Errorf("captures (-want +got)\n%s", d)
	}
	for _, id := range []corpus.SourceID{"news", "flash"} {
		for _, e := range state.Entries(id) {
			if e.State != corpus.FrontierDone || e.Digest == "" {
				t.Errorf("%s is %s", e.URL, e.State)
			}
		}
		st, err := state.SourceState(t.Context(), id)
		if err != nil || st.ETag == "" || st.VisitedAt.IsZero() || st.Failures != 0 {
			t.Errorf("%+v, %v", st, err)
		}
	}
	return false
}
