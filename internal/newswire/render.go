package newswire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// executor is what text and HTML templates have in common.
type executor interface {
	Execute(w io.Writer, data any) error
}

// page is what templates see: one article, or a listing of them.
type page struct {
	Site    *site
	Base    string // scheme and host, without a slash at the end
	Edition int
	*item             // nil in listings
	Items   []item    // the latest first
	Newest  time.Time // when the article, or the newest of the listing, was last touched
	Page    int       // of a divided listing, from 1
	Next    string    // address of the next page of the listing, or empty
}

// item is an article as one edition shows it.
type item struct {
	*version
	Slug   string
	Number int
	URL    string // of the page itself
	Link   string // as listings give it
	HTML   template.HTML
}

// Updated returns when the item was last touched.
func (i item) Updated() time.Time { return i.updated() }

// Text returns the body without markup.
func (i item) Text() string { return plain(string(i.HTML)) }

// Lead returns the summary, or the beginning of the text.
func (i item) Lead() string {
	if i.Summary != "" {
		return i.Summary
	}
	first, _, _ := strings.Cut(strings.TrimSpace(i.Text()), "\n")
	return first
}

// show prepares an article for a template.
func (s *site) show(a *article, v *version, base string) item {
	return item{version: v, Slug: a.slug, Number: a.number, URL: base + a.path(), Link: base + s.link(a), HTML: v.body}
}

// latest returns the listed articles of an edition, the newest first.
func (s *site) latest(edition int, base string) []item {
	var items []item
	for _, a := range s.articles {
		v := a.at(edition)
		if v == nil || v.Gone || v.Unlisted {
			continue
		}
		items = append(items, s.show(a, v, base))
	}
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(a.Slug, b.Slug))
	})
	return items
}

// render executes a template and encodes the result in the site's charset.
func (s *site) render(name string, data page) ([]byte, error) {
	t := s.templates[name]
	if t == nil {
		return nil, fmt.Errorf("%s: no template %s", s.ID, name)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, err
	}
	if s.charset == "gb18030" {
		return simplifiedchinese.GB18030.NewEncoder().Bytes(b.Bytes())
	}
	return b.Bytes(), nil
}

// funcs are the helpers of the templates.
func funcs() map[string]any {
	return map[string]any{
		"date": func(layout string, t time.Time) string { return t.Format(layout) },
		"utc":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"rfc822": func(t time.Time) string {
			return t.Format(time.RFC1123Z)
		},
		"millis": func(t time.Time) int64 { return t.UnixMilli() },
		"xml": func(s any) (string, error) {
			var b bytes.Buffer
			err := xml.EscapeText(&b, []byte(fmt.Sprint(s)))
			return b.String(), err
		},
		"json": func(v any) (string, error) {
			b, err := json.Marshal(v)
			return string(b), err
		},
		"plain": plain,
		// first returns at most n items that are not the one shown.
		"first": func(n int, items []item, not string) []item {
			var out []item
			for _, it := range items {
				if it.Slug != not && len(out) < n {
					out = append(out, it)
				}
			}
			return out
		},
	}
}

// plain returns the text of markup, one block a line.
func plain(markup string) string {
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return ""
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(b.String())
}
