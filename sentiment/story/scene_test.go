package story_test

import (
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/story"
	"github.com/regwire/regwire/sentiment/story/storytest"
)

var day0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// The sources of the scenes.
var (
	cftc    = corpus.Source{ID: "us-cftc", Kind: corpus.SourceRegulator, Regulator: "CFTC", Jurisdiction: "US"}
	sec     = corpus.Source{ID: "us-sec", Kind: corpus.SourceRegulator, Regulator: "SEC", Jurisdiction: "US"}
	fdic    = corpus.Source{ID: "us-fdic", Kind: corpus.SourceRegulator, Regulator: "FDIC", Jurisdiction: "US"}
	pboc    = corpus.Source{ID: "cn-pboc", Kind: corpus.SourceRegulator, Regulator: "PBoC", Jurisdiction: "CN"}
	binance = corpus.Source{ID: "binance-news", Kind: corpus.SourceExchange, Exchange: "Binance"}
	daily   = corpus.Source{ID: "daily", Kind: corpus.SourceMedia}
	wire    = corpus.Source{ID: "wire", Kind: corpus.SourceMedia}
	kuaixun = corpus.Source{ID: "kuaixun", Kind: corpus.SourceMedia, Language: "zh"}
)

// piece is an article of a scene.
type piece struct {
	name     string // identity
	src      corpus.Source
	hours    float64 // after day0, published and first seen
	revision int     // 0 means the first
	status   corpus.RevisionStatus
	origin   corpus.Origin // of the analysis; "" means live
	title    string
	body     string
	events   []corpus.EventReading
	ins      []corpus.InstrumentReading
}

// scene places pieces one after the other.
type scene struct {
	t   testing.TB
	mem *storytest.Memory
	c   *story.Clusterer
	n   corpus.AnalysisID
}

func newScene(t testing.TB) *scene {
	return &scene{t: t, mem: storytest.NewMemory(), c: story.New(story.Config{})}
}

func (s *scene) input(p piece) story.Input {
	s.n++
	at := day0.Add(time.Duration(p.hours * float64(time.Hour)))
	if p.status == "" {
		p.status = corpus.StatusPublished
	}
	if p.origin == "" {
		p.origin = corpus.OriginLive
	}
	if p.body == "" {
		p.body = p.title
	}
	for i := range p.events {
		if p.events[i].Evidence == nil {
			p.events[i].Evidence = []string{p.title}
		}
	}
	article := corpus.Article{ID: corpus.ArticleID(p.name), Source: p.src.ID, URL: "https://example.org/" + p.name, FirstSeenAt: at}
	return story.Input{
		Article: article,
		Source:  p.src,
		Revision: corpus.Revision{
			ID: corpus.RevisionID(len(p.name)*1000 + int(p.name[0])*10 + p.revision), Article: article.ID, FirstSeenAt: at, Origin: corpus.OriginLive,
			Draft: corpus.Draft{Source: p.src.ID, URL: article.URL, Title: p.title, PublishedAt: at.Add(-10 * time.Minute), Status: p.status,
				Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: p.body}}},
		},
		Analysis: corpus.Analysis{ID: s.n, Article: article.ID, Revision: corpus.RevisionID(len(p.name)*1000 + int(p.name[0])*10 + p.revision), At: at, Origin: p.origin,
			Events: p.events, Instruments: p.ins},
	}
}

func (s *scene) put(in story.Input) story.Outcome {
	s.t.Helper()
	s.mem.AddAnalysis(in.Analysis)
	out, err := s.c.Place(s.mem, in)
	if err != nil {
		s.t.Fatal(err)
	}
	out.Placement = s.mem.AddPlacement(out.Placement)
	return out
}

func (s *scene) place(p piece) story.Outcome {
	s.t.Helper()
	return s.put(s.input(p))
}

func (s *scene) places(ps ...piece) (outs []story.Outcome) {
	s.t.Helper()
	for _, p := range ps {
		outs = append(outs, s.place(p))
	}
	return outs
}

// act is a regulatory reading.
func act(kind corpus.EventType, who string, j corpus.Jurisdiction, targets ...string) corpus.EventReading {
	r := corpus.EventReading{Type: kind, Stance: -0.5, Severity: corpus.SeverityHigh, Status: corpus.EventDone, Confidence: 0.7, Targets: targets, Jurisdictions: []corpus.Jurisdiction{j}}
	if who != "" {
		r.Actors, r.Regulators = []string{who}, []string{who}
	}
	return r
}

// venue is a reading of what happens at an exchange.
func venue(kind corpus.EventType, exchange string, assets ...string) corpus.EventReading {
	return corpus.EventReading{Type: kind, Severity: corpus.SeverityMedium, Status: corpus.EventDone, Confidence: 0.7, Actors: []string{exchange}, Exchanges: []string{exchange}, Assets: assets}
}

func numbered(r corpus.EventReading, ids ...corpus.InstrumentID) corpus.EventReading {
	r.Instruments = ids
	return r
}

func assets(r corpus.EventReading, a ...string) corpus.EventReading {
	r.Assets = a
	return r
}
