package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// revise stores a draft.
func revise(t testing.TB, db *store.DB, d corpus.Draft, c corpus.CaptureID) (rev corpus.Revision, fresh bool) {
	t.Helper()
	update(t, db, func(tx *store.Tx) (err error) {
		rev, fresh, err = tx.Revise(d, c, corpus.OriginLive)
		return err
	})
	return rev, fresh
}

// captured stores a page and returns its number.
func captured(t testing.TB, db *store.DB, url, words string) corpus.CaptureID {
	t.Helper()
	var id corpus.CaptureID
	update(t, db, func(tx *store.Tx) error { id = capture(t, tx, url, words).ID; return nil })
	return id
}

func TestRevisions(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		ctx := t.Context()
		c1 := captured(t, db, "https://x/1", "one")
		d := draft("https://x/1", "Eight agencies publish notice 42")
		d.Fragment, d.Tags, d.ModifiedAt = "s2", []string{"notice", "公告"}, long.Add(time.Hour)
		d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockTable, Text: "a\tb\nc\td", Page: 3}, corpus.Block{Kind: corpus.BlockCaption, Text: "keywords"})
		first, fresh := revise(t, db, d, c1)
		want := corpus.Revision{ID: 2, Article: d.ArticleID(), N: 1, Capture: c1, Draft: d, Digest: d.ContentDigest(), FirstSeenAt: first.FirstSeenAt, Origin: corpus.OriginLive}
		if diff := cmp.Diff(want, first); diff != "" || !fresh {
			t.Errorf("stored revision (new %v) differs:\n%s", fresh, diff)
		}
		if diff := cmp.Diff(want, must(db.Revision(ctx, first.ID))(t)); diff != "" {
			t.Errorf("revision read differs:\n%s", diff)
		}
		article := must(db.Article(ctx, first.Article))(t)
		if diff := cmp.Diff(corpus.Article{ID: d.ArticleID(), Source: source.ID, URL: d.URL, Fragment: "s2", FirstSeenAt: first.FirstSeenAt}, article); diff != "" {
			t.Errorf("article differs:\n%s", diff)
		}
		if head := must(db.Head(ctx))(t); head.Kind != corpus.KindRevision || head.Ref != first.ID.String() || !head.At.Equal(first.FirstSeenAt) {
			t.Errorf("log entry %+v", head)
		}

		again, fresh := revise(t, db, d, captured(t, db, "https://x/1", "furniture changed"))
		if diff := cmp.Diff(want, again); diff != "" || fresh {
			t.Errorf("the same content again (new %v) differs:\n%s", fresh, diff)
		}
		d.Title += " (corrected)"
		d.Status = corpus.StatusCorrected
		second, fresh := revise(t, db, d, captured(t, db, "https://x/1", "two"))
		if !fresh || second.N != 2 || second.Article != first.Article {
			t.Errorf("changed content: new %v, number %d", fresh, second.N)
		}
		if diff := cmp.Diff([]corpus.Revision{first, second}, must(db.Revisions(ctx, first.Article))(t)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(second, must(db.LatestRevision(ctx, first.Article))(t)); diff != "" {
			t.Error(diff)
		}
		for name, err := range map[string]error{
			"Revision":       errOf(db.Revision(ctx, 99)),
			"LatestRevision": errOf(db.LatestRevision(ctx, "a-none")),
			"Article":        errOf(db.Article(ctx, "a-none")),
		} {
			if !errors.Is(err, corpus.ErrNotFound) {
				t.Errorf("%s of what is not there = %v, want ErrNotFound", name, err)
			}
		}
	})
}

// errOf returns the second of two results.
func errOf[T any](_ T, err error) error { return err }

// Parsing the record again from its beginning tells nothing new, and never
// takes an article back to what it once said.
func TestParsingAgainNeverGoesBack(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		c1 := captured(t, db, "https://x/1", "one")
		c2 := captured(t, db, "https://x/1", "two")
		one, two := draft("https://x/1", "one"), draft("https://x/1", "two")
		revise(t, db, one, c1)
		newest, _ := revise(t, db, two, c2)
		for range 2 {
			if got, fresh := revise(t, db, one, c1); fresh || got.ID != newest.ID {
				t.Errorf("the first capture again: new %v, revision %d", fresh, got.ID)
			}
			if got, fresh := revise(t, db, two, c2); fresh || got.ID != newest.ID {
				t.Errorf("the second capture again: new %v, revision %d", fresh, got.ID)
			}
		}
		// A better parser may read the newest capture differently.
		better := draft("https://x/1", "two, read better")
		if got, fresh := revise(t, db, better, c2); !fresh || got.N != 3 {
			t.Errorf("a better reading: new %v, number %d", fresh, got.N)
		}
	})
}

func TestWithdraw(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		// One page carries two articles; one of them calls another address its
		// canonical one. A third article has nothing to do with it.
		c := captured(t, db, "https://x/page", "page")
		a, _ := revise(t, db, draft("https://x/page", "first"), c)
		b, _ := revise(t, db, draft("https://x/canonical", "second"), c)
		revise(t, db, draft("https://x/else", "third"), captured(t, db, "https://x/else", "else"))

		withdraw := func(at corpus.CaptureID) (out []corpus.Revision) {
			update(t, db, func(tx *store.Tx) (err error) {
				out, err = tx.Withdraw(source.ID, "https://x/page", at, corpus.OriginLive)
				return err
			})
			return out
		}
		var gone corpus.CaptureID
		update(t, db, func(tx *store.Tx) error {
			missing := page("https://x/page", "")
			missing.Status = 410
			stored, _, err := tx.AddCapture(missing)
			gone = stored.ID
			return err
		})
		if out := withdraw(c); len(out) != 0 {
			t.Errorf("an older capture withdrew %d articles", len(out))
		}
		out := withdraw(gone)
		if len(out) != 2 {
			t.Fatalf("withdrew %d articles, want 2", len(out))
		}
		for i, old := range []corpus.Revision{a, b} {
			want := old
			want.N, want.Capture, want.Status = 2, gone, corpus.StatusWithdrawn
			want.Digest = want.ContentDigest()
			ignore := cmpopts.IgnoreFields(corpus.Revision{}, "ID", "FirstSeenAt")
			if diff := cmp.Diff(want, out[i], ignore); diff != "" {
				t.Errorf("withdrawn revision differs:\n%s", diff)
			}
			if diff := cmp.Diff(out[i], must(db.LatestRevision(t.Context(), old.Article))(t)); diff != "" {
				t.Error(diff)
			}
		}
		if out := withdraw(gone); len(out) != 0 {
			t.Errorf("withdrawing again made %d revisions", len(out))
		}
		// It comes back with the words it had.
		if back, fresh := revise(t, db, draft("https://x/page", "first"), captured(t, db, "https://x/page", "page")); !fresh || back.N != 3 || back.Status != corpus.StatusPublished {
			t.Errorf("back again: new %v, %+v", fresh, back)
		}
		gapFree(t, must(db.Changes(t.Context(), 0, 100))(t))
	})
}
