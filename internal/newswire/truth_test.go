package newswire

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

func TestCounts(t *testing.T) {
	n := at(t, 0)
	want := []Count{
		{Sites: 11, Pages: 81, Articles: 86, Revisions: 86, Chinese: 18},
		{Sites: 11, Pages: 93, Articles: 98, Revisions: 104, Gone: 1, Chinese: 21},
		{Sites: 11, Pages: 100, Articles: 105, Revisions: 113, Gone: 1, Chinese: 24},
	}
	var got []Count
	for edition := range Editions {
		got = append(got, n.Counts(edition))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTruthAgreesWithCounts(t *testing.T) {
	n := at(t, 0)
	for edition := range Editions {
		articles, revisions := 0, 0
		for _, a := range n.Truth() {
			if a.Editions[0] <= edition {
				articles++
			}
			for _, e := range a.Editions {
				if e <= edition {
					revisions++
				}
			}
		}
		c := n.Counts(edition)
		if articles != c.Articles || revisions != c.Revisions {
			t.Errorf("edition %d: %d articles and %d revisions, want %d and %d", edition, articles, revisions, c.Articles, c.Revisions)
		}
	}
}

func TestTruthIsWellFormed(t *testing.T) {
	types := corpus.EventTypes()
	relations := []corpus.RelationKind{corpus.Repeals, corpus.Amends, corpus.Implements, corpus.Corrects, corpus.Commences, corpus.Cites, corpus.BasedOn, corpus.Transposes}
	sources := map[corpus.SourceID]corpus.Source{}
	n := at(t, 0)
	for _, s := range n.Sites() {
		sources[s.ID] = s
	}
	happening := map[string]Article{}
	for _, a := range n.Truth() {
		fail := func(what string, args ...any) {
			t.Helper()
			t.Errorf("%s %s: "+what, append([]any{a.Source, a.Path}, args...)...)
		}
		if a.Happening == "" {
			fail("no happening")
		}
		for _, e := range append(a.Accept, a.Event) {
			if !slices.Contains(types, e) {
				fail("event %q", e)
			}
		}
		if slices.Contains(a.Accept, a.Event) {
			fail("%s stands twice", a.Event)
		}
		if a.Event.Regulatory() != (len(a.Jurisdictions) > 0) && a.Happening != "hostile-page" {
			fail("%s with jurisdictions %v", a.Event, a.Jurisdictions)
		}
		if !a.Event.Regulatory() && a.Stance != 0 || a.Stance < -1 || a.Stance > 1 {
			fail("stance %d", a.Stance)
		}
		for _, r := range a.Relations {
			if !slices.Contains(a.Instruments, r.From) || !slices.Contains(a.Instruments, r.To) || !slices.Contains(relations, r.Kind) {
				fail("relation %v", r)
			}
		}
		if short := sources[a.Source].Regulator; short != "" && !slices.Contains(a.Regulators, short) {
			fail("a page of %s that does not name it", short)
		}
		if other, ok := happening[a.Happening]; ok {
			if diff := cmp.Diff(other.Jurisdictions, a.Jurisdictions); diff != "" {
				fail("other jurisdictions than %s: %s", other.Path, diff)
			}
			if other.Event != a.Event && !slices.Contains(a.Accept, other.Event) && !slices.Contains(other.Accept, a.Event) {
				fail("is %s, but %s is %s", a.Event, other.Path, other.Event)
			}
		}
		happening[a.Happening] = a
	}
}

// TestTheNewswireHasWhatTheDemoPromises names what has to be there.
func TestTheNewswireHasWhatTheDemoPromises(t *testing.T) {
	n := at(t, 0)
	reports := map[string][]corpus.SourceKind{}
	types := map[corpus.EventType]bool{}
	kinds := map[corpus.SourceID]corpus.SourceKind{}
	for _, s := range n.Sites() {
		kinds[s.ID] = s.Kind
	}
	for _, a := range n.Truth() {
		reports[a.Happening] = append(reports[a.Happening], kinds[a.Source])
		types[a.Event] = true
	}
	echoed := 0
	for _, kinds := range reports {
		if slices.Contains(kinds, corpus.SourceRegulator) && slices.Contains(kinds, corpus.SourceMedia) {
			echoed++
		}
	}
	if echoed < 5 {
		t.Errorf("%d regulators' notices are echoed by media, want 5", echoed)
	}
	for _, e := range corpus.EventTypes() {
		if !types[e] {
			t.Errorf("no article is %s", e)
		}
	}
	repeals := map[corpus.InstrumentID]corpus.InstrumentID{}
	for _, a := range n.Truth() {
		for _, r := range a.Relations {
			if r.Kind == corpus.Repeals {
				repeals[r.From] = r.To
			}
		}
	}
	want := map[corpus.InstrumentID]corpus.InstrumentID{
		"FIL-7-2025": "FIL-16-2022", "SAB 122": "SAB 121", "银发〔2026〕42号": "银发〔2021〕237号",
		"OCC IL 1183": "OCC IL 1179", "E.O. 14178": "E.O. 14067",
	}
	if diff := cmp.Diff(want, repeals); diff != "" {
		t.Error(diff)
	}
}

// TestArticlesDifferFromOneAnother keeps copies out: the same happening may be
// told twice, but never in the same sentence.
func TestArticlesDifferFromOneAnother(t *testing.T) {
	n := at(t, 0)
	type place struct{ site, slug string }
	where := map[string]place{}
	for _, s := range n.sites {
		for _, a := range s.articles {
			for _, v := range a.versions {
				for _, line := range strings.Split(plain(string(v.body)), "\n") {
					for _, sentence := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(".!?。！？；", r) }) {
						sentence = squeeze(sentence)
						if utf8.RuneCountInString(sentence) < 40 {
							continue
						}
						here := place{s.dir, a.slug}
						if there, ok := where[sentence]; ok && there != here {
							t.Errorf("%v and %v share %q", there, here, sentence)
						}
						where[sentence] = here
					}
				}
			}
		}
	}
}

func TestEditionsOnlyEverAdd(t *testing.T) {
	n := at(t, 0)
	for _, s := range n.sites {
		for _, a := range s.articles {
			for i := 1; i < len(a.versions); i++ {
				old, v := a.versions[i-1], a.versions[i]
				if v.Edition <= old.Edition {
					t.Errorf("%s: version %d is of edition %d after %d", a.slug, i, v.Edition, old.Edition)
				}
				if v.Title == old.Title && v.body == old.body && v.Gone == old.Gone {
					t.Errorf("%s: version %d changes nothing", a.slug, i)
				}
				if !v.Published.Equal(old.Published) {
					t.Errorf("%s: version %d claims another publication date", a.slug, i)
				}
				if !v.Gone && !v.Modified.After(old.updated()) {
					t.Errorf("%s: version %d was modified at %v", a.slug, i, v.Modified)
				}
			}
		}
	}
}
