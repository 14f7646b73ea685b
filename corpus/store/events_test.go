package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// A version of an event holds all its reports; the record keeps each of them
// once. Whether a version is put in the transaction of the one before or in
// its own makes no difference, nor does what becomes of its reports later.
func TestReportsOfAnEvent(t *testing.T) {
	report := func(n int, told corpus.Severity) corpus.Report {
		r := corpus.Report{
			Article: corpus.ArticleID(fmt.Sprint("a", n)), Revision: corpus.RevisionID(n), URL: fmt.Sprint("https://x/", n),
			Evidence: []string{"Withdrawals are halted."}, Told: telling(corpus.Halt), FirstSeenAt: long.Add(time.Duration(n)),
		}
		r.Told.Severity = told
		return r
	}
	one, two, three := report(1, corpus.SeverityHigh), report(2, corpus.SeverityLow), report(3, corpus.SeverityLow)
	withdrawn := two
	withdrawn.Withdrawn = true
	versions := [][]corpus.Report{
		{one},
		{one, two},
		{two, one, three}, // another order
		{withdrawn, one, three},
		{one, three}, // one gone
		{two, one},   // and back
		{},
		nil,
	}
	const distinct = 5 // what is new: one, two, three, withdrawn, two again

	for _, together := range []bool{false, true} {
		t.Run(fmt.Sprintf("in one transaction: %v", together), func(t *testing.T) {
			forEachStore(t, func(t *testing.T, s newStore) {
				db, raw := s.open(t, store.Config{}), s.raw(t)
				var want []corpus.Event
				put := func(tx *store.Tx, reports []corpus.Report) error {
					e, err := tx.PutEvent(corpus.Event{ID: "e1", Story: "s1", EventReading: telling(corpus.Halt), PublishedAt: long, Reports: reports})
					want = append(want, e)
					return err
				}
				if together {
					update(t, db, func(tx *store.Tx) error {
						want = nil
						for _, reports := range versions {
							if err := put(tx, reports); err != nil {
								return err
							}
						}
						return nil
					})
				} else {
					for _, reports := range versions {
						update(t, db, func(tx *store.Tx) error { return put(tx, reports) })
					}
				}
				got := must(db.EventVersions(t.Context(), "e1"))(t)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("versions differ from what was put:\n%s", diff)
				}
				for i, e := range got {
					if diff := cmp.Diff(versions[i], e.Reports, cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
						t.Errorf("reports of version %d:\n%s", i+1, diff)
					}
				}
				if n := rows(t, raw)["event_reports"]; n != distinct {
					t.Errorf("%d reports are kept, want %d", n, distinct)
				}
			})
		})
	}
}

// What a transaction wrote that was undone is not remembered.
func TestUndoneEventsAreForgotten(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		put := func(tx *store.Tx, title string) error {
			_, err1 := tx.PutEvent(corpus.Event{ID: "e1", Story: "s1", Title: title, EventReading: telling(corpus.Halt)})
			err2 := tx.PutEventKeys("e1", []string{"k"})
			_, err3 := tx.PutInstrument(corpus.Instrument{ID: "FIL-7-2025", Title: title})
			_, err4 := tx.AddSignal(row(title, "a1", .5))
			return errors.Join(err1, err2, err3, err4)
		}
		undone := errors.New("undone")
		err := db.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(put(tx, "undone"), undone) })
		if err == nil || err.Error() != undone.Error() {
			t.Fatal(err)
		}
		update(t, db, func(tx *store.Tx) error { return put(tx, "kept") })
		update(t, db, func(tx *store.Tx) error {
			old, _, err1 := tx.EventVersion("e1", 1)
			found, err2 := tx.EventsByKey([]string{"k"})
			in, _, err3 := tx.Instrument("FIL-7-2025")
			_, last, err4 := tx.LastSignal(corpus.SignalSentiment, "undone")
			if old.Title != "kept" || len(found) != 1 || found[0].Title != "kept" || in.Title != "kept" || in.Version != 1 || last {
				t.Error(old, found, in, last)
			}
			return errors.Join(err1, err2, err3, err4)
		})
		at, err := db.EventAt(t.Context(), 1)
		if err != nil || at.Title != "kept" {
			t.Error(at, err)
		}
	})
}
