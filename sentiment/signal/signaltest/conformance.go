// Package signaltest holds the conformance suite that every signal.Memory
// passes.
package signaltest

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/signal"
)

// TestMemory holds a signal.Memory to its contract. open returns a Memory that
// has no signal yet, in which the articles "a1" and "a2" and the placements 1
// to 9 may be referred to; it is called once for each subtest.
func TestMemory(t *testing.T, open func(*testing.T) signal.Memory) {
	add := func(t *testing.T, m signal.Memory, s corpus.Signal) corpus.Signal {
		t.Helper()
		stored, err := m.AddSignal(s)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}

	t.Run("the last row of an index comes back bit for bit", func(t *testing.T) {
		m := open(t)
		add(t, m, Row("BTC", "a1", 1))
		want := add(t, m, Row("BTC", "a2", 2))
		other := Row("BTC", "a2", 2)
		other.Kind = corpus.SignalPressure
		add(t, m, other)
		add(t, m, Row("ETH", "a2", 2))
		got, ok, err := m.LastSignal(corpus.SignalSentiment, "BTC")
		if d := cmp.Diff(want, got); !ok || err != nil || d != "" {
			t.Error(ok, err, d)
		}
		for _, target := range []string{"btc", "SOL", ""} {
			if _, ok, err := m.LastSignal(corpus.SignalSentiment, target); ok || err != nil {
				t.Error(target, ok, err)
			}
		}
	})
	t.Run("rows are numbered and timed in the order they came", func(t *testing.T) {
		m := open(t)
		a, b := add(t, m, Row("BTC", "a1", 1)), add(t, m, Row("ETH", "a1", 1))
		if b.Seq <= a.Seq || b.AvailableAt.Before(a.AvailableAt) || a.Seq == 0 || a.AvailableAt.IsZero() {
			t.Error(a.Seq, a.AvailableAt, b.Seq, b.AvailableAt)
		}
	})
	t.Run("an article's contributions are its newest row of each index", func(t *testing.T) {
		m := open(t)
		eth := add(t, m, Row("ETH", "a1", 1))
		add(t, m, Row("BTC", "a1", 1))
		add(t, m, Row("BTC", "a2", 2))
		btc := add(t, m, Row("BTC", "a1", 3))
		pressure := Row("US", "a1", 3)
		pressure.Kind, pressure.TargetKind = corpus.SignalPressure, corpus.EntityJurisdiction
		us := add(t, m, pressure)
		add(t, m, Row("BTC", "a2", 4))
		got, err := m.Contributions("a1")
		if d := cmp.Diff([]corpus.Signal{us, btc, eth}, got); err != nil || d != "" {
			t.Error(err, d)
		}
		if got, err := m.Contributions("none"); len(got) != 0 || err != nil {
			t.Error(got, err)
		}
	})
}

// Row returns a row with every field set that a Memory has to keep, and
// numbers that do not survive rounding.
func Row(target string, article corpus.ArticleID, placement corpus.PlacementID) corpus.Signal {
	at := time.Date(2026, 2, 3, 4, 5, 6, 789123000, time.UTC).Add(time.Duration(placement) * time.Microsecond)
	return corpus.Signal{
		Kind: corpus.SignalSentiment, Target: target, TargetKind: corpus.EntityAsset,
		Score: -1.0 / 3, Confidence: 2.0 / 3, Volume: math.Nextafter(1, 2), Dispersion: math.Nextafter(0.3, 1), Z: -math.Pi,
		Placement: placement, Article: article, Event: "e1", Delta: -math.Sqrt2 / 2, Weight: 1.0 / 7, Relevance: 0.9,
		Novelty: corpus.Novelty{Key: "e1", Days: 1.0 / 9, Weight: 0.3}, Source: "src", URL: "https://example.org/1",
		PublishedAt: at.Add(-time.Hour), FirstSeenAt: at.Add(-time.Minute), AsOf: at,
		Origin: corpus.OriginLive, Version: "1-abc",
		State: corpus.SignalState{Num: -1.0 / 3, Den: 1.0 / 7, Sq: 5e-324, ZN: 1.1, ZSum: -2.2, ZSq: 3.3},
	}
}
