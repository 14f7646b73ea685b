package corpus

import "time"

// SourceID names a configured publisher, for example "us-sec-press".
type SourceID string

// SourceKind is the role of a publisher.
type SourceKind string

// The kinds of source. Only a regulator's word about its own acts is primary.
const (
	SourceRegulator SourceKind = "regulator"
	SourceExchange  SourceKind = "exchange"
	SourceMedia     SourceKind = "media"
)

// Source is a publisher as the rest of the house knows it. How it is crawled
// is the crawler's business (crawler.Source embeds this type).
type Source struct {
	ID           SourceID     `json:"id" yaml:"id"`
	Name         string       `json:"name" yaml:"name"`
	Kind         SourceKind   `json:"kind" yaml:"kind"`
	Jurisdiction Jurisdiction `json:"jurisdiction" yaml:"jurisdiction"`
	// Language is the language most articles are in, "en" or "zh"; empty means
	// unknown. It is a prior: each article's language is detected.
	Language string `json:"language,omitempty" yaml:"language,omitempty"`
	// Regulator is the short name of the authority that speaks through this
	// source ("SEC"), empty for exchanges and media.
	Regulator string `json:"regulator,omitempty" yaml:"regulator,omitempty"`
	// Exchange is the name of the venue that speaks through this source.
	Exchange string `json:"exchange,omitempty" yaml:"exchange,omitempty"`
	// Weight scales this source's part in signals, in (0, 1]; 0 means the
	// default of its kind (see sentiment/signal).
	Weight float64 `json:"weight,omitempty" yaml:"weight,omitempty"`
	// Rules say where on the source's pages things are; nil leaves all to the
	// parser. They are settings, and not kept in the record.
	Rules *Rules `json:"-" yaml:"rules,omitempty"`
}

// Rules are CSS selectors for the HTML pages of one source. Each beats what
// the parser would find by itself where it matches, and is reported where it
// does not; those left empty are left to the parser. A selector may end in
// @attribute ("time.posted@datetime").
type Rules struct {
	Title string `yaml:"title,omitempty"` // the headline: the first match
	Body  string `yaml:"body,omitempty"`  // all that matches, in the order of the page, and nothing else
	Date  string `yaml:"date,omitempty"`  // of publication: the first match that can be read as a date
	// Author is every match that names people or a department; many pages have
	// none, so that it counts as broken later than the others.
	Author string `yaml:"author,omitempty"`
	// Drop is taken out of the page before anything is read. That a page has
	// nothing to drop is no failure.
	Drop []string `yaml:"drop,omitempty"`
}

// RuleState is how one of the [Rules] of a source does.
type RuleState struct {
	Source    SourceID  `json:"source"`
	Rule      string    `json:"rule"`                // "title", "body", "date" or "author"
	MatchedAt time.Time `json:"matched_at,omitzero"` // when a page it last matched on was fetched; zero: never
	FailedAt  time.Time `json:"failed_at,omitzero"`  // the same of the last page it did not match on
	Failures  int       `json:"failures"`            // pages in a row, 0 after a match
	URL       string    `json:"url,omitempty"`       // of the page it last did not match on
	Capture   CaptureID `json:"capture,omitempty"`   // the newest one that was looked at
}

// Broken reports whether a rule has stopped matching: on three pages in a row
// (guessed: one odd page is no news), or at once where it never matched. Pages
// without an author are common: that rule needs ten.
func (r RuleState) Broken() bool {
	switch {
	case r.Rule == "author":
		return r.Failures >= 10
	case r.MatchedAt.IsZero():
		return r.Failures > 0
	}
	return r.Failures >= 3
}

// Jurisdiction is an ISO 3166-1 alpha-2 code, "EU", or "INTL" for standard
// setters. Empty means unknown.
type Jurisdiction string
