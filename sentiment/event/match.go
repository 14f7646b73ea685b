package event

import (
	"slices"

	"github.com/regwire/regwire/corpus"
)

// hit is a cue found in a sentence.
type hit struct {
	cue      *cue
	from, to int     // tokens
	weight   float64 // after its clause
}

// find returns the cues in toks that no mask covers.
func (g *grammar) find(toks []token) []hit {
	g.recognise(toks)
	var hits []hit
	m := matcher{toks: toks}
	try := func(c *cue, i int) {
		if c.first && i > 0 && toks[i-1].end > toks[0].start {
			return
		}
		if to := m.match(c.parts, i); to >= 0 {
			hits = append(hits, hit{cue: c, from: i, to: to, weight: c.weight})
		}
	}
	var seen [maxCues / 64]uint64
	candidates := g.byClass[:len(g.byClass):len(g.byClass)]
	for i := range toks {
		for _, id := range toks[i].ids {
			for _, c := range g.byWord[id] {
				try(c, i)
			}
			for _, c := range g.anchored[id] {
				if bit := uint64(1) << (c.index & 63); seen[c.index>>6]&bit == 0 {
					seen[c.index>>6] |= bit
					candidates = append(candidates, c)
				}
			}
		}
	}
	for i := range toks {
		if toks[i].class == 0 || i > 0 && toks[i-1].run > i { // inside a name
			continue
		}
		for _, c := range candidates {
			if toks[i].class&c.parts[0].class != 0 {
				try(c, i)
			}
		}
	}
	return unmasked(hits, toks)
}

// unmasked drops the cues that begin inside a masked expression, or consist of
// nothing else, and weighs those of subordinate clauses less.
func unmasked(hits []hit, toks []token) []hit {
	for _, h := range hits {
		if h.cue.typ == mask {
			for i := h.from; i < h.to; i++ {
				toks[i].masked = true
			}
		}
	}
	kept := hits[:0]
	for _, h := range hits {
		if h.cue.typ == mask || covered(h, toks) {
			continue
		}
		if key := h.to - 1; toks[key].minor {
			if h.cue.typ != corpus.Delisting { // "sinks as the venue drops it" is about the dropping
				h.weight *= minorWeight
			}
		}
		kept = append(kept, h)
	}
	return withoutTeasers(kept, toks)
}

// withoutTeasers drops opinions that only stand in what a headline adds to its
// news to be clicked on: "…: what it means", "… – here's why", and questions
// after a report.
func withoutTeasers(hits []hit, toks []token) []hit {
	from := teaser(toks)
	if from < 0 || !slices.ContainsFunc(hits, func(h hit) bool {
		return h.to <= from && h.weight >= opinionWeight && h.cue.typ != up && h.cue.typ != down
	}) {
		return hits
	}
	return slices.DeleteFunc(hits, func(h hit) bool { return h.from >= from && h.cue.typ == corpus.Other })
}

// teaser returns where the last clause begins when that asks or promises to
// tell; -1 without such a clause.
func teaser(toks []token) int {
	for i := len(toks) - 2; i > 2; i-- {
		switch toks[i].norm {
		case ":", ";", "?", "!", "—", "–", "-", ",", "…", ".":
			if teasing[toks[i+1].norm] {
				return i + 1
			}
		}
	}
	return -1
}

var teasing = wordSet("what why how here who where when is are was will can could should does do did everything inside key")

// minorWeight is what a cue in a subordinate clause counts: "Bitcoin falls
// after the SEC sues" tells of a fall first. Guessed, and kept because the
// labelled headlines agree.
const minorWeight = 0.5

// covered reports whether a cue only stands in a masked expression, or an
// opinion in the name of an authority: 分析 in 金融情报分析院.
func covered(h hit, toks []token) bool {
	return toks[h.from].masked || toks[h.to-1].masked ||
		h.cue.typ == corpus.Other && toks[h.from].han && toks[h.from].class&authority != 0 && toks[h.to-1].class&authority != 0
}

// maxSteps bounds the work on one sentence: ordinary headlines take some
// thousands of steps, rows of repeated words millions.
const maxSteps = 150_000

// matcher matches patterns against the words of one sentence.
type matcher struct {
	toks  []token
	steps int
}

// match returns the index after the tokens that parts match from i, or -1.
func (m *matcher) match(parts []part, i int) int {
	if len(parts) == 0 {
		return i
	}
	if m.steps++; m.steps > maxSteps {
		return -1
	}
	p, toks := &parts[0], m.toks
	if p.gap > 0 {
		strict := i > 0 && toks[i-1].class&(state|authority) == state && !toks[i-1].han
		for n := 0; n <= p.gap && i+n < len(toks); n++ {
			if to := m.match(parts[1:], i+n); to >= 0 {
				return to
			}
			if toks[i+n].class&separator != 0 {
				return -1
			}
			if strict && !fillers[toks[i+n].norm] && toks[i+n].class&place == 0 {
				return -1
			}
		}
		return -1
	}
	if p.option {
		if to := m.match(parts[1:], i); to >= 0 {
			return to
		}
	}
	if i >= len(toks) {
		return -1
	}
	if len(p.runs) > 0 && toks[i].han {
		if to := m.matchRuns(p, parts[1:], i); to >= 0 {
			return to
		}
	}
	if !p.fits(&toks[i]) {
		return -1
	}
	next := i + 1
	if p.class != 0 && toks[i].class&p.class != 0 {
		next = toks[i].run
	}
	return m.match(parts[1:], next)
}

// matchRuns matches the Chinese words of a part at i, then the rest.
func (m *matcher) matchRuns(p *part, rest []part, i int) int {
	toks := m.toks
	if len(toks[i].ids) == 0 || !p.starts.has(toks[i].ids[0]) {
		return -1
	}
	for _, run := range p.runs {
		if i+len(run) > len(toks) {
			continue
		}
		k := 0
		for k < len(run) && len(toks[i+k].ids) > 0 && toks[i+k].ids[0] == run[k] {
			k++
		}
		if k < len(run) {
			continue
		}
		if to := m.match(rest, i+k); to >= 0 {
			return to
		}
	}
	return -1
}

func (p *part) fits(t *token) bool {
	if t.class&p.class != 0 {
		return true
	}
	for _, id := range t.ids {
		if p.set.has(id) {
			return true
		}
	}
	return false
}
