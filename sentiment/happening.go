package sentiment

import (
	"slices"

	"github.com/regwire/regwire/corpus"
)

// happening is the main event of a text as far as it tells what the text means
// for somebody. The zero happening tells nothing.
type happening struct{ corpus.EventReading }

// mainEvent returns the main event where it is read with some confidence.
func mainEvent(events []corpus.EventReading) happening {
	if len(events) == 0 || events[0].Confidence < 0.4 || events[0].Status == corpus.EventDenied {
		return happening{}
	}
	return happening{events[0]}
}

// effects is what an event means for the asset or venue it happens to. Types
// that are missing mean nothing by themselves; the regulatory ones among them
// mean what their stance says. Judgements, not measurements.
var effects = map[corpus.EventType]float64{
	corpus.Listing:     0.5,
	corpus.Delisting:   -0.6,
	corpus.Halt:        -0.6,
	corpus.Hack:        -0.7,
	corpus.Insolvency:  -0.8,
	corpus.Outage:      -0.5,
	corpus.Partnership: 0.3,
	corpus.Funding:     0.3,
	corpus.Enforcement: -0.6,
	corpus.Prohibition: -0.6,
}

// certainty scales what is planned or rumoured.
func (h happening) certainty() float64 {
	switch h.Status {
	case corpus.EventPlanned:
		return 0.7
	case corpus.EventRumour:
		return 0.5
	}
	return 1
}

// stance is what the happening means for the market, in [-1, 1].
func (h happening) stance() float64 {
	if !h.Type.Regulatory() {
		return 0
	}
	return 0.6 * h.Stance * h.certainty()
}

// effect is what the happening means for an entity, in [-1, 1].
func (h happening) effect(e corpus.Entity) float64 {
	var hit bool
	switch e.Kind {
	case corpus.EntityAsset:
		hit = slices.Contains(h.Assets, e.ID)
	case corpus.EntityExchange:
		// A venue lists a token or leaves a market by its own choice.
		hit = slices.Contains(h.Exchanges, e.Name) && h.Type != corpus.Listing && h.Type != corpus.Delisting
	case corpus.EntityOrganisation:
		hit = slices.Contains(h.Targets, e.Name)
	case corpus.EntityMarket:
		return h.stance()
	case corpus.EntityJurisdiction:
		if slices.Contains(h.Jurisdictions, e.Jurisdiction) {
			return h.stance()
		}
	}
	if !hit {
		return 0
	}
	v := effects[h.Type]
	if h.Type.Regulatory() && (h.Stance > 0 || v == 0) {
		v = 0.7 * h.Stance // a case that is dropped is good for the accused
	}
	return v * h.certainty()
}

// lean moves a score that words alone left undecided towards what the event
// means; the clearer the words, the less.
func lean(score, effect float64) float64 {
	if effect == 0 {
		return score
	}
	return score + 0.5*effect*(1-min(1, abs(score)))
}

// sway moves the score of the market towards a stance. An authority's act says
// more of what comes than the words it is told in ("scraps guidance"). Its
// shares, like that of lean, did best on what the models of cross-validation
// made of our own sentences, among steps of .15 and .2.
func sway(score, stance float64) float64 {
	const clear = 0.3
	if abs(stance) < clear {
		return lean(score, stance)
	}
	return max(-1, min(1, 0.85*score+0.7*stance))
}

// jurisdictions are targets where the news changes how friendly they are to
// crypto.
func jurisdictions(h happening, ents []corpus.Entity) []corpus.Sentiment {
	const changes = 0.3 // of stance; less is routine
	if !h.Type.Regulatory() || abs(h.Stance) < changes {
		return nil
	}
	var out []corpus.Sentiment
	for _, j := range h.Jurisdictions {
		relevance := 0.5
		for _, e := range ents {
			if e.Jurisdiction == j && (e.Kind == corpus.EntityJurisdiction || e.Kind == corpus.EntityRegulator) {
				relevance = max(relevance, e.Relevance)
			}
		}
		out = append(out, corpus.Sentiment{
			Target: string(j), Kind: corpus.EntityJurisdiction,
			Score: round(h.Stance * h.certainty()), Confidence: round(h.Confidence), Relevance: round(relevance),
			Evidence: list(h.Evidence),
		})
	}
	return out
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
