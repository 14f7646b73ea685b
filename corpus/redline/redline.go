package redline

import (
	"slices"
	"strings"
	"unicode"

	"github.com/regwire/regwire/corpus"
)

// Kind says what became of a paragraph.
type Kind string

// The kinds of paragraph in a redline.
const (
	Edited   Kind = "edited"   // some of its words
	Inserted Kind = "inserted" // all of it is new
	Deleted  Kind = "deleted"  // all of it is gone
	Moved    Kind = "moved"    // it says the same in another place
)

// Run is a stretch of text that stayed, went or came.
type Run struct {
	Text     string `json:"text"`
	Deleted  bool   `json:"deleted,omitempty"`
	Inserted bool   `json:"inserted,omitempty"`
}

// Paragraph is a paragraph, or a row of a table, that has changed.
type Paragraph struct {
	Kind Kind  `json:"kind"`
	Page int   `json:"page,omitempty"` // of a PDF, from 1, in the version that has it
	Runs []Run `json:"runs"`
}

// String writes a paragraph as mails and terminals show it: [-gone-] and
// {+come+}; a moved one is marked by [moved] before it.
func (p Paragraph) String() string {
	var b strings.Builder
	if p.Kind == Moved {
		b.WriteString("[moved] ")
	}
	for _, r := range p.Runs {
		switch {
		case r.Deleted:
			b.WriteString("[-" + r.Text + "-]")
		case r.Inserted:
			b.WriteString("{+" + r.Text + "+}")
		default:
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

// minKept is the share of a paragraph that has to survive for it to be shown
// as edited rather than replaced; below it the two get tangled together.
// (guessed, from looking at corrections of notices)
const minKept = 0.35

// Of returns what has changed from one version of a text to the next, in the
// order of the text; nothing when only its churn has, or lines that after says
// are restless (see [Restless]). A change of status is none of the text:
// callers look at it themselves.
func Of(before, after corpus.Draft) []Paragraph {
	shared := common(before, after)
	was, is := passages(before, shared), passages(after, shared)
	if len(after.Restless) > 0 {
		restless := map[string]bool{}
		for _, key := range after.Restless {
			restless[key] = true
		}
		moves := func(p passage) bool { return restless[p.key] }
		was, is = slices.DeleteFunc(was, moves), slices.DeleteFunc(is, moves)
	}
	c := newComparison(was, is)
	c.accountForMoves()
	c.accountForCuts()
	return c.redline()
}

// comparison is two texts and what is still unexplained of them.
type comparison struct {
	was, is      []passage
	edits        []edit
	gone, come   []bool // by passage: not explained yet
	moved, quiet []bool // by passage of is: stood elsewhere; and that is nothing to report
}

func newComparison(was, is []passage) *comparison {
	ids := intern(keys(was), keys(is))
	c := &comparison{
		was: was, is: is, edits: diff(ids[0], ids[1]),
		gone: make([]bool, len(was)), come: make([]bool, len(is)), moved: make([]bool, len(is)), quiet: make([]bool, len(is)),
	}
	for _, e := range c.edits {
		for i := e.a; e.gone && i < e.aEnd; i++ {
			c.gone[i] = true
		}
		for j := e.b; e.come && j < e.bEnd; j++ {
			c.come[j] = true
		}
	}
	return c
}

func keys(ps []passage) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.key
	}
	return out
}

// accountForMoves pairs passages that went in one place and came in another.
// Order alone means nothing; another heading over the same words does, as
// when a name moves from the licensed to the revoked.
func (c *comparison) accountForMoves() {
	headed := [2]map[string]bool{headings(c.was), headings(c.is)}
	from := map[string][]int{}
	for i, p := range c.was {
		if c.gone[i] {
			from[p.key] = append(from[p.key], i)
		}
	}
	for j, p := range c.is {
		list := from[p.key]
		if !c.come[j] || len(list) == 0 {
			continue
		}
		at := slices.IndexFunc(list, func(i int) bool { return c.was[i].section == p.section })
		at = max(at, 0)
		old := c.was[list[at]]
		from[p.key] = slices.Delete(slices.Clone(list), at, at+1)
		c.gone[list[at]], c.come[j], c.moved[j] = false, false, true
		c.quiet[j] = p.heading || !crossed(headed, old, p) || stamped(p)
	}
	// A passage that stayed in its place may stand under another heading
	// because the heading moved over it.
	for _, e := range c.edits {
		for k := 0; e.kept && k < e.aEnd-e.a; k++ {
			old, p := c.was[e.a+k], c.is[e.b+k]
			if !p.heading && crossed(headed, old, p) && !stamped(p) {
				c.moved[e.b+k] = true
			}
		}
	}
}

// crossed reports whether a passage has come from under one heading to under
// another, both of which either version has.
func crossed(headed [2]map[string]bool, old, p passage) bool {
	return old.section != p.section && old.section != "" && p.section != "" && headed[0][p.section] && headed[1][old.section]
}

// stamped reports whether a passage is nothing but stamps, which stand where a
// page ends and belong to no heading. Those that both versions share are
// passages like others until then.
func stamped(p passage) bool {
	return !slices.ContainsFunc(p.said, func(s string) bool { return !stamp(s) })
}

// headings are the keys of what stands over something.
func headings(ps []passage) map[string]bool {
	out := map[string]bool{}
	for _, p := range ps {
		out[p.section] = true
		if p.heading {
			out[p.key] = true
		}
	}
	return out
}

// maxRounds bounds how long candidates fall out; texts rewritten by people are
// settled in three or four.
const maxRounds = 20

// accountForCuts explains sentences that stand in other paragraphs now, and
// lines that were broken or joined elsewhere.
func (c *comparison) accountForCuts() {
	// Candidates are passages all of whose sentences went and came equally
	// often in candidates; the others fall out, until none does.
	gone, come := slices.Clone(c.gone), slices.Clone(c.come)
	for round := 0; ; round++ {
		left := map[string]int{} // sentences that came, less those that went
		count := func(ps []passage, open []bool, n int) {
			for i, p := range ps {
				for _, s := range p.said {
					if open[i] {
						left[s] += n
					}
				}
			}
		}
		count(c.is, come, 1)
		count(c.was, gone, -1)
		stable := true
		drop := func(ps []passage, open []bool) {
			for i, p := range ps {
				if open[i] && slices.ContainsFunc(p.said, func(s string) bool { return left[s] != 0 }) {
					open[i], stable = false, false
				}
			}
		}
		drop(c.is, come)
		drop(c.was, gone)
		if stable {
			break
		}
		if round == maxRounds {
			clear(gone)
			clear(come)
			break
		}
	}
	for i := range gone {
		c.gone[i] = c.gone[i] && !gone[i]
	}
	for j := range come {
		c.come[j] = c.come[j] && !come[j]
	}
	for _, g := range c.gaps() {
		if squeezed(c.was, g.gone) == squeezed(c.is, g.come) {
			for _, i := range g.gone {
				c.gone[i] = false
			}
			for _, j := range g.come {
				c.come[j] = false
			}
		}
	}
}

// squeezed is passages as one string without spaces.
func squeezed(ps []passage, at []int) string {
	var b strings.Builder
	for _, i := range at {
		b.WriteString(strings.NewReplacer(" ", "", ".", "", ";", "", ",", "", ":", "").Replace(p0(ps[i].key)))
	}
	return b.String()
}

// p0 keeps the points and commas of figures apart from those of sentences.
func p0(key string) string {
	rs := []rune(key)
	for i := 1; i+1 < len(rs); i++ {
		if (rs[i] == '.' || rs[i] == ',' || rs[i] == ':') && unicode.IsDigit(rs[i-1]) && unicode.IsDigit(rs[i+1]) {
			rs[i] += 0xe000
		}
	}
	return string(rs)
}

// gap is a stretch in which passages went and came between two that stayed.
type gap struct {
	gone, come []int
	moved      []int // of is
}

// gaps returns what is open, in the order of the text.
func (c *comparison) gaps() []gap {
	var out []gap
	var g gap
	flush := func() {
		if len(g.gone)+len(g.come)+len(g.moved) > 0 {
			out = append(out, g)
		}
		g = gap{}
	}
	for _, e := range c.edits {
		if e.kept {
			flush()
			for j := e.b; j < e.bEnd; j++ {
				if c.moved[j] {
					g.moved = append(g.moved, j)
				}
			}
			flush()
			continue
		}
		for i := e.a; i < e.aEnd; i++ {
			if c.gone[i] {
				g.gone = append(g.gone, i)
			}
		}
		for j := e.b; j < e.bEnd; j++ {
			switch {
			case c.come[j]:
				g.come = append(g.come, j)
			case c.moved[j]:
				g.moved = append(g.moved, j)
			}
		}
	}
	flush()
	return out
}

// redline shows what is open. Moves that mean nothing by themselves are shown
// beside what does; rows never, since registers are sorted anew all the time,
// and headings neither, since what they head tells it.
func (c *comparison) redline() []Paragraph {
	var out []Paragraph
	real := false
	for _, g := range c.gaps() {
		for _, p := range pair(c.was, c.is, g.gone, g.come) {
			real = true
			switch {
			case p[1] < 0:
				out = append(out, Paragraph{Deleted, c.was[p[0]].page, []Run{{Text: c.was[p[0]].text, Deleted: true}}})
			case p[0] < 0:
				out = append(out, Paragraph{Inserted, c.is[p[1]].page, []Run{{Text: c.is[p[1]].text, Inserted: true}}})
			default:
				out = append(out, edited(c.was[p[0]], c.is[p[1]])...)
			}
		}
		for _, j := range g.moved {
			if c.is[j].heading || c.quiet[j] && c.is[j].row {
				continue
			}
			real = real || !c.quiet[j]
			out = append(out, Paragraph{Moved, c.is[j].page, []Run{{Text: c.is[j].text}}})
		}
	}
	if !real {
		return nil
	}
	return out
}
