package crawlertest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
)

// testLeases is the part of TestState about leases. It has no hold on the
// state's clock, so what has ended is a lease that was taken for no time.
func testLeases(t *testing.T, newState func(t *testing.T) crawler.State) {
	const long = time.Hour
	names := func(names ...corpus.LeaseName) (out []corpus.Lease) {
		for _, n := range names {
			out = append(out, corpus.Lease{Name: n})
		}
		return out
	}
	claim := func(t *testing.T, s crawler.State, holder string, ttl time.Duration, wants ...corpus.Lease) []corpus.Lease {
		t.Helper()
		got, err := s.Claim(t.Context(), holder, ttl, wants)
		ok(t, err)
		if len(got) != len(wants) {
			t.Fatalf("asked for %d leases, got %d", len(wants), len(got))
		}
		return got
	}

	t.Run("a lease has one holder at a time", func(t *testing.T) {
		s := newState(t)
		mine := claim(t, s, "a", long, names("site/b", "site/a")...)
		if mine[0].Name != "site/a" || mine[1].Name != "site/b" || mine[0].Holder != "a" || mine[1].Holder != "a" || !mine[0].WantedAt.IsZero() {
			t.Fatalf("%+v", mine)
		}
		if d := mine[0].Until.Sub(mine[0].TakenAt); d != long {
			t.Errorf("taken for %v", d)
		}
		theirs := claim(t, s, "b", long, names("site/b", "site/c")...)
		if theirs[0].Holder != "a" || theirs[0].WantedAt.IsZero() || !theirs[0].Until.Equal(mine[1].Until) || theirs[1].Holder != "b" {
			t.Errorf("%+v", theirs)
		}
		again := claim(t, s, "a", 2*long, names("site/b")...)
		if again[0].Holder != "a" || again[0].WantedAt.IsZero() || !again[0].TakenAt.Equal(mine[1].TakenAt) || !again[0].Until.After(mine[1].Until) {
			t.Errorf("renewed: %+v", again)
		}
	})

	t.Run("a lease that has ended may be taken", func(t *testing.T) {
		s := newState(t)
		claim(t, s, "a", 0, names("source/x")...)
		if got := claim(t, s, "b", long, names("source/x")...); got[0].Holder != "b" || !got[0].WantedAt.IsZero() {
			t.Errorf("%+v", got)
		}
		if got := claim(t, s, "a", long, names("source/x")...); got[0].Holder != "b" {
			t.Errorf("%+v", got)
		}
	})

	t.Run("a lease that was given back may be taken, by nobody else's word", func(t *testing.T) {
		s := newState(t)
		claim(t, s, "a", long, names("source/x")...)
		ok(t, s.Release(t.Context(), "b", names("source/x", "source/unknown")))
		if got := claim(t, s, "b", long, names("source/x")...); got[0].Holder != "a" {
			t.Errorf("%+v", got)
		}
		ok(t, s.Release(t.Context(), "a", names("source/x")))
		if got := claim(t, s, "b", long, names("source/x")...); got[0].Holder != "b" || !got[0].WantedAt.IsZero() {
			t.Errorf("%+v", got)
		}
	})

	t.Run("what a site asked for outlives the holder, and only moves on", func(t *testing.T) {
		s := newState(t)
		soon := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		later := soon.Add(time.Hour)
		asked := func(at time.Time) corpus.Lease { return corpus.Lease{Name: "site/x", NotBefore: at} }
		claim(t, s, "a", long, asked(soon))
		if got := claim(t, s, "a", long, asked(time.Time{})); !got[0].NotBefore.Equal(soon) {
			t.Errorf("%+v", got)
		}
		ok(t, s.Release(t.Context(), "a", []corpus.Lease{asked(later)}))
		if got := claim(t, s, "b", long, asked(soon)); got[0].Holder != "b" || !got[0].NotBefore.Equal(later) {
			t.Errorf("%+v", got)
		}
		ok(t, s.Release(t.Context(), "b", []corpus.Lease{asked(time.Time{})}))
		if got := claim(t, s, "a", 0, asked(time.Time{})); !got[0].NotBefore.Equal(later) {
			t.Errorf("%+v", got)
		}
		if got := claim(t, s, "b", long, asked(time.Time{})); !got[0].NotBefore.Equal(later) {
			t.Errorf("%+v", got)
		}
	})

	t.Run("a holder says what it does", func(t *testing.T) {
		s := newState(t)
		if got := claim(t, s, "a", long, corpus.Lease{Name: "backfill/x", Note: `{"left":3}`}); got[0].Note != `{"left":3}` {
			t.Errorf("%+v", got)
		}
		if got := claim(t, s, "b", long, corpus.Lease{Name: "backfill/x", Note: "mine"}); got[0].Note != `{"left":3}` {
			t.Errorf("%+v", got)
		}
	})

	t.Run("of many that ask at once, one gets it", func(t *testing.T) {
		s := newState(t)
		var all sync.WaitGroup
		var got atomic.Int32
		for i := range 8 {
			all.Go(func() {
				leases, err := s.Claim(t.Context(), fmt.Sprint(i), long, names("source/x", "site/x"))
				if err != nil {
					t.Error(err)
					return
				}
				for _, l := range leases {
					if l.Holder == fmt.Sprint(i) {
						got.Add(1)
					}
				}
			})
		}
		all.Wait()
		if got.Load() != 2 {
			t.Errorf("%d leases were given out for 2", got.Load())
		}
	})
}
