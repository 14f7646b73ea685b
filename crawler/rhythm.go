package crawler

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/regwire/regwire/corpus"
)

// rhythm returns the usual time between two of dates: the mean over the span
// of the newest of them. It is zero when fewer than four different dates leave
// it to chance. Order does not matter.
func rhythm(dates []time.Time) time.Duration {
	const few, most = 4, 50
	dates = slices.Clone(dates)
	slices.SortFunc(dates, func(a, b time.Time) int { return b.Compare(a) })
	dates = slices.CompactFunc(dates, time.Time.Equal)
	if len(dates) < few {
		return 0
	}
	dates = dates[:min(len(dates), most)]
	return dates[0].Sub(dates[len(dates)-1]) / time.Duration(len(dates)-1)
}

// expected is how long a source of the given rhythm may be silent before that
// is a sign. Were its items independent of each other, one gap in four hundred
// would be longer than six times the mean; four days let a long weekend pass.
func expected(rhythm time.Duration) time.Duration {
	return max(6*rhythm, 4*24*time.Hour)
}

const (
	// visitsPerItem is how often a source is visited in the time in which it
	// publishes one item: what is new is noticed after an eighth of that time.
	visitsPerItem = 4
	// visitsPerSilence is how often it is visited in a silence as long as the
	// one that has passed, once that is longer than usual.
	visitsPerSilence = 16
)

// pace decides how long to wait until the next visit of a source that
// published at dates: a fourth of its rhythm, longer when it has been silent
// for long, within bounds; zero when it has no rhythm yet.
func pace(dates []time.Time, a Adaptive, now time.Time) time.Duration {
	r := rhythm(dates)
	if r == 0 {
		return 0
	}
	wait := max(r/visitsPerItem, now.Sub(newest(dates))/visitsPerSilence)
	return min(max(wait, a.Min), a.Max)
}

// paced is a schedule that follows a source's own rhythm. Next is safe for
// concurrent use.
type paced struct {
	Adaptive
	usual  cron.Schedule // until the rhythm is known
	wait   atomic.Int64  // a duration, zero while it is not
	listed []time.Time   // dates in the newest listing read; belongs to the visit
}

// Next implements cron.Schedule.
func (p *paced) Next(t time.Time) time.Time {
	wait := time.Duration(p.wait.Load())
	if wait == 0 {
		wait = min(max(p.usual.Next(t).Sub(t), p.Min), p.Max)
	}
	return t.Add(wait)
}

// follow sets the pace by what the listing says, or after a start, before it
// has changed, by the dates of the pages of the last days.
func (c *Crawler) follow(ctx context.Context, src *source, p *paced, now time.Time) {
	dates := p.listed
	if len(dates) == 0 {
		entries, err := c.young(ctx, src, now)
		if err != nil {
			return // the end of the visit meets the same state, and reports it
		}
		var items []corpus.Item
		for _, e := range entries {
			items = append(items, e.Item)
		}
		dates = publishedAt(items)
	}
	if wait := pace(dates, p.Adaptive, now); wait > 0 {
		p.wait.Store(int64(wait))
	}
}

// publishedAt returns the dates of items that have one.
func publishedAt(items []corpus.Item) (out []time.Time) {
	for _, it := range items {
		if at := dated(it); !at.IsZero() {
			out = append(out, at)
		}
	}
	return out
}
