package alerts

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// told is what a test wants to see of an answer.
type told struct {
	Stage, Outcome string
	Mails          int
}

// TestOneHappeningOneAlert walks one event through its versions, and says for
// each what comes of it.
func TestOneHappeningOneAlert(t *testing.T) {
	april := time.Date(2025, 4, 15, 0, 0, 0, 0, time.UTC)
	first := told{"first", "notified", 1}
	silent := told{"already-alerted", "already-alerted", 0}
	edit := func(f func(*corpus.Event)) func(*corpus.Event) { return f }
	same := edit(func(*corpus.Event) {})
	retract := edit(func(e *corpus.Event) { e.Status = corpus.EventRetracted })
	for name, c := range map[string]struct {
		versions []func(*corpus.Event)
		want     []told
	}{
		"later versions stay quiet": {
			[]func(*corpus.Event){same, edit(func(e *corpus.Event) { e.Title = "Otherwise put"; e.Stance = 0.5 }), same},
			[]told{first, silent, silent}},
		"a changed date is told": {
			[]func(*corpus.Event){same, edit(func(e *corpus.Event) { e.EffectiveAt = april })},
			[]told{first, {"changed:hm23olecbzufvcpl", "notified", 1}}},
		"a new deadline is told": {
			[]func(*corpus.Event){same, edit(func(e *corpus.Event) { e.CommentsCloseAt = april })},
			[]told{first, {"changed:k4cu6a5ykfa7gel2", "notified", 1}}},
		"a date no longer mentioned has not changed": {
			[]func(*corpus.Event){same, edit(func(e *corpus.Event) { e.EffectiveAt = time.Time{} }), same},
			[]told{first, silent, silent}},
		"another hour of the day is the same date": {
			[]func(*corpus.Event){same, edit(func(e *corpus.Event) { e.EffectiveAt = e.EffectiveAt.Add(9 * time.Hour) })},
			[]told{first, silent}},
		"a retraction is told once": {
			[]func(*corpus.Event){same, retract, retract},
			[]told{first, {"retracted", "notified", 1}, silent}},
		"a second retraction is told under its own key": {
			[]func(*corpus.Event){same, retract, same, retract},
			[]told{first, {"retracted", "notified", 1}, {"changed:yxvcrfri73gkcyv3", "notified", 1}, {"retracted@4", "notified", 1}}},
		"a retraction is told though the rule no longer matches": {
			[]func(*corpus.Event){same, edit(func(e *corpus.Event) { e.Type = corpus.Other; e.Status = corpus.EventRetracted })},
			[]told{first, {"retracted", "notified", 1}}},
		"retracted before it was told": {
			[]func(*corpus.Event){retract}, []told{{"retracted-before-alert", "retracted-before-alert", 0}}},
		"an archive makes no news": {
			[]func(*corpus.Event){edit(func(e *corpus.Event) { e.Origin = corpus.OriginBackfill })},
			[]told{{"backfill", "backfill", 0}}},
		"nor does a second reading": {
			[]func(*corpus.Event){edit(func(e *corpus.Event) { e.Origin = corpus.OriginReconstructed })},
			[]told{{"reconstructed", "reconstructed", 0}}},
		"a re-reading of a live event changes nothing": {
			[]func(*corpus.Event){same, edit(func(e *corpus.Event) {
				e.EffectiveAt = april
				e.Change = corpus.EventChange{Reason: corpus.ChangeFacts, Origin: corpus.OriginReconstructed}
			})},
			[]told{first, {"reconstructed", "reconstructed", 0}}},
		"one more live report of an archived event is no news": {
			[]func(*corpus.Event){edit(func(e *corpus.Event) {
				e.Origin = corpus.OriginBackfill
				e.Change = corpus.EventChange{Reason: corpus.ChangeReport, Origin: corpus.OriginLive}
			})},
			[]told{{"backfill", "backfill", 0}}},
		"an archived event with new live facts is": {
			[]func(*corpus.Event){edit(func(e *corpus.Event) {
				e.Origin = corpus.OriginBackfill
				e.Change = corpus.EventChange{Reason: corpus.ChangeFacts, Origin: corpus.OriginLive}
			})},
			[]told{first}},
		"an old page met late": {
			[]func(*corpus.Event){edit(func(e *corpus.Event) { e.PublishedAt = e.FirstSeenAt.AddDate(0, 0, -31) })},
			[]told{{"stale", "stale", 0}}},
		"matching later is still first": {
			[]func(*corpus.Event){edit(func(e *corpus.Event) { e.Type = corpus.Other }), same},
			[]told{{}, first}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig()
			cfg.MaxAge = 30 * 24 * time.Hour
			m, r := matcher(t, cfg), newRecord()
			var got []told
			for _, edit := range c.versions {
				ev := fdicEvent()
				edit(&ev)
				alerts, notifications, err := r.store(m, ev, monday)
				if err != nil {
					t.Fatal(err)
				}
				g := told{Mails: len(notifications)}
				if len(alerts) > 0 {
					g.Stage, g.Outcome = alerts[0].Stage, alerts[0].Outcome
				}
				got = append(got, g)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			ids := map[string]bool{}
			for i, n := range r.notifications {
				if ids[n.MessageID] {
					t.Errorf("two mails are called %s", n.MessageID)
				}
				ids[n.MessageID] = true
				if i > 0 && n.Thread != r.notifications[0].MessageID {
					t.Errorf("follow-up in thread %q, want %q", n.Thread, r.notifications[0].MessageID)
				}
			}
		})
	}
}

func TestMatchingAgainBeforeStoringGivesTheSameAnswer(t *testing.T) {
	m, r := matcher(t, testConfig()), fdicRecord()
	_, one, err1 := m.Match(r, fdicEvent(), monday)
	_, two, err2 := m.Match(r, fdicEvent(), monday)
	if err1 != nil || err2 != nil || len(one) != 1 {
		t.Fatal(err1, err2, len(one))
	}
	if d := cmp.Diff(one, two); d != "" {
		t.Error(d)
	}
}

func TestRulesShareOneMailToAReceiver(t *testing.T) {
	cfg := testConfig()
	cfg.Receivers = append(cfg.Receivers, Receiver{Name: "desk", Email: Email{To: []string{"desk@desk.example"}}})
	cfg.Rules = []Rule{
		{Name: "us", Match: Match{Jurisdictions: []corpus.Jurisdiction{"us"}}, Receivers: []string{"compliance"}},
		{Name: "fdic", Match: Match{Regulators: []string{"FDIC"}}},
		{Name: "later", Match: Match{MinSeverity: corpus.SeverityCritical}, Receivers: []string{"desk"}},
	}
	m, r := matcher(t, cfg), newRecord()
	alerts, notifications, err := r.store(m, fdicEvent(), monday)
	if err != nil {
		t.Fatal(err)
	}
	if len(alerts) != 2 || alerts[0].Outcome != "notified" || alerts[1].Outcome != "notified" {
		t.Errorf("alerts %+v", alerts)
	}
	var to []string
	for _, n := range notifications {
		to = append(to, n.Receiver)
	}
	if d := cmp.Diff([]string{"compliance", "desk"}, to); d != "" {
		t.Error(d)
	}
	worse := fdicEvent()
	worse.Severity = corpus.SeverityCritical
	alerts, notifications, err = r.store(m, worse, monday)
	if err != nil || len(notifications) != 0 {
		t.Fatal(err, len(notifications))
	}
	if last := alerts[len(alerts)-1]; last.Rule != "later" || last.Outcome != string(OutcomeCovered) {
		t.Errorf("a rule whose receiver knows already: %+v", last)
	}
	worse.Status = corpus.EventRetracted
	if _, notifications, err = r.store(m, worse, monday); err != nil || len(notifications) != 2 {
		t.Errorf("a retraction reached %d receivers of 2 (%v)", len(notifications), err)
	}
}

func TestFollowUpsGoToThoseWhoWereTold(t *testing.T) {
	cfg := testConfig()
	r := newRecord()
	only(t, r, matcher(t, cfg), fdicEvent())
	cfg.Receivers = append(cfg.Receivers, Receiver{Name: "new here", Email: Email{To: []string{"new@desk.example"}}})
	gone := fdicEvent()
	gone.Status = corpus.EventRetracted
	if n := only(t, r, matcher(t, cfg), gone); n.Receiver != "compliance" {
		t.Errorf("told %q of the end of what it never heard of", n.Receiver)
	}
}

func TestRulesWithoutReceiversAreKept(t *testing.T) {
	m, r := matcher(t, Config{}), newRecord()
	alerts, notifications, err := r.store(m, fdicEvent(), monday)
	if err != nil || len(notifications) != 0 || len(alerts) != 1 || alerts[0].Outcome != string(OutcomeNoReceiver) {
		t.Errorf("%+v %+v %v", alerts, notifications, err)
	}
}

func TestMatch(t *testing.T) {
	no, low, high := false, -0.5, 0.5
	for name, c := range map[string]struct {
		match Match
		want  bool
	}{
		"everything":            {Match{}, true},
		"type":                  {Match{Types: []corpus.EventType{corpus.Halt, corpus.Repeal}}, true},
		"another type":          {Match{Types: []corpus.EventType{corpus.Halt}}, false},
		"regulatory":            {Match{Regulatory: &yes}, true},
		"not regulatory":        {Match{Regulatory: &no}, false},
		"jurisdiction":          {Match{Jurisdictions: []corpus.Jurisdiction{"EU", "US"}}, true},
		"another jurisdiction":  {Match{Jurisdictions: []corpus.Jurisdiction{"EU"}}, false},
		"regulator in any case": {Match{Regulators: []string{"fdic"}}, true},
		"instrument":            {Match{Instruments: []corpus.InstrumentID{"fil-7-2025"}}, true},
		"asset not mentioned":   {Match{Assets: []string{"BTC"}}, false},
		"exchange":              {Match{Exchanges: []string{"Binance"}}, false},
		"status":                {Match{Status: []corpus.EventStatus{corpus.EventDone}}, true},
		"severe enough":         {Match{MinSeverity: corpus.SeverityHigh}, true},
		"not severe enough":     {Match{MinSeverity: corpus.SeverityCritical}, false},
		"stance above":          {Match{StanceAbove: &high}, true},
		"stance below":          {Match{StanceBelow: &low}, false},
		"either end of stance":  {Match{StanceBelow: &low, StanceAbove: &high}, true},
		"between two stances":   {Match{StanceBelow: &high, StanceAbove: &low}, false},
		"all fields have to":    {Match{Regulatory: &yes, Assets: []string{"BTC"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.match.Matches(fdicEvent()); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
