package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
	"github.com/regwire/regwire/index"
)

func (a *api) search(w http.ResponseWriter, r *http.Request) error {
	p := read(r)
	q := index.Query{
		Text:   p.text("q"),
		Sort:   oneOf(p, "sort", index.ByRelevance, index.ByNewest),
		Limit:  int(p.integer("limit", 20, 1, 1000)),
		Offset: int(p.integer("offset", 0, 0, 10_000)),
		Facets: oneOf(p, "facets", "true", "false") == "true",
	}
	if err := p.done(); err != nil {
		return err
	}
	res, err := a.Search.Search(r.Context(), q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, res)
}

// settle returns the moment a read is made as of: the one asked for, or that of
// the newest entry of the log. Either way no writer in flight can still add to
// what was known then.
func (a *api) settle(ctx context.Context, asked time.Time) (time.Time, error) {
	if asked.IsZero() {
		head, err := a.Record.Head(ctx)
		return head.At, err
	}
	return a.Record.Horizon(ctx, asked)
}

// eventCursor is a place in a list of events as of a moment. Pages that follow
// are read as of the same moment, so that none changes under the reader.
type eventCursor struct {
	AsOf time.Time           `json:"as_of"`
	Last *corpus.EventCursor `json:"last"`
}

func (a *api) events(w http.ResponseWriter, r *http.Request) error {
	p := read(r)
	q := corpus.EventQuery{
		Types:        anyOf(p, "type", corpus.EventTypes()...),
		Severities:   anyOf(p, "severity", corpus.SeverityLow, corpus.SeverityMedium, corpus.SeverityHigh, corpus.SeverityCritical),
		Jurisdiction: corpus.Jurisdiction(p.text("jurisdiction")),
		Regulator:    p.text("regulator"),
		Instrument:   corpus.InstrumentID(p.text("instrument")),
		Asset:        p.text("asset"),
		Exchange:     p.text("exchange"),
		Story:        corpus.StoryID(p.text("story")),
		Since:        p.time("since"),
		Until:        p.time("until"),
		AsOf:         p.time("as_of"),
		Limit:        p.limit(),
	}
	from := eventCursor{AsOf: q.AsOf, Last: &q.After}
	p.cursor(&from)
	if err := p.done(); err != nil {
		return err
	}
	var err error
	if q.AsOf, err = a.settle(r.Context(), from.AsOf); err != nil {
		return err
	}
	if q.Instrument != "" {
		q.Instrument = corpus.InstrumentID(a.canonical(string(q.Instrument)))
		in, err := a.Record.Instrument(r.Context(), string(q.Instrument))
		if err != nil && !errors.Is(err, corpus.ErrNotFound) {
			return err
		}
		q.Instrument = cmp.Or(in.ID, q.Instrument)
	}
	events, err := a.Record.Events(r.Context(), q)
	if err != nil {
		return err
	}
	out := paged(events, q.Limit, func(e corpus.Event) any {
		return eventCursor{q.AsOf, &corpus.EventCursor{Date: e.Date(), ID: e.ID}}
	})
	out.AsOf = q.AsOf
	return writeJSON(w, http.StatusOK, out)
}

func (a *api) event(w http.ResponseWriter, r *http.Request) error {
	asOf, err := a.settleOne(r)
	if err != nil {
		return err
	}
	versions, err := a.Record.EventVersions(r.Context(), corpus.EventID(r.PathValue("id")))
	if err != nil {
		return err
	}
	versions = slices.DeleteFunc(versions, func(e corpus.Event) bool { return e.KnownAt.After(asOf) })
	if len(versions) == 0 {
		return corpus.ErrNotFound
	}
	return writeJSON(w, http.StatusOK, map[string]any{"event": versions[len(versions)-1], "versions": versions, "as_of": asOf})
}

// settleOne is settle for routes whose only parameter is as_of.
func (a *api) settleOne(r *http.Request) (time.Time, error) {
	p := read(r)
	asked := p.time("as_of")
	if err := p.done(); err != nil {
		return time.Time{}, err
	}
	return a.settle(r.Context(), asked)
}

// instrumentCursor is to instruments what eventCursor is to events.
type instrumentCursor struct {
	AsOf time.Time            `json:"as_of"`
	Last *corpus.InstrumentID `json:"last"`
}

func (a *api) instruments(w http.ResponseWriter, r *http.Request) error {
	p := read(r)
	q := corpus.InstrumentQuery{
		Jurisdiction: corpus.Jurisdiction(p.text("jurisdiction")),
		Issuer:       p.text("issuer"),
		Status: oneOf(p, "status", corpus.InstrumentUnknown, corpus.InstrumentProposed, corpus.InstrumentAdopted,
			corpus.InstrumentInForce, corpus.InstrumentAmended, corpus.InstrumentRepealed, corpus.InstrumentWithdrawn),
		AsOf:  p.time("as_of"),
		Limit: p.limit(),
	}
	from := instrumentCursor{AsOf: q.AsOf, Last: &q.After}
	p.cursor(&from)
	if err := p.done(); err != nil {
		return err
	}
	var err error
	if q.AsOf, err = a.settle(r.Context(), from.AsOf); err != nil {
		return err
	}
	list, err := a.Record.Instruments(r.Context(), q)
	if err != nil {
		return err
	}
	out := paged(list, q.Limit, func(i corpus.Instrument) any { return instrumentCursor{q.AsOf, &i.ID} })
	out.AsOf = q.AsOf
	return writeJSON(w, http.StatusOK, out)
}

func (a *api) instrument(w http.ResponseWriter, r *http.Request) error {
	asOf, err := a.settleOne(r)
	if err != nil {
		return err
	}
	l, err := corpus.ReadLineage(r.Context(), a.Record, a.canonical(r.PathValue("id")), asOf)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, l)
}

// canonical gives the official number that a name in a request means.
func (a *api) canonical(name string) string {
	if a.Canonical == nil {
		return name
	}
	return a.Canonical(name)
}

func (a *api) story(w http.ResponseWriter, r *http.Request) error {
	if err := read(r).done(); err != nil {
		return err
	}
	s, err := a.Record.Story(r.Context(), corpus.StoryID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, s)
}

// article is an article as the API shows it.
type article struct {
	ID          corpus.ArticleID `json:"id"`
	Source      corpus.SourceID  `json:"source"`
	URL         string           `json:"url"`
	FirstSeenAt time.Time        `json:"first_seen_at"`
	Revisions   []revision       `json:"revisions"` // oldest first
	Analysis    *analysis        `json:"analysis,omitempty"`
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
	// Changes is what changed since the revision before; only the newest
	// revisions have it.
	Changes []redline.Paragraph `json:"changes,omitempty"`
}

// withChanges is how many revisions are told with what they changed: each
// costs some milliseconds, and a tracked page has hundreds.
const withChanges = 10

// analysis says besides its readings when they became known.
type analysis struct {
	corpus.Analysis
	At time.Time `json:"known_at"`
}

func (a *api) article(w http.ResponseWriter, r *http.Request) error {
	if err := read(r).done(); err != nil {
		return err
	}
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
	for i, rev := range revisions {
		var changes []redline.Paragraph
		if i > 0 && i >= len(revisions)-withChanges {
			changes = redline.Of(revisions[i-1].Draft, rev.Draft)
		}
		out.Revisions = append(out.Revisions, revision{
			Changes: changes, N: rev.N, Title: rev.Title, Authors: rev.Authors, Lang: rev.Lang, Status: rev.Status, Blocks: rev.Blocks,
			PublishedAt: rev.PublishedAt, ModifiedAt: rev.ModifiedAt, FirstSeenAt: rev.FirstSeenAt, Origin: rev.Origin,
		})
	}
	an, err := a.Record.LatestAnalysis(r.Context(), id)
	switch {
	case err == nil:
		out.Analysis = &analysis{an, an.At}
	case !errors.Is(err, corpus.ErrNotFound): // an article may be asked for before it has been read
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

// alertCursor is a place in a list of decisions: behind the Skip first of those
// made before Before. Several can be of the same instant.
type alertCursor struct {
	Before time.Time `json:"before"`
	Skip   int       `json:"skip"`
}

func (a *api) alerts(w http.ResponseWriter, r *http.Request) error {
	p := read(r)
	q := corpus.AlertQuery{Event: corpus.EventID(p.text("event")), Rule: p.text("rule")}
	limit := p.limit()
	var from alertCursor
	p.cursor(&from)
	if from.Skip < 0 || from.Skip > corpus.MaxLimit {
		p.fail("cursor", p.values.Get("cursor"), "a cursor of this list")
	}
	if err := p.done(); err != nil {
		return err
	}
	limit = min(limit, corpus.MaxLimit-from.Skip)
	q.Before, q.Limit = from.Before, from.Skip+limit
	list, err := a.Record.Alerts(r.Context(), q)
	if err != nil {
		return err
	}
	rest := list[min(from.Skip, len(list)):]
	return writeJSON(w, http.StatusOK, paged(rest, limit, func(last corpus.Alert) any {
		same := 0
		for _, d := range slices.Backward(list) {
			if !d.At.Equal(last.At) {
				break
			}
			same++
		}
		return alertCursor{last.At.Add(time.Microsecond), same}
	}))
}

// notification leaves out addresses and bodies: the API may be open to people
// whom the mail was not for.
type notification struct {
	ID        corpus.NotificationID    `json:"id"`
	MessageID string                   `json:"message_id"`
	Thread    string                   `json:"thread,omitempty"`
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
	p := read(r)
	q := corpus.NotificationQuery{
		State: oneOf(p, "state", corpus.NotificationPending, corpus.NotificationSent, corpus.NotificationDead),
		Event: corpus.EventID(p.text("event")),
		Limit: p.limit(),
	}
	p.cursor(&q.Before)
	if err := p.done(); err != nil {
		return err
	}
	list, err := a.Record.Notifications(r.Context(), q)
	if err != nil {
		return err
	}
	var items []notification
	for _, n := range list {
		items = append(items, notification{
			ID: n.ID, MessageID: n.MessageID, Thread: n.Thread, Event: n.Event, Rule: n.Rule, Receiver: n.Receiver, Subject: n.Subject,
			State: n.State, Attempts: n.Attempts, LastError: n.LastError, CreatedAt: n.CreatedAt, SentAt: n.SentAt,
		})
	}
	return writeJSON(w, http.StatusOK, paged(items, q.Limit, func(n notification) any { return n.ID }))
}

// sourceState is how a source fares; the crawler's own notes are left out.
type sourceState struct {
	VisitedAt    time.Time `json:"visited_at,omitzero"`
	NextAt       time.Time `json:"next_at,omitzero"`
	SucceededAt  time.Time `json:"succeeded_at,omitzero"`
	NewestItemAt time.Time `json:"newest_item_at,omitzero"`
	Failures     int       `json:"failures"`
	Reason       string    `json:"reason,omitempty"`
	LastError    string    `json:"last_error,omitempty"`
}

type source struct {
	corpus.Source
	State sourceState `json:"state"`
}

func (a *api) sources(w http.ResponseWriter, r *http.Request) error {
	if err := read(r).done(); err != nil {
		return err
	}
	list, err := a.Record.Sources(r.Context())
	if err != nil {
		return err
	}
	states, err := a.Record.SourceStates(r.Context())
	if err != nil {
		return err
	}
	of := map[corpus.SourceID]sourceState{}
	for _, s := range states {
		of[s.Source] = sourceState{s.VisitedAt, s.NextAt, s.SucceededAt, s.NewestItemAt, s.Failures, s.Reason, s.LastError}
	}
	out := page[source]{Items: []source{}}
	for _, s := range list {
		out.Items = append(out.Items, source{s, of[s.ID]})
	}
	return writeJSON(w, http.StatusOK, out)
}

func (a *api) status(w http.ResponseWriter, r *http.Request) error {
	if err := read(r).done(); err != nil {
		return err
	}
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
	return writeJSON(w, http.StatusOK, struct {
		Version    string                `json:"version"`
		Counts     corpus.Counts         `json:"counts"`
		Head       logHead               `json:"head"`
		Watermarks map[string]corpus.Seq `json:"watermarks"`
	}{a.Version, counts, logHead{head.Seq, head.At}, marks})
}

// logHead is the newest entry of the log.
type logHead struct {
	Seq corpus.Seq `json:"seq"`
	At  time.Time  `json:"at,omitzero"`
}

func (a *api) health(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.Record.Head(r.Context()); err != nil {
		return &statusError{status: http.StatusServiceUnavailable, message: "the record cannot be read", cause: err}
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok", "version": a.Version})
}
