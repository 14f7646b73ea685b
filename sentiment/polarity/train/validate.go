package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/regwire/regwire/sentiment/polarity"
)

// folds is the number of parts of cross-validation.
const folds = 4

// reading is a row of a test fold with what the model of the other folds makes
// of it.
type reading struct {
	set     string
	example *example
	model   *polarity.Model
}

// crossValidate reads every row by a model that has not seen its text.
func crossValidate(sets []set) []reading {
	var out []reading
	for k := range uint32(folds) {
		var train, test []set
		for _, s := range sets {
			a, b := s, s
			a.examples, b.examples = nil, nil
			for _, e := range s.examples {
				if e.group%folds == k {
					b.examples = append(b.examples, e)
				} else {
					a.examples = append(a.examples, e)
				}
			}
			train, test = append(train, a), append(test, b)
		}
		m := fit(train)
		for _, s := range test {
			for i := range s.examples {
				out = append(out, reading{s.name, &s.examples[i], m})
			}
		}
	}
	return out
}

// score is the score of a row under a neutral bias.
func (r *reading) score(bias float64) float64 {
	return r.model.Calibrated(bias, polarity.Curve{}).Score(&r.example.f)
}

// confusion counts [gold][read].
type confusion [3][3]float64

func (c *confusion) f1(label int) float64 {
	gold, got := 0.0, 0.0
	for k := range 3 {
		gold += c[label][k]
		got += c[k][label]
	}
	if gold+got == 0 {
		return 0
	}
	return 2 * c[label][label] / (gold + got)
}

func (c *confusion) macro() float64 { return (c.f1(0) + c.f1(1) + c.f1(2)) / 3 }

// confusions reads the sets under a bias.
func confusions(rows []reading, bias float64) map[string]*confusion {
	out := map[string]*confusion{}
	for i := range rows {
		r := &rows[i]
		if out[r.set] == nil {
			out[r.set] = &confusion{}
		}
		out[r.set][r.example.label][1+polarity.Label(r.score(bias))]++
	}
	return out
}

// neutralBias is the shift of the neutral class with the best macro-F1, the
// mean of the sets. Ours count four times: they read like what the service is
// given.
func neutralBias(rows []reading) float64 {
	best, at := -1.0, 0.0
	for i := -25; i <= 25; i++ { // wide enough that the best is not at an edge
		bias := float64(i) / 10
		sum := 0.0
		for name, c := range confusions(rows, bias) {
			w := 1.0
			if name == "sentences_en.tsv" || name == "sentences_zh.tsv" {
				w = 4
			}
			sum += w * c.macro()
		}
		if sum = math.Round(sum*1e6) / 1e6; sum > best {
			best, at = sum, bias
		}
	}
	return at
}

// report prints the figures of one set, and its errors on request.
func report(how, name string, rows []reading, bias float64, errs bool) {
	c := confusions(rows, bias)[name]
	n, right := 0.0, 0.0
	for i := range 3 {
		right += c[i][i]
		for j := range 3 {
			n += c[i][j]
		}
	}
	fmt.Printf("%s %-18s n %5.0f  macro-F1 %.3f  accuracy %.3f  F1 %.3f %.3f %.3f  %v\n",
		how, name, n, c.macro(), right/n, c.f1(0), c.f1(1), c.f1(2), *c)
	if !errs {
		return
	}
	for i := range rows {
		r := &rows[i]
		if s := r.score(bias); r.set == name && 1+polarity.Label(s) != r.example.label {
			fmt.Printf("%+d\t%+.2f\tlex %+.2f\t%s\t%s\n", r.example.label-1, s, r.example.f.Dense[1], r.example.target, r.example.text)
		}
	}
}

// confidence is how often the label is right at each score: counted in the
// test folds, the sets weighing alike, and made monotone away from where the
// label changes (isotonic regression by pooling neighbours).
func confidence(rows []reading, bias float64) (curve polarity.Curve) {
	size := map[string]float64{}
	for i := range rows {
		size[rows[i].set]++
	}
	knots := len(curve)
	right, all := make([]float64, knots), make([]float64, knots)
	for i := range rows {
		r := &rows[i]
		s := r.score(bias)
		k := int(math.Round((s + 1) / 2 * float64(knots-1)))
		w := 1 / size[r.set]
		all[k] += w
		if 1+polarity.Label(s) == r.example.label {
			right[k] += w
		}
	}
	middle := knots / 2
	edge := int(math.Ceil(polarity.NeutralBand * float64(knots-1) / 2)) // the first knot with a sign
	pool(right, all, 0, middle-edge+1, false)
	pool(right, all, middle-edge+1, middle+1, true)
	pool(right, all, middle, middle+edge, false)
	pool(right, all, middle+edge, knots, true)
	for k := range curve {
		curve[k] = float32(right[k] / max(all[k], 1e-12))
	}
	return curve
}

// pool makes right/all monotone over [from, to) by pooling neighbours that
// are out of order.
func pool(right, all []float64, from, to int, rising bool) {
	type block struct {
		right, all float64
		n          int
	}
	at := func(i int) int {
		if rising {
			return from + i
		}
		return to - 1 - i
	}
	var blocks []block
	for i := range to - from {
		blocks = append(blocks, block{right[at(i)], all[at(i)], 1})
		for len(blocks) > 1 {
			a, b := blocks[len(blocks)-2], blocks[len(blocks)-1]
			if b.all > 0 && a.all > 0 && a.right*b.all <= b.right*a.all {
				break
			}
			blocks = append(blocks[:len(blocks)-2], block{a.right + b.right, a.all + b.all, a.n + b.n})
		}
	}
	blocks = slices.Clip(blocks)
	i := 0
	for _, b := range blocks {
		for range b.n {
			right[at(i)], all[at(i)] = b.right, b.all
			i++
		}
	}
}
