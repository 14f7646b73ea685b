package main

import (
	"math"
	"math/rand/v2"

	"github.com/regwire/regwire/sentiment/polarity"
)

// Settings of the fit, chosen by the figures of cross-validation.
const (
	epochs    = 8
	rate      = 0.25
	rateWords = 0.2
	shrink    = 3e-4 // towards zero, per step and weight met
	minSeen   = 2
	dropWords = 0.5  // of the words, so that the lexicon is not forgotten
	ownWeight = 3    // of one of our own sentences against one of the others
	evenness  = 0.25 // 0: each row of a set counts alike; 1: each label does
)

// fit trains on sets, with rare labels counting for more than they are many.
func fit(sets []set) *polarity.Model {
	type step struct {
		example *example
		weight  float64
	}
	var all []step
	for _, s := range sets {
		var count [3]float64
		for _, e := range s.examples {
			count[e.label]++
		}
		for i := range s.examples {
			e := &s.examples[i]
			all = append(all, step{e, s.weight * math.Pow(float64(len(s.examples))/3/count[e.label], evenness)})
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var dense, denseSum [3][len(polarity.Features{}.Dense)]float64
	hashed := make([][3]float64, polarity.Buckets)
	hashedSum := make([][3]float64, polarity.Buckets)
	for c := range dense {
		for i := range denseSum[c] {
			denseSum[c][i] = 1
		}
	}
	seen := make([]int, polarity.Buckets)
	for _, s := range all {
		for _, h := range s.example.f.Hashed {
			seen[h]++
		}
	}
	var words []uint32
	for range epochs {
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, s := range all {
			e := s.example
			words = words[:0]
			for _, h := range e.f.Hashed {
				if seen[h] >= minSeen && rnd.Float64() >= dropWords {
					words = append(words, h)
				}
			}
			norm := polarity.Norm(len(e.f.Hashed)) / (1 - dropWords)
			var p [3]float64
			for c := range p {
				for i, v := range e.f.Dense {
					p[c] += dense[c][i] * v
				}
				for _, h := range words {
					p[c] += hashed[h][c] * norm
				}
			}
			p = polarity.Softmax(p)
			for c := range p {
				g := p[c]
				if c == e.label {
					g--
				}
				g *= s.weight
				for i, v := range e.f.Dense {
					if v != 0 {
						denseSum[c][i] += g * g * v * v
						dense[c][i] -= rate * g * v / math.Sqrt(denseSum[c][i])
					}
				}
				for _, h := range words {
					d := g * norm
					hashedSum[h][c] += d * d
					hashed[h][c] -= rateWords*d/math.Sqrt(hashedSum[h][c]+1e-2) + shrink*hashed[h][c]
				}
			}
		}
	}
	return polarity.NewModel(dense, hashed)
}
