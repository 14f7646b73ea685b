package corpus_test

import (
	"context"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
)

func on(day string) time.Time {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	return t
}

func TestStatusAtIsWhatHadBeenReached(t *testing.T) {
	history := []corpus.StatusChange{
		{Status: corpus.InstrumentProposed, EffectiveAt: on("2024-12-06")},
		{Status: corpus.InstrumentAdopted, EffectiveAt: on("2025-05-21")},
		{Status: corpus.InstrumentInForce, EffectiveAt: on("2025-08-01")},
		{Status: corpus.InstrumentRepealed, EffectiveAt: on("2027-01-01")},
		{Status: corpus.InstrumentAdopted, SaidAt: on("2026-01-01")}, // background, said later
	}
	for day, want := range map[string]corpus.InstrumentStatus{
		"2025-01-01": corpus.InstrumentAdopted, // that it comes into force is known, so it is adopted
		"2025-07-31": corpus.InstrumentAdopted, "2025-08-01": corpus.InstrumentInForce, "2026-06-01": corpus.InstrumentInForce, "2027-01-01": corpus.InstrumentRepealed,
	} {
		if got := corpus.StatusAt(history, on(day)); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
	if got := corpus.StatusAt(history[:1], on("2024-12-31")); got != corpus.InstrumentProposed {
		t.Error(got)
	}
	if got := corpus.StatusAt(nil, on("2024-12-31")); got != corpus.InstrumentUnknown {
		t.Error(got)
	}
}

func TestConflicts(t *testing.T) {
	said := func(a corpus.ArticleID, st corpus.InstrumentStatus, effective string, by corpus.InstrumentID, day string) corpus.StatusChange {
		c := corpus.StatusChange{Status: st, By: by, Article: a, SaidAt: on(day)}
		if effective != "" {
			c.EffectiveAt = on(effective)
		}
		return c
	}
	for _, c := range []struct {
		name string
		in   corpus.Instrument
		want string
	}{
		{"two days", corpus.Instrument{History: []corpus.StatusChange{said("a", corpus.InstrumentInForce, "2025-08-01", "", "2025-07-01"), said("b", corpus.InstrumentInForce, "2025-07-30", "", "2025-07-02")}}, corpus.ConflictDay},
		{"two texts ended it", corpus.Instrument{History: []corpus.StatusChange{said("a", corpus.InstrumentRepealed, "", "X", "2025-07-01"), said("b", corpus.InstrumentWithdrawn, "", "Y", "2025-07-02")}}, corpus.ConflictBy},
		{"outlived", corpus.Instrument{History: []corpus.StatusChange{said("a", corpus.InstrumentRepealed, "2025-01-23", "X", "2025-01-24"), said("b", corpus.InstrumentInForce, "", "", "2025-03-02")}}, corpus.ConflictOutlived},
		{"direction", corpus.Instrument{ID: "A", History: []corpus.StatusChange{said("a", corpus.InstrumentRepealed, "", "B", "2025-01-24")}, Relations: []corpus.Relation{{Kind: corpus.Repeals, To: "B", Article: "b"}}}, corpus.ConflictDirect},
		{"the same article", corpus.Instrument{History: []corpus.StatusChange{said("a", corpus.InstrumentInForce, "2025-08-01", "", "2025-07-01"), said("a", corpus.InstrumentInForce, "2025-07-30", "", "2025-07-01")}}, ""},
		{"said before its end", corpus.Instrument{History: []corpus.StatusChange{said("a", corpus.InstrumentRepealed, "2025-01-23", "X", "2025-01-24"), said("b", corpus.InstrumentInForce, "", "", "2024-03-02")}}, ""},
		{"parts", corpus.Instrument{History: []corpus.StatusChange{{Status: corpus.InstrumentInForce, Article: "a", EffectiveAt: on("2024-06-30"), Part: "Title III"}, {Status: corpus.InstrumentInForce, Article: "b", EffectiveAt: on("2024-12-30")}}}, ""},
	} {
		got := ""
		for _, x := range c.in.Conflicts() {
			got += x.About
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// register is a record of a few instruments.
type register map[corpus.InstrumentID][]corpus.Instrument

func (r register) Instrument(_ context.Context, name string) (corpus.Instrument, error) {
	v := r[corpus.InstrumentID(name)]
	if len(v) == 0 {
		return corpus.Instrument{}, corpus.ErrNotFound
	}
	return v[len(v)-1], nil
}

func (r register) InstrumentVersions(_ context.Context, id corpus.InstrumentID) ([]corpus.Instrument, error) {
	return append([]corpus.Instrument{}, r[id]...), nil
}

func (r register) Article(_ context.Context, id corpus.ArticleID) (corpus.Article, error) {
	return corpus.Article{ID: id, Source: "of-" + corpus.SourceID(id)}, nil
}

func TestLineageJoinsWhatSaysTheSameAndWhatBelongsTogether(t *testing.T) {
	r := register{
		"91 FR 2": {
			{ID: "91 FR 2", Version: 1, KnownAt: on("2026-05-01")},
			{ID: "91 FR 2", Version: 2, KnownAt: on("2026-05-05"), Procedure: []corpus.InstrumentID{"RIN 1"},
				History:   []corpus.StatusChange{{Status: corpus.InstrumentAdopted, Article: "a", EffectiveAt: on("2026-05-04")}, {Status: corpus.InstrumentAdopted, Article: "b", EffectiveAt: on("2026-05-04")}},
				Relations: []corpus.Relation{{Kind: corpus.Implements, To: "Pub. L. 1", Article: "a"}, {Kind: corpus.Implements, To: "Pub. L. 1", Article: "b"}}},
		},
		"RIN 1":   {{ID: "RIN 1", KnownAt: on("2025-09-19"), Procedure: []corpus.InstrumentID{"90 FR 1", "91 FR 2"}}},
		"90 FR 1": {{ID: "90 FR 1", KnownAt: on("2025-09-19"), History: []corpus.StatusChange{{Status: corpus.InstrumentProposed, Article: "c", SaidAt: on("2025-09-19")}}}},
	}
	l, err := corpus.ReadLineage(t.Context(), r, "91 FR 2", on("2026-06-01"))
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Stages) != 1 || len(l.Stages[0].Articles) != 2 || len(l.Edges) != 1 || len(l.Edges[0].Articles) != 2 || l.Status != corpus.InstrumentAdopted || len(l.Versions) != 2 || l.Sources["b"] != "of-b" {
		t.Errorf("%+v", l)
	}
	if len(l.Procedure) != 1 || l.Procedure[0].ID != "90 FR 1" || l.Procedure[0].Status != corpus.InstrumentProposed {
		t.Errorf("procedure: %+v", l.Procedure)
	}
	if l, err := corpus.ReadLineage(t.Context(), r, "91 FR 2", on("2026-05-02")); err != nil || len(l.Stages) != 0 || len(l.Versions) != 1 {
		t.Errorf("as of before: %+v, %v", l, err)
	}
	if _, err := corpus.ReadLineage(t.Context(), r, "91 FR 2", on("2026-04-01")); err != corpus.ErrNotFound {
		t.Error("before it was known:", err)
	}
}
