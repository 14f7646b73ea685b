package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"

	"github.com/regwire/regwire/corpus"
)

// clockSkew is how far ahead of our clock a source may date its items. What is
// later is no date but a mistake or an announcement (feeds have carried items
// of 2035), and is taken as unknown.
const clockSkew = 24 * time.Hour

// listing is what one page of a listing says.
type listing struct {
	items []corpus.Item // addresses as written, not yet resolved
	// more leads to further pages: the next page of a list, or the sitemaps of
	// an index, newest first.
	more []string
	// parts are all sitemaps of an index, with the time of their last change.
	parts []corpus.Item
	// cursor is what an API's last item has at the archive's cursor.
	cursor string
	// base is what relative addresses are resolved against when the page
	// names it itself; empty otherwise.
	base string
}

// readListing reads the body of a listing. contentType is the header as
// received. Its error is a *failure with ReasonMalformed, ReasonDecoy,
// ReasonTooLarge or ReasonEncoding; items read before an error are lost, and
// found again when the listing is whole.
func readListing(src *source, contentType string, body []byte) (listing, error) {
	var (
		l   listing
		err error
	)
	if src.Discovery.Type != DiscoverHTML && isPage(body) {
		return listing{}, fail(ReasonDecoy, "%s: a page of HTML in its place", src.Discovery.Type)
	}
	switch src.Discovery.Type {
	case DiscoverRSS, DiscoverAtom, DiscoverJSONFeed:
		l, err = readFeed(src, contentType, body)
	case DiscoverSitemap:
		l, err = readSitemap(src, contentType, body)
	case DiscoverHTML:
		l, err = readHTML(src, contentType, body)
	case DiscoverJSON:
		l, err = readJSON(src, body)
	}
	if err != nil {
		var f *failure
		if errors.As(err, &f) {
			return listing{}, err
		}
		return listing{}, fail(ReasonMalformed, "%s: %w", src.Discovery.Type, err)
	}
	return l, nil
}

// accept turns the items of a listing that came from address into items with
// canonical addresses, plain text and believable dates, once each, in the
// listing's order; those that the source does not want are left out. It also
// returns how many were dropped for an address that cannot be fetched.
func (src *source) accept(l listing, address string, now time.Time) (items []corpus.Item, dropped int) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, len(l.items)
	}
	if b, err := base.Parse(l.base); err == nil && l.base != "" {
		base = b
	}
	seen := make(map[string]bool)
	if self, err := Canonical(address, nil); err == nil && src.Discovery.Content != ContentFeed {
		seen[self] = true // "#top" and the like lead to the listing itself
	}
	for _, it := range l.items {
		raw := strings.TrimSpace(it.URL)
		if it.URL, err = Canonical(raw, base); err != nil || raw == "" { // nothing would be the listing itself
			dropped++
			continue
		}
		it.ID, it.Title, it.Summary, it.Author = plain(it.ID), plain(it.Title), plain(it.Summary), plain(it.Author)
		for i := range it.Tags {
			it.Tags[i] = plain(it.Tags[i])
		}
		it.PublishedAt, it.UpdatedAt = believable(it.PublishedAt, now), believable(it.UpdatedAt, now)
		if src.Discovery.Content != ContentFeed {
			it.Content = ""
		} else if strings.TrimSpace(it.Content) == "" {
			dropped++
			continue
		}
		if seen[it.URL] || !src.wants(it) {
			continue
		}
		seen[it.URL] = true
		items = append(items, it)
		if len(items) == src.Discovery.MaxItems {
			break
		}
	}
	return items, dropped
}

// wants applies the source's include and exclude expressions.
func (src *source) wants(it corpus.Item) bool {
	matches := func(list []*regexp.Regexp) bool {
		for _, re := range list {
			if re.MatchString(it.URL) || re.MatchString(it.Title) {
				return true
			}
		}
		return false
	}
	return (len(src.include) == 0 || matches(src.include)) && !matches(src.exclude)
}

// believable returns t in UTC with the precision of the corpus, or zero when
// no publisher can have meant it.
func believable(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now.Add(clockSkew)) || t.Year() < 1970 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// plain returns markup as text on one line, valid UTF-8 without control
// characters and without those that turn the direction of writing, by which a
// title could be made to look like another.
func plain(s string) string {
	if strings.ContainsAny(s, "<&") {
		// The policy escapes what it lets through, which unescaping undoes.
		s = html.UnescapeString(bluemonday.StripTagsPolicy().Sanitize(s))
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return ' '
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// declaredEncoding finds the encoding in an XML declaration.
var declaredEncoding = regexp.MustCompile(`^(\s*<\?xml[^>]*?\sencoding\s*=\s*)["']([A-Za-z0-9._:-]+)["']`)

// utf8XML returns an XML document in UTF-8 without byte order mark, and with a
// declaration that says so. The order of belief is that of RFC 7303, section
// 3: byte order mark, charset of the header, declaration, UTF-8.
func utf8XML(contentType string, body []byte) ([]byte, error) {
	if bytes.HasPrefix(body, []byte("\xfe\xff")) || bytes.HasPrefix(body, []byte("\xff\xfe")) {
		out, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(body)
		if err != nil {
			return nil, err
		}
		return redeclare(out), nil
	}
	if rest, ok := bytes.CutPrefix(body, []byte("\xef\xbb\xbf")); ok {
		return redeclare(rest), nil
	}
	_, label := mediaType(contentType)
	if m := declaredEncoding.FindSubmatch(body); m != nil && label == "" {
		label = string(m[2])
	}
	enc, name := charset.Lookup(label)
	if enc == nil || name == "utf-8" {
		return redeclare(body), nil
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return nil, err
	}
	return redeclare(out), nil
}

func redeclare(body []byte) []byte {
	return declaredEncoding.ReplaceAll(body, []byte(`${1}"UTF-8"`))
}

// utf8HTML returns a page in UTF-8, read as browsers do: byte order mark,
// header, meta element, guess.
func utf8HTML(contentType string, body []byte) ([]byte, error) {
	r, err := charset.NewReader(bytes.NewReader(body), contentType)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("charset: %w", err)
	}
	return io.ReadAll(r)
}
