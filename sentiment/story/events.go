package story

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/regwire/regwire/corpus"
)

// claim is what one reading of the article amounts to: an event that is known
// (as it was before this article), one that is to be made, or none.
type claim struct {
	telling  telling
	event    corpus.Event // zero ID: none; Version 0: new
	head     int          // the reading that it tells again, itself when none
	repeated bool         // it tells the event of its head again
}

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

// match decides which event each reading is of. Nothing is written.
func (p *placing) match() error {
	if err := p.resolveInstruments(); err != nil {
		return err
	}
	all := roles(p.in.Analysis, p.in.Revision.Title, p.resolved)
	for i, r := range p.in.Analysis.Events {
		t := tell(p.reading(r), p.in.Article.Source, p.in.Revision.Title, r.Evidence, p.date)
		assignRoles(&t, r.Evidence, all)
		p.claims = append(p.claims, claim{telling: t, head: p.head(&t, i)})
	}
	if p.known {
		var err error
		if p.own, err = p.mem.EventsByKey([]string{articleKey(p.in.Article.ID)}); err != nil {
			return err
		}
		p.keep()
	}
	if !p.settled() {
		candidates, err := p.candidates()
		if err != nil {
			return err
		}
		p.disregardMoulds(candidates)
		p.findKin(candidates)
		p.assign(candidates)
		p.create()
	}
	for i := range p.claims {
		if c := &p.claims[i]; c.head != i {
			c.event, c.repeated = p.claims[c.head].event, true
		}
	}
	return nil
}

// head returns which earlier reading the i-th, t, tells again: i when none. The
// main reading says what it was, the others tell more of it.
func (p *placing) head(t *telling, i int) int {
	if t.kind == corpus.Other {
		return i
	}
	for j := range p.claims {
		if h := &p.claims[j]; h.head == j && h.telling.kind != corpus.Other && retells(&h.telling, t) {
			return j
		}
	}
	return i
}

// settled reports whether this analysis may not tell of anything new: the
// article is withdrawn, or has been revised since.
func (p *placing) settled() bool {
	return p.stale || p.in.Revision.Status == corpus.StatusWithdrawn
}

// reading returns an event reading with its instruments under the names of the
// record.
func (p *placing) reading(r corpus.EventReading) corpus.EventReading {
	if len(r.Instruments) > 0 {
		ids := make([]corpus.InstrumentID, 0, len(r.Instruments))
		for _, id := range r.Instruments {
			if id = p.resolved(id); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		r.Instruments = ids
	}
	return r
}

// keep lets the article go on reporting the events it has reported: its main
// one whatever it is called now, the others where the reading still fits.
func (p *placing) keep() {
	claimed := map[corpus.EventID]bool{}
	fits := func(i int, ev corpus.Event) bool {
		for _, r := range ev.Reports {
			t := p.reportTelling(r)
			if n, _ := same(&p.claims[i].telling, &t, r.Article == p.in.Article.ID); n > 0 {
				return true
			}
		}
		return false
	}
	for i := range p.claims {
		kind, head := p.claims[i].telling.kind, p.claims[i].head
		for _, ev := range p.own {
			if claimed[ev.ID] || reportOf(ev, p.in.Article.ID) < 0 {
				continue
			}
			main := i == 0 && len(p.before.Events) > 0 && ev.ID == p.before.Events[0]
			alone := len(ev.Reports) == 1 && kind != corpus.Other
			if main && (alone || p.settled()) || fits(i, ev) {
				if p.claims[head].event.ID != "" {
					p.claims[i].head, head = i, i // it has been an event of its own
				}
				p.claims[head].event, claimed[ev.ID] = ev, true
				break
			}
		}
	}
}

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

// assign gives readings to candidates, the strongest match first; an event is
// told by one reading of an article only.
func (p *placing) assign(candidates []candidate) {
	type match struct{ claim, candidate, strength int }
	var pairs []match
	for i := range p.claims {
		if p.claims[p.claims[i].head].event.ID != "" || p.claims[i].telling.kind == corpus.Other {
			continue
		}
		for j := range candidates {
			if n, _ := p.compare(&p.claims[i].telling, &candidates[j]); n > 0 {
				pairs = append(pairs, match{p.claims[i].head, j, n})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b match) int {
		ea, eb := candidates[a.candidate].event, candidates[b.candidate].event
		return cmp.Or(cmp.Compare(b.strength, a.strength), cmp.Compare(a.claim, b.claim),
			ea.Date().Compare(eb.Date()), cmp.Compare(ea.ID, eb.ID))
	})
	for _, x := range pairs {
		ev := candidates[x.candidate].event
		if p.claims[x.claim].event.ID == "" && !p.claimed(ev.ID) {
			p.claims[x.claim].event = ev
		}
	}
}

func (p *placing) claimed(id corpus.EventID) bool {
	return slices.ContainsFunc(p.claims, func(c claim) bool { return c.event.ID == id })
}

// create makes events of the readings that match none.
func (p *placing) create() {
	for i := range p.claims {
		if c := &p.claims[i]; c.event.ID == "" && c.head == i && c.telling.kind != corpus.Other {
			c.event = corpus.Event{ID: p.newEventID(c.telling.kind), Origin: p.origin()}
		}
	}
}

// newEventID derives an identifier from the article, the type and how many of
// that type the article has begun.
func (p *placing) newEventID(kind corpus.EventType) corpus.EventID {
	for n := 0; ; n++ {
		id := corpus.EventID(corpus.Digest("e", string(p.in.Article.ID), string(kind), strconv.Itoa(n)))
		if !p.claimed(id) && !slices.ContainsFunc(p.own, func(e corpus.Event) bool { return e.ID == id }) {
			return id
		}
	}
}

// happen writes the events that this reading changes: those it tells of, and
// those it no longer does.
func (p *placing) happen() error {
	if p.stale {
		return nil
	}
	withdrawn := p.in.Revision.Status == corpus.StatusWithdrawn
	for i := range p.claims {
		c := &p.claims[i]
		if c.event.ID == "" || c.repeated || withdrawn {
			continue
		}
		if err := p.report(i); err != nil {
			return err
		}
	}
	for i := range p.claims { // repeated readings show the event as it is now
		if c := &p.claims[i]; c.repeated {
			c.event = p.claims[c.head].event
		}
	}
	for _, ev := range p.own {
		i := reportOf(ev, p.in.Article.ID)
		if i < 0 || ev.Reports[i].Withdrawn || !withdrawn && (p.claimed(ev.ID) || ev.Reports[i].Revision >= p.in.Revision.ID) {
			continue
		}
		next := ev
		next.Reports = slices.Clone(ev.Reports)
		next.Reports[i].Withdrawn = true
		next.Reports[i].Revision, next.Reports[i].Analysis = p.in.Revision.ID, p.in.Analysis.ID
		if _, err := p.put(ev, next); err != nil {
			return err
		}
	}
	return nil
}

// report puts this article's report on an event, in place of the one before.
func (p *placing) report(i int) error {
	c, r := &p.claims[i], p.whole(i)
	report := corpus.Report{
		Article:     p.in.Article.ID,
		Revision:    p.in.Revision.ID,
		Analysis:    p.in.Analysis.ID,
		Source:      p.in.Article.Source,
		Kind:        p.in.Source.Kind,
		URL:         p.in.Article.Address(),
		Title:       clip(p.in.Revision.Title),
		Primary:     primary(p.in.Source, r),
		Main:        i == 0,
		Evidence:    r.Evidence,
		Pages:       p.in.Revision.Pages(r.Evidence),
		Told:        told(r),
		PublishedAt: p.in.Revision.PublishedAt,
		FirstSeenAt: p.seen,
	}
	next := c.event
	if next.Story == "" {
		next.Story = p.story
	}
	if p.origin() == corpus.OriginLive {
		next.Origin = corpus.OriginLive
	}
	next.Reports = slices.Clone(next.Reports)
	switch i := reportOf(next, p.in.Article.ID); {
	case i >= 0:
		next.Reports[i] = report
	case len(next.Reports) < maxReports:
		next.Reports = append(next.Reports, report)
	case report.Primary:
		next.Reports[len(next.Reports)-1] = report
	default:
		return nil
	}
	stored, err := p.put(c.event, next)
	if err != nil {
		return err
	}
	c.event = stored
	var file []string
	for j := range p.claims {
		if p.claims[j].head == i {
			keys, _ := p.claims[j].telling.keys(p.in.Article.ID)
			file = append(file, keys...)
		}
	}
	return p.mem.PutEventKeys(c.event.ID, set(file))
}

// whole is a reading with what the readings that repeat it add. What an
// authority says by the way of changing what holds is that change: the first
// reading that is one leads, else the main one.
func (p *placing) whole(i int) corpus.EventReading {
	group := []int{i}
	for j := i + 1; j < len(p.claims); j++ {
		if p.claims[j].head != i {
			continue
		}
		if talk := slices.Contains(words, p.claims[group[0]].telling.kind); talk && slices.Contains(changes, p.claims[j].telling.kind) {
			group = slices.Insert(group, 0, j)
		} else {
			group = append(group, j)
		}
	}
	r := p.reading(p.in.Analysis.Events[group[0]])
	for _, j := range group[1:] {
		more := p.reading(p.in.Analysis.Events[j])
		fill(&r, more)
		if more.Severity.Rank() > r.Severity.Rank() {
			r.Severity = more.Severity
		}
		for _, e := range more.Evidence {
			if len(r.Evidence) < maxQuoted && !slices.Contains(r.Evidence, e) {
				r.Evidence = append(slices.Clone(r.Evidence), e)
			}
		}
	}
	return r
}

// maxQuoted bounds the sentences quoted from one article for one event, where
// several readings were made one.
const maxQuoted = 4

// put settles an event and stores it when that made a difference.
func (p *placing) put(old, next corpus.Event) (corpus.Event, error) {
	next = settle(next)
	why, changed := change(old, next)
	if !changed {
		return old, nil
	}
	next.Change = corpus.EventChange{Reason: why, Article: p.in.Article.ID, Origin: p.origin()}
	stored, err := p.mem.PutEvent(next)
	if err != nil {
		return corpus.Event{}, err
	}
	p.out.Events = append(p.out.Events, stored)
	return stored, nil
}

// reportOf returns the index of an article's report on an event, or -1.
func reportOf(ev corpus.Event, article corpus.ArticleID) int {
	return slices.IndexFunc(ev.Reports, func(r corpus.Report) bool { return r.Article == article })
}
