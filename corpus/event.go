package corpus

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// EventType says what happened; design of the types: docs/events.md.
type EventType string

// The types of event, regulatory ones first.
const (
	Enforcement  EventType = "enforcement"
	CourtRuling  EventType = "court-ruling"
	RuleProposal EventType = "rule-proposal"
	RuleFinal    EventType = "rule-final"
	Legislation  EventType = "legislation"
	Guidance     EventType = "guidance"
	Repeal       EventType = "repeal"
	Licensing    EventType = "licensing"
	Prohibition  EventType = "prohibition"
	Warning      EventType = "warning"
	Policy       EventType = "policy"
	Appointment  EventType = "appointment"

	Listing     EventType = "listing"
	Delisting   EventType = "delisting"
	Halt        EventType = "halt" // withdrawals, deposits or trading suspended
	Hack        EventType = "hack"
	Insolvency  EventType = "insolvency"
	Outage      EventType = "outage"
	Launch      EventType = "launch"
	Partnership EventType = "partnership"
	Funding     EventType = "funding"
	Flows       EventType = "flows"
	PriceMove   EventType = "price-move"

	Other EventType = "other"
)

// EventTypes lists all types, regulatory ones first, [Other] last.
func EventTypes() []EventType {
	return []EventType{
		Enforcement, CourtRuling, RuleProposal, RuleFinal, Legislation, Guidance,
		Repeal, Licensing, Prohibition, Warning, Policy, Appointment,
		Listing, Delisting, Halt, Hack, Insolvency, Outage, Launch, Partnership,
		Funding, Flows, PriceMove, Other,
	}
}

// Regulatory reports whether t is one of the regulatory types.
func (t EventType) Regulatory() bool {
	return slices.Index(EventTypes(), t) >= 0 && slices.Index(EventTypes(), t) <= slices.Index(EventTypes(), Appointment)
}

// Severity grades an event for alerting.
type Severity string

// Severities, least first.
const (
	SeverityLow      Severity = "low"
	SeverityMedium   Severity = "medium"
	SeverityHigh     Severity = "high"
	SeverityCritical Severity = "critical"
)

// Rank orders severities from 0 (low) to 3 (critical); -1 for anything else.
func (s Severity) Rank() int {
	return slices.Index([]Severity{SeverityLow, SeverityMedium, SeverityHigh, SeverityCritical}, s)
}

// EventStatus says how certain the happening is.
type EventStatus string

// The states of an event.
const (
	EventRumour    EventStatus = "rumour"
	EventPlanned   EventStatus = "planned"
	EventDone      EventStatus = "done"
	EventDenied    EventStatus = "denied"
	EventRetracted EventStatus = "retracted" // every article that reported it was withdrawn
)

// EventReading is an event as one text tells it.
type EventReading struct {
	Type     EventType   `json:"type"`
	Stance   float64     `json:"stance"` // [-1, 1]: -1 restrictive for crypto, +1 permissive
	Severity Severity    `json:"severity"`
	Status   EventStatus `json:"status"`
	// Confidence in type and stance, [0, 1].
	Confidence    float64        `json:"confidence"`
	Actors        []string       `json:"actors,omitempty"`  // names of who acts
	Targets       []string       `json:"targets,omitempty"` // names of who or what it is done to
	Jurisdictions []Jurisdiction `json:"jurisdictions"`     // of the authority that acts; empty for market events
	Regulators    []string       `json:"regulators"`        // usual short names
	Instruments   []InstrumentID `json:"instruments"`
	Assets        []string       `json:"assets"` // tickers
	Exchanges     []string       `json:"exchanges"`
	EffectiveAt   time.Time      `json:"effective_at,omitzero"`
	// AppliesAt is the day from which a rule applies, where the text tells it
	// apart from its entry into force, EffectiveAt.
	AppliesAt       time.Time `json:"applies_at,omitzero"`
	CommentsCloseAt time.Time `json:"comments_close_at,omitzero"`
	Amounts         []Amount  `json:"amounts,omitempty"` // sums the evidence names, in the order in which they stand
	Evidence        []string  `json:"evidence"`          // sentences of the text, verbatim, the main one first
}

// Amount is a sum of money or of coins.
type Amount struct {
	Value float64 `json:"value"` // above 0
	Unit  string  `json:"unit"`  // ISO 4217 code, or ticker
}

// String writes it for people: "USD 4.3bn", "BTC 1,308".
func (a Amount) String() string {
	for _, m := range []struct {
		size float64
		name string
	}{{1e12, "tn"}, {1e9, "bn"}, {1e6, "m"}} {
		if a.Value >= m.size {
			return a.Unit + " " + strconv.FormatFloat(math.Round(100*a.Value/m.size)/100, 'f', -1, 64) + m.name
		}
	}
	whole, part, _ := strings.Cut(strconv.FormatFloat(a.Value, 'f', -1, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	return a.Unit + " " + whole
}

// ChangeReason says what a version of an event adds to the one before it.
type ChangeReason string

// The reasons for a new version. All but [ChangeReport] are material.
const (
	ChangeCreated   ChangeReason = "created"
	ChangeReport    ChangeReason = "report"    // one more article tells it, or tells it otherwise; the facts stand
	ChangeFacts     ChangeReason = "facts"     // type, stance, severity, status, parties, instruments or dates
	ChangeRetracted ChangeReason = "retracted" // the last report standing was withdrawn
	ChangeRestored  ChangeReason = "restored"  // a retracted event is told again
)

// Material reports whether a reader of the version before has to know.
func (r ChangeReason) Material() bool { return r != ChangeReport }

// EventChange is what made a version of an event.
type EventChange struct {
	Reason  ChangeReason `json:"reason"`
	Article ArticleID    `json:"article"` // whose reading it was
	// Origin of that reading. Only a live one is news, whatever the event's
	// own origin: an archive or a re-reading must not alert.
	Origin Origin `json:"origin"`
}

// EventID identifies a happening. It is derived from the first article that
// reported it, so that replaying the log gives the same identifiers.
type EventID string

// Event is one happening, however many articles report it. New facts make a
// new version; versions are inserted, never updated.
type Event struct {
	ID      EventID     `json:"id"`
	Version int         `json:"version"` // from 1
	Change  EventChange `json:"change"`  // why this version exists
	Story   StoryID     `json:"story"`
	Title   string      `json:"title"` // the headline of its best source
	EventReading
	// Reports are the articles that tell it, the best source first: the
	// acting authority's own, then by first_seen_at.
	Reports []Report `json:"reports"`
	// PublishedAt is the earliest claim of its reports.
	PublishedAt time.Time `json:"published_at,omitzero"`
	FirstSeenAt time.Time `json:"first_seen_at"` // of its first report
	KnownAt     time.Time `json:"known_at"`      // when this version was committed
	Origin      Origin    `json:"origin"`        // live when any report was live at its making
}

// Report is one article's telling of an event.
type Report struct {
	Article  ArticleID  `json:"article"`
	Revision RevisionID `json:"revision"`
	Analysis AnalysisID `json:"analysis"`
	Source   SourceID   `json:"source"`
	Kind     SourceKind `json:"kind"`
	URL      string     `json:"url"`
	Title    string     `json:"title"`
	Primary  bool       `json:"primary"`        // the acting authority's own publication
	Main     bool       `json:"main,omitempty"` // the article tells this first
	Evidence []string   `json:"evidence"`
	// Pages are those of a PDF on which the sentences of Evidence stand, one
	// for each, 0 where it is not known; empty for what is no PDF. A browser
	// opens URL#page=n there.
	Pages []int `json:"pages,omitempty"`
	// Told is what this article alone says of the event, without evidence; the
	// facts of the event are made of what its reports tell.
	Told        EventReading `json:"told"`
	Withdrawn   bool         `json:"withdrawn,omitempty"`
	PublishedAt time.Time    `json:"published_at,omitzero"`
	FirstSeenAt time.Time    `json:"first_seen_at"`
}
