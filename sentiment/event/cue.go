package event

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

//go:embed data/cues.txt
var cueData string

// mask is the type of cues that only keep other cues away.
const mask corpus.EventType = "mask"

// cue is one pattern of data/cues.txt.
type cue struct {
	typ    corpus.EventType
	weight float64
	stance stance
	parts  []part
	line   int
}

// stance is what a cue says of the stance.
type stance byte

const (
	neutral     stance = '0'
	restrictive stance = '-'
	permissive  stance = '+'
	byWords     stance = '?' // the words around decide
)

// part is one element of a pattern.
type part struct {
	words  map[string]bool
	stems  []string // prefixes of words
	class  class
	gap    int // >0: up to so many tokens of anything
	option bool
}

// grammar is all cues, indexed by what they can begin with.
type grammar struct {
	byWord  map[string][]*cue
	byStem  map[string][]*cue
	byClass []*cue
}

// readCues reads data/cues.txt: sections "[type]", lines "weight stance pattern".
func readCues(data string) (*grammar, error) {
	g := &grammar{byWord: map[string][]*cue{}, byStem: map[string][]*cue{}}
	var typ corpus.EventType
	for n, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "["):
			typ = corpus.EventType(strings.Trim(line, "[]"))
			continue
		}
		c := &cue{typ: typ, line: n + 1}
		f := strings.Fields(line)
		var err error
		if len(f) < 3 || len(f[1]) != 1 || !strings.Contains("0-+?", f[1]) {
			return nil, fmt.Errorf("line %d: want weight, stance and pattern", n+1)
		}
		if c.weight, err = strconv.ParseFloat(f[0], 64); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		c.stance = stance(f[1][0])
		for _, pattern := range alternatives(f[2:]) {
			c := *c
			if c.parts, err = readPattern(pattern); err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			g.index(&c)
		}
	}
	return g, nil
}

// alternatives writes out a pattern whose Chinese words have alternatives:
// each is a row of characters of its own.
func alternatives(words []string) [][]string {
	out := [][]string{nil}
	for _, w := range words {
		var han, rest []string
		for _, alt := range strings.Split(w, "/") {
			if r := []rune(alt); len(r) > 1 && text.IsHan(r[0]) {
				han = append(han, alt)
			} else {
				rest = append(rest, alt)
			}
		}
		if len(rest) > 0 {
			han = append(han, strings.Join(rest, "/"))
		}
		var next [][]string
		for _, head := range out {
			for _, alt := range han {
				next = append(next, append(head[:len(head):len(head)], alt))
			}
		}
		out = next
	}
	return out
}

func (g *grammar) index(c *cue) {
	first := c.parts[0]
	for w := range first.words {
		g.byWord[w] = append(g.byWord[w], c)
	}
	for _, s := range first.stems {
		g.byStem[s] = append(g.byStem[s], c)
	}
	if first.class != 0 {
		g.byClass = append(g.byClass, c)
	}
}

// shortest stem that a pattern may use, in bytes.
const minStem = 3

var classNames = map[string]class{
	"auth": authority &^ court, "state": state, "reg": regulator | setter | government, "court": court, "legis": legislature, "police": police | regulator, "enf": regulator | police | government | legislature | setter,
	"gov": government | legislature, "setter": setter, "place": place, "exch": exchange, "asset": asset, "person": person,
	"firm": firm | exchange, "num": number, "money": money, "pct": percent, "inst": instrument,
	"a": authority&^court | state,
}

// fillers may stand between a country and its verb: "Thailand moves to ban".
// Other words there make the country an attribute: "US company announces".
var fillers = wordSet(`to will may might could would should can is are has have be set sets now also again and , of not
	moves move plans plan considers weighs mulls eyes wants looks seeks aims prepares begins starts votes decides agrees pledges vows threatens proposes
	formally officially finally quietly temporarily reportedly fully just again partially effectively its their 's gears up readies ready`)

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// How far a gap reaches without a number, in tokens: a Chinese token is one
// character.
const (
	gapWords = 8
	gapHan   = 14
)

func readPattern(words []string) ([]part, error) {
	var parts []part
	for len(words) > 0 && strings.HasPrefix(words[len(words)-1], "..") {
		words = words[:len(words)-1] // nothing follows that it could lead to
	}
	reach := gapWords
	if strings.ContainsFunc(strings.Join(words, ""), text.IsHan) {
		reach = gapHan
	}
	for _, w := range words {
		switch {
		case strings.HasPrefix(w, ".."):
			p := part{gap: reach}
			if n := strings.TrimPrefix(w, ".."); n != "" {
				k, err := strconv.Atoi(n)
				if err != nil {
					return nil, err
				}
				p.gap = k
			}
			parts = append(parts, p)
		default:
			ps, err := readWord(w)
			if err != nil {
				return nil, err
			}
			parts = append(parts, ps...)
		}
	}
	if parts[0].gap > 0 || parts[0].option {
		return nil, fmt.Errorf("a pattern cannot begin with %q", words[0])
	}
	return parts, nil
}

// readWord reads "a/b", "stem*", "verb+", "<class>", "?optional" and Chinese
// words, which are matched character by character.
func readWord(w string) ([]part, error) {
	p := part{words: map[string]bool{}}
	if rest, ok := strings.CutPrefix(w, "?"); ok {
		p.option, w = true, rest
	}
	for _, alt := range strings.Split(w, "/") {
		switch {
		case strings.HasPrefix(alt, "<"):
			c, ok := classNames[strings.Trim(alt, "<>")]
			if !ok {
				return nil, fmt.Errorf("unknown class %s", alt)
			}
			p.class |= c
		case strings.HasSuffix(alt, "*"):
			stem := strings.TrimSuffix(alt, "*")
			if len(stem) < minStem {
				return nil, fmt.Errorf("stem %q is too short", stem)
			}
			p.stems = append(p.stems, stem)
		case strings.HasSuffix(alt, "+"):
			for _, form := range inflect(strings.TrimSuffix(alt, "+")) {
				p.words[form] = true
			}
		default:
			p.words[alt] = true
		}
	}
	if len(p.words) == 0 {
		return []part{p}, nil
	}
	if len(p.words) > 1 || p.class != 0 || !text.IsHan([]rune(w)[0]) {
		return []part{p}, nil
	}
	var parts []part
	for _, r := range w {
		parts = append(parts, part{words: map[string]bool{string(r): true}, option: p.option})
	}
	return parts, nil
}

// inflect returns the forms of a regular verb, with its final consonant single
// and doubled: too many, but no other words.
func inflect(v string) []string {
	last := v[len(v)-1]
	forms := []string{v, v + "s"}
	switch {
	case last == 'e':
		return append(forms, v+"d", v[:len(v)-1]+"ing")
	case last == 'y' && !strings.ContainsRune("aeiou", rune(v[len(v)-2])):
		return []string{v, v[:len(v)-1] + "ies", v[:len(v)-1] + "ied", v + "ing"}
	}
	forms = append(forms, v+"es", v+"ed", v+"ing")
	if !strings.ContainsRune("aeiouywx", rune(last)) {
		forms = append(forms, v+string(last)+"ed", v+string(last)+"ing")
	}
	return forms
}

// hit is a cue found in a sentence.
type hit struct {
	cue      *cue
	from, to int     // tokens
	weight   float64 // after its clause
}

// find returns the cues in toks that no mask covers.
func (g *grammar) find(toks []token) []hit {
	var hits []hit
	try := func(c *cue, i int) {
		if to := match(c.parts, toks, i); to >= 0 {
			hits = append(hits, hit{cue: c, from: i, to: to, weight: c.weight})
		}
	}
	for i := range toks {
		for _, c := range g.byWord[toks[i].norm] {
			try(c, i)
		}
		if w := toks[i].norm; len(w) >= minStem && len(g.byStem) > 0 {
			for n := minStem; n <= len(w) && n <= 14; n++ {
				for _, c := range g.byStem[w[:n]] {
					try(c, i)
				}
			}
		}
		if toks[i].class&^(separator|number|money|percent) == 0 && toks[i].class&(number|money|percent) == 0 {
			continue
		}
		if i > 0 && toks[i-1].run > i { // inside a name
			continue
		}
		for _, c := range g.byClass {
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
			h.weight *= minorWeight
		}
		kept = append(kept, h)
	}
	return kept
}

// minorWeight is what a cue in a subordinate clause counts: "Bitcoin falls
// after the SEC sues" tells of a fall first. Guessed, and kept because the
// labelled headlines agree.
const minorWeight = 0.5

func covered(h hit, toks []token) bool {
	return toks[h.from].masked || toks[h.to-1].masked
}

// match returns the index after the tokens that parts match from i, or -1.
func match(parts []part, toks []token, i int) int {
	if len(parts) == 0 {
		return i
	}
	p := parts[0]
	if p.gap > 0 {
		strict := i > 0 && toks[i-1].class&(state|authority) == state && !toks[i-1].han
		for n := 0; n <= p.gap && i+n < len(toks); n++ {
			if to := match(parts[1:], toks, i+n); to >= 0 {
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
		if to := match(parts[1:], toks, i); to >= 0 {
			return to
		}
	}
	if i >= len(toks) || !p.fits(&toks[i]) {
		return -1
	}
	next := i + 1
	if p.class != 0 && toks[i].class&p.class != 0 {
		next = toks[i].run
	}
	return match(parts[1:], toks, next)
}

func (p *part) fits(t *token) bool {
	if t.class&p.class != 0 || p.words[t.norm] {
		return true
	}
	for _, s := range p.stems {
		if strings.HasPrefix(t.norm, s) {
			return true
		}
	}
	return false
}
