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
