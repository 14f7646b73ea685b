package parse

import (
	"log/slog"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/regwire/regwire/corpus"
)

// readers look for the article in a pruned tree and return its blocks. There
// are two, because each fails where the other does not: sites that name the
// container of their text are read by its name, and the rest by where the
// text is dense.

// container is an element that may hold the article.
type container struct {
	node *html.Node
	rank int // of the kind of name it has, higher is better
	text int // characters of writing: paragraphs and the like, outside links
}

// byName returns the blocks of the element that the site names as the
// container of the article's text; nil when there is none that holds enough.
func byName(p *page, title string) ([]part, int) {
	var list []container
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if rank := containerRank(n); rank > 0 && len(list) < 200 {
			list = append(list, container{node: n, rank: rank, text: writing(n)})
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode {
				walk(c)
			}
		}
	}
	walk(p.body)
	most := 0
	for _, c := range list {
		most = max(most, c.text)
	}
	if most < 140 {
		return nil, 0
	}
	var best *container
	for i := range list {
		c := &list[i]
		if c.text*10 < most*4 {
			continue
		}
		if best == nil || c.rank > best.rank || c.rank == best.rank && (c.text > best.text+best.text/10) {
			best = c
		}
	}
	if best == nil {
		return nil, 0
	}
	// Pages that go on with the next article hold several in one container:
	// the first is the one that was asked for.
	inner, held := 0, 0
	var first *container
	for i := range list {
		c := &list[i]
		if c.node == best.node || c.node.DataAtom != atom.Article || c.text < 500 || !contains(best.node, c.node) || find(c.node, atom.H1) == nil && find(c.node, atom.H2) == nil {
			continue
		}
		if inner++; first == nil {
			first = c
		}
		held += c.text
	}
	if inner > 1 && held*10 > best.text*8 {
		best = first
	}
	return cut(best.node), best.rank
}

// containerRank says how surely the name of n is that of the article's text.
func containerRank(n *html.Node) int {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Article, atom.Main, atom.Td, atom.Span:
	default:
		if attr(n, "itemprop") != "articleBody" {
			return 0
		}
	}
	if strings.Contains(attr(n, "itemprop"), "articleBody") {
		return 5
	}
	t := traits(n)
	switch {
	case t&(around|traitShare) != 0:
		return 0
	case t&traitBody != 0:
		return 4
	case n.DataAtom == atom.Article:
		return 3
	case n.DataAtom == atom.Main || attr(n, "role") == "main":
		return 2
	}
	return 0
}

// writing counts the characters below n that stand in paragraphs and their
// like, outside links.
func writing(n *html.Node) int {
	total := 0
	var walk func(n *html.Node, in bool)
	walk = func(n *html.Node, in bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.Type {
			case html.TextNode:
				if in || len(c.Data) > 80 {
					total += visible(c.Data)
				}
			case html.ElementNode:
				switch c.DataAtom {
				case atom.A:
					if in {
						all, _ := measure(c)
						total += all / 2
					}
				case atom.P, atom.Blockquote, atom.Pre, atom.Li, atom.Td, atom.Dd:
					walk(c, true)
				default:
					walk(c, in)
				}
			}
		}
	}
	walk(n, false)
	return total
}

// maxDense is the largest page, in nodes, that go-readability is asked about:
// it takes some 5 µs a node. Large real pages have 20,000.
const maxDense = 60_000

// byDensity asks go-readability, which takes the tree apart. Its panics, and
// there are trees that make it panic, count as finding nothing.
func byDensity(p *page) (parts []part) {
	defer func() {
		if recover() != nil {
			parts = nil
		}
	}()
	if p.order > maxDense {
		return nil
	}
	r := readability.NewParser()
	r.Logger = slog.New(slog.DiscardHandler) // its own writes what nobody reads
	r.KeepClasses = true
	r.DisableJSONLD = true
	art, err := r.ParseAndMutate(p.doc, p.in.base)
	if err != nil || art.Node == nil {
		return nil
	}
	return cut(art.Node)
}

// size is the weight of the writing in parts.
func size(parts []part) int {
	n := 0
	for i := range parts {
		if parts[i].Kind != corpus.BlockCaption {
			n += max(0, len(parts[i].Text)-parts[i].linked)
		}
	}
	return n
}

// choose takes one of two readings.
func choose(named []part, rank int, dense []part) []part {
	a, b := size(named), size(dense)
	switch {
	case a == 0:
		return dense
	case b == 0:
		return named
	case rank >= 4 && float64(a) > 1.5*float64(b) && (a < 3*b || b < 800) && linkShare(named) < 0.1:
		return named
	case float64(b) < float64(a)*0.12:
		return named
	}
	return dense
}

// linkShare is the part of the text that stands in links, in [0, 1].
func linkShare(parts []part) float64 {
	all, linked := 1, 0
	for i := range parts {
		all += len(parts[i].Text)
		linked += parts[i].linked
	}
	return float64(linked) / float64(all)
}
