package alerts

import (
	"context"
	"errors"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

// Transport takes one notification to where it is read. An error it returns
// is a [*SendError] where the cause is known.
type Transport interface {
	Send(context.Context, corpus.Notification) error
}

// ErrNoTransport is returned when neither a relay nor a maildir is configured.
var ErrNoTransport = errors.New("alerts: neither smtp.address nor maildir is configured")

// NewTransport returns the transport the configuration asks for.
func NewTransport(cfg Config) (Transport, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	switch {
	case cfg.Maildir != "":
		return newMaildir(cfg)
	case cfg.SMTP.Address != "":
		return newSMTP(cfg)
	default:
		return nil, ErrNoTransport
	}
}

// Reason is why an attempt ended as it did: a closed set, used in the audit
// row, the metric and the log alike.
type Reason string

// The reasons.
const (
	ReasonSent        Reason = "sent"
	ReasonDeferred    Reason = "deferred"    // the relay said 4xx: later
	ReasonRejected    Reason = "rejected"    // the relay said 5xx: never
	ReasonMalformed   Reason = "malformed"   // it cannot be written as a mail
	ReasonUnreachable Reason = "unreachable" // no connection to the relay
	ReasonHandshake   Reason = "handshake"   // greeting, TLS or login did not succeed
	ReasonDropped     Reason = "dropped"     // the connection broke; the mail may have arrived
	ReasonTimeout     Reason = "timeout"     // no answer in time; the mail may have arrived
	ReasonInterrupted Reason = "interrupted" // this process was asked to stop; the mail may have arrived
	ReasonStorage     Reason = "storage"     // the maildir could not be written
	ReasonExhausted   Reason = "exhausted"   // given up after the last attempt
	ReasonUnknown     Reason = "unknown"
)

// Reasons lists all reasons.
func Reasons() []Reason {
	return []Reason{
		ReasonSent, ReasonDeferred, ReasonRejected, ReasonMalformed, ReasonUnreachable, ReasonHandshake,
		ReasonDropped, ReasonTimeout, ReasonInterrupted, ReasonStorage, ReasonExhausted, ReasonUnknown,
	}
}

// Permanent reports whether trying again cannot help. A failed login is not
// permanent: someone will mend the configuration, and the mail is still wanted.
func (r Reason) Permanent() bool { return r == ReasonRejected || r == ReasonMalformed }

// SendError says why a notification was not delivered.
type SendError struct {
	Reason Reason
	Err    error
}

// Error names the reason and the cause.
func (e *SendError) Error() string { return fmt.Sprintf("%s: %v", e.Reason, e.Err) }

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }

// reasonOf returns the reason an error carries.
func reasonOf(err error) Reason {
	var send *SendError
	switch {
	case err == nil:
		return ReasonSent
	case errors.As(err, &send):
		return send.Reason
	case errors.Is(err, context.DeadlineExceeded):
		return ReasonTimeout
	case errors.Is(err, context.Canceled):
		return ReasonInterrupted
	default:
		return ReasonUnknown
	}
}
