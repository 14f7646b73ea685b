package corpus

import (
	"slices"
	"strconv"
	"time"
)

// EntityKind is the class of an [Entity].
type EntityKind string

// The kinds of entity.
const (
	EntityAsset        EntityKind = "asset" // what can be traded; Symbol is its ticker
	EntityExchange     EntityKind = "exchange"
	EntityRegulator    EntityKind = "regulator"
	EntityJurisdiction EntityKind = "jurisdiction"
	EntityPerson       EntityKind = "person"
	EntityOrganisation EntityKind = "organisation"
	EntityMarket       EntityKind = "market" // the crypto market as a whole
)

// Span is a half-open byte range of [Text.Full].
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Entity is something a text is about, from the gazetteer.
type Entity struct {
	Kind EntityKind `json:"kind"`
	// ID is the gazetteer's: the ticker of an asset, "binance", "us-sec", "US".
	ID     string `json:"id"`
	Name   string `json:"name"`             // the usual name: "Bitcoin", "SEC"
	Symbol string `json:"symbol,omitempty"` // ticker, only of assets
	// Jurisdiction of a regulator or person, or the code itself.
	Jurisdiction Jurisdiction `json:"jurisdiction,omitempty"`
	Relevance    float64      `json:"relevance"` // [0, 1]: how central it is
	Mentions     []Span       `json:"mentions,omitempty"`
	// References are where the text speaks of it without its name: "the
	// exchange". They are no part of Mentions.
	References []Span `json:"references,omitempty"`
}

// Spoken returns Mentions and References in the order of the text.
func (e Entity) Spoken() []Span {
	if len(e.References) == 0 {
		return e.Mentions
	}
	all := slices.Concat(e.Mentions, e.References)
	slices.SortFunc(all, func(a, b Span) int { return a.Start - b.Start })
	return all
}

// Text is what an analyser reads: one revision with what is known about where
// it came from.
type Text struct {
	ID          string // chosen by the caller, returned with the result
	Title       string
	Body        string // one block a line
	Lang        string // "" lets the analyser decide
	Target      string // optional: the entity whose sentiment is asked for
	PublishedAt time.Time
	URL         string
	Source      Source // the zero Source when unknown
}

// Full returns title and body as one text, the title on the first line. Spans
// refer to it.
func (t Text) Full() string {
	if t.Title == "" {
		return t.Body
	}
	if t.Body == "" {
		return t.Title
	}
	return t.Title + "\n" + t.Body
}

// Sentiment is the expected effect of a text on one target's value or
// standing.
type Sentiment struct {
	Target     string     `json:"target"` // as [Entity.ID]; "market" for the market as a whole
	Kind       EntityKind `json:"kind"`
	Score      float64    `json:"score"`      // [-1, 1], higher is better for the holder
	Confidence float64    `json:"confidence"` // [0, 1]
	Relevance  float64    `json:"relevance"`  // [0, 1]
	Evidence   []string   `json:"evidence"`   // the sentences that carry it, verbatim
}

// AnalysisID identifies an analysis; it is assigned by the store.
type AnalysisID int64

// String returns the form used in [Change.Ref].
func (id AnalysisID) String() string { return strconv.FormatInt(int64(id), 10) }

// Analysis is what one version of one analyser read out of one revision. A
// later, better reading is a further analysis, never an overwrite.
type Analysis struct {
	ID       AnalysisID `json:"-"`
	Article  ArticleID  `json:"-"`
	Revision RevisionID `json:"-"`
	Analyzer string     `json:"analyzer"` // "local", or "llm:<model>"
	Version  string     `json:"version"`  // of the analyser; raised when its readings change
	At       time.Time  `json:"-"`        // when it became known, set by the store
	Origin   Origin     `json:"-"`

	Lang        string              `json:"lang"`
	Score       float64             `json:"score"`      // for Text.Target where given, else for the market the text is about
	Label       int                 `json:"label"`      // -1, 0, 1
	Confidence  float64             `json:"confidence"` // [0, 1], of the whole reading; low asks for a second one
	Regulatory  bool                `json:"regulatory"` // an authority acts, speaks or is the issue
	Entities    []Entity            `json:"entities"`
	Sentiments  []Sentiment         `json:"sentiments"`
	Events      []EventReading      `json:"events"` // the main one first
	Instruments []InstrumentReading `json:"instruments"`
}
