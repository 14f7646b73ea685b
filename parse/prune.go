package parse

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// boxes are the traits of elements that are not the article's writing.
const boxes = traitNav | traitFoot | traitSide | traitShare | traitRelated | traitComment | traitAd | traitLetter | traitConsent |
	traitPaywall | traitPopup | traitByline | traitDate | traitMeta | traitBio | traitTools | traitHidden | traitToc

// slight are the traits that only condemn a small element: a name like
// "author" or "meta" is also given to boxes that hold writing.
const slight = traitByline | traitDate | traitMeta | traitTools | traitToc | traitPaywall | traitLetter | traitHidden

// pruner takes out of the tree what is not writing.
type pruner struct {
	total int          // text of the page outside links
	title string       // folded
	keep  []*html.Node // the headings that are the headline

	largest *html.Node // of what was taken out and is no comment, with where it stood
	parent  *html.Node
	next    *html.Node
	size    int // of its writing
}

// prune removes scripts, hidden parts, navigation and the boxes around and
// inside the article from the tree below n. An element that holds much of
// what the page has to say stays, whatever it is called.
func prune(p *page, title string) {
	all, linked := measure(p.body)
	pr := &pruner{total: max(1, all-linked), title: fold(title)}
	for _, h := range p.headings {
		if heading(h.node.DataAtom) > 0 && fold(headingText(h.node)) == pr.title {
			pr.keep = append(pr.keep, h.node)
		}
	}
	pr.children(p.body)
	// Where what was taken out says more than all that is left, the article
	// was in it: sites show articles in dialogs, and name odd things "footer".
	if pr.largest != nil && pr.size > 2*writing(p.body) && pr.parent != nil && contains(p.body, pr.parent) {
		if pr.next != nil && pr.next.Parent != pr.parent {
			pr.next = nil
		}
		pr.parent.InsertBefore(pr.largest, pr.next)
		pr.children(pr.largest)
	}
}

func (pr *pruner) children(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.CommentNode:
			n.RemoveChild(c)
		case c.Type == html.ElementNode:
			if pr.unwanted(c) {
				if !dropped(c.DataAtom) && traits(c)&(traitComment|traitConsent|traitPaywall) == 0 {
					if w := writing(c); w > 600 && w > pr.size {
						pr.largest, pr.parent, pr.next, pr.size = c, n, next, w
					}
				}
				n.RemoveChild(c)
			} else {
				pr.children(c)
			}
		}
		c = next
	}
}

func (pr *pruner) unwanted(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Button, atom.Menu, atom.Dialog:
		return !pr.precious(n, 0.4)
	case atom.Pre, atom.Code, atom.Table, atom.Tbody, atom.Tr, atom.Html, atom.Body:
		return false
	}
	if dropped(n.DataAtom) {
		return true
	}
	if hiddenNode(n) {
		return !pr.precious(n, 0.4)
	}
	var t trait
	switch n.DataAtom {
	case atom.Footer, atom.Aside, atom.Fieldset, atom.Label, atom.Form:
		t = traitFoot
	case atom.Main, atom.Article:
		return traits(n)&traitComment != 0 && !pr.precious(n, 0.4)
	}
	t |= traits(n)
	if t&boxes == 0 {
		return false
	}
	if t&traitBody != 0 && t&(traitComment|traitRelated|traitShare) == 0 {
		return false // "post-content has the author's name in its id"
	}
	if heading(n.DataAtom) > 0 {
		return t&(traitHidden|traitShare|traitComment) != 0 && !slices.Contains(pr.keep, n)
	}
	if t&(boxes&^slight) == 0 { // only slight ones
		all, _ := measure(n)
		if all > 400 || t&(traitByline|traitDate|traitMeta) != 0 && all > 250 {
			return false
		}
		return !pr.precious(n, 0.25)
	}
	if t&(boxes&^(traitAd|traitRelated|traitSide|traitShare|traitTools|traitMeta|traitToc|traitNav)) == 0 {
		// Boxes that sell or lead elsewhere hold links. A "teaser" without
		// any is the lead of the article, a long one with few is a part of it.
		all, linked := measure(n)
		if t&^(traitRelated) == 0 && linked == 0 && all > 50 || all > 350 && linked*10 < all {
			return false
		}
	}
	limit := 0.35
	if t&traitComment != 0 {
		limit = 0.75
	}
	return !pr.precious(n, limit)
}

// precious reports whether n must stay: it holds the headline, the container
// of the text, or more of the page's text than limit.
func (pr *pruner) precious(n *html.Node, limit float64) bool {
	for _, h := range pr.keep {
		if n != h && contains(n, h) {
			return true
		}
	}
	all, linked := measure(n)
	if all < 200 {
		return false
	}
	return float64(all-linked) > limit*float64(pr.total)
}

// hiddenNode reports whether a browser would not show n.
func hiddenNode(n *html.Node) bool {
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "hidden":
			return n.Attr[i].Val != "until-found"
		case "aria-hidden":
			if n.Attr[i].Val == "true" {
				return true
			}
		case "style":
			s := strings.ToLower(n.Attr[i].Val)
			if strings.Contains(s, "display") || strings.Contains(s, "visibility") {
				s = strings.ReplaceAll(s, " ", "")
				if strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") {
					return true
				}
			}
		}
	}
	return false
}
