package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// chain is a store with n captures and a follower of them that notes what it
// has worked on in the record itself.
func chain(t *testing.T, n int, work func(context.Context, []corpus.Change) (commit, error)) *follower {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutSource(LocalSource); err != nil {
			return err
		}
		for i := range n {
			c := corpus.Capture{Source: LocalSource.ID, URL: fmt.Sprintf("https://example.test/%d", i), Status: 200, Body: []byte("x")}
			if _, _, err := tx.AddCapture(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &follower{
		stage: stage{name: "test", kinds: []corpus.Kind{corpus.KindCapture}, batch: 4, work: work},
		store: db, log: slog.New(slog.DiscardHandler), metrics: newMetrics(nil), progress: func(string, corpus.Seq, corpus.Seq) {},
	}
}

// note commits what was worked on as parked rows, which a test can read.
func note(changes []corpus.Change) commit {
	return func(tx *store.Tx) error {
		for _, c := range changes {
			if err := tx.Park(corpus.Parked{Stage: "done", Ref: c.Ref, Reason: "done"}); err != nil {
				return err
			}
		}
		return nil
	}
}

func parked(t *testing.T, f *follower, stage string) []string {
	t.Helper()
	items, err := f.store.ParkedItems(t.Context(), stage)
	if err != nil {
		t.Fatal(err)
	}
	var refs []string
	for _, k := range items {
		refs = append(refs, k.Ref)
	}
	slices.Sort(refs)
	return refs
}

func TestFollowerSetsAsideWhatCannotBeDone(t *testing.T) {
	bad := ""
	f := chain(t, 10, nil)
	all, err := f.store.Changes(t.Context(), 0, 100, corpus.KindCapture)
	if err != nil {
		t.Fatal(err)
	}
	bad = all[6].Ref
	calls := 0
	f.work = func(_ context.Context, changes []corpus.Change) (commit, error) {
		calls++
		if slices.ContainsFunc(changes, func(c corpus.Change) bool { return c.Ref == bad }) {
			return nil, errors.New("cannot")
		}
		return note(changes), nil
	}
	if _, err := f.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := parked(t, f, "test"); !slices.Equal(got, []string{bad}) {
		t.Errorf("set aside %v, want %v", got, bad)
	}
	if got := parked(t, f, "done"); len(got) != 9 {
		t.Errorf("did %d of the other 9", len(got))
	}
	if calls > 12 {
		t.Errorf("needed %d calls", calls)
	}
}

func TestFollowerCommitsWorkAndWatermarkTogether(t *testing.T) {
	f := chain(t, 10, nil)
	dies := true
	f.work = func(_ context.Context, changes []corpus.Change) (commit, error) {
		write := note(changes)
		return func(tx *store.Tx) error {
			if err := write(tx); err != nil {
				return err
			}
			if dies {
				return errors.New("the process dies here")
			}
			return nil
		}, nil
	}
	if _, err := f.step(t.Context()); err == nil {
		t.Fatal("no error")
	}
	if mark, _ := f.store.Watermark(t.Context(), "test"); mark != 0 || len(parked(t, f, "done")) != 0 {
		t.Fatalf("after a failed commit: watermark %d, rows %v", mark, parked(t, f, "done"))
	}
	dies = false
	if _, err := f.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := parked(t, f, "done"); len(got) != 10 {
		t.Errorf("did %d of 10", len(got))
	}
}

// Two processes that follow under one name share the work: neither does what
// the other has committed.
func TestFollowersOfOneNameDoEachChangeOnce(t *testing.T) {
	var done []string
	f := chain(t, 12, nil)
	f.work = func(_ context.Context, changes []corpus.Change) (commit, error) {
		return func(*store.Tx) error {
			for _, c := range changes {
				done = append(done, c.Ref)
			}
			return nil
		}, nil
	}
	other := *f
	for range 8 { // in turns, each from what it believes the watermark to be
		for _, one := range []*follower{f, &other} {
			if _, err := one.step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	mark, err := f.store.Watermark(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	head, err := f.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if mark != head.Seq {
		t.Errorf("watermark %d, head %d", mark, head.Seq)
	}
	// The losing side's commit function may have run, but its transaction was
	// undone; what counts is that the winner's side did each exactly once.
	slices.Sort(done)
	if got := slices.Compact(done); len(got) != 12 {
		t.Errorf("did %d of 12", len(got))
	}
}

func TestEachTurnsAPanicIntoAnErrorOfOneElement(t *testing.T) {
	out, errs := each(t.Context(), []int{1, 2, 3}, func(_ context.Context, n int) (int, error) {
		if n == 2 {
			panic("a page nobody thought of")
		}
		return n * 10, nil
	})
	if out[0] != 10 || out[2] != 30 || errs[0] != nil || errs[2] != nil {
		t.Errorf("the others: %v %v", out, errs)
	}
	var bug *panicError
	if !errors.As(errs[1], &bug) || bug.stack == "" {
		t.Errorf("got %v", errs[1])
	}
}
