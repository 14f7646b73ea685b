package corpus

import "time"

// Seq numbers the entries of the change log: 1, 2, 3 … without gaps, in the
// order in which they became visible. Zero is before the first entry.
type Seq int64

// Kind says what a [Change] recorded.
type Kind string

// The kinds of change, in the order in which news travels.
const (
	KindCapture      Kind = "capture"      // a page was fetched
	KindRevision     Kind = "revision"     // an article has new content
	KindAnalysis     Kind = "analysis"     // a revision was read
	KindPlacement    Kind = "placement"    // an analysis took its place in a story
	KindEvent        Kind = "event"        // an event is new or has new facts
	KindInstrument   Kind = "instrument"   // an instrument is new or has new facts
	KindSignal       Kind = "signal"       // an index has a new value
	KindNotification Kind = "notification" // a mail is waiting to be delivered
)

// Change is one entry of the log: something became known at a time.
type Change struct {
	Seq Seq
	At  time.Time // strictly increasing with Seq; written by the database's clock
	Kind
	Ref string // the identifier of the row, see the ID type of each noun
}

// Origin says how we came to know something, so that nothing learnt late can
// pass for something known early, and only news makes alerts.
type Origin string

// Origins. Only live changes alert.
const (
	OriginLive          Origin = "live"          // seen when it was new
	OriginBackfill      Origin = "backfill"      // fetched or ingested later, from an archive
	OriginReconstructed Origin = "reconstructed" // read again by a later analyser
)
