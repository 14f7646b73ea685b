package parse

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/regwire/regwire/corpus"
)

// lead returns the paragraph under the headline that sums the article up,
// where it stands outside the container of the text: by its name, or because
// it is the page's own description word for word. The tree must be pruned.
func (p *page) lead(title string) string {
	t := fold(title)
	var head *html.Node
	for _, h := range p.headings {
		if h.under&around == 0 && fold(headingText(h.node)) == t {
			head = h.node
			break
		}
	}
	if head == nil || !contains(p.body, head) {
		return ""
	}
	description := fold(p.first("description", "og:description"))
	found, after, seen := "", false, 0
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil && found == "" && seen < 60; c = c.NextSibling {
			if c.Type != html.ElementNode {
				continue
			}
			if c == head {
				after = true
				continue
			}
			if after {
				seen++
				if block(c.DataAtom) && c.DataAtom != atom.Li {
					if s := leadText(c, description); s != "" {
						found = s
						return
					}
				}
			}
			walk(c)
		}
	}
	walk(p.body)
	return found
}

// leadText returns the text of n when it is a lead.
func leadText(n *html.Node, description string) string {
	all, linked := measure(n)
	if all < 40 || all > 900 || linked*4 > all {
		return ""
	}
	s := textOf(n)
	f := fold(s)
	if f != "" && len(description) >= 40 && (f == description || len(f) >= 60 && strings.HasPrefix(description, f) || strings.HasPrefix(f, description) && len(f) < 2*len(description)) {
		return s
	}
	for i := range n.Attr {
		if n.Attr[i].Key == "class" || n.Attr[i].Key == "itemprop" {
			for w := range strings.FieldsFuncSeq(strings.ToLower(n.Attr[i].Val), func(r rune) bool { return r < 'a' || r > 'z' }) {
				switch w {
				case "lead", "lede", "intro", "introduction", "introtext", "einleitung", "vorspann", "standfirst", "dek", "deck", "excerpt", "chapo", "chapeau", "entradilla", "bajada", "sommario", "leadtext", "ingress", "anreisser", "abstract", "teasertext", "zhaiyao", "daodu":
					return s
				}
			}
		}
	}
	return ""
}

// withLead puts the lead before the text, unless the text holds it already.
func withLead(parts []part, lead string) []part {
	f := fold(lead)
	if f == "" || len(parts) == 0 {
		return parts
	}
	key := f[:min(len(f), 60)]
	for i := range parts {
		if i > 12 {
			break
		}
		if strings.Contains(fold(parts[i].Text), key) {
			return parts
		}
	}
	return append([]part{{Block: corpus.Block{Kind: corpus.BlockParagraph, Text: lead}}}, parts...)
}
