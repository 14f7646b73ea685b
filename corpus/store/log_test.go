package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// capture adds a page that is new.
func capture(t testing.TB, tx *store.Tx, url, words string) corpus.Capture {
	t.Helper()
	c, fresh, err := tx.AddCapture(page(url, words))
	if err != nil || !fresh {
		t.Fatalf("AddCapture(%s) = fresh %v, %v", url, fresh, err)
	}
	return c
}

// withSource opens a corpus that knows the test source.
func withSource(t testing.TB, s newStore) *store.DB {
	t.Helper()
	db := s.open(t, store.Config{})
	update(t, db, func(tx *store.Tx) error { return tx.PutSource(source) })
	return db
}

// gapFree checks the numbers and times of a log read from its beginning.
func gapFree(t testing.TB, changes []corpus.Change) {
	t.Helper()
	for i, c := range changes {
		if c.Seq != corpus.Seq(i+1) {
			t.Fatalf("entry %d has number %d", i+1, c.Seq)
		}
		if i > 0 && !c.At.After(changes[i-1].At) {
			t.Fatalf("entry %d is of %v, not after %v", c.Seq, c.At, changes[i-1].At)
		}
	}
}

func TestTheLogBeginsEmpty(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		if head := must(db.Head(t.Context()))(t); head != (corpus.Change{}) {
			t.Errorf("Head = %+v, want none", head)
		}
		if changes := must(db.Changes(t.Context(), 0, 10))(t); len(changes) != 0 {
			t.Errorf("Changes = %v, want none", changes)
		}
	})
}

func TestChanges(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		for i := range 4 {
			update(t, db, func(tx *store.Tx) error {
				c := capture(t, tx, fmt.Sprintf("https://x/%d", i), "words")
				_, _, err := tx.Revise(draft(c.URL, "words"), c.ID, corpus.OriginLive)
				return err
			})
		}
		ctx := t.Context()
		changes := must(db.Changes(ctx, 0, 100))(t)
		gapFree(t, changes)
		var kinds []corpus.Kind
		for _, c := range changes {
			kinds = append(kinds, c.Kind)
		}
		one := []corpus.Kind{corpus.KindCapture, corpus.KindRevision}
		if want := slices.Repeat(one, 4); !slices.Equal(kinds, want) {
			t.Errorf("kinds = %v, want %v", kinds, want)
		}
		if changes[2].Ref != "3" {
			t.Errorf("Ref = %q, want the number of the entry", changes[2].Ref)
		}
		if head := must(db.Head(ctx))(t); head != changes[7] {
			t.Errorf("Head = %+v, want %+v", head, changes[7])
		}
		for _, test := range []struct {
			name  string
			after corpus.Seq
			limit int
			kinds []corpus.Kind
			want  []corpus.Seq
		}{
			{"after an entry", 5, 100, nil, []corpus.Seq{6, 7, 8}},
			{"no more than the limit", 2, 3, nil, []corpus.Seq{3, 4, 5}},
			{"of one kind", 1, 2, []corpus.Kind{corpus.KindRevision}, []corpus.Seq{2, 4}},
			{"of two kinds, in order", 1, 3, []corpus.Kind{corpus.KindRevision, corpus.KindCapture}, []corpus.Seq{2, 3, 4}},
			{"of a kind that has none", 0, 9, []corpus.Kind{corpus.KindSignal}, nil},
			{"after the last", 8, 9, nil, nil},
		} {
			t.Run(test.name, func(t *testing.T) {
				var got []corpus.Seq
				for _, c := range must(db.Changes(ctx, test.after, test.limit, test.kinds...))(t) {
					got = append(got, c.Seq)
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("got %v, want %v", got, test.want)
				}
			})
		}
	})
}

func TestManyEntriesInOneTransaction(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		const n = 123 // more than one INSERT of log entries, and a remainder
		update(t, db, func(tx *store.Tx) error {
			for i := range n {
				capture(t, tx, fmt.Sprintf("https://x/%d", i), "words")
			}
			return nil
		})
		changes := must(db.Changes(t.Context(), 0, 1000))(t)
		gapFree(t, changes)
		if len(changes) != n {
			t.Errorf("%d entries, want %d", len(changes), n)
		}
	})
}

func TestAFailedTransactionLeavesNoGap(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		update(t, db, func(tx *store.Tx) error { capture(t, tx, "https://x/1", "one"); return nil })
		broken := errors.New("broken")
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			capture(t, tx, "https://x/2", "two")
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatalf("Update = %v, want the error of the function", err)
		}
		update(t, db, func(tx *store.Tx) error { capture(t, tx, "https://x/3", "three"); return nil })
		changes := must(db.Changes(t.Context(), 0, 10))(t)
		gapFree(t, changes)
		if len(changes) != 2 {
			t.Errorf("%d entries, want 2", len(changes))
		}
		if got := must(db.Captures(t.Context(), corpus.CaptureQuery{}))(t); len(got) != 2 || got[1].URL != "https://x/3" {
			t.Errorf("captures = %v", got)
		}
	})
}

func TestTimesIncreaseWhateverTheClockDoes(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		clock := []time.Time{long, long, long.Add(-time.Hour), long.Add(time.Second), long.Add(-time.Second)}
		tick := 0
		db := s.open(t, store.Config{Clock: func() time.Time { tick++; return clock[tick%len(clock)] }})
		update(t, db, func(tx *store.Tx) error { return tx.PutSource(source) })
		for i := range 8 {
			update(t, db, func(tx *store.Tx) error {
				capture(t, tx, fmt.Sprintf("https://x/%d", i), "a")
				capture(t, tx, fmt.Sprintf("https://y/%d", i), "a")
				return nil
			})
		}
		gapFree(t, must(db.Changes(t.Context(), 0, 100))(t))
	})
}

func TestWatermarks(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db, other := s.open(t, store.Config{}), s.open(t, store.Config{})
		ctx := t.Context()
		if seq := must(db.Watermark(ctx, "parse"))(t); seq != 0 {
			t.Errorf("a new follower stands at %d", seq)
		}
		advance := func(db *store.DB, from, to corpus.Seq) error {
			return db.Update(ctx, func(tx *store.Tx) error { return tx.Advance("parse", from, to) })
		}
		if err := advance(db, 0, 3); err != nil {
			t.Fatal(err)
		}
		for _, from := range []corpus.Seq{0, 2, 4} {
			if err := advance(other, from, 9); !errors.Is(err, store.ErrMoved) {
				t.Errorf("Advance from %d = %v, want ErrMoved", from, err)
			}
		}
		if err := advance(other, 3, 2); err == nil {
			t.Error("a watermark went back")
		}
		if err := advance(other, 3, 5); err != nil {
			t.Fatal(err)
		}
		want := map[string]corpus.Seq{"parse": 5}
		if diff := cmp.Diff(want, must(db.Watermarks(ctx))(t)); diff != "" {
			t.Error(diff)
		}
		update(t, db, func(tx *store.Tx) error { return tx.ResetWatermark("parse") })
		if seq := must(other.Watermark(ctx, "parse"))(t); seq != 0 {
			t.Errorf("after a reset the follower stands at %d", seq)
		}
		if err := advance(db, 0, 1); err != nil {
			t.Error(err)
		}
	})
}

// Two processes that follow under one name do each entry once between them.
func TestTwoProcessesShareAFollower(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		const n = 20
		for i := range n {
			update(t, db, func(tx *store.Tx) error { capture(t, tx, fmt.Sprintf("https://x/%d", i), "w"); return nil })
		}
		var done [n + 1]atomic.Int32
		var wg sync.WaitGroup
		for range 2 {
			own := s.open(t, store.Config{})
			wg.Go(func() {
				for {
					at, err := own.Watermark(t.Context(), "f")
					if err != nil {
						t.Error(err)
						return
					}
					changes, err := own.Changes(t.Context(), at, 3)
					if err != nil || len(changes) == 0 {
						if err != nil {
							t.Error(err)
						}
						return
					}
					err = own.Update(t.Context(), func(tx *store.Tx) error {
						return tx.Advance("f", at, changes[len(changes)-1].Seq)
					})
					if errors.Is(err, store.ErrMoved) {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					for _, c := range changes {
						done[c.Seq].Add(1)
					}
				}
			})
		}
		wg.Wait()
		for seq := 1; seq <= n; seq++ {
			if times := done[seq].Load(); times != 1 {
				t.Errorf("entry %d was done %d times", seq, times)
			}
		}
	})
}

func TestWait(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		other := s.open(t, store.Config{})
		for i, writer := range []*store.DB{db, other} {
			waited := make(chan error, 1)
			after := must(db.Head(t.Context()))(t).Seq
			go func() { waited <- db.Wait(t.Context(), after) }()
			update(t, writer, func(tx *store.Tx) error { capture(t, tx, fmt.Sprintf("https://x/%d", i), "w"); return nil })
			if err := <-waited; err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Wait(t.Context(), 0); err != nil {
			t.Errorf("waiting for what is there = %v", err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		cancel(why)
		if err := db.Wait(ctx, 99); !errors.Is(err, why) {
			t.Errorf("Wait after cancellation = %v, want its cause", err)
		}
	})
}

// TestNothingIsPassedInFlight has several processes append at once, with
// delays between their appends and their commits and with some transactions
// undone, while a follower reads. It fails when the lock on the head of the
// log is taken away.
func TestNothingIsPassedInFlight(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		const writers, transactions = 4, 12
		withSource(t, s)
		var total atomic.Int64
		var writing sync.WaitGroup
		for w := range writers {
			db := s.open(t, store.Config{})
			rnd := rand.New(rand.NewPCG(uint64(w), 7))
			writing.Go(func() {
				for i := range transactions {
					n, undo := 1+rnd.IntN(3), rnd.IntN(5) == 0
					undone := errors.New("undone")
					err := db.Update(t.Context(), func(tx *store.Tx) error {
						for j := range n {
							if _, _, err := tx.AddCapture(page(fmt.Sprintf("https://x/%d/%d/%d", w, i, j), "w")); err != nil {
								return err
							}
							time.Sleep(time.Duration(rnd.IntN(1500)) * time.Microsecond)
						}
						if undo {
							return undone
						}
						return nil
					})
					if undo && errors.Is(err, undone) {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					total.Add(int64(n))
				}
			})
		}
		written := make(chan struct{})
		go func() { writing.Wait(); close(written) }()

		// A reader notes how much was known at moments it may call past.
		type moment struct {
			at    time.Time
			known int
		}
		var moments []moment
		var reading sync.WaitGroup
		reader := s.open(t, store.Config{})
		knownAt := func(at time.Time) int {
			n := 0
			for _, c := range must(reader.Changes(t.Context(), 0, 1000))(t) {
				if !c.At.After(at) {
					n++
				}
			}
			return n
		}
		reading.Go(func() {
			for {
				at := must(reader.Horizon(t.Context(), time.Now().Add(time.Hour)))(t)
				moments = append(moments, moment{at, knownAt(at)})
				select {
				case <-written:
					return
				case <-time.After(2 * time.Millisecond):
				}
			}
		})

		follower := s.open(t, store.Config{})
		var seen []corpus.Change
		for finished := false; !finished; {
			select {
			case <-written:
				finished = true // one more look, then no more can come
			default:
			}
			for {
				after := corpus.Seq(0)
				if len(seen) > 0 {
					after = seen[len(seen)-1].Seq
				}
				changes := must(follower.Changes(t.Context(), after, 3))(t)
				if len(changes) == 0 {
					break
				}
				seen = append(seen, changes...)
			}
		}
		reading.Wait()
		gapFree(t, seen)
		if int64(len(seen)) != total.Load() {
			t.Errorf("the follower saw %d of %d entries", len(seen), total.Load())
		}
		for _, m := range moments {
			if now := knownAt(m.at); now != m.known {
				t.Errorf("%d entries were known at %v, and later %d", m.known, m.at, now)
			}
		}
	})
}

func TestHorizon(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		ctx := t.Context()
		update(t, db, func(tx *store.Tx) error { capture(t, tx, "https://x/1", "w"); return nil })
		first := must(db.Head(ctx))(t)

		if got := must(db.Horizon(ctx, first.At.Add(-time.Hour)))(t); !got.Equal(first.At.Add(-time.Hour)) {
			t.Errorf("a time long past became %v", got)
		}
		future := time.Now().Add(time.Hour)
		now := must(db.Horizon(ctx, future))(t)
		if !now.Before(future) || now.Before(first.At) {
			t.Errorf("the horizon of %v is %v", future, now)
		}
		update(t, db, func(tx *store.Tx) error { capture(t, tx, "https://x/2", "w"); return nil })
		if next := must(db.Head(ctx))(t); !next.At.After(now) {
			t.Errorf("an entry of %v came after the horizon had passed %v", next.At, now)
		}
	})
}

// A clock that is set back must not write behind a horizon that was given out.
func TestHorizonSurvivesAClockSetBack(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		now := long
		db := s.open(t, store.Config{Clock: func() time.Time { return now }})
		update(t, db, func(tx *store.Tx) error { return tx.PutSource(source) })
		h := must(db.Horizon(t.Context(), long.Add(time.Hour)))(t)
		if !h.Equal(long) {
			t.Fatalf("horizon = %v, want the clock", h)
		}
		now = long.Add(-time.Hour)
		update(t, db, func(tx *store.Tx) error { capture(t, tx, "https://x/1", "w"); return nil })
		if head := must(db.Head(t.Context()))(t); !head.At.After(h) {
			t.Errorf("an entry of %v appeared behind the horizon %v", head.At, h)
		}
	})
}

// A horizon waits for the writer that is in flight.
func TestHorizonWaitsForWriters(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		other := s.open(t, store.Config{})
		appended, let := make(chan struct{}), make(chan struct{})
		writer := make(chan error, 1)
		go func() {
			writer <- db.Update(t.Context(), func(tx *store.Tx) error {
				if _, _, err := tx.AddCapture(page("https://x/1", "w")); err != nil {
					return err
				}
				close(appended)
				<-let
				return nil
			})
		}()
		<-appended
		horizon := make(chan time.Time, 1)
		go func() {
			h, err := other.Horizon(t.Context(), time.Now().Add(time.Hour))
			if err != nil {
				t.Error(err)
			}
			horizon <- h
		}()
		select { // give it the chance to be wrong
		case h := <-horizon:
			close(let)
			t.Fatalf("the horizon came to be %v while a writer was in flight", h)
		case <-time.After(20 * time.Millisecond):
		}
		close(let)
		h := <-horizon
		if err := <-writer; err != nil {
			t.Fatal(err)
		}
		if head := must(other.Head(t.Context()))(t); head.At.After(h) {
			t.Errorf("the entry in flight (%v) is not behind the horizon %v", head.At, h)
		}
	})
}
