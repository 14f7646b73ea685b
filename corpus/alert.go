package corpus

import (
	"strconv"
	"time"
)

// NotificationID identifies a notification; it is assigned by the store.
type NotificationID int64

// String returns the form used in [Change.Ref].
func (id NotificationID) String() string { return strconv.FormatInt(int64(id), 10) }

// Alert is a rule that matched an event: the decision, with its reason, kept
// whether or not a mail came of it. There is one for each event, rule and
// stage.
type Alert struct {
	Event   EventID   `json:"event"`
	Version int       `json:"event_version"` // of the event when it was decided
	Rule    string    `json:"rule"`
	Stage   string    `json:"stage"`   // "first", "retracted", "changed:<digest>", or the outcome when no mail came of it
	Outcome string    `json:"outcome"` // "notified", or why not: see alerts.Outcome
	At      time.Time `json:"at"`
}

// NotificationState is where a notification stands in the outbox.
type NotificationState string

// The states of a notification.
const (
	NotificationPending NotificationState = "pending"
	NotificationSent    NotificationState = "sent"
	NotificationDead    NotificationState = "dead" // given up after the last attempt; visible, never dropped
)

// Notification is a message composed and promised: it is written in the same
// transaction as the alert that causes it, and delivered at least once. Its
// MessageID never changes, so a second delivery is recognisably the same.
type Notification struct {
	ID        NotificationID
	Key       string // the promise: event, receiver and stage; unique
	MessageID string // RFC 5322, without angle brackets; derived from Key
	Thread    string // MessageID of the first mail about the event; empty in the first
	Event     EventID
	Rule      string
	Receiver  string // name of the receiver in the configuration
	To        []string
	Subject   string
	Text      string
	HTML      string
	CreatedAt time.Time

	State     NotificationState
	Attempts  int
	NextAt    time.Time // not to be tried before
	LastError string
	SentAt    time.Time
}

// Delivery is one attempt to send a notification: the audit trail.
type Delivery struct {
	Notification NotificationID `json:"notification"`
	Attempt      int            `json:"attempt"` // from 1
	At           time.Time      `json:"at"`
	Outcome      string         `json:"outcome"` // "sent", "retry", "dead"
	Reason       string         `json:"reason,omitempty"`
}

// Parked is work that could not be done: the bytes are kept, the reason is
// counted, and it is tried again when its time comes or the stage changes.
type Parked struct {
	Stage    string // the follower that parked it
	Ref      string // what it was working on
	Reason   string // from a closed set, see internal/pipeline
	Detail   string
	Attempts int
	NextAt   time.Time
	At       time.Time
}
