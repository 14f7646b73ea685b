package store_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

func TestCaptures(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		ctx := t.Context()
		want := page("https://x/1", "first 银发〔2026〕42号")
		want.Body = bytes.Repeat([]byte("some bytes \x00\xff"), 5000)
		sum := sha256.Sum256(want.Body)
		var got corpus.Capture
		update(t, db, func(tx *store.Tx) error {
			var err error
			got, _, err = tx.AddCapture(want)
			return err
		})
		want.ID, want.Digest = 1, hex.EncodeToString(sum[:])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stored capture differs:\n%s", diff)
		}
		if diff := cmp.Diff(want, must(db.Capture(ctx, 1))(t)); diff != "" {
			t.Errorf("capture read differs:\n%s", diff)
		}
		if _, err := db.Capture(ctx, 2); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("reading what is not there = %v, want ErrNotFound", err)
		}
	})
}

func TestACaptureIsStoredWhenItTeachesSomething(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		second := source
		second.ID = "another"
		update(t, db, func(tx *store.Tx) error { return tx.PutSource(second) })
		add := func(c corpus.Capture) (id corpus.CaptureID, fresh bool) {
			update(t, db, func(tx *store.Tx) error {
				stored, isNew, err := tx.AddCapture(c)
				id, fresh = stored.ID, isNew
				return err
			})
			return id, fresh
		}
		steps := []struct {
			name   string
			change func(*corpus.Capture)
			id     corpus.CaptureID
			fresh  bool
		}{
			{"the first", func(*corpus.Capture) {}, 1, true},
			{"the same again", func(*corpus.Capture) {}, 1, false},
			{"the same later, with other headers", func(c *corpus.Capture) { c.FetchedAt, c.Header = c.FetchedAt.Add(time.Hour), nil }, 1, false},
			{"another body", func(c *corpus.Capture) { c.Body = []byte("changed") }, 2, true},
			{"the first body again", func(*corpus.Capture) {}, 3, true},
			{"gone", func(c *corpus.Capture) { c.Status = 404 }, 4, true},
			{"another address", func(c *corpus.Capture) { c.URL += "?b" }, 5, true},
			{"another source", func(c *corpus.Capture) { c.Source = second.ID }, 6, true},
			{"whole in a feed", func(c *corpus.Capture) { c.URL = "https://x/feed"; c.Item.Content = "c" }, 7, true},
			{"whole in a feed, the same", func(c *corpus.Capture) { c.URL = "https://x/feed"; c.Item.Content = "c" }, 7, false},
			{"whole in a feed, with another title", func(c *corpus.Capture) { c.URL = "https://x/feed"; c.Item.Content = "c"; c.Item.Title = "t" }, 8, true},
		}
		for _, step := range steps {
			c := page("https://x/1", "w")
			step.change(&c)
			if id, fresh := add(c); id != step.id || fresh != step.fresh {
				t.Errorf("%s: capture %d, new %v; want %d, %v", step.name, id, fresh, step.id, step.fresh)
			}
		}
		if n := len(must(db.Changes(t.Context(), 0, 100))(t)); n != 8 {
			t.Errorf("%d entries in the log, want 8", n)
		}

		list := func(q corpus.CaptureQuery) (ids []corpus.CaptureID) {
			for _, c := range must(db.Captures(t.Context(), q))(t) {
				if c.Body != nil {
					t.Error("a list carries bodies")
				}
				ids = append(ids, c.ID)
			}
			return ids
		}
		for _, test := range []struct {
			q    corpus.CaptureQuery
			want []corpus.CaptureID
		}{
			{corpus.CaptureQuery{URL: "https://x/1", Source: source.ID}, []corpus.CaptureID{1, 2, 3, 4}},
			{corpus.CaptureQuery{Source: second.ID}, []corpus.CaptureID{6}},
			{corpus.CaptureQuery{After: 2, Limit: 2}, []corpus.CaptureID{3, 4}},
		} {
			if diff := cmp.Diff(test.want, list(test.q)); diff != "" {
				t.Errorf("%+v:\n%s", test.q, diff)
			}
		}
	})
}

func TestACaptureOfAnUnknownSourceIsRefused(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			_, _, err := tx.AddCapture(page("https://x/1", "w"))
			return err
		})
		if err == nil {
			t.Error("stored")
		}
	})
}

func TestSources(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		changed := source
		changed.Name, changed.Weight = "Federal Deposit Insurance Corporation", .5
		other := corpus.Source{ID: "a-media", Name: "Harbour", Kind: corpus.SourceMedia}
		update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutSource(changed), tx.PutSource(other)) })
		if diff := cmp.Diff([]corpus.Source{other, changed}, must(db.Sources(t.Context()))(t)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(changed, must(db.Source(t.Context(), source.ID))(t)); diff != "" {
			t.Error(diff)
		}
		if _, err := db.Source(t.Context(), "nobody"); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("err = %v, want ErrNotFound", err)
		}
	})
}

// Crawled text holds what databases choke on.
func TestHostileText(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		hostile := "a\x00b\xff'; DROP TABLE log; -- \u202e 𝔘 " + string([]byte{0xc3, 0x28})
		clean := "ab\uFFFD'; DROP TABLE log; -- \u202e 𝔘 \uFFFD("
		var rev corpus.Revision
		update(t, db, func(tx *store.Tx) error {
			c := page("https://x/"+hostile, hostile)
			c.Header = map[string][]string{hostile: {hostile}}
			stored, _, err := tx.AddCapture(c)
			if err != nil {
				return err
			}
			d := draft("https://x/"+hostile, hostile)
			d.PublishedAt = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
			d.Lang, d.Fragment, d.Authors, d.Tags = hostile, hostile, []string{hostile}, []string{hostile}
			rev, _, err = tx.Revise(d, stored.ID, corpus.OriginLive)
			if err != nil {
				return err
			}
			return tx.Park(corpus.Parked{Stage: "parse", Ref: hostile, Reason: hostile, Detail: hostile})
		})
		got := must(db.Revision(t.Context(), rev.ID))(t)
		if got.Title != clean || got.URL != "https://x/"+clean {
			t.Errorf("title %q, url %q", got.Title, got.URL)
		}
	})
}

// URLs and names may be longer than PostgreSQL can index.
func TestLongText(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		ctx := t.Context()
		var far string
		for range 200 { // random, so that it does not compress away
			far += rand.Text()
		}
		url := "https://x/" + far
		rev := article(t, db, url, "w")
		if _, fresh := revise(t, db, draft(url, "w"), rev.Capture); fresh {
			t.Error("an article with a long address was not found again")
		}
		if err := db.SaveFrontier(ctx, []corpus.FrontierEntry{{Source: source.ID, URL: url, State: corpus.FrontierDone}}); err != nil {
			t.Error(err)
		}
		if got := must(db.Frontier(ctx, source.ID, []string{url}))(t); len(got) != 1 || got[0].URL != url {
			t.Errorf("%d frontier entries", len(got))
		}
		update(t, db, func(tx *store.Tx) error {
			e := corpus.Event{ID: "e1", EventReading: telling(corpus.Repeal)}
			e.Regulators = []string{far}
			_, err1 := tx.PutEvent(e)
			err2 := tx.PutEventKeys("e1", []string{far})
			_, err3 := tx.PutInstrument(corpus.Instrument{ID: "FIL-7-2025", Aliases: []string{far}})
			found, err4 := tx.EventsByKey([]string{far})
			id, ok, err5 := tx.ResolveInstrument(far)
			if len(found) != 1 || !ok || id != "FIL-7-2025" {
				t.Errorf("by key %d events; by alias %q", len(found), id)
			}
			return errors.Join(err1, err2, err3, err4, err5)
		})
		if got := must(db.Events(ctx, corpus.EventQuery{Regulator: far}))(t); len(got) != 1 {
			t.Errorf("%d events of a regulator with a long name", len(got))
		}
	})
}

// TestRuleStates: rules are counted by capture, in the order of captures, and
// saving the crawler's own state leaves them alone.
func TestRuleStates(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		note := func(id corpus.CaptureID, matched bool) {
			c := page("https://x/1", "")
			c.ID, c.FetchedAt = id, c.FetchedAt.Add(time.Duration(id)*time.Hour)
			update(t, db, func(tx *store.Tx) error { return tx.NoteRules(c, map[string]bool{"body": matched}) })
		}
		state := func() corpus.RuleState {
			t.Helper()
			st := must(db.SourceState(t.Context(), source.ID))(t)
			if err := db.SaveSourceState(t.Context(), st); err != nil {
				t.Fatal(err)
			}
			if len(st.Rules) != 1 {
				t.Fatalf("rules = %v, want one", st.Rules)
			}
			return st.Rules[0]
		}
		note(3, false)
		if r := state(); r.Failures != 1 || !r.Broken() {
			t.Errorf("%+v: a rule that never matched is broken at once", r)
		}
		note(4, true)
		for id := range corpus.CaptureID(3) {
			if r := state(); r.Failures != int(id) || r.Broken() || r.MatchedAt.IsZero() {
				t.Errorf("%+v: want %d failures", r, id)
			}
			note(5+id, false)
			note(5+id, false) // the same again
			note(2, true)     // an old one
		}
		r := state()
		if !r.Broken() || r.Failures != 3 || r.URL != "https://x/1" || r.Capture != 7 || r.FailedAt.Sub(r.MatchedAt) != 3*time.Hour {
			t.Errorf("%+v: want it broken by capture 7", r)
		}
		if all := must(db.SourceStates(t.Context()))(t); len(all) != 1 || len(all[0].Rules) != 1 {
			t.Errorf("states of all sources = %+v", all)
		}
	})
}

func TestCapturesBefore(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		var ids []corpus.CaptureID
		for _, body := range []string{"one", "two", "three", "four"} {
			update(t, db, func(tx *store.Tx) error {
				c, _, err := tx.AddCapture(page("https://x/1", body))
				ids = append(ids, c.ID)
				return err
			})
		}
		update(t, db, func(tx *store.Tx) error {
			got, err := tx.CapturesBefore(source.ID, "https://x/1", ids[3], 2)
			if err == nil && (len(got) != 2 || string(got[0].Body) != "<p>three</p>" || string(got[1].Body) != "<p>two</p>") {
				t.Errorf("captures before the fourth = %v", got)
			}
			return err
		})
	})
}
