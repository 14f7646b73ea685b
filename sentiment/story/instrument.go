package story

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// The bounds of what is kept on one instrument: each version carries it all.
// Of statements and relations that say the same the earliest articles' stand,
// so that what is kept does not hang on the order of arrival.
const (
	maxAliases    = 40
	maxStatements = 100
	maxMentions   = 200
	maxRelations  = 200
	maxSame       = 6
)

// said is all that one article says of one instrument.
type said struct {
	id         corpus.InstrumentID
	reading    corpus.InstrumentReading // zero when it is only the target of a relation
	statements []corpus.StatusChange
	relations  []corpus.Relation
	relatedBy  []corpus.Relation
	procedure  []corpus.InstrumentID
}

// saying collects what an analysis says of each instrument, those that others
// act upon included, in the order of the text.
type saying struct {
	all             []said
	article         corpus.ArticleID
	saidAt, knownAt time.Time
}

func (s *saying) of(id corpus.InstrumentID) *said {
	for i := range s.all {
		if s.all[i].id == id {
			return &s.all[i]
		}
	}
	s.all = append(s.all, said{id: id})
	return &s.all[len(s.all)-1]
}

func (s *saying) state(id corpus.InstrumentID, st corpus.StatusChange) {
	st.Article, st.SaidAt, st.KnownAt = s.article, s.saidAt, s.knownAt
	x := s.of(id)
	for i, have := range x.statements {
		if have.Status == st.Status && have.Part == st.Part && (have.By == st.By || have.By == "" || st.By == "") &&
			(have.EffectiveAt.Equal(st.EffectiveAt) || have.EffectiveAt.IsZero() || st.EffectiveAt.IsZero()) {
			if have.By == "" && st.By != "" { // the one that names who did it says more
				if st.EffectiveAt.IsZero() {
					st.EffectiveAt = have.EffectiveAt
				}
				x.statements[i] = st
			}
			return
		}
	}
	x.statements = append(x.statements, st)
}

// statements reads out of an analysis what it says of each instrument. resolve
// gives a number's identifier in the record.
func statements(readings []corpus.InstrumentReading, article corpus.ArticleID, saidAt, knownAt time.Time, resolve func(corpus.InstrumentID) corpus.InstrumentID) []said {
	s := &saying{article: article, saidAt: saidAt, knownAt: knownAt}
	named := map[corpus.InstrumentID]bool{}
	for _, r := range readings {
		if r.ID == "" {
			continue
		}
		id := resolve(r.ID)
		named[id] = true
		if x := s.of(id); x.reading.ID == "" {
			x.reading = r
		}
		stated := r.Stated
		if len(stated) == 0 && r.Status != corpus.InstrumentUnknown && r.Status != "" {
			stated = []corpus.StatusChange{{Status: r.Status, EffectiveAt: r.EffectiveAt, Evidence: r.Evidence}}
		}
		for _, st := range stated {
			if st.By != "" {
				st.By = resolve(st.By)
			}
			s.state(id, st)
		}
		for _, n := range r.Procedure {
			if n = resolve(n); n != id {
				add(&s.of(id).procedure, n)
				add(&s.of(n).procedure, id)
			}
		}
	}
	for _, r := range readings {
		id := resolve(r.ID)
		for _, rel := range r.Relations {
			rel.Article = article
			if to := resolve(rel.To); to != "" && !rel.Unresolved {
				rel.To = to
			}
			if rel.To == id || rel.To == "" || id == "" {
				continue
			}
			if x := s.of(id); !slices.ContainsFunc(x.relations, func(o corpus.Relation) bool { return sameRelation(o, rel) }) {
				x.relations = append(x.relations, rel)
			}
			if rel.Unresolved || !named[rel.To] && !numbered(rel.To) {
				continue
			}
			rel.From = id
			if x := s.of(rel.To); !slices.ContainsFunc(x.relatedBy, func(o corpus.Relation) bool { return sameRelation(o, rel) }) {
				x.relatedBy = append(x.relatedBy, rel)
			}
			// A draft that would repeal another has not repealed it.
			if st, ok := consequence[rel.Kind]; ok && r.Status != corpus.InstrumentProposed {
				if rel.Part != "" && rel.Kind == corpus.Repeals {
					st = corpus.InstrumentAmended
				}
				x := s.of(rel.To)
				if !slices.ContainsFunc(x.statements, func(o corpus.StatusChange) bool { return o.By == id && o.Status.Stage() >= st.Stage() }) {
					s.state(rel.To, corpus.StatusChange{Status: st, By: id, Part: rel.Part, Evidence: rel.Evidence})
				}
			}
		}
	}
	return s.all
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
func merge(old corpus.Instrument, s said, article corpus.ArticleID, firstSeen, now time.Time, own bool) (corpus.Instrument, bool) {
	next := old
	next.ID = s.id
	if s.reading.ID != "" {
		r := s.reading
		entitle(&next, r.Issuer, r.Jurisdiction, clip(r.Title), own)
		next.Aliases = mergeAliases(old.Aliases, append(slices.Clone(r.Aliases), string(r.ID)), s.id)
	}
	if !slices.Contains(old.Articles, article) && len(old.Articles) < maxMentions {
		next.Articles = append(slices.Clone(old.Articles), article)
	}
	if old.FirstSeenAt.IsZero() || firstSeen.Before(old.FirstSeenAt) {
		next.FirstSeenAt = firstSeen
	}
	next.Relations = relations(old.Relations, s.relations, article)
	next.RelatedBy = relations(old.RelatedBy, s.relatedBy, article)
	next.Procedure = slices.Clone(old.Procedure)
	for _, n := range s.procedure {
		add(&next.Procedure, n)
	}
	slices.Sort(next.Procedure)
	next.History = history(old.History, s.statements, article)
	next.Status = corpus.StatusAt(next.History, now)

	changed := old.Version == 0 || next.Issuer != old.Issuer || next.Jurisdiction != old.Jurisdiction || next.Title != old.Title ||
		next.Status != old.Status || next.FromIssuer != old.FromIssuer || !next.FirstSeenAt.Equal(old.FirstSeenAt) ||
		!slices.Equal(next.Aliases, old.Aliases) || !slices.Equal(next.Articles, old.Articles) || !slices.Equal(next.Procedure, old.Procedure) ||
		!slices.Equal(next.Relations, old.Relations) || !slices.Equal(next.RelatedBy, old.RelatedBy) ||
		!slices.EqualFunc(next.History, old.History, func(a, b corpus.StatusChange) bool { return a.Article == b.Article && sameStatement(a, b) })
	return next, changed
}

// entitle sets issuer, place and title. The issuer's own words go before those
// of others; of the same rank the longer title stands, as it leaves out less.
func entitle(in *corpus.Instrument, issuer string, where corpus.Jurisdiction, title string, own bool) {
	if own && !in.FromIssuer {
		in.FromIssuer = true
		in.Issuer, in.Jurisdiction, in.Title = cmp.Or(issuer, in.Issuer), cmp.Or(where, in.Jurisdiction), cmp.Or(title, in.Title)
		return
	}
	if in.FromIssuer && !own {
		in.Issuer, in.Jurisdiction, in.Title = cmp.Or(in.Issuer, issuer), cmp.Or(in.Jurisdiction, where), cmp.Or(in.Title, title)
		return
	}
	if issuer != "" && (in.Issuer == "" || issuer < in.Issuer) {
		in.Issuer = issuer
	}
	if where != "" && (in.Jurisdiction == "" || where < in.Jurisdiction) {
		in.Jurisdiction = where
	}
	if len(title) > len(in.Title) || len(title) == len(in.Title) && title < in.Title {
		in.Title = title
	}
}

// relations replaces what an article said before by what it says now, and
// keeps of each relation the first few articles that state it.
func relations(old, now []corpus.Relation, article corpus.ArticleID) []corpus.Relation {
	var out []corpus.Relation
	for _, r := range old {
		if r.Article != article {
			out = append(out, r)
		}
	}
	return bounded(append(out, now...), maxRelations, func(a, b corpus.Relation) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From), cmp.Compare(a.Part, b.Part))
	}, func(a, b corpus.Relation) int {
		return cmp.Or(cmp.Compare(a.Article, b.Article), cmp.Compare(a.Evidence, b.Evidence))
	})
}

// history does the same with statements, and sorts them by their day.
func history(old, now []corpus.StatusChange, article corpus.ArticleID) []corpus.StatusChange {
	var out []corpus.StatusChange
	for _, h := range old {
		if h.Article != article {
			out = append(out, h)
			continue
		}
		if i := slices.IndexFunc(now, func(o corpus.StatusChange) bool { return sameStatement(o, h) }); i >= 0 {
			now = slices.Clone(now)
			now[i].KnownAt = h.KnownAt // it was known then
		}
	}
	out = bounded(append(out, now...), maxStatements, func(a, b corpus.StatusChange) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.By, b.By), cmp.Compare(a.Part, b.Part), a.EffectiveAt.Compare(b.EffectiveAt), a.AppliesAt.Compare(b.AppliesAt))
	}, func(a, b corpus.StatusChange) int {
		return cmp.Or(a.SaidAt.Compare(b.SaidAt), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Evidence, b.Evidence))
	})
	slices.SortStableFunc(out, func(a, b corpus.StatusChange) int {
		return cmp.Or(a.At().Compare(b.At()), cmp.Compare(a.Status.Stage(), b.Status.Stage()), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Evidence, b.Evidence))
	})
	return out
}

// bounded sorts xs by what they say and who says it, and keeps of those that
// say the same the first few.
func bounded[T any](xs []T, limit int, what, who func(a, b T) int) []T {
	slices.SortFunc(xs, func(a, b T) int { return cmp.Or(what(a, b), who(a, b)) })
	var out []T
	same := 0
	for i, x := range xs {
		if same++; i == 0 || what(xs[i-1], x) != 0 {
			same = 1
		}
		if same <= maxSame && len(out) < limit {
			out = append(out, x)
		}
	}
	return out
}

func sameRelation(a, b corpus.Relation) bool {
	return a.Kind == b.Kind && a.To == b.To && a.From == b.From && a.Part == b.Part
}

func sameStatement(a, b corpus.StatusChange) bool {
	return a.Status == b.Status && a.By == b.By && a.Part == b.Part && a.Evidence == b.Evidence &&
		a.EffectiveAt.Equal(b.EffectiveAt) && a.AppliesAt.Equal(b.AppliesAt) && a.SaidAt.Equal(b.SaidAt)
}

func add[T comparable](have *[]T, x T) {
	if !slices.Contains(*have, x) {
		*have = append(slices.Clone(*have), x)
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
