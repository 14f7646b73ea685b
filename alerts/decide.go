package alerts

import (
	"strconv"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Outcome is why an event did or did not make a mail: a closed set, used in
// the alert's row, the metric and the log alike.
type Outcome string

// The outcomes.
const (
	OutcomeNotified       Outcome = "notified"
	OutcomeCovered        Outcome = "covered"                // all its receivers were told by another rule
	OutcomeNoMatch        Outcome = "no-match"               // not stored
	OutcomeNoReceiver     Outcome = "no-receiver"            // it matched, and nobody is configured to be told
	OutcomeBackfill       Outcome = "backfill"               // learnt from an archive
	OutcomeReconstructed  Outcome = "reconstructed"          // read again by a later analyser
	OutcomeStale          Outcome = "stale"                  // published longer ago than MaxAge
	OutcomeRetracted      Outcome = "retracted-before-alert" // over before it was told
	OutcomeAlreadyAlerted Outcome = "already-alerted"        // nothing new that people act on
)

// Outcomes lists all outcomes.
func Outcomes() []Outcome {
	return []Outcome{
		OutcomeNotified, OutcomeCovered, OutcomeNoMatch, OutcomeNoReceiver, OutcomeBackfill,
		OutcomeReconstructed, OutcomeStale, OutcomeRetracted, OutcomeAlreadyAlerted,
	}
}

// Stage is what is told of an event: part of the key of a notification, so
// that each thing is told once.
type Stage string

// The stages; "changed:" is followed by a digest of the new facts.
const (
	StageFirst     Stage = "first"
	StageRetracted Stage = "retracted"
	stageChanged   Stage = "changed:"
)

// facts are what people act on. A change of them is worth a second mail.
type facts struct {
	Status               corpus.EventStatus
	Effective, CommentBy string // dates, empty when not stated
}

func factsOf(ev corpus.Event) facts {
	return facts{ev.Status, day(ev.EffectiveAt), day(ev.CommentsCloseAt)}
}

// day is the precision at which laws apply; a date read once with and once
// without its hour is the same date.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// update returns f with what next states. A fact that a later reading does not
// mention has not changed: nothing is inferred from absence.
func (f facts) update(next facts) facts {
	if next.Status != "" {
		f.Status = next.Status
	}
	if next.Effective != "" {
		f.Effective = next.Effective
	}
	if next.CommentBy != "" {
		f.CommentBy = next.CommentBy
	}
	return f
}

// history is what one rule has told of one event.
type history struct {
	told   bool
	last   facts          // as last told
	stages map[Stage]bool // told so far
}

// decision is what one rule makes of one version of an event.
type decision struct {
	stage   Stage
	outcome Outcome
}

// decide is the whole policy. It depends on nothing but its arguments.
func decide(rule Rule, ev corpus.Event, past history, maxAge time.Duration) decision {
	silent := func(o Outcome) decision { return decision{Stage(o), o} }
	switch {
	case !past.told && !rule.Match.Matches(ev):
		return silent(OutcomeNoMatch)
	case origin(ev, past.told) == corpus.OriginReconstructed:
		return silent(OutcomeReconstructed)
	case origin(ev, past.told) != corpus.OriginLive:
		return silent(OutcomeBackfill)
	case past.told:
		return decideAgain(ev, past)
	case ev.Status == corpus.EventRetracted:
		return silent(OutcomeRetracted)
	case maxAge > 0 && !ev.PublishedAt.IsZero() && ev.FirstSeenAt.Sub(ev.PublishedAt) > maxAge:
		return silent(OutcomeStale)
	default:
		return decision{StageFirst, OutcomeNotified}
	}
}

// origin says how a version came to be known: by the reading that made it. A
// live article that adds nothing to an event known from an archive does not
// make news of it.
func origin(ev corpus.Event, told bool) corpus.Origin {
	if ev.Change.Origin == "" || !told && !ev.Change.Reason.Material() && ev.Origin != corpus.OriginLive {
		return ev.Origin
	}
	return ev.Change.Origin
}

// decideAgain follows up on an event that was told. It does not ask whether
// the rule still matches: whoever was told has to learn of the change.
func decideAgain(ev corpus.Event, past history) decision {
	now := past.last.update(factsOf(ev))
	if now == past.last {
		return decision{Stage(OutcomeAlreadyAlerted), OutcomeAlreadyAlerted}
	}
	stage := StageRetracted
	if now.Status != corpus.EventRetracted {
		stage = stageChanged + Stage(corpus.Digest("", string(now.Status), now.Effective, now.CommentBy))
	}
	if past.stages[stage] {
		// It went there, back, and there again. What was told last is no
		// longer true, so it is told again, under a key of its own.
		stage += Stage("@" + strconv.Itoa(ev.Version))
	}
	return decision{stage, OutcomeNotified}
}
