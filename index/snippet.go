package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
)

// snippetBytes is about two lines on a page.
const snippetBytes = 240

// snippet cuts the part of body with the most different query words in it, and
// returns where they stand. It begins and ends between words. Words are compared by their stem's head, so that
// "regulates" marks "regulation"; without a match it is the body's beginning.
func snippet(body string, words []string) (string, []corpus.Span) {
	lower := foldSameLength(body)
	var marks []mark
	for i, w := range pieces(words) {
		for from := 0; len(marks) < 500; {
			at := strings.Index(lower[from:], w)
			if at < 0 {
				break
			}
			start := from + at
			end := start + len(w)
			from = end
			if !boundary(lower, start) {
				continue
			}
			marks = append(marks, mark{corpus.Span{Start: start, End: wordEnd(lower, end)}, i})
		}
	}
	slices.SortFunc(marks, func(a, b mark) int { return a.Start - b.Start })
	start := best(marks)
	start = max(0, start-snippetBytes/4)
	for start > 0 && !utf8.RuneStart(body[start]) {
		start--
	}
	if start > 0 {
		if i := strings.IndexAny(body[start:min(len(body), start+40)], " \n"); i >= 0 {
			start += i + 1
		}
	}
	end := min(len(body), start+snippetBytes)
	for end < len(body) && !utf8.RuneStart(body[end]) {
		end++
	}
	if end < len(body) {
		if i := strings.LastIndexAny(body[max(start, end-40):end], " \n"); i >= 0 {
			end = max(start, end-40) + i
		}
	}
	before, after := "", ""
	if start > 0 {
		before = ellipsis
	}
	if end < len(body) {
		after = ellipsis
	}
	var spans []corpus.Span
	shift := len(before) - start
	for _, m := range marks {
		if m.Start >= start && m.End <= end && (len(spans) == 0 || m.Start+shift >= spans[len(spans)-1].End) {
			spans = append(spans, corpus.Span{Start: m.Start + shift, End: m.End + shift})
		}
	}
	return before + strings.ReplaceAll(body[start:end], "\n", " ") + after, spans
}

// ellipsis stands where a snippet leaves words out.
const ellipsis = "…"

type mark struct {
	corpus.Span
	word int
}

// best returns where the window begins that holds the most different words.
func best(marks []mark) int {
	start, most := 0, 0
	for i, m := range marks {
		seen := map[int]bool{}
		for _, n := range marks[i:] {
			if n.End-m.Start > snippetBytes*3/4 {
				break
			}
			seen[n.word] = true
		}
		if len(seen) > most {
			start, most = m.Start, len(seen)
		}
	}
	return start
}

// pieces splits query words as the analyzer would, and cuts long Latin words
// to a head that their inflections share.
func pieces(words []string) []string {
	var out []string
	for _, w := range words {
		for _, p := range strings.FieldsFunc(foldSameLength(w), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			if len(p) > 6 && p[0] < utf8.RuneSelf {
				p = p[:len(p)-2]
			}
			out = append(out, p)
		}
	}
	return out
}

// foldSameLength lower-cases s without moving any byte, so that offsets hold.
func foldSameLength(s string) string {
	return strings.Map(func(r rune) rune {
		if l := unicode.ToLower(r); utf8.RuneLen(l) == utf8.RuneLen(r) {
			return l
		}
		return r
	}, s)
}

// boundary reports whether a word can begin at i: always between Han, which
// knows no spaces.
func boundary(s string, i int) bool {
	if i == 0 {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	at, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.Is(unicode.Han, at) || unicode.Is(unicode.Han, before) ||
		!unicode.IsLetter(before) && !unicode.IsDigit(before)
}

// wordEnd extends a Latin word to its end.
func wordEnd(s string, i int) int {
	if i == 0 || s[i-1] >= utf8.RuneSelf {
		return i
	}
	for i < len(s) && s[i] < utf8.RuneSelf && (unicode.IsLetter(rune(s[i])) || unicode.IsDigit(rune(s[i]))) {
		i++
	}
	return i
}
