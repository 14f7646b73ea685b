package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// boundary reports where the sentence that began at from ends if the
// character at i ends it: the offset after the punctuation and any closing
// quotes; 0 if it does not.
func boundary(s string, from, i, end int) int {
	switch c := s[i]; {
	case c == '.':
		return fullStop(s, from, i, end)
	case c == '!' || c == '?':
		next := closers(s, i+1, end)
		if next == end || isSpace(s, next) || startsHan(s, next) {
			return next
		}
		return 0
	case c < utf8.RuneSelf:
		return 0
	}
	r, n := utf8.DecodeRuneInString(s[i:end])
	switch r {
	case '。', '！', '？', '；', '｡':
		next := i + n
		for next < end { // "？！" ends one sentence, not two
			r, n := utf8.DecodeRuneInString(s[next:end])
			if !strings.ContainsRune("。！？；｡", r) {
				break
			}
			next += n
		}
		return closers(s, next, end)
	}
	return 0
}

// fullStop decides about the full stop at i: abbreviation, decimal point,
// part of an address, or the end.
func fullStop(s string, from, i, end int) int {
	j := i + 1
	for j < end && s[j] == '.' { // an ellipsis
		j++
	}
	next := closers(s, j, end)
	if next == end {
		return next
	}
	if !isSpace(s, next) {
		if startsHan(s, next) && i > from && !isASCIILetter(s[i-1]) {
			return next
		}
		return 0
	}
	after := next
	for after < end && isSpace(s, after) {
		after++
	}
	if after == end {
		return next
	}
	r, _ := utf8.DecodeRuneInString(s[after:end])
	if unicode.IsLower(r) {
		return 0
	}
	if j > i+1 || next > j {
		return next
	}
	word := lastWord(s[from:i])
	switch kind := abbreviations[strings.ToLower(word)]; {
	case word == "":
		return next
	case kind == always:
		return 0
	case kind == beforeNumber:
		if unicode.IsDigit(r) || r == '#' {
			return 0
		}
		return next
	case kind == maybe, isInitials(word):
		if startsSentence(s[after:end]) {
			return next
		}
		return 0
	case allDigits(word) && len(word) <= 3 && strings.TrimSpace(s[from:i]) == word:
		return 0 // the number of a list item
	}
	return next
}

// How an abbreviation treats the full stop after it.
const (
	never        = iota
	always       // belongs to the next word: "Mr. Smith"
	beforeNumber // only before a number: "No. 42", "Jan. 5"
	maybe        // ends a sentence when the next word looks like a beginning
)

var abbreviations = map[string]int{
	"mr": always, "mrs": always, "ms": always, "dr": always, "prof": always,
	"sen": always, "rep": always, "reps": always, "sens": always, "gov": always, "gen": always,
	"hon": always, "rev": always, "lt": always, "col": always, "sgt": always,
	"capt": always, "st": always, "mt": always, "vs": always, "v": always,
	"cf": always, "e.g": always, "i.e": always, "dept": always, "approx": always,
	"no": beforeNumber, "nos": beforeNumber, "sec": beforeNumber,
	"art": beforeNumber, "arts": beforeNumber, "fig": beforeNumber, "reg": beforeNumber, "res": beforeNumber,
	"para": beforeNumber, "p": beforeNumber, "pp": beforeNumber,
	"vol": beforeNumber, "ch": beforeNumber, "rs": beforeNumber,
	"jan": beforeNumber, "feb": beforeNumber, "mar": beforeNumber,
	"apr": beforeNumber, "jun": beforeNumber, "jul": beforeNumber,
	"aug": beforeNumber, "sep": beforeNumber, "sept": beforeNumber,
	"oct": beforeNumber, "nov": beforeNumber, "dec": beforeNumber,
	"inc": maybe, "corp": maybe, "ltd": maybe, "co": maybe, "llc": maybe,
	"plc": maybe, "jr": maybe, "sr": maybe, "etc": maybe, "al": maybe,
	"bros": maybe, "pty": maybe, "assn": maybe, "a.m": maybe, "p.m": maybe,
	"est": maybe,
}

// sentenceStarts are words that begin a sentence far more often than they
// follow a company's or a country's abbreviation.
var sentenceStarts = map[string]bool{
	"the": true, "this": true, "that": true, "these": true, "those": true, "it": true,
	"its": true, "he": true, "she": true, "they": true, "we": true, "i": true, "you": true,
	"in": true, "on": true, "at": true, "as": true, "by": true, "for": true, "from": true,
	"with": true, "after": true, "before": true, "while": true, "when": true, "if": true,
	"but": true, "and": true, "however": true, "meanwhile": true, "moreover": true,
	"a": true, "an": true, "there": true, "his": true, "her": true, "their": true, "our": true,
	"both": true, "earlier": true, "last": true, "since": true, "under": true, "according": true,
	"to": true, "some": true, "many": true, "no": true, "what": true, "who": true, "why": true,
}

func startsSentence(s string) bool {
	end := 0
	for end < len(s) && isASCIILetter(s[end]) && end < 12 {
		end++
	}
	return end > 0 && s[0] < 'a' && sentenceStarts[strings.ToLower(s[:end])]
}

// lastWord returns the run of letters, digits and inner full stops at the end of s.
func lastWord(s string) string {
	i := len(s)
	for i > 0 && len(s)-i < 12 && (isASCIILetter(s[i-1]) || s[i-1] == '.' || '0' <= s[i-1] && s[i-1] <= '9') {
		i--
	}
	return s[i:]
}

// isInitials reports whether w is "J" or "U.S" (its last stop is cut off).
func isInitials(w string) bool {
	for i := 0; i < len(w); i++ {
		if i%2 == 0 && (w[i] < 'A' || w[i] > 'Z') || i%2 == 1 && w[i] != '.' {
			return false
		}
	}
	return len(w)%2 == 1
}

func allDigits(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w != ""
}

// closers skips closing quotes and brackets from i.
func closers(s string, i, end int) int {
	for i < end {
		r, n := utf8.DecodeRuneInString(s[i:end])
		switch r {
		case '"', '\'', ')', ']', '”', '’', '」', '』', '）', '》', '】':
			i += n
		default:
			return i
		}
	}
	return i
}

func isSpace(s string, i int) bool {
	switch s[i] {
	case ' ', '\t', '\r', '\n', '\v', '\f':
		return true
	}
	return strings.HasPrefix(s[i:], "\u00a0") || strings.HasPrefix(s[i:], "\u3000")
}

func startsHan(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return IsHan(r)
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
