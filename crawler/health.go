package crawler

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Condition is how a source does.
type Condition string

// The conditions of a source.
const (
	ConditionNew      Condition = "new"      // not visited yet
	ConditionFresh    Condition = "fresh"    // answers, and was heard from lately
	ConditionStale    Condition = "stale"    // answers, but says nothing new, or is not visited any more
	ConditionFailing  Condition = "failing"  // its listing cannot be read
	ConditionEmpty    Condition = "empty"    // its listing is well and holds nothing
	ConditionDecoy    Condition = "decoy"    // a page for people in place of its feed or API
	ConditionRules    Condition = "rules"    // answers, but its own selectors have stopped matching
	ConditionDisabled Condition = "disabled" // not visited, on purpose
)

// RobotsVerdict is what the last visit learnt of robots.txt.
type RobotsVerdict string

// The verdicts of robots.txt.
const (
	RobotsUnknown   RobotsVerdict = "unknown"   // no visit came so far
	RobotsAllowed   RobotsVerdict = "allowed"   // the listing was read, which robots.txt alone can permit
	RobotsForbidden RobotsVerdict = "forbidden" // or unreadable, which is the same
)

// Health is how a source does, as the crawler's state knows it.
type Health struct {
	Source    corpus.SourceID
	Condition Condition
	Why       string // in words, for a person

	VisitedAt   time.Time // zero: never
	SucceededAt time.Time // last reading of the listing; zero: never
	NextAt      time.Time // when the next visit is planned; zero when none is
	Robots      RobotsVerdict

	// NewestAt is when the source was last heard from: the latest date a
	// listing has claimed, or where listings have no dates, when an item was
	// first seen. Zero when neither is known.
	NewestAt time.Time
	// Expect is how long it may be silent before it is stale; ExpectedBy says
	// who says so: "configuration", "rhythm" or "kind".
	Expect     time.Duration
	ExpectedBy string

	// Recent and Waiting count pages: those of the last days that are still
	// looked at again, and those not captured yet. Both stop at 500.
	Recent, Waiting int
	Failures        int    // visits failed in a row
	Reason          Reason // of the last of them
	LastError       string // the same in words

	// UserAgent and Politeness are what its sites are asked with and spared,
	// with the defaults filled in.
	UserAgent  string
	Politeness Politeness

	// Rules is how the source's own selectors do, only those it still has.
	Rules []corpus.RuleState
}

// healthSample bounds the frontier entries by which a source is judged.
const healthSample = 500

// silence is how long a source of each kind may say nothing when nothing is
// known of its rhythm. Guessed, generously: media write every day, exchanges
// every week, and of regulators even quiet ones speak every month.
var silence = map[corpus.SourceKind]time.Duration{
	corpus.SourceMedia:     3 * 24 * time.Hour,
	corpus.SourceExchange:  7 * 24 * time.Hour,
	corpus.SourceRegulator: 31 * 24 * time.Hour,
}

// Check tells how the named sources do, or all when none is named, in the
// order of the configuration. It asks the state alone, never the network.
func (c *Crawler) Check(ctx context.Context, ids ...corpus.SourceID) ([]Health, error) {
	var out []Health
	now := c.clock()
	for _, src := range c.sources {
		if len(ids) > 0 && !slices.Contains(ids, src.ID) {
			continue
		}
		st, err := c.state.SourceState(ctx, src.ID)
		if err != nil {
			return nil, err
		}
		sample, err := c.young(ctx, src, now)
		if err != nil {
			return nil, err
		}
		out = append(out, judge(src, st, sample, now))
	}
	for _, id := range ids {
		if !slices.ContainsFunc(out, func(h Health) bool { return h.Source == id }) {
			return nil, fmt.Errorf("source %s is not configured", id)
		}
	}
	return out, nil
}

// young returns the frontier entries of src that wait or will be read again:
// the pages of about the last Recheck.Until.
func (c *Crawler) young(ctx context.Context, src *source, now time.Time) ([]corpus.FrontierEntry, error) {
	horizon := now.Add(2*max(src.Recheck.Until, 0) + retryMost)
	return c.state.DueFrontier(ctx, src.ID, horizon, healthSample)
}

// heard returns when each entry was published, as far as that is known, and
// otherwise first seen.
func heard(entries []corpus.FrontierEntry) []time.Time {
	out := make([]time.Time, len(entries))
	for i, e := range entries {
		if out[i] = dated(e.Item); out[i].IsZero() {
			out[i] = e.FirstSeenAt
		}
	}
	return out
}

// judge decides how a source does. sample is what young returned of it.
func judge(src *source, st corpus.SourceState, sample []corpus.FrontierEntry, now time.Time) Health {
	h := Health{
		Source: src.ID, VisitedAt: st.VisitedAt, SucceededAt: st.SucceededAt, NextAt: nextRun(src, st, now), Robots: RobotsUnknown,
		NewestAt: newest(append(heard(sample), st.NewestItemAt)), Recent: len(sample),
		Failures: st.Failures, Reason: Reason(st.Reason), LastError: st.LastError,
		UserAgent: src.userAgent, Politeness: src.Politeness,
	}
	for _, e := range sample {
		if e.State == corpus.FrontierPending {
			h.Waiting++
		}
	}
	switch {
	case h.Reason == ReasonRobots:
		h.Robots = RobotsForbidden
	case !st.SucceededAt.IsZero():
		h.Robots = RobotsAllowed
	}
	h.Expect, h.ExpectedBy = src.Expect, "configuration"
	if h.Expect == 0 {
		h.Expect, h.ExpectedBy = silence[src.Kind], "kind"
		if r := rhythm(heard(sample)); r > 0 {
			h.Expect, h.ExpectedBy = expected(r), "rhythm"
		}
	}
	for _, r := range st.Rules {
		if src.has(r.Rule) {
			h.Rules = append(h.Rules, r)
		}
	}
	h.Condition, h.Why = condition(src, h, now)
	return h
}

// has reports whether the source says where this is on its pages.
func (src *source) has(rule string) bool {
	r := src.Source.Rules
	return r != nil && map[string]string{"title": r.Title, "body": r.Body, "date": r.Date, "author": r.Author}[rule] != ""
}

// broken says which rules have stopped matching, "" when none has.
func broken(rules []corpus.RuleState) string {
	var out []string
	for _, r := range rules {
		switch {
		case !r.Broken():
		case r.MatchedAt.IsZero():
			out = append(out, fmt.Sprintf("selector %s has never matched, last not on %s", r.Rule, r.URL))
		default:
			out = append(out, fmt.Sprintf("selector %s stopped matching: not on the last %d pages, matched last on one of %s, not on %s", r.Rule, r.Failures, r.MatchedAt.Format(time.DateOnly), r.URL))
		}
	}
	return strings.Join(out, "; ")
}

func condition(src *source, h Health, now time.Time) (Condition, string) {
	// A visit may take its time, and the machine may sleep for a while.
	overdue := 2*src.period(now) + time.Hour
	switch {
	case src.Disabled:
		return ConditionDisabled, src.Reason
	case h.VisitedAt.IsZero():
		return ConditionNew, "not visited yet"
	case h.Failures > 0 && h.Reason == ReasonDecoy:
		return ConditionDecoy, h.LastError
	case h.Failures > 0 && h.Reason == ReasonEmpty:
		return ConditionEmpty, h.LastError
	case h.Failures > 0:
		return ConditionFailing, h.LastError
	case broken(h.Rules) != "":
		return ConditionRules, broken(h.Rules)
	case now.Sub(h.VisitedAt) > overdue:
		return ConditionStale, fmt.Sprintf("not visited for %s", ago(now.Sub(h.VisitedAt)))
	case src.Discovery.Type == DiscoverNone:
		return ConditionFresh, "tracked pages are read"
	case h.NewestAt.IsZero() && h.Expect < src.Recheck.Until:
		return ConditionStale, fmt.Sprintf("nothing new for %s or longer", ago(src.Recheck.Until))
	case h.NewestAt.IsZero():
		return ConditionFresh, "its items have no dates to judge by"
	case now.Sub(h.NewestAt) > h.Expect:
		return ConditionStale, fmt.Sprintf("nothing new for %s, expected within %s", ago(now.Sub(h.NewestAt)), ago(h.Expect))
	}
	return ConditionFresh, fmt.Sprintf("newest item %s old", ago(now.Sub(h.NewestAt)))
}

// nextRun is when the next visit is planned: what the server or repeated
// failure asks for comes on top of the schedule.
func nextRun(src *source, st corpus.SourceState, now time.Time) time.Time {
	switch {
	case src.Disabled:
		return time.Time{}
	case st.VisitedAt.IsZero():
		return now
	case st.NotBefore.After(st.NextAt):
		return st.NotBefore
	}
	return st.NextAt
}

// period is the time between the next two visits after now.
func (src *source) period(now time.Time) time.Duration {
	next := src.schedule.Next(now)
	return src.schedule.Next(next).Sub(next)
}

// ago writes a duration with as much precision as a person wants.
func ago(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}
