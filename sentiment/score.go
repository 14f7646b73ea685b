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

// score fills in the sentiments, the score of the whole and the confidence.
func (a *Analyzer) score(out *corpus.Analysis, t corpus.Text, d *text.Document, ents []corpus.Entity) {
	r := a.scorer.Read(d, ents)
	overall := r.Overall()
	main := mainEvent(out.Events)
	overall.Value = sway(overall.Value, main.stance())
	for _, e := range ents {
		switch e.Kind {
		case corpus.EntityAsset, corpus.EntityExchange, corpus.EntityOrganisation, corpus.EntityMarket:
			out.Sentiments = append(out.Sentiments, sentimentOf(e, r.Target(e.Mentions), overall, main))
		}
	}
	out.Sentiments = append(out.Sentiments, jurisdictions(main, ents)...)
	slices.SortStableFunc(out.Sentiments, func(x, y corpus.Sentiment) int { return cmp.Compare(y.Relevance, x.Relevance) })

	whole := overall
	if t.Target != "" {
		s := a.target(t.Target, r, d, ents, overall, main)
		if i := slices.IndexFunc(out.Sentiments, func(o corpus.Sentiment) bool { return o.Target == s.Target && o.Kind == s.Kind }); i >= 0 {
			out.Sentiments = slices.Delete(out.Sentiments, i, i+1)
		}
		out.Sentiments = slices.Insert(out.Sentiments, 0, s)
		whole = polarity.Score{Value: s.Score, Confidence: s.Confidence}
	}
	out.Score = round(whole.Value)
	out.Confidence = round(whole.Confidence)
	out.Label = polarity.Label(out.Score)
}

// sentimentOf dresses a score as the sentiment of an entity. Where nothing is
// said of the entity itself, it shares the text's score, with less confidence.
func sentimentOf(e corpus.Entity, s, overall polarity.Score, main happening) corpus.Sentiment {
	switch e.Kind {
	case corpus.EntityMarket, corpus.EntityJurisdiction:
		s.Value = sway(s.Value, main.effect(e))
	default:
		s.Value = lean(s.Value, main.effect(e))
	}
	if len(s.Evidence) == 0 && len(overall.Evidence) > 0 {
		s = polarity.Score{Value: overall.Value * 0.5, Confidence: overall.Confidence * 0.4, Evidence: overall.Evidence[:1]}
	}
	return corpus.Sentiment{Target: e.ID, Kind: e.Kind, Score: round(s.Value), Confidence: round(s.Confidence), Relevance: round(e.Relevance), Evidence: s.Evidence}
}

// target scores what the caller asks for: an entity by any of its names, the
// market, or any other name.
func (a *Analyzer) target(name string, r *polarity.Reading, d *text.Document, ents []corpus.Entity, overall polarity.Score, main happening) corpus.Sentiment {
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
			mentions = f.Mentions
		}
	}
	if mentions == nil && e.Kind != corpus.EntityMarket {
		if mentions = polarity.Mentions(d, name); mentions != nil {
			// the gazetteer saw the name and did not take it for the entity
			e = corpus.Entity{Kind: corpus.EntityOrganisation, ID: name, Name: name, Relevance: 0.5}
		}
	}
	if mentions == nil {
		return corpus.Sentiment{Target: e.ID, Kind: e.Kind, Score: round(overall.Value), Confidence: round(overall.Confidence * 0.6), Evidence: overall.Evidence}
	}
	return sentimentOf(e, r.Target(mentions), overall, main)
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
