package story

import "github.com/regwire/regwire/corpus"

// Memory is what a [Clusterer] knows of the past: a part of one transaction of
// the record, which sees its own writes. Reads of something that is not there
// return false (or nothing) and no error. A Memory is used by one goroutine.
//
// storytest.TestMemory holds every implementation to this contract.
type Memory interface {
	// Member returns the story an article belongs to and its place in it.
	Member(corpus.ArticleID) (corpus.StoryID, corpus.Member, bool, error)
	// PutMember adds an article to a story, or makes the story, which goes by
	// the article then, when it is the first, or replaces what is known of the article: member, bands and sketch.
	PutMember(story corpus.StoryID, m corpus.Member, bands []uint64, sketch []byte) error
	// MergeStories moves the articles of one story into another, which keeps
	// its representative, and ends the first; by is the article that showed
	// them to be one.
	MergeStories(into, from corpus.StoryID, by corpus.ArticleID) error
	// Near returns the articles that share at least one of the bands, each
	// once, in order of article; of one band only the perBand articles seen
	// first latest (by FirstSeenAt, then ID) are looked at, so that a crowded
	// band costs no more than a quiet one.
	Near(bands []uint64, perBand int) ([]corpus.Near, error)
	// SetRepresentative says which member's headline a story goes by.
	SetRepresentative(story corpus.StoryID, article corpus.ArticleID, title string) error
	// Representative returns it; "" for a story without one.
	Representative(corpus.StoryID) (corpus.ArticleID, error)

	// LastPlacement returns the placement written last of an article. Places
	// are written by the caller, after Place.
	LastPlacement(corpus.ArticleID) (corpus.Placement, bool, error)
	// Analysis returns an analysis by its identifier.
	Analysis(corpus.AnalysisID) (corpus.Analysis, bool, error)

	// EventsByKey returns the newest version of each event that has at least
	// one of the keys, each once, in order of identifier.
	EventsByKey(keys []string) ([]corpus.Event, error)
	// PutEvent stores the event as a new version, one above the last (1 for a
	// new one), sets Version and KnownAt, and returns it.
	PutEvent(corpus.Event) (corpus.Event, error)
	// PutEventKeys adds keys to an event; those it has already stay.
	PutEventKeys(corpus.EventID, []string) error

	// Instrument returns the newest version of an instrument.
	Instrument(corpus.InstrumentID) (corpus.Instrument, bool, error)
	// ResolveInstrument returns the instrument that goes by a name: its
	// identifier or one of its aliases, in any case of letters.
	ResolveInstrument(name string) (corpus.InstrumentID, bool, error)
	// PutInstrument stores the instrument as a new version with its aliases,
	// sets Version and KnownAt, and returns it.
	PutInstrument(corpus.Instrument) (corpus.Instrument, error)
}
