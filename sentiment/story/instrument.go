package story

import (
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// The bounds of what is kept on one instrument: each version carries it all.
const (
	maxAliases    = 40
	maxStatements = 100
	maxMentions   = 200
)

// said is all that one article says of one instrument.
type said struct {
	id         corpus.InstrumentID
	reading    corpus.InstrumentReading // zero when it is only the target of a relation
	statements []corpus.StatusChange
	relations  []corpus.Relation
}

// statements reads out of an analysis what it says of each instrument, those
// that others act upon included, in the order of the text. resolve gives a
// number's identifier in the record.
func statements(readings []corpus.InstrumentReading, article corpus.ArticleID, saidAt, knownAt time.Time, resolve func(corpus.InstrumentID) corpus.InstrumentID) []said {
	var all []said
	of := func(id corpus.InstrumentID) *said {
		for i := range all {
			if all[i].id == id {
				return &all[i]
			}
		}
		all = append(all, said{id: id})
		return &all[len(all)-1]
	}
	state := func(id corpus.InstrumentID, st corpus.StatusChange) {
		st.Article, st.SaidAt, st.KnownAt = article, saidAt, knownAt
		s := of(id)
		for i, have := range s.statements {
			if have.Status == st.Status && (have.By == st.By || have.By == "" || st.By == "") {
				if have.By == "" {
					s.statements[i] = st // the one that names who did it says more
				}
				return
			}
		}
		s.statements = append(s.statements, st)
	}
	for _, r := range readings {
		if r.ID == "" {
			continue
		}
		id := resolve(r.ID)
		s := of(id)
		if s.reading.ID == "" {
			s.reading = r
		}
		if r.Status != corpus.InstrumentUnknown && r.Status != "" {
			state(id, corpus.StatusChange{Status: r.Status, EffectiveAt: r.EffectiveAt, Evidence: r.Evidence})
		}
	}
	for _, r := range readings {
		id := resolve(r.ID)
		for _, rel := range r.Relations {
			rel.Article = article
			if to := resolve(rel.To); to != "" {
				rel.To = to
			}
			if rel.To == id || rel.To == "" || id == "" {
				continue
			}
			s := of(id)
			if !slices.ContainsFunc(s.relations, func(o corpus.Relation) bool { return o.Kind == rel.Kind && o.To == rel.To }) {
				s.relations = append(s.relations, rel)
			}
			// A draft that would repeal another has not repealed it.
			if st, ok := consequence[rel.Kind]; ok && r.Status != corpus.InstrumentProposed && numbered(rel.To) {
				state(rel.To, corpus.StatusChange{Status: st, By: id, Evidence: rel.Evidence})
			}
		}
	}
	return all
}

// consequence is what a relation says of its target.
var consequence = map[corpus.RelationKind]corpus.InstrumentStatus{
	corpus.Repeals:   corpus.InstrumentRepealed,
	corpus.Amends:    corpus.InstrumentAmended,
	corpus.Commences: corpus.InstrumentInForce,
}

// numbered reports whether an identifier can be an official number. A target
// that is only described stays in the relation as given, and makes no
// instrument of its own.
func numbered(id corpus.InstrumentID) bool {
	return strings.ContainsAny(string(id), "0123456789")
}

// merge returns an instrument with what one article now says of it in place of
// whatever the article said before, and whether that is a change. own means
// that the article comes from the issuer itself.
func merge(old corpus.Instrument, s said, article corpus.ArticleID, firstSeen time.Time, own bool) (corpus.Instrument, bool) {
	now := old
	now.ID = s.id
	if s.reading.ID != "" {
		r := s.reading
		take(&now.Issuer, r.Issuer, own)
		take(&now.Jurisdiction, r.Jurisdiction, own)
		take(&now.Title, clip(r.Title), own)
		now.Aliases = mergeAliases(old.Aliases, append(slices.Clone(r.Aliases), string(r.ID)), s.id)
	}
	if !slices.Contains(old.Articles, article) && len(old.Articles) < maxMentions {
		now.Articles = append(slices.Clone(old.Articles), article)
	}
	if old.FirstSeenAt.IsZero() || firstSeen.Before(old.FirstSeenAt) {
		now.FirstSeenAt = firstSeen
	}

	now.Relations = nil
	for _, r := range old.Relations {
		if r.Article != article || slices.ContainsFunc(s.relations, func(o corpus.Relation) bool { return o == r }) {
			now.Relations = append(now.Relations, r)
		}
	}
	for _, r := range s.relations {
		if !slices.ContainsFunc(now.Relations, func(o corpus.Relation) bool { return o.Kind == r.Kind && o.To == r.To }) {
			now.Relations = append(now.Relations, r)
		}
	}

	now.History = nil
	for _, h := range old.History {
		if h.Article != article || slices.ContainsFunc(s.statements, func(o corpus.StatusChange) bool { return sameStatement(o, h) }) {
			now.History = append(now.History, h)
		}
	}
	for _, h := range s.statements {
		if len(now.History) < maxStatements && !slices.ContainsFunc(now.History, func(o corpus.StatusChange) bool { return o.Article == article && sameStatement(o, h) }) {
			now.History = append(now.History, h)
		}
	}
	now.Status = latest(now.History)

	changed := old.Version == 0 || now.Issuer != old.Issuer || now.Jurisdiction != old.Jurisdiction || now.Title != old.Title ||
		now.Status != old.Status || !now.FirstSeenAt.Equal(old.FirstSeenAt) ||
		!slices.Equal(now.Aliases, old.Aliases) || !slices.Equal(now.Articles, old.Articles) || !slices.Equal(now.Relations, old.Relations) ||
		!slices.EqualFunc(now.History, old.History, func(a, b corpus.StatusChange) bool { return a.Article == b.Article && sameStatement(a, b) })
	return now, changed
}

func sameStatement(a, b corpus.StatusChange) bool {
	return a.Status == b.Status && a.By == b.By && a.Evidence == b.Evidence && a.EffectiveAt.Equal(b.EffectiveAt) && a.SaidAt.Equal(b.SaidAt)
}

// take sets what is unknown; the issuer's own word also replaces what is known.
func take[T ~string](have *T, word T, own bool) {
	if word != "" && (*have == "" || own) {
		*have = word
	}
}

func mergeAliases(have, more []string, id corpus.InstrumentID) []string {
	out := slices.Clone(have)
	for _, a := range more {
		if a = strings.TrimSpace(a); a != "" && a != string(id) && len(a) <= 200 && !slices.Contains(out, a) && len(out) < maxAliases {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out
}

// latest returns the stage furthest along an instrument's life that anybody
// has stated, and among equals the one stated last. Not simply the last
// statement: background paragraphs go on saying "adopted in 2022" long after
// the repeal.
func latest(history []corpus.StatusChange) corpus.InstrumentStatus {
	status, best := corpus.InstrumentUnknown, corpus.StatusChange{}
	for _, h := range history {
		d := stage(h.Status) - stage(status)
		if d > 0 || d == 0 && statedAt(h).After(statedAt(best)) {
			status, best = h.Status, h
		}
	}
	return status
}

func statedAt(h corpus.StatusChange) time.Time {
	if h.SaidAt.IsZero() {
		return h.KnownAt
	}
	return h.SaidAt
}

// stage orders the stages of an instrument's life.
func stage(s corpus.InstrumentStatus) int {
	switch s {
	case corpus.InstrumentProposed:
		return 1
	case corpus.InstrumentAdopted:
		return 2
	case corpus.InstrumentInForce:
		return 3
	case corpus.InstrumentAmended:
		return 4
	case corpus.InstrumentRepealed, corpus.InstrumentWithdrawn:
		return 5
	}
	return 0
}

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

// resolveInstruments finds the record's name for each instrument the analysis
// speaks of.
func (p *placing) resolveInstruments() error {
	p.canonical = map[corpus.InstrumentID]corpus.InstrumentID{}
	for _, r := range p.in.Analysis.Instruments {
		if err := p.resolve(r.ID, r); err != nil {
			return err
		}
	}
	for _, r := range p.in.Analysis.Instruments {
		for _, rel := range r.Relations {
			if err := p.resolve(rel.To, corpus.InstrumentReading{ID: rel.To}); err != nil {
				return err
			}
		}
	}
	for _, ev := range p.in.Analysis.Events {
		for _, id := range ev.Instruments {
			if err := p.resolve(id, corpus.InstrumentReading{ID: id}); err != nil {
				return err
			}
		}
	}
	return nil
}

// resolve finds one instrument: by its number, by a name it is known under, or
// by a name this text gives it. A text's own names are taken with care: two
// numbers of one series, or of two issuers, are never one instrument, even if
// both are called "the Guidance".
func (p *placing) resolve(id corpus.InstrumentID, r corpus.InstrumentReading) error {
	if _, done := p.canonical[id]; done || id == "" {
		return nil
	}
	p.canonical[id] = id
	known, ok, err := p.mem.ResolveInstrument(string(id))
	if err != nil || ok {
		if ok {
			p.canonical[id] = known
		}
		return err
	}
	for _, o := range p.in.Analysis.Instruments {
		if o.ID != id && slices.Contains(o.Aliases, string(id)) {
			if err := p.resolve(o.ID, o); err != nil {
				return err
			}
			p.canonical[id] = p.resolved(o.ID)
			return nil
		}
	}
	for _, alias := range r.Aliases[:min(maxAliases, len(r.Aliases))] {
		if !numbered(corpus.InstrumentID(alias)) && len(alias) < minAlias {
			continue
		}
		known, ok, err := p.mem.ResolveInstrument(alias)
		if err != nil {
			return err
		}
		if !ok || series(known) == series(id) {
			continue
		}
		other, ok, err := p.mem.Instrument(known)
		if err != nil {
			return err
		}
		if ok && agree(fold(r.Issuer), fold(other.Issuer)) && agree(r.Jurisdiction, other.Jurisdiction) {
			p.canonical[id] = known
			return nil
		}
	}
	return nil
}

// minAlias is the length, in bytes, from which on a name without a number can
// tell an instrument: "GENIUS Act" does, "the Act" does not.
const minAlias = 9

// resolved returns the record's name for an instrument of the analysis.
func (p *placing) resolved(id corpus.InstrumentID) corpus.InstrumentID {
	if known, ok := p.canonical[id]; ok {
		return known
	}
	return id
}

// agree reports whether two facts are the same, as far as both are known.
func agree[T ~string](a, b T) bool { return a == "" || b == "" || a == b }

// record writes what the article says of instruments, and unsays what its
// reading before said and this one does not.
func (p *placing) record() error {
	if p.stale {
		return nil
	}
	saying := statements(p.in.Analysis.Instruments, p.in.Article.ID, p.in.Revision.PublishedAt, p.in.Analysis.At, p.resolved)
	withdrawn := p.in.Revision.Status == corpus.StatusWithdrawn
	if withdrawn {
		for i := range saying {
			saying[i].statements, saying[i].relations = nil, nil
		}
	}
	unsaid := statements(p.beforeAnalysis.Instruments, p.in.Article.ID, p.in.Revision.PublishedAt, p.in.Analysis.At, p.resolved)
	for _, s := range unsaid {
		if !slices.ContainsFunc(saying, func(o said) bool { return o.id == s.id }) {
			saying = append(saying, said{id: s.id})
		}
	}
	for _, s := range saying {
		old, known, err := p.mem.Instrument(s.id)
		if err != nil {
			return err
		}
		if !known && (withdrawn || s.reading.ID == "" && len(s.statements) == 0) {
			continue
		}
		own := p.in.Source.Kind == corpus.SourceRegulator && p.in.Source.Regulator != "" && fold(p.in.Source.Regulator) == fold(s.reading.Issuer)
		next, changed := merge(old, s, p.in.Article.ID, p.seen, own)
		if !changed {
			continue
		}
		stored, err := p.mem.PutInstrument(next)
		if err != nil {
			return err
		}
		p.out.Instruments = append(p.out.Instruments, stored)
	}
	return nil
}
