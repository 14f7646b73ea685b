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
// we were down is visited at once. Processes that share a state share the
// visits: each is made by the one that claims it first. Failed visits are recorded in the state,
// counted and logged; they do not end Run.
func (c *Crawler) Run(ctx context.Context) error {
	defer c.claims.keep()()
	var all sync.WaitGroup
	all.Go(func() { c.watchFrontier(ctx) })
	for _, src := range c.sources {
		if !src.Disabled {
			all.Go(func() { c.keep(ctx, src) })
		}
	}
	all.Wait()
	c.fetcher.closeIdle()
	return nil
}

// watchEvery is how often the frontier is counted for the metrics.
const watchEvery = time.Minute

// watchFrontier keeps the metrics of the frontier up to date.
func (c *Crawler) watchFrontier(ctx context.Context) {
	for {
		counts, err := c.state.FrontierCounts(ctx, c.clock())
		if err == nil {
			c.metrics.waiting(counts)
		} else if ctx.Err() == nil {
			c.log.WarnContext(ctx, "frontier not counted", "err", err)
		}
		if !pause(ctx, watchEvery) {
			return
		}
	}
}

// keep visits one source on its schedule.
func (c *Crawler) keep(ctx context.Context, src *source) {
	st, err := c.state.SourceState(ctx, src.ID)
	if err != nil {
		// The visit reads it again and reports what is wrong.
		st = corpus.SourceState{Source: src.ID}
	}
	next := c.firstVisit(src.schedule, st)
	known := st.VisitedAt
	var last time.Time
	for c.awaited(ctx, src, next, last) {
		last = c.clock()
		// The outcome is in the state, the metrics and the log.
		v, _ := c.turn(ctx, src, known)
		now := c.clock()
		next = src.schedule.Next(now)
		if v.elsewhere == nil {
			known = later(known, v.begun)
		} else {
			// Another process visits it too: what that one found out of the
			// source's rhythm holds here.
			known = v.elsewhere.VisitedAt
			if at := later(v.elsewhere.NextAt, v.elsewhere.NotBefore); at.After(now) {
				next = at
			}
		}
		next = next.Add(c.lateness(next, src.schedule))
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// firstVisit is when a source is due after a start: at once when a visit was
// missed, and never before the server wants it.
func (c *Crawler) firstVisit(s cron.Schedule, st corpus.SourceState) time.Time {
	next := c.clock()
	if !st.VisitedAt.IsZero() {
		next = s.Next(st.VisitedAt)
	}
	return later(next, st.NotBefore)
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
