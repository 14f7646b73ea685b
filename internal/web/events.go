package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

type eventsPage struct {
	Choices []choice // selects of the form
	Narrow  []narrow // what else the list is narrowed to
	Events  []corpus.Event
	Next    string
}

// choice is a select of a form.
type choice struct {
	Name, Label, Value string
	Groups             []group
}

type group struct {
	Label  string
	Values []string
}

// narrow is a filter that is on, with a link to the list without it.
type narrow struct{ Name, Value, Without string }

func (s *site) events(r *http.Request) (view, error) {
	v := r.URL.Query()
	q := corpus.EventQuery{
		Jurisdiction: corpus.Jurisdiction(v.Get("jurisdiction")), Regulator: v.Get("regulator"),
		Asset: v.Get("asset"), Exchange: v.Get("exchange"), Limit: listSize,
	}
	if t := v.Get("type"); t != "" {
		q.Types = []corpus.EventType{corpus.EventType(t)}
	}
	if sev := v.Get("severity"); sev != "" {
		q.Severities = []corpus.Severity{corpus.Severity(sev)}
	}
	if date, err := time.Parse(time.RFC3339Nano, v.Get("before")); err == nil {
		q.After = corpus.EventCursor{Date: date, ID: corpus.EventID(v.Get("id"))}
	}
	list, err := s.Record.Events(r.Context(), q)
	if err != nil {
		return view{}, err
	}
	p := eventsPage{Events: list}
	if p.Choices, err = s.choices(r); err != nil {
		return view{}, err
	}
	filters := url.Values{}
	for _, name := range []string{"type", "severity", "jurisdiction", "regulator", "asset", "exchange"} {
		if v.Get(name) != "" {
			filters.Set(name, v.Get(name))
		}
	}
	for _, name := range []string{"regulator", "asset", "exchange"} {
		if filters.Has(name) {
			without := url.Values{}
			for k := range filters {
				if k != name {
					without.Set(k, filters.Get(k))
				}
			}
			p.Narrow = append(p.Narrow, narrow{name, filters.Get(name), link("/events", without)})
		}
	}
	if len(list) == listSize {
		last := list[len(list)-1]
		filters.Set("before", last.Date().Format(time.RFC3339Nano))
		filters.Set("id", string(last.ID))
		p.Next = link("/events", filters)
	}
	return view{name: "events", title: "Events", here: "/events", page: p}, nil
}

// choices are what a list of events can be narrowed to by choosing.
func (s *site) choices(r *http.Request) ([]choice, error) {
	regulatory, market := group{Label: "Regulatory"}, group{Label: "Market"}
	for _, t := range corpus.EventTypes() {
		if t.Regulatory() {
			regulatory.Values = append(regulatory.Values, string(t))
		} else {
			market.Values = append(market.Values, string(t))
		}
	}
	severities := group{Values: []string{string(corpus.SeverityCritical), string(corpus.SeverityHigh), string(corpus.SeverityMedium), string(corpus.SeverityLow)}}
	list, err := s.Record.Sources(r.Context())
	if err != nil {
		return nil, err
	}
	v := r.URL.Query()
	places := group{}
	for _, src := range list {
		places.Values = append(places.Values, string(src.Jurisdiction))
	}
	places.Values = append(places.Values, v.Get("jurisdiction"))
	slices.Sort(places.Values)
	places.Values = slices.DeleteFunc(slices.Compact(places.Values), func(p string) bool { return p == "" })
	return []choice{
		{"type", "Type", v.Get("type"), []group{regulatory, market}},
		{"jurisdiction", "Jurisdiction", v.Get("jurisdiction"), []group{places}},
		{"severity", "Severity", v.Get("severity"), []group{severities}},
	}, nil
}

type eventPage struct {
	Event    corpus.Event
	Versions []corpus.Event        // newest first
	Mails    []corpus.Notification // oldest first
	Names    names
}

func (s *site) event(r *http.Request) (view, error) {
	id := corpus.EventID(r.PathValue("id"))
	var p eventPage
	var err error
	if p.Event, err = s.Record.Event(r.Context(), id); err != nil {
		return view{}, err
	}
	if p.Versions, err = s.Record.EventVersions(r.Context(), id); err != nil {
		return view{}, err
	}
	if p.Mails, err = s.Record.Notifications(r.Context(), corpus.NotificationQuery{Event: id, Limit: listSize}); err != nil {
		return view{}, err
	}
	slices.Reverse(p.Versions)
	slices.Reverse(p.Mails)
	if p.Names, err = s.names(r); err != nil {
		return view{}, err
	}
	return view{name: "event", title: p.Event.Title, here: "/events", page: p}, nil
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
		p.Next = link("/instruments", url.Values{"after": {string(list[len(list)-1].ID)}})
	}
	return view{name: "instruments", title: "Instruments", here: "/instruments", page: p}, nil
}
