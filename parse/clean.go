package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/regwire/regwire/corpus"
)

// invisible reports whether r must not enter a text: controls, zero-width and
// bidirectional characters, soft hyphens, private use (icon fonts), and what
// is no character at all.
func invisible(r rune) bool {
	switch {
	case r < 0x20 || (r >= 0x7f && r < 0xa0):
		return true
	case r < 0x300:
		return r == 0xad
	case r == 0x34f || r == 0x61c || r == 0x115f || r == 0x1160 || r == 0x17b4 || r == 0x17b5 || r == 0x180e:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r >= 0xd800 && r <= 0xf8ff, r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff, r >= 0xfff0 && r <= 0xffff:
		return true
	case r >= 0xe0000:
		return true
	}
	return r&0xfffe == 0xfffe
}

// line returns s as one line: white space of every kind becomes one space,
// invisible characters go, what is not valid UTF-8 is dropped, and characters
// are composed (NFC), so that equal words are equal bytes.
func line(s string) string {
	if tidy(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\v' || (r > 0x7e && unicode.IsSpace(r)):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError || invisible(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// tidy reports whether s is already what [line] would return; it only knows
// ASCII, which most lines are.
func tidy(s string) bool {
	prev := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c >= 0x7f || (c == ' ' && prev == ' ') {
			return false
		}
		prev = c
	}
	return len(s) == 0 || prev != ' '
}

// lines returns s as code or a table keeps it: line by line, with its
// indentation, tabs and newlines.
func lines(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\r' || r == utf8.RuneError || invisible(r):
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	var out []string
	for l := range strings.SplitSeq(b.String(), "\n") {
		out = append(out, strings.TrimRight(l, " \t"))
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

// sanitise is the last word on what a block may hold.
func sanitise(blocks []corpus.Block) []corpus.Block {
	kept := blocks[:0]
	for _, b := range blocks {
		if b.Kind == corpus.BlockCode || b.Kind == corpus.BlockTable {
			b.Text = lines(b.Text)
		} else {
			b.Text = line(b.Text)
		}
		if b.Text != "" {
			kept = append(kept, b)
		}
	}
	return kept
}

// fold returns s for comparison: lower case, letters and digits of all
// scripts, one space between words.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if r != '\'' && r != '’' {
				space = b.Len() > 0
			}
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// runes is the length of s in characters.
func runes(s string) int { return utf8.RuneCountInString(s) }

// isHan reports whether r is a Chinese character.
func isHan(r rune) bool {
	return (r >= 0x4e00 && r <= 0x9fff) || (r >= 0x3400 && r <= 0x4dbf) || (r >= 0x20000 && r <= 0x2ffff) || (r >= 0xf900 && r <= 0xfaff)
}

// weight measures how much text s is, in characters of an alphabet: a Chinese
// character says about as much as two to three letters.
func weight(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x2e80 && r < 0xfb00 {
			n += 2
		}
		n++
	}
	return n
}
