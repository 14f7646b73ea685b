package parse

import "github.com/regwire/regwire/corpus"

// Origin says where on a page a value was read.
type Origin string

// The origins.
const (
	OriginRule    Origin = "rule"    // a selector of the source
	OriginLinked  Origin = "json-ld" // JSON-LD
	OriginMeta    Origin = "meta"    // a meta element: OpenGraph, Dublin Core, the site's own
	OriginVisible Origin = "visible" // what readers see by the headline: heading, byline, time element, dateline
	OriginText    Origin = "text"    // the text itself: its dateline, the name under it
	OriginWindow  Origin = "window"  // the title element
	OriginAddress Origin = "address" // the page's address
	OriginListing Origin = "listing" // the feed or list that led to the page
)

// Claim says where a value of the main article was read, and how often values
// that were read there are right.
type Claim struct {
	Origin     Origin  `json:"origin"`
	Confirmed  bool    `json:"confirmed"`  // a second place on the page says the same
	Confidence float64 `json:"confidence"` // [0, 1]
}

// The values that have a [Claim].
const (
	FieldTitle     = "title"
	FieldAuthors   = "authors"
	FieldPublished = "published_at"
)

// shares are how many of the values of each origin were right on 337 labelled
// pages of news sites, blogs, shops and public bodies, rounded to a twentieth:
// first of those with no second witness on the page, then of those with one.
// A value where the page was labelled as having none counts as wrong. Origins
// with fewer than ten pages (text and window; titles by JSON-LD and meta;
// addresses) are guesses near what was counted. docs/parsing.md says how to
// count again.
var shares = map[string]map[Origin][2]float64{
	FieldTitle:     {OriginVisible: {0.95, 0.95}, OriginLinked: {0.8, 0.9}, OriginMeta: {0.6, 0.7}, OriginWindow: {0.65, 0.65}},
	FieldAuthors:   {OriginVisible: {0.85, 0.9}, OriginLinked: {0.7, 0.9}, OriginMeta: {0.5, 0.9}, OriginText: {0.8, 0.8}},
	FieldPublished: {OriginVisible: {0.95, 0.95}, OriginLinked: {0.6, 0.9}, OriginMeta: {0.6, 0.95}, OriginText: {0.9, 0.9}, OriginAddress: {0.8, 0.8}, OriginWindow: {0.9, 0.9}},
}

// claim notes where a value was read.
func (in *input) claim(field string, from Origin, confirmed bool) {
	if in.claims == nil {
		in.claims = map[string]Claim{}
	}
	c := Claim{Origin: from, Confirmed: confirmed, Confidence: 0.9} // of rules and listings: reviewed by hand, or the source's own data
	if s, ok := shares[field][from]; ok {
		c.Confidence = s[0]
		if confirmed {
			c.Confidence = s[1]
		}
	}
	in.claims[field] = c
}

// settle forgets the claims of values that the main article has not.
func (in *input) settle(drafts []corpus.Draft) {
	if len(drafts) == 0 {
		in.claims = nil
		return
	}
	d := drafts[0]
	for field, missing := range map[string]bool{FieldTitle: d.Title == "", FieldAuthors: len(d.Authors) == 0, FieldPublished: d.PublishedAt.IsZero()} {
		if missing {
			delete(in.claims, field)
		}
	}
}
