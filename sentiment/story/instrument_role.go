package story

import (
	"slices"

	"github.com/regwire/regwire/corpus"
)

// role is what an analysis has an instrument do.
type role struct {
	id       corpus.InstrumentID
	issuer   string // folded, "" when unknown
	acts     bool   // adopted or proposed, or it acts on another
	inForce  bool   // said to be in force, no more
	ends     bool
	titled   bool   // named in the headline
	leading  bool   // named there or in the lead: what follows is background
	evidence string // the sentence that says so
}

// roles reads them, one for each instrument. What is merely cited has none.
func roles(a corpus.Analysis, title string, resolve func(corpus.InstrumentID) corpus.InstrumentID) []role {
	var all []role
	of := func(id corpus.InstrumentID) *role {
		i := slices.IndexFunc(all, func(r role) bool { return r.id == id })
		if i < 0 {
			i = len(all)
			all = append(all, role{id: id})
		}
		return &all[i]
	}
	for _, in := range a.Instruments {
		r := of(resolve(in.ID))
		r.issuer, r.evidence = fold(in.Issuer), in.Evidence
		r.titled = slices.ContainsFunc(in.Mentions, func(m corpus.Span) bool { return m.Start < len(title) })
		r.leading = len(in.Mentions) == 0 || slices.ContainsFunc(in.Mentions, func(m corpus.Span) bool { return m.Start < len(title)+leadBytes })
		switch in.Status {
		case corpus.InstrumentRepealed, corpus.InstrumentWithdrawn:
			r.ends = true
		case corpus.InstrumentProposed, corpus.InstrumentAdopted:
			r.acts = true
		case corpus.InstrumentInForce:
			r.inForce = true
		}
		for _, rel := range in.Relations {
			if rel.Kind == corpus.Cites || rel.Kind == corpus.BasedOn {
				continue
			}
			r.acts = true
			if rel.Kind == corpus.Repeals {
				of(resolve(rel.To)).ends = true
				r = of(resolve(in.ID))
			}
		}
	}
	return all
}

// leadBytes is how far a lead reaches behind the headline: two or three
// sentences.
const leadBytes = 600

// own reports whether an instrument may be the one by which this telling's
// authority acts: an authority issues its own, a parliament and a president
// make one law. With nobody named there is nothing to go by but the headline,
// for what is only talk.
func (r role) own(t *telling) bool {
	switch {
	case r.issuer == "", t.kind == corpus.Legislation, slices.Contains(t.authority, r.issuer):
		return true
	case t.kind == corpus.Policy || t.kind == corpus.Warning:
		return len(t.authority) == 0 && r.titled
	}
	return len(t.authority) == 0
}

// assignRoles tells a telling by which of its instruments its authority acts, and
// which end. A law of others counts when the news is that it comes into force,
// and what is merely in force only where nothing else acts.
func assignRoles(t *telling, evidence []string, all []role) {
	var inForce []corpus.InstrumentID
	for _, r := range all {
		if !slices.Contains(t.instruments, r.id) {
			continue
		}
		bill := r.titled && t.kind == corpus.Legislation
		switch {
		case r.ends:
			t.ended = append(t.ended, r.id)
		case (r.acts && r.leading || bill) && r.own(t):
			t.acting = append(t.acting, r.id)
		case r.inForce && (r.own(t) && r.leading || r.titled || slices.Contains(evidence, r.evidence)):
			inForce = append(inForce, r.id)
		}
	}
	if len(t.acting) == 0 {
		t.acting = inForce
	}
	t.acting, t.ended = set(t.acting), set(t.ended)
}
