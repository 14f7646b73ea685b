package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

var noon = time.Date(2026, 2, 6, 12, 0, 0, 0, time.UTC)

// record is a corpus that answers every question with what it holds, and a
// searcher that finds it.
type record struct {
	counts        corpus.Counts
	sources       []corpus.Source
	states        []corpus.SourceState
	revisions     []corpus.Revision
	analysis      *corpus.Analysis
	story         *corpus.Story
	events        []corpus.Event
	instruments   []corpus.Instrument
	signals       []corpus.Signal
	notifications []corpus.Notification
	result        index.Result
	failure       error
}

func first[T any](list []T) (T, error) {
	if len(list) == 0 {
		return *new(T), corpus.ErrNotFound
	}
	return list[0], nil
}

func pointed[T any](p *T) (T, error) {
	if p == nil {
		return *new(T), corpus.ErrNotFound
	}
	return *p, nil
}

func (r record) Counts(context.Context) (corpus.Counts, error) { return r.counts, r.failure }
func (r record) Sources(context.Context) ([]corpus.Source, error) {
	return slices.Clone(r.sources), r.failure
}
func (r record) SourceStates(context.Context) ([]corpus.SourceState, error) {
	return slices.Clone(r.states), r.failure
}
func (r record) Revisions(context.Context, corpus.ArticleID) ([]corpus.Revision, error) {
	return slices.Clone(r.revisions), r.failure
}
func (r record) LatestAnalysis(context.Context, corpus.ArticleID) (corpus.Analysis, error) {
	return pointed(r.analysis)
}
func (r record) StoryOf(context.Context, corpus.ArticleID) (corpus.Story, error) {
	return pointed(r.story)
}
func (r record) Event(context.Context, corpus.EventID) (corpus.Event, error) { return first(r.events) }
func (r record) EventVersions(context.Context, corpus.EventID) ([]corpus.Event, error) {
	return slices.Clone(r.events), r.failure
}
func (r record) Events(context.Context, corpus.EventQuery) ([]corpus.Event, error) {
	return slices.Clone(r.events), r.failure
}
func (r record) Instrument(context.Context, string) (corpus.Instrument, error) {
	return first(r.instruments)
}
func (r record) InstrumentVersions(context.Context, corpus.InstrumentID) ([]corpus.Instrument, error) {
	return slices.Clone(r.instruments), r.failure
}
func (r record) Article(_ context.Context, id corpus.ArticleID) (corpus.Article, error) {
	a := corpus.Article{ID: id}
	if len(r.sources) > 0 {
		a.Source = r.sources[0].ID
	}
	return a, r.failure
}
func (r record) Instruments(context.Context, corpus.InstrumentQuery) ([]corpus.Instrument, error) {
	return slices.Clone(r.instruments), r.failure
}
func (r record) Signals(context.Context, corpus.SignalQuery) ([]corpus.Signal, error) {
	return slices.Clone(r.signals), r.failure
}
func (r record) LatestSignals(context.Context, corpus.SignalQuery) ([]corpus.Signal, error) {
	return slices.Clone(r.signals), r.failure
}
func (r record) Notifications(context.Context, corpus.NotificationQuery) ([]corpus.Notification, error) {
	return slices.Clone(r.notifications), r.failure
}
func (r record) Search(_ context.Context, q index.Query) (index.Result, error) {
	if q.Text == `"` {
		return index.Result{}, &index.QueryError{Query: q.Text, Reason: "a quotation mark is not closed"}
	}
	return r.result, r.failure
}

// saying returns a record whose every text from outside is the given one.
func saying(text, address string) record {
	src := corpus.SourceID(text)
	evidence := []string{text}
	reading := corpus.EventReading{
		Type: corpus.Repeal, Stance: -0.7, Severity: corpus.SeverityCritical, Status: corpus.EventDone, Confidence: 0.9,
		Actors: evidence, Targets: evidence, Jurisdictions: []corpus.Jurisdiction{corpus.Jurisdiction(text)}, Regulators: evidence,
		Instruments: []corpus.InstrumentID{corpus.InstrumentID(text)}, Assets: evidence, Exchanges: evidence,
		EffectiveAt: noon, CommentsCloseAt: noon, Evidence: evidence,
	}
	relation := corpus.Relation{Kind: corpus.Repeals, To: corpus.InstrumentID(text), Evidence: text, Article: "a1"}
	event := corpus.Event{
		ID: "e1", Version: 1, Story: "s1", Title: text, EventReading: reading, PublishedAt: noon, FirstSeenAt: noon, KnownAt: noon,
		Change:  corpus.EventChange{Reason: corpus.ChangeCreated, Article: "a1"},
		Reports: []corpus.Report{{Article: "a1", Source: src, URL: address, Title: text, Primary: true, Withdrawn: true, Evidence: evidence, Pages: []int{3}, PublishedAt: noon, FirstSeenAt: noon}},
	}
	retracted := event
	retracted.Version, retracted.Status, retracted.Change.Reason = 2, corpus.EventRetracted, corpus.ChangeRetracted
	draft := corpus.Draft{
		Source: src, URL: address, Fragment: text, Title: text, Authors: evidence, Lang: "en", Status: corpus.StatusWithdrawn, PublishedAt: noon,
	}
	for _, k := range []corpus.BlockKind{corpus.BlockParagraph, corpus.BlockHeading, corpus.BlockListItem, corpus.BlockQuote, corpus.BlockCode, corpus.BlockTable, corpus.BlockCaption} {
		draft.Blocks = append(draft.Blocks, corpus.Block{Kind: k, Text: text})
	}
	rev := corpus.Revision{Article: "a1", N: 1, Draft: draft, FirstSeenAt: noon}
	newer := rev
	newer.N = 2
	newer.Blocks = append(slices.Clone(rev.Blocks), corpus.Block{Kind: corpus.BlockParagraph, Text: text + " changed", Page: 3})
	signal := func(kind corpus.SignalKind, score float64) corpus.Signal {
		return corpus.Signal{Seq: 7, Kind: kind, Target: text, TargetKind: corpus.EntityAsset, Score: score, Confidence: 0.5, Volume: 3, Article: "a1", Source: src, URL: address, AvailableAt: noon, Origin: corpus.OriginBackfill}
	}
	return record{
		counts:    corpus.Counts{Articles: 1234567, Events: 2},
		sources:   []corpus.Source{{ID: src, Name: text, Kind: corpus.SourceMedia, Jurisdiction: corpus.Jurisdiction(text)}, {ID: "quiet", Name: "Never visited"}},
		states:    []corpus.SourceState{{Source: src, SucceededAt: noon, Failures: 3, Reason: "robots", LastError: text}},
		revisions: []corpus.Revision{rev, newer},
		analysis: &corpus.Analysis{Analyzer: text, Version: "1", Score: -0.4, Events: []corpus.EventReading{reading}, At: noon,
			Sentiments:  []corpus.Sentiment{{Target: text, Score: -0.4, Evidence: evidence}},
			Instruments: []corpus.InstrumentReading{{ID: corpus.InstrumentID(text), Status: corpus.InstrumentRepealed, Relations: []corpus.Relation{relation}, Evidence: text}}},
		story:  &corpus.Story{ID: "s1", Articles: []corpus.Member{{Article: "a1", Source: src, Title: text, URL: address}, {Article: "a2", Source: src, Title: text, URL: address}}},
		events: []corpus.Event{event, retracted},
		instruments: []corpus.Instrument{{ID: corpus.InstrumentID(text), Aliases: evidence, Issuer: text, Jurisdiction: corpus.Jurisdiction(text), Title: text, Status: corpus.InstrumentRepealed,
			Relations: []corpus.Relation{relation}, RelatedBy: []corpus.Relation{{Kind: corpus.Amends, To: corpus.InstrumentID(text), From: corpus.InstrumentID(text), Unresolved: true, Part: text, Evidence: text, Article: "a1"}},
			Procedure: []corpus.InstrumentID{corpus.InstrumentID(text)}, SameAs: corpus.InstrumentID(text),
			History: []corpus.StatusChange{{Status: corpus.InstrumentRepealed, By: corpus.InstrumentID(text + "2"), Part: text, Article: "a2", Evidence: text, EffectiveAt: noon, AppliesAt: noon, SaidAt: noon, KnownAt: noon}, {Status: corpus.InstrumentRepealed, By: corpus.InstrumentID(text), Article: "a1", Evidence: text, EffectiveAt: noon, SaidAt: noon, KnownAt: noon}}}},
		signals:       []corpus.Signal{signal(corpus.SignalSentiment, 0.5), signal(corpus.SignalPressure, -0.5), signal(corpus.SignalSentiment, 0)},
		notifications: []corpus.Notification{{Subject: text, Receiver: text, State: corpus.NotificationSent, SentAt: noon}, {Subject: text, State: corpus.NotificationDead}},
		result: index.Result{Total: 90, Hits: []index.Hit{{Article: "a1", URL: address, Source: src, Title: text, Snippet: text, Marks: []corpus.Span{{Start: 0, End: len(text)}}, PublishedAt: noon, FirstSeenAt: noon, Lang: "zh"}},
			Facets: []index.Facet{{Field: "source", Values: []index.FacetValue{{Value: text, Count: 3}}}, {Field: "lang", Values: []index.FacetValue{{Value: "zh", Count: 2}}}}},
	}
}

// addresses lead to every page, each in its different states.
var addresses = map[string]string{
	"home": "/", "search": "/search?q=x&sort=newest&page=2", "all articles": "/search", "bad query": "/search?q=%22", "events": "/events?type=repeal&regulator=SEC&jurisdiction=US",
	"event": "/events/e1", "instruments": "/instruments", "instrument": "/instruments/FIL-7-2025", "article": "/articles/a1", "old revision": "/articles/a1?revision=1",
	"signals": "/signals", "signal": "/signals?target=BTC&kind=sentiment", "sources": "/sources", "problem": "/nowhere",
}

func handler(t testing.TB, r record) http.Handler {
	t.Helper()
	h, err := New(Config{Record: r, Search: r, Logger: slog.New(slog.DiscardHandler), Version: "regwire test", Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(h http.Handler, address string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	return w
}
