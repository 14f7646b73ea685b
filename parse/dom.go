package parse

import (
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The limits in front of the HTML parser. Its cost is not linear in the size
// of a page: formatting elements that are left open are opened again in every
// block behind them, so a page of 3 MB can ask for a tree of gigabytes.
const (
	// maxElements bounds the tree, in tags as written plus those the parser
	// will repeat. Pages of 265 KB have some 4,000, a register of 20,000 rows
	// in five columns 120,000; each costs about 400 bytes with its text.
	maxElements = 130_000
	// maxAttributes bounds what the tags carry.
	maxAttributes = 400_000
)

// parseHTML builds the tree of a page within limits. What lies beyond them is
// cut off. It returns nil when the page cannot be built at all (the parser
// refuses elements nested more than 512 deep); see [flatten].
func parseHTML(src string, clock stopwatch) *html.Node {
	doc, err := html.Parse(&timedReader{s: src[:affordable(src)], clock: clock})
	if err != nil {
		return nil
	}
	return doc
}

// timedReader ends the page when the time for it is over.
type timedReader struct {
	s     string
	clock stopwatch
}

func (r *timedReader) Read(b []byte) (int, error) {
	if r.s == "" || r.clock.expired() {
		return 0, io.EOF
	}
	n := copy(b, r.s)
	r.s = r.s[n:]
	return n, nil
}

// affordable returns how much of src can be parsed within the limits. It
// reads tags as the tokeniser would, near enough to count them.
func affordable(src string) int {
	elements, attributes, open := 0, 0, 0
	for i := 0; ; {
		j := strings.IndexByte(src[i:], '<')
		if j < 0 || i+j+1 >= len(src) {
			return len(src)
		}
		i += j
		at := i
		i++
		closing := src[i] == '/'
		if closing {
			i++
		}
		start := i
		for i < len(src) && isNameByte(src[i]) {
			i++
		}
		name := src[start:i]
		if name == "" {
			continue
		}
		k := strings.IndexByte(src[i:], '>')
		if k < 0 {
			return at
		}
		if a := strings.Count(src[i:i+k], "=") + strings.Count(src[i:i+k], " ")/2; a > 0 {
			attributes += a
		}
		i += k + 1
		if formatting(name) {
			if closing {
				open = max(0, open-1)
			} else {
				open++
			}
		}
		if !closing {
			elements += 1 + max(0, open-8) // a few open at a time are honest mistakes
		}
		if elements > maxElements || attributes > maxAttributes {
			return at
		}
		if !closing && (strings.EqualFold(name, "script") || strings.EqualFold(name, "style")) {
			end := indexFold(src[i:], "</"+name)
			if end < 0 {
				return len(src)
			}
			i += end
		}
	}
}

func isNameByte(c byte) bool {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':'
}

func formatting(name string) bool {
	switch strings.ToLower(name) {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// indexFold is strings.Index without regard to the case of ASCII letters; sub
// starts with a byte that has none.
func indexFold(s, sub string) int {
	for i := 0; ; {
		j := strings.IndexByte(s[i:], sub[0])
		if j < 0 || len(s)-i-j < len(sub) {
			return -1
		}
		i += j
		if strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
		i++
	}
}

// flatten builds a flat tree of the text of a page that the parser refuses:
// each run of text between block-level tags becomes a paragraph.
func flatten(src string, clock stopwatch) *html.Node {
	doc := &html.Node{Type: html.DocumentNode}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	doc.AppendChild(body)
	var para *html.Node
	tok := html.NewTokenizer(&timedReader{s: src[:min(len(src), 1<<20)], clock: clock})
	skip := 0
	for {
		switch tok.Next() {
		case html.ErrorToken:
			return doc
		case html.TextToken:
			if skip > 0 {
				continue
			}
			text := string(tok.Text())
			if para == nil {
				if strings.TrimSpace(text) == "" {
					continue
				}
				para = &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
				body.AppendChild(para)
			}
			para.AppendChild(&html.Node{Type: html.TextNode, Data: text})
		case html.StartTagToken:
			name, _ := tok.TagName()
			if a := atom.Lookup(name); dropped(a) && a != atom.Noscript {
				skip++
			} else if block(a) {
				para = nil
			}
		case html.EndTagToken:
			name, _ := tok.TagName()
			if a := atom.Lookup(name); dropped(a) && a != atom.Noscript {
				skip = max(0, skip-1)
			} else if block(a) {
				para = nil
			}
		}
	}
}

// dropped reports the elements whose content is never writing.
func dropped(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Math, atom.Iframe, atom.Object, atom.Embed,
		atom.Canvas, atom.Audio, atom.Video, atom.Select, atom.Button, atom.Input, atom.Textarea, atom.Nav, atom.Link,
		atom.Meta, atom.Map, atom.Dialog, atom.Datalist, atom.Option, atom.Progress, atom.Meter, atom.Menu, atom.Rp, atom.Rt:
		return true
	}
	return false
}

// block reports the elements that end a line of text.
func block(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Center, atom.Dd, atom.Details, atom.Div,
		atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3,
		atom.H4, atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.Li, atom.Main, atom.Nav, atom.Ol, atom.P, atom.Pre,
		atom.Section, atom.Summary, atom.Table, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul, atom.Legend:
		return true
	}
	return false
}

func heading(a atom.Atom) int {
	switch a {
	case atom.H1:
		return 1
	case atom.H2:
		return 2
	case atom.H3:
		return 3
	case atom.H4:
		return 4
	case atom.H5:
		return 5
	case atom.H6:
		return 6
	}
	return 0
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}

// textOf returns the text below n as one line, without scripts and styles.
func textOf(n *html.Node) string {
	var b strings.Builder
	appendText(n, &b, maxText)
	return line(b.String())
}

// shortText is textOf for an element that only matters when it says little:
// "" when it holds more than limit bytes. What it costs does not grow with
// the element.
func shortText(n *html.Node, limit int) string {
	var b strings.Builder
	if appendText(n, &b, 4*limit+64); b.Len() > 4*limit {
		return ""
	}
	s := line(b.String())
	if len(s) > limit {
		return ""
	}
	return s
}

// appendText adds the text below n to b until that is limit bytes long.
func appendText(n *html.Node, b *strings.Builder, limit int) {
	switch n.Type {
	case html.TextNode:
		b.WriteString(n.Data[:min(len(n.Data), max(0, limit-b.Len()))])
		return
	case html.ElementNode:
		if n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Noscript || n.DataAtom == atom.Template {
			return
		}
		if block(n.DataAtom) || n.DataAtom == atom.Br {
			b.WriteByte(' ')
			defer b.WriteByte(' ')
		}
	}
	for c := n.FirstChild; c != nil && b.Len() < limit; c = c.NextSibling {
		appendText(c, b, limit)
	}
}

// measure counts the characters below n, white space apart: in all, and
// inside links.
func measure(n *html.Node) (all, linked int) {
	switch n.Type {
	case html.TextNode:
		return visible(n.Data), 0
	case html.ElementNode:
		if dropped(n.DataAtom) {
			return 0, 0
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		a, l := measure(c)
		all += a
		linked += l
	}
	if n.DataAtom == atom.A {
		linked = all
	}
	return all, linked
}

// visible counts the bytes of s that are not ASCII white space; a Chinese
// character counts three, which is about what it says.
func visible(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] > ' ' {
			n++
		}
	}
	return n
}

// inside reports whether n lies in an element that match accepts.
func inside(n *html.Node, match func(*html.Node) bool) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && match(p) {
			return true
		}
	}
	return false
}

// contains reports whether n is a, or lies below it.
func contains(a, n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == a {
			return true
		}
	}
	return false
}
