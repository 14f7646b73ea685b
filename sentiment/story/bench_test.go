package story_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/story"
)

// BenchmarkPlace places further articles where 10,000 and 100,000 are known:
// 300 words each, one in five a copy with some words changed, half of them
// telling an event; twenty articles an hour.
func BenchmarkPlace(b *testing.B) {
	for _, known := range []int{10_000, 100_000} {
		var s *scene // filled once, however often the benchmark is measured
		var next func(int) story.Input
		fill := sync.OnceFunc(func() {
			s = newScene(b)
			next = articles(s)
			for i := range known {
				s.put(next(i))
			}
		})
		b.Run(fmt.Sprintf("known=%d", known), func(b *testing.B) {
			fill()
			s.t = b
			b.ReportAllocs()
			for i := known; b.Loop(); i++ {
				b.StopTimer()
				in := next(i)
				b.StartTimer()
				s.put(in)
			}
		})
	}
}

func articles(s *scene) func(int) story.Input {
	rng := rand.New(rand.NewPCG(8, 9))
	zipf := rand.NewZipf(rng, 1.1, 20, 50_000)
	var last [50][]string
	types := []corpus.EventType{corpus.Enforcement, corpus.RuleProposal, corpus.Listing, corpus.PriceMove, corpus.Policy, corpus.Hack}
	return func(i int) story.Input {
		var words []string
		if rng.IntN(5) == 0 && last[i%50] != nil {
			words = append(words, last[i%50]...)
			for range 20 {
				words[rng.IntN(len(words))] = "edited"
			}
		} else {
			for range 300 {
				words = append(words, fmt.Sprintf("w%dx", zipf.Uint64()))
			}
		}
		last[i%50] = words
		p := piece{name: fmt.Sprintf("article%d", i), src: corpus.Source{ID: corpus.SourceID(fmt.Sprint("src", i%60)), Kind: corpus.SourceMedia}, hours: float64(i) / 20,
			title: strings.Join(words[:10], " "), body: strings.Join(words[10:], " ")}
		if rng.IntN(2) == 0 {
			ev := act(types[rng.IntN(len(types))], []string{"SEC", "CFTC", "FCA", "PBoC"}[rng.IntN(4)], "US", fmt.Sprintf("Target %d", rng.IntN(400)))
			ev.Assets = []string{fmt.Sprint("T", rng.IntN(20))}
			p.events = []corpus.EventReading{ev}
		}
		return s.input(p)
	}
}
