package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

// Each template is executed with the struct of its page, empty and rich: a
// field that does not exist fails here, not in front of a reader.
func TestPagesOfAnEmptyAndOfARichRecord(t *testing.T) {
	for kind, r := range map[string]record{"empty": {}, "rich": saying("Some words", "https://example.com/a?b=1&c=2")} {
		h := handler(t, r)
		for name, address := range addresses {
			t.Run(kind+" "+name, func(t *testing.T) {
				want := http.StatusOK
				switch {
				case name == "bad query":
					want = http.StatusBadRequest
				case name == "problem", kind == "empty" && slices.Contains([]string{"event", "instrument", "article", "old revision"}, name):
					want = http.StatusNotFound
				}
				w := get(h, address)
				if w.Code != want {
					t.Errorf("status %d, want %d", w.Code, want)
				}
				page := parsePage(t, w.Body.Bytes())
				if n := len(page.all("h1")); n != 1 {
					t.Errorf("%d headings of the first level", n)
				}
				if got := w.Header().Get("Content-Security-Policy"); got != contentPolicy || strings.Contains(got, "unsafe") {
					t.Errorf("policy %q", got)
				}
				// What the record holds is on the page of it.
				if kind == "rich" && want == http.StatusOK && !strings.Contains(w.Body.String(), "Some words") {
					t.Error("nothing of the record is on it")
				}
			})
		}
	}
	for _, name := range pageNames {
		if addresses[name] == "" {
			t.Errorf("no test shows the page %s", name)
		}
	}
}

func TestLinksLeadToPages(t *testing.T) {
	h := handler(t, saying("Some words", "https://example.com/a"))
	links := map[string]string{}
	for name, address := range addresses {
		for _, n := range parsePage(t, get(h, address).Body.Bytes()).all("a") {
			links[attr(n, "href")] = name
		}
	}
	for to, from := range links {
		u, err := url.Parse(to)
		if err != nil {
			t.Errorf("%s: %v", from, err)
			continue
		}
		if u.Host != "" || strings.HasPrefix(u.Path, "/api/") || u.Path == "/metrics" || u.Path == "" {
			continue
		}
		if w := get(h, to); w.Code != http.StatusOK {
			t.Errorf("%s links to %s: status %d", from, to, w.Code)
		}
	}
	if len(links) < 25 {
		t.Errorf("only %d links were found", len(links))
	}
}

// hostile texts are what a page may say to hurt who reads of it here.
var hostile = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`data:text/html,<script>alert(1)</script>`,
	`//evil.example/x`,
	`</title></style></textarea><svg onload=alert(1)>`,
	`{{.Version}} ${alert(1)} <!-- --> ]]>`,
	"https://bank.example/\u202egnp.exe\u2066\u200f\ufeff",
	"https://user:pass@evil.example/\" onclick=\"alert(1)",
	"\x00\xff<b>",
}

func TestCrawledTextStaysInert(t *testing.T) {
	plain := handler(t, saying("Some words", "https://example.com/"))
	for _, text := range hostile {
		h := handler(t, saying(text, text))
		for name, address := range addresses {
			w := get(h, address)
			page := parsePage(t, w.Body.Bytes())
			for _, n := range page.nodes {
				if n.Data == "script" || n.Data == "iframe" || n.Data == "img" || n.Data == "style" || n.Data == "object" || n.Data == "base" {
					t.Errorf("%s: %q brings <%s>", name, text, n.Data)
				}
				for _, a := range n.Attr {
					if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
						t.Errorf("%s: %q brings %s=%q", name, text, a.Key, a.Val)
					}
				}
				if to := attr(n, "href"); n.Data == "a" {
					u, err := url.Parse(to)
					if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || u.Scheme == "" && u.Host != "" {
						t.Errorf("%s: %q brings a link to %q", name, text, to)
					}
				}
			}
			if i := strings.IndexFunc(w.Body.String(), func(r rune) bool { return visible(r) < 0 }); i >= 0 {
				t.Errorf("%s: %q brings characters that hide or reorder text", name, text)
			}
			// The page is made of the same elements as one with plain words.
			// Words that are no address make no link.
			same := func(n *html.Node) bool { return n.Data == "a" || n.Data == "mark" }
			if d := cmp.Diff(parsePage(t, get(plain, address).Body.Bytes()).names(same), page.names(same)); d != "" {
				t.Errorf("%s: %q changes the page: %s", name, text, d)
			}
		}
	}
}

func TestOutwardLinks(t *testing.T) {
	for raw, want := range map[string]string{
		"https://example.com/a?b=1&c=2": `<a href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">https://example.com/a?b=1&amp;c=2</a>`,
		"javascript:alert(1)":           "javascript:alert(1)",
		"JaVaScRiPt://x/%0aalert(1)":    "JaVaScRiPt://x/%0aalert(1)",
		"//example.com":                 "//example.com",
		"file:///etc/passwd":            "file:///etc/passwd",
		"notes/report.pdf":              "notes/report.pdf",
		"<b>":                           "&lt;b&gt;",
	} {
		if got := string(outward(raw)); got != want {
			t.Errorf("%q: got %s", raw, got)
		}
	}
}

func TestEvidenceIsMarkedInTheArticle(t *testing.T) {
	rev := corpus.Revision{Draft: corpus.Draft{Blocks: []corpus.Block{
		{Kind: corpus.BlockParagraph, Text: "Before. The rule is repealed today. After."},
		{Kind: corpus.BlockParagraph, Text: "The rule is repealed.", Page: 2},
	}}}
	an := corpus.Analysis{
		Events:      []corpus.EventReading{{Evidence: []string{"The rule is repealed today.", "The rule is repealed", "not in it", ""}}},
		Instruments: []corpus.InstrumentReading{{Relations: []corpus.Relation{{Evidence: "After."}}}},
	}
	want := []block{
		{corpus.BlockParagraph, []part{{Text: "Before. "}, {Text: "The rule is repealed today.", Marked: true, First: true}, {Text: " "}, {Text: "After.", Marked: true}}, 0},
		{corpus.BlockParagraph, []part{{Text: "The rule is repealed", Marked: true}, {Text: "."}}, 2},
	}
	if d := cmp.Diff(want, blocks(rev, an)); d != "" {
		t.Error(d)
	}
}

func TestFacetsNarrowAndWidenAgain(t *testing.T) {
	facet := index.Facet{Field: "regulator", Values: []index.FacetValue{{Value: "SEC", Count: 3}}}
	s := &site{}
	narrow := s.facet(facet, "stablecoin", "", nil).Values[0]
	if narrow.On || narrow.Link != "/search?q=stablecoin+regulator%3A%22SEC%22" {
		t.Errorf("%+v", narrow)
	}
	u, _ := url.Parse(narrow.Link)
	wide := s.facet(facet, u.Query().Get("q"), "", nil).Values[0]
	if !wide.On || wide.Link != "/search?q=stablecoin" {
		t.Errorf("%+v", wide)
	}
}

func TestFailuresStayPrivate(t *testing.T) {
	w := get(handler(t, record{failure: errors.New("password wrong")}), "/")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "password") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	parsePage(t, w.Body.Bytes())
}

func TestStyleSheetIsServedUnderItsHash(t *testing.T) {
	h := handler(t, record{})
	for _, n := range parsePage(t, get(h, "/").Body.Bytes()).all("link") {
		if attr(n, "rel") != "stylesheet" {
			continue
		}
		w := get(h, attr(n, "href"))
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
			t.Errorf("%d %v", w.Code, w.Header())
		}
		if css := w.Body.String(); strings.Contains(css, "url(") || strings.Contains(css, "@import") {
			t.Error("the style sheet loads something")
		}
		return
	}
	t.Error("no style sheet")
}

func TestNumbersAndScores(t *testing.T) {
	for got, want := range map[string]string{
		signed(-0.256): "−0.26", signed(0.1): "+0.10", signed(-0.001): "0.00",
		count(1234567): "1,234,567", count(uint64(12)): "12", count(int64(1000)): "1,000",
		stance(0.5): "permissive", stance(-0.5): "restrictive", stance(0.01): "neutral",
		published(noon): "6 Feb 2026 12:00 UTC", published(noon.Add(-12 * 3600 * 1e9)): "6 Feb 2026",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, trail := range [][]float64{nil, {0.3}, {-1, 1}, {0, 0, 0}} {
		if svg := string(line(trail, 120, 28, true)); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || (svg == "") != (trail == nil) {
			t.Errorf("%v: %s", trail, svg)
		}
	}
}

// page is a page as a browser reads it.
type page struct {
	nodes []*html.Node // elements in document order
}

// parsePage parses a page, and fails unless every element stands where it was
// written: a parser moves, closes or adds elements in invalid HTML.
func parsePage(t *testing.T, body []byte) page {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var p page
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			p.nodes = append(p.nodes, n)
		}
	}
	var written, open []string
	void := []string{"meta", "link", "input", "br"}
	for tokens := html.NewTokenizer(bytes.NewReader(body)); ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		name := tokens.Token().Data
		switch kind {
		case html.SelfClosingTagToken:
			written = append(written, name)
		case html.StartTagToken:
			written = append(written, name)
			if !slices.Contains(void, name) {
				open = append(open, name)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
	if d := cmp.Diff(written, p.names(nil)); d != "" || len(open) > 0 {
		t.Errorf("invalid HTML: open %v, %s\n%s", open, d, body)
	}
	ids := map[string]bool{}
	for _, n := range p.nodes {
		if id := attr(n, "id"); id != "" && ids[id] {
			t.Errorf("id %s stands twice", id)
		} else {
			ids[id] = true
		}
	}
	return p
}

func (p page) all(name string) []*html.Node {
	return slices.DeleteFunc(slices.Clone(p.nodes), func(n *html.Node) bool { return n.Data != name })
}

// names lists the elements, without those that skip names.
func (p page) names(skip func(*html.Node) bool) []string {
	var out []string
	for _, n := range p.nodes {
		if skip == nil || !skip(n) {
			out = append(out, n.Data)
		}
	}
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// An event says on which page of a PDF its evidence stands.
func TestPDFPage(t *testing.T) {
	for r, want := range map[string]string{
		"https://x.example/a.pdf":  `<a href="https://x.example/a.pdf#page=3" rel="noopener noreferrer nofollow">page 3</a>`,
		"javascript:alert(1)//x":   "page 3",
		"https://x.example/a#frag": `<a href="https://x.example/a#page=3" rel="noopener noreferrer nofollow">page 3</a>`,
	} {
		if got := string(pdfPage(corpus.Report{URL: r, Pages: []int{3, 0}}, 0)); got != want {
			t.Errorf("%s: %s", r, got)
		}
	}
	if got := pdfPage(corpus.Report{URL: "https://x.example/a.pdf", Pages: []int{3, 0}}, 1); got != "" {
		t.Errorf("no page is known, and it says %q", got)
	}
}

// An article shows what a revision changed, and where a page of a PDF begins.
func TestAnArticleShowsWhatChanged(t *testing.T) {
	h := handler(t, saying("Some words", "https://example.com/a"))
	now, before := get(h, "/articles/a1").Body.String(), get(h, "/articles/a1?revision=1").Body.String()
	for _, want := range []string{"<ins>Some words changed</ins>", `id="page-3"`} {
		if !strings.Contains(now, want) || strings.Contains(before, want) {
			t.Errorf("%s: on the newest %v, on the first %v", want, strings.Contains(now, want), strings.Contains(before, want))
		}
	}
}
