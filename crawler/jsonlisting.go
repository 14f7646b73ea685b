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
	if !list.IsArray() {
		return listing{}, errors.New("no array at " + j.Items)
	}
	var l listing
	for _, e := range list.Array() {
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
	}
	return l, nil
}

func text(e gjson.Result, path string) string {
	if path == "" {
		return ""
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
func link(e gjson.Result, template string) string {
	if !strings.Contains(template, "{") {
		return text(e, template)
	}
	whole := true
	out := braces.ReplaceAllStringFunc(template, func(field string) string {
		v := text(e, field[1:len(field)-1])
		whole = whole && v != ""
		parts := strings.Split(v, "/")
		for i, p := range parts {
			parts[i] = url.PathEscape(p)
		}
		return strings.Join(parts, "/")
	})
	if !whole {
		return ""
	}
	return out
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
