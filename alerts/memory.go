package alerts

import (
	"context"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Memory is what the matcher asks of the record. It is read inside the
// transaction that stores the answer, so that two events about one happening
// cannot both be first.
type Memory interface {
	// AlertsOf lists the decisions about an event so far, oldest first.
	AlertsOf(corpus.EventID) ([]corpus.Alert, error)
	// NotificationsOf lists the messages promised about an event, oldest first.
	NotificationsOf(corpus.EventID) ([]corpus.Notification, error)
	// EventVersion returns one version of an event, false when there is none.
	EventVersion(id corpus.EventID, version int) (corpus.Event, bool, error)
	// Instrument returns the newest version of an instrument.
	Instrument(corpus.InstrumentID) (corpus.Instrument, bool, error)
	// RevisionsOf lists the revisions of an article, oldest first.
	RevisionsOf(corpus.ArticleID) ([]corpus.Revision, error)
}

// Outbox is where promised notifications wait.
type Outbox interface {
	// ClaimNotifications returns up to limit pending notifications whose NextAt
	// is not after now, the longest due first, and puts off their NextAt until
	// lease has passed, so that no other deliverer gets them meanwhile.
	ClaimNotifications(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]corpus.Notification, error)
	// RecordDelivery stores the audit row of one attempt and the state the
	// notification has after it, both or neither.
	RecordDelivery(ctx context.Context, attempt corpus.Delivery, next corpus.Notification) error
}
