package newswire

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/regwire/regwire/corpus"
)

// decoded returns a site's bytes as UTF-8.
func decoded(t *testing.T, s *site, body []byte) string {
	t.Helper()
	if s.charset != "gb18030" {
		return string(body)
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func siteOf(t *testing.T, n *Newswire, id corpus.SourceID) *site {
	t.Helper()
	i := slices.IndexFunc(n.sites, func(s *site) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no site %s", id)
	}
	return n.sites[i]
}

// squeeze drops all white space, which markup moves about.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func TestEveryPageShowsItsArticle(t *testing.T) {
	for edition := range Editions {
		n := at(t, edition)
		knock(t, n)
		for _, s := range n.sites {
			for _, a := range s.articles {
				v := a.at(edition)
				if v == nil {
					continue
				}
				w := get(t, n, s.ID, a.path())
				if v.Gone {
					if w.Code != http.StatusGone {
						t.Errorf("%s: %d, want 410", a.path(), w.Code)
					}
					continue
				}
				if w.Code != http.StatusOK {
					t.Errorf("%s%s: %d: %s", s.ID, a.path(), w.Code, w.Body)
					continue
				}
				doc, err := goquery.NewDocumentFromReader(strings.NewReader(decoded(t, s, w.Body.Bytes())))
				if err != nil {
					t.Fatal(err)
				}
				page := squeeze(doc.Text())
				// The hostile page has script and style between its paragraphs;
				// TestHostilePage looks at it.
				if a.slug != "reader-trap" && !strings.Contains(page, squeeze(plain(string(v.body)))) {
					t.Errorf("%s%s: the text is not on the page", s.ID, a.path())
				}
				if title := doc.Find("h1, h2").First().Text(); squeeze(title) != squeeze(v.Title) {
					t.Errorf("%s%s: headed %q, want %q", s.ID, a.path(), title, v.Title)
				}
				doc.Find(`script[type="application/ld+json"], script[type="application/json"]`).Each(func(_ int, script *goquery.Selection) {
					if !json.Valid([]byte(script.Text())) {
						t.Errorf("%s%s: invalid JSON: %s", s.ID, a.path(), script.Text())
					}
				})
			}
		}
	}
}

// entry is what a listing says of one article.
type entry struct{ Title, URL, Day string }

// listed returns what a listing should say in an edition.
func listed(s *site, edition int, base, query string) []entry {
	var want []entry
	for _, it := range s.latest(edition, base) {
		want = append(want, entry{squeeze(it.Title), it.Link + query, it.Published.UTC().Format("2006-01-02")})
	}
	return want
}

func TestFeedsParse(t *testing.T) {
	feeds := map[corpus.SourceID]string{
		"demo-us-sec": "/news/pressreleases.rss", "demo-gb-fca": "/news/atom.xml", "demo-hk-sfc": "/feed.json",
		"demo-md-harbour": "/feed/", "demo-md-tidewater": "/rss.xml",
	}
	for edition := range Editions {
		n := at(t, edition)
		for id, path := range feeds {
			s := siteOf(t, n, id)
			feed, err := gofeed.NewParser().Parse(get(t, n, id, path).Body)
			if err != nil {
				t.Errorf("%s: %v", id, err)
				continue
			}
			var got []entry
			for _, it := range feed.Items {
				if strings.Contains(it.Link, s.trap) {
					continue
				}
				if it.PublishedParsed == nil {
					t.Fatalf("%s: %s has no date", id, it.Title)
				}
				link, _, _ := strings.Cut(it.Link, "?utm_")
				got = append(got, entry{squeeze(it.Title), link, it.PublishedParsed.UTC().Format("2006-01-02")})
				if it.Description == "" {
					t.Errorf("%s: %s has no description", id, it.Title)
				}
				if id == "demo-md-harbour" && len(it.Content) < len(it.Description) {
					t.Errorf("%s: %s carries no article", id, it.Title)
				}
			}
			if diff := cmp.Diff(listed(s, edition, n.Base(id), ""), got); diff != "" {
				t.Errorf("%s, edition %d: %s", id, edition, diff)
			}
		}
	}
}

func TestJSONListingCarriesBodies(t *testing.T) {
	n := at(t, 2)
	s := siteOf(t, n, "demo-ex-binance")
	var list struct {
		Data struct {
			Catalogs []struct {
				Articles []struct {
					Title, URL, Body string
					ReleaseDate      int64
				}
			}
		}
	}
	if err := json.Unmarshal(get(t, n, s.ID, "/bapi/cms/article/list?type=1").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	items := s.latest(2, n.Base(s.ID))
	articles := list.Data.Catalogs[0].Articles
	if len(articles) != len(items) {
		t.Fatalf("%d articles, want %d", len(articles), len(items))
	}
	for i, a := range articles {
		if a.Title != items[i].Title || a.URL != items[i].URL || a.ReleaseDate != items[i].Published.UnixMilli() || a.Body != string(items[i].HTML) {
			t.Errorf("article %d: %+v", i, a)
		}
	}
}

func TestSitemapLeadsToEveryPage(t *testing.T) {
	n := at(t, 1)
	knock(t, n)
	s := siteOf(t, n, "demo-eu-esma")
	type locs struct {
		Sitemaps []string `xml:"sitemap>loc"`
		Pages    []string `xml:"url>loc"`
	}
	var index, pages locs
	if err := xml.Unmarshal(get(t, n, s.ID, "/sitemap.xml").Body.Bytes(), &index); err != nil {
		t.Fatal(err)
	}
	if len(index.Sitemaps) != 1 {
		t.Fatalf("%d sitemaps", len(index.Sitemaps))
	}
	if err := xml.Unmarshal(get(t, n, s.ID, index.Sitemaps[0]).Body.Bytes(), &pages); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, loc := range pages.Pages {
		if strings.Contains(loc, s.trap) {
			continue
		}
		found++
		if w := get(t, n, s.ID, loc); w.Code != http.StatusOK {
			t.Errorf("%s: %d", loc, w.Code)
		}
	}
	if want := len(s.latest(1, "")); found != want {
		t.Errorf("%d pages, want %d", found, want)
	}
}

// selectors is the part of sources.yaml that reads listings of HTML.
type selectors struct {
	corpus.Source `yaml:",inline"`
	AllowPrivate  bool   `yaml:"allow_private"`
	Schedule      string `yaml:"schedule"`
	Discovery     struct {
		Type, URL string
		Pages     []string
		HTML      struct{ Item, Link, Title, Date, Next string }
	}
}

func sources(t *testing.T, n *Newswire) []selectors {
	t.Helper()
	text, err := n.Sources("@every 2s")
	if err != nil {
		t.Fatal(err)
	}
	var list []selectors
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestHTMLListingsMatchTheirSelectors(t *testing.T) {
	for edition := range Editions {
		n := at(t, edition)
		for _, src := range sources(t, n) {
			if src.Discovery.Type != "html" {
				continue
			}
			s := siteOf(t, n, src.ID)
			sel := src.Discovery.HTML
			var got []entry
			for next := src.Discovery.URL; next != ""; {
				doc, err := goquery.NewDocumentFromReader(strings.NewReader(decoded(t, s, get(t, n, s.ID, next).Body.Bytes())))
				if err != nil {
					t.Fatal(err)
				}
				doc.Find(sel.Item).Each(func(_ int, item *goquery.Selection) {
					pick := func(expr string) string {
						css, attr, ok := strings.Cut(expr, "@")
						if ok {
							return item.Find(css).First().AttrOr(attr, "")
						}
						return item.Find(css).First().Text()
					}
					got = append(got, entry{squeeze(pick(sel.Title)), pick(sel.Link), pick(sel.Date)})
				})
				next = ""
				if sel.Next != "" {
					next = doc.Find(sel.Next).AttrOr("href", "")
				}
			}
			want := listed(s, edition, n.Base(s.ID), "")
			layouts := map[string]string{"fdic": "January 2, 2006", "pboc": "2006-01-02", "lianxun": "2006-01-02 15:04"}
			for i, it := range s.latest(edition, "") {
				switch {
				case s.dir != "okx":
					want[i].Day = it.Published.Format(layouts[s.dir])
				case it.Lang == "zh":
					want[i].Day = "发布于 " + it.Published.Format("2006年1月2日")
				default:
					want[i].Day = "Published on " + it.Published.Format("Jan 2, 2006")
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, edition %d: %s", s.ID, edition, diff)
			}
		}
	}
}

func TestSourcesDescribeTheSites(t *testing.T) {
	n := at(t, 0)
	var got []corpus.Source
	for _, src := range sources(t, n) {
		got = append(got, src.Source)
		if !src.AllowPrivate || src.Schedule != "@every 2s" {
			t.Errorf("%s: allow_private %v, schedule %q", src.ID, src.AllowPrivate, src.Schedule)
		}
		for _, address := range append(src.Discovery.Pages, src.Discovery.URL) {
			if w := get(t, n, src.ID, address); w.Code != http.StatusOK {
				t.Errorf("%s: %s: %d", src.ID, address, w.Code)
			}
		}
	}
	if diff := cmp.Diff(n.Sites(), got); diff != "" {
		t.Error(diff)
	}
	n.SetBase("demo-us-sec", "")
	if _, err := n.Sources("@hourly"); err == nil {
		t.Error("sources of a site without an address")
	}
}

func TestTheChineseRegulatorWritesGB18030(t *testing.T) {
	n := at(t, 2)
	s := siteOf(t, n, "demo-cn-pboc")
	w := get(t, n, s.ID, "/tiaofasi/144941/20250925/ecny-centre.html")
	if utf8.Valid(w.Body.Bytes()) {
		t.Error("the bytes are UTF-8")
	}
	if ct := w.Header().Get("Content-Type"); ct != "text/html" {
		t.Errorf("Content-Type %q names a charset", ct)
	}
	if !bytes.Contains(w.Body.Bytes(), []byte("charset=gb2312")) {
		t.Error("gb2312 is not declared")
	}
	if text := decoded(t, s, w.Body.Bytes()); !strings.Contains(text, "陈㛃博士") || !strings.Contains(text, "€") {
		t.Error("characters beyond GB 2312 are lost")
	}
	gbk, err := simplifiedchinese.GBK.NewDecoder().Bytes(w.Body.Bytes())
	if err == nil && strings.Contains(string(gbk), "陈㛃博士") {
		t.Error("GBK is enough to read the page, so it tests nothing")
	}
}

// TestHostilePage makes sure that the attacks reach the reader, and that the
// newswire itself wraps them as a real publisher's software would.
func TestHostilePage(t *testing.T) {
	n := at(t, 0)
	s := siteOf(t, n, "demo-md-tidewater")
	i := slices.IndexFunc(s.articles, func(a *article) bool { return a.slug == "reader-trap" })
	body := get(t, n, s.ID, s.articles[i].path()).Body.String()
	for _, attack := range []string{"<script>document.write", "onerror=", "IGNORE ALL PREVIOUS INSTRUCTIONS", "javascript:alert", "\u202e", "\u200b", "DROP TABLE"} {
		if !strings.Contains(body, attack) {
			t.Errorf("missing: %q", attack)
		}
	}
	if strings.Contains(body, "<script>alert(1)") {
		t.Error("the title is not escaped")
	}
	feed, err := gofeed.NewParser().Parse(get(t, n, s.ID, "/rss.xml").Body)
	if err != nil {
		t.Fatal(err)
	}
	ok := slices.ContainsFunc(feed.Items, func(it *gofeed.Item) bool {
		return strings.Contains(it.Title, "Bcc: everyone@example.com") && strings.Contains(it.Title, "<script>")
	})
	if !ok {
		t.Error("the feed lacks the title with header lines")
	}
	if !strings.Contains(get(t, n, s.ID, "/rss.xml").Body.String(), "&#xD;&#xA;Bcc") {
		t.Error("the feed's title has no line break")
	}
}

func TestFalseReportIsTakenBack(t *testing.T) {
	n := at(t, 1)
	text := get(t, n, "demo-md-harbour", "/2023/blackrock-approved-false").Body.String()
	if !strings.Contains(text, "RETRACTED:") || strings.Contains(text, "$80m") {
		t.Error("the retraction does not replace the report")
	}
	for _, a := range n.Truth() {
		if a.Gone != 1 {
			continue
		}
		if w := get(t, n, a.Source, a.Path); w.Code != http.StatusGone {
			t.Errorf("%s: %d, want 410", a.Path, w.Code)
		}
		if strings.Contains(get(t, n, a.Source, "/rss.xml").Body.String(), a.Path) {
			t.Errorf("%s is still listed", a.Path)
		}
		if w := get(t, at(t, 0), a.Source, a.Path); w.Code != http.StatusOK {
			t.Errorf("%s: %d in edition 0", a.Path, w.Code)
		}
		return
	}
	t.Error("no page is gone in edition 1")
}

func ExampleNewswire_Truth() {
	n, err := New(Config{})
	if err != nil {
		panic(err)
	}
	for _, a := range n.Truth() {
		if a.Source == "demo-us-fdic" && a.Happening == "fil-7-2025" {
			fmt.Println(a.Event, a.Regulators, a.Relations)
		}
	}
	// Output: repeal [FDIC] [{FIL-7-2025 repeals FIL-16-2022}]
}
