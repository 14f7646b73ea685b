package evaluate

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"codeberg.org/readeck/go-readability/v2"
	trafilatura "github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"github.com/regwire/regwire/parse"
)

// TestLibraries prints what the extraction libraries find on the pages that
// REGWIRE_EVALUATE names, scored as regwire is, beside regwire itself.
func TestLibraries(t *testing.T) {
	dir := os.Getenv("REGWIRE_EVALUATE")
	if dir == "" {
		t.Skip("REGWIRE_EVALUATE names no directory of labelled pages")
	}
	pages, err := LoadPages(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, lib := range []struct {
		name string
		read PageReader
	}{
		{"regwire", Parse(parse.New(parse.Config{}))},
		{"go-readability (readeck)", readeck},
		{"go-trafilatura", trafilaturaReader(false, trafilatura.Disabled)},
		{"go-trafilatura, fallback, dates fast", trafilaturaReader(true, trafilatura.Fast)},
		{"go-trafilatura, fallback, dates extensive", trafilaturaReader(true, trafilatura.Extensive)},
	} {
		scores, spent, err := ReadPages(context.Background(), dir, pages, lib.read, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s, %.1f ms a page", lib.name, float64(spent.Microseconds())/1000/float64(len(pages)))
		for _, f := range PageFigures(scores) {
			t.Log(f)
		}
	}
}

func readeck(_ context.Context, address string, page []byte) (out PageReading) {
	defer func() {
		if recover() != nil {
			out.Error = "panic"
		}
	}()
	base, _ := url.Parse(address)
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return PageReading{Error: err.Error()}
	}
	p := readability.NewParser()
	art, err := p.ParseAndMutate(doc, base)
	if err != nil {
		return PageReading{Error: err.Error()}
	}
	out = PageReading{Title: art.Title(), Lang: art.Language()}
	if by := art.Byline(); by != "" {
		out.Authors = []string{by}
	}
	if when, err := art.PublishedTime(); err == nil {
		out.PublishedAt = when.Format(time.RFC3339)
	}
	if art.Node != nil {
		out.Body = plainText(art.Node)
	}
	return out
}

func trafilaturaReader(fallback bool, dates trafilatura.HtmlDateMode) PageReader {
	return func(_ context.Context, address string, page []byte) (out PageReading) {
		base, _ := url.Parse(address)
		r, err := trafilatura.Extract(bytes.NewReader(page), trafilatura.Options{
			ExcludeComments: true, EnableFallback: fallback, OriginalURL: base, HtmlDateMode: dates,
		})
		if err != nil {
			return PageReading{Error: err.Error()}
		}
		out = PageReading{Title: r.Metadata.Title, Lang: r.Metadata.Language}
		for _, a := range strings.Split(r.Metadata.Author, ";") {
			if a = strings.TrimSpace(a); a != "" {
				out.Authors = append(out.Authors, a)
			}
		}
		if !r.Metadata.Date.IsZero() {
			out.PublishedAt = r.Metadata.Date.Format(time.RFC3339)
		}
		if r.ContentNode != nil {
			out.Body = plainText(r.ContentNode)
		}
		return out
	}
}

// plainText is the text below n, with a line for each element that begins one.
func plainText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if n.Type == html.ElementNode {
			switch n.Data {
			case "p", "div", "li", "br", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "figure", "figcaption":
				b.WriteByte('\n')
			}
		}
	}
	walk(n)
	return b.String()
}
