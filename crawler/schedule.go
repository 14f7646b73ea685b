package crawler

import (
	"context"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/regwire/regwire/corpus"
)

// maxJitter bounds how late a scheduled visit begins; within it, a tenth of
// the time to the visit after it.
const maxJitter = 30 * time.Second

// Run visits every enabled source on its schedule until ctx is cancelled, and
// then returns nil once all visits have stopped: requests are broken off,
// writes of what was fetched are finished. A source whose time has come while
// we were down is visited at once. Failed visits are recorded in the state,
// counted and logged; they do not end Run.
func (c *Crawler) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, src := range c.sources {
		if !src.Disabled {
			all.Go(func() { c.keep(ctx, src) })
		}
	}
	all.Wait()
	c.fetcher.closeIdle()
	return nil
}

// keep visits one source on its schedule.
func (c *Crawler) keep(ctx context.Context, src *source) {
	st, err := c.state.SourceState(ctx, src.ID)
	if err != nil {
		// The visit reads it again and reports what is wrong.
		st = corpus.SourceState{Source: src.ID}
	}
	next := c.firstVisit(src.schedule, st)
	for c.sleepUntil(ctx, next) {
		// The outcome is in the state, the metrics and the log.
		_ = c.turn(ctx, src)
		now := c.clock()
		next = src.schedule.Next(now)
		next = next.Add(c.lateness(next, src.schedule))
	}
}

// firstVisit is when a source is due after a start: at once when a visit was
// missed, and never before the server wants it.
func (c *Crawler) firstVisit(s cron.Schedule, st corpus.SourceState) time.Time {
	next := c.clock()
	if !st.VisitedAt.IsZero() {
		next = s.Next(st.VisitedAt)
	}
	if st.NotBefore.After(next) {
		next = st.NotBefore
	}
	return next
}

func (c *Crawler) lateness(next time.Time, s cron.Schedule) time.Duration {
	most := min(s.Next(next).Sub(next)/10, maxJitter)
	if most <= 0 {
		return 0
	}
	return c.jitter(most)
}

// sleepUntil waits for t and reports whether it came before ctx ended.
func (c *Crawler) sleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(t.Sub(c.clock()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
