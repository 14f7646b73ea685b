package crawler

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/tidwall/gjson"
)

// prologue is what may stand before the first element of a document.
var prologue = regexp.MustCompile(`(?s)\A(?:\x{feff}|\s+|<\?.*?\?>|<!--.*?-->)+`)

// opening returns the beginning of a document without what may precede its
// first element, in lower case.
func opening(body []byte) []byte {
	body = body[:min(len(body), 8<<10)]
	return bytes.ToLower(body[len(prologue.Find(body)):])
}

// isPage reports whether a body is a page for people, whatever its header says.
func isPage(body []byte) bool {
	start := opening(body)
	for _, mark := range []string{"<!doctype html", "<html", "<head", "<body"} {
		if bytes.HasPrefix(start, []byte(mark)) {
			return true
		}
	}
	return false
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
	start := opening(body)
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
	const (
		within  = 16 << 10 // where a title stands
		longest = 60
	)
	if !isPage(body) {
		return ""
	}
	head := bytes.ToLower(body[:min(len(body), within)])
	_, rest, ok := bytes.Cut(head, []byte("<title"))
	if _, rest, ok = bytes.Cut(rest, []byte(">")); !ok {
		return ""
	}
	title, _, ok := bytes.Cut(rest, []byte("<"))
	if !ok || len(title) > longest {
		return ""
	}
	text := strings.TrimRight(plain(string(title)), ".…")
	if slices.Contains(walls, text) {
		return text
	}
	return ""
}
