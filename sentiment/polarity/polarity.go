package polarity

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// Scorer reads sentiment. It is immutable and safe for concurrent use.
type Scorer struct {
	lx *lexicon
}

// New returns a scorer. The lexicon is built once a process, in a few
// milliseconds.
func New() (*Scorer, error) {
	lx, err := load()
	if err != nil {
		return nil, err
	}
	return &Scorer{lx: lx}, nil
}

// Reading is a text whose sentences have been read: who asks for several
// targets reads once.
type Reading struct {
	doc       *text.Document
	sentences []sentence
	// others are mentions of entities that may have clauses to themselves.
	others []corpus.Span
}

// sentence is what was read in one sentence that has any value.
type sentence struct {
	index   int // in the document
	items   []item
	clauses []int // where they begin
	weight  float64
	damp    float64 // of a question
}

// Score is a sentiment without its target.
type Score struct {
	Value      float64 // [-1, 1]
	Confidence float64 // [0, 1]
	Evidence   []string
}

// maxSentences bounds how many sentences of a text are read. What counts is
// said early; a text of megabytes is an archive, not an article.
const maxSentences = 2000

// Read reads the sentences of a text. Ents are the entities found in it.
func (s *Scorer) Read(d *text.Document, ents []corpus.Entity) *Reading {
	r := &Reading{doc: d}
	for _, e := range ents {
		switch e.Kind {
		case corpus.EntityAsset, corpus.EntityExchange, corpus.EntityOrganisation:
			r.others = append(r.others, e.Mentions...)
		}
	}
	slices.SortFunc(r.others, func(a, b corpus.Span) int { return a.Start - b.Start })
	body := 0
	for i, st := range d.Sentences {
		if i >= maxSentences {
			break
		}
		weight := 2.5
		if !st.Title {
			weight = 0.25 + 1/(1+0.12*float64(body))
			body++
		}
		items, clauses := s.lx.scan(d.Full, st, nil)
		if !slices.ContainsFunc(items, func(it item) bool { return it.value != 0 }) {
			continue
		}
		damp := 1.0
		if strings.HasSuffix(d.Text(st), "?") || strings.HasSuffix(d.Text(st), "？") || slices.ContainsFunc(items, func(it item) bool { return it.kind == question }) {
			damp = 0.5
		}
		r.sentences = append(r.sentences, sentence{i, items, clauses, weight, damp})
	}
	return r
}

// Overall scores the text as a whole.
func (r *Reading) Overall() Score {
	return r.sum(func(sentence, item) float64 { return 1 })
}

// Target scores the text for what is mentioned at the given spans, sorted.
func (r *Reading) Target(mentions []corpus.Span) Score {
	at := make(map[int][]corpus.Span, len(mentions))
	for _, m := range mentions {
		i := r.doc.At(m.Start)
		at[i] = append(at[i], m)
	}
	return r.sum(func(s sentence, it item) float64 {
		if ms := at[s.index]; len(ms) > 0 {
			return r.relation(s, it, ms)
		}
		if len(at[s.index-1]) > 0 && !r.anyOther(s.index) {
			return 0.35 // "It fell 5%."
		}
		return 0.06
	})
}

// anyOther reports whether sentence i mentions an entity.
func (r *Reading) anyOther(i int) bool {
	s := r.doc.Sentences[i]
	j, _ := slices.BinarySearchFunc(r.others, s.Start, func(m corpus.Span, at int) int { return m.Start - at })
	return j < len(r.others) && r.others[j].Start < s.End
}

// relation says how much an item of a sentence speaks of the target mentioned
// at ms; negative where the item is good for one side and bad for the other.
func (r *Reading) relation(s sentence, it item, ms []corpus.Span) float64 {
	best, d := ms[0], math.MaxInt
	for _, m := range ms {
		c := abs(s.clauseOf(m.Start) - it.clause)
		if c < d {
			best, d = m, c
		}
	}
	own := s.clauseOf(best.Start)
	if d == 0 {
		switch it.kind {
		case act:
			if subject := best.End <= it.start; subject != it.passive && abs(best.Start-it.start) <= 3*reachObject {
				return 0.15
			}
		case versus:
			if object := best.Start >= it.end; object != it.passive {
				return -0.8
			}
		}
		return 1
	}
	if s.hasValue(own) {
		if r.otherIn(s, it.clause, ms) {
			return 0.05
		}
		return 0.4 / float64(d)
	}
	if r.otherIn(s, it.clause, ms) {
		return 0.45
	}
	if it.clause > own {
		return 0.9
	}
	return 0.7
}

// clauseOf returns the clause that holds offset at.
func (s sentence) clauseOf(at int) int {
	i, found := slices.BinarySearch(s.clauses, at)
	if found {
		return i
	}
	return max(0, i-1)
}

func (s sentence) hasValue(clause int) bool {
	return slices.ContainsFunc(s.items, func(it item) bool { return it.clause == clause && it.value != 0 })
}

// otherIn reports whether a clause mentions an entity that is not at ms.
func (r *Reading) otherIn(s sentence, clause int, ms []corpus.Span) bool {
	from, to := s.clauses[clause], r.doc.Sentences[s.index].End
	if clause+1 < len(s.clauses) {
		to = s.clauses[clause+1]
	}
	j, _ := slices.BinarySearchFunc(r.others, from, func(m corpus.Span, at int) int { return m.Start - at })
	for ; j < len(r.others) && r.others[j].Start < to; j++ {
		if !slices.Contains(ms, r.others[j]) {
			return true
		}
	}
	return false
}

// maxEvidence is the number of sentences quoted for a score.
const maxEvidence = 3

// sum adds up the sentences: each squashed into [-1, 1], then their weighted
// mean, shrunk where little is said.
func (r *Reading) sum(relation func(sentence, item) float64) Score {
	type part struct {
		index int
		value float64
	}
	var parts []part
	var num, mass, den float64
	for _, s := range r.sentences {
		v := 0.0
		for _, it := range s.items {
			if it.value != 0 {
				v += it.value * relation(s, it)
			}
		}
		v = math.Tanh(1.3*v) * s.damp
		if math.Abs(v) < 1e-3 {
			continue
		}
		num += s.weight * v
		mass += s.weight * math.Abs(v)
		den += s.weight * max(math.Abs(v), 0.5)
		parts = append(parts, part{s.index, s.weight * v})
	}
	if mass == 0 {
		return Score{Evidence: []string{}}
	}
	value := num / (den + 0.2)
	agreement := math.Abs(num) / mass
	sc := Score{
		Value:      max(-1, min(1, value)),
		Confidence: agreement * (1 - math.Exp(-0.9*mass)),
		Evidence:   []string{},
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Compare(math.Abs(b.value), math.Abs(a.value))
	})
	for _, p := range parts {
		if len(sc.Evidence) == maxEvidence {
			break
		}
		if p.value*num > 0 {
			sc.Evidence = append(sc.Evidence, r.doc.Text(r.doc.Sentences[p.index]))
		}
	}
	return sc
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
