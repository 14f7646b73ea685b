package story

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/sentiment/text"
)

// outline is what an article is about, in the form in which two in other words
// are compared: the words of its headline, and the names and figures at its
// beginning, each with a weight. The body beyond them is left out: what houses
// write around the news resembles their own prose more than that of others.
//
// Weights are fixed, not counted in the corpus, so that whether two articles
// tell one thing depends on nothing but the two.
type outline []feature // by hash, each once

type feature struct {
	hash   uint32
	weight uint8 // in steps of weightStep
}

// The weights, and from where on two outlines tell one thing. Chosen on the
// labelled articles of this project, see docs/stories.md.
const (
	weightStep = 0.05
	// A word that is not generic; a generic one; one of the commonest.
	rareWeight, commonWeight, commonestWeight = 6.0, 2.0, 1.0
	titleFactor, nameFactor, figureFactor     = 2.0, 1.5, 2.2
	// Pairs of characters overlap, and there are more of them than words.
	hanFactor = 0.6
	// outlineNorm is the least length an outline is taken to have: short and
	// commonplace ones would resemble each other otherwise.
	outlineNorm = 27.0
	// outlinesAgree is the cosine from which on two articles tell one thing: on
	// the labelled ones .36 to .42 are about as good.
	outlinesAgree = 0.38
	// outlinesAgreeHome is the same for two articles of one house.
	outlinesAgreeHome = 0.5
	// foreignOutlines is what two outlines in different scripts have to share,
	// as the sum of products of weights: a name and a figure, or two names.
	foreignOutlines = 220.0
	// outlineWindow is how far apart in time. A follow-up in other words comes
	// through the event.
	outlineWindow = 36 * time.Hour

	outlineLead   = 400 // bytes of the body that are read
	outlineLength = 40  // features
	outlineKeys   = 8   // features an article is found by
	outlineKeyMin = 5.0 // the weight they have at least
	outlineDays   = 3   // the width of the buckets of time they are filed in
)

// newOutline reads an article.
func newOutline(title, body string) outline {
	w := map[uint32]float64{}
	put := func(kind byte, s string, weight float64) {
		h := uint32(hashWord(string(kind) + s))
		w[h] = max(w[h], weight)
	}
	words := rarities()
	read := func(s string, headline bool) {
		for tok := range text.Tokens(s, 0, len(s)) {
			word := s[tok.Start:tok.End]
			if x, ok := figure(word, s[tok.End:]); ok {
				f := figureFactor * rareWeight * figureDigits[threeDigits(x)]
				if headline {
					f *= 1.3
				}
				put('#', strconv.FormatFloat(x, 'g', 3, 64), f)
				continue
			}
			switch {
			case tok.Kind == text.Han && headline:
				pairs(word, func(p string) { put('w', p, titleFactor*hanFactor*words.weight(p)) })
			case tok.Kind == text.Word && headline:
				if st := stem(word); words.says(st) {
					put('w', st, titleFactor*words.weight(st))
				}
			case tok.Kind == text.Word && name(s, tok.Start):
				if st := stem(word); words.says(st) {
					put('w', st, nameFactor*words.weight(st))
				}
			}
		}
	}
	read(cut(title, maxSentence), true)
	read(cut(body, outlineLead), false)
	o := make(outline, 0, len(w))
	for h, x := range w {
		o = append(o, feature{h, uint8(min(255, x/weightStep))})
	}
	if len(o) > outlineLength {
		slices.SortFunc(o, heavier)
		o = o[:outlineLength]
	}
	slices.SortFunc(o, func(a, b feature) int { return int(int64(a.hash) - int64(b.hash)) })
	return o
}

func heavier(a, b feature) int {
	if a.weight != b.weight {
		return int(b.weight) - int(a.weight)
	}
	return int(int64(a.hash) - int64(b.hash))
}

// name reports whether the word at a place of s is written like a name inside
// a sentence: a capital after a word in small letters, a comma, or Chinese.
func name(s string, at int) bool {
	if c := s[at]; c < 'A' || c > 'Z' {
		return false
	}
	before := strings.TrimSuffix(s[:at], " ")
	r, _ := utf8.DecodeLastRuneInString(before)
	return before != "" && (r == ',' || 'a' <= r && r <= 'z' || unicode.Is(unicode.Han, r))
}

// pairs calls f with each pair of neighbouring characters, folded.
func pairs(s string, f func(string)) {
	rs := []rune(text.FoldString(s))
	for i := 0; i+2 <= len(rs); i++ {
		f(string(rs[i : i+2]))
	}
}

// figureDigits is what figures of so many digits say: round ones are common.
var figureDigits = [...]float64{0, 0.3, 0.7, 1}

// threeDigits counts the digits of a figure before its zeros, when it is
// rounded to three.
func threeDigits(x float64) int {
	mantissa, _, _ := strings.Cut(strconv.FormatFloat(x, 'e', 2, 64), "e")
	return len(strings.Trim(points.Replace(mantissa), "0")) // "1.50" has two
}

// stem folds a word and takes off the endings that differ between headlines of
// one thing: "move", "moves", "moved", "moving".
func stem(word string) string {
	w := strings.ToLower(word)
	if i := strings.IndexAny(w, "'’"); i > 0 {
		w = w[:i]
	}
	for _, ending := range []string{"ing", "ed", "es", "s", "e"} {
		if len(w) >= len(ending)+3 && strings.HasSuffix(w, ending) {
			return strings.TrimSuffix(w, ending)
		}
	}
	return w
}

// agree returns the cosine of two outlines, [0, 1], each taken to be at least
// outlineNorm long.
func (o outline) agree(p outline) float64 { return o.shared(p) / (o.norm() * p.norm()) }

// shared is the sum over what two outlines have in common.
func (o outline) shared(p outline) float64 {
	dot := 0.0
	for i, j := 0, 0; i < len(o) && j < len(p); {
		switch {
		case o[i].hash < p[j].hash:
			i++
		case o[i].hash > p[j].hash:
			j++
		default:
			dot += o[i].value() * p[j].value()
			i, j = i+1, j+1
		}
	}
	return dot
}

func (f feature) value() float64 { return weightStep * float64(f.weight) }

func (o outline) norm() float64 {
	sum := 0.0
	for _, f := range o {
		sum += f.value() * f.value()
	}
	return max(outlineNorm, math.Sqrt(sum))
}

// keys returns the keys under which an article that appeared at a date is
// filed by its outline, and those under which articles that tell the same are.
func (o outline) keys(date time.Time) (file, look []uint64) {
	best := slices.Clone(o)
	slices.SortFunc(best, heavier)
	days := float64(date.Unix()) / (24 * 3600) / outlineDays
	bucket := int64(math.Floor(days))
	neighbour := bucket - 1
	if days-math.Floor(days) >= 0.5 {
		neighbour = bucket + 1 // the window is half a bucket wide
	}
	for _, f := range best[:min(outlineKeys, len(best))] {
		if f.value() < outlineKeyMin {
			break
		}
		key := func(bucket int64) uint64 { return mix(uint64(f.hash)*0x9e3779b97f4a7c15 + uint64(bucket)) }
		file = append(file, key(bucket))
		look = append(look, key(bucket), key(neighbour))
	}
	return file, look
}

func (o outline) append(b []byte) []byte {
	for _, f := range o {
		b = append(binary.LittleEndian.AppendUint32(b, f.hash), f.weight)
	}
	return b
}

// generalWords are the words that say little.
type generalWords map[string]float64

// weight returns what sharing a stem, or a pair of characters, says.
func (g generalWords) weight(stem string) float64 {
	if w, ok := g[stem]; ok {
		return w
	}
	return rareWeight
}

// says reports whether a stem is worth comparing at all.
func (g generalWords) says(stem string) bool { return len(stem) >= 2 && !silent[stem] }

//go:embed data/generic.txt
var genericFile []byte

var rarities = sync.OnceValue(func() generalWords {
	g := generalWords{}
	weight := 0.0
	for lines := bufio.NewScanner(bytes.NewReader(genericFile)); lines.Scan(); {
		switch line := strings.TrimSpace(lines.Text()); {
		case strings.HasPrefix(line, "#"):
		case line == "commonest":
			weight = commonestWeight
		case line == "common":
			weight = commonWeight
		default:
			for w := range strings.FieldsSeq(line) {
				if r, _ := utf8.DecodeRuneInString(w); unicode.Is(unicode.Han, r) {
					pairs(w, func(p string) { g.put(p, weight) })
				} else {
					g.put(stem(w), weight)
				}
			}
		}
	}
	return g
})

func (g generalWords) put(w string, weight float64) {
	if old, ok := g[w]; !ok || weight < old {
		g[w] = weight
	}
}

// silent words carry no meaning of their own.
var silent = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`the an of to in on for and or is are was were be been by with as at from its it this that
		has have had will could would after amid over into than their his her he she they you your we our how what why who when
		not no but new more most can say said here via up down out about all vs may`) {
		m[stem(w)] = true
	}
	return m
}()

// alike reports whether two articles that appeared this far apart tell one
// thing.
func (s *sketch) alike(other *sketch, gap time.Duration) bool {
	switch {
	case gap > outlineWindow || sameMould(s, other):
		return false
	case s.han != other.han:
		return s.outline.shared(other.outline) >= foreignOutlines
	}
	agree := s.outline.agree(other.outline)
	return agree >= outlinesAgreeHome || agree >= outlinesAgree && s.from != other.from
}
