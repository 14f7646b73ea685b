package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

// How much a page shows.
const (
	homeEvents  = 12
	homeTargets = 8
	sparkPoints = 40
	listSize    = 50
	hitsPerPage = 20
)

type homePage struct {
	Tiles    []tile
	Events   []corpus.Event
	Assets   []boardRow
	Pressure []boardRow
}

type tile struct {
	Name  string
	Value int64
}

// boardRow is the newest row of an index with the scores before it.
type boardRow struct {
	corpus.Signal
	Trail []float64 // oldest first
}

func (s *site) home(r *http.Request) (view, error) {
	ctx := r.Context()
	c, err := s.Record.Counts(ctx)
	if err != nil {
		return view{}, err
	}
	p := homePage{Tiles: []tile{
		{"articles", c.Articles}, {"stories", c.Stories}, {"events", c.Events}, {"instruments", c.Instruments},
		{"mails sent", c.Sent}, {"signal rows", c.Signals}, {"sources", c.Sources},
	}}
	q := corpus.EventQuery{Limit: homeEvents}
	for _, t := range corpus.EventTypes() {
		if t.Regulatory() {
			q.Types = append(q.Types, t)
		}
	}
	if p.Events, err = s.Record.Events(ctx, q); err != nil {
		return view{}, err
	}
	if p.Assets, err = s.board(r, corpus.SignalSentiment); err != nil {
		return view{}, err
	}
	if p.Pressure, err = s.board(r, corpus.SignalPressure); err != nil {
		return view{}, err
	}
	return view{name: "home", title: "Overview", here: "/", page: p}, nil
}

// board is the targets spoken of last, the loudest first.
func (s *site) board(r *http.Request, kind corpus.SignalKind) ([]boardRow, error) {
	recent, err := s.Record.RecentSignals(r.Context(), kind, "", 400)
	if err != nil {
		return nil, err
	}
	var rows []boardRow
	seen := map[string]bool{}
	for _, sig := range recent {
		if seen[sig.Target] || sig.TargetKind != corpus.EntityAsset && sig.TargetKind != corpus.EntityJurisdiction && sig.TargetKind != corpus.EntityMarket {
			continue
		}
		seen[sig.Target] = true
		rows = append(rows, boardRow{Signal: sig})
	}
	slices.SortStableFunc(rows, func(a, b boardRow) int {
		switch {
		case a.Volume > b.Volume:
			return -1
		case a.Volume < b.Volume:
			return 1
		}
		return 0
	})
	rows = rows[:min(len(rows), homeTargets)]
	for i := range rows {
		trail, err := s.Record.RecentSignals(r.Context(), kind, rows[i].Target, sparkPoints)
		if err != nil {
			return nil, err
		}
		for _, t := range slices.Backward(trail) {
			rows[i].Trail = append(rows[i].Trail, t.Score)
		}
	}
	return rows, nil
}

type searchPage struct {
	Query, Sort, OtherSort string
	Problem, Syntax        string
	Total                  uint64
	Took                   time.Duration
	Hits                   []hit
	Facets                 []facet
	Prev, Next             string
}

type hit struct {
	index.Hit
	Parts []part
}

// part is a piece of a snippet, marked where it matches.
type part struct {
	Text   string
	Marked bool
}

type facet struct {
	Field  string
	Values []facetValue
}

type facetValue struct {
	index.FacetValue
	Link string
}

func (s *site) search(r *http.Request) (view, error) {
	v := r.URL.Query()
	text, sort := v.Get("q"), index.Sort(v.Get("sort"))
	pageNo, _ := strconv.Atoi(v.Get("page"))
	pageNo = max(1, min(pageNo, 500))
	p := searchPage{Query: text, Syntax: index.Syntax}
	show := view{name: "search", title: "Search: " + text, query: text, here: "/search"}

	res, err := s.Search.Search(r.Context(), index.Query{
		Text: text, Sort: sort, Facets: true, Limit: hitsPerPage, Offset: (pageNo - 1) * hitsPerPage,
	})
	var qe *index.QueryError
	if errors.As(err, &qe) {
		p.Problem, show.status, show.page = qe.Reason, http.StatusBadRequest, p
		return show, nil
	}
	if err != nil {
		return view{}, err
	}
	p.Total, p.Took = res.Total, res.Took.Round(10*time.Microsecond)
	p.Sort = string(sort)
	if p.Sort == "" && text == "" {
		p.Sort = string(index.ByNewest)
	}
	other := index.ByNewest
	if p.Sort == string(index.ByNewest) {
		other = index.ByRelevance
	}
	p.OtherSort = searchLink(text, other, 1)
	for _, h := range res.Hits {
		p.Hits = append(p.Hits, hit{h, parts(h)})
	}
	for _, f := range res.Facets {
		out := facet{Field: f.Field}
		for _, fv := range f.Values {
			narrowed := text + " " + f.Field + `:"` + fv.Value + `"`
			out.Values = append(out.Values, facetValue{fv, searchLink(narrowed, sort, 1)})
		}
		p.Facets = append(p.Facets, out)
	}
	if pageNo > 1 {
		p.Prev = searchLink(text, sort, pageNo-1)
	}
	if uint64(pageNo*hitsPerPage) < res.Total {
		p.Next = searchLink(text, sort, pageNo+1)
	}
	show.page = p
	return show, nil
}

func searchLink(text string, sort index.Sort, pageNo int) string {
	v := url.Values{"q": {text}}
	if sort != "" {
		v.Set("sort", string(sort))
	}
	if pageNo > 1 {
		v.Set("page", strconv.Itoa(pageNo))
	}
	return "/search?" + v.Encode()
}

// parts cuts a snippet at its marks.
func parts(h index.Hit) []part {
	var out []part
	at := 0
	for _, m := range h.Marks {
		out = append(out, part{Text: h.Snippet[at:m.Start]}, part{Text: h.Snippet[m.Start:m.End], Marked: true})
		at = m.End
	}
	return append(out, part{Text: h.Snippet[at:]})
}

type eventsPage struct {
	Filters []filter
	Events  []corpus.Event
	Next    string
}

type filter struct {
	Name, Link string
	On         bool
}

func (s *site) events(r *http.Request) (view, error) {
	v := r.URL.Query()
	chosen := v.Get("type")
	q := corpus.EventQuery{Jurisdiction: corpus.Jurisdiction(v.Get("jurisdiction")), Limit: listSize}
	if chosen != "" {
		q.Types = []corpus.EventType{corpus.EventType(chosen)}
	}
	if date, err := time.Parse(time.RFC3339Nano, v.Get("before")); err == nil {
		q.After = corpus.EventCursor{Date: date, ID: corpus.EventID(v.Get("id"))}
	}
	list, err := s.Record.Events(r.Context(), q)
	if err != nil {
		return view{}, err
	}
	p := eventsPage{Events: list, Filters: []filter{{"all", "/events", chosen == ""}}}
	for _, t := range corpus.EventTypes() {
		p.Filters = append(p.Filters, filter{string(t), "/events?type=" + url.QueryEscape(string(t)), chosen == string(t)})
	}
	if len(list) == listSize {
		last := list[len(list)-1]
		next := url.Values{"before": {last.Date().Format(time.RFC3339Nano)}, "id": {string(last.ID)}}
		if chosen != "" {
			next.Set("type", chosen)
		}
		p.Next = "/events?" + next.Encode()
	}
	return view{name: "events", title: "Events", here: "/events", page: p}, nil
}

type eventPage struct {
	Event    corpus.Event
	Versions []corpus.Event
}

func (s *site) event(r *http.Request) (view, error) {
	id := corpus.EventID(r.PathValue("id"))
	e, err := s.Record.Event(r.Context(), id)
	if err != nil {
		return view{}, err
	}
	versions, err := s.Record.EventVersions(r.Context(), id)
	if err != nil {
		return view{}, err
	}
	return view{name: "event", title: e.Title, here: "/events", page: eventPage{e, versions}}, nil
}

type instrumentsPage struct {
	Instruments []corpus.Instrument
	Next        string
}

func (s *site) instruments(r *http.Request) (view, error) {
	list, err := s.Record.Instruments(r.Context(), corpus.InstrumentQuery{
		After: corpus.InstrumentID(r.URL.Query().Get("after")), Limit: listSize,
	})
	if err != nil {
		return view{}, err
	}
	p := instrumentsPage{Instruments: list}
	if len(list) == listSize {
		p.Next = "/instruments?" + url.Values{"after": {string(list[len(list)-1].ID)}}.Encode()
	}
	return view{name: "instruments", title: "Instruments", here: "/instruments", page: p}, nil
}

type instrumentPage struct {
	Instrument corpus.Instrument
	Events     []corpus.Event
}

func (s *site) instrument(r *http.Request) (view, error) {
	i, err := s.Record.Instrument(r.Context(), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	events, err := s.Record.Events(r.Context(), corpus.EventQuery{Instrument: i.ID, Limit: listSize})
	if err != nil {
		return view{}, err
	}
	return view{name: "instrument", title: string(i.ID), here: "/instruments", page: instrumentPage{i, events}}, nil
}

type articlePage struct {
	URL       string
	Revision  corpus.Revision // the newest
	Revisions []corpus.Revision
	Analysis  *corpus.Analysis
	Story     *corpus.Story
}

func (s *site) article(r *http.Request) (view, error) {
	id := corpus.ArticleID(r.PathValue("id"))
	revisions, err := s.Record.Revisions(r.Context(), id)
	if err != nil {
		return view{}, err
	}
	if len(revisions) == 0 {
		return view{}, corpus.ErrNotFound
	}
	p := articlePage{Revision: revisions[len(revisions)-1], Revisions: revisions}
	p.URL = corpus.Article{URL: p.Revision.URL, Fragment: p.Revision.Fragment}.Address()
	// An article can be looked at before it has been read.
	if a, err := s.Record.LatestAnalysis(r.Context(), id); err == nil {
		p.Analysis = &a
	}
	if st, err := s.Record.StoryOf(r.Context(), id); err == nil {
		p.Story = &st
	}
	return view{name: "article", title: p.Revision.Title, here: "/", page: p}, nil
}

type signalsPage struct {
	Target, CSV, Stream string
	Rows                []corpus.Signal
}

func (s *site) signals(r *http.Request) (view, error) {
	v := r.URL.Query()
	target, kind := v.Get("target"), corpus.SignalKind(v.Get("kind"))
	rows, err := s.Record.RecentSignals(r.Context(), kind, target, 4*listSize)
	if err != nil {
		return view{}, err
	}
	params := url.Values{}
	for name, value := range map[string]string{"target": target, "kind": string(kind)} {
		if value != "" {
			params.Set(name, value)
		}
	}
	p := signalsPage{Target: target, Rows: rows, Stream: "/api/v1/signals/stream?" + params.Encode()}
	params.Set("format", "csv")
	p.CSV = "/api/v1/signals?" + params.Encode()
	return view{name: "signals", title: "Signals", here: "/signals", page: p}, nil
}

type sourcesPage struct{ Sources []sourceRow }

type sourceRow struct {
	corpus.Source
	State corpus.SourceState
}

func (s *site) sources(r *http.Request) (view, error) {
	list, err := s.Record.Sources(r.Context())
	if err != nil {
		return view{}, err
	}
	var p sourcesPage
	for _, src := range list {
		state, err := s.Record.SourceState(r.Context(), src.ID)
		if err != nil {
			return view{}, err
		}
		p.Sources = append(p.Sources, sourceRow{src, state})
	}
	return view{name: "sources", title: "Sources", here: "/sources", page: p}, nil
}
