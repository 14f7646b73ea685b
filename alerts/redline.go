package alerts

import (
	"strings"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/regwire/regwire/corpus"
)

// The limits of a redline. A mail is for seeing what moved; some mail readers
// clip what is longer than about 100 kB.
const (
	maxRedlineParagraphs = 20
	maxParagraphRunes    = 1200
	// maxTokens bounds the quadratic worst case of the comparison to some 20 ms; longer
	// texts are shown as taken out and put in whole.
	maxTokens = 1500
	// minKept is the share of a paragraph that has to survive for it to be
	// shown as edited rather than replaced; below it the two get tangled
	// together. (guessed, from looking at corrections of notices)
	minKept = 0.35
)

// run is a stretch of text that stayed, went or came.
type run struct {
	Text              string
	Deleted, Inserted bool
}

// paragraph is a changed block of a text.
type paragraph []run

// redline compares two versions of a text block by block, and changed blocks
// word by word, Chinese by character. It returns the changed blocks in order,
// at most maxRedlineParagraphs of them, and how many more there are.
func redline(before, after []string) (changed []paragraph, more int) {
	for _, c := range changes(compare(before, after, false)) {
		if len(changed) >= maxRedlineParagraphs {
			more++
			continue
		}
		for _, p := range edited(c.gone, c.come) {
			changed = append(changed, abridge(p))
		}
	}
	return changed, more
}

// texts returns what a redline compares: title and blocks, without captions.
func texts(r corpus.Revision) []string {
	lines := []string{clean(r.Title)}
	for _, b := range r.Blocks {
		if b.Kind != corpus.BlockCaption && b.Text != "" {
			lines = append(lines, clean(b.Text))
		}
	}
	return lines
}

// edit is a group of tokens that stayed, went or came together.
type edit struct {
	op     diffmatchpatch.Operation
	tokens []string
}

// compare finds the shortest way from one list of tokens to another (Myers,
// "An O(ND) Difference Algorithm", 1986). Tidied, edits swallow the short
// stretches between them, so that a sentence rewritten does not read as a dozen
// edits around the words it happens to share. The library compares runes, so
// each distinct token is given one.
func compare(before, after []string, tidy bool) []edit {
	if len(before)+len(after) > 2*maxTokens {
		return []edit{{diffmatchpatch.DiffDelete, before}, {diffmatchpatch.DiffInsert, after}}
	}
	// From the CJK block on, 2*maxTokens code points are letters all of them,
	// which the library's tidying treats alike.
	const base = 0x4E00
	var tokens []string
	number := map[string]rune{}
	encode := func(list []string) []rune {
		coded := make([]rune, len(list))
		for i, t := range list {
			if _, ok := number[t]; !ok {
				number[t] = base + rune(len(tokens))
				tokens = append(tokens, t)
			}
			coded[i] = number[t]
		}
		return coded
	}
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // the same texts always give the same redline
	diffs := differ.DiffMainRunes(encode(before), encode(after), false)
	if tidy {
		diffs = differ.DiffCleanupSemantic(diffs)
	}
	edits := make([]edit, 0, len(diffs))
	for _, d := range diffs {
		e := edit{op: d.Type}
		for _, r := range d.Text {
			e.tokens = append(e.tokens, tokens[r-base])
		}
		edits = append(edits, e)
	}
	return edits
}

// change is a block that went, came, or became another.
type change struct{ gone, come string }

// changes sets blocks that went beside those that came in their place.
func changes(edits []edit) []change {
	var out []change
	for i := 0; i < len(edits); i++ {
		var gone, come []string
		for ; i < len(edits) && edits[i].op != diffmatchpatch.DiffEqual; i++ {
			if edits[i].op == diffmatchpatch.DiffDelete {
				gone = append(gone, edits[i].tokens...)
			} else {
				come = append(come, edits[i].tokens...)
			}
		}
		for n := range max(len(gone), len(come)) {
			var c change
			if n < len(gone) {
				c.gone = gone[n]
			}
			if n < len(come) {
				c.come = come[n]
			}
			out = append(out, c)
		}
	}
	return out
}

// edited shows how one block became another: as one paragraph when enough of
// it survives, else as one that went and one that came.
func edited(before, after string) []paragraph {
	switch {
	case after == "":
		return []paragraph{{{Text: before, Deleted: true}}}
	case before == "":
		return []paragraph{{{Text: after, Inserted: true}}}
	}
	var p paragraph
	var kept int
	for _, e := range compare(words(before), words(after), true) {
		r := run{Text: strings.Join(e.tokens, "")}
		switch e.op {
		case diffmatchpatch.DiffDelete:
			r.Deleted = true
		case diffmatchpatch.DiffInsert:
			r.Inserted = true
		default:
			kept += len(r.Text)
		}
		p = append(p, r)
	}
	if float64(kept) < minKept*float64(min(len(before), len(after))) {
		return []paragraph{{{Text: before, Deleted: true}}, {{Text: after, Inserted: true}}}
	}
	return []paragraph{p}
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

// abridge shortens the unchanged stretches of a paragraph, and its whole when
// it is still too long.
func abridge(p paragraph) paragraph {
	const context = 90 // characters kept on each side of a change: a line or so
	out := make(paragraph, 0, len(p))
	room := maxParagraphRunes
	for i, r := range p {
		if !r.Deleted && !r.Inserted {
			r.Text = middle(r.Text, context, i == 0, i == len(p)-1)
		}
		if n := len([]rune(r.Text)); n > room {
			r.Text = shorten(r.Text, max(room, 1))
			return append(out, r)
		} else {
			room -= n
		}
		out = append(out, r)
	}
	return out
}

// middle leaves out the part of an unchanged stretch that is far from any
// change: the start of the first, the end of the last, the middle of others.
func middle(s string, n int, first, last bool) string {
	r := []rune(s)
	switch {
	case first && len(r) > n:
		return "… " + tail(r, n)
	case last && len(r) > n:
		return head(r, n) + " …"
	case !first && !last && len(r) > 2*n:
		return head(r, n) + " … " + tail(r, n)
	}
	return s
}

// head returns about n characters, up to a space where there is one.
func head(r []rune, n int) string {
	for cut := n; cut > n-20; cut-- {
		if r[cut] == ' ' {
			n = cut
			break
		}
	}
	return string(r[:n])
}

// tail returns about the last n characters, from a space on where there is one.
func tail(r []rune, n int) string {
	start := len(r) - n
	for cut := start; cut < start+20; cut++ {
		if r[cut-1] == ' ' {
			start = cut
			break
		}
	}
	return string(r[start:])
}
