package httpapi

import (
	"context"
	_ "embed"
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
	SourceStates(context.Context) ([]corpus.SourceState, error)
	Article(context.Context, corpus.ArticleID) (corpus.Article, error)
	Revisions(context.Context, corpus.ArticleID) ([]corpus.Revision, error)
	LatestAnalysis(context.Context, corpus.ArticleID) (corpus.Analysis, error)
	Story(context.Context, corpus.StoryID) (corpus.Story, error)
	EventVersions(context.Context, corpus.EventID) ([]corpus.Event, error)
	Events(context.Context, corpus.EventQuery) ([]corpus.Event, error)
	Instrument(ctx context.Context, idOrAlias string) (corpus.Instrument, error)
	InstrumentVersions(context.Context, corpus.InstrumentID) ([]corpus.Instrument, error)
	Instruments(context.Context, corpus.InstrumentQuery) ([]corpus.Instrument, error)
	Signals(context.Context, corpus.SignalQuery) ([]corpus.Signal, error)
	Alerts(context.Context, corpus.AlertQuery) ([]corpus.Alert, error)
	Notifications(context.Context, corpus.NotificationQuery) ([]corpus.Notification, error)
}

// Searcher answers full-text queries.
type Searcher interface {
	Search(context.Context, index.Query) (index.Result, error)
}

// Config is what an API is made of; all fields but Canonical are required.
type Config struct {
	Record Record
	// Canonical gives the official number that any way of writing it means, and
	// back what it does not know. Without it the record's own names are known.
	Canonical func(name string) string
	Search    Searcher
	// SignalCSV writes rows as CSV with a header line.
	SignalCSV func(io.Writer, iter.Seq2[corpus.Signal, error]) error
	Logger    *slog.Logger
	Version   string // of the program
}

type api struct {
	Config
}

// New returns the handler of /api/ and /healthz.
func New(cfg Config) http.Handler {
	a := &api{cfg}
	mux := http.NewServeMux()
	for _, r := range a.routes() {
		mux.Handle("GET "+r.path, a.adapt(r.handler))
	}
	mux.Handle("/api/", a.adapt(a.nothing))
	return mux
}

// route is one path that can be asked for with GET.
type route struct {
	path    string
	handler handler
}

// routes are all there are. What each takes and gives stands in openapi.yaml.
func (a *api) routes() []route {
	return []route{
		// Full-text search.
		{"/api/v1/search", a.search},
		// Events, latest first.
		{"/api/v1/events", a.events},
		// One event with its earlier versions.
		{"/api/v1/events/{id}", a.event},
		// Instruments, by number.
		{"/api/v1/instruments", a.instruments},
		// The lineage of one instrument, by number or any of its names.
		{"/api/v1/instruments/{id...}", a.instrument},
		// A story with its articles in order of arrival.
		{"/api/v1/stories/{id}", a.story},
		// An article with its revisions and what was read out of the newest.
		{"/api/v1/articles/{id}", a.article},
		// Signal rows in order of available_at, as JSON or CSV.
		{"/api/v1/signals", a.signals},
		// The same rows as they become available, as server-sent events.
		{"/api/v1/signals/stream", a.stream},
		// Decisions to alert or not, newest first.
		{"/api/v1/alerts", a.alerts},
		// Mails promised and what became of them, newest first; no addresses.
		{"/api/v1/notifications", a.notifications},
		// Sources with their health.
		{"/api/v1/sources", a.sources},
		// Totals, the head of the log, and how far each follower has read it.
		{"/api/v1/status", a.status},
		// This API, described.
		{"/api/v1/openapi.yaml", a.describe},
		// Alive, and able to read the record.
		{"/healthz", a.health},
	}
}

//go:embed openapi.yaml
var openAPI []byte

func (a *api) describe(w http.ResponseWriter, r *http.Request) error {
	if err := read(r).done(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, err := w.Write(openAPI)
	return err
}

// nothing answers what no route does.
func (a *api) nothing(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return &statusError{status: http.StatusMethodNotAllowed, message: "this API only reads: use GET"}
	}
	return corpus.ErrNotFound
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

// answer remembers whether anything has been sent.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// adapt turns errors into status and body, once, and logs those that are ours.
// An answer that fails half-way is cut off, so that nobody takes it for whole.
func (a *api) adapt(h handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w := &answer{ResponseWriter: out}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		err := h(w, r)
		if err == nil || r.Context().Err() != nil { // done, or nobody listens any more
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
		if status >= http.StatusInternalServerError {
			a.Logger.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", errors.Join(err, errors.Unwrap(err)))
		}
		if w.begun {
			panic(http.ErrAbortHandler)
		}
		w.Header().Del("Content-Disposition")
		writeJSON(w, status, map[string]any{"error": map[string]any{"status": status, "message": message}})
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v) // escapes <, > and &: crawled text stays inert if a browser sniffs it
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, err = w.Write(append(b, '\n'))
	return err
}
