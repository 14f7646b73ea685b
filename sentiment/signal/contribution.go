package signal

import (
	"slices"

	"github.com/regwire/regwire/corpus"
)

// contribution is what one article adds to one index: its score for the target
// and the weight that score has when it is fresh.
type contribution struct {
	kind       corpus.SignalKind
	target     string
	targetKind corpus.EntityKind
	score      float64 // [-1, 1]
	weight     float64 // [0, 1]
	relevance  float64 // [0, 1]
}

func (c contribution) of(row corpus.Signal) bool { return c.kind == row.Kind && c.target == row.Target }

// contributions reads out of a placement what it adds to which index. A
// withdrawn article adds nothing.
func (e *Engine) contributions(in Input) []contribution {
	if in.Revision.Status == corpus.StatusWithdrawn {
		return nil
	}
	trust := unit(in.Source.Weight)
	if trust == 0 {
		if w, ok := e.cfg.Weights[in.Source.Kind]; ok {
			trust = w
		} else {
			trust = sourceWeight("")
		}
	}
	trust *= unit(in.Placement.Novelty.Weight)

	var all []contribution
	add := func(c contribution, confidence float64) {
		c.score = side(c.score)
		c.weight = unit(c.relevance) * unit(confidence) * trust
		c.relevance = unit(c.relevance)
		if c.target == "" || c.weight == 0 {
			return
		}
		i := slices.IndexFunc(all, func(o contribution) bool { return o.kind == c.kind && o.target == c.target })
		if i < 0 {
			all = append(all, c)
			return
		}
		// Several scores for one target: their mean, with the weight of the
		// heaviest, since they come from one text.
		o := &all[i]
		sum := o.weight + c.weight
		o.score = side((float64(o.score*o.weight) + float64(c.score*c.weight)) / sum)
		o.weight, o.relevance = max(o.weight, c.weight), max(o.relevance, c.relevance)
	}
	for _, s := range in.Analysis.Sentiments {
		switch s.Kind {
		case corpus.EntityAsset, corpus.EntityExchange, corpus.EntityMarket:
			add(contribution{kind: corpus.SignalSentiment, target: s.Target, targetKind: s.Kind, score: s.Score, relevance: s.Relevance}, s.Confidence)
		}
	}
	for i, ev := range in.Analysis.Events {
		if !ev.Type.Regulatory() {
			continue
		}
		relevance := 1.0
		if i > 0 {
			relevance = 0.5 // mentioned beside the main event
		}
		for _, j := range ev.Jurisdictions {
			add(contribution{kind: corpus.SignalPressure, target: string(j), targetKind: corpus.EntityJurisdiction,
				score: side(ev.Stance) * severityWeight(ev.Severity), relevance: relevance}, ev.Confidence)
		}
	}
	return all
}

// unit brings x into [0, 1]; what is no number counts nothing.
func unit(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return min(1, x)
}

// side brings x into [-1, 1]; what is no number is neutral.
func side(x float64) float64 {
	if x != x {
		return 0
	}
	return clamp(x, 1)
}
