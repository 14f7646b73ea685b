package event

import (
	"slices"

	"github.com/regwire/regwire/corpus"
)

// repeals adds an event for instruments that the text says were repealed,
// when no event tells of it yet.
func (r *Reader) repeals(ctx *context, events []corpus.EventReading) []corpus.EventReading {
	var e *corpus.EventReading
	for i := range events {
		if events[i].Type == corpus.Repeal {
			e = &events[i]
		}
	}
	lead := false // the text is about the one that repeals
	for _, in := range ctx.instruments {
		byIt := false
		evidence := in.Evidence
		for _, rel := range in.Relations {
			if rel.Kind == corpus.Repeals {
				byIt, evidence = true, rel.Evidence
			}
		}
		gone := in.Status == corpus.InstrumentRepealed || in.Status == corpus.InstrumentWithdrawn
		if !byIt && !gone || evidence == "" {
			continue
		}
		if e == nil {
			if len(events) == maxEvents {
				return events
			}
			events = append(events, corpus.EventReading{
				Type: corpus.Repeal, Severity: corpus.SeverityHigh, Status: corpus.EventDone, Confidence: 0.8,
				Jurisdictions: []corpus.Jurisdiction{}, Regulators: []string{}, Instruments: []corpus.InstrumentID{}, Assets: []string{}, Exchanges: []string{},
			})
			e = &events[len(events)-1]
			e.Stance = r.repealStance(ctx, events[0])
		}
		addTo(&e.Instruments, in.ID)
		if in.Jurisdiction != "" {
			addTo(&e.Jurisdictions, in.Jurisdiction)
		}
		if in.Issuer != "" {
			addTo(&e.Regulators, in.Issuer)
		}
		if len(e.Evidence) < maxEvidence {
			addTo(&e.Evidence, evidence)
		}
		if upTo := ctx.head[0].to; byIt {
			if events[0].Type == corpus.Policy && told(ctx.head[0].hits) == "" { // the headline only says who, the lead what
				upTo = ctx.head[len(ctx.head)-1].to
			}
			lead = lead || overlaps(in.Mentions, ctx.head[0].from, upTo)
		}
	}
	if i := slices.IndexFunc(events, func(e corpus.EventReading) bool { return e.Type == corpus.Repeal }); i > 0 && lead && foldable[events[0].Type] {
		// the notice is one act: what it repeals is what it is about
		repeal, main := events[i], events[0]
		repeal.Actors, repeal.Targets, repeal.EffectiveAt = main.Actors, main.Targets, main.EffectiveAt
		for _, r := range main.Regulators {
			addTo(&repeal.Regulators, r)
		}
		events = append([]corpus.EventReading{repeal}, slices.Delete(events, i, i+1)...)
		if main.Type != corpus.RuleFinal && main.Type != corpus.Prohibition {
			events = slices.Delete(events, 1, 2)
		}
	}
	return events
}

// foldable are the types of notice whose repeal of another is the happening.
var foldable = map[corpus.EventType]bool{
	corpus.RuleFinal: true, corpus.Prohibition: true, corpus.Guidance: true, corpus.Policy: true, corpus.Warning: true, corpus.Other: true,
}

// repealStance takes the side of the text: a restriction that replaces another
// is no relief. Else a repeal relieves.
func (r *Reader) repealStance(ctx *context, main corpus.EventReading) float64 {
	if main.Stance < 0 && main.Type != corpus.Other || main.Stance == 0 && ctx.leadLeans() < 0 && slices.Contains(main.Jurisdictions, "CN") {
		return -stanceWeight[corpus.Repeal]
	}
	return stanceWeight[corpus.Repeal]
}
