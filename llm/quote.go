package llm

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// quotable is a text prepared for looking up quotations. Runs of white space
// count as one space and invisible characters as nothing, since that is how a
// model is shown the text and how it gives it back.
type quotable struct {
	text  string
	plain string
	at    []int // byte offset in text of each byte of plain
}

func newQuotable(text string) *quotable {
	q := &quotable{text: text}
	var b strings.Builder
	space := true // leading space is dropped
	for i, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if !space {
				b.WriteByte(' ')
				q.at = append(q.at, i)
			}
			space = true
		case !visible(r):
		default:
			n := b.Len()
			b.WriteRune(r)
			for range b.Len() - n {
				q.at = append(q.at, i)
			}
			space = false
		}
	}
	q.plain = b.String()
	return q
}

// visible reports whether a character shows. Others, such as zero-width and
// tag characters, can hide words from the reader that a model would read.
func visible(r rune) bool { return r != utf8.RuneError && unicode.IsGraphic(r) }

// squeeze writes s as quotable does.
func squeeze(s string) string { return strings.TrimSpace(newQuotable(s).plain) }

// minQuote is the shortest quotation that supports anything, in bytes: three
// words or so, or four Chinese characters. Shorter ones are found in any text.
const minQuote = 12

// find returns the stretch of the text that quote repeats word for word.
func (q *quotable) find(quote string) (string, bool) {
	quote = strings.TrimSpace(newQuotable(quote).plain)
	if len(quote) < minQuote {
		return "", false
	}
	i := strings.Index(q.plain, quote)
	if i < 0 {
		return "", false
	}
	start, last := q.at[i], q.at[i+len(quote)-1]
	_, size := utf8.DecodeRuneInString(q.text[last:])
	return q.text[start : last+size], true
}

// mentions reports whether the text contains name as a whole word, in any
// case.
func (q *quotable) mentions(name string) bool {
	name = strings.ToLower(squeeze(name))
	if name == "" {
		return false
	}
	text := strings.ToLower(q.plain)
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		first, _ := utf8.DecodeRuneInString(name)
		last, _ := utf8.DecodeLastRuneInString(name)
		if !joined(before, first) && !joined(last, after) {
			return true
		}
		from = end
	}
}

// joined reports whether two neighbours belong to one word. Han characters
// stand alone; digits join digits, letters join both.
func joined(a, b rune) bool {
	word := func(r rune) bool {
		return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r)
	}
	return word(a) && word(b)
}
