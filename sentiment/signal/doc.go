// Package signal turns placed articles into indices that a strategy can read:
// sentiment for each asset, exchange and the market, and regulatory pressure
// for each jurisdiction.
//
// In goes one placement at a time, in the order of the log; out come rows that
// are appended and never changed. A row is a function of the row before it
// (its [corpus.SignalState]) and of the article, so an update costs the same
// however long the history is, and replaying the same placements gives the
// same rows bit for bit, on the same processor architecture (floating point
// may be fused differently on another). No wall clock is read, and no map is
// iterated.
//
// The formulas stand at [Engine.Update]; what they mean to a strategy, and how
// to test one without look-ahead, in docs/signals.md. The weighting by
// relevance and novelty follows published practice with the RavenPack fields
// (relevance squared times novelty squared there; plain products here, because
// confidence and source count as well); the decay is the usual exponential one.
package signal
