package polarity

import (
	"strings"

	"github.com/regwire/regwire/sentiment/text"
)

// Values of what figures say without a word of direction.
const (
	signedMove   = 0.55 // "+6%", "BTC -4.2%"
	comparedMove = 0.5  // "sales of 5.2 million against 4.9 million"
	// reachFigure is how far a figure may stand from the one it is compared
	// with, in bytes: "EUR 1.69 bn in the period, compared with EUR 1.56 bn".
	reachFigure = 44
)

// comparators stand between a figure and the one it is compared with.
var comparators = []string{" from ", " vs ", " vs. ", " versus ", " against ", " compared with ", " compared to ", " up from ", " down from "}

// figures adds what the numbers of a sentence say to its items, which are in
// order and stay so: percentages with a sign, and a number held against an
// earlier one, where the clause has no word of direction.
func figures(full string, s text.Sentence, items []item) []item {
	st := full[s.Start:s.End]
	if strings.IndexByte(st, '%') < 0 && !comparesFigures(st) {
		return items
	}
	prev, prevStart, prevEnd, scale := 0.0, 0, -1, ""
	for i := 0; i < len(st); {
		if st[i] < '0' || st[i] > '9' {
			i++
			continue
		}
		value, end := number(st, i)
		start := i
		i = end
		if end < len(st) && st[end] == '%' && start > 0 && (start == 1 || st[start-2] == ' ' || st[start-2] == '(') {
			switch st[start-1] {
			case '+':
				items = insert(items, item{start: s.Start + start - 1, end: s.Start + end + 1, kind: up, weight: signedMove})
			case '-':
				items = insert(items, item{start: s.Start + start - 1, end: s.Start + end + 1, kind: down, weight: -signedMove})
			}
		}
		unit := unitOf(st[end:])
		if between := gap(st, prevEnd, start); between != "" && unit == scale && value != prev && comparesFigures(between) {
			if !moves(items, s.Start+prevStart-reachBack, s.Start+end) {
				it := item{start: s.Start + prevStart, end: s.Start + prevEnd, kind: up, weight: comparedMove}
				if prev < value {
					it.kind, it.weight = down, -comparedMove
				}
				items = insert(items, it)
			}
		}
		prev, prevStart, prevEnd, scale = value, start, end, unit
	}
	return items
}

func comparesFigures(s string) bool {
	for _, c := range comparators {
		if strings.Contains(s, c) {
			return true
		}
	}
	return false
}

// gap is what stands between two figures that are near enough.
func gap(s string, from, to int) string {
	if from < 0 || to-from > reachFigure {
		return ""
	}
	return s[from:to]
}

// moves reports whether a word of direction stands in [from, to).
func moves(items []item, from, to int) bool {
	for _, it := range items {
		if it.start >= from && it.start < to && (it.kind == up || it.kind == down || it.kind == verb) {
			return true
		}
	}
	return false
}

func insert(items []item, it item) []item {
	items = append(items, it)
	for i := len(items) - 1; i > 0 && items[i].start < items[i-1].start; i-- {
		items[i], items[i-1] = items[i-1], items[i]
	}
	return items
}

// number reads the figure at i.
func number(s string, i int) (value float64, end int) {
	frac := 0.0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9' && frac > 0:
			value += float64(c-'0') * frac
			frac /= 10
		case c >= '0' && c <= '9':
			value = value*10 + float64(c-'0')
		case c == '.' && frac == 0 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			frac = 0.1
		case c == ',' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
		default:
			return value, i
		}
	}
	return value, i
}

// unitOf is the size a figure is counted in, as a word written behind it.
func unitOf(s string) string {
	if strings.HasPrefix(s, "%") {
		return "%"
	}
	word, _, _ := strings.Cut(strings.TrimLeft(s[:min(len(s), 14)], " "), " ")
	switch strings.ToLower(strings.Trim(word, ".,;:")) {
	case "m", "mn", "mln", "million":
		return "million"
	case "b", "bn", "billion":
		return "billion"
	case "k", "thousand":
		return "thousand"
	case "%", "percent", "pct":
		return "%"
	}
	return ""
}
