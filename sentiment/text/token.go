package text

import (
	"iter"
	"unicode/utf8"
)

// TokenKind is the class of a [Token].
type TokenKind uint8

// The kinds of token.
const (
	Word   TokenKind = iota // letters, with inner apostrophes, hyphens and stops: "don't", "U.S", "stablecoin-backed"
	Number                  // digits with inner separators: "2.6", "1,000"
	Han                     // one run of Chinese characters
	Punct                   // one character of punctuation or a symbol
)

// Token is a byte range of the string that was read.
type Token struct {
	Start, End int
	Kind       TokenKind
}

// Tokens iterates over the tokens of s[from:to]. Space is left out.
func Tokens(s string, from, to int) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for i := from; i < to; {
			r, n := decode(s, i, to)
			start := i
			var kind TokenKind
			switch {
			case Fold(r) == ' ' || r == '\n':
				i += n
				continue
			case IsHan(r):
				kind = Han
				for i < to {
					r, n := decode(s, i, to)
					if !IsHan(r) {
						break
					}
					i += n
				}
			case wordRune(r):
				kind = Number
				for i < to {
					r, n := decode(s, i, to)
					if wordRune(r) {
						if r < '0' || r > '9' {
							kind = Word
						}
						i += n
						continue
					}
					if !inner(r) || i+n >= to {
						break
					}
					if next, _ := decode(s, i+n, to); !wordRune(next) {
						break
					}
					if kind == Word && (r == ',' || r == '.' && i-start > 1 && s[i-2] != '.') {
						break // "ended.The" is two words, "U.S" one
					}
					i += n
				}
			default:
				kind = Punct
				i += n
			}
			if !yield(Token{start, i, kind}) {
				return
			}
		}
	}
}

// inner reports whether r joins two parts of a word or number.
func inner(r rune) bool {
	switch r {
	case '\'', '’', '-', '.', ',', '_', '&':
		return true
	}
	return false
}

func decode(s string, i, to int) (rune, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[i:to])
}
