package demo_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/demo"
	"github.com/regwire/regwire/internal/newswire"
)

// once runs one complete round and returns the demo, still open.
func once(t *testing.T) (*demo.Demo, demo.Summary) {
	t.Helper()
	d, err := demo.Start(t.Context(), demo.Options{Data: t.TempDir(), Version: "test", Say: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := d.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d, s
}

// told is one article of the newswire with what the service made of it.
type told struct {
	newswire.Article
	corpus.ArticleID
	analysis corpus.Analysis
	events   []corpus.Event
}

func (a told) main() corpus.EventReading {
	if len(a.analysis.Events) == 0 {
		return corpus.EventReading{Type: corpus.Other}
	}
	return a.analysis.Events[0]
}

func squash(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

// read joins the truth with the record, by source and title.
func read(t *testing.T, d *demo.Demo) []told {
	t.Helper()
	db := d.Service.Store
	changes, err := db.Changes(t.Context(), 0, corpus.MaxLimit, corpus.KindRevision)
	if err != nil {
		t.Fatal(err)
	}
	articles := map[string]corpus.ArticleID{}
	for _, c := range changes {
		id, err := strconv.ParseInt(c.Ref, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		r, err := db.Revision(t.Context(), corpus.RevisionID(id))
		if err != nil {
			t.Fatal(err)
		}
		articles[string(r.Source)+squash(r.Title)] = r.Article
	}
	events, err := db.Events(t.Context(), corpus.EventQuery{Limit: corpus.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	by := map[corpus.ArticleID][]corpus.Event{}
	for _, e := range events {
		for _, r := range e.Reports {
			by[r.Article] = append(by[r.Article], e)
		}
	}
	var all []told
	for _, a := range d.Wire.Truth() {
		id, ok := articles[string(a.Source)+squash(a.Title)]
		if !ok {
			if a.Gone == 0 {
				t.Errorf("%s %q is not in the record", a.Source, a.Title)
			}
			continue
		}
		an, err := db.LatestAnalysis(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, told{a, id, an, by[id]})
	}
	return all
}

func TestDemoUnderstandsTheNewswire(t *testing.T) {
	d, s := once(t)
	t.Logf("%+v", s)
	all := read(t, d)
	var types, places, stances, regulatory score
	for _, a := range all {
		e := a.main()
		types.add(t, e.Type == a.Event || slices.Contains(a.Accept, e.Type), "type %s, want %s: %s", e.Type, a.Event, a.Title)
		regulatory.add(t, a.analysis.Regulatory == (len(a.Jurisdictions) > 0), "regulatory %v: %s", a.analysis.Regulatory, a.Title)
		if len(a.Jurisdictions) > 0 {
			places.add(t, same(e.Jurisdictions, a.Jurisdictions), "jurisdictions %v, want %v: %s", e.Jurisdictions, a.Jurisdictions, a.Title)
			stances.add(t, sign(e.Stance) == a.Stance, "stance %+.2f, want %+d: %s", e.Stance, a.Stance, a.Title)
		}
	}
	t.Logf("of %d articles: types %v, regulatory %v, jurisdictions %v, stance %v", len(all), &types, &regulatory, &places, &stances)
}

type score struct{ right, all int }

func (s *score) add(t *testing.T, right bool, format string, args ...any) {
	s.all++
	if right {
		s.right++
	} else {
		t.Logf(format, args...)
	}
}

func (s *score) share() float64 { return float64(s.right) / float64(max(1, s.all)) }

func same[T ~string](a, b []T) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func sign(f float64) int {
	switch {
	case f > 0.05:
		return 1
	case f < -0.05:
		return -1
	}
	return 0
}

func TestHappenings(t *testing.T) {
	d, _ := once(t)
	all := read(t, d)
	by := map[string]map[corpus.EventID][]string{}
	of := map[corpus.EventID]map[string]bool{}
	for _, a := range all {
		if a.Happening == "" || len(a.events) == 0 {
			continue
		}
		if by[a.Happening] == nil {
			by[a.Happening] = map[corpus.EventID][]string{}
		}
		// main event
		best := a.events[0]
		for _, e := range a.events {
			if e.Type == a.Event {
				best = e
				break
			}
		}
		by[a.Happening][best.ID] = append(by[a.Happening][best.ID], a.Title)
		if of[best.ID] == nil {
			of[best.ID] = map[string]bool{}
		}
		of[best.ID][a.Happening] = true
	}
	for h, ids := range by {
		if len(ids) > 1 {
			t.Logf("happening %s is %d events: %v", h, len(ids), ids)
		}
	}
	for id, hs := range of {
		if len(hs) > 1 {
			t.Logf("event %s holds %v", id, hs)
		}
	}
}
