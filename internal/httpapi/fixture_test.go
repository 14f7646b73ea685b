package httpapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/internal/httpapi"
	"github.com/regwire/regwire/sentiment/signal"
)

// hostile is a headline as a crawled page may carry it.
const hostile = `<script>alert(1)</script> & "FDIC" repeals`

var dawn = time.Date(2025, 3, 28, 8, 0, 0, 0, time.UTC)

// world is an API over a small record that a test may add to.
type world struct {
	*httptest.Server
	db    *store.DB
	index *index.Index
	// onceBegun, when set, is called when a stream has begun.
	onceBegun func()
}

// newWorld serves an empty record. Its clock advances a second whenever it is
// looked at.
func newWorld(t *testing.T) *world {
	t.Helper()
	var mu sync.Mutex
	now := dawn
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "corpus.db"), store.Config{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(filepath.Join(t.TempDir(), "index"), db)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{db: db, index: x}
	w.Server = httptest.NewServer(httpapi.New(httpapi.Config{
		Record: db, Search: x, SignalCSV: signal.WriteCSV, Logger: slog.New(slog.DiscardHandler), Version: "1.2.3",
	}))
	t.Cleanup(func() {
		w.Close()
		x.Close()
		db.Close()
	})
	return w
}

func (w *world) update(t *testing.T, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := w.db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// fill writes one happening from page to mail: the regulator's notice and a
// newspaper's echo of it.
func (w *world) fill(t *testing.T) {
	t.Helper()
	sources := []corpus.Source{
		{ID: "us-fdic", Name: "FDIC", Kind: corpus.SourceRegulator, Jurisdiction: "US", Language: "en", Regulator: "FDIC", Weight: 1},
		{ID: "ledger", Name: "The Ledger", Kind: corpus.SourceMedia, Jurisdiction: "GB", Language: "en"},
	}
	notice := corpus.Draft{
		Source: "us-fdic", URL: "https://fdic.example/fil-7-2025", Title: hostile, Lang: "en", Status: corpus.StatusPublished,
		Authors: []string{"Office of Communications"}, PublishedAt: dawn.Add(-time.Hour),
		Blocks: []corpus.Block{
			{Kind: corpus.BlockHeading, Text: "What changes"},
			{Kind: corpus.BlockParagraph, Text: "FIL-7-2025 rescinds FIL-16-2022: banks need no prior approval for permissible crypto activities."},
		},
	}
	echo := corpus.Draft{
		Source: "ledger", URL: "https://ledger.example/banks", Fragment: "two", Title: "Banks may hold Bitcoin without asking first", Lang: "en",
		Status: corpus.StatusPublished, Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: "The FDIC has dropped its rule, and Bitcoin rose."}},
	}
	const sentence = "FIL-7-2025 rescinds FIL-16-2022: banks need no prior approval for permissible crypto activities."
	reading := corpus.EventReading{
		Type: corpus.Repeal, Stance: 0.7, Severity: corpus.SeverityHigh, Status: corpus.EventDone, Confidence: 0.9,
		Actors: []string{"FDIC"}, Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"FDIC"}, Assets: []string{}, Exchanges: []string{},
		Instruments: []corpus.InstrumentID{"FIL-7-2025", "FIL-16-2022"}, EffectiveAt: dawn.Truncate(24 * time.Hour), Evidence: []string{sentence},
	}
	relation := corpus.Relation{Kind: corpus.Repeals, To: "FIL-16-2022", Evidence: sentence}

	var docs []index.Document
	for i, d := range []corpus.Draft{notice, echo} {
		w.update(t, func(tx *store.Tx) error {
			if err := tx.PutSource(sources[i]); err != nil {
				return err
			}
			c, _, err := tx.AddCapture(corpus.Capture{
				Source: d.Source, URL: d.URL, FinalURL: d.URL, Status: 200, MediaType: "text/html", Body: []byte(d.Body()), FetchedAt: dawn, Origin: corpus.OriginLive,
			})
			if err != nil {
				return err
			}
			rev, _, err := tx.Revise(d, c.ID, corpus.OriginLive)
			if err != nil {
				return err
			}
			an, _, err := tx.AddAnalysis(corpus.Analysis{
				Article: rev.Article, Revision: rev.ID, Analyzer: "local", Version: "1", Origin: corpus.OriginLive, Lang: "en", Score: 0.5, Label: 1, Confidence: 0.8, Regulatory: true,
				Entities:    []corpus.Entity{{Kind: corpus.EntityRegulator, ID: "us-fdic", Name: "FDIC", Jurisdiction: "US", Relevance: 0.9, Mentions: []corpus.Span{{Start: 0, End: 4}}}},
				Sentiments:  []corpus.Sentiment{{Target: "BTC", Kind: corpus.EntityAsset, Score: 0.5, Confidence: 0.8, Relevance: 0.6, Evidence: []string{sentence}}},
				Events:      []corpus.EventReading{reading},
				Instruments: []corpus.InstrumentReading{{ID: "FIL-7-2025", Issuer: "FDIC", Jurisdiction: "US", Status: corpus.InstrumentAdopted, Relations: []corpus.Relation{relation}, Evidence: sentence, Confidence: 0.9}},
			})
			if err != nil {
				return err
			}
			if err := tx.PutMember("s1", corpus.Member{
				Article: rev.Article, Source: d.Source, URL: d.URL, Title: d.Title, Similarity: 1 / float64(i+1), PublishedAt: d.PublishedAt, FirstSeenAt: rev.FirstSeenAt,
			}, nil, nil); err != nil {
				return err
			}
			report := corpus.Report{
				Article: rev.Article, Revision: rev.ID, Analysis: an.ID, Source: d.Source, Kind: sources[i].Kind, URL: d.URL, Title: d.Title, Primary: i == 0,
				Evidence: reading.Evidence, Told: reading, PublishedAt: d.PublishedAt, FirstSeenAt: rev.FirstSeenAt,
			}
			ev := corpus.Event{ID: "e1", Story: "s1", Title: notice.Title, EventReading: reading, PublishedAt: notice.PublishedAt, Origin: corpus.OriginLive,
				Change: corpus.EventChange{Reason: corpus.ChangeCreated, Article: rev.Article, Origin: corpus.OriginLive}, Reports: []corpus.Report{report}}
			if old, ok, err := tx.Event("e1"); err != nil {
				return err
			} else if ok {
				ev.Reports, ev.FirstSeenAt = append(old.Reports, report), old.FirstSeenAt
				ev.Change.Reason = corpus.ChangeReport
			}
			if _, err := tx.PutEvent(ev); err != nil {
				return err
			}
			pl, _, err := tx.AddPlacement(corpus.Placement{
				Analysis: an.ID, Article: rev.Article, Story: "s1", Similarity: 1, Novelty: corpus.Novelty{Key: "repeal|FIL-16-2022", Days: -1, Weight: 1},
				Events: []corpus.EventID{"e1"}, Origin: corpus.OriginLive,
			})
			if err != nil {
				return err
			}
			for _, s := range []corpus.Signal{
				{Kind: corpus.SignalSentiment, Target: "BTC", TargetKind: corpus.EntityAsset, Score: 0.1 * float64(i+1), Confidence: 0.3, Z: 1.25},
				{Kind: corpus.SignalPressure, Target: "US", TargetKind: corpus.EntityJurisdiction, Score: 0.2 * float64(i+1), Confidence: 0.4, Z: -0.5},
			} {
				s.Placement, s.Article, s.Event, s.Source, s.URL, s.Novelty = pl.ID, rev.Article, "e1", d.Source, d.URL, pl.Novelty
				s.Volume, s.Delta, s.Weight, s.Relevance, s.Version = 1, 0.5, 0.8, 0.6, "1"
				s.PublishedAt, s.FirstSeenAt, s.AsOf, s.Origin = d.PublishedAt, rev.FirstSeenAt, pl.At, corpus.OriginLive
				if _, err := tx.AddSignal(s); err != nil {
					return err
				}
			}
			docs = append(docs, index.Document{
				Article: rev.Article, Title: d.Title, Body: d.Body(), Source: d.Source, Kind: sources[i].Kind, Lang: "en", Types: []corpus.EventType{corpus.Repeal},
				Jurisdictions: reading.Jurisdictions, Regulators: reading.Regulators, PublishedAt: d.PublishedAt, FirstSeenAt: rev.FirstSeenAt,
			})
			return nil
		})
	}
	w.update(t, func(tx *store.Tx) error {
		for _, in := range []corpus.Instrument{
			{ID: "FIL-7-2025", Aliases: []string{"FIL 7/2025"}, Issuer: "FDIC", Jurisdiction: "US", Title: "Clarification of crypto engagement", Status: corpus.InstrumentAdopted,
				Relations: []corpus.Relation{relation}, History: []corpus.StatusChange{{Status: corpus.InstrumentAdopted, Article: docs[0].Article, Evidence: sentence, SaidAt: notice.PublishedAt, KnownAt: dawn}}},
			{ID: "FIL-16-2022", Issuer: "FDIC", Jurisdiction: "US", Status: corpus.InstrumentUnknown},
			{ID: "FIL-16-2022", Issuer: "FDIC", Jurisdiction: "US", Status: corpus.InstrumentRepealed,
				History: []corpus.StatusChange{{Status: corpus.InstrumentRepealed, By: "FIL-7-2025", Article: docs[0].Article, Evidence: sentence, KnownAt: dawn}}},
			{ID: "Regulation (EU) 2023/1114", Aliases: []string{"MiCA"}, Issuer: "EU", Jurisdiction: "EU", Status: corpus.InstrumentInForce},
			{ID: "银发〔2026〕42号", Issuer: "PBoC", Jurisdiction: "CN", Status: corpus.InstrumentInForce},
		} {
			in.Articles = []corpus.ArticleID{docs[0].Article}
			if _, err := tx.PutInstrument(in); err != nil {
				return err
			}
		}
		if _, err := tx.AddAlert(corpus.Alert{Event: "e1", Version: 1, Rule: "repeals", Stage: "first", Outcome: "notified"}); err != nil {
			return err
		}
		n, _, err := tx.AddNotification(corpus.Notification{
			Key: "e1|compliance|first", MessageID: "k1@regwire", Event: "e1", Rule: "repeals", Receiver: "compliance",
			To: []string{"secret@example.com"}, Subject: "[high] FDIC repeals FIL-16-2022", Text: "body",
		})
		if err != nil {
			return err
		}
		n.State, n.Attempts, n.SentAt = corpus.NotificationSent, 1, dawn.Add(time.Minute)
		return tx.RecordDelivery(corpus.Delivery{Notification: n.ID, Attempt: 1, At: n.SentAt, Outcome: "sent"}, n)
	})
	if err := w.db.SaveSourceState(t.Context(), corpus.SourceState{
		Source: "us-fdic", VisitedAt: dawn, SucceededAt: dawn, NewestItemAt: notice.PublishedAt, ETag: `"private"`,
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.index.Apply(docs, 1); err != nil {
		t.Fatal(err)
	}
}

// get returns the answer to a path, with its status.
func (w *world) get(t *testing.T, path string) (int, []byte) {
	t.Helper()
	res, err := http.Get(w.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

// list returns the items of a list and its cursor.
func (w *world) list(t *testing.T, path string) (items []json.RawMessage, next string) {
	t.Helper()
	status, body := w.get(t, path)
	var page struct {
		Items []json.RawMessage
		Next  string
	}
	if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
		t.Fatal(status, err, string(body))
	}
	return page.Items, page.Next
}

// problem returns the words of an error.
func problem(t *testing.T, body []byte) string {
	t.Helper()
	var p struct{ Error struct{ Message string } }
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("an error that is no JSON: %s", body)
	}
	return p.Error.Message
}

// moreEvents adds n further events to the record.
func (w *world) moreEvents(t *testing.T, from, n int) {
	t.Helper()
	w.update(t, func(tx *store.Tx) error {
		for i := from; i < from+n; i++ {
			if _, err := tx.PutEvent(corpus.Event{
				ID: corpus.EventID(fmt.Sprintf("x%03d", i)), Story: "s1", Title: "Something happened", Reports: []corpus.Report{},
				// Pairs share a date, so that the order needs the identifier too.
				PublishedAt:  dawn.Add(-time.Duration(i/2) * time.Minute),
				EventReading: corpus.EventReading{Type: corpus.Warning, Severity: corpus.SeverityLow, Status: corpus.EventDone},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
