package signal

import "github.com/regwire/regwire/corpus"

// Memory is what an [Engine] knows of the past: a part of one transaction of
// the record, which sees its own writes. Reads of something that is not there
// return false (or nothing) and no error.
//
// signaltest.TestMemory holds every implementation to this contract.
type Memory interface {
	// LastSignal returns the newest row of an index, with its State.
	LastSignal(kind corpus.SignalKind, target string) (corpus.Signal, bool, error)
	// Contributions returns, for each index that an article has ever moved, the
	// newest of the rows the article made for it, ordered by kind and target.
	Contributions(corpus.ArticleID) ([]corpus.Signal, error)
	// AddSignal appends a row, sets Seq and AvailableAt, and returns it.
	AddSignal(corpus.Signal) (corpus.Signal, error)
}
