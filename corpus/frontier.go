package corpus

import "time"

// SourceState is what the crawler remembers of a source between visits. There
// is one for each source that has been visited.
type SourceState struct {
	Source SourceID `json:"source"`
	// VisitedAt is when the last visit began, NextAt when the schedule wants
	// the next one (for people to read; the schedule itself decides).
	VisitedAt time.Time `json:"visited_at,omitzero"`
	NextAt    time.Time `json:"next_at,omitzero"`
	// NotBefore is what the server asked for (Retry-After), or what repeated
	// failure earned. No visit begins before it.
	NotBefore time.Time `json:"not_before,omitzero"`
	// SucceededAt is when a visit last read the listing, or learnt that it
	// has not changed.
	SucceededAt time.Time `json:"succeeded_at,omitzero"`
	// NewestItemAt is the latest publication time a listing has claimed: its
	// age is how fresh the source is, whatever its status codes say.
	NewestItemAt time.Time `json:"newest_item_at,omitzero"`
	Failures     int       `json:"failures"`             // visits failed in a row, 0 after a good one
	Reason       string    `json:"reason,omitempty"`     // of the last failure, see crawler.Reason; empty after a good visit
	LastError    string    `json:"last_error,omitempty"` // the same in words

	// ETag and LastModified are the listing's validators, Digest stands for
	// its body and the settings it was read with. They are saved only once
	// every item of that listing is in the frontier, so that an unchanged
	// listing means that nothing is missing.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Digest       string `json:"digest,omitempty"`

	// Rules is how the source's own selectors do, one entry for each that has
	// been tried. Whoever parses writes it; saving a state leaves it alone.
	Rules []RuleState `json:"rules,omitempty"`
}

// FrontierState says where a page stands in the crawler's frontier.
type FrontierState string

// The states of a frontier entry.
const (
	FrontierPending FrontierState = "pending" // to be fetched: never captured, changed, or failed and waiting
	FrontierDone    FrontierState = "done"    // captured; read again when NextAt comes
	FrontierParked  FrontierState = "parked"  // given up after repeated failure; visible, never dropped
	FrontierGone    FrontierState = "gone"    // answered 404 or 410
)

// FrontierEntry is a page the crawler knows of. Source and URL are its key.
type FrontierEntry struct {
	Source SourceID
	URL    string // canonical
	Item   Item   // what the newest listing says; Content only while pending
	Origin Origin // of the capture to come
	State  FrontierState

	// ETag and LastModified are the page's validators, Digest the hex SHA-256
	// of the body (or feed content) last captured; empty before the first.
	ETag         string
	LastModified string
	Digest       string

	FirstSeenAt time.Time // when a listing first named it
	FetchedAt   time.Time // when it last answered; zero before the first answer
	// NextAt is when it is due to be fetched; zero when nothing is planned.
	NextAt   time.Time
	Attempts int    // failed in a row, 0 after an answer
	Reason   string // of the last failure, see crawler.Reason; empty after an answer
}

// BackfillPages follows the name of a source in the name under which the
// frontier holds the pages that its archive named.
const BackfillPages SourceID = "~pages"

// FrontierCount says how many pages of one source and host stand alike.
type FrontierCount struct {
	Source   SourceID      `json:"source"`
	Host     string        `json:"host"` // of the URL; at most 255 bytes of it
	State    FrontierState `json:"state"`
	Reason   string        `json:"reason,omitempty"` // of the last failure
	Entries  int           `json:"entries"`
	Due      int           `json:"due"`                // of them, those whose time has come
	NextAt   time.Time     `json:"next_at,omitzero"`   // the first of their times
	Attempts int           `json:"attempts,omitempty"` // the most failures in a row of any
}

// FailureQuery selects pages that failed: all that match every condition.
type FailureQuery struct {
	Sources []SourceID // of any of them, their backfills included; empty: of all
	Reason  string     // empty: any
	URL     string     // empty: any
	Parked  bool       // only those given up, not those that wait to be tried again
	Limit   int        // 0 means DefaultLimit
}
