package polarity

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"sync"
)

// The model corrects what the lexicon makes of a sentence: a logistic
// regression with three classes over the lexicon's own reading and hashed
// words, pairs of words and Chinese characters, marked by where they stand
// from the target. It is trained by the command in folder train, and never
// sees what its target is called; names that are known are masked.
// docs/model-card.md tells on what and how well.
//
// Its file holds, little endian: the magic "rwp2", for each class the dense
// weights and the scale of the hashed ones as float32, the knots of the curve
// of confidence as float32, then the hashed weights as int8.

// Classes of the model: what the sentence is for its target.
const (
	classNegative = iota
	classNeutral
	classPositive
	classes
)

// curveKnots is the number of points of the curve of confidence: one for each
// tenth of a score from -1 to 1.
const curveKnots = 21

// Curve tells how often the label of a score is right, at -1, -0.9 … 1.
type Curve [curveKnots]float32

// At interpolates the curve.
func (c *Curve) At(score float64) float64 {
	x := (max(-1, min(1, score)) + 1) / 2 * (curveKnots - 1)
	i := min(int(x), curveKnots-2)
	return float64(c[i]) + (x-float64(i))*float64(c[i+1]-c[i])
}

// Model is a trained model. It is immutable.
type Model struct {
	dense  [classes][denseCount]float32
	scale  [classes]float32
	curve  Curve
	hashed [][classes]int8
}

//go:embed data/model.bin
var modelFile []byte

var loadModel = sync.OnceValues(func() (*Model, error) { return DecodeModel(modelFile) })

// ErrModel says that a file is no model of this version.
var ErrModel = errors.New("not a model of this version")

const modelMagic = "rwp2"

// DecodeModel reads a model as [Model.Encode] writes it.
func DecodeModel(b []byte) (*Model, error) {
	const head = len(modelMagic) + 4*(classes*(denseCount+1)+curveKnots)
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
	for i := range m.curve {
		m.curve[i] = next()
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

// Calibrated returns the model with the neutral class favoured by bias, in
// units of the logarithm of the odds, and with a curve of confidence.
func (m *Model) Calibrated(bias float64, curve Curve) *Model {
	out := *m
	out.dense[classNeutral][denseBias] += float32(bias)
	out.curve = curve
	return &out
}

// Encode writes the model as its file.
func (m *Model) Encode() []byte {
	b := []byte(modelMagic)
	float := func(f float32) { b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f)) }
	for c := range classes {
		for _, w := range m.dense[c] {
			float(w)
		}
		float(m.scale[c])
	}
	for _, p := range m.curve {
		float(p)
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

// modelShare is the model's part in the score of a sentence; the rest is the
// lexicon's. Chosen by cross-validation, as [NeutralBand] was.
const modelShare = 0.9

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
