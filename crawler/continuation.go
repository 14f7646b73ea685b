package crawler

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/regwire/regwire/corpus"
)

// maxFurther bounds the pages an article may go on after its first.
const maxFurther = 9

// furtherPage is a page on which an article goes on, as it was answered.
type furtherPage struct {
	url string
	res *response
}

// further fetches the pages on which the article of an entry goes on. first is
// the answer to the entry itself; without a body (304), the pages known from
// before are asked again. Pages that are not there, or that robots.txt
// forbids, end the article; any other failure is that of the whole, since an
// article without its end would pass for a changed one.
func (c *Crawler) further(ctx context.Context, src *source, e corpus.FrontierEntry, first *response) ([]furtherPage, error) {
	if e.Item.Content != "" || src.Discovery.Detail.URL != "" || first.missing() {
		return nil, nil
	}
	var out []furtherPage
	known := e.Item.Pages
	at, res := first.finalURL, first
	if at == "" {
		at = e.URL
	}
	seen := map[string]bool{e.URL: true, at: true}
	for n := 1; n <= maxFurther; n++ {
		next := ""
		if res.unchanged() {
			if n > len(known) {
				break
			}
			next = known[n-1]
		} else {
			next = continuation(e.URL, at, n, res)
		}
		if next == "" || seen[next] {
			break
		}
		seen[next] = true
		page, err := c.fetcher.get(ctx, src, request{url: next})
		if err != nil {
			if f := failureOf(err); f.reason == ReasonRobots || f.reason == ReasonForbidden {
				break
			}
			return nil, err
		}
		if page.missing() {
			break
		}
		out = append(out, furtherPage{next, page})
		if !first.unchanged() { // what the site says now, not what it said then
			at, res = next, page
		}
	}
	return out, nil
}

// keepFurther captures further pages. They are written before the first, so
// that whoever reads that one finds them; where the first has not changed, the
// last of them that has asks for the whole to be read again: asked by each, it
// would be read once with some pages of now and some of then.
func (c *Crawler) keepFurther(ctx context.Context, src *source, e corpus.FrontierEntry, pages []furtherPage, firstChanged bool) (urls []string, learnt bool, err error) {
	for _, p := range pages {
		urls = append(urls, p.url)
	}
	last := lastChanged(e.Item, pages)
	for i, p := range pages {
		part := e
		part.URL, part.Item = p.url, corpus.Item{URL: p.url, PageOf: e.URL}
		if !firstChanged && (i == last || last < 0) {
			part.Item.Pages = urls
		}
		capture := c.capture(src, part, p.res)
		err := c.write(ctx, func(ctx context.Context) error {
			fresh, err := c.sink.Capture(ctx, capture)
			learnt = learnt || fresh
			return err
		})
		if err != nil {
			return nil, false, fail(ReasonSink, "capture %s: %w", p.url, err)
		}
	}
	return urls, learnt, nil
}

// lastChanged returns the last of pages that is not what it was when it was
// captured before; -1 when that is not known, or when none has changed.
func lastChanged(known corpus.Item, pages []furtherPage) int {
	if len(known.PageDigests) != len(known.Pages) {
		return -1
	}
	for i := len(pages) - 1; i >= 0; i-- {
		at := slices.Index(known.Pages, pages[i].url)
		if at < 0 || known.PageDigests[at] != digest(pages[i].res.body) {
			return i
		}
	}
	return -1
}

func digests(pages []furtherPage) []string {
	var out []string
	for _, p := range pages {
		out = append(out, digest(p.res.body))
	}
	return out
}

// continuation returns the address of the page after the nth of an article
// that begins at first: a link that leads to the same address but for a
// number, and says that it is the next. Most pages are told by a glance at
// their bytes to have none.
func continuation(first, at string, n int, res *response) string {
	media, _ := res.mediaType()
	if media != "text/html" || res.status != http.StatusOK || !mayGoOn(res.body, n+1) {
		return ""
	}
	page, err := utf8HTML(res.header.Get("Content-Type"), res.body)
	if err != nil {
		return ""
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		return ""
	}
	base, err := url.Parse(at)
	if err != nil {
		return ""
	}
	best, rank := "", 0
	doc.Find("link[rel~=next][href], a[href]").Each(func(_ int, s *goquery.Selection) {
		r := 0
		switch text := strings.ToLower(strings.Join(strings.Fields(s.Text()), " ")); {
		case slices.Contains(strings.Fields(strings.ToLower(s.AttrOr("rel", ""))), "next"):
			r = 3
		case slices.Contains(nextWords, strings.Trim(text, "›»>→ ")) && text != "":
			r = 2
		case text == strconv.Itoa(n+1):
			r = 1
		}
		if r <= rank {
			return
		}
		if u, err := Canonical(s.AttrOr("href", ""), base); err == nil && follows(first, u, n) {
			best, rank = u, r
		}
	})
	return best
}

var nextWords = []string{"next", "next page", "continue", "continue reading", "下一页", "下一頁", "下页", "下頁", "余下全文", "weiter", "nächste seite", "page suivante", "suivant", "siguiente", "次へ", "次のページ"}

// mayGoOn looks in the bytes of a page for what a link to page n is made of.
// It goes over them three times: every page that is fetched comes by here.
func mayGoOn(body []byte, n int) bool {
	number := []byte(strconv.Itoa(n))
	return occurs(body, []byte("rel="), func(_, after []byte) bool {
		return bytes.HasPrefix(bytes.TrimLeft(after[:min(len(after), 5)], `"'`), []byte("next"))
	}) || occurs(body, []byte("下一"), func(_, after []byte) bool {
		return bytes.HasPrefix(after, []byte("页")) || bytes.HasPrefix(after, []byte("頁"))
	}) || occurs(body, number, func(before, after []byte) bool {
		return len(before) > 0 && strings.IndexByte("=/_-", before[len(before)-1]) >= 0 && slices.ContainsFunc(numberEnds, func(end string) bool {
			return len(after) >= len(end) && string(after[:len(end)]) == end
		})
	})
}

// numberEnds is what follows the number of a page in a link.
var numberEnds = []string{`"`, `'`, `/"`, ".htm", ".shtm"}

// occurs reports whether part is in body where what is before and after it is
// as wanted.
func occurs(body, part []byte, wanted func(before, after []byte) bool) bool {
	for at := 0; ; {
		i := bytes.Index(body[at:], part)
		if i < 0 {
			return false
		}
		if wanted(body[:at+i], body[at+i+len(part):]) {
			return true
		}
		at += i + len(part)
	}
}

// pageKeys are the parameters that number pages.
var pageKeys = []string{"page", "p", "pg", "pn", "pageno", "page_no", "pagenum", "pageindex", "seite", "paged", "part"}

// follows reports whether an address is that of page n+1 of the article that
// begins at first: the same but for the number. Sites that count their files
// from 0 call the second page 1.
func follows(first, address string, n int) bool {
	f, err1 := url.Parse(first)
	u, err2 := url.Parse(address)
	if err1 != nil || err2 != nil || f.Host != u.Host || f.Scheme != u.Scheme {
		return false
	}
	// ?page=2
	q, own := u.Query(), f.Query()
	for key := range q {
		if slices.Contains(pageKeys, strings.ToLower(key)) && q.Get(key) == strconv.Itoa(n+1) {
			q.Del(key)
			own.Del(key)
			return f.Path == u.Path && q.Encode() == own.Encode()
		}
	}
	if f.RawQuery != u.RawQuery {
		return false
	}
	dir, last := path.Split(strings.TrimSuffix(u.Path, "/"))
	from := strings.TrimSuffix(f.Path, "/")
	// /article/2, /article/page/2
	if last == strconv.Itoa(n+1) {
		dir = strings.TrimSuffix(dir, "/")
		return dir == from || strings.TrimSuffix(dir, "/page") == from
	}
	// article_2.html, article-2.html
	ext := path.Ext(last)
	stem := strings.TrimSuffix(last, ext)
	for _, mark := range []string{"_", "-"} {
		i := strings.LastIndex(stem, mark)
		if i < 0 || dir+stem[:i]+ext != from {
			continue
		}
		if number := stem[i+1:]; number == strconv.Itoa(n+1) || number == strconv.Itoa(n) && mark == "_" {
			return true
		}
	}
	return false
}
