package corpus

import "time"

// SignalKind tells the index families apart.
type SignalKind string

// The families of index.
const (
	SignalSentiment SignalKind = "sentiment" // per asset, exchange, or the market
	SignalPressure  SignalKind = "pressure"  // per jurisdiction: stance x severity
)

// Signal is the state of one index for one target at one moment. Rows are
// appended, never changed: a correction is a new row.
type Signal struct {
	// Seq is the row's number in the change log: strictly increasing.
	Seq        Seq        `json:"seq"`
	Kind       SignalKind `json:"kind"`
	Target     string     `json:"target"` // ticker, exchange id, jurisdiction code, or "market"
	TargetKind EntityKind `json:"target_kind"`

	Score      float64 `json:"score"`      // [-1, 1], decayed weighted mean, shrunk towards 0
	Confidence float64 `json:"confidence"` // [0, 1], evidence / (evidence + prior)
	Volume     float64 `json:"volume"`     // decayed sum of weights: how much is being said
	Dispersion float64 `json:"dispersion"` // weighted standard deviation of the contributions, [0, 1]
	Z          float64 `json:"z"`          // Score against the target's own trailing window, in standard deviations

	// What moved it.
	Placement PlacementID `json:"placement"`
	Article   ArticleID   `json:"article"`
	Event     EventID     `json:"event,omitempty"` // the main event of the article
	Delta     float64     `json:"delta"`           // the contribution: the article's own score for the target
	Weight    float64     `json:"weight"`          // of the contribution, [0, 1]
	Relevance float64     `json:"relevance"`       // [0, 1]
	Novelty   Novelty     `json:"novelty"`
	Source    SourceID    `json:"source"`
	URL       string      `json:"url"`

	PublishedAt time.Time `json:"published_at,omitzero"` // the source's claim
	FirstSeenAt time.Time `json:"first_seen_at"`         // ours
	// AsOf is the time the decay was computed for: that of the placement in
	// the log, so that a replay gives the same numbers.
	AsOf time.Time `json:"as_of"`
	// AvailableAt is from when a strategy could have read this row; strictly
	// increasing with Seq. Set by the store.
	AvailableAt time.Time `json:"available_at"`

	Origin  Origin `json:"origin"`
	Version string `json:"version"` // of the formula and its settings
	// State carries the running sums after this row, for the next update.
	State SignalState `json:"-"`
}

// SignalState is what has to be remembered to update an index in O(1). It is
// stored with each row, so that the last row of a target is its whole memory.
type SignalState struct {
	Num  float64 `json:"num"`  // decayed sum of weight x score
	Den  float64 `json:"den"`  // decayed sum of weights
	Sq   float64 `json:"sq"`   // decayed sum of weight x score²
	ZN   float64 `json:"zn"`   // decayed count of the trailing window
	ZSum float64 `json:"zsum"` // decayed sum of past scores
	ZSq  float64 `json:"zsq"`  // decayed sum of past scores squared
}
