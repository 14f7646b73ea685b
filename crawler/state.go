package crawler

import (
	"context"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Sink takes what was fetched. It reports whether anything was learnt: false
// when the newest capture of the same source and URL has the same body and
// status. When it returns without error the capture is durable.
type Sink interface {
	Capture(ctx context.Context, c corpus.Capture) (bool, error)
}

// State is the crawler's memory. Each method is one transaction: after an
// error either all of it was saved or nothing. The conformance suite is
// crawlertest.TestState. Implementations are safe for concurrent use; the
// crawler never writes the state of one source from two goroutines. Names of
// sources that hold a ~ are those of backfills (see [Crawler.Backfill]).
type State interface {
	// SourceState returns what is remembered of a source; for one never
	// visited, a zero state that carries the source's id.
	SourceState(ctx context.Context, id corpus.SourceID) (corpus.SourceState, error)
	// SaveSourceState replaces what is remembered of s.Source.
	SaveSourceState(ctx context.Context, s corpus.SourceState) error
	// Frontier returns the entries of source that have one of urls, in any
	// order; urls without an entry are absent from the answer.
	Frontier(ctx context.Context, source corpus.SourceID, urls []string) ([]corpus.FrontierEntry, error)
	// SaveFrontier inserts or replaces entries by source and URL, all or none.
	SaveFrontier(ctx context.Context, entries []corpus.FrontierEntry) error
	// DueFrontier returns at most limit entries of source whose NextAt is set
	// and not after now, pending ones first, then by NextAt. Parked and gone
	// entries are never due. It costs what it returns, however many wait.
	DueFrontier(ctx context.Context, source corpus.SourceID, now time.Time, limit int) ([]corpus.FrontierEntry, error)
	// WaitingFrontier returns how many pending entries a source has.
	WaitingFrontier(ctx context.Context, source corpus.SourceID) (int, error)
	// FrontierCounts counts, by source, host, state and reason, the entries
	// whose NextAt is set, and those that are parked; of the first also how
	// many are due now.
	FrontierCounts(ctx context.Context, now time.Time) ([]corpus.FrontierCount, error)

	// Claim takes or renews leases for holder until ttl has passed by the
	// state's clock. It takes those that nobody holds, that have ended, or
	// that holder has (TakenAt then stays); each gets the Note given, and the
	// NotBefore given where that is later than its own. It returns what all
	// of them are afterwards, by name; of those that another holds, WantedAt
	// is set.
	Claim(ctx context.Context, holder string, ttl time.Duration, leases []corpus.Lease) ([]corpus.Lease, error)
	// Release gives back those of leases that holder has. Their NotBefore
	// stays, and moves on to the one given.
	Release(ctx context.Context, holder string, leases []corpus.Lease) error
}
