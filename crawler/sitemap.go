package crawler

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	sitemap "github.com/oxffaa/gopher-parse-sitemap"

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
	err = sitemap.Parse(bytes.NewReader(body), func(e sitemap.Entry) error {
		l.items = append(l.items, corpus.Item{URL: e.GetLocation(), UpdatedAt: when(e.GetLastModified())})
		return nil
	})
	if err != nil {
		return listing{}, err
	}
	// The newest pages first, so that a bound on items cuts off the oldest.
	slices.SortStableFunc(l.items, func(a, b corpus.Item) int { return b.UpdatedAt.Compare(a.UpdatedAt) })

	type child struct {
		url string
		at  time.Time
	}
	var children []child
	err = sitemap.ParseIndex(bytes.NewReader(body), func(e sitemap.IndexEntry) error {
		children = append(children, child{e.GetLocation(), when(e.GetLastModified())})
		return nil
	})
	if err != nil {
		return listing{}, err
	}
	slices.SortStableFunc(children, func(a, b child) int { return cmp.Compare(b.at.Unix(), a.at.Unix()) })
	for i, c := range children {
		l.parts = append(l.parts, corpus.Item{URL: c.url, UpdatedAt: c.at})
		if i < maxSitemaps {
			l.more = append(l.more, c.url)
		}
	}
	return l, nil
}

func when(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
