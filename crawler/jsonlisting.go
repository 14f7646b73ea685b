package crawler

import (
	"errors"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/regwire/regwire/corpus"
)

// readJSON reads an API's answer with the source's paths. An answer without
// the array is malformed, not empty: APIs report their errors under 200.
func readJSON(src *source, body []byte) (listing, error) {
	if !gjson.ValidBytes(body) {
		return listing{}, errors.New("not JSON")
	}
	j := src.Discovery.JSON
	list := gjson.GetBytes(body, j.Items)
	if !list.IsArray() && !list.IsObject() {
		return listing{}, errors.New("no items at " + j.Items)
	}
	var l listing
	list.ForEach(func(key, value gjson.Result) bool {
		e := element{value, key.String()}
		it := corpus.Item{
			URL: link(e, j.Link), ID: text(e, j.ID), Title: text(e, j.Title), Summary: text(e, j.Summary), Author: text(e, j.Author),
			PublishedAt: src.date(text(e, j.Published)), UpdatedAt: src.date(text(e, j.Updated)),
			Content: text(e, j.HTML),
		}
		if it.Content == "" && j.Text != "" {
			it.Content = paragraphs(text(e, j.Text))
		}
		if j.Tags != "" {
			for _, t := range e.Get(j.Tags).Array() {
				it.Tags = append(it.Tags, t.String())
			}
		}
		l.items = append(l.items, it)
		l.cursor = text(e, src.Discovery.Archive.Cursor)
		return true
	})
	return l, nil
}

// element is one item of an API's answer, with its name when the items are an
// object.
type element struct {
	gjson.Result
	key string
}

func text(e element, path string) string {
	switch path {
	case "":
		return ""
	case "@key":
		return e.key
	}
	v := e.Get(path)
	if v.Type == gjson.Number {
		return v.Raw // String would write large identifiers with an exponent
	}
	return v.String()
}

// braces matches a path in a template.
var braces = regexp.MustCompile(`\{[^{}]+\}`)

// link fills a template, or reads a path. An item that lacks a value the
// template names has no address. What is filled in is escaped, so that it can
// only ever be a part of the path or query that the template put it in.
func link(e element, template string) string {
	if !strings.Contains(template, "{") {
		return text(e, template)
	}
	whole := true
	out := braces.ReplaceAllStringFunc(template, func(field string) string {
		v := text(e, field[1:len(field)-1])
		whole = whole && v != ""
		return escapePart(v)
	})
	if !whole {
		return ""
	}
	return out
}

// escapePart escapes v for a path or a query; slashes stay.
func escapePart(v string) string {
	parts := strings.Split(v, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.NewReplacer("&", "%26", "=", "%3D", "+", "%2B").Replace(strings.Join(parts, "/"))
}

// address returns the address of the document that holds an item's article.
func (d Detail) address(it corpus.Item) string {
	return strings.ReplaceAll(d.URL, "{id}", escapePart(it.ID))
}

// extract makes an answer with the article alone out of one with the document
// that holds it.
func (d Detail) extract(res *response) (*response, error) {
	if !gjson.ValidBytes(res.body) {
		return nil, fail(ReasonMalformed, "detail: not JSON")
	}
	e := element{Result: gjson.ParseBytes(res.body)}
	body := text(e, d.HTML)
	if body == "" {
		body = paragraphs(text(e, d.Text))
	}
	if strings.TrimSpace(body) == "" {
		return nil, fail(ReasonMalformed, "detail: no article at %s%s", d.HTML, d.Text)
	}
	out := *res
	out.body, out.header = []byte(body), res.header.Clone()
	out.header.Set("Content-Type", "text/html; charset=utf-8")
	return &out, nil
}

// paragraphs writes plain text as markup, a paragraph a line.
func paragraphs(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
		}
	}
	return b.String()
}
