package story_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/story"
)

// told summarises what a test wants to know of an event.
type told struct {
	Title   string
	Status  corpus.EventStatus
	Reason  corpus.ChangeReason
	Reports int
}

func (s *scene) told() []told {
	var out []told
	for _, e := range s.mem.Events() {
		out = append(out, told{e.Title, e.Status, e.Change.Reason, len(e.Reports)})
	}
	return out
}

func kraken(name string, hours float64) piece {
	return piece{name: name, src: wire, hours: hours, title: "SEC sues Kraken", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}}
}

func TestCorrectionReplacesTheArticlesOwnReport(t *testing.T) {
	s := newScene(t)
	first := s.place(kraken("a", 0))
	corrected := kraken("a", 0)
	corrected.revision, corrected.status, corrected.title = 1, corpus.StatusCorrected, "Correction: SEC sues Bittrex"
	corrected.events = []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Bittrex")}
	out := s.place(corrected)
	if d := cmp.Diff([]told{{"Correction: SEC sues Bittrex", corpus.EventDone, corpus.ChangeFacts, 1}}, s.told()); d != "" {
		t.Error(d)
	}
	if out.Placement.Events[0] != first.Placement.Events[0] || out.Placement.Story != first.Placement.Story {
		t.Error("the article changed its event or its story")
	}
	if out.Placement.Novelty.Days != -1 {
		t.Error("an article is no repetition of itself:", out.Placement.Novelty)
	}
	if !out.Material() {
		t.Error("another target is material")
	}
}

func TestCorrectionLeavesTheEventToOthersWhoTellIt(t *testing.T) {
	s := newScene(t)
	s.places(kraken("a", 0), kraken("b", 1))
	corrected := kraken("b", 1)
	corrected.revision, corrected.title = 1, "SEC sues Bittrex, not the firm named before"
	corrected.events = []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Bittrex")}
	out := s.place(corrected)
	if len(out.Events) != 2 {
		t.Fatal(out.Events)
	}
	made, left := out.Events[0], out.Events[1]
	if made.Targets[0] != "Bittrex" || left.Targets[0] != "Kraken" || left.Status == corpus.EventRetracted || !left.Reports[1].Withdrawn || left.Reports[0].Withdrawn {
		t.Errorf("%+v\n%+v", made, left)
	}
}

func TestCorrectionTakesBackItsFacts(t *testing.T) {
	s := newScene(t)
	wrong := act(corpus.RuleFinal, "FCA", "GB")
	wrong.EffectiveAt = day0.AddDate(0, 6, 0)
	right := wrong
	right.EffectiveAt = day0.AddDate(0, 9, 0)
	p := piece{name: "a", src: wire, title: "FCA adopts stablecoin rules", events: []corpus.EventReading{wrong}}
	s.place(p)
	s.place(piece{name: "b", src: daily, hours: 1, title: "FCA adopts rules for stablecoins", events: []corpus.EventReading{act(corpus.RuleFinal, "FCA", "GB")}})
	p.revision, p.events = 1, []corpus.EventReading{right}
	s.place(p)
	if evs := s.mem.Events(); len(evs) != 1 || !evs[0].EffectiveAt.Equal(right.EffectiveAt) || evs[0].Change.Reason != corpus.ChangeFacts {
		t.Error(evs)
	}
}

func TestWithdrawnReportsRetractTheEventWithTheLast(t *testing.T) {
	s := newScene(t)
	s.places(kraken("a", 0), kraken("b", 1))
	gone := func(name string, hours float64) piece {
		p := kraken(name, hours)
		p.revision, p.status = 1, corpus.StatusWithdrawn
		return p
	}
	s.place(gone("a", 0))
	if d := cmp.Diff([]told{{"SEC sues Kraken", corpus.EventDone, corpus.ChangeReport, 2}}, s.told()); d != "" {
		t.Error(d)
	}
	out := s.place(gone("b", 1))
	if d := cmp.Diff([]told{{"SEC sues Kraken", corpus.EventRetracted, corpus.ChangeRetracted, 2}}, s.told()); d != "" {
		t.Error(d)
	}
	if !out.Material() || out.Placement.Events[0] == "" {
		t.Error(out)
	}
	if again := s.place(gone("b", 1)); len(again.Events) != 0 {
		t.Error("retracted twice")
	}
	s.place(kraken("c", 3))
	if d := cmp.Diff([]told{{"SEC sues Kraken", corpus.EventDone, corpus.ChangeRestored, 3}}, s.told()); d != "" {
		t.Error(d)
	}
}

func TestWithdrawnArticleThatWasNeverPlacedMakesNoEvent(t *testing.T) {
	s := newScene(t)
	p := kraken("a", 0)
	p.status = corpus.StatusWithdrawn
	if out := s.place(p); len(s.mem.Events()) != 0 || out.Placement.Events[0] != "" || out.Placement.Story == "" {
		t.Error(out)
	}
}

func TestReadingOfAnOlderRevisionChangesNothing(t *testing.T) {
	s := newScene(t)
	now := kraken("a", 0)
	now.revision, now.title = 1, "SEC sues Kraken (updated)"
	s.place(kraken("a", 0))
	s.place(now)
	late := kraken("a", 0)
	late.events[0].Severity = corpus.SeverityCritical
	out := s.place(late)
	if !out.Stale || len(out.Events) != 0 || out.Placement.Events[0] != s.mem.Events()[0].ID || out.Placement.Story == "" {
		t.Error(out)
	}
}

func TestSecondReadingRefines(t *testing.T) {
	s := newScene(t)
	s.place(kraken("a", 0))
	better := kraken("a", 0)
	better.events[0].Type, better.events[0].Severity, better.events[0].Confidence = corpus.Licensing, corpus.SeverityLow, 0.95
	out := s.place(better)
	if len(out.Events) != 1 || out.Events[0].Version != 2 || out.Events[0].Type != corpus.Licensing || out.Events[0].Change.Reason != corpus.ChangeFacts {
		t.Error(out.Events)
	}
	silent := kraken("a", 0)
	silent.events = nil
	if out := s.place(silent); len(out.Events) != 0 {
		t.Error("a second reading of the same text that sees nothing retracts nothing:", out.Events)
	}
}

func TestOnlyLiveReadingsMakeLiveEvents(t *testing.T) {
	s := newScene(t)
	old := kraken("a", 0)
	old.origin = corpus.OriginReconstructed
	out := s.place(old)
	if ev := out.Events[0]; ev.Origin != corpus.OriginReconstructed || ev.Change.Origin != corpus.OriginReconstructed || out.Placement.Origin != corpus.OriginReconstructed {
		t.Error(ev.Origin, ev.Change)
	}
	ev := s.place(kraken("b", 1)).Events[0]
	if ev.Origin != corpus.OriginLive || ev.Change != (corpus.EventChange{Reason: corpus.ChangeReport, Article: "b", Origin: corpus.OriginLive}) {
		t.Error(ev.Origin, ev.Change)
	}
	reread := kraken("b", 1)
	reread.origin, reread.events[0].Severity = corpus.OriginReconstructed, corpus.SeverityCritical
	reread.events[0].Confidence = 0.9
	ev = s.place(reread).Events[0]
	if ev.Origin != corpus.OriginLive || ev.Change.Origin != corpus.OriginReconstructed || ev.Severity != corpus.SeverityCritical {
		t.Error("an event stays live, but a re-reading is no news:", ev.Origin, ev.Change)
	}
	in := s.input(kraken("c", 2))
	in.Revision.Origin = corpus.OriginBackfill
	if out := s.put(in); out.Placement.Origin != corpus.OriginBackfill {
		t.Error("the live reading of an archive is no live reading:", out.Placement.Origin)
	}
}

func TestBetterSourcesAndReadingsLead(t *testing.T) {
	s := newScene(t)
	rumour := kraken("a", 0)
	rumour.events[0].Status, rumour.events[0].Severity = corpus.EventRumour, corpus.SeverityLow
	rumour.title = "SEC said to prepare suit against Kraken"
	s.place(rumour)
	surer := kraken("b", 1)
	surer.events[0].Confidence, surer.title = 0.9, "Kraken sued by SEC, filing shows"
	s.place(surer)
	if ev := s.mem.Events()[0]; ev.Status != corpus.EventDone || ev.Title != surer.title || ev.Severity != corpus.SeverityHigh || ev.Change.Reason != corpus.ChangeFacts {
		t.Error(ev)
	}
	own := kraken("c", 2)
	own.src, own.title, own.events[0].Confidence, own.events[0].Severity = sec, "SEC Charges Kraken", 0.5, corpus.SeverityCritical
	s.place(own)
	ev := s.mem.Events()[0]
	if ev.Title != own.title || ev.Severity != corpus.SeverityCritical || ev.Reports[0].Article != "c" {
		t.Error("the authority's own word leads, however it reads:", ev)
	}
	if rep, _ := s.mem.Representative(ev.Story); rep != "c" {
		t.Error("the story goes by", rep)
	}
	other := own
	other.name, other.hours, other.title = "d", 3, "SEC Obtains Order Against Kraken"
	s.place(other)
	if rep, _ := s.mem.Representative(ev.Story); rep != "c" {
		t.Error("the first publication of the authority keeps the headline:", rep)
	}
}

func TestPrimarySpeaksForItselfOnly(t *testing.T) {
	for _, c := range []struct {
		name string
		src  corpus.Source
		ev   corpus.EventReading
		want bool
	}{
		{"an authority of its own act", sec, act(corpus.Enforcement, "SEC", "US", "Kraken"), true},
		{"an authority of another's act", sec, act(corpus.Enforcement, "CFTC", "US", "Kraken"), false},
		{"a venue of its own listing", binance, venue(corpus.Listing, "Binance", "X"), true},
		{"a venue of another's listing", binance, venue(corpus.Listing, "OKX", "X"), false},
		{"a venue that is sued", binance, act(corpus.Enforcement, "SEC", "US", "Binance"), false},
		{"the press", wire, act(corpus.Enforcement, "SEC", "US", "Kraken"), false},
		{"an authority without a name", corpus.Source{Kind: corpus.SourceRegulator}, act(corpus.Enforcement, "", "US", "Kraken"), false},
	} {
		s := newScene(t)
		out := s.place(piece{name: "a", src: c.src, title: c.name, events: []corpus.EventReading{c.ev}})
		if got := out.Events[0].Reports[0].Primary; got != c.want {
			t.Errorf("%s: primary %v", c.name, got)
		}
	}
}

func TestReportsAreBounded(t *testing.T) {
	s := newScene(t)
	var last story.Outcome
	for i := range 130 {
		p := kraken("m"+string(rune('A'+i%26))+string(rune('a'+i/26)), float64(i)/10)
		last = s.place(p)
	}
	if n := len(s.mem.Events()[0].Reports); n != 100 || len(last.Events) != 0 || last.Placement.Events[0] == "" {
		t.Error(n, last.Events)
	}
	own := kraken("own", 20)
	own.src = sec
	if s.place(own); !s.mem.Events()[0].Reports[0].Primary {
		t.Error("the authority's own report has to find a place")
	}
}

func TestNovelty(t *testing.T) {
	s := newScene(t)
	first := s.place(kraken("a", 0)).Placement.Novelty
	if first.Days != -1 || first.Weight != 1 || first.Key != string(s.mem.Events()[0].ID) {
		t.Error(first)
	}
	copied := s.place(kraken("b", 6)).Placement.Novelty
	if copied.Days != 0.25 || copied.Key != first.Key || copied.Weight > 0.2 {
		t.Error("a copy after six hours:", copied)
	}
	other := kraken("c", 6.5)
	other.title = "Exchange faces federal complaint about its staking service"
	reworded := s.place(other).Placement.Novelty
	if reworded.Weight <= copied.Weight || reworded.Weight >= 1 {
		t.Error("other words weigh more than a copy:", reworded, copied)
	}
	later := kraken("d", 84)
	later.title = "Exchange answers complaint"
	if n := s.place(later).Placement.Novelty; n.Days < 3 || n.Weight < 0.85 {
		t.Error("after days it is news again:", n)
	}
}

func TestNoveltyIsThatOfTheFirstReading(t *testing.T) {
	s := newScene(t)
	s.place(kraken("b", 5))
	s.place(kraken("a", 0)) // seen earlier, read later
	if n := s.place(kraken("b", 5)).Placement.Novelty; n.Days != -1 || n.Weight != 1 {
		t.Error("what was new when it came is new still:", n)
	}
}

func TestFactsThatTheLeadLeavesOpenComeFromOthers(t *testing.T) {
	s := newScene(t)
	lead := kraken("a", 0)
	lead.events[0].Status, lead.events[0].Confidence = corpus.EventPlanned, 0.9
	other := kraken("b", 1)
	other.events[0].EffectiveAt, other.events[0].Instruments = day0.AddDate(0, 1, 0), []corpus.InstrumentID{"LR-26000"}
	s.places(lead, other)
	ev := s.mem.Events()[0]
	if ev.Status != corpus.EventDone || !ev.EffectiveAt.Equal(day0.AddDate(0, 1, 0)) || len(ev.Instruments) != 1 || ev.Confidence != 0.9 {
		t.Error(ev)
	}
}

func TestNoveltyWithoutEvents(t *testing.T) {
	s := newScene(t)
	text := "Opinion is free, and this column about the custody of keys has been printed in more papers than one, word for word."
	a := s.place(piece{name: "a", src: wire, title: "On custody", body: text})
	b := s.place(piece{name: "b", src: daily, hours: 12, title: "On custody", body: text})
	if b.Placement.Story != a.Placement.Story || b.Placement.Novelty.Key != string(a.Placement.Story) || b.Placement.Novelty.Days != 0.5 || b.Placement.Similarity != 1 {
		t.Error(b.Placement)
	}
}
