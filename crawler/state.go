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
	// and not after now, pending ones first, then by NextAt and URL. Parked
	// and gone entries are never due.
	DueFrontier(ctx context.Context, source corpus.SourceID, now time.Time, limit int) ([]corpus.FrontierEntry, error)
}
