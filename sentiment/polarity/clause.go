package polarity

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regwire/regwire/sentiment/text"
)

// item is a word of the lexicon met in a sentence.
type item struct {
	start, end int
	kind       kind
	weight     float64 // of the word
	value      float64 // in this sentence, for the holder of what the clause is about
	clause     int
	passive    bool // of act: the object stands before it
	han        bool // Chinese
	agent      span // of a Chinese act: where its doer stands
	thing      int  // of up and down: one more than the index of what moves
	used       bool // of good and bad: a direction has taken it over
}

// measure is the weight from which on a bad thing is an act of power, a ban
// say, and not a cost: to lift it is to end it.
const measure = -0.3

// Reach of a word over its neighbours, in bytes; a word of English has about
// six, a Chinese one the same. Guessed, then kept where the development sets
// under free licences agreed.
const (
	reachBack    = 36 // from a direction back to the thing that moves
	reachForward = 28 // from a direction on to the thing it moves
	reachNegator = 30
	reachHan     = 14 // of a Chinese negator
	reachBooster = 16
	reachHedge   = 60
	reachObject  = 60
)

// scan finds the words of one sentence and gives them their values.
func (lx *lexicon) scan(full string, s text.Sentence, items []item) (out []item, clauses []int) {
	lx.matcher.Find(full, s.Start, s.End, func(start, end, phrase int) bool {
		w := lx.words[phrase]
		if w.kind != none && !(w.kind == punctuation && !parts(full, start, end, s)) {
			items = append(items, item{start: start, end: end, kind: w.kind, weight: w.weight, han: full[start] >= utf8.RuneSelf})
		}
		return true
	})
	items = partAtSpaces(full, s, figures(full, s, items))
	clauses = split(items, s)
	reasons(full, items)
	for i := range items {
		switch items[i].kind {
		case up, down, relax:
			direct(items, i)
		case good, bad:
			if !items[i].used {
				items[i].value = items[i].weight
			}
		case polar, verb:
			items[i].value = items[i].weight
		case stop:
			items[i].passive = isPassive(full, items, i, s)
			end(items, i)
		case act, versus:
			items[i].value = items[i].weight
			items[i].passive = isPassive(full, items, i, s)
		}
	}
	for i := range items {
		it := &items[i]
		if it.used {
			it.value = 0 // taken over by a verb later in the clause
		}
		if it.han && (it.kind == act || it.kind == stop) {
			to := s.End
			if it.clause+1 < len(clauses) {
				to = clauses[it.clause+1]
			}
			it.agent = agentOf(full, clauses[it.clause], to, it)
		}
	}
	for i := range items {
		if items[i].kind.valued() && items[i].value != 0 {
			modify(full, items, i)
		}
	}
	fail(items)
	notices(full, s, items, clauses)
	weigh(items)
	for _, it := range items {
		if it.kind == plain {
			for i := range items {
				items[i].value *= it.weight
			}
			break // once is enough
		}
	}
	return items, clauses
}

// parts reports whether a mark of punctuation parts clauses.
func parts(full string, start, end int, s text.Sentence) bool {
	switch full[start] {
	case ',', '.':
		return end >= s.End || full[end] < '0' || full[end] > '9'
	case '-':
		return start > s.Start && end < s.End && full[start-1] == ' ' && full[end] == ' '
	case ':':
		return end >= s.End || full[end] < '0' || full[end] > '9'
	}
	return true
}

// split numbers the clauses of a sentence and returns where each begins.
func split(items []item, s text.Sentence) []int {
	starts := []int{s.Start}
	for i := range items {
		switch items[i].kind {
		case clause, contrast, concession, background, punctuation:
			if starts[len(starts)-1] != items[i].start {
				starts = append(starts, items[i].start)
			}
		}
		items[i].clause = len(starts) - 1
	}
	return starts
}

// direct gives a direction its value: what goes up or down decides whether
// that is good.
func direct(items []item, i int) {
	d := &items[i]
	take := func(j int) {
		d.thing = j + 1
		for k := j; k >= 2 && items[k-1].kind == preposition && items[k].start-items[k-2].end <= reachForward; k -= 2 {
			o := &items[k-2]
			if o.kind != good && o.kind != bad || o.used || o.clause != d.clause || items[k-1].start-o.end > 2 {
				break
			}
			items[k].used = true
			j = k - 2 // "fears of a crackdown ease": the fears do
		}
		t := &items[j]
		t.used = true
		size := max(0.4, math.Abs(d.weight))
		if d.kind == down || d.kind == relax && t.weight <= measure {
			size = -size
		}
		if t.kind == bad {
			size = -size
			if d.kind == down {
				size *= 0.9 // less of a bad thing is not quite a good one
			}
		}
		d.value = size
	}
	thing := func(j int) bool {
		return (items[j].kind == good || items[j].kind == bad) && !items[j].used && items[j].clause == d.clause
	}
	if j := i + 1; j < len(items) && thing(j) && items[j].start-d.end <= 2 {
		take(j) // "higher costs"
		return
	}
	back := reachBack
	if d.han {
		back = reachBackHan
	}
	for j := i - 1; j >= 0 && items[j].clause == d.clause && d.start-items[j].end <= back; j-- {
		if thing(j) {
			take(j) // "costs rose"
			return
		}
		if k := items[j].kind; k == up || k == down || k == verb {
			if d.han && items[j].thing > 0 && d.start-items[j].end <= reachAgain {
				take(items[j].thing - 1) // 余额降至新低: both are of the balance
				return
			}
			break
		}
	}
	for j := i + 1; j < len(items) && items[j].start-d.end <= reachForward; j++ {
		if thing(j) {
			take(j) // "cut its costs"
			return
		}
		if k := items[j].kind; k == preposition || k == up || k == down {
			break
		}
	}
	d.value = d.weight
}

// end gives a verb that puts an end to something its value: good where that
// is bad, bad where that is good. Its object follows, or stands before a passive.
func end(items []item, i int) {
	d := &items[i]
	d.value = d.weight
	if d.han {
		endHan(items, i)
		return
	}
	relief := max(0.45, -d.weight)
	take := func(o *item) bool {
		switch {
		case o.used || o.clause != d.clause:
			return false
		case o.kind == bad:
			d.value = relief
		case o.kind == good:
			d.value = -relief
		default:
			return false
		}
		o.used = true
		return true
	}
	for j := i + 1; j < len(items) && items[j].clause == d.clause && items[j].start-d.end <= reachObject; j++ {
		if take(&items[j]) {
			return
		}
		if k := items[j].kind; k == up || k == down || k == stop || k == preposition && items[j].start-d.end > 2 {
			break
		}
	}
	if !d.passive {
		return
	}
	for j := i - 1; j >= 0 && items[j].clause == d.clause && d.start-items[j].end <= reachBack; j-- {
		if take(&items[j]) || items[j].kind.valued() {
			return
		}
	}
}

var beForms = []string{" was", " were", " is", " are", " been", " being", " be", " gets", " got", " get", "被", "遭", "遭到"}

// isPassive reports whether the object of the act stands before it: "was
// fined", "sued by", "fined $5m".
func isPassive(full string, items []item, i int, s text.Sentence) bool {
	before := full[max(s.Start, items[i].start-12):items[i].start]
	before = " " + strings.TrimRight(before, " ")
	for _, b := range beForms {
		if strings.HasSuffix(before, b) {
			return true
		}
	}
	after := strings.TrimLeft(full[items[i].end:s.End], " ")
	if after == "" || strings.ContainsRune("$€£0123456789,.;", rune(after[0])) {
		return strings.HasSuffix(full[items[i].start:items[i].end], "ed")
	}
	if strings.HasPrefix(after, "by ") {
		return true
	}
	if !strings.HasSuffix(full[items[i].start:items[i].end], "ed") {
		return false
	}
	return i+1 < len(items) && items[i+1].kind == preposition && items[i+1].start-items[i].end <= 2
}

// modify applies negators, boosters, hedges and the like to a value.
func modify(full string, items []item, i int) {
	it := &items[i]
	boosted := false
	for j := i - 1; j >= 0; j-- {
		o := &items[j]
		gap := it.start - o.end
		if gap > reachHedge {
			break
		}
		same := o.clause == it.clause
		switch {
		case o.kind == negator && same:
			if o.han {
				if gap <= negatorReach(o) && chained(items, j, i) {
					it.value *= o.weight
				}
			} else if gap <= reachNegator && !valueBetween(items, j, i) {
				it.value *= o.weight
			}
		case o.kind == denial:
			it.value *= o.weight
		case o.kind == hedge && same:
			it.value *= o.weight
		case (o.kind == booster || o.kind == damper) && same && gap <= reachBooster && !boosted:
			it.value *= o.weight
			boosted = true
		}
	}
	if j := i + 1; j < len(items) && !boosted && (items[j].kind == booster || items[j].kind == damper) && items[j].start-it.end <= 2 {
		it.value *= items[j].weight
	}
	if it.kind == up || it.kind == down {
		it.value *= magnitude(full[it.end:min(len(full), it.end+24)])
	}
}

func valueBetween(items []item, from, to int) bool {
	return slices.ContainsFunc(items[from+1:to], func(o item) bool {
		return o.kind.valued() && o.value != 0
	})
}

// magnitude reads the percentage after a direction: large moves count more,
// those below one per cent less.
func magnitude(s string) float64 {
	i := strings.IndexAny(s, "0123456789")
	if i < 0 {
		return 1
	}
	j, v, frac := i, 0.0, 0.0
	for ; j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.' || s[j] == ','); j++ {
		switch {
		case s[j] == '.':
			frac = 0.1
		case s[j] == ',':
		case frac > 0:
			v += float64(s[j]-'0') * frac
			frac /= 10
		default:
			v = v*10 + float64(s[j]-'0')
		}
	}
	rest := strings.TrimLeft(s[j:], " ")
	if !strings.HasPrefix(rest, "%") && !strings.HasPrefix(rest, "％") && !strings.HasPrefix(rest, "per") && !strings.HasPrefix(rest, "pct") {
		return 1
	}
	switch {
	case v >= 10:
		return 1.25
	case v < 1:
		return 0.75
	}
	return 1
}

// weigh scales clauses against one another: what follows "but" counts more
// than what stands before it, what stands beside "despite" less.
func weigh(items []item) {
	last, conceded := -1, map[int]bool{}
	told := slices.ContainsFunc(items, func(it item) bool { return it.clause == 0 && it.value != 0 })
	for _, it := range items {
		switch it.kind {
		case contrast, turn:
			last = it.clause
		case concession:
			conceded[it.clause] = true
		case background:
			if told && it.clause > 0 {
				conceded[it.clause] = true // "recovers after the crash"
			}
		}
	}
	for i := range items {
		switch {
		case conceded[items[i].clause]:
			items[i].value *= 0.35
		case last > 0 && items[i].clause < last:
			items[i].value *= 0.6
		case last > 0:
			items[i].value *= 1.2
		}
	}
}
