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
	const (
		within  = 16 << 10 // where a title stands
		longest = 60
	)
	if !isPage(body) {
		return ""
	}
	rest := titleOf(body[:min(len(body), within)])
	title, _, ok := bytes.Cut(rest, []byte("<"))
	if !ok || len(title) > longest {
		return ""
	}
	text := strings.TrimRight(strings.ToLower(plain(string(title))), ".…")
	if slices.Contains(walls, text) {
		return text
	}
	return ""
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
