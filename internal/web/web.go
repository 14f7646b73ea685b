package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

//go:embed templates static
var files embed.FS

// Record is what the pages read: the corpus, by its own methods.
type Record interface {
	Counts(context.Context) (corpus.Counts, error)
	Sources(context.Context) ([]corpus.Source, error)
	SourceStates(context.Context) ([]corpus.SourceState, error)
	Revisions(context.Context, corpus.ArticleID) ([]corpus.Revision, error)
	LatestAnalysis(context.Context, corpus.ArticleID) (corpus.Analysis, error)
	StoryOf(context.Context, corpus.ArticleID) (corpus.Story, error)
	Event(context.Context, corpus.EventID) (corpus.Event, error)
	EventVersions(context.Context, corpus.EventID) ([]corpus.Event, error)
	Events(context.Context, corpus.EventQuery) ([]corpus.Event, error)
	Instrument(ctx context.Context, idOrAlias string) (corpus.Instrument, error)
	InstrumentVersions(context.Context, corpus.InstrumentID) ([]corpus.Instrument, error)
	Instruments(context.Context, corpus.InstrumentQuery) ([]corpus.Instrument, error)
	Article(context.Context, corpus.ArticleID) (corpus.Article, error)
	Signals(context.Context, corpus.SignalQuery) ([]corpus.Signal, error)
	LatestSignals(context.Context, corpus.SignalQuery) ([]corpus.Signal, error)
	Notifications(context.Context, corpus.NotificationQuery) ([]corpus.Notification, error)
}

// Searcher answers full-text queries.
type Searcher interface {
	Search(context.Context, index.Query) (index.Result, error)
}

// Config is what the pages are made of; all fields but Canonical are required.
type Config struct {
	Record Record
	// Canonical gives the official number that any way of writing it means, and
	// back what it does not know. Without it the record's own names are known.
	Canonical func(name string) string
	Search    Searcher
	Logger    *slog.Logger
	Version   string
	Clock     func() time.Time
}

type site struct {
	Config
	pages map[string]*template.Template
	style string // path of the style sheet, with its hash
}

// layoutData is what the layout shows around each page.
type layoutData struct {
	Title, Query, Here, Style, Version string
	Nav                                []navItem
	Now                                time.Time
	Page                               any
}

type navItem struct{ Path, Name string }

var navigation = []navItem{
	{"/events", "Events"}, {"/instruments", "Instruments"}, {"/search", "Articles"}, {"/signals", "Signals"}, {"/sources", "Sources"},
}

// pageNames are the templates; each shows a struct of its own.
var pageNames = []string{"home", "search", "events", "event", "instruments", "instrument", "article", "signals", "sources", "problem"}

// New returns the handler of the pages and of their style sheet.
func New(cfg Config) (http.Handler, error) {
	s := &site{Config: cfg, pages: map[string]*template.Template{}}
	for _, name := range pageNames {
		t, err := template.New(name).Funcs(funcs).ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		s.pages[name] = t
	}
	css, err := files.ReadFile("static/style.css")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(css)
	s.style = "/static/" + hex.EncodeToString(sum[:6]) + ".css"

	mux := http.NewServeMux()
	page := func(pattern string, h func(*http.Request) (view, error)) { mux.Handle(pattern, s.render(h)) }
	page("GET /{$}", s.home)
	page("GET /search", s.search)
	page("GET /events", s.events)
	page("GET /events/{id}", s.event)
	page("GET /instruments", s.instruments)
	page("GET /instruments/{id...}", s.instrument)
	page("GET /articles/{id}", s.article)
	page("GET /signals", s.signals)
	page("GET /sources", s.sources)
	page("GET /", func(*http.Request) (view, error) { return view{}, corpus.ErrNotFound })
	mux.HandleFunc("GET "+s.style, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Write(css)
	})
	return mux, nil
}

// view is one page ready to be rendered.
type view struct {
	name   string // of the template
	title  string
	query  string // shown in the search box
	here   string // path of the navigation entry it belongs to
	status int    // 0 means 200
	page   any
}

// render shows a view, or a page that says what is wrong. Nothing is sent
// before the whole page has been rendered.
func (s *site) render(h func(*http.Request) (view, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := h(r)
		switch {
		case errors.Is(err, corpus.ErrNotFound):
			v = problem(http.StatusNotFound, "Not found", "There is no such page, or it is not in the record.")
		case err != nil && r.Context().Err() != nil:
			return
		case err != nil:
			s.Logger.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "err", err)
			v = problem(http.StatusInternalServerError, "Something went wrong", "The log of the service says what.")
		}
		var b bytes.Buffer
		err = s.pages[v.name].ExecuteTemplate(&b, "layout", layoutData{
			Title: v.title, Query: v.query, Here: v.here, Style: s.style, Version: s.Version, Now: s.Clock().UTC(), Page: v.page, Nav: navigation,
		})
		if err != nil {
			s.Logger.ErrorContext(r.Context(), "template failed", "page", v.name, "err", err)
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		head := w.Header()
		head.Set("Content-Type", "text/html; charset=utf-8")
		head.Set("Content-Security-Policy", contentPolicy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		if v.status != 0 {
			w.WriteHeader(v.status)
		}
		w.Write(bytes.Map(visible, b.Bytes()))
	})
}

// contentPolicy allows our style sheet, our search form and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// visible drops the characters that reorder or hide text: a headline could use
// them to show another address than the one it leads to. No page needs any.
func visible(r rune) rune {
	if r == '\u061c' || r == '\u200b' || r == '\u200e' || r == '\u200f' || r == '\ufeff' || r >= '\u202a' && r <= '\u202e' || r >= '\u2060' && r <= '\u2069' {
		return -1
	}
	return r
}

func problem(status int, heading, message string) view {
	return view{name: "problem", title: heading, status: status, page: problemPage{heading, message}}
}

type problemPage struct{ Heading, Message string }
