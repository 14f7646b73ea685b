package corpus

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
}

// Jurisdiction is an ISO 3166-1 alpha-2 code, "EU", or "INTL" for standard
// setters. Empty means unknown.
type Jurisdiction string
