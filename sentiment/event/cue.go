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

//go:embed data/cues_zh.txt
var cueDataZh string

//go:embed data/stance.txt
var stanceData string

// The types of cues that tell of no event: mask keeps other cues away, up and
// down say which way an event leans.
const (
	mask corpus.EventType = "mask"
	up   corpus.EventType = "up"
	down corpus.EventType = "down"
)

// cue is one pattern of data/cues.txt.
type cue struct {
	index  int
	typ    corpus.EventType
	weight float64
	stance stance
	parts  []part
	first  bool // only at the beginning of a sentence
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
	words  []string // "stem*" for stems; only while reading
	set    wordIDs
	runs   [][]wordID // Chinese words of several characters
	starts wordIDs    // the first of them
	class  class
	gap    int // >0: up to so many tokens of anything
	option bool
}

// wordID numbers the words and stems of all patterns, from 1.
type wordID int32

// wordIDs is a set of them, as bits.
type wordIDs []uint64

func (s wordIDs) has(id wordID) bool {
	return int(id>>6) < len(s) && s[id>>6]&(1<<(id&63)) != 0
}

func (s *wordIDs) add(id wordID) {
	for int(id>>6) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[id>>6] |= 1 << (id & 63)
}

// grammar is all cues. Those that begin with a word are found by it. Those
// that begin with a class are tried only where one of their words occurs.
type grammar struct {
	ids      map[string]wordID // of words, and of stems with their "*"
	byWord   [][]*cue          // by wordID
	anchored [][]*cue          // by wordID
	byClass  []*cue            // without any word
	cues     int
}

// readCues reads data/cues.txt: sections "[type]", lines "weight stance pattern".
func readCues(data string) (*grammar, error) {
	g := &grammar{ids: map[string]wordID{}}
	families := map[string]string{}
	var typ corpus.EventType
	for n, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "["):
			typ = corpus.EventType(strings.Trim(line, "[]"))
			continue
		case strings.HasPrefix(line, "@"):
			name, words, ok := strings.Cut(line, " = ")
			if !ok {
				return nil, fmt.Errorf("line %d: want a name, = and words", n+1)
			}
			families[name] = words
			continue
		}
		c := &cue{typ: typ, line: n + 1}
		f := strings.Fields(line)
		for i := range f {
			if err := spell(&f[i], families); err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
		}
		var err error
		if len(f) < 3 || len(f[1]) != 1 || !strings.Contains("0-+?", f[1]) {
			return nil, fmt.Errorf("line %d: want weight, stance and pattern", n+1)
		}
		if c.weight, err = strconv.ParseFloat(f[0], 64); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		c.stance = stance(f[1][0])
		if f[2] == "^" && len(f) > 3 {
			c.first = true
			f = append(f[:2], f[3:]...)
		}
		if c.parts, err = g.readPattern(f[2:]); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		g.index(c)
	}
	if g.cues > maxCues {
		return nil, fmt.Errorf("%d cues, more than %d", g.cues, maxCues)
	}
	return g, nil
}

// spell replaces the names of families in a word of a pattern by their words.
func spell(w *string, families map[string]string) error {
	if !strings.Contains(*w, "@") {
		return nil
	}
	alts := strings.Split(*w, "/")
	for i, alt := range alts {
		if strings.HasPrefix(alt, "@") {
			if families[alt] == "" {
				return fmt.Errorf("unknown family %s", alt)
			}
			alts[i] = families[alt]
		}
	}
	*w = strings.Join(alts, "/")
	return nil
}

// maxCues bounds the cues, so that those tried can be kept as bits.
const maxCues = 8192

func (g *grammar) index(c *cue) {
	c.index = g.cues
	g.cues++
	for i := range c.parts {
		for _, w := range c.parts[i].words {
			c.parts[i].set.add(g.id(w))
		}
	}
	for id := range c.parts[0].beginnings(g) {
		g.byWord[id] = append(g.byWord[id], c)
	}
	if c.parts[0].class == 0 {
		return
	}
	for _, p := range c.parts[1:] {
		if p.gap == 0 && p.class == 0 && !p.option {
			for id := range p.beginnings(g) {
				g.anchored[id] = append(g.anchored[id], c)
			}
			return
		}
	}
	g.byClass = append(g.byClass, c)
}

// beginnings returns the words, stems and characters that a part can begin with.
func (p *part) beginnings(g *grammar) map[wordID]bool {
	ids := map[wordID]bool{}
	for _, w := range p.words {
		ids[g.id(w)] = true
	}
	for _, run := range p.runs {
		ids[run[0]] = true
	}
	return ids
}

func (g *grammar) id(w string) wordID {
	id, ok := g.ids[w]
	if !ok {
		id = wordID(len(g.ids) + 1)
		g.ids[w] = id
		for len(g.byWord) <= int(id) {
			g.byWord, g.anchored = append(g.byWord, nil), append(g.anchored, nil)
		}
	}
	return id
}

// recognise numbers the words of toks that patterns use.
func (g *grammar) recognise(toks []token) {
	var buf [longestStem + 1]byte
	for i := range toks {
		w := toks[i].norm
		toks[i].ids = toks[i].ids[:0]
		if id := g.ids[w]; id != 0 {
			toks[i].ids = append(toks[i].ids, id)
		}
		if toks[i].han {
			continue
		}
		for n := minStem; n <= len(w) && n <= longestStem; n++ {
			stem := append(append(buf[:0], w[:n]...), '*')
			if id := g.ids[string(stem)]; id != 0 {
				toks[i].ids = append(toks[i].ids, id)
			}
		}
	}
}

// The shortest and longest stem that a pattern may use, in bytes.
const (
	minStem     = 3
	longestStem = 14
)

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
	formally officially finally quietly temporarily reportedly fully just again partially effectively its their 's gears up readies ready temporary new total full partial stricter tougher first own national nationwide a an the`)

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

func (g *grammar) readPattern(words []string) ([]part, error) {
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
			p, err := g.readWord(w)
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
		}
	}
	if parts[0].gap > 0 || parts[0].option {
		return nil, fmt.Errorf("a pattern cannot begin with %q", words[0])
	}
	return parts, nil
}

// readWord reads "a/b", "stem*", "verb+", "<class>", "?optional" and Chinese
// words, which are matched character by character.
func (g *grammar) readWord(w string) (part, error) {
	var p part
	if rest, ok := strings.CutPrefix(w, "?"); ok {
		p.option, w = true, rest
	}
	for _, alt := range strings.Split(text.FoldString(w), "/") {
		switch {
		case strings.HasPrefix(alt, "<"):
			c, ok := classNames[strings.Trim(alt, "<>")]
			if !ok {
				return p, fmt.Errorf("unknown class %s", alt)
			}
			p.class |= c
		case strings.HasSuffix(alt, "*"):
			stem := strings.TrimSuffix(alt, "*")
			if len(stem) < minStem || len(stem) > longestStem {
				return p, fmt.Errorf("stem %q is too short or too long", stem)
			}
			p.words = append(p.words, alt)
		case strings.HasSuffix(alt, "+"):
			p.words = append(p.words, inflect(strings.TrimSuffix(alt, "+"))...)
		case len([]rune(alt)) > 1 && text.IsHan([]rune(alt)[0]):
			var run []wordID
			for _, r := range alt {
				run = append(run, g.id(string(r)))
			}
			p.runs = append(p.runs, run)
			p.starts.add(run[0])
		default:
			p.words = append(p.words, alt)
		}
	}
	return p, nil
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
