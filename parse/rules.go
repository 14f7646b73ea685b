package parse

import (
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/regwire/regwire/corpus"
)

// The names of rules, as they are reported.
const (
	ruleTitle  = "title"
	ruleBody   = "body"
	ruleDate   = "date"
	ruleAuthor = "author"
)

// ruled is what the rules of a source found on a page.
type ruled struct {
	matched map[string]bool // by rule that was tried; nil without rules
	title   string
	body    []part
	date    moment
	authors []string
}

// drop takes out of the tree what the rules say is not to be read. It comes
// before all else, so that nothing is learnt from it.
func drop(r *corpus.Rules, doc *html.Node) {
	if r == nil {
		return
	}
	for _, s := range r.Drop {
		for _, n := range selected(doc, s) {
			if n.Parent != nil {
				n.Parent.RemoveChild(n)
			}
		}
	}
}

// follow tries the rules of a source on a page, before it is pruned.
func follow(r *corpus.Rules, p *page) ruled {
	if r == nil {
		return ruled{}
	}
	out := ruled{matched: map[string]bool{}}
	if r.Title != "" {
		for _, text := range picked(p.doc, r.Title) {
			if out.title = line(text); out.title != "" {
				break
			}
		}
		out.matched[ruleTitle] = out.title != ""
	}
	if r.Body != "" {
		sel, _ := cutSelector(r.Body)
		var last *html.Node
		for _, n := range selected(p.doc, sel) {
			if last != nil && contains(last, n) {
				continue // it was read with what it stands in
			}
			last = n
			out.body = append(out.body, cut(n)...)
		}
		out.matched[ruleBody] = textWeight(out.body) > 0
	}
	if r.Date != "" {
		out.matched[ruleDate] = false
		for _, text := range picked(p.doc, r.Date) {
			m, ok := parseStamp(strings.TrimSpace(text))
			if !ok {
				m, ok = parseMoment(text, p.monthFirst())
			}
			if ok {
				out.date, out.matched[ruleDate] = m, true
				break
			}
		}
	}
	if r.Author != "" {
		for _, text := range picked(p.doc, r.Author) {
			text = line(text)
			names := bylineIn(text)
			if names == nil {
				names = splitAuthors(text)
			}
			for _, n := range names {
				if !slices.Contains(out.authors, n) && runes(n) <= 120 {
					out.authors = append(out.authors, n)
				}
			}
		}
		out.matched[ruleAuthor] = len(out.authors) > 0
	}
	return out
}

// apply puts what the rules found in the place of what the parser did. The
// body's own headline and nothing else is taken off.
func (r ruled) apply(d *corpus.Draft, p *page) {
	if r.title != "" {
		d.Title = r.title
	}
	if !r.date.Time.IsZero() {
		d.PublishedAt = localTime(r.date, zoneOf(string(p.in.source.Jurisdiction))).Time
	}
	if len(r.authors) > 0 {
		d.Authors = r.authors
	}
	if r.matched[ruleBody] {
		parts := r.body
		if t := fold(d.Title); t != "" && fold(parts[0].Text) == t {
			parts = parts[1:]
		}
		d.Blocks = blocksOf(parts)
	}
}

// picked returns the texts, or values of the attribute, of what a selector
// matches, in the order of the page.
func picked(doc *html.Node, selector string) []string {
	sel, attribute := cutSelector(selector)
	var out []string
	for _, n := range selected(doc, sel) {
		if attribute != "" {
			out = append(out, attr(n, attribute))
		} else {
			out = append(out, textOf(n))
		}
	}
	return out
}

// maxSelected bounds the elements a selector gives.
const maxSelected = 2000

// selected returns what a selector matches; nothing when it is none.
func selected(doc *html.Node, selector string) []*html.Node {
	group, err := cascadia.ParseGroup(selector)
	if err != nil {
		return nil
	}
	found := cascadia.QueryAll(doc, group)
	return found[:min(len(found), maxSelected)]
}

// cutSelector splits "selector@attribute", as listings write it too.
func cutSelector(text string) (selector, attribute string) {
	i := strings.LastIndexByte(text, '@')
	if i < 0 || strings.ContainsAny(text[i:], "]\"' ") { // an @ inside the selector
		return text, ""
	}
	return strings.TrimSpace(text[:i]), text[i+1:]
}
