package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

// Record is what the API reads: the corpus, by its own methods.
type Record interface {
	Head(context.Context) (corpus.Change, error)
	Horizon(context.Context, time.Time) (time.Time, error)
	Wait(ctx context.Context, after corpus.Seq) error
	Watermarks(context.Context) (map[string]corpus.Seq, error)
	Counts(context.Context) (corpus.Counts, error)
	Sources(context.Context) ([]corpus.Source, error)
	SourceState(context.Context, corpus.SourceID) (corpus.SourceState, error)
	Article(context.Context, corpus.ArticleID) (corpus.Article, error)
	Revisions(context.Context, corpus.ArticleID) ([]corpus.Revision, error)
	LatestAnalysis(context.Context, corpus.ArticleID) (corpus.Analysis, error)
	Story(context.Context, corpus.StoryID) (corpus.Story, error)
	Event(context.Context, corpus.EventID) (corpus.Event, error)
	EventVersions(context.Context, corpus.EventID) ([]corpus.Event, error)
	Events(context.Context, corpus.EventQuery) ([]corpus.Event, error)
	Instrument(ctx context.Context, idOrAlias string) (corpus.Instrument, error)
	Instruments(context.Context, corpus.InstrumentQuery) ([]corpus.Instrument, error)
	Signals(context.Context, corpus.SignalQuery) ([]corpus.Signal, error)
	Alerts(context.Context, corpus.AlertQuery) ([]corpus.Alert, error)
	Notifications(context.Context, corpus.NotificationQuery) ([]corpus.Notification, error)
}

// Searcher answers full-text queries.
type Searcher interface {
	Search(context.Context, index.Query) (index.Result, error)
}

// Config is what an API is made of; all fields are required.
type Config struct {
	Record Record
	Search Searcher
	// SignalCSV writes rows as CSV with a header line.
	SignalCSV func(io.Writer, iter.Seq2[corpus.Signal, error]) error
	Logger    *slog.Logger
	Version   string // of the program
}

type api struct {
	Config
}

// New returns the handler of /api/v1/, /healthz and /readyz.
func New(cfg Config) http.Handler {
	a := &api{cfg}
	mux := http.NewServeMux()
	route := func(pattern string, h handler) { mux.Handle(pattern, a.adapt(h)) }

	// Full-text search: q, sort, limit, offset, facets.
	route("GET /api/v1/search", a.search)
	// Events, latest first: type, severity, jurisdiction, regulator,
	// instrument, asset, exchange, story, since, until, as_of, cursor, limit.
	route("GET /api/v1/events", a.events)
	// One event with its earlier versions.
	route("GET /api/v1/events/{id}", a.event)
	// Instruments: jurisdiction, issuer, status, as_of, cursor, limit.
	route("GET /api/v1/instruments", a.instruments)
	// One instrument, by number or any of its names.
	route("GET /api/v1/instruments/{id...}", a.instrument)
	// A story with its articles in order of arrival.
	route("GET /api/v1/stories/{id}", a.story)
	// An article with its revisions and what was read out of the newest.
	route("GET /api/v1/articles/{id}", a.article)
	// Signal rows in order of available_at: kind, target, after, since, until,
	// as_of, limit; as CSV with format=csv.
	route("GET /api/v1/signals", a.signals)
	// The same rows as they become available, as server-sent events; resumes
	// behind Last-Event-ID or after.
	route("GET /api/v1/signals/stream", a.stream)
	// Decisions to alert, newest first: event, rule, limit.
	route("GET /api/v1/alerts", a.alerts)
	// Mails promised and what became of them: state, event, limit. No
	// addresses.
	route("GET /api/v1/notifications", a.notifications)
	// Sources with their health.
	route("GET /api/v1/sources", a.sources)
	// Totals, the head of the log, and how far each follower is behind it.
	route("GET /api/v1/status", a.status)
	// Alive, and able to read the record.
	route("GET /healthz", a.health)
	return mux
}

// handler answers a request or returns an error that adapt turns into one.
type handler func(http.ResponseWriter, *http.Request) error

// statusError is an error with words for the caller.
type statusError struct {
	status  int
	message string
	cause   error // kept private
}

func (e *statusError) Error() string { return e.message }
func (e *statusError) Unwrap() error { return e.cause }

func badRequest(message string) error {
	return &statusError{status: http.StatusBadRequest, message: message}
}

// adapt turns errors into status and body, once, and logs those that are ours.
func (a *api) adapt(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		err := h(w, r)
		if err == nil || errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return
		}
		status, message := http.StatusInternalServerError, "internal error"
		var se *statusError
		var qe *index.QueryError
		switch {
		case errors.As(err, &se):
			status, message = se.status, se.message
		case errors.As(err, &qe):
			status, message = http.StatusBadRequest, qe.Error()
		case errors.Is(err, corpus.ErrNotFound):
			status, message = http.StatusNotFound, "not found"
		}
		if status == http.StatusInternalServerError {
			a.Logger.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", err)
		}
		writeJSON(w, status, map[string]any{"error": map[string]any{"status": status, "message": message}})
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(true) // crawled text stays inert if a browser sniffs it
	return enc.Encode(v)
}
