package alerts

import (
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
)

// The limits of a redline. A mail is for seeing what moved; some mail readers
// clip what is longer than about 100 kB.
const (
	maxRedlineParagraphs = 20
	maxParagraphRunes    = 1200
)

// changes returns what has changed from one revision to the next, at most
// maxRedlineParagraphs of it and abridged, and how many paragraphs more there
// are.
func changes(before, after corpus.Revision) (changed []redline.Paragraph, more int) {
	all := redline.Of(cleaned(before.Draft), cleaned(after.Draft))
	for _, p := range all[:min(len(all), maxRedlineParagraphs)] {
		p.Runs = abridge(p.Runs)
		changed = append(changed, p)
	}
	return changed, len(all) - len(changed)
}

// cleaned returns a draft whose text is fit for a mail.
func cleaned(d corpus.Draft) corpus.Draft {
	out := corpus.Draft{Title: clean(d.Title), Restless: d.Restless}
	for _, b := range d.Blocks {
		if b.Kind != corpus.BlockTable {
			b.Text = clean(b.Text)
			out.Blocks = append(out.Blocks, b)
			continue
		}
		var rows []string
		for row := range strings.SplitSeq(b.Text, "\n") {
			cells := strings.Split(row, "\t")
			for i, c := range cells {
				cells[i] = clean(c)
			}
			rows = append(rows, strings.Join(cells, "\t"))
		}
		b.Text = strings.Join(rows, "\n")
		out.Blocks = append(out.Blocks, b)
	}
	return out
}

// abridge shortens the unchanged stretches of a paragraph, and its whole when
// it is still too long.
func abridge(p []redline.Run) []redline.Run {
	const context = 90 // characters kept on each side of a change: a line or so
	out := make([]redline.Run, 0, len(p))
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
