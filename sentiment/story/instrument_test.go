package story_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
)

const newNotice, oldNotice corpus.InstrumentID = "银发〔2026〕42号", "银发〔2021〕237号"

// notice is the reading of a notice that repeals another, in Chinese or
// English.
func notice(aliases ...string) corpus.InstrumentReading {
	return corpus.InstrumentReading{ID: newNotice, Aliases: aliases, Issuer: "PBoC", Jurisdiction: "CN", Status: corpus.InstrumentInForce, Evidence: "自发布之日起施行。",
		Relations: []corpus.Relation{{Kind: corpus.Repeals, To: oldNotice, Evidence: "237号文同时废止。"}}}
}

func instrument(t *testing.T, s *scene, id corpus.InstrumentID) corpus.Instrument {
	t.Helper()
	in, ok, _ := s.mem.Instrument(id)
	if !ok {
		t.Fatalf("no instrument %s", id)
	}
	return in
}

func TestRepealIsRecordedOnBothInstruments(t *testing.T) {
	s := newScene(t)
	s.place(piece{name: "a", src: pboc, title: "通知", ins: []corpus.InstrumentReading{notice("Yinfa [2026] No. 42")}})
	in, old := instrument(t, s, newNotice), instrument(t, s, oldNotice)
	want := corpus.Instrument{
		ID: newNotice, Version: 1, Aliases: []string{"Yinfa [2026] No. 42"}, Issuer: "PBoC", Jurisdiction: "CN", FromIssuer: true, Status: corpus.InstrumentInForce,
		Relations: []corpus.Relation{{Kind: corpus.Repeals, To: oldNotice, Evidence: "237号文同时废止。", Article: "a"}},
		History:   []corpus.StatusChange{{Status: corpus.InstrumentInForce, Article: "a", Evidence: "自发布之日起施行。", SaidAt: day0.Add(-10 * 60e9), KnownAt: day0}},
		Articles:  []corpus.ArticleID{"a"}, FirstSeenAt: day0, KnownAt: in.KnownAt,
	}
	if d := cmp.Diff(want, in); d != "" {
		t.Error(d)
	}
	want = corpus.Instrument{
		ID: oldNotice, Version: 1, Status: corpus.InstrumentRepealed,
		RelatedBy: []corpus.Relation{{Kind: corpus.Repeals, To: oldNotice, From: newNotice, Evidence: "237号文同时废止。", Article: "a"}},
		History:   []corpus.StatusChange{{Status: corpus.InstrumentRepealed, By: newNotice, Article: "a", Evidence: "237号文同时废止。", SaidAt: day0.Add(-10 * 60e9), KnownAt: day0}},
		Articles:  []corpus.ArticleID{"a"}, FirstSeenAt: day0, KnownAt: old.KnownAt,
	}
	if d := cmp.Diff(want, old, cmpopts.EquateEmpty()); d != "" {
		t.Error("of the repealed one nothing is known but that:", d)
	}
}

func TestInstrumentsAreFoundByTheNamesTheyAreKnownUnder(t *testing.T) {
	s := newScene(t)
	s.place(piece{name: "a", src: pboc, title: "通知", ins: []corpus.InstrumentReading{notice("Yinfa [2026] No. 42", "Yin Fa 2026 No 42")}})
	s.place(piece{name: "b", src: wire, hours: 1, title: "Notice", ins: []corpus.InstrumentReading{{ID: "yinfa [2026] no. 42", Status: corpus.InstrumentUnknown}}})
	s.place(piece{name: "c", src: wire, hours: 2, title: "Notice again", ins: []corpus.InstrumentReading{{ID: "PBoC Notice 42", Aliases: []string{"Yin Fa 2026 No 42"}, Issuer: "PBoC", Status: corpus.InstrumentUnknown}}})
	if in := instrument(t, s, newNotice); len(in.Articles) != 3 {
		t.Error(in)
	}
	if _, ok, _ := s.mem.Instrument("PBoC Notice 42"); ok {
		t.Error("a name became an instrument")
	}
}

func TestNamesThatManyInstrumentsShareResolveToNone(t *testing.T) {
	s := newScene(t)
	reading := func(id corpus.InstrumentID, issuer string, aliases ...string) []corpus.InstrumentReading {
		return []corpus.InstrumentReading{{ID: id, Aliases: aliases, Issuer: issuer, Status: corpus.InstrumentAdopted}}
	}
	s.place(piece{name: "a", src: fdic, title: "One", ins: reading("FIL-7-2025", "FDIC", "Financial Institution Letter", "the Act")})
	s.place(piece{name: "b", src: fdic, title: "Two", ins: reading("FIL-8-2025", "FDIC", "Financial Institution Letter")})
	s.place(piece{name: "c", src: wire, title: "Three", ins: reading("SR 25-1", "Fed", "Financial Institution Letter")})
	s.place(piece{name: "d", src: wire, title: "Four", ins: reading("Act 9", "", "the Act")})
	for _, id := range []corpus.InstrumentID{"FIL-7-2025", "FIL-8-2025", "SR 25-1", "Act 9"} {
		if in := instrument(t, s, id); len(in.Articles) != 1 {
			t.Error(in)
		}
	}
}

func TestCitationSaysNothingOfStatus(t *testing.T) {
	s := newScene(t)
	s.place(piece{name: "a", src: wire, title: "x", ins: []corpus.InstrumentReading{
		{ID: "CP25/14", Issuer: "FCA", Status: corpus.InstrumentProposed, Relations: []corpus.Relation{{Kind: corpus.Cites, To: "PS23/6"}, {Kind: corpus.Repeals, To: "PS22/10", Evidence: "would repeal"}, {Kind: corpus.Repeals, To: "the old guidance"}}},
		{ID: "PS23/6", Issuer: "FCA", Status: corpus.InstrumentUnknown}}})
	if in := instrument(t, s, "PS23/6"); in.Status != corpus.InstrumentUnknown || len(in.History) != 0 {
		t.Error(in)
	}
	in := instrument(t, s, "CP25/14")
	if len(in.Relations) != 3 || in.Relations[2].To != "the old guidance" {
		t.Error("targets stay as given:", in.Relations)
	}
	for _, id := range []corpus.InstrumentID{"PS22/10", "the old guidance"} {
		if in, ok, _ := s.mem.Instrument(id); ok {
			t.Error("a draft has repealed something:", in)
		}
	}
}

func TestConflictingStatementsStandSideBySide(t *testing.T) {
	s := newScene(t)
	says := func(st corpus.InstrumentStatus, ev string) []corpus.InstrumentReading {
		return []corpus.InstrumentReading{{ID: "SAB 121", Issuer: "SEC", Status: st, Evidence: ev}}
	}
	s.place(piece{name: "a", src: wire, title: "1", ins: says(corpus.InstrumentInForce, "SAB 121 remains in force.")})
	s.place(piece{name: "b", src: sec, hours: 1, title: "2", ins: says(corpus.InstrumentRepealed, "This rescinds SAB 121.")})
	s.place(piece{name: "c", src: daily, hours: 2, title: "3", ins: says(corpus.InstrumentAdopted, "SAB 121, adopted in 2022, asked banks to …")})
	in := instrument(t, s, "SAB 121")
	if in.Status != corpus.InstrumentRepealed || len(in.History) != 3 || in.Version != 3 {
		t.Error(in)
	}
}

func TestWithdrawnArticleUnsaysWhatItSaid(t *testing.T) {
	s := newScene(t)
	p := piece{name: "a", src: wire, title: "通知", ins: []corpus.InstrumentReading{notice()}}
	s.place(p)
	gone := p
	gone.revision, gone.status = 1, corpus.StatusWithdrawn
	s.place(gone)
	in, old := instrument(t, s, newNotice), instrument(t, s, oldNotice)
	if in.Status != corpus.InstrumentUnknown || old.Status != corpus.InstrumentUnknown || len(in.Relations)+len(in.History)+len(old.History) != 0 {
		t.Error(in, old)
	}
	s.place(piece{name: "b", src: pboc, hours: 1, title: "正式通知", ins: []corpus.InstrumentReading{notice()}})
	if in := instrument(t, s, oldNotice); in.Status != corpus.InstrumentRepealed || in.Version != 3 {
		t.Error(in)
	}
}

func TestCorrectedReadingReplacesStatements(t *testing.T) {
	s := newScene(t)
	p := piece{name: "a", src: wire, title: "通知", ins: []corpus.InstrumentReading{notice()}}
	s.place(p)
	fixed := notice()
	fixed.Relations = []corpus.Relation{{Kind: corpus.Amends, To: oldNotice, Evidence: "修订237号文。"}}
	p.revision, p.ins = 1, []corpus.InstrumentReading{fixed}
	s.place(p)
	if in := instrument(t, s, oldNotice); in.Status != corpus.InstrumentAmended || len(in.History) != 1 {
		t.Error(in)
	}
	if in := instrument(t, s, newNotice); len(in.Relations) != 1 || in.Relations[0].Kind != corpus.Amends || len(in.History) != 1 {
		t.Error(in)
	}
	// The next revision no longer speaks of instruments at all.
	p.revision, p.ins = 2, nil
	s.place(p)
	if in := instrument(t, s, oldNotice); in.Status != corpus.InstrumentUnknown {
		t.Error(in)
	}
}

func TestIssuersOwnWordsReplaceThePress(t *testing.T) {
	s := newScene(t)
	r := corpus.InstrumentReading{ID: "FIL-7-2025", Title: "New crypto letter", Status: corpus.InstrumentUnknown}
	s.place(piece{name: "a", src: wire, title: "1", ins: []corpus.InstrumentReading{r}})
	r.Issuer, r.Jurisdiction, r.Title = "FDIC", "US", "FDIC Clarifies Process for Banks to Engage in Crypto-Related Activities"
	s.place(piece{name: "b", src: fdic, hours: 1, title: "2", ins: []corpus.InstrumentReading{r}})
	r.Issuer, r.Title = "OCC", "Wrong"
	s.place(piece{name: "c", src: wire, hours: 2, title: "3", ins: []corpus.InstrumentReading{r}})
	if in := instrument(t, s, "FIL-7-2025"); in.Issuer != "FDIC" || in.Title != "FDIC Clarifies Process for Banks to Engage in Crypto-Related Activities" {
		t.Error(in)
	}
}

func TestReadingWithoutANumberIsNoInstrument(t *testing.T) {
	s := newScene(t)
	out := s.place(piece{name: "a", src: wire, title: "x", ins: []corpus.InstrumentReading{{Status: corpus.InstrumentAdopted, Relations: []corpus.Relation{{Kind: corpus.Repeals, To: "FIL-1-2020"}}}}})
	if len(out.Instruments) != 0 {
		t.Error(out.Instruments)
	}
}
