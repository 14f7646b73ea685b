package story

import (
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// resolveInstruments finds the record's name for each instrument the analysis
// speaks of, and the one before it.
func (p *placing) resolveInstruments() error {
	p.canonical = map[corpus.InstrumentID]corpus.InstrumentID{}
	for _, a := range []corpus.Analysis{p.in.Analysis, p.beforeAnalysis} {
		for _, r := range a.Instruments {
			if err := p.resolve(r.ID, r); err != nil {
				return err
			}
		}
		for _, r := range a.Instruments {
			for _, rel := range r.Relations {
				if rel.Unresolved {
					continue
				}
				if err := p.resolve(rel.To, corpus.InstrumentReading{ID: rel.To}); err != nil {
					return err
				}
			}
			for _, id := range r.Procedure {
				if err := p.resolve(id, corpus.InstrumentReading{ID: id}); err != nil {
					return err
				}
			}
		}
		for _, ev := range a.Events {
			for _, id := range ev.Instruments {
				if err := p.resolve(id, corpus.InstrumentReading{ID: id}); err != nil {
					return err
				}
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
		if !ok || series(known) == series(id) || onlyTitle(known) {
			continue // a number is never known by a title: see absorb
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

// onlyTitle reports whether an identifier is the title of a text whose number
// is not known.
func onlyTitle(id corpus.InstrumentID) bool { return strings.HasPrefix(string(id), "《") }

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
			saying[i].statements, saying[i].relations, saying[i].relatedBy, saying[i].procedure = nil, nil, nil, nil
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
		if next, changed := merge(old, s, p.in.Article.ID, p.seen, p.in.Analysis.At, own); changed {
			if err := p.keepInstrument(next); err != nil {
				return err
			}
		}
		if !withdrawn {
			if err := p.absorb(s.id, s.reading.Aliases); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *placing) keepInstrument(in corpus.Instrument) error {
	stored, err := p.mem.PutInstrument(in)
	if err == nil {
		p.out.Instruments = append(p.out.Instruments, stored)
	}
	return err
}

// absorb joins to a numbered instrument what is recorded under a title alone
// that an article now says is its title. The other way round, when the number
// came first, the title is one of its aliases already.
func (p *placing) absorb(id corpus.InstrumentID, aliases []string) error {
	if onlyTitle(id) {
		return nil
	}
	for _, alias := range aliases {
		title := corpus.InstrumentID(alias)
		if !onlyTitle(title) {
			continue
		}
		gone, ok, err := p.mem.Instrument(title)
		if err != nil {
			return err
		}
		in, known, err := p.mem.Instrument(id)
		if err != nil {
			return err
		}
		if !ok || !known || gone.SameAs != "" || !agree(in.Jurisdiction, gone.Jurisdiction) {
			continue
		}
		rename := func(x corpus.InstrumentID) corpus.InstrumentID {
			if x == title {
				return id
			}
			return x
		}
		others := map[corpus.InstrumentID]bool{}
		for _, r := range slices.Concat(gone.Relations, gone.RelatedBy) {
			others[r.To], others[r.From] = true, true
		}
		for _, n := range gone.Procedure {
			others[n] = true
		}
		next := joined(in, gone)
		next = renamed(next, rename)
		next.Status = corpus.StatusAt(next.History, p.in.Analysis.At)
		gone.SameAs = id
		if err := p.keepInstrument(gone); err != nil {
			return err
		}
		if err := p.keepInstrument(next); err != nil {
			return err
		}
		delete(others, id)
		delete(others, title)
		delete(others, "")
		ids := make([]corpus.InstrumentID, 0, len(others))
		for o := range others {
			ids = append(ids, o)
		}
		slices.Sort(ids)
		for _, o := range ids {
			other, ok, err := p.mem.Instrument(o)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := p.keepInstrument(renamed(other, rename)); err != nil {
				return err
			}
		}
	}
	return nil
}

// joined adds to in all that was recorded under another name.
func joined(in, gone corpus.Instrument) corpus.Instrument {
	in.Aliases = mergeAliases(in.Aliases, append(slices.Clone(gone.Aliases), string(gone.ID)), in.ID)
	for _, a := range gone.Articles {
		if len(in.Articles) < maxMentions {
			add(&in.Articles, a)
		}
	}
	entitle(&in, gone.Issuer, gone.Jurisdiction, gone.Title, gone.FromIssuer)
	in.Relations = relations(in.Relations, gone.Relations, "")
	in.RelatedBy = relations(in.RelatedBy, gone.RelatedBy, "")
	in.History = history(in.History, gone.History, "")
	in.Procedure = slices.Concat(in.Procedure, gone.Procedure)
	if gone.FirstSeenAt.Before(in.FirstSeenAt) {
		in.FirstSeenAt = gone.FirstSeenAt
	}
	return in
}

// renamed gives an instrument its new name in all that is said of others.
func renamed(in corpus.Instrument, rename func(corpus.InstrumentID) corpus.InstrumentID) corpus.Instrument {
	in.Relations, in.RelatedBy, in.History = slices.Clone(in.Relations), slices.Clone(in.RelatedBy), slices.Clone(in.History)
	for _, list := range [][]corpus.Relation{in.Relations, in.RelatedBy} {
		for i := range list {
			if list[i].To = rename(list[i].To); list[i].From != "" {
				list[i].From = rename(list[i].From)
			}
		}
	}
	in.Relations, in.RelatedBy = relations(in.Relations, nil, ""), relations(in.RelatedBy, nil, "")
	for i := range in.History {
		if in.History[i].By != "" {
			in.History[i].By = rename(in.History[i].By)
		}
	}
	in.History = history(in.History, nil, "")
	var procedure []corpus.InstrumentID
	for _, n := range in.Procedure {
		if n = rename(n); n != in.ID {
			add(&procedure, n)
		}
	}
	slices.Sort(procedure)
	in.Procedure = procedure
	return in
}
