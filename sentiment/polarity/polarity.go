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
	lx    *lexicon
	model *Model
}

// New returns a scorer. Lexicon and model are built once a process, in a few
// milliseconds.
func New() (*Scorer, error) {
	lx, err := load()
	if err != nil {
		return nil, err
	}
	m, err := loadModel()
	if err != nil {
		return nil, err
	}
	return &Scorer{lx: lx, model: m}, nil
}

// Reading is a text whose sentences have been read: who asks for several
// targets reads once. It is safe for concurrent use.
type Reading struct {
	doc       *text.Document
	model     *Model
	sentences []sentence
	// others are mentions of entities that may have clauses to themselves.
	others []corpus.Span
}

// sentence is what was read in one sentence.
type sentence struct {
	index    int // in the document
	items    []item
	clauses  []int // where they begin
	weight   float64
	question bool
	value    float64 // without regard to a target, [-1, 1]
}

// Score is a sentiment without its target.
type Score struct {
	Value     float64 // [-1, 1]
	Agreement float64 // [0, 1]: how much of what was said points one way; 1 where nothing was said
	Evidence  []string
}

const (
	// maxSentences bounds how many sentences of a text are read. What counts
	// is said early; a text of megabytes is an archive, not an article.
	maxSentences = 2000
	// questionDamping is what a question takes away from a score.
	questionDamping = 0.5
	// sharpness of the lexicon's sums: one clear word gives about .65.
	sharpness = 1.3
	// titleWeight is what the headline counts; the first sentence of the body
	// counts 1.1, the fifth .6, the twentieth .27. Guessed.
	titleWeight = 4
	// nextWeight is what a sentence counts for a target that the sentence
	// before it names, farWeight what any other counts. Guessed.
	nextWeight = 0.35
	farWeight  = 0.06
	// dispute is what complete contradiction takes away from the confidence.
	// Guessed: the labelled sets are of single sentences.
	dispute = 0.6
	// silence is the value below which a sentence of a longer text is not
	// counted, and is no evidence.
	silence = 0.1
)

// Read reads the sentences of a text. Ents are the entities found in it. A
// title is one sentence, however many it has ("Bitcoin slips. Here is why"):
// so is every text the model is trained on.
func (s *Scorer) Read(d *text.Document, ents []corpus.Entity) *Reading {
	d = titleAsOne(d)
	r := &Reading{doc: d, model: s.model}
	for _, e := range ents {
		switch e.Kind {
		case corpus.EntityAsset, corpus.EntityExchange, corpus.EntityOrganisation:
			r.others = append(r.others, e.Spoken()...)
		}
	}
	slices.SortFunc(r.others, func(a, b corpus.Span) int { return a.Start - b.Start })
	n := min(len(d.Sentences), maxSentences)
	r.sentences = make([]sentence, n)
	body := 0
	for i, st := range d.Sentences[:n] {
		sn := sentence{index: i, weight: titleWeight}
		if !st.Title {
			sn.weight = 0.1 + 1/(1+0.25*float64(body))
			body++
		}
		sn.items, sn.clauses = s.lx.scan(d.Full, st, nil)
		sn.question = strings.HasSuffix(d.Text(st), "?") || strings.HasSuffix(d.Text(st), "？") ||
			slices.ContainsFunc(sn.items, func(it item) bool { return it.kind == question })
		sn.value = r.valueOf(&sn, nil)
		r.sentences[i] = sn
	}
	return r
}

// titleAsOne returns the document with its title as its first sentence.
func titleAsOne(d *text.Document) *text.Document {
	n := 0
	for n < len(d.Sentences) && d.Sentences[n].Title {
		n++
	}
	if n < 2 {
		return d
	}
	one := *d
	whole := d.Sentences[0]
	whole.End = d.Sentences[n-1].End
	one.Sentences = append([]text.Sentence{whole}, d.Sentences[n:]...)
	return &one
}

// valueOf scores a sentence for the target at mentions, or as a whole.
func (r *Reading) valueOf(s *sentence, mentions []corpus.Span) float64 {
	var buf [1024]uint32
	f := Features{Hashed: buf[:0]}
	r.describe(s, mentions, &f)
	return r.model.Score(&f)
}

// othersFrom returns the mentions of entities from an offset on.
func (r *Reading) othersFrom(at int) []corpus.Span {
	j, _ := slices.BinarySearchFunc(r.others, at, func(m corpus.Span, at int) int { return m.Start - at })
	return r.others[j:]
}

// Features returns what the model sees of the sentence with this index when
// asked for the target at mentions.
func (r *Reading) Features(sentence int, mentions []corpus.Span) Features {
	var f Features
	r.describe(&r.sentences[sentence], mentions, &f)
	return f
}

// Confidence is how likely the label of a score is right, in [0, 1]: as often
// as labels of such scores were when the model was trained, less where the
// text contradicts itself.
func (s *Scorer) Confidence(sc Score) float64 {
	return s.model.curve.At(sc.Value) * (1 - dispute*(1-sc.Agreement))
}

// Overall scores the text as a whole.
func (r *Reading) Overall() Score {
	return r.sum(false, func(s *sentence) (float64, float64) { return s.value, 1 })
}

// Target scores the text for what is mentioned at the given spans, sorted.
// Sentences that do not mention it count a little, more so right after one
// that does: "It fell 5%."
func (r *Reading) Target(mentions []corpus.Span) Score {
	at := make(map[int][]corpus.Span, len(mentions))
	for _, m := range mentions {
		i := r.doc.At(m.Start)
		at[i] = append(at[i], m)
	}
	return r.sum(true, func(s *sentence) (float64, float64) {
		if ms := at[s.index]; len(ms) > 0 {
			return r.valueOf(s, ms), 1
		}
		if len(at[s.index-1]) > 0 && !r.anyOther(s.index) {
			return s.value, nextWeight
		}
		return s.value, farWeight
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
func (r *Reading) relation(s *sentence, it item, ms []corpus.Span) float64 {
	best, d := ms[0], math.MaxInt
	for _, m := range ms {
		c := abs(s.clauseOf(m.Start) - it.clause)
		if c < d {
			best, d = m, c
		}
	}
	own := s.clauseOf(best.Start)
	if it.han {
		return r.relationHan(s, it, ms, own, d)
	}
	if d == 0 {
		switch it.kind {
		case act, stop:
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
		return 0.15 / float64(d)
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
func (s *sentence) clauseOf(at int) int {
	i, found := slices.BinarySearch(s.clauses, at)
	if found {
		return i
	}
	return max(0, i-1)
}

func (s *sentence) hasValue(clause int) bool {
	return slices.ContainsFunc(s.items, func(it item) bool { return it.clause == clause && it.value != 0 })
}

// otherIn reports whether a clause mentions an entity that is not at ms.
func (r *Reading) otherIn(s *sentence, clause int, ms []corpus.Span) bool {
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

// sum adds up the sentences: the mean of those that say something, weighted by
// their place and by how much they are about the target; where there is a
// target, a sentence that names it and says nothing draws the mean to zero.
func (r *Reading) sum(targeted bool, value func(*sentence) (v, weight float64)) Score {
	type part struct {
		index int
		value float64
		near  bool // speaks of the target, or right after it
	}
	var parts []part
	var num, mass, den, total float64
	for i := range r.sentences {
		s := &r.sentences[i]
		v, w := value(s)
		spoken, near := w == 1 && targeted, w > farWeight
		w *= s.weight
		total += w
		if math.Abs(v) < silence && len(r.sentences) > 1 {
			if spoken {
				den += 0.5 * w // it is spoken of, and nothing is said
			}
			continue
		}
		num += w * v
		mass += w * math.Abs(v)
		den += w
		if math.Abs(v) >= silence {
			parts = append(parts, part{s.index, w * v, near})
		}
	}
	sc := Score{Agreement: 1, Evidence: []string{}}
	if mass == 0 {
		return sc
	}
	sc.Value = max(-1, min(1, num/(den+0.1*(total-den))))
	sc.Agreement = math.Abs(num) / mass
	anyNear := slices.ContainsFunc(parts, func(p part) bool { return p.near && p.value*num > 0 })
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Compare(math.Abs(b.value), math.Abs(a.value))
	})
	for _, p := range parts {
		if len(sc.Evidence) < maxEvidence && p.value*num > 0 && (p.near || !anyNear) {
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
