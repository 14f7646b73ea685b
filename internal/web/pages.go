package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

// How much a page shows.
const (
	homeEvents  = 10
	homeMarket  = 6
	homeTargets = 8
	sparkPoints = 40
	chartPoints = 200
	listSize    = 50
	hitsPerPage = 20
)

// names are the names of sources, by identifier.
type names map[corpus.SourceID]string

// Of returns the name of a source; one that is no longer configured goes by
// its identifier.
func (n names) Of(id corpus.SourceID) string { return cmp.Or(n[id], string(id)) }

func (s *site) names(r *http.Request) (names, error) {
	list, err := s.Record.Sources(r.Context())
	if err != nil {
		return nil, err
	}
	n := names{}
	for _, src := range list {
		n[src.ID] = src.Name
	}
	return n, nil
}

type homePage struct {
	Totals     []total
	Regulatory []corpus.Event
	Market     []corpus.Event
	Assets     board
	Pressure   board
}

type total struct {
	Name, Link string
	Value      int64
}

func (s *site) home(r *http.Request) (view, error) {
	c, err := s.Record.Counts(r.Context())
	if err != nil {
		return view{}, err
	}
	p := homePage{Totals: []total{
		{"articles", "/search", c.Articles}, {"events", "/events", c.Events}, {"instruments", "/instruments", c.Instruments},
		{"signal rows", "/signals", c.Signals}, {"sources", "/sources", c.Sources}, {"mails sent", "", c.Sent},
	}}
	var regulatory, market []corpus.EventType
	for _, t := range corpus.EventTypes() {
		switch {
		case t.Regulatory():
			regulatory = append(regulatory, t)
		case t != corpus.Other:
			market = append(market, t)
		}
	}
	if p.Regulatory, err = s.Record.Events(r.Context(), corpus.EventQuery{Types: regulatory, Limit: homeEvents}); err != nil {
		return view{}, err
	}
	if p.Market, err = s.Record.Events(r.Context(), corpus.EventQuery{Types: market, Limit: homeMarket}); err != nil {
		return view{}, err
	}
	if p.Assets, err = s.board(r, corpus.SignalSentiment, homeTargets); err != nil {
		return view{}, err
	}
	if p.Pressure, err = s.board(r, corpus.SignalPressure, homeTargets); err != nil {
		return view{}, err
	}
	return view{name: "home", title: "Overview", here: "/", page: p}, nil
}

// board is where the indices of a kind stand.
type board struct {
	Kind corpus.SignalKind
	AsOf time.Time // of its newest row
	Rows []boardRow
}

// boardRow is the newest row of an index with the scores before it.
type boardRow struct {
	corpus.Signal
	Trail []float64 // oldest first
}

// board reads the indices of a kind, those first of which most is being said.
func (s *site) board(r *http.Request, kind corpus.SignalKind, most int) (board, error) {
	b := board{Kind: kind}
	latest, err := s.Record.LatestSignals(r.Context(), corpus.SignalQuery{Kind: kind, Limit: corpus.MaxLimit})
	if err != nil {
		return b, err
	}
	slices.SortStableFunc(latest, func(x, y corpus.Signal) int { return cmp.Compare(y.Volume, x.Volume) })
	for _, sig := range latest[:min(len(latest), most)] {
		trail, err := s.trail(r, sig, sparkPoints)
		if err != nil {
			return b, err
		}
		b.Rows = append(b.Rows, boardRow{sig, trail})
		if sig.AvailableAt.After(b.AsOf) {
			b.AsOf = sig.AvailableAt
		}
	}
	return b, nil
}

// trail returns the newest scores of an index, oldest first.
func (s *site) trail(r *http.Request, sig corpus.Signal, points int) ([]float64, error) {
	rows, err := s.Record.Signals(r.Context(), corpus.SignalQuery{Kind: sig.Kind, Targets: []string{sig.Target}, Newest: true, Limit: points})
	if err != nil {
		return nil, err
	}
	var trail []float64
	for _, row := range slices.Backward(rows) {
		trail = append(trail, row.Score)
	}
	return trail, nil
}

type signalsPage struct {
	Target      string
	Kind        corpus.SignalKind
	CSV, Stream string
	Boards      []board       // without a target
	Latest      corpus.Signal // of the target
	Trail       []float64
	Rows        []corpus.Signal // newest first
	Names       names
}

func (s *site) signals(r *http.Request) (view, error) {
	v := r.URL.Query()
	p := signalsPage{Target: v.Get("target"), Kind: corpus.SignalKind(v.Get("kind"))}
	q := corpus.SignalQuery{Kind: p.Kind, Newest: true, Limit: 2 * listSize}
	if p.Target != "" {
		q.Targets = []string{p.Target}
	}
	var err error
	if p.Rows, err = s.Record.Signals(r.Context(), q); err != nil {
		return view{}, err
	}
	if p.Names, err = s.names(r); err != nil {
		return view{}, err
	}
	title := "Signals"
	if p.Target == "" {
		for _, kind := range []corpus.SignalKind{corpus.SignalSentiment, corpus.SignalPressure} {
			b, err := s.board(r, kind, listSize)
			if err != nil {
				return view{}, err
			}
			p.Boards = append(p.Boards, b)
		}
	} else if title = p.Target; len(p.Rows) > 0 {
		p.Latest = p.Rows[0]
		if p.Trail, err = s.trail(r, p.Latest, chartPoints); err != nil {
			return view{}, err
		}
	}
	params := url.Values{}
	for name, value := range map[string]string{"target": p.Target, "kind": string(p.Kind)} {
		if value != "" {
			params.Set(name, value)
		}
	}
	p.Stream = link("/api/v1/signals/stream", params)
	params.Set("format", "csv")
	p.CSV = link("/api/v1/signals", params)
	return view{name: "signals", title: title, here: "/signals", page: p}, nil
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
	states, err := s.Record.SourceStates(r.Context())
	if err != nil {
		return view{}, err
	}
	of := map[corpus.SourceID]corpus.SourceState{}
	for _, st := range states {
		of[st.Source] = st
	}
	var p sourcesPage
	for _, src := range list {
		p.Sources = append(p.Sources, sourceRow{src, of[src.ID]})
	}
	// What needs a human comes first.
	slices.SortStableFunc(p.Sources, func(a, b sourceRow) int { return cmp.Compare(b.State.Failures, a.State.Failures) })
	return view{name: "sources", title: "Sources", here: "/sources", page: p}, nil
}

// link is a path with its parameters.
func link(path string, params url.Values) string {
	if len(params) == 0 {
		return path
	}
	return path + "?" + params.Encode()
}
