package corpus

import (
	"strconv"
	"time"
)

// StoryID identifies a story. It is derived from its first article.
type StoryID string

// Story is a set of articles that report the same thing: near-duplicates of
// one another, and follow-ups.
type Story struct {
	ID             StoryID   `json:"id"`
	Title          string    `json:"title"`          // of the representative
	Representative ArticleID `json:"representative"` // primary source first, then the earliest
	Articles       []Member  `json:"articles"`       // in order of arrival
	FirstSeenAt    time.Time `json:"first_seen_at"`
	LastSeenAt     time.Time `json:"last_seen_at"`
}

// Member is an article's place in a story.
type Member struct {
	Article     ArticleID `json:"article"`
	Source      SourceID  `json:"source"`
	URL         string    `json:"url"`
	Title       string    `json:"title"`
	Similarity  float64   `json:"similarity"` // [0, 1] to the nearest earlier member; 1 for the first
	PublishedAt time.Time `json:"published_at,omitzero"`
	FirstSeenAt time.Time `json:"first_seen_at"`
}

// PlacementID identifies a placement; it is assigned by the store.
type PlacementID int64

// String returns the form used in [Change.Ref].
func (id PlacementID) String() string { return strconv.FormatInt(int64(id), 10) }

// Placement records where one analysis of an article took its place among all
// that was known: its story, its novelty, the events it told of. It is what
// signals are computed from.
type Placement struct {
	ID       PlacementID
	Analysis AnalysisID
	Article  ArticleID
	Story    StoryID
	// Similarity to the nearest earlier article of the story, [0, 1]; 1 for the first.
	Similarity float64
	Novelty    Novelty
	Events     []EventID // parallel to Analysis.Events; "" where a reading makes no event
	At         time.Time // when it became known, set by the store
	Origin     Origin
}

// Novelty says how new the happening is that an article tells, in the manner
// of RavenPack's event similarity key and event similarity days.
type Novelty struct {
	Key    string  `json:"key"`    // the same for the same happening
	Days   float64 `json:"days"`   // since the last similar one; -1 when there is none
	Weight float64 `json:"weight"` // (0, 1], 1 for the first report
}
