package parse

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/regwire/regwire/corpus"
)

// part is a block on its way: with what the cleaning has to know of it.
type part struct {
	corpus.Block
	level  int        // of a heading, 1 to 6
	linked int        // bytes of the text inside links
	strong bool       // all of it is emphasised: a heading in disguise
	gap    bool       // a blank line stands before it, in plain text
	node   *html.Node // where it came from; nil in plain text
}

// cutter cuts a tree into parts.
type cutter struct {
	parts  []part
	buf    strings.Builder
	linked int
	plain  int // bytes outside emphasis
	kind   corpus.BlockKind
	level  int
	node   *html.Node
	note   bool // a way back to the text ends it: it is a footnote
	limit  int  // bytes of text still allowed
}

// maxText bounds the text of one article.
const maxText = 2 << 20

// partCost is what a block counts beside its text: what is kept of it weighs
// several times that, and a million blocks of a letter are no article.
const partCost = 24

// cut returns the text below n in blocks.
func cut(n *html.Node) []part {
	c := &cutter{kind: corpus.BlockParagraph, limit: maxText}
	c.walk(n, corpus.BlockParagraph, false, false)
	c.flush()
	return c.parts
}

func (c *cutter) flush() {
	if c.buf.Len() == 0 {
		return
	}
	text := line(c.buf.String())
	if c.note {
		c.kind = corpus.BlockFootnote
	}
	if text != "" && (hasLetters(text) || c.kind == corpus.BlockListItem) {
		c.parts = append(c.parts, part{
			Block:  corpus.Block{Kind: c.kind, Text: text},
			level:  c.level,
			linked: c.linked,
			strong: c.plain == 0,
			node:   c.node,
		})
	}
	c.buf.Reset()
	c.linked, c.plain, c.node, c.note = 0, 0, nil, false
}

func hasLetters(s string) bool {
	for _, r := range s {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 0xbf && r != 0xd7 && (r < 0x2000 || r > 0x2bff) {
			return true
		}
	}
	return false
}

// text adds inline text to the block being gathered.
func (c *cutter) text(s string, n *html.Node, inLink, strong bool) {
	if c.limit -= len(s); c.limit < 0 {
		return
	}
	if c.node == nil {
		c.node = n.Parent
	}
	c.buf.WriteString(s)
	v := visible(s)
	if inLink {
		c.linked += v
	}
	if !strong {
		c.plain += v
	}
}

func (c *cutter) walk(n *html.Node, kind corpus.BlockKind, inLink, strong bool) {
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		switch ch.Type {
		case html.TextNode:
			if c.buf.Len() == 0 {
				if strings.TrimSpace(ch.Data) == "" {
					continue
				}
				c.kind, c.level = kind, 0
			}
			c.text(ch.Data, ch, inLink, strong)
		case html.ElementNode:
			c.element(ch, kind, inLink, strong)
		}
	}
}

func (c *cutter) element(n *html.Node, kind corpus.BlockKind, inLink, strong bool) {
	a := n.DataAtom
	if dropped(a) {
		return
	}
	switch a {
	case atom.Br:
		c.lineBreak(n, kind)
		return
	case atom.Hr:
		c.flush()
		return
	case atom.Sup:
		if noteMark(n) {
			return
		}
	case atom.A:
		if wayBack(n) {
			c.note = c.buf.Len() > 0
			return
		}
		c.walk(n, kind, true, strong)
		return
	case atom.B, atom.Strong:
		c.walk(n, kind, inLink, true)
		return
	case atom.Pre, atom.Listing, atom.Xmp:
		c.flush()
		c.code(n)
		return
	case atom.Table:
		c.flush()
		if dataTable(n) {
			c.table(n)
			return
		}
	case atom.Figure:
		c.flush()
		c.figure(n)
		return
	case atom.Figcaption:
		kind = corpus.BlockCaption
	case atom.Caption:
		kind = corpus.BlockCaption
	case atom.Blockquote:
		kind = corpus.BlockQuote
	case atom.Li, atom.Dd, atom.Dt:
		if kind != corpus.BlockCaption {
			kind = corpus.BlockListItem
		}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		c.flush()
		c.heading(n, inLink)
		return
	}
	if kind != corpus.BlockCaption && block(a) && traits(n)&traitCaption != 0 {
		if all, _ := measure(n); all < 600 {
			kind = corpus.BlockCaption
		}
	}
	if !block(a) {
		c.walk(n, kind, inLink, strong)
		return
	}
	c.flush()
	c.walk(n, kind, inLink, strong)
	c.flush()
}

// noteMark reports whether a raised text is the mark of a footnote: a number
// or a sign that leads to another place of the page.
func noteMark(n *html.Node) bool {
	text := strings.Trim(shortText(n, 12), "[]()")
	if text == "" || len(text) > 3 || strings.Trim(text, "0123456789*†‡") != "" {
		return false
	}
	a := find(n, atom.A)
	if a == nil && n.Parent != nil && n.Parent.DataAtom == atom.A {
		a = n.Parent
	}
	return a != nil && strings.Contains(attr(a, "href"), "#")
}

// wayBack reports whether a link leads from a footnote back to its mark.
func wayBack(n *html.Node) bool {
	if !strings.Contains(attr(n, "href"), "#") {
		return false
	}
	text := strings.TrimRight(shortText(n, 12), "\ufe0e\ufe0f")
	return attr(n, "role") == "doc-backlink" || text == "↩" || text == "↑" || text == "^"
}

// heading gathers a heading as one block. What a template nests in it (more
// headings, paragraphs) is part of it when it is short.
func (c *cutter) heading(n *html.Node, inLink bool) {
	if all, _ := measure(n); all > 600 { // a heading element round a whole text
		c.walk(n, corpus.BlockParagraph, inLink, false)
		c.flush()
		return
	}
	text := headingText(n)
	if text == "" || !hasLetters(text) {
		return
	}
	_, linked := measure(n)
	if inLink {
		linked = len(text)
	}
	if c.limit -= len(text) + partCost; c.limit < 0 {
		return
	}
	c.parts = append(c.parts, part{Block: corpus.Block{Kind: corpus.BlockHeading, Text: text}, level: heading(n.DataAtom), linked: linked, node: n})
}

// lineBreak ends a block at two breaks in a row, and at one where the text
// before it reads as finished: pages without paragraphs write so.
func (c *cutter) lineBreak(n *html.Node, kind corpus.BlockKind) {
	if c.buf.Len() == 0 {
		return
	}
	next := n.NextSibling
	for next != nil && next.Type == html.TextNode && strings.TrimSpace(next.Data) == "" {
		next = next.NextSibling
	}
	text := strings.TrimRight(c.buf.String()[max(0, c.buf.Len()-16):], " \t\r\n\u00a0")
	if next != nil && next.Type == html.ElementNode && next.DataAtom == atom.Br || endsSentence(text) {
		c.flush()
		return
	}
	c.buf.WriteByte('\n')
}

// endsSentence reports whether s ends like a sentence.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’)）」』】»* ")
	for _, e := range []string{".", "!", "?", "…", "。", "！", "？", "；", ":", "："} {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

func (c *cutter) code(n *html.Node) {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && n.DataAtom == atom.Br:
			b.WriteByte('\n')
		case n.Type == html.ElementNode && (n.DataAtom == atom.P || n.DataAtom == atom.Div || n.DataAtom == atom.Li):
			b.WriteByte('\n')
			fallthrough
		default:
			for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
				walk(ch)
			}
		}
	}
	walk(n)
	if c.limit -= b.Len(); c.limit < 0 {
		return
	}
	if text := lines(b.String()); strings.TrimSpace(text) != "" {
		c.parts = append(c.parts, part{Block: corpus.Block{Kind: corpus.BlockCode, Text: text}, node: n})
	}
}

// figure keeps the caption of an illustration, and everything of a figure
// that wraps a table, code or a quotation.
func (c *cutter) figure(n *html.Node) {
	kind := corpus.BlockCaption
	for _, a := range []atom.Atom{atom.Table, atom.Pre, atom.Blockquote} {
		if find(n, a) != nil {
			kind = corpus.BlockParagraph
		}
	}
	if all, _ := measure(n); all > 1500 {
		kind = corpus.BlockParagraph
	}
	c.walk(n, kind, false, false)
	c.flush()
}

// find returns the first element of kind a below n.
func find(n *html.Node, a atom.Atom) *html.Node {
	for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
		if ch.Type == html.ElementNode {
			if ch.DataAtom == a {
				return ch
			}
			if f := find(ch, a); f != nil {
				return f
			}
		}
	}
	return nil
}

// dataTable reports whether a table holds data and not the layout of a page:
// two rows and two columns at least, cells of moderate size and no tables
// inside.
func dataTable(t *html.Node) bool {
	rows, wide, cells, heads, longest := 0, 0, 0, 0, 0
	nested := false
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			if ch.Type != html.ElementNode {
				continue
			}
			switch ch.DataAtom {
			case atom.Table:
				nested = true
				return
			case atom.Tr:
				rows++
				n := 0
				for cell := ch.FirstChild; cell != nil; cell = cell.NextSibling {
					if cell.DataAtom == atom.Td || cell.DataAtom == atom.Th {
						n++
						cells++
						if cell.DataAtom == atom.Th {
							heads++
						}
						all, _ := measure(cell)
						longest = max(longest, all)
						if find(cell, atom.Table) != nil {
							nested = true
						}
					}
				}
				if n > 1 {
					wide++
				}
			default:
				walk(ch)
			}
		}
	}
	walk(t)
	if nested || rows < 2 || wide*2 < rows {
		return false
	}
	return heads > 0 && longest < 3000 || longest < 800
}

// table writes a table as one block: a row a line, cells divided by tabs.
func (c *cutter) table(t *html.Node) {
	var rows []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			if ch.Type != html.ElementNode {
				continue
			}
			if ch.DataAtom == atom.Caption {
				if text := textOf(ch); text != "" {
					c.parts = append(c.parts, part{Block: corpus.Block{Kind: corpus.BlockCaption, Text: text}, node: ch})
				}
				continue
			}
			if ch.DataAtom != atom.Tr {
				walk(ch)
				continue
			}
			var cells []string
			filled := false
			for cell := ch.FirstChild; cell != nil; cell = cell.NextSibling {
				if cell.DataAtom == atom.Td || cell.DataAtom == atom.Th {
					text := textOf(cell)
					filled = filled || text != ""
					cells = append(cells, text)
				}
			}
			if filled {
				rows = append(rows, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
			}
		}
	}
	walk(t)
	text := strings.Join(rows, "\n")
	if c.limit -= len(text); c.limit < 0 || text == "" {
		return
	}
	_, linked := measure(t)
	c.parts = append(c.parts, part{Block: corpus.Block{Kind: corpus.BlockTable, Text: text}, linked: linked, node: t})
}
