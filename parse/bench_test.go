package parse

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"codeberg.org/readeck/go-readability/v2"
	trafilatura "github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"github.com/regwire/regwire/corpus"
)

// benchPages returns the pages to measure on: those of the directory that
// REGWIRE_PAGES names, else our own golden pages.
func benchPages(b *testing.B) [][]byte {
	pattern := filepath.Join("testdata", "*", "*.html")
	if dir := os.Getenv("REGWIRE_PAGES"); dir != "" {
		pattern = filepath.Join(dir, "*.html")
	}
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		b.Fatalf("no pages under %s: %v", pattern, err)
	}
	var pages [][]byte
	total := 0
	for _, f := range files {
		page, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		pages = append(pages, page)
		total += len(page)
	}
	b.SetBytes(int64(total))
	b.ReportAllocs()
	return pages
}

// BenchmarkPages reads all the pages once an iteration: the bare parse, the
// extraction libraries, and this package with everything it does.
func BenchmarkPages(b *testing.B) {
	base, _ := url.Parse("https://news.example/2025/04/17/page.html")
	run := func(name string, read func(page []byte)) {
		b.Run(name, func(b *testing.B) {
			pages := benchPages(b)
			for b.Loop() {
				for _, page := range pages {
					read(page)
				}
			}
			b.ReportMetric(float64(len(pages)*b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
	run("html.Parse", func(page []byte) { _, _ = html.Parse(bytes.NewReader(page)) })
	run("readability", func(page []byte) {
		if doc, err := html.Parse(bytes.NewReader(page)); err == nil {
			p := readability.NewParser()
			_, _ = p.ParseAndMutate(doc, base)
		}
	})
	for name, fallback := range map[string]bool{"trafilatura": false, "trafilatura+fallback": true} {
		run(name, func(page []byte) {
			_, _ = trafilatura.Extract(bytes.NewReader(page), trafilatura.Options{ExcludeComments: true, EnableFallback: fallback, OriginalURL: base, HtmlDateMode: trafilatura.Disabled})
		})
	}
	parser := New(Config{})
	run("regwire", func(page []byte) {
		_, _ = parser.Articles(context.Background(), corpus.Capture{FinalURL: base.String(), MediaType: "text/html", Body: page}, corpus.Source{})
	})
}
