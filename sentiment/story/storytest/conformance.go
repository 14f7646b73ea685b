package storytest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/story"
)

// TestMemory holds a story.Memory to its contract. open returns a Memory that
// knows nothing yet; it is called once for each subtest.
//
// LastPlacement and Analysis are not part of it: their rows are written by
// the caller of story.Clusterer and may be bound to others.
func TestMemory(t *testing.T, open func(*testing.T) story.Memory) {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 9, 30, 0, 123456000, time.UTC) }
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	mb := func(id corpus.ArticleID, day int) corpus.Member {
		return corpus.Member{Article: id, Source: "src", URL: "https://example.org/" + string(id), Title: "Title of " + string(id), Similarity: 0.75, PublishedAt: at(day - 1), FirstSeenAt: at(day)}
	}

	t.Run("members are found by any band they share", func(t *testing.T) {
		m := open(t)
		must(t, m.PutMember("s1", mb("a1", 1), []uint64{1, 1 << 63, 3}, []byte{1, 2}))
		must(t, m.PutMember("s1", mb("a2", 2), []uint64{1, 5}, []byte{3}))
		must(t, m.PutMember("s2", mb("a3", 3), []uint64{7}, []byte{4}))
		got, err := m.Near([]uint64{1 << 63, 5, 99}, 10)
		must(t, err)
		want := []corpus.Near{
			{Article: "a1", Story: "s1", Sketch: []byte{1, 2}, PublishedAt: at(0), FirstSeenAt: at(1)},
			{Article: "a2", Story: "s1", Sketch: []byte{3}, PublishedAt: at(1), FirstSeenAt: at(2)},
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
		id, member, ok, err := m.Member("a2")
		must(t, err)
		if d := cmp.Diff(mb("a2", 2), member); id != "s1" || !ok || d != "" {
			t.Error(id, ok, d)
		}
		if _, _, ok, err := m.Member("none"); ok || err != nil {
			t.Error("an article that nobody put is a member", err)
		}
		if got, err := m.Near(nil, 10); len(got) != 0 || err != nil {
			t.Error("no bands, but", got, err)
		}
	})
	t.Run("a member put again replaces bands and sketch", func(t *testing.T) {
		m := open(t)
		must(t, m.PutMember("s1", mb("a1", 1), []uint64{1}, []byte{1}))
		changed := mb("a1", 1)
		changed.Title = "Corrected"
		must(t, m.PutMember("s1", changed, []uint64{2}, []byte{2}))
		if got, err := m.Near([]uint64{1}, 10); len(got) != 0 || err != nil {
			t.Error("still found by its old band", got, err)
		}
		got, err := m.Near([]uint64{2}, 10)
		must(t, err)
		if len(got) != 1 || !slices.Equal(got[0].Sketch, []byte{2}) {
			t.Error(got)
		}
		_, member, _, err := m.Member("a1")
		must(t, err)
		if d := cmp.Diff(changed, member); d != "" {
			t.Error(d)
		}
	})
	t.Run("a crowded band shows those seen last", func(t *testing.T) {
		m := open(t)
		for i, id := range []corpus.ArticleID{"a5", "a4", "a3", "a2", "a1"} {
			must(t, m.PutMember("s1", mb(id, i+1), []uint64{1}, nil))
		}
		must(t, m.PutMember("s1", mb("b1", 1), []uint64{2}, nil))
		got, err := m.Near([]uint64{1, 2}, 2)
		must(t, err)
		var ids []corpus.ArticleID
		for _, n := range got {
			ids = append(ids, n.Article)
		}
		if d := cmp.Diff([]corpus.ArticleID{"a1", "a2", "b1"}, ids); d != "" {
			t.Error(d)
		}
	})
	t.Run("a story goes by its first member, or the representative set last", func(t *testing.T) {
		m := open(t)
		must(t, m.PutMember("s1", mb("a1", 1), nil, nil))
		must(t, m.PutMember("s1", mb("a2", 2), nil, nil))
		if id, err := m.Representative("s1"); id != "a1" || err != nil {
			t.Error(id, err)
		}
		if id, err := m.Representative("none"); id != "" || err != nil {
			t.Error(id, err)
		}
		must(t, m.SetRepresentative("s1", "a1", "first"))
		must(t, m.SetRepresentative("s1", "a2", "second"))
		if id, err := m.Representative("s1"); id != "a2" || err != nil {
			t.Error(id, err)
		}
	})
	t.Run("a story that ends in another gives it its articles", func(t *testing.T) {
		m := open(t)
		for i, id := range []corpus.ArticleID{"a1", "a2", "a3", "a4"} {
			must(t, m.PutMember([]corpus.StoryID{"s1", "s2", "s2", "s3"}[i], mb(id, i+1), []uint64{1}, nil))
		}
		must(t, m.MergeStories("s2", "s3", "a3"))
		must(t, m.MergeStories("s1", "s2", "a4"))
		for _, id := range []corpus.ArticleID{"a1", "a2", "a3", "a4"} {
			if st, member, ok, err := m.Member(id); st != "s1" || !ok || member.Article != id || err != nil {
				t.Error(id, "is in", st, ok, err)
			}
		}
		if id, err := m.Representative("s1"); id != "a1" || err != nil {
			t.Error("the story that goes on goes by", id, err)
		}
		near, err := m.Near([]uint64{1}, 10)
		must(t, err)
		for _, n := range near {
			if n.Story != "s1" {
				t.Error(n.Article, "is still found in", n.Story)
			}
		}
	})
	t.Run("events come back as they were put, newest version, by key", func(t *testing.T) {
		m := open(t)
		must(t, m.PutMember("s1", mb("a1", 1), nil, nil))
		ev := Event("e1", "a1", at(1))
		v1, err := m.PutEvent(ev)
		must(t, err)
		if v1.Version != 1 || v1.KnownAt.IsZero() {
			t.Error("version", v1.Version, "known at", v1.KnownAt)
		}
		ev.Severity, ev.Change.Reason = corpus.SeverityCritical, corpus.ChangeFacts
		v2, err := m.PutEvent(ev)
		must(t, err)
		_, err = m.PutEvent(Event("e0", "a1", at(1)))
		must(t, err)
		must(t, m.PutEventKeys("e1", []string{"k1", "k2"}))
		must(t, m.PutEventKeys("e1", []string{"k2", "k3"}))
		must(t, m.PutEventKeys("e0", []string{"k3", "键"}))

		got, err := m.EventsByKey([]string{"k1", "k2", "k3"})
		must(t, err)
		if len(got) != 2 || got[0].ID != "e0" || got[1].ID != "e1" {
			t.Fatalf("want e0 and e1, each once and in this order, got %v", got)
		}
		want := ev
		want.Version, want.KnownAt = 2, v2.KnownAt
		if d := cmp.Diff(want, got[1], cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
		if got, err := m.EventsByKey([]string{"键"}); len(got) != 1 || err != nil {
			t.Error(got, err)
		}
		if got, err := m.EventsByKey([]string{"none"}); len(got) != 0 || err != nil {
			t.Error(got, err)
		}
	})
	t.Run("instruments come back as they were put and resolve by alias", func(t *testing.T) {
		m := open(t)
		must(t, m.PutMember("s1", mb("a1", 1), nil, nil))
		in := corpus.Instrument{
			ID: "银发〔2026〕42号", Aliases: []string{"Yinfa [2026] No. 42", "The 2026 Notice"}, Issuer: "PBoC", Jurisdiction: "CN", Title: "关于…的通知",
			Status:      corpus.InstrumentInForce,
			Relations:   []corpus.Relation{{Kind: corpus.Repeals, To: "银发〔2021〕237号", Evidence: "同时废止。", Article: "a1"}},
			History:     []corpus.StatusChange{{Status: corpus.InstrumentInForce, EffectiveAt: at(9), By: "x", Article: "a1", Evidence: "自发布之日起施行。", SaidAt: at(1), KnownAt: at(2)}},
			Articles:    []corpus.ArticleID{"a1"},
			FirstSeenAt: at(1),
		}
		stored, err := m.PutInstrument(in)
		must(t, err)
		if stored.Version != 1 || stored.KnownAt.IsZero() {
			t.Error("version", stored.Version, "known at", stored.KnownAt)
		}
		in.Aliases = append(in.Aliases, "Notice 42")
		stored, err = m.PutInstrument(in)
		must(t, err)
		got, ok, err := m.Instrument(in.ID)
		must(t, err)
		want := in
		want.Version, want.KnownAt = 2, stored.KnownAt
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); !ok || d != "" {
			t.Error(ok, d)
		}
		for _, name := range []string{"银发〔2026〕42号", "yinfa [2026] no. 42", "NOTICE 42"} {
			if id, ok, err := m.ResolveInstrument(name); id != in.ID || !ok || err != nil {
				t.Error(name, id, ok, err)
			}
		}
		if id, ok, err := m.ResolveInstrument("银发〔2021〕237号"); ok || err != nil {
			t.Error("an instrument that is only named in a relation resolves to", id, err)
		}
		if _, ok, err := m.Instrument("none"); ok || err != nil {
			t.Error(ok, err)
		}
	})
	t.Run("an alias stays with the instrument that had it first", func(t *testing.T) {
		m := open(t)
		for _, id := range []corpus.InstrumentID{"FIL-7-2025", "FIL-8-2025"} {
			_, err := m.PutInstrument(corpus.Instrument{ID: id, Aliases: []string{"the letter"}, FirstSeenAt: at(1)})
			must(t, err)
		}
		if id, _, err := m.ResolveInstrument("The Letter"); id != "FIL-7-2025" || err != nil {
			t.Error(id, err)
		}
	})
}

// Event returns an event with every field set that a Memory has to keep.
func Event(id corpus.EventID, article corpus.ArticleID, at time.Time) corpus.Event {
	r := corpus.EventReading{
		Type: corpus.Enforcement, Stance: -0.7, Severity: corpus.SeverityHigh, Status: corpus.EventDone, Confidence: 0.8,
		Actors: []string{"CFTC"}, Targets: []string{"Binance"}, Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"CFTC"},
		Instruments: []corpus.InstrumentID{"银发〔2026〕42号"}, Assets: []string{"BNB"}, Exchanges: []string{"Binance"},
		EffectiveAt: at.AddDate(0, 1, 0), CommentsCloseAt: at.AddDate(0, 2, 0), AppliesAt: at.AddDate(0, 3, 0),
		Amounts: []corpus.Amount{{Value: 4.3e9, Unit: "USD"}, {Value: 310, Unit: "BTC"}},
	}
	ev := corpus.Event{
		ID: id, Story: "s1", Title: "CFTC sues Binance", EventReading: r, PublishedAt: at, FirstSeenAt: at.Add(time.Minute), Origin: corpus.OriginLive,
		Change: corpus.EventChange{Reason: corpus.ChangeCreated, Article: article, Origin: corpus.OriginLive},
		Reports: []corpus.Report{{
			Article: article, Revision: 3, Analysis: 4, Source: "src", Kind: corpus.SourceRegulator, URL: "https://example.org/" + string(article), Title: "CFTC sues Binance",
			Primary: true, Evidence: []string{"The CFTC has sued Binance.", "美国商品期货交易委员会起诉币安。"}, Told: r, Withdrawn: true, PublishedAt: at, FirstSeenAt: at.Add(time.Minute),
		}},
	}
	ev.Evidence = []string{"The CFTC has sued Binance."}
	return ev
}
