package httpapi

import (
	"net/http"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

func (a *api) search(w http.ResponseWriter, r *http.Request) error {
	p := &params{Values: r.URL.Query()}
	q := index.Query{
		Text:   p.Get("q"),
		Sort:   index.Sort(p.Get("sort")),
		Limit:  int(p.integer("limit", 20, 1, 1000)),
		Offset: int(p.integer("offset", 0, 0, 10_000)),
		Facets: p.Get("facets") == "true" || p.Get("facets") == "1",
	}
	if q.Sort != "" && q.Sort != index.ByRelevance && q.Sort != index.ByNewest {
		p.fail("sort", p.Get("sort"), "relevance or newest")
	}
	if p.err != nil {
		return p.err
	}
	res, err := a.Search.Search(r.Context(), q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, res)
}

// asOf settles the moment a read is made for: the one asked for, or now. It
// waits for writers in flight, so that asking again gives the same answer.
func (a *api) asOf(r *http.Request, asked time.Time) (time.Time, error) {
	if asked.IsZero() {
		return asked, nil
	}
	return a.Record.Horizon(r.Context(), asked)
}

func (a *api) events(w http.ResponseWriter, r *http.Request) error {
	p := &params{Values: r.URL.Query()}
	q := corpus.EventQuery{
		Jurisdiction: corpus.Jurisdiction(p.Get("jurisdiction")),
		Regulator:    p.Get("regulator"),
		Instrument:   corpus.InstrumentID(p.Get("instrument")),
		Asset:        p.Get("asset"),
		Exchange:     p.Get("exchange"),
		Story:        corpus.StoryID(p.Get("story")),
		Since:        p.time("since"),
		Until:        p.time("until"),
		AsOf:         p.time("as_of"),
		Limit:        p.limit(),
	}
	for _, t := range p.Values["type"] {
		q.Types = append(q.Types, corpus.EventType(t))
	}
	for _, s := range p.Values["severity"] {
		q.Severities = append(q.Severities, corpus.Severity(s))
	}
	p.cursor(&q.After)
	if p.err != nil {
		return p.err
	}
	var err error
	if q.AsOf, err = a.asOf(r, q.AsOf); err != nil {
		return err
	}
	events, err := a.Record.Events(r.Context(), q)
	if err != nil {
		return err
	}
	out := paged(events, q.Limit, func(e corpus.Event) any { return corpus.EventCursor{Date: e.Date(), ID: e.ID} })
	out.AsOf = answered(q.AsOf)
	return writeJSON(w, http.StatusOK, out)
}

// answered is the as_of of an answer: absent when it was read as of now.
func answered(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *api) event(w http.ResponseWriter, r *http.Request) error {
	id := corpus.EventID(r.PathValue("id"))
	e, err := a.Record.Event(r.Context(), id)
	if err != nil {
		return err
	}
	versions, err := a.Record.EventVersions(r.Context(), id)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"event": e, "versions": versions})
}

func (a *api) instruments(w http.ResponseWriter, r *http.Request) error {
	p := &params{Values: r.URL.Query()}
	q := corpus.InstrumentQuery{
		Jurisdiction: corpus.Jurisdiction(p.Get("jurisdiction")),
		Issuer:       p.Get("issuer"),
		Status:       corpus.InstrumentStatus(p.Get("status")),
		AsOf:         p.time("as_of"),
		Limit:        p.limit(),
	}
	p.cursor(&q.After)
	if p.err != nil {
		return p.err
	}
	var err error
	if q.AsOf, err = a.asOf(r, q.AsOf); err != nil {
		return err
	}
	list, err := a.Record.Instruments(r.Context(), q)
	if err != nil {
		return err
	}
	out := paged(list, q.Limit, func(i corpus.Instrument) any { return i.ID })
	out.AsOf = answered(q.AsOf)
	return writeJSON(w, http.StatusOK, out)
}

func (a *api) instrument(w http.ResponseWriter, r *http.Request) error {
	i, err := a.Record.Instrument(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, i)
}

func (a *api) story(w http.ResponseWriter, r *http.Request) error {
	s, err := a.Record.Story(r.Context(), corpus.StoryID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, s)
}

func (a *api) article(w http.ResponseWriter, r *http.Request) error {
	id := corpus.ArticleID(r.PathValue("id"))
	art, err := a.Record.Article(r.Context(), id)
	if err != nil {
		return err
	}
	revisions, err := a.Record.Revisions(r.Context(), id)
	if err != nil {
		return err
	}
	out := article{ID: art.ID, Source: art.Source, URL: art.Address(), FirstSeenAt: art.FirstSeenAt}
	for _, rev := range revisions {
		out.Revisions = append(out.Revisions, revision{
			N: rev.N, Title: rev.Title, Authors: rev.Authors, Lang: rev.Lang, Status: rev.Status, Blocks: rev.Blocks,
			PublishedAt: rev.PublishedAt, ModifiedAt: rev.ModifiedAt, FirstSeenAt: rev.FirstSeenAt, Origin: rev.Origin,
		})
	}
	// An article may be asked for before it has been read.
	if an, err := a.Record.LatestAnalysis(r.Context(), id); err == nil {
		out.Analysis = &an
	}
	return writeJSON(w, http.StatusOK, out)
}

type article struct {
	ID          corpus.ArticleID `json:"id"`
	Source      corpus.SourceID  `json:"source"`
	URL         string           `json:"url"`
	FirstSeenAt time.Time        `json:"first_seen_at"`
	Revisions   []revision       `json:"revisions"` // oldest first
	Analysis    *corpus.Analysis `json:"analysis,omitempty"`
}

type revision struct {
	N           int                   `json:"n"`
	Title       string                `json:"title"`
	Authors     []string              `json:"authors,omitempty"`
	Lang        string                `json:"lang,omitempty"`
	Status      corpus.RevisionStatus `json:"status"`
	PublishedAt time.Time             `json:"published_at,omitzero"`
	ModifiedAt  time.Time             `json:"modified_at,omitzero"`
	FirstSeenAt time.Time             `json:"first_seen_at"`
	Origin      corpus.Origin         `json:"origin"`
	Blocks      []corpus.Block        `json:"blocks"`
}

func (a *api) alerts(w http.ResponseWriter, r *http.Request) error {
	p := &params{Values: r.URL.Query()}
	q := corpus.AlertQuery{Event: corpus.EventID(p.Get("event")), Rule: p.Get("rule"), Before: p.time("before"), Limit: p.limit()}
	if p.err != nil {
		return p.err
	}
	list, err := a.Record.Alerts(r.Context(), q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, page[corpus.Alert]{Items: append([]corpus.Alert{}, list...)})
}

// notification leaves out addresses and bodies: the API may be open to people
// whom the mail was not for.
type notification struct {
	ID        string                   `json:"id"`
	MessageID string                   `json:"message_id"`
	Event     corpus.EventID           `json:"event"`
	Rule      string                   `json:"rule"`
	Receiver  string                   `json:"receiver"`
	Subject   string                   `json:"subject"`
	State     corpus.NotificationState `json:"state"`
	Attempts  int                      `json:"attempts"`
	LastError string                   `json:"last_error,omitempty"`
	CreatedAt time.Time                `json:"created_at"`
	SentAt    time.Time                `json:"sent_at,omitzero"`
}

func (a *api) notifications(w http.ResponseWriter, r *http.Request) error {
	p := &params{Values: r.URL.Query()}
	q := corpus.NotificationQuery{
		State: corpus.NotificationState(p.Get("state")), Event: corpus.EventID(p.Get("event")), Limit: p.limit(),
		Before: corpus.NotificationID(p.integer("before", 0, 0, 1<<62)),
	}
	if p.err != nil {
		return p.err
	}
	list, err := a.Record.Notifications(r.Context(), q)
	if err != nil {
		return err
	}
	out := page[notification]{Items: []notification{}}
	for _, n := range list {
		out.Items = append(out.Items, notification{
			ID: n.ID.String(), MessageID: n.MessageID, Event: n.Event, Rule: n.Rule, Receiver: n.Receiver, Subject: n.Subject,
			State: n.State, Attempts: n.Attempts, LastError: n.LastError, CreatedAt: n.CreatedAt, SentAt: n.SentAt,
		})
	}
	return writeJSON(w, http.StatusOK, out)
}

func (a *api) sources(w http.ResponseWriter, r *http.Request) error {
	list, err := a.Record.Sources(r.Context())
	if err != nil {
		return err
	}
	type source struct {
		corpus.Source
		State corpus.SourceState `json:"state"`
	}
	out := page[source]{Items: []source{}}
	for _, s := range list {
		state, err := a.Record.SourceState(r.Context(), s.ID)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, source{s, state})
	}
	return writeJSON(w, http.StatusOK, out)
}

func (a *api) status(w http.ResponseWriter, r *http.Request) error {
	head, err := a.Record.Head(r.Context())
	if err != nil {
		return err
	}
	counts, err := a.Record.Counts(r.Context())
	if err != nil {
		return err
	}
	marks, err := a.Record.Watermarks(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{
		"version": a.Version, "counts": counts, "head": map[string]any{"seq": head.Seq, "at": head.At}, "watermarks": marks,
	})
}

func (a *api) health(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.Record.Head(r.Context()); err != nil {
		return &statusError{status: http.StatusServiceUnavailable, message: "the record cannot be read", cause: err}
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok", "version": a.Version})
}
