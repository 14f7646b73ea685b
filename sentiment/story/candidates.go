package story

import (
	"slices"

	"github.com/regwire/regwire/corpus"
)

// candidate is an event that a reading may be of.
type candidate struct {
	event    corpus.Event
	near     bool // a near-duplicate of this article reports it
	tellings []telling
	// The instruments by which it is known to act, and that it ends.
	acting, ended []corpus.InstrumentID
}

// comparedReports bounds how many reports of an event are compared: the best
// ones come first.
const comparedReports = 8

// candidates looks up the events that the readings without one may be of.
func (p *placing) candidates() ([]candidate, error) {
	var all []candidate
	add := func(evs []corpus.Event, mark func(*candidate)) {
		for _, ev := range evs {
			i := slices.IndexFunc(all, func(c candidate) bool { return c.event.ID == ev.ID })
			if i < 0 {
				i = len(all)
				all = append(all, p.candidate(ev))
			}
			mark(&all[i])
		}
	}
	var look []string
	for i := range p.claims {
		if c := &p.claims[i]; p.claims[c.head].event.ID == "" && c.telling.kind != corpus.Other {
			_, keys := c.telling.keys(p.in.Article.ID)
			look = append(look, keys...)
		}
	}
	neighbours := p.near[:min(maxNeighbours, len(p.near))]
	for _, n := range slices.Concat(neighbours, p.alike[:min(maxNeighbours, len(p.alike))]) {
		look = append(look, articleKey(n.Article))
	}
	if len(look) > 0 {
		evs, err := p.mem.EventsByKey(set(look))
		if err != nil {
			return nil, err
		}
		add(evs, func(c *candidate) {
			c.near = slices.ContainsFunc(neighbours, func(n neighbour) bool { return reportOf(c.event, n.Article) >= 0 })
		})
	}
	// Which instrument an event is by stands in its keys alone.
	var acting, ended []corpus.InstrumentID
	for i := range p.claims {
		acting, ended = append(acting, p.claims[i].telling.acting...), append(ended, p.claims[i].telling.ended...)
	}
	for _, q := range []struct {
		ids  []corpus.InstrumentID
		key  func(corpus.InstrumentID) string
		role func(*candidate) *[]corpus.InstrumentID
	}{
		{set(acting), actingKey, func(c *candidate) *[]corpus.InstrumentID { return &c.acting }},
		{set(ended), endedKey, func(c *candidate) *[]corpus.InstrumentID { return &c.ended }},
	} {
		for _, id := range q.ids[:min(maxNames, len(q.ids))] {
			evs, err := p.mem.EventsByKey([]string{q.key(id)})
			if err != nil {
				return nil, err
			}
			add(evs, func(c *candidate) {
				ids := q.role(c)
				*ids = append(*ids, id)
			})
		}
	}
	for i := range all {
		for j := range all[i].tellings {
			all[i].tellings[j].acting, all[i].tellings[j].ended = all[i].acting, all[i].ended
		}
	}
	return all, nil
}

func (p *placing) candidate(ev corpus.Event) candidate {
	c := candidate{event: ev}
	for _, r := range ev.Reports {
		if len(c.tellings) < comparedReports && (!r.Withdrawn || ev.Status == corpus.EventRetracted) {
			t := p.reportTelling(r)
			t.alike = slices.ContainsFunc(p.alike, func(n neighbour) bool { return n.Article == r.Article })
			c.tellings = append(c.tellings, t)
		}
	}
	return c
}

func (p *placing) reportTelling(r corpus.Report) telling {
	return tell(r.Told, r.Source, r.Title, r.Evidence, date(r.PublishedAt, r.FirstSeenAt))
}

// compare returns how strongly a reading matches a candidate: the strongest of
// its reports, as long as it is not too long after the happening. One event
// must not lead to the next for ever: words alone have to agree with a third of
// the reports, and no more reports may exclude the reading than agree with it,
// as those of the vote do where a vague one would let the signature in.
func (p *placing) compare(t *telling, c *candidate) (best int, why reason) {
	why = noEvidence
	agreeing, excluding := 0, 0
	exclusion := noEvidence
	for i := range c.tellings {
		n, r := same(t, &c.tellings[i], c.near)
		switch {
		case n > 0:
			agreeing++
		case r.excludes():
			excluding++
			exclusion = r
		}
		if n > best || best == 0 {
			best, why = n, r
		}
	}
	late := t.date.Sub(c.event.Date()).Abs().Hours() / 24
	switch {
	case best == 0:
		return 0, why
	case excluding > agreeing, exclusion == otherStep && !p.sameStep(t, c):
		return 0, exclusion
	case why == sameWords && 3*agreeing < len(c.tellings):
		return 0, noEvidence
	case why == sameParty && late > traits[t.kind].days, why != sameInstrument && late > spread*traits[t.kind].days:
		return 0, otherTime // names alone tell what is fresh
	}
	return best, why
}

// sameStep reports whether one of the reports names the step that t does.
func (p *placing) sameStep(t *telling, c *candidate) bool {
	return slices.ContainsFunc(c.tellings, func(o telling) bool { return t.step != "" && o.step == t.step })
}

// disregardMoulds drops near-duplicates and look-alikes that tell of another
// happening: texts from one mould, told apart by their events rather than their
// headlines. Whether two articles are kept apart depends on nothing but the two.
func (p *placing) disregardMoulds(candidates []candidate) {
	main, ok := p.main()
	if !ok {
		return
	}
	other := func(n neighbour, near bool) bool {
		other := false
		for i := range candidates {
			ev := &candidates[i].event
			at := reportOf(*ev, n.Article)
			if at < 0 || !shareClass(main.kind, ev.Reports[at].Told.Type) {
				continue
			}
			told := p.reportTelling(ev.Reports[at])
			switch strength, why := same(&main, &told, near); {
			case strength > 0:
				return false
			case why == otherTime && n.similarity >= reprint:
			case why != otherKind && why != noEvidence:
				other = true
			}
		}
		return other
	}
	p.near = slices.DeleteFunc(p.near, func(n neighbour) bool { return other(n, true) })
	p.alike = slices.DeleteFunc(p.alike, func(n neighbour) bool { return other(n, false) })
}

// findKin looks for articles whose main happening is that of this one. Each is
// compared by itself, whatever event it was counted to, and only when the keys
// of the two meet, so that the story they make does not depend on the order in
// which they came.
func (p *placing) findKin(candidates []candidate) {
	main, ok := p.main()
	if !ok {
		return
	}
	_, look := main.keys(p.in.Article.ID)
	for i := range candidates {
		for _, r := range candidates[i].event.Reports {
			if !r.Main || r.Withdrawn || r.Article == p.in.Article.ID {
				continue
			}
			told := p.reportTelling(r)
			told.acting, told.ended = candidates[i].acting, candidates[i].ended
			if n, _ := either(&main, &told); n == 0 {
				continue
			}
			file, _ := told.keys(r.Article)
			byNumber := shared(main.acting, told.acting)+shared(main.ended, told.ended) > 0
			if byNumber || slices.ContainsFunc(look, func(k string) bool { return slices.Contains(file, k) }) {
				p.kin = append(p.kin, r.Article)
			}
		}
	}
}

// main returns what the article tells first, as its report will.
func (p *placing) main() (telling, bool) {
	if len(p.claims) == 0 || p.claims[0].telling.kind == corpus.Other {
		return telling{}, false
	}
	r := p.whole(0)
	t := tell(told(r), p.in.Article.Source, clip(p.in.Revision.Title), r.Evidence, p.date)
	t.acting, t.ended = p.claims[0].telling.acting, p.claims[0].telling.ended
	return t, true
}

// either compares two tellings both ways, since the first is asked what its
// type demands.
func either(a, b *telling) (int, reason) {
	n, why := same(a, b, false)
	if m, because := same(b, a, false); m > n {
		return m, because
	}
	return n, why
}
