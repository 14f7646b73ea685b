package parse

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
)

// sentence is what hostile pages are filled with.
const sentence = "The agency adopted a rule on 3 March 2025 that covers custody of digital assets, firms said by mail. "

// hostile are shapes of pages that have made, or could make, one of the steps
// of parsing do the same work over and over. Each gives about n bytes.
var hostile = map[string]func(n int) string{
	"paragraphs": func(n int) string { return filled(n, "<p>"+sentence+"</p>") },
	"nested":     func(n int) string { return filled(n, around400("<div>", sentence, "</div>")) },
	"nested articles": func(n int) string {
		return filled(n, around400("<article class=post-content>", sentence, "</article>"))
	},
	"nested quotes": func(n int) string { return filled(n, strings.Repeat("<blockquote>", 300)+sentence) },
	"nested tables": func(n int) string { return filled(n, strings.Repeat("<table><tr><td>", 100)+sentence) },
	"open elements": func(n int) string { return filled(n, "<b>") + sentence },
	"open links":    func(n int) string { return filled(n, "<a href=x>") + sentence },
	"boxes": func(n int) string {
		return filled(n, `<div class="article-content byline author date">`+sentence+"</div>")
	},
	"hidden":  func(n int) string { return filled(n, "<div style='display:none'>"+sentence+"</div>") },
	"bylines": func(n int) string { return filled(n, "<span class=author>By Jane Doe</span> text ") },
	"accounts": func(n int) string {
		return "<link href=/wp-content/x>" + filled(n, "<span class=author>Jane Doe</span> text ")
	},
	"authors": func(n int) string {
		return "<h1>x y z</h1>" + filled(n, "<a rel=author href=/author/jane>Jane Doe</a>")
	},
	"times":   func(n int) string { return filled(n, "<time datetime=2025-01-01>1 Jan 2025</time>") },
	"dates":   func(n int) string { return filled(n, "<p>2025-01-") },
	"numbers": func(n int) string { return "<p>" + filled(n, "2025-01-") },
	"teasers": func(n int) string {
		return filled(n, "<article><h2>Headline of a thing here</h2><p>"+strings.Repeat(sentence, 6)+"</p></article>")
	},
	"headlines": func(n int) string { return filled(n, "<h1>Some heading of it</h1>") },
	"list":      func(n int) string { return "<ul>" + filled(n, "<li><a href=/x/y>"+sentence+"</a>") },
	"dated list": func(n int) string {
		return "<ul>" + filled(n, "<li><a href=/x/y>Headline of an item here</a> 2025-03-04</li>")
	},
	"releases": func(n int) string {
		return filled(n, "<h3><a href=/r/1>Agency fines a firm</a></h3><p>3 March 2025</p><p>"+sentence+"</p>")
	},
	"table":   func(n int) string { return "<table>" + filled(n, "<tr><td>a<td>b 2025") },
	"breaks":  func(n int) string { return "<div>" + filled(n, "line of text here<br>") },
	"related": func(n int) string { return filled(n, "<p>Related articles</p><p>"+sentence+"</p>") },
	"articles": func(n int) string {
		return filled(n, "<p>Some Headline Of The Thing Here</p><p>By Jane Doe | 2025/04/17 18:15:03</p><p>"+strings.Repeat(sentence, 4)+"</p>")
	},
	"names":      func(n int) string { return `<div class="` + filled(n, "nav author ") + `">` + sentence },
	"attributes": func(n int) string { return "<div " + filled(n, "a=b ") + ">" + sentence },
	"angles":     func(n int) string { return filled(n, "<") },
	"metas": func(n int) string {
		return filled(n, `<meta name=author content="Jane Doe"><meta name=date content=2025-01-01>`) + sentence
	},
	"scripts": func(n int) string {
		return filled(n, `<script type=application/ld+json>{"@type":"Article","headline":"a"}</script>`)
	},
	"graph": func(n int) string {
		return `<script type=application/ld+json>{"@graph":[` + filled(n, `{"@type":"NewsArticle","@id":"a","author":{"@id":"a"}},`) + "{}]}</script>"
	},
	"deep graph": func(n int) string { return "<script type=application/ld+json>" + filled(n, `{"@graph":`) + "1" },
	"crowd": func(n int) string {
		return `<script type=application/ld+json>{"@type":"NewsArticle","author":[` + filled(n, `"Jane Doe",`) + `"x"]}</script><p>` + sentence
	},
	"updates": func(n int) string {
		return `<script type=application/ld+json>{"@type":"LiveBlogPosting","liveBlogUpdate":[` + filled(n, `{"headline":"abc d","articleBody":"text of it here"},`) + "{}]}</script><p>" + sentence
	},
	"chinese": func(n int) string {
		return filled(n, "<p>责任编辑：王五 新华社北京电（记者王小明、李四） 2025年3月1日</p>")
	},
	"figures": func(n int) string { return filled(n, "<figure><img><figcaption>"+sentence+"</figcaption></figure>") },
}

func filled(n int, unit string) string { return strings.Repeat(unit, max(1, n/len(unit))) }

func around400(open, text, closing string) string {
	return strings.Repeat(open, 400) + text + strings.Repeat(closing, 400)
}

// readHostile parses a shape of about n bytes.
func readHostile(shape string, n int) {
	page := "<!doctype html><html><head><title>Title of the page</title></head><body>" + hostile[shape](n)
	_, _ = New(Config{}).Articles(context.Background(), corpus.Capture{FinalURL: "https://a.example/x", MediaType: "text/html", Body: []byte(page)}, corpus.Source{})
}

// TestHostilePagesCostWhatTheyWeigh counts the bytes that are allocated for
// pages of 25 and 100 KB of each shape: four times the page may cost little
// more than four times as much, and no page costs more than 400 times what it
// weighs.
func TestHostilePagesCostWhatTheyWeigh(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates for itself")
	}
	for shape := range hostile {
		readHostile(shape, 1000) // what is made once is made here
		cost := func(n int) float64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			readHostile(shape, n)
			runtime.ReadMemStats(&after)
			return float64(after.TotalAlloc - before.TotalAlloc)
		}
		small, large := cost(25<<10), cost(100<<10)
		if large > 6*small || large > 400*(100<<10) {
			t.Errorf("%s: %.1f MB for 25 KB, %.1f MB for 100 KB", shape, small/1e6, large/1e6)
		}
	}
}

// BenchmarkHostile reads each shape in two sizes. The figure to watch is ns a
// byte: where it grows with the size, something is done over and over.
func BenchmarkHostile(b *testing.B) {
	for shape := range hostile {
		for _, size := range []int{250 << 10, 2 << 20} {
			b.Run(fmt.Sprintf("%s/%dK", shape, size>>10), func(b *testing.B) {
				for b.Loop() {
					readHostile(shape, size)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/B")
			})
		}
	}
}
