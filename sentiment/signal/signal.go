package signal

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

// ErrHalfLife is returned for a half-life that is not positive.
var ErrHalfLife = errors.New("half-life must be positive")

// Config sets the formula. Zero fields mean the defaults.
type Config struct {
	// HalfLife is the age at which a score counts half in an index. Default
	// 24 h: a strategy that acts on news acts within the day, and a day is the
	// bar most backtests run on.
	HalfLife time.Duration `json:"half_life" yaml:"half_life"`
	// PressureHalfLife is the same for regulatory pressure. Default 7 days:
	// rules move in weeks, and authorities publish a few times a week.
	PressureHalfLife time.Duration `json:"pressure_half_life" yaml:"pressure_half_life"`
	// WindowHalfLife is that of the trailing window an index is compared with
	// for its z-score. Default 30 days: long against both of the above, short
	// enough to forget last year's regime.
	WindowHalfLife time.Duration `json:"window_half_life" yaml:"window_half_life"`
	// Prior is the mass of evidence for "nothing is happening" that every
	// index starts with. Default .5: one regulator's notice, fully relevant and
	// surely read, moves an index two thirds of the way; one media report
	// (.6 x .7 x .7) about a third.
	Prior float64 `json:"prior" yaml:"prior"`
	// Weights of the kinds of source, in (0, 1]. Defaults: regulator 1 (it is
	// the fact), exchange .8 (a fact about itself, an advertisement
	// otherwise), media .6 (a report of a fact, or of a rumour). A source's
	// own Weight takes precedence.
	Weights map[corpus.SourceKind]float64 `json:"weights" yaml:"weights"`
}

// Defaults of [Config].
const (
	DefaultHalfLife         = 24 * time.Hour
	DefaultPressureHalfLife = 7 * 24 * time.Hour
	DefaultWindowHalfLife   = 30 * 24 * time.Hour
	DefaultPrior            = 0.5
)

// sourceWeight is the default of a kind; a source of no known kind weighs
// least.
func sourceWeight(k corpus.SourceKind) float64 {
	switch k {
	case corpus.SourceRegulator:
		return 1
	case corpus.SourceExchange:
		return 0.8
	case corpus.SourceMedia:
		return 0.6
	}
	return 0.5
}

// severityWeight scales stance to pressure: equal steps, critical counts full.
func severityWeight(s corpus.Severity) float64 { return float64(max(0, s.Rank())+1) / 4 }

// Engine computes signals. It holds no state but its configuration, and is
// safe for concurrent use.
type Engine struct {
	cfg     Config
	version string
}

// formula is raised whenever the same input would give other numbers.
const formula = 1

// New returns an Engine. It reports every setting that is out of range at once.
func New(cfg Config) (*Engine, error) {
	var errs []error
	for _, h := range []struct {
		name string
		d    *time.Duration
		def  time.Duration
	}{
		{"half_life", &cfg.HalfLife, DefaultHalfLife},
		{"pressure_half_life", &cfg.PressureHalfLife, DefaultPressureHalfLife},
		{"window_half_life", &cfg.WindowHalfLife, DefaultWindowHalfLife},
	} {
		if *h.d == 0 {
			*h.d = h.def
		}
		if *h.d < 0 {
			errs = append(errs, fmt.Errorf("%s %v: %w", h.name, *h.d, ErrHalfLife))
		}
	}
	if cfg.Prior == 0 {
		cfg.Prior = DefaultPrior
	}
	if !(cfg.Prior > 0) || math.IsInf(cfg.Prior, 0) {
		errs = append(errs, fmt.Errorf("prior %v: must be positive", cfg.Prior))
	}
	weights := make(map[corpus.SourceKind]float64, 3)
	for _, k := range []corpus.SourceKind{corpus.SourceRegulator, corpus.SourceExchange, corpus.SourceMedia} {
		weights[k] = sourceWeight(k)
		if w, ok := cfg.Weights[k]; ok {
			weights[k] = w
			if !(w > 0 && w <= 1) {
				errs = append(errs, fmt.Errorf("weight of %s %v: must be in (0, 1]", k, w))
			}
		}
	}
	cfg.Weights = weights
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	e := &Engine{cfg: cfg}
	e.version = fmt.Sprintf("%d-%s", formula, corpus.Digest("", fmt.Sprint(cfg.HalfLife, cfg.PressureHalfLife, cfg.WindowHalfLife, cfg.Prior,
		weights[corpus.SourceRegulator], weights[corpus.SourceExchange], weights[corpus.SourceMedia]))[:8])
	return e, nil
}

// Version names the formula and its settings; it stands in every row.
func (e *Engine) Version() string { return e.version }

// Input is one placement with what it was made from.
type Input struct {
	Placement corpus.Placement // as stored: with ID and At
	Analysis  corpus.Analysis
	Revision  corpus.Revision
	Article   corpus.Article
	Source    corpus.Source
	// Stale means that a later revision of the article was placed before this
	// reading of an older one (story.Outcome.Stale): nothing moves.
	Stale bool
}

// Update appends a row to each index that the article moves, and returns the
// rows in the order they were written: by kind, then target. With t the time
// of the placement in the log and Δ the time since the last row of the index,
//
//	d   = 2^(-Δ/H)                              decay
//	w   = relevance × confidence × novelty × source × 2^(-(t-seen)/H)
//	Num = d·Num + w·s,  Den = d·Den + w,  Sq = d·Sq + w·s²
//	Score      = Num / (Den + k)                mean, shrunk towards 0
//	Confidence = Den / (Den + k)
//	Volume     = Den
//	Dispersion = √(Sq/Den − (Num/Den)²)
//	Z          = (Score − mean) / sd            of the rows before, half-life W
//
// where s is the article's sentiment for the target, or stance × severity of
// its regulatory events for a jurisdiction; H the half-life, W that of the
// window, k the prior; and seen is when the revision was first seen: a fresh
// article counts full, a second reading of an old one no more than the first
// would by now.
//
// An article moves an index once: a later reading of it takes the place of the
// earlier one, whose contribution, decayed, is taken out first. A withdrawn
// article is taken out only. A reading that changes nothing writes nothing.
//
// Placements have to come in the order of the log. Errors are those of mem.
func (e *Engine) Update(mem Memory, in Input) ([]corpus.Signal, error) {
	if in.Stale {
		return nil, nil
	}
	earlier, err := mem.Contributions(in.Article.ID)
	if err != nil {
		return nil, fmt.Errorf("signals of %s: %w", in.Article.ID, err)
	}
	now := e.contributions(in)
	for _, old := range earlier {
		if old.Weight > 0 && !slices.ContainsFunc(now, func(c contribution) bool { return c.of(old) }) {
			now = append(now, contribution{kind: old.Kind, target: old.Target, targetKind: old.TargetKind})
		}
	}
	slices.SortFunc(now, func(a, b contribution) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.target, b.target))
	})
	var rows []corpus.Signal
	for _, c := range now {
		last, _, err := mem.LastSignal(c.kind, c.target)
		if err != nil {
			return nil, fmt.Errorf("signals of %s: %w", in.Article.ID, err)
		}
		var old corpus.Signal
		if i := slices.IndexFunc(earlier, c.of); i >= 0 {
			old = earlier[i]
		}
		row, moved := e.next(last, old, c, in)
		if !moved {
			continue
		}
		if row, err = mem.AddSignal(row); err != nil {
			return nil, fmt.Errorf("signals of %s: %w", in.Article.ID, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// next computes the row that follows last in an index when the contribution c
// takes the place of old. It reports false when that changes nothing.
func (e *Engine) next(last, old corpus.Signal, c contribution, in Input) (corpus.Signal, bool) {
	halfLife := e.cfg.HalfLife
	if c.kind == corpus.SignalPressure {
		halfLife = e.cfg.PressureHalfLife
	}
	at := in.Placement.At
	if at.Before(last.AsOf) {
		at = last.AsOf // the clock of an index never runs backwards
	}
	weight := c.weight
	if seen := in.Revision.FirstSeenAt; !seen.IsZero() {
		weight *= decay(at.Sub(seen), halfLife)
	}
	taken := old.Weight * decay(at.Sub(old.AsOf), halfLife)
	if weight == 0 && taken == 0 || math.Abs(weight-taken) < negligible && c.score == old.Delta {
		return corpus.Signal{}, false
	}

	st := last.State
	if last.Target != "" {
		d := decay(at.Sub(last.AsOf), halfLife)
		st.Num, st.Den, st.Sq = st.Num*d, st.Den*d, st.Sq*d
		dz := decay(at.Sub(last.AsOf), e.cfg.WindowHalfLife)
		st.ZN, st.ZSum, st.ZSq = st.ZN*dz, st.ZSum*dz, st.ZSq*dz
	}
	// The conversions keep the compiler from fusing multiplication and
	// addition, which would round differently.
	st.Num += float64(weight*c.score) - float64(taken*old.Delta)
	st.Den += weight - taken
	st.Sq += float64(weight*c.score*c.score) - float64(taken*old.Delta*old.Delta)
	st = guard(st)

	row := corpus.Signal{
		Kind: c.kind, Target: c.target, TargetKind: c.targetKind,
		Score:      clamp(st.Num/(st.Den+e.cfg.Prior), 1),
		Confidence: st.Den / (st.Den + e.cfg.Prior),
		Volume:     st.Den,
		Placement:  in.Placement.ID, Article: in.Article.ID,
		Delta: c.score, Weight: weight, Relevance: c.relevance, Novelty: in.Placement.Novelty,
		Source: in.Article.Source, URL: in.Article.Address(),
		PublishedAt: in.Revision.PublishedAt, FirstSeenAt: in.Revision.FirstSeenAt,
		AsOf: at, Origin: in.Placement.Origin, Version: e.version,
	}
	if i := slices.IndexFunc(in.Placement.Events, func(id corpus.EventID) bool { return id != "" }); i >= 0 {
		row.Event = in.Placement.Events[i]
	}
	if st.Den > 0 {
		mean := st.Num / st.Den
		row.Dispersion = min(1, math.Sqrt(max(0, st.Sq/st.Den-float64(mean*mean))))
	}
	row.Z = zScore(row.Score, st)
	st.ZN++
	st.ZSum += row.Score
	st.ZSq += float64(row.Score * row.Score)
	row.State = st
	return row, true
}

const (
	// negligible is what rounding leaves behind when a contribution is taken
	// out again.
	negligible = 1e-12
	// minWindow is how many rows the trailing window must hold before a
	// z-score says anything, minDeviation the smallest deviation it is measured
	// in, maxZ where it ends. Guessed: below them z is noise, not surprise.
	minWindow    = 5
	minDeviation = 0.01
	maxZ         = 10
)

// guard keeps the sums possible: no evidence below zero, no mean outside
// [-1, 1], no variance below zero, and nothing at all where only rounding is
// left.
func guard(st corpus.SignalState) corpus.SignalState {
	if !(st.Den > negligible) {
		st.Num, st.Den, st.Sq = 0, 0, 0
	}
	st.Num = clamp(st.Num, st.Den)
	st.Sq = min(st.Den, max(0, st.Sq))
	return st
}

// zScore compares a score with the window of the rows before it.
func zScore(score float64, st corpus.SignalState) float64 {
	if st.ZN < minWindow {
		return 0
	}
	mean := st.ZSum / st.ZN
	sd := math.Sqrt(max(0, st.ZSq/st.ZN-float64(mean*mean)))
	return clamp((score-mean)/max(sd, minDeviation), maxZ)
}

func clamp(x, limit float64) float64 { return min(limit, max(-limit, x)) }

// Decay returns the weight that remains of a score after age, in [0, 1]. The
// weight halves every halfLife. Negative ages count as zero, because clocks
// disagree. It returns ErrHalfLife unless halfLife is positive.
func Decay(age, halfLife time.Duration) (float64, error) {
	if halfLife <= 0 {
		return 0, ErrHalfLife
	}
	return decay(age, halfLife), nil
}

// decay is Decay for a half-life known to be positive.
func decay(age, halfLife time.Duration) float64 {
	if age <= 0 {
		return 1
	}
	return math.Exp2(-float64(age) / float64(halfLife))
}
