package crawler

import (
	"bytes"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/tidwall/gjson"
)

// opening returns a document from its first element on: without byte order
// mark, blanks, declarations and comments. Only the first 8 KiB are looked at.
func opening(body []byte) []byte {
	body = body[:min(len(body), 8<<10)]
	for {
		body = bytes.TrimLeft(body, " \t\r\n\f\ufeff")
		end := ""
		switch {
		case bytes.HasPrefix(body, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(body, []byte("<!--")):
			end = "-->"
		default:
			return body
		}
		i := bytes.Index(body, []byte(end))
		if i < 0 {
			return nil
		}
		body = body[i+len(end):]
	}
}

// opens reports whether text begins with a mark, which is in lower case,
// whatever the case of text.
func opens(text []byte, mark string) bool {
	return len(text) >= len(mark) && bytes.EqualFold(text[:len(mark)], []byte(mark))
}

// isPage reports whether a body is a page for people, whatever its header says.
func isPage(body []byte) bool {
	start := opening(body)
	return opens(start, "<!doctype html") || opens(start, "<html") || opens(start, "<head") || opens(start, "<body")
}

// sniff says which type of listing a body can be read as, whatever its header
// says; empty for none.
func sniff(contentType string, body []byte) DiscoveryType {
	if isPage(body) {
		return DiscoverHTML
	}
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		return DiscoverSitemap // the only listing that is packed by itself
	}
	if text, err := utf8XML(contentType, bytes.TrimSpace(body)); err == nil {
		body = text
	}
	start := bytes.ToLower(opening(body))
	if bytes.HasPrefix(start, []byte("<urlset")) || bytes.HasPrefix(start, []byte("<sitemapindex")) {
		return DiscoverSitemap
	}
	switch gofeed.DetectFeedType(bytes.NewReader(body)) {
	case gofeed.FeedTypeRSS:
		return DiscoverRSS
	case gofeed.FeedTypeAtom:
		return DiscoverAtom
	case gofeed.FeedTypeJSON:
		if gjson.GetBytes(body, "version").Exists() && gjson.GetBytes(body, "items").IsArray() {
			return DiscoverJSONFeed
		}
	}
	switch {
	case gjson.ValidBytes(body) && bytes.ContainsAny(start[:min(1, len(start))], "{["):
		return DiscoverJSON
	case bytes.Contains(start, []byte("<div")) || bytes.Contains(start, []byte("<a ")):
		return DiscoverHTML
	}
	return ""
}

// walls are titles of pages that services put before a site to keep robots
// out, in lower case.
var walls = []string{
	"just a moment", "attention required! | cloudflare", "access denied", "pardon our interruption", "are you a robot?",
	"security check", "verify you are human", "request rejected", "ddos-guard", "403 forbidden", "访问验证", "安全验证", "人机验证",
}

// challenge returns the title of a page that only keeps robots out, or
// nothing. The whole title has to be that of a wall: "Security check" is one,
// a headline that begins with these words is none.
func challenge(body []byte) string {
	if text := pageTitle(body); slices.Contains(walls, text) {
		return text
	}
	return ""
}

// softMissing returns the title of a page that says under 200 that there is no
// such page, or nothing. It has to be said alone, or beside the site's name:
// "Page not found | Authority".
func softMissing(body []byte) string {
	title := pageTitle(body)
	if slices.Contains(missings, title) {
		return title
	}
	parts := strings.FieldsFunc(strings.NewReplacer(" - ", "|", " – ", "|", " — ", "|", " · ", "|", "_", "|", ": ", "|").Replace(title), func(r rune) bool { return r == '|' || r == '»' })
	if len(parts) < 2 {
		return ""
	}
	for _, part := range []string{parts[0], parts[len(parts)-1]} {
		if slices.Contains(missings, strings.Trim(part, " .!")) {
			return title
		}
	}
	return ""
}

// missings are the titles of such pages as servers and the usual systems
// behind web sites write them, in lower case.
var missings = []string{
	"404", "404 error", "error 404", "404 not found", "404 page not found", "not found", "page not found", "file not found", "page missing",
	"page cannot be found", "the page cannot be found", "this page could not be found", "404: this page could not be found", "sorry, page not found", "http 404",
	"404错误", "404页面", "页面不存在", "页面未找到", "找不到页面", "您访问的页面不存在", "您访问的页面不存在或已删除", "页面没有找到", "頁面不存在", "找不到網頁", "找不到頁面", "找不到此頁",
	"seite nicht gefunden", "page introuvable", "page non trouvée", "página no encontrada", "página não encontrada", "pagina non trovata",
	"ページが見つかりません", "お探しのページは見つかりませんでした", "페이지를 찾을 수 없습니다",
}

// pageTitle returns the title of a page in lower case, nothing when it is
// longer than those that say nothing else are.
func pageTitle(body []byte) string {
	const (
		within  = 16 << 10 // where a title stands
		longest = 120
	)
	if !isPage(body) {
		return ""
	}
	rest := titleOf(body[:min(len(body), within)])
	title, _, ok := bytes.Cut(rest, []byte("<"))
	if !ok || len(title) > longest {
		return ""
	}
	return strings.TrimRight(strings.ToLower(plain(string(title))), ".…")
}

// titleOf returns what follows the opening tag of the first title in head.
func titleOf(head []byte) []byte {
	for {
		i := bytes.IndexByte(head, '<')
		if i < 0 {
			return nil
		}
		head = head[i:]
		if opens(head, "<title") {
			_, rest, _ := bytes.Cut(head, []byte(">"))
			return rest
		}
		head = head[1:]
	}
}
