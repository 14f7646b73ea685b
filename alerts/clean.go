package alerts

import (
	"net/url"
	"strings"
	"unicode"
)

// clean makes text from the web fit for one line of a mail: valid UTF-8,
// without control characters, line breaks, or the invisible characters that
// turn the reading direction, and with single spaces.
func clean(s string) string {
	return strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(s, "\uFFFD"))), " ")
}

// printable drops what shows nothing and can only mislead: format characters
// (among them the direction overrides of "Trojan Source", CVE-2021-42574),
// private use and unassigned code points. Control characters and separators
// become spaces.
func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r), unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
		return ' '
	case r == '\uFFFD' || unicode.IsGraphic(r):
		return r
	default:
		return -1
	}
}

// cleanHeader is clean for a header: what looks like an encoded word (RFC
// 2047) is broken up, since a mail reader would decode it into text that was
// never looked at.
func cleanHeader(s string) string {
	return strings.ReplaceAll(clean(s), "=?", "= ?")
}

// shorten cuts s to at most n characters, at a space when one is near.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	cut := n - 1
	for i := cut; i > cut-20 && i > 0; i-- {
		if r[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(r[:cut]), " ,;:-") + "…"
}

// safeURL returns address when it is an absolute http or https URL without
// credentials, normalised, else "".
func safeURL(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// host returns what a reader should know of where a link leads.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return clean(u.Hostname())
}
