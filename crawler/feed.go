package crawler

import (
	"bytes"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/regwire/regwire/corpus"
)

// readFeed reads RSS, Atom and JSON feeds, whichever of them it is: what a
// source calls its feed is only a label.
func readFeed(src *source, contentType string, body []byte) (listing, error) {
	body, err := utf8XML(contentType, bytes.TrimSpace(body))
	if err != nil {
		return listing{}, err
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return listing{}, err
	}
	l := listing{items: make([]corpus.Item, 0, len(feed.Items))}
	for _, in := range feed.Items {
		if in == nil {
			continue
		}
		it := corpus.Item{
			URL: in.Link, ID: in.GUID, Title: in.Title, Summary: in.Description, Content: in.Content, Tags: in.Categories,
			PublishedAt: feedDate(src, in.Published, in.PublishedParsed),
			UpdatedAt:   feedDate(src, in.Updated, in.UpdatedParsed),
		}
		if it.URL == "" && strings.HasPrefix(it.ID, "http") { // RSS 2.0: a guid is a permalink unless it says otherwise
			it.URL = it.ID
		}
		if it.Content == "" {
			it.Content = in.Description // the rule in RSS, where content:encoded is an extension
		}
		var authors []string
		for _, a := range in.Authors {
			if a != nil && a.Name != "" {
				authors = append(authors, a.Name)
			}
		}
		it.Author = strings.Join(authors, ", ")
		l.items = append(l.items, it)
	}
	return l, nil
}

// zoned matches the end of a date that names its zone.
var zoned = regexp.MustCompile(`(?i)([zZ]|[+-]\d{2}:?\d{2}|\b[A-Z]{2,5}(\s*\([^)]*\))?)\s*$`)

// feedDate returns the time an item claims. A date without a zone is one of
// the source's own, and one that the feed library cannot read gets a second
// chance with the source's layouts.
func feedDate(src *source, raw string, parsed *time.Time) time.Time {
	if len(src.Discovery.Dates.Layouts) > 0 || src.datePattern != nil {
		if t := src.date(raw); !t.IsZero() {
			return t
		}
	}
	if parsed == nil {
		return src.date(raw)
	}
	if zoned.MatchString(strings.TrimSpace(raw)) {
		return *parsed
	}
	t := *parsed
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), src.zone)
}
