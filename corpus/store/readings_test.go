package store_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/sentiment/story/storytest"
)

// article stores a page and its article.
func article(t testing.TB, db *store.DB, url, words string) corpus.Revision {
	t.Helper()
	rev, _ := revise(t, db, draft(url, words), captured(t, db, url, words))
	return rev
}

// reading is an analysis of rev with something in every field.
func reading(rev corpus.Revision, version string) corpus.Analysis {
	return corpus.Analysis{
		Article: rev.Article, Revision: rev.ID, Analyzer: "local", Version: version, Origin: corpus.OriginBackfill,
		Lang: "zh", Score: -.3, Label: -1, Confidence: .7, Regulatory: true,
		Entities:    []corpus.Entity{{Kind: corpus.EntityRegulator, ID: "us-fdic", Name: "FDIC", Relevance: 1, Mentions: []corpus.Span{{Start: 0, End: 4}}}},
		Sentiments:  []corpus.Sentiment{{Target: "market", Kind: corpus.EntityMarket, Score: -.3, Confidence: .7, Relevance: 1, Evidence: []string{"<b>关于</b> & more"}}},
		Events:      []corpus.EventReading{telling(corpus.Repeal)},
		Instruments: []corpus.InstrumentReading{{ID: "FIL-7-2025", Issuer: "FDIC", Jurisdiction: "US", Status: corpus.InstrumentInForce, Relations: []corpus.Relation{{Kind: corpus.Repeals, To: "FIL-16-2022", Evidence: "rescinds"}}}},
	}
}

// telling is an event reading.
func telling(kind corpus.EventType) corpus.EventReading {
	return corpus.EventReading{
		Type: kind, Stance: .6, Severity: corpus.SeverityHigh, Status: corpus.EventDone, Confidence: .8, Actors: []string{"FDIC"},
		Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"FDIC"}, Instruments: []corpus.InstrumentID{"FIL-7-2025", "FIL-16-2022"},
		Assets: []string{"BTC"}, Exchanges: []string{"kraken"}, EffectiveAt: long, Evidence: []string{"FDIC rescinds FIL-16-2022."},
	}
}

func TestAnalyses(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		ctx := t.Context()
		r1 := article(t, db, "https://x/1", "one")
		add := func(a corpus.Analysis) (out corpus.Analysis, fresh bool) {
			update(t, db, func(tx *store.Tx) (err error) { out, fresh, err = tx.AddAnalysis(a); return err })
			return out, fresh
		}
		a1, fresh := add(reading(r1, "1"))
		want := reading(r1, "1")
		want.ID, want.At = 3, must(db.Head(ctx))(t).At
		if diff := cmp.Diff(want, a1); diff != "" || !fresh {
			t.Errorf("stored analysis (new %v) differs:\n%s", fresh, diff)
		}
		if diff := cmp.Diff(want, must(db.Analysis(ctx, a1.ID))(t)); diff != "" {
			t.Errorf("analysis read differs:\n%s", diff)
		}
		other := reading(r1, "1")
		other.Score = .9
		if again, fresh := add(other); fresh || again.Score != want.Score {
			t.Errorf("the same version again: new %v, score %v", fresh, again.Score)
		}
		a2, fresh := add(reading(r1, "2"))
		if !fresh {
			t.Error("a later version was not stored")
		}
		r2, _ := revise(t, db, draft("https://x/1", "two"), captured(t, db, "https://x/1", "two"))
		if diff := cmp.Diff(a2, must(db.LatestAnalysis(ctx, r1.Article))(t)); diff != "" {
			t.Errorf("while the newest revision is not analysed:\n%s", diff)
		}
		a3, _ := add(reading(r2, "1"))
		add(reading(r1, "3")) // a slow reading of old words
		if diff := cmp.Diff(a3, must(db.LatestAnalysis(ctx, r1.Article))(t)); diff != "" {
			t.Errorf("after an old revision was read again:\n%s", diff)
		}
		if list := must(db.Analyses(ctx, r1.ID))(t); len(list) != 3 || list[0].ID != a1.ID {
			t.Errorf("analyses of the first revision: %v", list)
		}
		for name, err := range map[string]error{"Analysis": errOf(db.Analysis(ctx, 99)), "LatestAnalysis": errOf(db.LatestAnalysis(ctx, "a-none"))} {
			if !errors.Is(err, corpus.ErrNotFound) {
				t.Errorf("%s of what is not there = %v, want ErrNotFound", name, err)
			}
		}
	})
}

func TestPlacements(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		rev := article(t, db, "https://x/1", "one")
		update(t, db, func(tx *store.Tx) error {
			a, _, err := tx.AddAnalysis(reading(rev, "1"))
			if err != nil {
				return err
			}
			p := corpus.Placement{Analysis: a.ID, Article: rev.Article, Story: "s1", Similarity: 1, Novelty: corpus.Novelty{Key: "k", Days: -1, Weight: 1}, Events: []corpus.EventID{"e1", "e2"}, Origin: corpus.OriginLive}
			got, fresh, err := tx.AddPlacement(p)
			if err != nil || !fresh {
				return fmt.Errorf("first: new %v, %w", fresh, err)
			}
			p.ID, p.At = got.ID, got.At
			if diff := cmp.Diff(p, got); diff != "" || p.ID == 0 || p.At.IsZero() {
				t.Errorf("stored placement differs:\n%s", diff)
			}
			other := p
			other.Story = "s2"
			again, fresh, err := tx.AddPlacement(other)
			if diff := cmp.Diff(p, again); diff != "" || fresh || err != nil {
				t.Errorf("again: new %v, %v\n%s", fresh, err, diff)
			}
			for name, read := range map[string]func() (corpus.Placement, bool, error){
				"PlacementOf":   func() (corpus.Placement, bool, error) { return tx.PlacementOf(a.ID) },
				"LastPlacement": func() (corpus.Placement, bool, error) { return tx.LastPlacement(rev.Article) },
			} {
				got, ok, err := read()
				if diff := cmp.Diff(p, got); diff != "" || !ok || err != nil {
					t.Errorf("%s: %v, %v\n%s", name, ok, err, diff)
				}
			}
			if _, ok, err := tx.LastPlacement("a-none"); ok || err != nil {
				t.Errorf("LastPlacement of an unknown article = %v, %v", ok, err)
			}
			return nil
		})
		if p := must(db.Placement(t.Context(), 4))(t); p.Story != "s1" {
			t.Errorf("placement read: %+v", p)
		}
	})
}

func TestStories(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		var members []corpus.Member
		var story corpus.StoryID = "s1"
		for i := range 4 {
			rev := article(t, db, fmt.Sprintf("https://x/%d", i), "words")
			m := corpus.Member{Article: rev.Article, Source: source.ID, URL: rev.URL, Title: rev.Title, Similarity: 1, PublishedAt: long, FirstSeenAt: rev.FirstSeenAt}
			members = append(members, m)
			update(t, db, func(tx *store.Tx) error {
				return tx.PutMember(story, m, []uint64{1, math.MaxUint64, uint64(i) + 10}, []byte{byte(i), 0xff})
			})
		}
		update(t, db, func(tx *store.Tx) error {
			if rep, err := tx.Representative(story); rep != members[0].Article || err != nil {
				t.Errorf("Representative = %s, %v; want the first member", rep, err)
			}
			if err := tx.SetRepresentative(story, members[2].Article, "Better headline"); err != nil {
				return err
			}
			if err := tx.SetRepresentative("s-none", members[2].Article, ""); !errors.Is(err, corpus.ErrNotFound) {
				t.Errorf("SetRepresentative of no story = %v", err)
			}
			names := func(bands []uint64, per int) (out []corpus.ArticleID) {
				near, err := tx.Near(bands, per)
				if err != nil {
					t.Error(err)
				}
				for _, n := range near {
					if n.Story != story || len(n.Sketch) != 2 || n.FirstSeenAt.IsZero() || !n.PublishedAt.Equal(long) {
						t.Errorf("neighbour %+v", n)
					}
					out = append(out, n.Article)
				}
				return out
			}
			sorted := cmpopts.SortSlices(func(a, b corpus.ArticleID) bool { return a < b })
			everyone := []corpus.ArticleID{members[0].Article, members[1].Article, members[2].Article, members[3].Article}
			if diff := cmp.Diff(everyone, names([]uint64{1, math.MaxUint64}, 10), sorted); diff != "" {
				t.Errorf("all share a band:\n%s", diff)
			}
			if diff := cmp.Diff(everyone[2:], names([]uint64{1}, 2), sorted); diff != "" {
				t.Errorf("of a crowded band the last seen:\n%s", diff)
			}
			if diff := cmp.Diff([]corpus.ArticleID{members[1].Article}, names([]uint64{11, 99}, 10)); diff != "" {
				t.Errorf("one shares a band:\n%s", diff)
			}
			if got := names(nil, 10); len(got) != 0 {
				t.Errorf("no bands, but %v", got)
			}

			// An article is told again, otherwise: its old bands lead nowhere.
			members[1].Title = "Changed"
			if err := tx.PutMember(story, members[1], []uint64{77}, []byte{1, 2}); err != nil {
				return err
			}
			if got := names([]uint64{11}, 10); len(got) != 0 {
				t.Errorf("found under a band it has lost: %v", got)
			}
			if got := names([]uint64{77}, 10); len(got) != 1 {
				t.Errorf("not found under its new band: %v", got)
			}
			st, m, ok, err := tx.Member(members[1].Article)
			if diff := cmp.Diff(members[1], m); diff != "" || st != story || !ok || err != nil {
				t.Errorf("Member = %s, %v, %v\n%s", st, ok, err, diff)
			}
			if _, _, ok, err := tx.Member("a-none"); ok || err != nil {
				t.Errorf("Member of no story = %v, %v", ok, err)
			}
			return nil
		})
		want := corpus.Story{ID: story, Title: "Better headline", Representative: members[2].Article, Articles: members, FirstSeenAt: members[0].FirstSeenAt, LastSeenAt: members[3].FirstSeenAt}
		if diff := cmp.Diff(want, must(db.Story(t.Context(), story))(t)); diff != "" {
			t.Errorf("story differs:\n%s", diff)
		}
		if diff := cmp.Diff(want, must(db.StoryOf(t.Context(), members[1].Article))(t)); diff != "" {
			t.Errorf("story of a member differs:\n%s", diff)
		}
		if _, err := db.Story(t.Context(), "s-none"); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("err = %v, want ErrNotFound", err)
		}
	})
}

// A story that ended in another leads on to it, whatever was written of it
// before.
func TestMergedStories(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		var ids []corpus.ArticleID
		for i, story := range []corpus.StoryID{"s1", "s2", "s2", "s3"} {
			rev := article(t, db, fmt.Sprintf("https://x/%d", i), "words")
			ids = append(ids, rev.Article)
			update(t, db, func(tx *store.Tx) error {
				return tx.PutMember(story, corpus.Member{Article: rev.Article, Source: source.ID, URL: rev.URL, Title: rev.Title, FirstSeenAt: rev.FirstSeenAt}, nil, nil)
			})
		}
		update(t, db, func(tx *store.Tx) error {
			ev := storytest.Event("e1", ids[3], long)
			ev.Story = "s3"
			_, err := tx.PutEvent(ev)
			return err
		})
		if moved := must(db.Moved(t.Context(), ids))(t); len(moved) != 0 {
			t.Errorf("nothing ended, but %v moved", moved)
		}
		update(t, db, func(tx *store.Tx) error { return tx.MergeStories("s2", "s3", ids[2]) })
		update(t, db, func(tx *store.Tx) error { return tx.MergeStories("s1", "s2", ids[3]) })

		whole := must(db.Story(t.Context(), "s1"))(t)
		if len(whole.Articles) != 4 || whole.Representative != ids[0] || !whole.LastSeenAt.Equal(whole.Articles[3].FirstSeenAt) {
			t.Errorf("the story that goes on: %+v", whole)
		}
		for _, ended := range []corpus.StoryID{"s2", "s3"} {
			if diff := cmp.Diff(whole, must(db.Story(t.Context(), ended))(t)); diff != "" {
				t.Errorf("%s leads elsewhere:\n%s", ended, diff)
			}
		}
		for _, story := range []corpus.StoryID{"s1", "s2", "s3"} {
			if evs := must(db.Events(t.Context(), corpus.EventQuery{Story: story}))(t); len(evs) != 1 {
				t.Errorf("%d events of %s, want the one that began in s3", len(evs), story)
			}
		}
		if moved := must(db.Moved(t.Context(), ids[3:]))(t); len(moved) != 4 {
			t.Errorf("%v moved by the last article, want all of the story", moved)
		}
	})
}

func TestEvents(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		ctx := t.Context()
		put := func(e corpus.Event) (out corpus.Event) {
			update(t, db, func(tx *store.Tx) (err error) { out, err = tx.PutEvent(e); return err })
			return out
		}
		repeal := corpus.Event{ID: "e1", Story: "s1", Title: "FDIC rescinds", EventReading: telling(corpus.Repeal), PublishedAt: long,
			Reports: []corpus.Report{{Article: "a1", URL: "https://x", Primary: true, FirstSeenAt: long}}, Origin: corpus.OriginLive}
		first := put(repeal)
		want := repeal
		want.Version, want.KnownAt, want.FirstSeenAt = 1, first.KnownAt, first.KnownAt
		if diff := cmp.Diff(want, first); diff != "" {
			t.Errorf("stored event differs:\n%s", diff)
		}
		before := first.KnownAt

		later := first
		later.Severity, later.Regulators = corpus.SeverityCritical, []string{"FDIC", "OCC"}
		second := put(later)
		if second.Version != 2 || !second.FirstSeenAt.Equal(first.FirstSeenAt) || !second.KnownAt.After(first.KnownAt) {
			t.Errorf("second version: %+v", second)
		}
		halt := telling(corpus.Halt)
		halt.Jurisdictions, halt.Regulators, halt.Instruments, halt.Exchanges = nil, nil, nil, []string{"okx"}
		third := put(corpus.Event{ID: "e2", Story: "s2", EventReading: halt, PublishedAt: long.Add(time.Hour)})

		if diff := cmp.Diff([]corpus.Event{first, second}, must(db.EventVersions(ctx, "e1"))(t)); diff != "" {
			t.Errorf("versions differ:\n%s", diff)
		}
		if diff := cmp.Diff(second, must(db.Event(ctx, "e1"))(t)); diff != "" {
			t.Errorf("newest version differs:\n%s", diff)
		}
		if diff := cmp.Diff(first, must(db.EventAt(ctx, 1))(t)); diff != "" {
			t.Errorf("the version of the first entry differs:\n%s", diff)
		}
		if _, err := db.Event(ctx, "e9"); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("err = %v, want ErrNotFound", err)
		}

		for _, test := range []struct {
			name string
			q    corpus.EventQuery
			want []corpus.Event
		}{
			{"all, latest first", corpus.EventQuery{}, []corpus.Event{third, second}},
			{"by type", corpus.EventQuery{Types: []corpus.EventType{corpus.Repeal, corpus.Guidance}}, []corpus.Event{second}},
			{"by severity", corpus.EventQuery{Severities: []corpus.Severity{corpus.SeverityHigh}}, []corpus.Event{third}},
			{"by severity, as of before", corpus.EventQuery{Severities: []corpus.Severity{corpus.SeverityHigh}, AsOf: before}, []corpus.Event{first}},
			{"by jurisdiction", corpus.EventQuery{Jurisdiction: "US"}, []corpus.Event{second}},
			{"by regulator", corpus.EventQuery{Regulator: "OCC"}, []corpus.Event{second}},
			{"by regulator, as of before", corpus.EventQuery{Regulator: "OCC", AsOf: before}, nil},
			{"by instrument and asset", corpus.EventQuery{Instrument: "FIL-16-2022", Asset: "BTC"}, []corpus.Event{second}},
			{"by exchange", corpus.EventQuery{Exchange: "okx"}, []corpus.Event{third}},
			{"by story", corpus.EventQuery{Story: "s2"}, []corpus.Event{third}},
			{"since", corpus.EventQuery{Since: long.Add(time.Minute)}, []corpus.Event{third}},
			{"until", corpus.EventQuery{Until: long.Add(time.Minute)}, []corpus.Event{second}},
			{"before anything was known", corpus.EventQuery{AsOf: long}, nil},
			{"one", corpus.EventQuery{Limit: 1}, []corpus.Event{third}},
			{"the next", corpus.EventQuery{Limit: 1, After: corpus.EventCursor{Date: third.Date(), ID: third.ID}}, []corpus.Event{second}},
			{"none are left", corpus.EventQuery{After: corpus.EventCursor{Date: second.Date(), ID: second.ID}}, nil},
		} {
			t.Run(test.name, func(t *testing.T) {
				if diff := cmp.Diff(test.want, must(db.Events(ctx, test.q))(t)); diff != "" {
					t.Error(diff)
				}
			})
		}

		update(t, db, func(tx *store.Tx) error {
			for _, keys := range [][]string{{"instrument:FIL-7-2025", "month:2025-03"}, {"instrument:FIL-7-2025"}} { // twice is once
				if err := tx.PutEventKeys("e1", keys); err != nil {
					return err
				}
			}
			if err := tx.PutEventKeys("e2", []string{"month:2025-03"}); err != nil {
				return err
			}
			for _, test := range []struct {
				keys []string
				want []corpus.Event
			}{
				{[]string{"month:2025-03"}, []corpus.Event{second, third}},
				{[]string{"instrument:FIL-7-2025", "month:2025-03"}, []corpus.Event{second, third}},
				{[]string{"instrument:FIL-7-2025"}, []corpus.Event{second}},
				{[]string{"nothing"}, nil},
				{nil, nil},
			} {
				got, err := tx.EventsByKey(test.keys)
				if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
					t.Errorf("by %v: %v\n%s", test.keys, err, diff)
				}
			}
			old, ok, err := tx.EventVersion("e1", 1)
			if diff := cmp.Diff(first, old); diff != "" || !ok || err != nil {
				t.Errorf("EventVersion: %v, %v\n%s", ok, err, diff)
			}
			newest, ok, err := tx.Event("e1")
			if diff := cmp.Diff(second, newest); diff != "" || !ok || err != nil {
				t.Errorf("Event: %v, %v\n%s", ok, err, diff)
			}
			if _, ok, err := tx.EventVersion("e1", 3); ok || err != nil {
				t.Errorf("a version that is not there = %v, %v", ok, err)
			}
			return nil
		})
	})
}

func TestInstruments(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		ctx := t.Context()
		put := func(in corpus.Instrument) (out corpus.Instrument) {
			update(t, db, func(tx *store.Tx) (err error) { out, err = tx.PutInstrument(in); return err })
			return out
		}
		first := put(corpus.Instrument{ID: "FIL-7-2025", Aliases: []string{"FIL 7-2025"}, Issuer: "FDIC", Jurisdiction: "US", Status: corpus.InstrumentProposed,
			Relations: []corpus.Relation{{Kind: corpus.Repeals, To: "FIL-16-2022", Evidence: "rescinds"}}})
		if first.Version != 1 || first.KnownAt.IsZero() || !first.FirstSeenAt.Equal(first.KnownAt) {
			t.Errorf("first version: %+v", first)
		}
		later := first
		later.Status, later.Aliases = corpus.InstrumentInForce, []string{"FIL 7-2025", "Letter Seven"}
		second := put(later)
		notice := put(corpus.Instrument{ID: "银发〔2026〕42号", Aliases: []string{"Yinfa [2026] No. 42", "letter  SEVEN"}, Issuer: "PBoC", Jurisdiction: "CN"})

		for name, want := range map[string]corpus.Instrument{
			"FIL-7-2025": second, "fil-7-2025": second, " FIL  7-2025 ": second, "LETTER SEVEN": second, "银发〔2026〕42号": notice, "yinfa [2026] no. 42": notice,
		} {
			if diff := cmp.Diff(want, must(db.Instrument(ctx, name))(t)); diff != "" {
				t.Errorf("%q leads elsewhere:\n%s", name, diff)
			}
		}
		if _, err := db.Instrument(ctx, "SAB 121"); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("err = %v, want ErrNotFound", err)
		}
		if diff := cmp.Diff([]corpus.Instrument{first, second}, must(db.InstrumentVersions(ctx, "FIL-7-2025"))(t)); diff != "" {
			t.Errorf("versions differ:\n%s", diff)
		}
		for _, test := range []struct {
			q    corpus.InstrumentQuery
			want []corpus.Instrument
		}{
			{corpus.InstrumentQuery{}, []corpus.Instrument{second, notice}},
			{corpus.InstrumentQuery{Jurisdiction: "CN"}, []corpus.Instrument{notice}},
			{corpus.InstrumentQuery{Issuer: "FDIC", Status: corpus.InstrumentInForce}, []corpus.Instrument{second}},
			{corpus.InstrumentQuery{Status: corpus.InstrumentProposed}, nil},
			{corpus.InstrumentQuery{Status: corpus.InstrumentProposed, AsOf: first.KnownAt}, []corpus.Instrument{first}},
			{corpus.InstrumentQuery{Limit: 1}, []corpus.Instrument{second}},
			{corpus.InstrumentQuery{After: "FIL-7-2025"}, []corpus.Instrument{notice}},
		} {
			if diff := cmp.Diff(test.want, must(db.Instruments(ctx, test.q))(t)); diff != "" {
				t.Errorf("%+v:\n%s", test.q, diff)
			}
		}
		update(t, db, func(tx *store.Tx) error {
			id, ok, err := tx.ResolveInstrument("letter seven")
			if id != "FIL-7-2025" || !ok || err != nil {
				t.Errorf("ResolveInstrument = %s, %v, %v", id, ok, err)
			}
			if _, ok, err := tx.ResolveInstrument("none"); ok || err != nil {
				t.Errorf("ResolveInstrument of nothing = %v, %v", ok, err)
			}
			in, ok, err := tx.Instrument("FIL-7-2025")
			if diff := cmp.Diff(second, in); diff != "" || !ok || err != nil {
				t.Errorf("Instrument: %v, %v\n%s", ok, err, diff)
			}
			return nil
		})
	})
}
