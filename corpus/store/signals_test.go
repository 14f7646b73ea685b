package store_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// row is a signal row with something in every field.
func row(target string, article corpus.ArticleID, score float64) corpus.Signal {
	return corpus.Signal{
		Kind: corpus.SignalSentiment, Target: target, TargetKind: corpus.EntityAsset,
		Score: score, Confidence: 1.0 / 3, Volume: math.Pi, Dispersion: .1, Z: -2.718281828459045,
		Placement: 4, Article: article, Event: "e1", Delta: -.25, Weight: .125, Relevance: 1, Novelty: corpus.Novelty{Key: "k", Days: -1, Weight: .3},
		Source: source.ID, URL: "https://x/1", PublishedAt: long, FirstSeenAt: long.Add(time.Second), AsOf: long.Add(2 * time.Second),
		Origin: corpus.OriginBackfill, Version: "1",
		State: corpus.SignalState{Num: 0.1 + 0.2, Den: 1e-300, Sq: 5e-324, ZN: 12345678.9, ZSum: -1, ZSq: math.MaxFloat64},
	}
}

func TestSignals(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		ctx := t.Context()
		add := func(r corpus.Signal) (out corpus.Signal) {
			update(t, db, func(tx *store.Tx) (err error) { out, err = tx.AddSignal(r); return err })
			return out
		}
		negativeZero := row("BTC", "a1", math.Copysign(0, -1))
		first := add(negativeZero)
		if math.Signbit(first.Score) {
			t.Error("a row keeps -0, which SQLite would forget")
		}
		want := row("BTC", "a1", 0)
		want.Seq, want.AvailableAt = 1, first.AvailableAt
		if diff := cmp.Diff(want, first); diff != "" || first.AvailableAt.IsZero() {
			t.Errorf("stored row differs:\n%s", diff)
		}
		second := add(row("ETH", "a1", .5))
		third := add(row("BTC", "a2", .25))
		pressure := row("US", "a1", 1)
		pressure.Kind, pressure.TargetKind = corpus.SignalPressure, corpus.EntityJurisdiction
		fourth := add(pressure)

		for _, test := range []struct {
			name string
			q    corpus.SignalQuery
			want []corpus.Signal
		}{
			{"all", corpus.SignalQuery{}, []corpus.Signal{first, second, third, fourth}},
			{"of a kind", corpus.SignalQuery{Kind: corpus.SignalPressure}, []corpus.Signal{fourth}},
			{"of one index", corpus.SignalQuery{Kind: corpus.SignalSentiment, Targets: []string{"BTC"}}, []corpus.Signal{first, third}},
			{"of a kind and targets", corpus.SignalQuery{Kind: corpus.SignalSentiment, Targets: []string{"US", "BTC", "ETH"}, After: 1}, []corpus.Signal{second, third}},
			{"of targets", corpus.SignalQuery{Targets: []string{"ETH", "US"}}, []corpus.Signal{second, fourth}},
			{"after a row", corpus.SignalQuery{After: 2}, []corpus.Signal{third, fourth}},
			{"no more than the limit", corpus.SignalQuery{After: 1, Limit: 2}, []corpus.Signal{second, third}},
			{"since", corpus.SignalQuery{Since: third.AvailableAt}, []corpus.Signal{third, fourth}},
			{"until", corpus.SignalQuery{Until: third.AvailableAt}, []corpus.Signal{first, second}},
			{"as of", corpus.SignalQuery{AsOf: third.AvailableAt}, []corpus.Signal{first, second, third}},
			{"as of just before", corpus.SignalQuery{AsOf: third.AvailableAt.Add(-time.Microsecond)}, []corpus.Signal{first, second}},
			{"as of before the first", corpus.SignalQuery{AsOf: long}, nil},
		} {
			t.Run(test.name, func(t *testing.T) {
				if diff := cmp.Diff(test.want, must(db.Signals(ctx, test.q))(t)); diff != "" {
					t.Error(diff)
				}
			})
		}
		if diff := cmp.Diff([]corpus.Signal{fourth, third}, must(db.Signals(ctx, corpus.SignalQuery{Newest: true, Limit: 2}))(t)); diff != "" {
			t.Errorf("newest first (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]corpus.Signal{fourth, third, second}, must(db.LatestSignals(ctx, corpus.SignalQuery{}))(t)); diff != "" {
			t.Errorf("latest rows differ:\n%s", diff)
		}
		if diff := cmp.Diff([]corpus.Signal{first, second}, must(db.LatestSignals(ctx, corpus.SignalQuery{AsOf: second.AvailableAt}))(t)); diff != "" {
			t.Errorf("latest rows as of the second differ:\n%s", diff)
		}
		if diff := cmp.Diff(second, must(db.Signal(ctx, 2))(t)); diff != "" {
			t.Error(diff)
		}
		update(t, db, func(tx *store.Tx) error {
			last, ok, err := tx.LastSignal(corpus.SignalSentiment, "BTC")
			if diff := cmp.Diff(third, last); diff != "" || !ok || err != nil {
				t.Errorf("LastSignal: %v, %v\n%s", ok, err, diff)
			}
			if _, ok, err := tx.LastSignal(corpus.SignalPressure, "BTC"); ok || err != nil {
				t.Errorf("LastSignal of another kind = %v, %v", ok, err)
			}
			// What this transaction has written it sees.
			fifth, err := tx.AddSignal(row("BTC", "a1", -1))
			if err != nil {
				return err
			}
			all, err := tx.Contributions("a1")
			if diff := cmp.Diff([]corpus.Signal{fourth, fifth, second}, all); diff != "" || err != nil {
				t.Errorf("Contributions: %v\n%s", err, diff)
			}
			if all, err := tx.Contributions("a-none"); len(all) != 0 || err != nil {
				t.Errorf("Contributions of nothing = %v, %v", all, err)
			}
			return nil
		})
	})
}

func TestImpossibleValuesAreRefused(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		rev := article(t, db, "https://x/1", "one")
		before := must(db.Head(t.Context()))(t)
		signal := func(change func(*corpus.Signal)) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				r := row("BTC", "a1", .5)
				change(&r)
				_, err := tx.AddSignal(r)
				return err
			}
		}
		analysis := func(change func(*corpus.Analysis)) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				a := reading(rev, "1")
				change(&a)
				_, _, err := tx.AddAnalysis(a)
				return err
			}
		}
		event := func(change func(*corpus.Event)) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				e := corpus.Event{ID: "e1", EventReading: telling(corpus.Repeal)}
				change(&e)
				_, err := tx.PutEvent(e)
				return err
			}
		}
		for name, write := range map[string]func(*store.Tx) error{
			"signal score above 1":         signal(func(r *corpus.Signal) { r.Score = 1.0001 }),
			"signal score not a number":    signal(func(r *corpus.Signal) { r.Score = math.NaN() }),
			"signal z infinite":            signal(func(r *corpus.Signal) { r.Z = math.Inf(1) }),
			"signal state not a number":    signal(func(r *corpus.Signal) { r.State.Sq = math.NaN() }),
			"signal without a target":      signal(func(r *corpus.Signal) { r.Target = "" }),
			"signal of no known kind":      signal(func(r *corpus.Signal) { r.Kind = "mood" }),
			"signal of no known origin":    signal(func(r *corpus.Signal) { r.Origin = "guess" }),
			"analysis score below -1":      analysis(func(a *corpus.Analysis) { a.Score = -1.1 }),
			"analysis score not a number":  analysis(func(a *corpus.Analysis) { a.Score = math.NaN() }),
			"analysis without an analyser": analysis(func(a *corpus.Analysis) { a.Analyzer = "" }),
			"analysis of no revision":      analysis(func(a *corpus.Analysis) { a.Revision = 99 }),
			"event stance above 1":         event(func(e *corpus.Event) { e.Stance = 2 }),
			"event of no known severity":   event(func(e *corpus.Event) { e.Severity = "huge" }),
			"event of no known status":     event(func(e *corpus.Event) { e.Status = "" }),
			"event without an identifier":  event(func(e *corpus.Event) { e.ID = "" }),
			"revision of no known status": func(tx *store.Tx) error {
				d := draft("https://x/9", "w")
				d.Status = "maybe"
				_, _, err := tx.Revise(d, rev.Capture, corpus.OriginLive)
				return err
			},
			"revision of no capture": func(tx *store.Tx) error {
				_, _, err := tx.Revise(draft("https://x/9", "w"), 99, corpus.OriginLive)
				return err
			},
			"notification without a key": func(tx *store.Tx) error {
				_, _, err := tx.AddNotification(corpus.Notification{MessageID: "m"})
				return err
			},
		} {
			if err := db.Update(t.Context(), write); err == nil {
				t.Errorf("%s: stored", name)
			}
		}
		if after := must(db.Head(t.Context()))(t); after != before {
			t.Errorf("the log went on from %d to %d", before.Seq, after.Seq)
		}
	})
}

// What was known at a moment is the same answer whenever it is asked, also
// when asked for the present while others write.
func TestAsOfAnswersNeverChange(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		writer, reader := s.open(t, store.Config{}), s.open(t, store.Config{})
		ctx := t.Context()
		written := make(chan error, 1)
		go func() {
			for i := range 30 {
				err := writer.Update(ctx, func(tx *store.Tx) error {
					_, err := tx.AddSignal(row("BTC", "a1", float64(i)/100))
					e := corpus.Event{ID: corpus.EventID(fmt.Sprintf("e%d", i%4)), EventReading: telling(corpus.Repeal), PublishedAt: long}
					_, err2 := tx.PutEvent(e)
					return errors.Join(err, err2)
				})
				if err != nil {
					written <- err
					return
				}
			}
			written <- nil
		}()
		type answer struct {
			asOf    time.Time
			signals []corpus.Signal
			latest  []corpus.Signal
			events  []corpus.Event
		}
		ask := func(asOf time.Time) answer {
			return answer{
				asOf,
				must(reader.Signals(ctx, corpus.SignalQuery{AsOf: asOf}))(t),
				must(reader.LatestSignals(ctx, corpus.SignalQuery{AsOf: asOf}))(t),
				must(reader.Events(ctx, corpus.EventQuery{AsOf: asOf}))(t),
			}
		}
		var answers []answer
		for done := false; !done; {
			select {
			case err := <-written:
				if err != nil {
					t.Fatal(err)
				}
				done = true
			default:
			}
			answers = append(answers, ask(must(reader.Horizon(ctx, time.Now().Add(time.Hour)))(t)))
		}
		for _, a := range answers {
			if diff := cmp.Diff(a, ask(a.asOf), cmp.AllowUnexported(answer{})); diff != "" {
				t.Fatalf("the answer as of %v changed:\n%s", a.asOf, diff)
			}
		}
		if n := len(answers[len(answers)-1].signals); n != 30 {
			t.Errorf("the last answer has %d rows, want 30", n)
		}
	})
}
