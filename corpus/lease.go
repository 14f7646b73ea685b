package corpus

import (
	"strings"
	"time"
)

// LeaseName says what a lease is for: a kind, a slash, and what of that kind.
type LeaseName string

// The kinds of leases.
const (
	LeaseSource   = "source"   // the visits of a source, and its part of the frontier
	LeaseSite     = "site"     // asking the hosts of a registrable domain
	LeaseBackfill = "backfill" // reading the archive of a source
)

// NameLease returns the name of a lease.
func NameLease(kind, of string) LeaseName { return LeaseName(kind + "/" + of) }

// Split returns the parts of a name.
func (n LeaseName) Split() (kind, of string) {
	kind, of, _ = strings.Cut(string(n), "/")
	return kind, of
}

// Lease is the right of one process to do something while others may not. It
// ends by itself, so that nothing stays undone when its holder dies.
type Lease struct {
	Name    LeaseName `json:"name"`
	Holder  string    `json:"holder"` // a process; empty when it was given back
	TakenAt time.Time `json:"taken_at,omitzero"`
	// Until is when it ends unless it is renewed before.
	Until time.Time `json:"until,omitzero"`
	// NotBefore is when what it stands for may be used again: what a site
	// asked for (Retry-After). It outlives the holder.
	NotBefore time.Time `json:"not_before,omitzero"`
	// WantedAt is when another process first asked for it in vain; zero when
	// none has since it was taken.
	WantedAt time.Time `json:"wanted_at,omitzero"`
	// Note is what the holder says of its work, in JSON; empty for nothing.
	Note string `json:"note,omitempty"`
}
