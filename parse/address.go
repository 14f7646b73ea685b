package parse

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// pageURL returns where c came from; an empty URL when that cannot be read.
func pageURL(c corpus.Capture) *url.URL {
	for _, s := range []string{c.FinalURL, c.URL, c.Item.URL} {
		if s == "" {
			continue
		}
		if u, err := url.Parse(strings.TrimSpace(s)); err == nil {
			return u
		}
	}
	return &url.URL{}
}

// canonicalURL returns the address of the page: the one it claims, when that
// lies on the same host, else its own; without fragment and tracking
// parameters. A claim of another host is refused, because it would let one
// site overwrite another's articles; so is a claim of the bare host by a page
// below it, which is a template's mistake.
func canonicalURL(base *url.URL, claim string) string {
	u := *base
	if claim = strings.TrimSpace(claim); claim != "" {
		if c, err := base.Parse(claim); err == nil && sameHost(base, c) &&
			(c.Scheme == "http" || c.Scheme == "https") &&
			(strings.Trim(c.Path, "/") != "" || c.RawQuery != "" || strings.Trim(base.Path, "/") == "") {
			u = *c
		}
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	u.Host = strings.ToLower(u.Host)
	if u.RawQuery != "" {
		u.RawQuery = withoutTracking(u.RawQuery)
	}
	return u.String()
}

func sameHost(a, b *url.URL) bool {
	trim := func(u *url.URL) string {
		h := strings.ToLower(u.Hostname())
		for _, p := range []string{"www.", "m.", "amp.", "mobile."} {
			h = strings.TrimPrefix(h, p)
		}
		return h
	}
	return a.Hostname() != "" && trim(a) == trim(b)
}

// withoutTracking drops the parameters that say where a reader came from.
// The order of the others is kept: it can matter to a server.
func withoutTracking(query string) string {
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(part, "=")
		key = strings.ToLower(key)
		switch {
		case part == "", strings.HasPrefix(key, "utm_"), strings.HasPrefix(key, "mc_"),
			key == "fbclid", key == "gclid", key == "dclid", key == "msclkid", key == "yclid", key == "igshid",
			key == "spm", key == "cmpid", key == "ncid", key == "_ga", key == "_gl":
			continue
		}
		kept = append(kept, part)
	}
	return strings.Join(kept, "&")
}

// fragment names one of several articles on a page by its headline: readable
// where that is written in Latin letters, a digest elsewhere.
func fragment(title string) string {
	var b strings.Builder
	for w := range strings.FieldsSeq(fold(title)) {
		if !ascii(w) {
			continue
		}
		if b.Len()+len(w) > 60 {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(w)
	}
	if b.Len() >= 8 && b.Len()*2 >= runes(fold(title)) || b.Len() > 40 {
		return b.String()
	}
	return corpus.Digest("h", fold(title))[:11]
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// unusedFragment returns d's fragment, numbered when an article above it on
// the page has the same.
func unusedFragment(used map[string]bool, d corpus.Draft) string {
	f := d.Fragment
	if f == "" {
		f = fragment(d.Title)
	}
	for i, name := 2, f; ; i++ {
		if !used[name] {
			return name
		}
		name = f + "-" + strconv.Itoa(i)
	}
}
