package llm

import (
	"errors"
	"fmt"
)

// Reason is why a text was or was not read: a closed set, used in the
// metrics, the log and the parked row alike.
type Reason string

// The reasons.
const (
	ReasonJudged    Reason = "judged"
	ReasonBudget    Reason = "budget"       // the day has used what it may
	ReasonTimeout   Reason = "timeout"      // no answer in time
	ReasonNetwork   Reason = "network"      // no connection, or it broke
	ReasonLimited   Reason = "rate-limited" // 429
	ReasonServer    Reason = "server-error" // 5xx
	ReasonDenied    Reason = "denied"       // 401, 403: the key
	ReasonRequest   Reason = "bad-request"  // other 4xx: the model's name, the size
	ReasonProtocol  Reason = "protocol"     // what came is not a chat completion
	ReasonRefused   Reason = "refused"      // the model declined to answer
	ReasonCut       Reason = "cut-off"      // the answer did not fit into MaxOutput
	ReasonSchema    Reason = "schema"       // the answer is not what was asked for
	ReasonVoid      Reason = "void"         // no claim stood: invented quotations, or no two votes alike
	ReasonCancelled Reason = "cancelled"    // the caller gave up
)

// Reasons lists all reasons.
func Reasons() []Reason {
	return []Reason{
		ReasonJudged, ReasonBudget, ReasonTimeout, ReasonNetwork, ReasonLimited, ReasonServer, ReasonDenied,
		ReasonRequest, ReasonProtocol, ReasonRefused, ReasonCut, ReasonSchema, ReasonVoid, ReasonCancelled,
	}
}

// Temporary reports whether the same text may well be read later.
func (r Reason) Temporary() bool {
	switch r {
	case ReasonBudget, ReasonTimeout, ReasonNetwork, ReasonLimited, ReasonServer, ReasonCancelled:
		return true
	default:
		return false
	}
}

// Error says why a text was not read. It holds neither the key nor any part of
// a prompt or an answer.
type Error struct {
	Reason Reason
	Detail string
}

// Error names the reason and what is known beyond it.
func (e *Error) Error() string {
	if e.Detail == "" {
		return "llm: " + string(e.Reason)
	}
	return fmt.Sprintf("llm: %s: %s", e.Reason, e.Detail)
}

// ReasonOf returns the reason an error of this package carries,
// [ReasonJudged] for nil and "" for other errors.
func ReasonOf(err error) Reason {
	var e *Error
	switch {
	case err == nil:
		return ReasonJudged
	case errors.As(err, &e):
		return e.Reason
	default:
		return ""
	}
}
