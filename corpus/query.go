package corpus

import (
	"errors"
	"time"
)

// ErrNotFound is returned by reads of one thing that the record does not have.
var ErrNotFound = errors.New("not in the corpus")

// DefaultLimit is how many rows a list returns when its query names no limit,
// MaxLimit the most it returns whatever the query says.
const (
	DefaultLimit = 100
	MaxLimit     = 10_000
)

// CaptureQuery selects captures, oldest first. Zero fields do not restrict.
type CaptureQuery struct {
	Source SourceID
	URL    string    // as asked for
	After  CaptureID // only later ones: the cursor
	Limit  int       // 0 means DefaultLimit
}

// EventQuery selects events, one version of each, latest [Event.Date] first.
// Zero fields do not restrict.
type EventQuery struct {
	Types        []EventType
	Severities   []Severity
	Jurisdiction Jurisdiction
	Regulator    string
	Instrument   InstrumentID
	Asset        string // ticker
	Exchange     string
	Story        StoryID
	Since        time.Time // [Event.Date] at or after
	Until        time.Time // [Event.Date] before
	AsOf         time.Time // the versions known then; zero means now
	After        EventCursor
	Limit        int // 0 means DefaultLimit
}

// EventCursor is a place in a list of events: just behind the event that has
// this date and identifier.
type EventCursor struct {
	Date time.Time
	ID   EventID
}

// Date is when the event is taken to have happened: the earliest claim of its
// reports, unless there is none or it lies ahead of when we saw it.
func (e Event) Date() time.Time {
	if e.PublishedAt.IsZero() || e.PublishedAt.After(e.FirstSeenAt) {
		return e.FirstSeenAt
	}
	return e.PublishedAt
}

// InstrumentQuery selects instruments, one version of each, by identifier.
// Zero fields do not restrict.
type InstrumentQuery struct {
	Jurisdiction Jurisdiction
	Issuer       string
	Status       InstrumentStatus
	AsOf         time.Time    // the versions known then; zero means now
	After        InstrumentID // the cursor
	Limit        int          // 0 means DefaultLimit
}

// SignalQuery selects signal rows in the order in which they became
// available. Zero fields do not restrict.
type SignalQuery struct {
	Kind    SignalKind
	Targets []string
	After   Seq       // only rows with a greater Seq: the cursor
	Since   time.Time // available at or after
	Until   time.Time // available before
	AsOf    time.Time // only rows available at that time or before
	Newest  bool      // newest first instead
	Limit   int       // 0 means DefaultLimit
}

// NotificationQuery selects notifications, newest first. Zero fields do not
// restrict.
type NotificationQuery struct {
	State  NotificationState
	Event  EventID
	Before NotificationID // only older ones: the cursor
	Limit  int            // 0 means DefaultLimit
}

// AlertQuery selects decisions, newest first. Zero fields do not restrict.
type AlertQuery struct {
	Event  EventID
	Rule   string
	Before time.Time // decided before: the cursor
	Limit  int       // 0 means DefaultLimit
}

// Near is an article that shares a band of its sketch with another: worth
// comparing.
type Near struct {
	Article     ArticleID
	Story       StoryID
	Sketch      []byte
	PublishedAt time.Time
	FirstSeenAt time.Time
}

// Counts are the totals of the record.
type Counts struct {
	Sources       int64 `json:"sources"`
	Captures      int64 `json:"captures"`
	Articles      int64 `json:"articles"`
	Revisions     int64 `json:"revisions"`
	Stories       int64 `json:"stories"`
	Events        int64 `json:"events"`
	Instruments   int64 `json:"instruments"`
	Alerts        int64 `json:"alerts"` // decisions to notify
	Notifications int64 `json:"notifications"`
	Sent          int64 `json:"sent"` // notifications delivered
	Signals       int64 `json:"signals"`
}
