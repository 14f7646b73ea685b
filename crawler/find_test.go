package crawler_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/crawler"
)

// proposed writes proposals as "type address".
func proposed(list []crawler.Proposal) []string {
	var out []string
	for _, p := range list {
		out = append(out, string(p.Source.Discovery.Type)+" "+strings.TrimPrefix(p.Source.Discovery.URL, "https://"))
	}
	return out
}

func TestFind(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where a bubble's clock begins
	date := now.Add(-time.Hour)
	living := feed(entry("/a", "A notice about custody", date.Format(time.RFC1123Z)))
	frozen := feed(entry("/a", "A notice about custody", date.AddDate(-1, 0, 0).Format(time.RFC1123Z)))
	sitemap := `<urlset><url><loc>https://site.example/a</loc><lastmod>1999-12-31</lastmod></url></urlset>`
	const links = `<p><a href="/about">About this authority and its duties</a></p>`
	for name, tt := range map[string]struct {
		pages map[string]string // "path": body
		ask   string            // default "site.example/news/"
		want  []string
	}{
		"a feed that the page announces": {
			pages: map[string]string{
				"/news/":       `<html><head><base href="/x/"><link rel="alternate" type="application/rss+xml" href="feed.php"><title>News | Site</title></head>` + links,
				"/x/feed.php":  living,
				"/sitemap.xml": sitemap,
			},
			want: []string{"rss site.example/x/feed.php", "sitemap site.example/sitemap.xml"},
		},
		"the feed itself":                 {pages: map[string]string{"/news/": living}, want: []string{"rss site.example/news/"}},
		"the sitemap itself":              {pages: map[string]string{"/news/": sitemap}, want: []string{"sitemap site.example/news/"}},
		"a JSON feed":                     {pages: map[string]string{"/news/": `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"/a","title":"A","content_text":"x"}]}`}, want: []string{"jsonfeed site.example/news/"}},
		"a feed that is linked to":        {pages: map[string]string{"/news/": `<html><body><a href="/notices/rss.xml">RSS</a>` + links, "/notices/rss.xml": living}, want: []string{"rss site.example/notices/rss.xml"}},
		"a feed at a common path":         {pages: map[string]string{"/news/": "<html><body>" + links, "/news/feed": living}, want: []string{"rss site.example/news/feed"}},
		"a page under the feed's path":    {pages: map[string]string{"/news/": "<html><body>" + links, "/feed": "<html><body>" + links}},
		"the sitemap that robots names":   {pages: map[string]string{"/news/": "<html><body>" + links, "/robots.txt": "Sitemap: https://site.example/s/all.xml\nSitemap: https://site.example/s/news.xml\n", "/s/all.xml": sitemap, "/s/news.xml": sitemap}, want: []string{"sitemap site.example/s/news.xml", "sitemap site.example/s/all.xml"}},
		"a living list, a frozen feed":    {pages: map[string]string{"/news/": `<html><head><link rel="alternate" type="application/rss+xml" href="/old"></head><body>` + table(8, "2006-01-02"), "/old": frozen}, want: []string{"html site.example/news/", "rss site.example/old"}},
		"nothing":                         {pages: map[string]string{"/news/": "<html><body>" + links}},
		"an address without a scheme":     {ask: "site.example", pages: map[string]string{"/": living}, want: []string{"rss site.example/"}},
		"what robots.txt keeps to itself": {pages: map[string]string{"/news/": `<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>`, "/feed": living, "/robots.txt": "User-agent: *\nDisallow: /feed"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				for path, body := range tt.pages {
					w.text("site.example"+path, "text/plain", body)
				}
				w.text("site.example/a", "text/html", article("A notice about custody"))
				ask := tt.ask
				if ask == "" {
					ask = "http://site.example/news/"
				}
				c := w.crawler(crawler.Config{})
				got, err := c.Find(t.Context(), strings.Replace(ask, "http://", "https://", 1), false)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(tt.want, proposed(got)); d != "" {
					t.Errorf("proposals (-want +got)\n%s", d)
				}
				seen := make(map[string]bool)
				var sources []crawler.Source
				for _, p := range got {
					sources = append(sources, p.Source)
					if p.Source.ID != p.Trial.Source || len(p.Trial.Items) == 0 {
						t.Errorf("%+v", p)
					}
				}
				if err := crawler.ValidateSources(sources); err != nil {
					t.Error(err)
				}
				// What is proposed can be written into a configuration as it is.
				text, err := yaml.Marshal(sources)
				if err != nil {
					t.Fatal(err)
				}
				if again, err := crawler.LoadSources(text); err != nil || !cmp.Equal(sources, again, cmpopts.EquateEmpty()) {
					t.Errorf("%v\n%s", err, cmp.Diff(sources, again))
				}
				requests := w.requests()
				for _, r := range requests {
					if seen[r] && strings.Contains(r, "feed") {
						t.Errorf("%s was asked for twice", r)
					}
					seen[r] = true
				}
				if len(requests) > 30 {
					t.Errorf("%d requests", len(requests))
				}
				if len(c.captured()) > 0 {
					t.Error("something was saved")
				}
			})
		})
	}
}

// table is a list of n notices, the newest of yesterday, with dates in a layout.
func table(n int, layout string) string {
	var b strings.Builder
	b.WriteString(`<table id="notices"><tbody>`)
	for i := range n {
		at := time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -3*i)
		fmt.Fprintf(&b, `<tr><td>%s</td><td><a href="/notice/%d">Notice number %d about the custody of assets</a></td></tr>`, at.Format(layout), i, i)
	}
	return b.String() + `</tbody></table>`
}

func TestFindReadsSelectorsOffAPage(t *testing.T) {
	day := func(i int, layout string) string {
		return time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -3*i).Format(layout)
	}
	list := func(entry func(i int) string) string {
		var b strings.Builder
		for i := range 12 {
			b.WriteString(entry(i))
		}
		return b.String()
	}
	const menu = `<nav><ul>` +
		`<li><a href="/about">About this authority</a></li><li><a href="/law">Laws and regulations</a></li><li><a href="/contact">Contact and directions</a></li>` +
		`<li><a href="/careers">Careers at the authority</a></li><li><a href="/privacy">Privacy and cookies</a></li></ul></nav>`
	for name, body := range map[string]string{
		"a table": table(12, "January 2, 2006"),
		"a list with dates before the links": `<ul class="news">` + list(func(i int) string {
			return fmt.Sprintf(`<li>%s <a href="/n/%d">The authority fines company number %d</a></li>`, day(i, "2 January 2006"), i, i)
		}) + `</ul>`,
		"cards that are links": `<div class="grid">` + list(func(i int) string {
			return fmt.Sprintf(`<a class="card c%d" href="/n/%d"><img src="x.png"><h3>The authority fines company number %d</h3><span class="date">%s</span></a>`, i, i, i, day(i, "02/01/2006"))
		}) + `</div>`,
		"articles with a picture's link first": `<main>` + list(func(i int) string {
			return fmt.Sprintf(`<article class="post"><a href="/n/%d"><img></a><h2><a href="/n/%d">The authority fines company number %d</a></h2><time datetime="%s">lately</time></article>`, i, i, i, day(i, time.RFC3339))
		}) + `</main>`,
		"a Chinese portal": `<div class="list_box"><ul>` + list(func(i int) string {
			return fmt.Sprintf(`<li><a href="./t%d.html" title="x">关于防范虚拟货币交易风险的公告第%d号</a><span>[%s]</span></li>`, i, i, day(i, "2006-01-02"))
		}) + `</ul></div>`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.text("site.example/list/", "text/html; charset=utf-8", "<html><body>"+menu+body+`<footer><a href="/imprint">Imprint of this authority</a></footer><li class="next"><a href="?page=2">Next</a>`)
				got, err := w.crawler(crawler.Config{}).Find(t.Context(), "http://site.example/list/", false)
				if err != nil {
					t.Fatal(err)
				}
				if len(got) == 0 {
					t.Fatal("no proposal")
				}
				best := got[0]
				if n := len(best.Trial.Items); n != 12 {
					t.Errorf("%d items with %+v", n, best.Source.Discovery)
				}
				for i, it := range best.Trial.Items {
					if want := day(i, time.DateOnly); it.PublishedAt.Format(time.DateOnly) != want || len(it.Title) < 20 || strings.Contains(it.Title, "1999") {
						t.Fatalf("item %d: %+v, want a date of %s, with %+v %+v", i, it, want, best.Source.Discovery.HTML, best.Source.Discovery.Dates)
					}
				}
				if best.Source.Discovery.HTML.Next == "" {
					t.Error("the link to the next page was not found")
				}
			})
		})
	}
}

func TestFindReadsPathsOffAnAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.text("api.example/v1", "application/json", `{"code":0,"data":{"total":2,"banners":[{"img":"https://api.example/1.png"},{"img":"https://api.example/2.png"}],"list":[
			{"id":77,"attributes":{"headline":"Notice about the listing of a token"},"web_url":"/n/77","publishTime":946681200000,"icon":"https://api.example/a.png"},
			{"id":76,"attributes":{"headline":"Notice about the end of a contract"},"web_url":"/n/76","publishTime":946594800000,"icon":"https://api.example/b.png"}]}}`)
		got, err := w.crawler(crawler.Config{}).Find(t.Context(), "http://api.example/v1", false)
		if err != nil || len(got) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		want := crawler.JSONListing{Items: "data.list", ID: "id", Title: "attributes.headline", Link: "web_url", Published: "publishTime"}
		if d := cmp.Diff(want, got[0].Source.Discovery.JSON); d != "" {
			t.Error(d)
		}
		if at := got[0].Trial.Items[0].PublishedAt; at.Year() != 1999 || at.Month() != 12 {
			t.Errorf("published at %v", at)
		}
	})
}
