package corpus

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// Lineage is an instrument with all that ties it to others, as it was known at
// a moment: what a person reads who asks where a text comes from and whether
// it still holds.
type Lineage struct {
	Instrument Instrument       `json:"instrument"`
	AsOf       time.Time        `json:"as_of"`
	Status     InstrumentStatus `json:"status"` // that it had reached by AsOf
	// Stages are its history, statements of the same put together, by day.
	Stages []Stage `json:"stages"`
	// Edges are its relations in both directions, each once: its own, then
	// those that others have to it.
	Edges     []Edge     `json:"edges"`
	Conflicts []Conflict `json:"conflicts"`
	// Procedure lists the other texts of the procedures it belongs to, by day.
	Procedure []Step    `json:"procedure"`
	Versions  []Version `json:"versions"` // oldest first
	// Sources says who published each article that is quoted.
	Sources map[ArticleID]SourceID `json:"sources"`
}

// Stage is one stage in the life of an instrument with all who state it, the
// earliest first. The statement is the earliest.
type Stage struct {
	StatusChange
	Articles []ArticleID `json:"articles"`
}

// Edge is one relation with all who state it.
type Edge struct {
	Relation
	Articles []ArticleID `json:"articles"`
}

// Step is another text of the same procedure.
type Step struct {
	Number InstrumentID     `json:"number"` // of the procedure
	ID     InstrumentID     `json:"id"`
	Title  string           `json:"title,omitempty"`
	Status InstrumentStatus `json:"status"`
	At     time.Time        `json:"at,omitzero"` // of its last stage
}

// Version says when an instrument became known so.
type Version struct {
	Version int              `json:"version"`
	Status  InstrumentStatus `json:"status"`
	KnownAt time.Time        `json:"known_at"`
}

// LineageReader is what a lineage is read from.
type LineageReader interface {
	Instrument(ctx context.Context, idOrAlias string) (Instrument, error)
	InstrumentVersions(context.Context, InstrumentID) ([]Instrument, error)
	Article(context.Context, ArticleID) (Article, error)
}

// ReadLineage reads the lineage of the instrument that goes by a number or any
// other name, as of a moment. It returns [ErrNotFound] for what was not known
// by then.
func ReadLineage(ctx context.Context, r LineageReader, name string, asOf time.Time) (Lineage, error) {
	newest, err := r.Instrument(ctx, name)
	if err != nil {
		return Lineage{}, err
	}
	versions, err := knownBy(ctx, r, newest.ID, asOf)
	if err == nil && len(versions) == 0 { // it has taken over the name since then
		versions, err = knownBy(ctx, r, InstrumentID(name), asOf)
	}
	if err != nil {
		return Lineage{}, err
	}
	if len(versions) == 0 {
		return Lineage{}, ErrNotFound
	}
	in := versions[len(versions)-1]
	l := Lineage{
		Instrument: in, AsOf: asOf, Status: StatusAt(in.History, asOf), Stages: stages(in.History), Edges: edges(in),
		Conflicts: append([]Conflict{}, in.Conflicts()...), Sources: map[ArticleID]SourceID{},
	}
	for _, v := range versions {
		l.Versions = append(l.Versions, Version{v.Version, v.Status, v.KnownAt})
	}
	if l.Procedure, err = procedure(ctx, r, in, asOf); err != nil {
		return l, err
	}
	return l, l.source(ctx, r)
}

func knownBy(ctx context.Context, r LineageReader, id InstrumentID, asOf time.Time) ([]Instrument, error) {
	versions, err := r.InstrumentVersions(ctx, id)
	return slices.DeleteFunc(versions, func(i Instrument) bool { return i.KnownAt.After(asOf) }), err
}

func stages(history []StatusChange) []Stage {
	out := []Stage{}
	for _, h := range history {
		same := func(s Stage) bool {
			return s.Status == h.Status && s.By == h.By && s.Part == h.Part && s.EffectiveAt.Equal(h.EffectiveAt) && s.AppliesAt.Equal(h.AppliesAt)
		}
		if i := slices.IndexFunc(out, same); i >= 0 {
			out[i].Articles = append(out[i].Articles, h.Article)
			continue
		}
		out = append(out, Stage{h, []ArticleID{h.Article}})
	}
	return out
}

func edges(in Instrument) []Edge {
	out := []Edge{}
	for _, r := range slices.Concat(in.Relations, in.RelatedBy) {
		same := func(e Edge) bool { return e.Kind == r.Kind && e.From == r.From && e.To == r.To && e.Part == r.Part }
		if i := slices.IndexFunc(out, same); i >= 0 {
			out[i].Articles = append(out[i].Articles, r.Article)
			continue
		}
		out = append(out, Edge{r, []ArticleID{r.Article}})
	}
	return out
}

// maxSteps bounds the texts of one procedure that are looked at.
const maxSteps = 60

func procedure(ctx context.Context, r LineageReader, in Instrument, asOf time.Time) ([]Step, error) {
	out := []Step{}
	add := func(number, id InstrumentID) error {
		if id == in.ID || len(out) == maxSteps || slices.ContainsFunc(out, func(s Step) bool { return s.ID == id }) {
			return nil
		}
		versions, err := knownBy(ctx, r, id, asOf)
		if err != nil || len(versions) == 0 {
			return err
		}
		o := versions[len(versions)-1]
		s := Step{Number: number, ID: id, Title: o.Title, Status: StatusAt(o.History, asOf)}
		if id == number && s.Status == InstrumentUnknown {
			return nil // a docket, of which nothing is known but its number
		}
		for _, h := range o.History {
			if h.Status == s.Status {
				s.At = h.At()
			}
		}
		out = append(out, s)
		return nil
	}
	for _, n := range in.Procedure {
		number, err := r.Instrument(ctx, string(n))
		if err != nil {
			if errors.Is(err, ErrNotFound) {
				continue
			}
			return out, err
		}
		for _, id := range append(slices.Clone(number.Procedure), n) {
			if err := add(n, id); err != nil {
				return out, err
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

func (l *Lineage) source(ctx context.Context, r LineageReader) error {
	ids := map[ArticleID]bool{}
	for _, s := range l.Stages {
		for _, a := range s.Articles {
			ids[a] = true
		}
	}
	for _, e := range l.Edges {
		for _, a := range e.Articles {
			ids[a] = true
		}
	}
	for id := range ids {
		a, err := r.Article(ctx, id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err == nil {
			l.Sources[id] = a.Source
		}
	}
	return nil
}

// Passive names a relation from the side of its target: "repealed by".
func (k RelationKind) Passive() string {
	switch k {
	case Repeals:
		return "repealed by"
	case Amends:
		return "amended by"
	case Implements:
		return "implemented by"
	case Corrects:
		return "corrected by"
	case Commences:
		return "commenced by"
	case Cites:
		return "cited by"
	case BasedOn:
		return "basis of"
	case Transposes:
		return "transposed by"
	}
	return string(k) + " by"
}
