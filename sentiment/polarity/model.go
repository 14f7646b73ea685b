package polarity

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"sync"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// The model corrects what the lexicon makes of an English sentence: a logistic
// regression with three classes over the lexicon's own reading and hashed
// words and pairs of words, marked by which side of the target they stand on.
// It is trained by the command in folder train on two sets of headlines under
// the MIT licence, and never sees what its sentence is called: names are
// masked where they are known.
//
// Its file holds, little endian: the magic "rwp1", the dense weights as
// float32, one scale per class as float32, then the hashed weights as int8.

// Classes of the model: what the sentence is for its target.
const (
	classNegative = iota
	classNeutral
	classPositive
	classes
)

// Dense features.
const (
	denseBias       = iota
	denseValue      // the lexicon's value, squashed
	denseSize       // its absolute value
	denseUnsure     // 1 without any value
	denseQuestion   // 1 for a question
	denseOverall    // the value of the sentence without regard to the target
	denseDiffers    // 1 where target and sentence have opposite signs
	denseUntargeted // 1 where the sentence does not name the target
	denseCount
)

const (
	hashBits = 16
	hashSize = 1 << hashBits

	// Buckets is the number of hashed features.
	Buckets = hashSize
)

// Features is what the model sees of one sentence.
type Features struct {
	Dense  [denseCount]float64
	Hashed []uint32 // buckets
}

// Model is a trained model. It is immutable.
type Model struct {
	dense  [classes][denseCount]float32
	scale  [classes]float32
	hashed [][classes]int8
}

//go:embed data/model.bin
var modelFile []byte

var loadModel = sync.OnceValues(func() (*Model, error) { return DecodeModel(modelFile) })

// ErrModel says that a file is no model of this version.
var ErrModel = errors.New("not a model of this version")

const modelMagic = "rwp1"

// DecodeModel reads a model as [Model.Encode] writes it.
func DecodeModel(b []byte) (*Model, error) {
	const head = len(modelMagic) + 4*classes*(denseCount+1)
	if len(b) != head+classes*hashSize || string(b[:len(modelMagic)]) != modelMagic {
		return nil, ErrModel
	}
	b = b[len(modelMagic):]
	m := &Model{hashed: make([][classes]int8, hashSize)}
	next := func() float32 {
		f := math.Float32frombits(binary.LittleEndian.Uint32(b))
		b = b[4:]
		return f
	}
	for c := range classes {
		for i := range denseCount {
			m.dense[c][i] = next()
		}
		m.scale[c] = next()
	}
	for i := range m.hashed {
		for c := range classes {
			m.hashed[i][c] = int8(b[i*classes+c])
		}
	}
	return m, nil
}

// NewModel makes a model of trained weights, quantising the hashed ones to
// eight bits.
func NewModel(dense [classes][denseCount]float64, hashed [][classes]float64) *Model {
	m := &Model{hashed: make([][classes]int8, hashSize)}
	for c := range classes {
		top := 0.0
		for _, w := range hashed {
			top = max(top, math.Abs(w[c]))
		}
		scale := max(top/127, 1e-9)
		m.scale[c] = float32(scale)
		for i := range dense[c] {
			m.dense[c][i] = float32(dense[c][i])
		}
		for i, w := range hashed {
			m.hashed[i][c] = int8(math.Round(w[c] / scale))
		}
	}
	return m
}

// Encode writes the model as its file.
func (m *Model) Encode() []byte {
	b := []byte(modelMagic)
	for c := range classes {
		for _, w := range append(m.dense[c][:], m.scale[c]) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(w))
		}
	}
	for _, w := range m.hashed {
		for c := range classes {
			b = append(b, byte(w[c]))
		}
	}
	return b
}

// Probabilities returns how likely each class is.
func (m *Model) Probabilities(f *Features) (p [classes]float64) {
	for c := range classes {
		for i, v := range f.Dense {
			p[c] += float64(m.dense[c][i]) * v
		}
	}
	var sums [classes]int32
	for _, h := range f.Hashed {
		w := &m.hashed[h]
		for c := range classes {
			sums[c] += int32(w[c])
		}
	}
	norm := Norm(len(f.Hashed))
	for c := range classes {
		p[c] += float64(sums[c]) * float64(m.scale[c]) * norm
	}
	return Softmax(p)
}

// modelShare is the model's part in the score of an English sentence; the rest
// is the lexicon's. Chosen, as [NeutralBand] was, on the two sets the model is
// trained on, each scored by a model of the other.
const modelShare = 0.7

// Score returns the score of a sentence, in [-1, 1]: the model's balance of
// probabilities and the lexicon's own reading.
func (m *Model) Score(f *Features) float64 {
	p := m.Probabilities(f)
	v := modelShare*(p[classPositive]-p[classNegative]) + (1-modelShare)*f.Dense[denseValue]
	return v * (1 - questionDamping*f.Dense[denseQuestion])
}

// NeutralBand is the score below which a text says nothing either way.
const NeutralBand = 0.15

// Label returns the class of a score: -1, 0 or 1.
func Label(score float64) int {
	switch {
	case score >= NeutralBand:
		return 1
	case score <= -NeutralBand:
		return -1
	}
	return 0
}

// Norm scales the hashed part so that long sentences do not shout.
func Norm(n int) float64 { return 1 / math.Sqrt(float64(max(n, 1))) }

// Softmax turns sums into probabilities.
func Softmax(p [classes]float64) [classes]float64 {
	top := max(p[0], p[1], p[2])
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

// maxTokens bounds the words of a sentence that the model looks at.
const maxTokens = 120

// features describes one sentence for the target at mentions (sorted, possibly
// none): value is the lexicon's sum for the target, overall that of the whole.
func features(full string, s text.Sentence, mentions []corpus.Span, value, overall float64, isQuestion bool, f *Features) {
	v, o := math.Tanh(value), math.Tanh(overall)
	f.Dense = [denseCount]float64{denseBias: 1, denseValue: v, denseSize: math.Abs(v), denseOverall: o}
	if value == 0 {
		f.Dense[denseUnsure] = 1
	}
	if isQuestion {
		f.Dense[denseQuestion] = 1
	}
	if v*o < 0 {
		f.Dense[denseDiffers] = 1
	}
	if len(mentions) == 0 {
		f.Dense[denseUntargeted] = 1
	}
	f.Hashed = f.Hashed[:0]
	first, last := -1, -1 // positions of the first and last mention, in tokens
	var words [maxTokens]uint32
	n, next := 0, 0
	for tok := range text.Tokens(full, s.Start, s.End) {
		for next < len(mentions) && mentions[next].End <= tok.Start {
			next++
		}
		if next < len(mentions) && mentions[next].Start < tok.End {
			if n > 0 && words[n-1] == hashTarget {
				continue
			}
			if first < 0 {
				first = n
			}
			last = n
			words[n] = hashTarget
		} else if h, ok := hashToken(full, tok, s.End); ok {
			words[n] = h
		} else {
			continue
		}
		if n++; n == maxTokens {
			break
		}
	}
	prev := uint32(1)
	for i, h := range words[:n] {
		if h != hashTarget {
			f.Hashed = append(f.Hashed, bucket(h))
			if first >= 0 {
				switch {
				case i < first && first-i <= 4:
					f.Hashed = append(f.Hashed, bucket(h^0x5bd1e995))
				case i > last && i-last <= 4:
					f.Hashed = append(f.Hashed, bucket(h^0x1b873593))
				}
			}
		}
		f.Hashed = append(f.Hashed, bucket(prev*0x01000193^h))
		prev = h
	}
}

// Hashes of what stands for many words.
const (
	hashTarget = 0x9e3779b9 + iota
	hashNumber
	hashPercent
)

// hashToken returns the hash of a word in lower case; numbers are one word,
// addresses none.
func hashToken(full string, t text.Token, end int) (uint32, bool) {
	w := full[t.Start:t.End]
	switch t.Kind {
	case text.Number:
		if t.End < end && full[t.End] == '%' {
			return hashPercent, true
		}
		return hashNumber, true
	case text.Punct:
		if strings.ContainsAny(w, "?!+$") {
			return uint32(w[0]) * 0x85ebca6b, true
		}
		return 0, false
	}
	if strings.HasPrefix(w, "http") || t.Start > 0 && full[t.Start-1] == '/' {
		return 0, false
	}
	h := uint32(2166136261)
	for i := 0; i < len(w); i++ {
		c := w[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint32(c)) * 16777619
	}
	return h, true
}

func bucket(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x7feb352d
	h ^= h >> 15
	return h & (hashSize - 1)
}

// Learn describes a text that is one sentence, for training: what the model
// would see of it when asked for the target.
func (s *Scorer) Learn(full, target string) Features {
	d := &text.Document{Full: full, Lang: "en", Sentences: []text.Sentence{{End: len(full)}}}
	r := s.Read(d, nil)
	var f Features
	r.describe(&r.sentences[0], Mentions(d, target), &f)
	return f
}
