package text

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Matcher finds many phrases in a text at once: the longest phrase at each
// place, not overlapping, compared as [Fold] has them. A phrase that begins or
// ends with a letter or digit of an alphabet only matches whole words; Chinese
// phrases match anywhere. One space in a phrase matches any run of spaces, but
// never a line break. Offsets are those of the text as given.
//
// It is a trie walked from each beginning of a word, which for word-bound
// phrases does what an Aho-Corasick automaton does, with less memory and no
// folded copy of the text. It is immutable and safe for concurrent use.
type Matcher struct {
	nodes []node
	edges []edge
	// begins holds the first two bytes of all phrases: most words of a text
	// are dismissed by one look into it.
	begins [1 << 16 / 64]uint64
}

type node struct {
	first, count int32 // its edges
	value        int32 // phrase that ends here; -1 for none
}

type edge struct {
	b    byte
	next int32
}

// NewMatcher builds a matcher. Matches report the index of the phrase in
// phrases; of equal phrases the first wins. Empty phrases never match.
func NewMatcher(phrases []string) *Matcher {
	type entry struct {
		key   string
		value int32
	}
	entries := make([]entry, 0, len(phrases))
	for i, p := range phrases {
		if key := squeeze(FoldString(p)); key != "" {
			entries = append(entries, entry{key, int32(i)})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return int(a.value - b.value)
	})
	m := &Matcher{}
	var build func(entries []entry, depth int) int32
	build = func(entries []entry, depth int) int32 {
		at := int32(len(m.nodes))
		m.nodes = append(m.nodes, node{value: -1})
		if len(entries[0].key) == depth {
			m.nodes[at].value = entries[0].value
			for len(entries) > 0 && len(entries[0].key) == depth {
				entries = entries[1:]
			}
		}
		var kids []edge
		for len(entries) > 0 {
			b, n := entries[0].key[depth], 1
			for n < len(entries) && entries[n].key[depth] == b {
				n++
			}
			kids = append(kids, edge{b, build(entries[:n], depth+1)})
			entries = entries[n:]
		}
		m.nodes[at].first, m.nodes[at].count = int32(len(m.edges)), int32(len(kids))
		m.edges = append(m.edges, kids...)
		return at
	}
	if len(entries) == 0 {
		m.nodes = []node{{value: -1}}
		return m
	}
	for _, e := range entries {
		second := []int{0}
		if len(e.key) > 1 {
			second[0] = int(e.key[1])
		} else { // any second byte may follow a phrase of one character
			for b := 1; b < 256; b++ {
				second = append(second, b)
			}
		}
		for _, b := range second {
			i := int(e.key[0])<<8 | b
			m.begins[i/64] |= 1 << (i % 64)
		}
	}
	build(entries, 0)
	return m
}

// Find calls yield with each match in text[from:to], from left to right, and
// the index of its phrase. Characters outside the range count for word
// boundaries. It stops when yield returns false.
func (m *Matcher) Find(text string, from, to int, yield func(start, end, phrase int) bool) {
	prev := rune(' ')
	if from > 0 {
		prev, _ = utf8.DecodeLastRuneInString(text[:from])
	}
	inWord := wordRune(prev)
	for i := from; i < to; {
		c := text[i]
		if c < utf8.RuneSelf {
			word := asciiWord[c]
			if word && inWord { // inside a word: no phrase begins here
				i++
				continue
			}
			if i+1 < to && text[i+1] < utf8.RuneSelf {
				k := int(asciiFold[c])<<8 | int(asciiFold[text[i+1]])
				if m.begins[k/64]&(1<<(k%64)) == 0 {
					inWord = word
					i++
					continue
				}
			}
			if end, v := m.longest(text, i, to); v >= 0 {
				if !yield(i, end, int(v)) {
					return
				}
				i = end
				r, _ := utf8.DecodeLastRuneInString(text[:end])
				inWord = wordRune(r)
				continue
			}
			inWord = word
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:to])
		word := wordRune(r)
		if !(word && inWord) {
			if end, v := m.longest(text, i, to); v >= 0 {
				if !yield(i, end, int(v)) {
					return
				}
				i = end
				r, _ := utf8.DecodeLastRuneInString(text[:end])
				inWord = wordRune(r)
				continue
			}
		}
		inWord = word
		i += n
	}
}

// longest walks the trie from text[i].
func (m *Matcher) longest(text string, i, to int) (end int, value int32) {
	var buf [utf8.UTFMax]byte
	value = -1
	at := int32(0)
	for i < to {
		if c := text[i]; c < utf8.RuneSelf {
			c = asciiFold[c]
			i++
			if c == ' ' {
				i = skipSpace(text, i, to)
			}
			if at = m.step(at, c); at < 0 {
				return end, value
			}
		} else {
			r, n := utf8.DecodeRuneInString(text[i:to])
			i += n
			r = Fold(r)
			if r == ' ' {
				i = skipSpace(text, i, to)
			}
			for _, c := range buf[:utf8.EncodeRune(buf[:], r)] {
				if at = m.step(at, c); at < 0 {
					return end, value
				}
			}
		}
		if v := m.nodes[at].value; v >= 0 && wordEnds(text, i) {
			end, value = i, v
		}
	}
	return end, value
}

func (m *Matcher) step(at int32, c byte) int32 {
	n := &m.nodes[at]
	edges := m.edges[n.first : n.first+n.count]
	if len(edges) > 12 {
		lo, hi := 0, len(edges)
		for lo < hi {
			if mid := (lo + hi) / 2; edges[mid].b < c {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if lo < len(edges) && edges[lo].b == c {
			return edges[lo].next
		}
		return -1
	}
	for _, e := range edges {
		if e.b == c {
			return e.next
		}
	}
	return -1
}

// wordEnds reports whether no word goes on from before i to after it.
func wordEnds(text string, i int) bool {
	if i >= len(text) {
		return true
	}
	if c := text[i]; c < utf8.RuneSelf {
		if !asciiWord[c] {
			return true
		}
	} else if r, _ := utf8.DecodeRuneInString(text[i:]); !wordRune(r) {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return !wordRune(r)
}

func skipSpace(text string, i, to int) int {
	for i < to {
		c := text[i]
		if c < utf8.RuneSelf {
			if asciiFold[c] != ' ' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:to])
		if Fold(r) != ' ' {
			return i
		}
		i += n
	}
	return i
}

// squeeze makes one space of a run of them and trims.
func squeeze(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' && (len(b) == 0 || b[len(b)-1] == ' ') {
			continue
		}
		b = append(b, s[i])
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return string(b)
}

// wordRune reports whether r joins with its like to a word: letters and digits
// of alphabets, not Chinese characters, which need no spaces between words.
func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 0 && asciiWord[r]
	}
	if IsHan(r) || 0x3040 <= r && r <= 0x30ff || 0xac00 <= r && r <= 0xd7a3 {
		return false
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

var (
	asciiFold = func() (t [utf8.RuneSelf]byte) {
		for c := range t {
			t[c] = byte(Fold(rune(c)))
		}
		return t
	}()
	asciiWord = func() (t [utf8.RuneSelf]bool) {
		for c := range t {
			t[c] = isASCIILetter(byte(c)) || '0' <= c && c <= '9'
		}
		return t
	}()
)
