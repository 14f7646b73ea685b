package crawler

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// maxSitemaps is how many sitemaps of an index are read, the newest first: an
// index of a large site reaches back for decades.
const maxSitemaps = 5

// readSitemap reads a sitemap or an index of sitemaps (sitemaps.org, 0.9), as
// it is or packed with gzip.
func readSitemap(src *source, contentType string, body []byte) (listing, error) {
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		var err error
		if body, err = gunzipped(bytes.NewReader(body), src.Politeness.MaxBody); err != nil {
			return listing{}, err
		}
	}
	body, err := utf8XML(contentType, body)
	if err != nil {
		return listing{}, err
	}
	var l listing
	var children []corpus.Item
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return listing{}, err
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "url" && start.Name.Local != "sitemap" {
			continue
		}
		var e sitemapEntry
		if err := d.DecodeElement(&e, &start); err != nil {
			return listing{}, err
		}
		it := corpus.Item{
			URL: strings.TrimSpace(e.Location), UpdatedAt: sitemapDate(src, e.LastModified),
			Title: e.News.Title, PublishedAt: sitemapDate(src, e.News.Published),
		}
		if start.Name.Local == "url" {
			l.items = append(l.items, it)
		} else {
			children = append(children, it)
		}
	}
	// The newest first, so that a bound cuts off the oldest.
	slices.SortStableFunc(l.items, func(a, b corpus.Item) int { return newest(moments(b)).Compare(newest(moments(a))) })
	slices.SortStableFunc(children, func(a, b corpus.Item) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	l.parts = children
	for _, c := range children[:min(len(children), maxSitemaps)] {
		l.more = append(l.more, c.URL)
	}
	return l, nil
}

// sitemapEntry is a page, or a sitemap in an index. News sitemaps (Google,
// read October 2026) add the headline and when it was published.
type sitemapEntry struct {
	Location     string `xml:"loc"`
	LastModified string `xml:"lastmod"`
	News         struct {
		Title     string `xml:"title"`
		Published string `xml:"publication_date"`
	} `xml:"news"`
}

func moments(it corpus.Item) []time.Time { return []time.Time{it.UpdatedAt, it.PublishedAt} }

// sitemapDate reads a date in W3C's profile of ISO 8601, which sitemaps are to
// use, or as the source writes others.
func sitemapDate(src *source, raw string) time.Time {
	raw = strings.TrimSpace(raw)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, raw); err == nil {
			return t
		}
	}
	return src.date(raw)
}
