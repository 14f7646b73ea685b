package crawler

import (
	"bytes"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/regwire/regwire/corpus"
)

// readHTML reads a page of links with the source's selectors.
func readHTML(src *source, contentType string, body []byte) (listing, error) {
	page, err := utf8HTML(contentType, body)
	if err != nil {
		return listing{}, err
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		return listing{}, err
	}
	h := src.Discovery.HTML
	var l listing
	l.base = doc.Find("base[href]").First().AttrOr("href", "")
	doc.Find(h.Item).Each(func(_ int, s *goquery.Selection) {
		link := pick(s, h.Link)
		if link == "" {
			return // headings and separators match many an item selector
		}
		l.items = append(l.items, corpus.Item{
			URL: link, Title: pick(s, h.Title), Summary: pick(s, h.Summary), PublishedAt: src.date(pick(s, h.Date)),
		})
	})
	if h.Next != "" {
		next := h.Next
		if !strings.Contains(next, "@") {
			next += "@href"
		}
		if address := pick(doc.Selection, next); address != "" {
			l.more = []string{address}
		}
	}
	return l, nil
}

// cutSelector splits "selector@attribute".
func cutSelector(text string) (selector, attribute string) {
	i := strings.LastIndexByte(text, '@')
	if i < 0 || strings.ContainsAny(text[i:], "]\"' ") { // an @ inside the selector
		return text, ""
	}
	return strings.TrimSpace(text[:i]), text[i+1:]
}

// pick returns the text or the attribute that field names within s; empty when
// field is empty or nothing matches.
func pick(s *goquery.Selection, field string) string {
	if field == "" {
		return ""
	}
	selector, attribute := cutSelector(field)
	if selector != "" && selector != "." {
		s = s.Find(selector).First()
	}
	if attribute != "" {
		return strings.TrimSpace(s.AttrOr(attribute, ""))
	}
	return strings.Join(strings.Fields(s.Text()), " ")
}
