package store_test

import (
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

func TestSmoke(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		ctx := t.Context()
		update(t, db, func(tx *store.Tx) error {
			if err := tx.PutSource(source); err != nil {
				return err
			}
			c, fresh, err := tx.AddCapture(page("https://x/1", "hello 银发 \x00\xff"))
			if err != nil || !fresh {
				t.Fatal(c, fresh, err)
			}
			r, fresh, err := tx.Revise(draft("https://x/1", "hello \x00\xff"), c.ID, "")
			if err != nil || !fresh {
				t.Fatal(r, fresh, err)
			}
			a, fresh, err := tx.AddAnalysis(corpus.Analysis{Article: r.Article, Revision: r.ID, Analyzer: "local", Version: "1"})
			if err != nil || !fresh {
				t.Fatal(a, fresh, err)
			}
			p, _, err := tx.AddPlacement(corpus.Placement{Analysis: a.ID, Article: r.Article, Story: "s1", Novelty: corpus.Novelty{Days: -1, Weight: 1}})
			if err != nil {
				t.Fatal(err)
			}
			if err := tx.PutMember("s1", corpus.Member{Article: r.Article, FirstSeenAt: r.FirstSeenAt}, []uint64{1, 1 << 63}, []byte("sk")); err != nil {
				t.Fatal(err)
			}
			near, err := tx.Near([]uint64{1 << 63, 5}, 10)
			if err != nil || len(near) != 1 {
				t.Fatal(near, err)
			}
			e, err := tx.PutEvent(corpus.Event{ID: "e1", Story: "s1", EventReading: corpus.EventReading{Type: corpus.Guidance, Severity: "low", Status: "done", Jurisdictions: []corpus.Jurisdiction{"US"}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := tx.PutEventKeys(e.ID, []string{"k"}); err != nil {
				t.Fatal(err)
			}
			if es, err := tx.EventsByKey([]string{"k"}); err != nil || len(es) != 1 {
				t.Fatal(es, err)
			}
			if _, err := tx.PutInstrument(corpus.Instrument{ID: "FIL-7-2025", Aliases: []string{"FIL 7 2025"}}); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.AddSignal(corpus.Signal{Kind: "sentiment", Target: "BTC", Placement: p.ID, FirstSeenAt: r.FirstSeenAt, AsOf: p.At, Novelty: p.Novelty}); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.AddAlert(corpus.Alert{Event: "e1", Rule: "r", Stage: "first", Version: 1, Outcome: "notified"}); err != nil {
				t.Fatal(err)
			}
			n, _, err := tx.AddNotification(corpus.Notification{Key: "k", MessageID: "m"})
			if err != nil {
				t.Fatal(err)
			}
			n.State = "sent"
			if err := tx.RecordDelivery(corpus.Delivery{Notification: n.ID, Attempt: 1, Outcome: "sent"}, n); err != nil {
				t.Fatal(err)
			}
			if err := tx.Park(corpus.Parked{Stage: "parse", Ref: "1", Reason: "x"}); err != nil {
				t.Fatal(err)
			}
			return tx.Advance("parse", 0, 1)
		})
		if c := must(db.Counts(ctx))(t); c.Captures != 1 || c.Sent != 1 {
			t.Fatal(c)
		}
		if es := must(db.Events(ctx, corpus.EventQuery{Jurisdiction: "US", Types: []corpus.EventType{corpus.Guidance}}))(t); len(es) != 1 {
			t.Fatal(es)
		}
		if es := must(db.Signals(ctx, corpus.SignalQuery{Targets: []string{"BTC"}}))(t); len(es) != 1 {
			t.Fatal(es)
		}
		if es := must(db.LatestSignals(ctx, corpus.SignalQuery{}))(t); len(es) != 1 {
			t.Fatal(es)
		}
		must(db.Instrument(ctx, "fil 7  2025"))(t)
		must(db.Instruments(ctx, corpus.InstrumentQuery{}))(t)
		if ch := must(db.Changes(ctx, 0, 100, corpus.KindEvent, corpus.KindCapture))(t); len(ch) != 2 {
			t.Fatal(ch)
		}
	})
}
