package story

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// maxReports bounds the reports kept on an event: each version carries them
// all, and nobody reads the hundred-and-first telling. Further articles still
// join the story.
const maxReports = 100

// settle makes an event's order of reports, headline, dates and facts from its
// reports, and nothing else: the same reports give the same event, whichever
// came first. It sorts the reports in place.
func settle(ev corpus.Event) corpus.Event {
	reports := ev.Reports
	slices.SortFunc(reports, func(a, b corpus.Report) int {
		return cmp.Or(before(a.Primary, b.Primary), a.FirstSeenAt.Compare(b.FirstSeenAt), cmp.Compare(a.Article, b.Article))
	})

	standing := reports
	if withdrawn := func(r corpus.Report) bool { return r.Withdrawn }; slices.ContainsFunc(reports, withdrawn) {
		standing = slices.DeleteFunc(slices.Clone(reports), withdrawn)
	}
	retracted := len(standing) == 0
	if retracted {
		standing = reports // it stays readable what had been told
	}
	lead := leading(standing)
	ev.Title = lead.Title
	ev.EventReading = lead.Told
	ev.Evidence = lead.Evidence
	ev.PublishedAt, ev.FirstSeenAt = time.Time{}, reports[0].FirstSeenAt
	for _, r := range reports {
		if r.FirstSeenAt.Before(ev.FirstSeenAt) {
			ev.FirstSeenAt = r.FirstSeenAt
		}
	}
	for _, r := range standing {
		fill(&ev.EventReading, r.Told)
		if !r.PublishedAt.IsZero() && (ev.PublishedAt.IsZero() || r.PublishedAt.Before(ev.PublishedAt)) {
			ev.PublishedAt = r.PublishedAt
		}
	}
	if retracted {
		ev.Status = corpus.EventRetracted
	}
	return ev
}

// leading returns the report whose facts stand: the acting authority's own,
// else the one read with most confidence, else the earliest.
func leading(reports []corpus.Report) corpus.Report {
	return slices.MinFunc(reports, func(a, b corpus.Report) int {
		return cmp.Or(before(a.Primary, b.Primary), cmp.Compare(b.Told.Confidence, a.Told.Confidence),
			date(a.PublishedAt, a.FirstSeenAt).Compare(date(b.PublishedAt, b.FirstSeenAt)), cmp.Compare(a.Article, b.Article))
	})
}

// fill adds to facts what they leave open and another report tells. Instrument
// numbers are exact, so all of them are kept; names are not, so they come from
// one report each.
func fill(facts *corpus.EventReading, told corpus.EventReading) {
	fillList(&facts.Actors, told.Actors)
	fillList(&facts.Targets, told.Targets)
	fillList(&facts.Jurisdictions, told.Jurisdictions)
	fillList(&facts.Regulators, told.Regulators)
	fillList(&facts.Assets, told.Assets)
	fillList(&facts.Exchanges, told.Exchanges)
	for _, id := range told.Instruments {
		if !slices.Contains(facts.Instruments, id) {
			facts.Instruments = append(slices.Clone(facts.Instruments), id)
		}
	}
	if facts.EffectiveAt.IsZero() {
		facts.EffectiveAt = told.EffectiveAt
	}
	if facts.CommentsCloseAt.IsZero() {
		facts.CommentsCloseAt = told.CommentsCloseAt
	}
	if facts.AppliesAt.IsZero() {
		facts.AppliesAt = told.AppliesAt
	}
	fillList(&facts.Amounts, told.Amounts)
	// What was planned or rumoured is done as soon as one report says so.
	if told.Status == corpus.EventDone && (facts.Status == corpus.EventPlanned || facts.Status == corpus.EventRumour) {
		facts.Status = corpus.EventDone
	}
}

func fillList[T any](have *[]T, more []T) {
	if len(*have) == 0 {
		*have = more
	}
}

// change compares an event with the version before it. It returns false when
// nothing changed that a new version would be worth.
func change(old, now corpus.Event) (corpus.ChangeReason, bool) {
	switch {
	case old.Version == 0:
		return corpus.ChangeCreated, true
	case now.Status == corpus.EventRetracted && old.Status != corpus.EventRetracted:
		return corpus.ChangeRetracted, true
	case now.Status != corpus.EventRetracted && old.Status == corpus.EventRetracted:
		return corpus.ChangeRestored, true
	case !sameFacts(old.EventReading, now.EventReading):
		return corpus.ChangeFacts, true
	case !slices.EqualFunc(old.Reports, now.Reports, sameReport):
		return corpus.ChangeReport, true
	}
	return "", false
}

// stanceStep is the smallest change of stance that is news: a quarter of a
// side of the scale. Guessed; readings of one text differ by about a tenth.
const stanceStep = 0.25

// sameFacts compares what a reader of an alert would want to be told of. How
// sure the reading is, and the sentence quoted, are not among it.
func sameFacts(a, b corpus.EventReading) bool {
	return a.Type == b.Type && a.Severity == b.Severity && a.Status == b.Status &&
		math.Abs(a.Stance-b.Stance) < stanceStep &&
		slices.Equal(names(a.Targets), names(b.Targets)) &&
		slices.Equal(names(a.Regulators), names(b.Regulators)) &&
		slices.Equal(names(a.Assets), names(b.Assets)) &&
		slices.Equal(names(a.Exchanges), names(b.Exchanges)) &&
		slices.Equal(a.Jurisdictions, b.Jurisdictions) &&
		slices.Equal(a.Instruments, b.Instruments) &&
		a.EffectiveAt.Equal(b.EffectiveAt) && a.CommentsCloseAt.Equal(b.CommentsCloseAt) && a.AppliesAt.Equal(b.AppliesAt)
}

// sameReport compares reports but for the analysis: another reading of the
// same revision that says the same is no change.
func sameReport(a, b corpus.Report) bool {
	return a.Article == b.Article && a.Revision == b.Revision && a.Primary == b.Primary && a.Withdrawn == b.Withdrawn &&
		a.Title == b.Title && a.URL == b.URL && slices.Equal(a.Evidence, b.Evidence) &&
		sameFacts(a.Told, b.Told) && a.Told.Stance == b.Told.Stance && a.Told.Confidence == b.Told.Confidence &&
		slices.Equal(a.Told.Actors, b.Told.Actors) && slices.Equal(a.Told.Targets, b.Told.Targets)
}

// primary reports whether a source speaks as the one who acts: an authority of
// its own acts, a venue of its own listings and halts.
func primary(src corpus.Source, r corpus.EventReading) bool {
	switch src.Kind {
	case corpus.SourceRegulator:
		own := fold(src.Regulator)
		return own != "" && r.Type.Regulatory() && slices.Contains(authority(r), own)
	case corpus.SourceExchange:
		switch r.Type {
		case corpus.Listing, corpus.Delisting, corpus.Halt, corpus.Outage:
			own := fold(src.Exchange)
			return own != "" && slices.Contains(names(r.Exchanges, r.Actors, r.Targets), own)
		}
	}
	return false
}

// date is when an article is taken to have appeared: the source's claim, unless
// it makes none or claims to be ahead of us. It is the rule of
// [corpus.Event.Date].
func date(published, firstSeen time.Time) time.Time {
	if published.IsZero() || published.After(firstSeen) {
		return firstSeen
	}
	return published
}

// before orders true first.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// told is a reading as it is kept on a report: its evidence stands beside it.
func told(r corpus.EventReading) corpus.EventReading {
	r.Evidence = nil
	return r
}

// clip keeps a headline from a crawled page within what a list can show.
func clip(title string) string { return cut(strings.TrimSpace(title), 500) }
