package redline

import (
	"slices"
	"strings"
	"unicode"
)

// maxPairs bounds the passages of a gap that are paired by likeness: the
// product of both sides.
const maxPairs = 2500

// pair sets passages that went beside those that came in their place: in
// order, the likest together. -1 stands for none.
func pair(was, is []passage, gone, come []int) [][2]int {
	n, m := len(gone), len(come)
	if n == 0 || m == 0 || n*m > maxPairs {
		return byPlace(gone, come)
	}
	bags := func(ps []passage, at []int) []map[string]int {
		out := make([]map[string]int, len(at))
		for k, i := range at {
			out[k] = map[string]int{}
			for _, w := range words(ps[i].key) {
				if strings.TrimSpace(w) != "" {
					out[k][w]++
				}
			}
		}
		return out
	}
	a, b := bags(was, gone), bags(is, come)
	best := make([][]float64, n+1)
	for i := range best {
		best[i] = make([]float64, m+1)
	}
	like := make([][]float64, n)
	for i := n - 1; i >= 0; i-- {
		like[i] = make([]float64, m)
		for j := m - 1; j >= 0; j-- {
			like[i][j] = likeness(a[i], b[j])
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if like[i][j] >= minKept/2 {
				best[i][j] = max(best[i][j], best[i+1][j+1]+like[i][j])
			}
		}
	}
	var out [][2]int
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && like[i][j] >= minKept/2 && best[i][j] == best[i+1][j+1]+like[i][j]:
			out = append(out, [2]int{gone[i], come[j]})
			i, j = i+1, j+1
		case j == m || i < n && best[i][j] == best[i+1][j]:
			out = append(out, [2]int{gone[i], -1})
			i++
		default:
			out = append(out, [2]int{-1, come[j]})
			j++
		}
	}
	return out
}

func byPlace(gone, come []int) [][2]int {
	var out [][2]int
	for k := range max(len(gone), len(come)) {
		p := [2]int{-1, -1}
		if k < len(gone) {
			p[0] = gone[k]
		}
		if k < len(come) {
			p[1] = come[k]
		}
		out = append(out, p)
	}
	return out
}

// likeness is the share of words two passages have in common, in [0, 1].
func likeness(a, b map[string]int) float64 {
	common, all := 0, 0
	for w, n := range a {
		common += min(n, b[w])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(common) / float64(all)
}

// edited shows how one passage became another: as one paragraph when enough of
// it survives, else as one that went and one that came.
func edited(before, after passage) []Paragraph {
	was, is := words(before.text), words(after.text)
	ids := intern(was, is)
	var runs []Run
	kept := 0
	for _, e := range tidy(diff(ids[0], ids[1]), was) {
		text := strings.Join(was[e.a:e.aEnd], "")
		if e.come {
			text = strings.Join(is[e.b:e.bEnd], "")
		}
		if e.kept {
			kept += len(text)
		}
		if n := len(runs); n > 0 && runs[n-1].Deleted == e.gone && runs[n-1].Inserted == e.come {
			runs[n-1].Text += text
			continue
		}
		runs = append(runs, Run{Text: text, Deleted: e.gone, Inserted: e.come})
	}
	if float64(kept) < minKept*float64(min(len(before.text), len(after.text))) {
		return []Paragraph{
			{Deleted, before.page, []Run{{Text: before.text, Deleted: true}}},
			{Inserted, after.page, []Run{{Text: after.text, Inserted: true}}},
		}
	}
	return []Paragraph{{Edited, after.page, runs}}
}

// tidy lets edits swallow the short stretches between them, so that a sentence
// rewritten does not read as a dozen edits around the words it happens to
// share: a stretch goes that is no longer than what changed on either side of
// it. What was deleted then stands before what was inserted.
func tidy(edits []edit, was []string) []edit {
	size := func(e edit) int { return max(e.aEnd-e.a, e.bEnd-e.b) }
	blank := func(e edit) bool {
		return !slices.ContainsFunc(was[e.a:e.aEnd], func(w string) bool { return strings.TrimSpace(w) != "" })
	}
	// Changes between two kept stretches are one: its size is its longer side.
	type group struct {
		kept bool
		edit // from .a to .aEnd and from .b to .bEnd
	}
	var groups []group
	for _, e := range edits {
		if n := len(groups); n > 0 && !groups[n-1].kept && !e.kept {
			groups[n-1].aEnd, groups[n-1].bEnd = e.aEnd, e.bEnd
			continue
		}
		groups = append(groups, group{e.kept, e})
	}
	var out []group
	for _, g := range groups {
		out = append(out, g)
		for n := len(out); n >= 3 && !out[n-1].kept && !out[n-3].kept; n = len(out) {
			between := out[n-2].edit
			if !(blank(between) || size(between) <= min(size(out[n-1].edit), size(out[n-3].edit)) && size(between) <= 6) {
				break
			}
			out[n-3].aEnd, out[n-3].bEnd = out[n-1].aEnd, out[n-1].bEnd
			out = out[:n-2]
		}
	}
	var flat []edit
	for _, g := range out {
		if g.kept {
			flat = append(flat, edit{kept: true, a: g.a, aEnd: g.aEnd, b: g.b, bEnd: g.bEnd})
			continue
		}
		if g.aEnd > g.a {
			flat = append(flat, edit{gone: true, a: g.a, aEnd: g.aEnd, b: g.b, bEnd: g.b})
		}
		if g.bEnd > g.b {
			flat = append(flat, edit{come: true, a: g.aEnd, aEnd: g.aEnd, b: g.b, bEnd: g.bEnd})
		}
	}
	return flat
}

// words cuts text into words, spaces and single other characters. Han script
// has no spaces between words: each character stands alone.
func words(s string) []string {
	var out []string
	start, last := 0, 0
	for i, r := range s {
		class := classOf(r)
		if i > start && (class != last || class == 0) {
			out = append(out, s[start:i])
			start = i
		}
		last = class
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// classOf returns 0 for what stands alone, 1 for what makes words, 2 for spaces.
func classOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return 0
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return 1
	case unicode.IsSpace(r):
		return 2
	default:
		return 0
	}
}
