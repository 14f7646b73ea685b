package sentiment

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/entity"
	"github.com/regwire/regwire/sentiment/event"
	"github.com/regwire/regwire/sentiment/instrument"
	"github.com/regwire/regwire/sentiment/polarity"
	"github.com/regwire/regwire/sentiment/text"
)

// Name is what the analyses of this package carry as Analyzer.
const Name = "local"

// version is raised whenever readings change.
const version = "3"

// Config says what is to be known beyond what is built in. The zero Config is
// useful.
type Config struct {
	// Entities are added to the gazetteer; see [entity.Definition].
	Entities []entity.Definition
}

// Judge gives a second opinion on a text that has been read: package llm
// implements it with a language model. It returns a further analysis and
// leaves the first untouched.
type Judge interface {
	Judge(ctx context.Context, t corpus.Text, first corpus.Analysis) (corpus.Analysis, error)
}

// Analyzer reads texts. It is immutable and safe for concurrent use.
type Analyzer struct {
	gazetteer   *entity.Gazetteer
	instruments *instrument.Reader
	events      *event.Reader
	scorer      *polarity.Scorer
}

// New builds an analyzer: some ten milliseconds. It fails on an entity that is
// not well defined.
func New(cfg Config) (*Analyzer, error) {
	g, err := entity.New(cfg.Entities...)
	if err != nil {
		return nil, fmt.Errorf("entities: %w", err)
	}
	s, err := polarity.New()
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	return &Analyzer{gazetteer: g, instruments: instrument.New(), events: event.New(), scorer: s}, nil
}

// Version identifies the readings of this analyzer. It is raised when they
// change, so that what was read before can be told apart and read again.
func (a *Analyzer) Version() string { return version }

// Analyze reads a text. Lists in the result are never nil.
func (a *Analyzer) Analyze(t corpus.Text) corpus.Analysis {
	d := text.Read(t.Title, t.Body, t.Lang)
	ents := a.gazetteer.Find(d, t.Source)
	out := corpus.Analysis{
		Analyzer:    Name,
		Version:     version,
		Lang:        d.Lang,
		Entities:    make([]corpus.Entity, 0, len(ents)),
		Sentiments:  []corpus.Sentiment{},
		Instruments: list(a.instruments.ReadAt(d, t.Source, t.PublishedAt)),
	}
	for _, e := range ents {
		if e.Kind != corpus.EntityMarket {
			out.Entities = append(out.Entities, e)
		}
	}
	events, regulatory := a.events.Read(d, out.Entities, out.Instruments, t.Source, t.PublishedAt)
	for i := range events {
		events[i].Amounts = event.Amounts(events[i].Evidence)
	}
	out.Events, out.Regulatory = list(events), regulatory
	if len(events) > 0 && events[0].Type != corpus.Other {
		raise(out.Entities, events[0])
		raise(ents, events[0])
		slices.SortStableFunc(out.Entities, func(x, y corpus.Entity) int { return cmp.Compare(y.Relevance, x.Relevance) })
	}
	a.score(&out, t, d, ents)
	return out
}

// partRelevance is what a part in the main happening adds to the relevance of
// an entity, up to 1. Guessed: less than the headline gives, since who has a
// part mostly stands there too.
const partRelevance = 0.15

// raise adds to the relevance of those who act in an event or are acted on.
func raise(ents []corpus.Entity, e corpus.EventReading) {
	for i := range ents {
		for _, part := range [][]string{e.Actors, e.Targets, e.Regulators, e.Exchanges, e.Assets} {
			if slices.Contains(part, ents[i].Name) || ents[i].Symbol != "" && slices.Contains(part, ents[i].Symbol) {
				ents[i].Relevance = min(1, ents[i].Relevance+partRelevance)
				break
			}
		}
	}
}
