package event

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// buckets is how many features the model of types tells apart.
const buckets = 1 << 13

// features are what the model of types knows of a headline: its words, its
// pairs of words, or of Chinese characters, with names replaced by what they
// are, hashed.
func (s *sentence) features(more ...string) []uint32 {
	words := make([]string, 0, len(s.toks))
	for i := 0; i < len(s.toks); {
		t := &s.toks[i]
		next := max(i+1, min(t.run, len(s.toks)))
		switch w := standsFor(t); {
		case w != "":
			words = append(words, w)
		case t.norm != "":
			words = append(words, stemOf(t.norm))
		}
		i = next
	}
	var out []uint32
	add := func(parts ...string) {
		h := uint32(2166136261)
		for _, p := range parts {
			for i := 0; i < len(p); i++ {
				h = (h ^ uint32(p[i])) * 16777619
			}
			h = (h ^ 0xff) * 16777619
		}
		out = append(out, (h^h>>15)%buckets)
	}
	for i, w := range words {
		add(w)
		if i > 0 {
			add(words[i-1], w)
		} else {
			add("^", w)
		}
		if i > 1 && s.chinese {
			add(words[i-2], words[i-1], w)
		}
	}
	if n := len(words); n > 0 {
		add(words[n-1], "$")
	}
	for _, m := range more {
		add("is", m)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// standsFor names what a token stands for, "" for a plain word.
func standsFor(t *token) string {
	for _, r := range roles {
		if t.class&r.class != 0 {
			return r.name
		}
	}
	return ""
}

// roles are looked for in this order. The names are part of what models were
// trained on.
var roles = []struct {
	class
	name string
}{
	{court, "<court>"}, {legislature, "<parliament>"}, {police, "<police>"}, {government, "<government>"}, {regulator | setter, "<regulator>"},
	{exchange, "<exchange>"}, {asset, "<asset>"}, {person, "<person>"}, {firm, "<firm>"}, {place, "<place>"},
	{money, "<money>"}, {percent, "<percent>"}, {number, "<number>"}, {instrument, "<instrument>"},
}

// stemOf takes off the endings that differ between forms of one verb or noun.
func stemOf(w string) string {
	for _, ending := range []string{"ing", "ed", "es", "s", "e"} {
		if len(w) >= len(ending)+3 && w[0] < 0x80 && strings.HasSuffix(w, ending) {
			return strings.TrimSuffix(w, ending)
		}
	}
	return w
}

// Model says by the words of a headline what it most likely tells of, or which
// way it leans: a logistic regression with a few classes. The cues decide; a
// model is asked where it is far surer of something else, see [Reader.second].
// Models are trained by internal/evaluate/models on headlines written for this
// project; their card is in docs/model-card.md.
type Model struct {
	weights [][]float32 // by class, a weight for each bucket
	bias    []float32
}

// The classes of the two models. Stance is -1, 0, 1.
var types = order

const stances = 3

// surer is how much more likely than what the cues say something else has to
// be to take its place: more than all others together. From .5 on the newswire
// of the demo loses happenings.
const surer = 0.6

// second returns what the headline tells of after all: the type the cues say,
// or another of which the model is far surer. Documents are left to the cues: their
// headlines are not written as news.
func (r *Reader) second(ctx *context, cued corpus.EventType) corpus.EventType {
	if ctx.document() {
		return cued
	}
	p := shipped().types.Probabilities(ctx.head[0].features())
	best := likeliest(p)
	act := cued.Regulatory() && !types[best].Regulatory() && ctx.best(cued).weight >= plainAct
	if act || p[best]-p[slices.Index(types, cued)] <= surer {
		return cued
	}
	return types[best]
}

// plainAct is the weight of a cue from which an authority's act leads the
// market's answer to it, whatever the words around.
const plainAct = 8

// document reports whether the text is an authority's or a venue's own, or has
// the number of an instrument in its headline.
func (ctx *context) document() bool {
	return ctx.own() || slices.ContainsFunc(ctx.instruments, func(in corpus.InstrumentReading) bool {
		return overlaps(in.Mentions, ctx.head[0].from, ctx.head[0].to)
	})
}

// side returns which way a headline of a type leans: the stance of its cues,
// or, where they say nothing, a side of which the model is far surer.
func (r *Reader) side(ctx *context, t corpus.EventType, h hit, cued float64) float64 {
	// What comes into force, and what a court decides, is neutral as often as
	// not where no word says who won.
	decides := t == corpus.RuleFinal || t == corpus.CourtRuling
	if ctx.document() || cued != 0 || decides || h.cue != nil && h.cue.stance == neutral {
		return cued
	}
	p := shipped().stance.Probabilities(ctx.head[0].features(string(t)))
	if best := likeliest(p); p[best]-p[StanceClass(0)] > surer {
		return plainStance * float64(best-1)
	}
	return cued
}

// plainStance is the stance of a side that no cue has graded.
const plainStance = 0.5

// Features returns what models know of the headline of a text, with what else
// is known of it, sorted; none for a text without one.
func (r *Reader) Features(d *text.Document, ents []corpus.Entity, ins []corpus.InstrumentReading, more ...string) []uint32 {
	ctx := newContext(d, ents, ins, corpus.Source{}, time.Time{})
	if len(ctx.head) == 0 {
		return nil
	}
	r.read(ctx, ctx.head[0])
	return ctx.head[0].features(more...)
}

// TypeClass and StanceClass return the class of a type, -1 for none there is,
// and of the sign of a stance.
func TypeClass(t corpus.EventType) int { return slices.Index(types, t) }
func StanceClass(sign int) int         { return sign + 1 }

// Probabilities returns how likely each class is.
func (m *Model) Probabilities(features []uint32) []float64 {
	p := make([]float64, len(m.weights))
	norm := 1 / math.Sqrt(float64(max(1, len(features))))
	top := math.Inf(-1)
	for c := range m.weights {
		z := float64(m.bias[c])
		for _, f := range features {
			z += float64(m.weights[c][f]) * norm
		}
		p[c], top = z, max(top, z)
	}
	sum := 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return p
}

// Example is a headline whose class is known.
type Example struct {
	Features []uint32
	Class    int
}

// Fit trains a model: 40 rounds of stochastic gradient descent, in an order
// that is the same every time, with weights that shrink as they are used.
func Fit(examples []Example, classes int) *Model {
	const rounds, shrink = 40, 3e-4
	m := &Model{bias: make([]float32, classes)}
	for range classes {
		m.weights = append(m.weights, make([]float32, buckets))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range rounds {
		rate := 2 / (1 + 0.15*float64(round))
		for _, i := range rng.Perm(len(examples)) {
			e := examples[i]
			for c, p := range m.Probabilities(e.Features) {
				if c == e.Class {
					p--
				}
				if math.Abs(p) < 1e-4 {
					continue
				}
				step := float32(0.35 * rate * p)
				for _, f := range e.Features {
					m.weights[c][f] -= step + float32(shrink*rate)*m.weights[c][f]
				}
				m.bias[c] -= 0.1 * step
			}
		}
	}
	return m
}

// Encode packs a model: for each class its scale, its bias and a byte for each
// weight.
func (m *Model) Encode() []byte {
	var b []byte
	for c, w := range m.weights {
		scale := float32(0)
		for _, x := range w {
			scale = max(scale, x, -x)
		}
		scale = max(scale/127, 1e-9)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(scale))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.bias[c]))
		for _, x := range w {
			b = append(b, byte(int8(math.Round(float64(x/scale)))))
		}
	}
	return b
}

// decode unpacks the model of so many classes that b begins with.
func decode(b []byte, classes int) (m *Model, rest []byte, err error) {
	const size = 4 + 4 + buckets
	if len(b) < size*classes {
		return nil, nil, fmt.Errorf("model: %d bytes, want %d", len(b), size*classes)
	}
	m = &Model{}
	for range classes {
		scale := math.Float32frombits(binary.LittleEndian.Uint32(b))
		w := make([]float32, buckets)
		for i, x := range b[8:size] {
			w[i] = scale * float32(int8(x))
		}
		m.weights, m.bias = append(m.weights, w), append(m.bias, math.Float32frombits(binary.LittleEndian.Uint32(b[4:])))
		b = b[size:]
	}
	return m, b, nil
}

type models struct{ types, stance *Model }

//go:embed data/models.bin
var modelFile []byte

// shipped are the models as trained: types first, then stance.
var shipped = sync.OnceValue(func() (m models) {
	var err error
	var rest []byte
	if m.types, rest, err = decode(modelFile, len(types)); err == nil {
		m.stance, rest, err = decode(rest, stances)
	}
	if err != nil || len(rest) > 0 {
		panic(fmt.Sprintf("event: embedded models: %v, %d bytes left over", err, len(rest))) // which a test excludes
	}
	return m
})

// Likeliest returns the class the model finds most likely.
func (m *Model) Likeliest(features []uint32) int { return likeliest(m.Probabilities(features)) }

func likeliest(p []float64) int {
	best := 0
	for c := range p {
		if p[c] > p[best] {
			best = c
		}
	}
	return best
}
