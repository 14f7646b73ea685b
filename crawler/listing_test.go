package crawler

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/regwire/regwire/corpus"
)

// listed is the source of the tests of listings: in Shanghai, at news.example.
func listed(t testing.TB, d Discovery) *source {
	t.Helper()
	if d.URL == "" {
		d.URL = "https://news.example/list/"
	}
	src, err := Config{}.compile(Source{
		Source: corpus.Source{ID: "news", Name: "News", Kind: corpus.SourceMedia}, TimeZone: "Asia/Shanghai", Discovery: d,
	})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

var listingNow = time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)

func utc(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
}

func gb18030(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func gzipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadListing(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(`<rss><channel><item><link>/a</link><title>十六</title></item></channel></rss>`)
	if err != nil {
		t.Fatal(err)
	}
	htmlList := Discovery{Type: DiscoverHTML, HTML: HTMLListing{Item: "ul.news li", Date: "span", Summary: "p", Next: "a.next"}}
	for _, tt := range []struct {
		name        string
		d           Discovery
		contentType string
		body        string
		want        []corpus.Item
		more        []string
	}{
		{
			name: "RSS",
			d:    Discovery{Type: DiscoverRSS},
			body: `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
				<item><title>AT&amp;amp;T &lt;b&gt;sued&lt;/b&gt;</title><link>https://news.example/a?utm_source=rss&amp;id=1</link><guid isPermaLink="false">n-1</guid>
				<description>&lt;p&gt;Short.&lt;/p&gt;</description><content:encoded><![CDATA[<p>Long.</p>]]></content:encoded>
				<dc:creator>A. Author</dc:creator><category>rules</category><pubDate>Thu, 05 Mar 2026 09:30:00 EST</pubDate></item>
				<item><title>Guid only</title><guid>https://news.example/b</guid></item>
				<item><title>No address</title></item></channel></rss>`,
			want: []corpus.Item{
				{URL: "https://news.example/a?id=1", ID: "n-1", Title: "AT&T sued", Summary: "Short.", Author: "A. Author", Tags: []string{"rules"}, PublishedAt: utc(2026, 3, 5, 14, 30)},
				{URL: "https://news.example/b", ID: "https://news.example/b", Title: "Guid only"},
			},
		},
		{
			name: "RSS that carries the article",
			d:    Discovery{Type: DiscoverRSS, Content: ContentFeed},
			body: `<rss version="2.0"><channel><item><title>A</title><link>/a</link><description>&lt;p&gt;All of it.&lt;/p&gt;</description></item>
				<item><title>Nothing</title><link>/b</link></item></channel></rss>`,
			want: []corpus.Item{{URL: "https://news.example/a", Title: "A", Summary: "All of it.", Content: "<p>All of it.</p>"}},
		},
		{
			name: "RSS with dates that name no zone are the source's",
			d:    Discovery{Type: DiscoverRSS, Dates: Dates{Layouts: []string{"Monday, January 2, 2006 - 15:04"}}},
			body: `<rss version="2.0"><channel><item><link>/a</link><pubDate>Thursday, March 5, 2026 - 13:20</pubDate></item>
				<item><link>/b</link><pubDate>2026-03-05 08:00:00</pubDate></item></channel></rss>`,
			want: []corpus.Item{
				{URL: "https://news.example/a", PublishedAt: utc(2026, 3, 5, 5, 20)},
				{URL: "https://news.example/b", PublishedAt: utc(2026, 3, 5, 0, 0)},
			},
		},
		{
			name: "dates of the future and of no time are unknown",
			d:    Discovery{Type: DiscoverRSS},
			body: `<rss version="2.0"><channel><item><link>/a</link><pubDate>Thu, 05 Mar 2035 10:00:00 GMT</pubDate></item>
				<item><link>/b</link><pubDate>Fri, 06 Mar 2026 23:59:00 GMT</pubDate></item>
				<item><link>/c</link><pubDate>soon</pubDate></item></channel></rss>`,
			want: []corpus.Item{
				{URL: "https://news.example/a"},
				{URL: "https://news.example/b", PublishedAt: utc(2026, 3, 6, 23, 59)},
				{URL: "https://news.example/c"},
			},
		},
		{
			name: "RDF with Dublin Core dates",
			d:    Discovery{Type: DiscoverRSS},
			body: `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
				<item><title>A</title><link>https://news.example/a</link><dc:date>2026-03-05T10:00:00+01:00</dc:date></item></rdf:RDF>`,
			want: []corpus.Item{{URL: "https://news.example/a", Title: "A", PublishedAt: utc(2026, 3, 5, 9, 0), UpdatedAt: utc(2026, 3, 5, 9, 0)}},
		},
		{
			name: "Atom",
			d:    Discovery{Type: DiscoverAtom},
			body: `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:1</id><title>A</title><link rel="self" href="https://news.example/self"/>
				<link rel="alternate" href="https://news.example/a"/><published>2026-03-01T10:00:00Z</published><updated>2026-03-05T10:00:00Z</updated>
				<author><name>One</name></author><summary>S</summary></entry></feed>`,
			want: []corpus.Item{{
				URL: "https://news.example/a", ID: "tag:1", Title: "A", Summary: "S", Author: "One",
				PublishedAt: utc(2026, 3, 1, 10, 0), UpdatedAt: utc(2026, 3, 5, 10, 0),
			}},
		},
		{
			name: "JSON feed",
			d:    Discovery{Type: DiscoverJSONFeed, Content: ContentFeed},
			body: `{"version":"https://jsonfeed.org/version/1.1","title":"N","items":[{"id":"7","url":"https://news.example/a","title":"A","content_html":"<p>x</p>","date_published":"2026-03-05T10:00:00Z","tags":["t"]}]}`,
			want: []corpus.Item{{URL: "https://news.example/a", ID: "7", Title: "A", Content: "<p>x</p>", Tags: []string{"t"}, PublishedAt: utc(2026, 3, 5, 10, 0)}},
		},
		{
			name: "a feed in GB18030 by its declaration",
			d:    Discovery{Type: DiscoverRSS},
			body: gb18030(t, `<?xml version="1.0" encoding="GB18030"?><rss version="2.0"><channel><item><link>/a</link><title>关于虚拟货币的通知㐂</title></item></channel></rss>`),
			want: []corpus.Item{{URL: "https://news.example/a", Title: "关于虚拟货币的通知㐂"}},
		},
		{
			name:        "a feed in GB18030 by its header, declared otherwise",
			d:           Discovery{Type: DiscoverRSS},
			contentType: "text/xml; charset=gb18030",
			body:        gb18030(t, `<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><item><link>/a</link><title>通知</title></item></channel></rss>`),
			want:        []corpus.Item{{URL: "https://news.example/a", Title: "通知"}},
		},
		{
			name: "a feed in UTF-16",
			d:    Discovery{Type: DiscoverRSS},
			body: utf16,
			want: []corpus.Item{{URL: "https://news.example/a", Title: "十六"}},
		},
		{
			name: "sitemap, newest first",
			d:    Discovery{Type: DiscoverSitemap},
			body: `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://news.example/a</loc></url>
				<url><loc>https://news.example/b</loc><lastmod>2026-03-01</lastmod></url><url><loc>https://news.example/c</loc><lastmod>2026-03-05T10:00:00+08:00</lastmod></url></urlset>`,
			want: []corpus.Item{
				{URL: "https://news.example/c", UpdatedAt: utc(2026, 3, 5, 2, 0)},
				{URL: "https://news.example/b", UpdatedAt: utc(2026, 3, 1, 0, 0)},
				{URL: "https://news.example/a"},
			},
		},
		{
			name: "news sitemap",
			d:    Discovery{Type: DiscoverSitemap},
			body: `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
				<url><loc>https://news.example/old</loc><lastmod>2026-03-04T09:30Z</lastmod></url>
				<url><loc> https://news.example/a </loc><news:news><news:publication><news:name>N</news:name><news:language>en</news:language></news:publication>
				<news:publication_date>2026-03-05T10:00+08:00</news:publication_date><news:title><![CDATA[Rules & more]]></news:title></news:news>
				<image:image><image:loc>https://news.example/a.png</image:loc><image:title>A picture</image:title></image:image></url></urlset>`,
			want: []corpus.Item{
				{URL: "https://news.example/a", Title: "Rules & more", PublishedAt: utc(2026, 3, 5, 2, 0)},
				{URL: "https://news.example/old", UpdatedAt: utc(2026, 3, 4, 9, 30)},
			},
		},
		{
			name: "an index of sitemaps, packed",
			d:    Discovery{Type: DiscoverSitemap},
			body: gzipped(t, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://news.example/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
				<sitemap><loc>https://news.example/new.xml.gz</loc><lastmod>2026-03-05</lastmod></sitemap></sitemapindex>`),
			more: []string{"https://news.example/new.xml.gz", "https://news.example/old.xml"},
		},
		{
			name: "a page of links in GB18030 by its meta element",
			d:    htmlList,
			body: gb18030(t, `<html><head><meta charset="gb2312"><base href="https://news.example/cn/"></head><body><ul class="news"><li>置顶</li>
				<li><a href="./t20260305_1.html">中国人民银行公告</a><span>2026年3月5日</span><p>摘要</p></li><li><a href="/x">二</a><span>2026-03-04 09:30</span></li></ul><a class="next" href="index_2.html">下一页</a>`),
			want: []corpus.Item{
				{URL: "https://news.example/cn/t20260305_1.html", Title: "中国人民银行公告", Summary: "摘要", PublishedAt: utc(2026, 3, 4, 16, 0)},
				{URL: "https://news.example/x", Title: "二", PublishedAt: utc(2026, 3, 4, 1, 30)},
			},
			more: []string{"index_2.html"},
		},
		{
			name: "the item is the link, and its address holds the date",
			d: Discovery{
				Type: DiscoverHTML, HTML: HTMLListing{Item: "a[href*=doc]", Link: "@href", Title: "@title", Date: "@href"},
				Dates: Dates{Pattern: `/t(\d{8})_`, Layouts: []string{"20060102"}},
			},
			body: `<a title="T" href="/doc/t20260305_9.html">…</a><a href="/other">no</a>`,
			want: []corpus.Item{{URL: "https://news.example/doc/t20260305_9.html", Title: "T", PublishedAt: utc(2026, 3, 4, 16, 0)}},
		},
		{
			name: "JSON API with a template, milliseconds and an item without a value",
			d: Discovery{
				Type: DiscoverJSON, Dates: Dates{Layouts: []string{"unixms"}},
				JSON: JSONListing{Items: "data.list", ID: "id", Title: "title", Link: "https://news.example/n/{cat}/{id}?x={q}", Published: "at", Tags: "tags"},
			},
			body: `{"data":{"list":[{"id":18540264809497,"cat":"a b","q":"1&y=2","title":"A","at":1772704800000,"tags":["x","y"]},{"title":"B","cat":"c","q":"1"}]}}`,
			want: []corpus.Item{{URL: "https://news.example/n/a%20b/18540264809497?x=1%26y%3D2", ID: "18540264809497", Title: "A", Tags: []string{"x", "y"}, PublishedAt: utc(2026, 3, 5, 10, 0)}},
		},
		{
			name: "JSON rows without names that carry plain text",
			d: Discovery{
				Type: DiscoverJSON, Content: ContentFeed, Dates: Dates{Layouts: []string{"unix"}},
				JSON: JSONListing{Items: "@this", ID: "0", Title: "2", Link: "/posts/{0}", Published: "1", Text: "3"},
			},
			body: `[[5,"1772704800","T","1 < 2\n\nnext"]]`,
			want: []corpus.Item{{URL: "https://news.example/posts/5", ID: "5", Title: "T", Content: "<p>1 &lt; 2</p>\n<p>next</p>\n", PublishedAt: utc(2026, 3, 5, 10, 0)}},
		},
		{
			name: "JSON object whose keys are the addresses",
			d:    Discovery{Type: DiscoverJSON, JSON: JSONListing{Items: "list", Title: "t", Link: "https://news.example{@key}.htm", Published: "d"}},
			body: `{"list":{"/bcbs/publ/d545":{"t":"T","d":"2026-03-05"}}}`,
			want: []corpus.Item{{URL: "https://news.example/bcbs/publ/d545.htm", Title: "T", PublishedAt: utc(2026, 3, 4, 16, 0)}},
		},
		{
			name: "include and exclude, by address or title, once each, up to the bound",
			d:    Discovery{Type: DiscoverRSS, Include: []string{"(?i)crypto", "/wanted/"}, Exclude: []string{"Sponsored"}, MaxItems: 2},
			body: `<rss version="2.0"><channel><item><link>/1</link><title>Crypto</title></item><item><link>/1#again</link><title>Crypto</title></item>
				<item><link>/2</link><title>Sponsored crypto</title></item><item><link>/3</link><title>Weather</title></item>
				<item><link>/wanted/4</link><title>x</title></item><item><link>/wanted/5</link><title>x</title></item></channel></rss>`,
			want: []corpus.Item{{URL: "https://news.example/1", Title: "Crypto"}, {URL: "https://news.example/wanted/4", Title: "x"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := listed(t, tt.d)
			l, err := readListing(src, tt.contentType, []byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			items, _ := src.accept(l, src.Discovery.URL, listingNow)
			if d := cmp.Diff(tt.want, items, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("items (-want +got)\n%s", d)
			}
			if d := cmp.Diff(tt.more, l.more, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("more (-want +got)\n%s", d)
			}
		})
	}
}

func TestReadListingRefuses(t *testing.T) {
	bomb := gzipped(t, strings.Repeat("x", 11<<20))
	for _, tt := range []struct {
		name string
		d    Discovery
		body string
		want Reason
	}{
		{"a page of maintenance in place of a feed", Discovery{Type: DiscoverRSS}, "<html><body>Maintenance", ReasonDecoy},
		{"a feed that breaks off", Discovery{Type: DiscoverAtom}, `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A`, ReasonMalformed},
		{"nothing", Discovery{Type: DiscoverRSS}, "", ReasonMalformed},
		{"a sitemap that breaks off", Discovery{Type: DiscoverSitemap}, `<urlset><url><loc>https://a.example/`, ReasonMalformed},
		{"a sitemap that unpacks to more than the limit", Discovery{Type: DiscoverSitemap}, bomb, ReasonTooLarge},
		{"a sitemap that is no gzip after all", Discovery{Type: DiscoverSitemap}, "\x1f\x8b\x08", ReasonEncoding},
		{"markup in place of JSON", Discovery{Type: DiscoverJSON, JSON: JSONListing{Items: "data", Link: "u"}}, "<html>", ReasonDecoy},
		{"an error under status 200", Discovery{Type: DiscoverJSON, JSON: JSONListing{Items: "data", Link: "u"}}, `{"code":50011,"data":null}`, ReasonMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readListing(listed(t, tt.d), "", []byte(tt.body))
			var f *failure
			if !errors.As(err, &f) || f.reason != tt.want {
				t.Errorf("got %v, want reason %s", err, tt.want)
			}
		})
	}
}

// FuzzReadListing checks that whatever a server sends as a listing gives
// canonical addresses, clean text and believable dates, and the same twice.
func FuzzReadListing(f *testing.F) {
	for i, body := range []string{
		`<rss version="2.0"><channel><item><link>/a</link><title>A&amp;B</title><pubDate>Thu, 05 Mar 2026 09:30:00 EST</pubDate></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/><updated>2026-03-05T10:00:00Z</updated></entry></feed>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"/a","content_text":"x"}]}`,
		`<urlset><url><loc>https://a.example/b</loc><lastmod>2026-03-05</lastmod></url></urlset>`,
		`<ul><li><a href="a">T</a><span>2026年3月5日</span></li></ul><a rel="next" href="?p=2">`,
		`{"items":[{"u":"https://a.example/","t":"x","d":1772704800}]}`,
		"\xff\xfe<\x00r\x00s\x00s\x00>\x00", "\x1f\x8b",
	} {
		f.Add(uint8(i), "text/html; charset=gbk", []byte(body))
	}
	kinds := []Discovery{
		{Type: DiscoverRSS}, {Type: DiscoverAtom, Content: ContentFeed}, {Type: DiscoverJSONFeed}, {Type: DiscoverSitemap},
		{Type: DiscoverHTML, HTML: HTMLListing{Item: "li", Date: "span", Next: "a[rel=next]"}},
		{Type: DiscoverJSON, JSON: JSONListing{Items: "items", Title: "t", Link: "u", Published: "d"}, Dates: Dates{Layouts: []string{"unix", "unixms", "rfc3339"}}},
	}
	var sources []*source
	for _, d := range kinds {
		sources = append(sources, listed(f, d))
	}
	f.Fuzz(func(t *testing.T, kind uint8, contentType string, body []byte) {
		src := sources[int(kind)%len(sources)]
		l, err := readListing(src, contentType, bytes.Clone(body))
		if err != nil {
			var fl *failure
			if !errors.As(err, &fl) {
				t.Errorf("error without a reason: %v", err)
			}
			return
		}
		items, _ := src.accept(l, src.Discovery.URL, listingNow)
		for _, it := range items {
			if again, err := Canonical(it.URL, nil); err != nil || again != it.URL {
				t.Errorf("address %q: %q, %v", it.URL, again, err)
			}
			for _, s := range append(it.Tags, it.ID, it.Title, it.Summary, it.Author) {
				if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
					t.Errorf("unclean text %q", s)
				}
			}
			for _, at := range []time.Time{it.PublishedAt, it.UpdatedAt} {
				if at.After(listingNow.Add(clockSkew)) || !at.IsZero() && at.Location() != time.UTC {
					t.Errorf("date %v", at)
				}
			}
		}
		l2, err := readListing(src, contentType, body)
		again, _ := src.accept(l2, src.Discovery.URL, listingNow)
		if err != nil || !cmp.Equal(items, again) {
			t.Errorf("read twice: %v\n%s", err, cmp.Diff(items, again))
		}
	})
}
