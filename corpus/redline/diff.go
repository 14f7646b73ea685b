package redline

import (
	"sort"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// The limits of one comparison.
const (
	// maxGap is the most tokens of both sides together that are compared by
	// the shortest edit at once: some 20 ms at worst.
	maxGap = 3000
	// maxWork bounds the product of sides summed over all gaps of a
	// comparison: some 100 ms at worst.
	maxWork = 20_000_000
	// maxDepth bounds how often a gap is anchored anew.
	maxDepth = 24
)

// edit is a stretch of tokens that stayed, went or came together: half-open
// ranges of both sides, one of them empty unless the stretch stayed.
type edit struct {
	kept       bool
	a, aEnd    int
	b, bEnd    int
	gone, come bool
}

// differ compares lists of tokens, which are numbers from [intern].
type differ struct {
	edits []edit
	work  int
}

// intern numbers the distinct tokens of several lists from 0.
func intern(lists ...[]string) [][]int {
	number := map[string]int{}
	out := make([][]int, len(lists))
	for i, l := range lists {
		out[i] = make([]int, len(l))
		for j, s := range l {
			n, ok := number[s]
			if !ok {
				n = len(number)
				number[s] = n
			}
			out[i][j] = n
		}
	}
	return out
}

// diff returns how b came of a, in order, covering both completely.
func diff(a, b []int) []edit {
	d := &differ{}
	d.compare(a, b, 0, 0, 0)
	return d.edits
}

func (d *differ) add(e edit) {
	if e.a == e.aEnd && e.b == e.bEnd {
		return
	}
	if n := len(d.edits); n > 0 && d.edits[n-1].kept && e.kept {
		d.edits[n-1].aEnd, d.edits[n-1].bEnd = e.aEnd, e.bEnd
		return
	}
	d.edits = append(d.edits, e)
}

func (d *differ) replace(a, b []int, i, j int) {
	d.add(edit{gone: true, a: i, aEnd: i + len(a), b: j, bEnd: j})
	d.add(edit{come: true, a: i + len(a), aEnd: i + len(a), b: j, bEnd: j + len(b)})
}

// compare appends the edits from a to b, which begin at i and j.
func (d *differ) compare(a, b []int, i, j, depth int) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	d.add(edit{kept: true, a: i, aEnd: i + head, b: j, bEnd: j + head})
	a, b, i, j = a[head:], b[head:], i+head, j+head
	tail := 0
	for tail < len(a) && tail < len(b) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	mid, midB := a[:len(a)-tail], b[:len(b)-tail]
	switch {
	case len(mid) == 0 || len(midB) == 0:
		d.replace(mid, midB, i, j)
	case len(mid)+len(midB) <= maxGap && d.work+len(mid)*len(midB) <= maxWork:
		d.work += len(mid) * len(midB)
		d.shortest(mid, midB, i, j)
	default:
		d.anchored(mid, midB, i, j, depth)
	}
	d.add(edit{kept: true, a: i + len(mid), aEnd: i + len(a), b: j + len(midB), bEnd: j + len(b)})
}

// shortest uses the library, which compares runes: each distinct token is
// given one. From the CJK block on, maxGap code points are letters all of
// them.
func (d *differ) shortest(a, b []int, i, j int) {
	const base = 0x4E00
	number := map[int]rune{}
	encode := func(list []int) []rune {
		coded := make([]rune, len(list))
		for k, t := range list {
			r, ok := number[t]
			if !ok {
				r = base + rune(len(number))
				number[t] = r
			}
			coded[k] = r
		}
		return coded
	}
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // the same texts always give the same redline
	for _, e := range dmp.DiffMainRunes(encode(a), encode(b), false) {
		n := len([]rune(e.Text))
		switch e.Type {
		case diffmatchpatch.DiffDelete:
			d.add(edit{gone: true, a: i, aEnd: i + n, b: j, bEnd: j})
			i += n
		case diffmatchpatch.DiffInsert:
			d.add(edit{come: true, a: i, aEnd: i, b: j, bEnd: j + n})
			j += n
		default:
			d.add(edit{kept: true, a: i, aEnd: i + n, b: j, bEnd: j + n})
			i, j = i+n, j+n
		}
	}
}

// anchored divides a and b at the tokens that stand once in each, in the
// longest run that keeps their order.
func (d *differ) anchored(a, b []int, i, j, depth int) {
	pairs := anchors(a, b)
	if len(pairs) == 0 || depth >= maxDepth {
		d.replace(a, b, i, j)
		return
	}
	pa, pb := 0, 0
	for _, p := range append(pairs, [2]int{len(a), len(b)}) {
		d.compare(a[pa:p[0]], b[pb:p[1]], i+pa, j+pb, depth+1)
		if p[0] < len(a) {
			d.add(edit{kept: true, a: i + p[0], aEnd: i + p[0] + 1, b: j + p[1], bEnd: j + p[1] + 1})
		}
		pa, pb = p[0]+1, p[1]+1
	}
}

// anchors returns the places of the tokens that are unique on both sides, in
// the longest increasing sequence.
func anchors(a, b []int) [][2]int {
	type count struct{ inA, inB, at int }
	seen := make(map[int]*count, len(b))
	for at, t := range b {
		c := seen[t]
		if c == nil {
			c = &count{}
			seen[t] = c
		}
		c.inB++
		c.at = at
	}
	for _, t := range a {
		if c := seen[t]; c != nil {
			c.inA++
		}
	}
	var all [][2]int
	for at, t := range a {
		if c := seen[t]; c != nil && c.inA == 1 && c.inB == 1 {
			all = append(all, [2]int{at, c.at})
		}
	}
	// Patience sorting: piles hold the index of their top card.
	piles := make([]int, 0, len(all))
	before := make([]int, len(all))
	for k, p := range all {
		n := sort.Search(len(piles), func(x int) bool { return all[piles[x]][1] > p[1] })
		before[k] = -1
		if n > 0 {
			before[k] = piles[n-1]
		}
		if n == len(piles) {
			piles = append(piles, k)
		} else {
			piles[n] = k
		}
	}
	if len(piles) == 0 {
		return nil
	}
	out := make([][2]int, len(piles))
	for k, n := piles[len(piles)-1], len(piles)-1; k >= 0; k, n = before[k], n-1 {
		out[n] = all[k]
	}
	return out
}
