package story

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/regwire/regwire/sentiment/text"
)

// The dimensions of a sketch. With 10 bands of 2 rows a pair of resemblance
// .5 meets in some band with probability .94, one of .7 with .999, one of .1
// with .1. Each band is a row to write and one to look up: twice as many of
// three rows would find as much, and show fewer of the unlike. The standard error of an estimate from 128 hashes is below .045.
const (
	hashes     = 128
	bandRows   = 2
	bandCount  = 10
	wordRun    = 3 // tokens in a shingle of words
	hanRun     = 4 // characters in a shingle of Chinese
	maxTokens  = 20_000
	maxTitle   = 32 // tokens of the headline kept to tell moulds apart
	sketchForm = 2  // raised when the encoding changes; other forms compare as unlike
)

// sketch is what is remembered of a text to find and weigh its near-duplicates.
type sketch struct {
	han   bool // shingles are runs of characters
	size  int  // distinct shingles
	mins  [hashes]uint64
	from  uint32   // hash of the source
	title []uint32 // distinct token hashes, sorted; the lowest bit marks numbers and tickers
	outline
}

// newSketch reads a text. A text without words gives a sketch of size 0, which
// resembles nothing.
func newSketch(source, title, body string) sketch {
	tokens, han := hashTokens(title+"\n"+body, maxTokens)
	run := wordRun
	if han {
		run = hanRun
	}
	s := sketch{han: han, from: uint32(hashWord(source)), title: titleTokens(title), outline: newOutline(title, body)}
	shingles := make([]uint64, 0, len(tokens))
	for i := 0; i+run <= len(tokens) || i == 0 && len(tokens) > 0; i++ {
		var h uint64
		for _, t := range tokens[i:min(i+run, len(tokens))] {
			h = mix(h*0x9e3779b97f4a7c15 + t)
		}
		shingles = append(shingles, h)
	}
	slices.Sort(shingles)
	shingles = slices.Compact(shingles)
	s.size = len(shingles)
	for i := range s.mins {
		s.mins[i] = math.MaxUint64
	}
	for _, h := range shingles {
		// Double hashing: the i-th function is h + i*g (Kirsch and
		// Mitzenmacher, 2006), mixed once more because minima, unlike Bloom
		// bits, see the order of values.
		g := mix(h) | 1
		for i := range s.mins {
			h += g
			if v := h ^ h>>29; v < s.mins[i] {
				s.mins[i] = v
			}
		}
	}
	return s
}

// bands returns the keys under which s is found. Texts that share one are
// worth comparing.
func (s *sketch) bands() []uint64 {
	if s.size == 0 {
		return nil
	}
	keys := make([]uint64, bandCount)
	for b := range keys {
		h := uint64(b + 1)
		if s.han {
			h += bandCount
		}
		for _, v := range s.mins[b*bandRows : (b+1)*bandRows] {
			h = mix(h*0x9e3779b97f4a7c15 + v)
		}
		keys[b] = h
	}
	return keys
}

// encode packs s for the record: sixteen bits of each minimum are enough to
// compare.
func (s *sketch) encode() []byte {
	b := make([]byte, 0, sketchFixed+4*len(s.title))
	b = append(b, sketchForm, 0)
	if s.han {
		b[1] = 1
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(s.size))
	b = binary.LittleEndian.AppendUint32(b, s.from)
	for _, v := range s.mins {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	b = append(b, byte(len(s.title)))
	for _, t := range s.title {
		b = binary.LittleEndian.AppendUint32(b, t)
	}
	return s.outline.append(b)
}

// sketchFixed is the length of an encoded sketch without headline and outline:
// form, script, size, source, minima, and how long the headline is.
const sketchFixed = 1 + 1 + 4 + 4 + 2*hashes + 1

// decodeSketch unpacks what encode packed; minima have sixteen bits only.
func decodeSketch(b []byte) (sketch, bool) {
	if len(b) < sketchFixed || b[0] != sketchForm {
		return sketch{}, false
	}
	title := 4 * int(b[sketchFixed-1])
	if rest := len(b) - sketchFixed - title; rest < 0 || rest%5 != 0 {
		return sketch{}, false
	}
	s := sketch{han: b[1] == 1, size: int(binary.LittleEndian.Uint32(b[2:])), from: binary.LittleEndian.Uint32(b[6:])}
	for i := range s.mins {
		s.mins[i] = uint64(binary.LittleEndian.Uint16(b[10+2*i:]))
	}
	b = b[sketchFixed:]
	for ; title > 0; title -= 4 {
		s.title, b = append(s.title, binary.LittleEndian.Uint32(b)), b[4:]
	}
	for ; len(b) > 0; b = b[5:] {
		s.outline = append(s.outline, feature{binary.LittleEndian.Uint32(b), b[4]})
	}
	return s, true
}

// resemblance estimates the Jaccard similarity of two texts, [0, 1]: the share
// of their shingles that both have.
func resemblance(a, b *sketch) float64 {
	if a.size == 0 || b.size == 0 || a.han != b.han {
		return 0
	}
	same := 0
	for i := range a.mins {
		if uint16(a.mins[i]) == uint16(b.mins[i]) {
			same++
		}
	}
	return float64(same) / hashes
}

// containment estimates how much of the shorter text the longer one holds,
// [0, 1], from their resemblance and sizes.
func containment(a, b *sketch, resemblance float64) float64 {
	if a.size == 0 || b.size == 0 {
		return 0
	}
	shared := resemblance / (1 + resemblance) * float64(a.size+b.size)
	return min(1, shared/float64(min(a.size, b.size)))
}

// sameMould reports whether two headlines have one pattern with other numbers
// or tickers in it: "X will list AAA" and "X will list BBB", "falls below
// 118,000" and "falls below 119,000".
func sameMould(a, b *sketch) bool {
	var both int
	var onlyA, onlyB bool // has a number or ticker that the other lacks
	for _, t := range a.title {
		if _, ok := slices.BinarySearch(b.title, t); ok {
			both++
		} else if t&1 == 1 {
			onlyA = true
		}
	}
	for _, t := range b.title {
		if _, ok := slices.BinarySearch(a.title, t); !ok && t&1 == 1 {
			onlyB = true
		}
	}
	return onlyA && onlyB && both >= 2 && 2*both >= max(len(a.title), len(b.title))
}

// sameColumn reports whether two texts come from one source under headlines
// that have little in common: what is alike in them is the house's own prose,
// not the news. In two weeks of feeds, nearly nine of ten pairs above the
// threshold were of this kind.
func sameColumn(a, b *sketch) bool {
	if a.from != b.from || len(a.title) == 0 || len(b.title) == 0 {
		return false
	}
	both := 0
	for _, t := range a.title {
		if _, ok := slices.BinarySearch(b.title, t); ok {
			both++
		}
	}
	return float64(both) < titlesAgree*math.Sqrt(float64(len(a.title)*len(b.title)))
}

// titlesAgree is the cosine from which on headlines of one source are about
// one thing: at .5 "see continued inflows" of different weeks still met.
const titlesAgree = 0.6

// hashTokens hashes the words, numbers and single Chinese characters of s, at
// most limit of them, and reports whether most are Chinese.
func hashTokens(s string, limit int) (tokens []uint64, han bool) {
	chars := 0
	for t := range text.Tokens(s, 0, len(s)) {
		if len(tokens) >= limit {
			break
		}
		switch t.Kind {
		case text.Han:
			for _, r := range s[t.Start:t.End] {
				tokens = append(tokens, mix(uint64(text.Fold(r))))
				chars++
			}
		case text.Word, text.Number:
			tokens = append(tokens, hashWord(s[t.Start:t.End]))
		}
	}
	return tokens, 2*chars > len(tokens)
}

// titleTokens hashes the distinct tokens of a headline.
func titleTokens(title string) []uint32 {
	var out []uint32
	for t := range text.Tokens(title, 0, len(title)) {
		if len(out) >= maxTitle {
			break
		}
		w := title[t.Start:t.End]
		switch t.Kind {
		case text.Han:
			for _, r := range w {
				out = append(out, uint32(mix(uint64(text.Fold(r))))&^1)
			}
		case text.Word, text.Number:
			h := uint32(hashWord(w)) &^ 1
			if t.Kind == text.Number || ticker(w) {
				h |= 1
			}
			out = append(out, h)
		}
	}
	slices.Sort(out)
	return slices.Compact(out[:min(len(out), maxTitle)])
}

// ticker reports whether a word is written like one, or carries a digit.
func ticker(w string) bool {
	capitals := 0
	for _, c := range []byte(w) {
		switch {
		case '0' <= c && c <= '9':
			return true
		case 'A' <= c && c <= 'Z':
			capitals++
		default:
			return false
		}
	}
	return capitals >= 2
}

// hashWord is FNV-1a over the folded characters of w.
func hashWord(w string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, r := range w {
		h = (h ^ uint64(text.Fold(r))) * 0x100000001b3
	}
	return mix(h)
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
