package sentiment

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/polarity"
	"github.com/regwire/regwire/sentiment/text"
)

// marketID is the target that stands for the crypto market as a whole.
const marketID = "market"

// borrowed is what remains of the confidence in a score that a target takes
// over from the text it stands in. Guessed.
const borrowed = 0.8

// score fills in the sentiments, the score of the whole and the confidence.
func (a *Analyzer) score(out *corpus.Analysis, t corpus.Text, d *text.Document, ents []corpus.Entity) {
	r := a.scorer.Read(d, ents)
	overall := r.Overall()
	main := mainEvent(out.Events)
	overall.Value = sway(overall.Value, main.stance())
	for _, e := range ents {
		switch e.Kind {
		case corpus.EntityAsset, corpus.EntityExchange, corpus.EntityOrganisation, corpus.EntityMarket:
			out.Sentiments = append(out.Sentiments, a.sentimentOf(e, r.Target(e.Spoken()), overall, main))
		}
	}
	out.Sentiments = append(out.Sentiments, jurisdictions(main, ents)...)
	slices.SortStableFunc(out.Sentiments, func(x, y corpus.Sentiment) int { return cmp.Compare(y.Relevance, x.Relevance) })

	if t.Target != "" {
		s := a.target(t.Target, r, d, ents, overall, main)
		if i := slices.IndexFunc(out.Sentiments, func(o corpus.Sentiment) bool { return o.Target == s.Target && o.Kind == s.Kind }); i >= 0 {
			out.Sentiments = slices.Delete(out.Sentiments, i, i+1)
		}
		out.Sentiments = slices.Insert(out.Sentiments, 0, s)
		out.Score, out.Confidence = s.Score, s.Confidence
	} else {
		out.Score, out.Confidence = round(overall.Value), round(a.scorer.Confidence(overall))
	}
	out.Label = polarity.Label(out.Score)
}

// sentimentOf dresses a score as the sentiment of an entity. Where nothing is
// said of the entity itself, it shares the text's score, with less confidence.
func (a *Analyzer) sentimentOf(e corpus.Entity, s, overall polarity.Score, main happening) corpus.Sentiment {
	switch e.Kind {
	case corpus.EntityMarket, corpus.EntityJurisdiction:
		s.Value = sway(s.Value, main.effect(e))
	default:
		s.Value = lean(s.Value, main.effect(e))
	}
	confidence := a.scorer.Confidence(s)
	if len(s.Evidence) == 0 && len(overall.Evidence) > 0 {
		s = polarity.Score{Value: overall.Value * 0.5, Agreement: overall.Agreement, Evidence: overall.Evidence[:1]}
		confidence = a.scorer.Confidence(s) * borrowed
	}
	return corpus.Sentiment{Target: e.ID, Kind: e.Kind, Score: round(s.Value), Confidence: round(confidence), Relevance: round(e.Relevance), Evidence: s.Evidence}
}

// target scores what the caller asks for: an entity by any of its names, the
// market, or any other name.
func (a *Analyzer) target(name string, r *polarity.Reading, d *text.Document, ents []corpus.Entity, overall polarity.Score, main happening) corpus.Sentiment {
	e, mentions := a.mentions(name, d, ents)
	if mentions == nil {
		return corpus.Sentiment{Target: e.ID, Kind: e.Kind, Score: round(overall.Value), Confidence: round(a.scorer.Confidence(overall) * borrowed), Evidence: overall.Evidence}
	}
	return a.sentimentOf(e, r.Target(mentions), overall, main)
}

// mentions returns whom a caller means by a name, and where the text speaks
// of it; nil where it does not, and for the market as a whole.
func (a *Analyzer) mentions(name string, d *text.Document, ents []corpus.Entity) (corpus.Entity, []corpus.Span) {
	e := corpus.Entity{Kind: corpus.EntityOrganisation, ID: name, Name: name}
	if strings.EqualFold(name, marketID) {
		e = corpus.Entity{Kind: corpus.EntityMarket, ID: marketID}
	} else if known := a.gazetteer.Lookup(strings.TrimPrefix(name, "$")); len(known) > 0 {
		e = known[0]
	}
	var mentions []corpus.Span
	for _, f := range ents {
		if f.Kind == e.Kind && f.ID == e.ID {
			e.Relevance = f.Relevance
			mentions = f.Spoken()
		}
	}
	if mentions == nil && e.Kind != corpus.EntityMarket {
		if mentions = polarity.Mentions(d, name); mentions != nil {
			// the gazetteer saw the name and did not take it for the entity
			e = corpus.Entity{Kind: corpus.EntityOrganisation, ID: name, Name: name, Relevance: 0.5}
		}
	}
	return e, mentions
}

// Describe returns what the model of package polarity sees of a headline when
// asked for t.Target, for training it: names are found and masked as they are
// when a text is analyzed. The body is not looked at.
func (a *Analyzer) Describe(t corpus.Text) polarity.Features {
	d := text.Read(t.Title, "", t.Lang)
	ents := a.gazetteer.Find(d, t.Source)
	var mentions []corpus.Span
	if t.Target != "" {
		_, mentions = a.mentions(t.Target, d, ents)
	}
	d.Sentences = []text.Sentence{{End: len(d.Full), Title: true}}
	return a.scorer.Read(d, ents).Features(0, mentions)
}

// round keeps four decimals: what is compared and stored should not depend on
// the last bit of a sum.
func round(x float64) float64 {
	r := math.Round(x*1e4) / 1e4
	if r == 0 {
		return 0 // not -0
	}
	return r
}
