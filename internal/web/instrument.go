package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

// instrumentPage shows a lineage: the stages as a timeline, the relations in
// groups by direction and kind.
type instrumentPage struct {
	corpus.Lineage
	Groups   []edgeGroup
	Versions []corpus.Version // those that changed its status, newest first
	Past     bool             // shown as of a moment that was asked for
	Events   []corpus.Event
	Mentions string // search for all articles
}

// edgeGroup is all relations of one kind and direction.
type edgeGroup struct {
	Label string
	Kind  corpus.RelationKind
	Edges []shownEdge
}

type shownEdge struct {
	corpus.Edge
	Other corpus.InstrumentID // at the other end
}

func (s *site) instrument(r *http.Request) (view, error) {
	name := r.PathValue("id")
	if s.Canonical != nil {
		name = s.Canonical(name)
	}
	asOf, past := s.Clock(), false
	if at, err := time.Parse(time.RFC3339Nano, r.URL.Query().Get("as_of")); err == nil && at.Before(asOf) {
		asOf, past = at, true
	}
	l, err := corpus.ReadLineage(r.Context(), s.Record, name, asOf)
	if err != nil {
		return view{}, err
	}
	id := l.Instrument.ID
	events, err := s.Record.Events(r.Context(), corpus.EventQuery{Instrument: id, Limit: listSize})
	if err != nil {
		return view{}, err
	}
	p := instrumentPage{Lineage: l, Groups: groups(l.Edges), Past: past, Events: events, Mentions: searchLink(`instrument:"`+string(id)+`"`, "", 1)}
	for i, v := range l.Versions {
		if i == 0 || v.Status != l.Versions[i-1].Status {
			p.Versions = append(p.Versions, v)
		}
	}
	slices.Reverse(p.Versions)
	return view{name: "instrument", title: string(id), here: "/instruments", page: p}, nil
}

func groups(edges []corpus.Edge) []edgeGroup {
	var out []edgeGroup
	for _, e := range edges {
		label, other := string(e.Kind), e.To
		if e.From != "" {
			label, other = e.Kind.Passive(), e.From
		} else if e.Kind == corpus.BasedOn {
			label = "based on"
		}
		i := slices.IndexFunc(out, func(g edgeGroup) bool { return g.Label == label })
		if i < 0 {
			i = len(out)
			out = append(out, edgeGroup{Label: label, Kind: e.Kind})
		}
		out[i].Edges = append(out[i].Edges, shownEdge{e, other})
	}
	return out
}

// AsOfLink leads to the page as it was known at a version.
func (p instrumentPage) AsOfLink(v corpus.Version) string {
	return instrumentPath(p.Instrument.ID) + "?" + url.Values{"as_of": {v.KnownAt.UTC().Format(time.RFC3339Nano)}}.Encode()
}

// Publishers are who published the articles, each once.
func (p instrumentPage) Publishers(articles []corpus.ArticleID) []publisher {
	var out []publisher
	for _, a := range articles {
		src := p.Sources[a]
		if src == "" {
			src = "an article"
		}
		if !slices.ContainsFunc(out, func(o publisher) bool { return o.Source == src }) {
			out = append(out, publisher{src, a})
		}
	}
	return out
}

type publisher struct {
	Source  corpus.SourceID
	Article corpus.ArticleID
}

// About says in words what two statements disagree on.
func (p instrumentPage) About(c corpus.Conflict) string {
	switch c.About {
	case corpus.ConflictDay:
		return "Two days are given for “" + string(c.One.Status) + "”"
	case corpus.ConflictBy:
		return "Two texts are said to have ended it"
	case corpus.ConflictOutlived:
		return "It is said to be in force after the day another names as its end"
	}
	return "Each of two texts is said to have ended the other"
}

// Ahead reports whether a stage lies in the future of what is shown.
func (p instrumentPage) Ahead(s corpus.Stage) bool { return s.EffectiveAt.After(p.AsOf) }
