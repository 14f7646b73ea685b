package redline

import (
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// passage is a line of a text as it is compared: a paragraph, a row.
type passage struct {
	text    string   // as it is shown
	key     string   // as it is compared; never empty
	said    []string // its sentences in normal form, without churn
	row     bool     // of a table
	page    int      // of a PDF
	section string   // key of the heading it stands under
	heading bool
}

// passages cuts a draft into what is compared. What is churn in itself is not
// among it; whether a sentence is, is not asked of those in shared.
func passages(d corpus.Draft, shared map[string]bool) []passage {
	var out []passage
	section, caption, label := "", "", false
	repeated := repeatedHeadings(d.Blocks)
	above := "" // the last heading that stands once
	add := func(text string, p passage) {
		for _, s := range sentences(text) {
			n := normal(s)
			switch {
			case n == "":
			case shared[n]:
				p.said, label = append(p.said, n), stampLabel(n)
				continue
			case label && stampValue(n), stampLabel(n), stamp(n):
			default:
				p.said = append(p.said, n)
			}
			label = stampLabel(n)
		}
		if len(p.said) == 0 {
			return
		}
		p.key = strings.Join(p.said, " ")
		p.text, p.section = text, section
		if p.row && caption != "" {
			p.section = caption
		}
		if p.heading {
			// Letters and years head parts of several sections: they are told
			// apart by what stands above them.
			if section, caption = p.key, ""; repeated[normal(text)] {
				section = above + " / " + p.key
			} else {
				above = p.key
			}
		}
		out = append(out, p)
	}
	add(d.Title, passage{})
	for _, b := range d.Blocks {
		switch b.Kind {
		case corpus.BlockCaption:
			caption = normal(b.Text)
			continue
		case corpus.BlockTable:
			rows(b, &out, section, caption)
			label = false
		case corpus.BlockCode:
			for l := range strings.SplitSeq(b.Text, "\n") {
				add(l, passage{page: b.Page})
			}
		default:
			add(b.Text, passage{page: b.Page, heading: b.Kind == corpus.BlockHeading})
		}
		caption = ""
	}
	return out
}

// rows appends the rows of a table. Columns that number the rows, or say when
// or how often a row was looked at, are shown but not compared.
func rows(b corpus.Block, out *[]passage, section, caption string) {
	var table [][]string
	var texts []string
	for l := range strings.SplitSeq(b.Text, "\n") {
		if strings.TrimSpace(l) != "" {
			texts = append(texts, l)
			table = append(table, strings.Split(l, "\t"))
		}
	}
	skip := map[int]bool{}
	if len(table) > 2 {
		for c, h := range table[0] {
			n := normal(h)
			skip[c] = stampLabel(n) || stamp(n+" 1")
		}
		if ordinals(table) {
			skip[0] = true
		}
	}
	if caption != "" {
		section = caption
	}
	for i, cells := range table {
		var said []string
		for c, cell := range cells {
			if n := normal(cell); n != "" && !(skip[c] && i > 0) {
				said = append(said, n)
			}
		}
		key := strings.Join(said, " ")
		if key == "" || len(cells) <= 2 && stamp(key) {
			continue
		}
		*out = append(*out, passage{text: strings.ReplaceAll(texts[i], "\t", " | "), key: key, said: []string{key}, row: true, page: b.Page, section: section})
	}
}

// ordinals reports whether the first column counts the rows below the header.
func ordinals(table [][]string) bool {
	prev := 0
	for i, cells := range table[1:] {
		n, err := strconv.Atoi(strings.Trim(normal(cells[0]), "."))
		if err != nil || i > 0 && n != prev+1 {
			return false
		}
		prev = n
	}
	return true
}

// repeatedHeadings are the headings, in normal form, that a text has twice.
func repeatedHeadings(blocks []corpus.Block) map[string]bool {
	seen := map[string]bool{}
	for _, b := range blocks {
		if b.Kind == corpus.BlockHeading {
			n := normal(b.Text)
			_, again := seen[n]
			seen[n] = again
		}
	}
	return seen
}

// common returns the sentences, in normal form, that stand in both drafts.
func common(a, b corpus.Draft) map[string]bool {
	said := func(d corpus.Draft) map[string]bool {
		out := map[string]bool{}
		add := func(text string) {
			for _, s := range sentences(text) {
				out[normal(s)] = true
			}
		}
		add(d.Title)
		for _, b := range d.Blocks {
			if b.Kind != corpus.BlockTable {
				add(b.Text)
			}
		}
		return out
	}
	out, in := said(a), said(b)
	for s := range out {
		if !in[s] {
			delete(out, s)
		}
	}
	return out
}
