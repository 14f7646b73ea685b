package parse

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
)

// TestChanges reads the pairs of pages in testdata/changes: what is cosmetic
// must not be a change, what is real must be shown as the redline that the
// case expects. A case is a list of edits of its archive's page:
//
//	< a text of the page, which must stand there once
//	> what takes its place
//	= a line of the redline that must come of it
//	@ ends a version of the page; the last two are compared, those before
//	  are its past
//
// The folders "second" and "third" were written before what they were first
// read with was changed for them; docs/crawling.md quotes those first readings.
// What they show is not an error case by case, but must not get worse.
func TestChanges(t *testing.T) {
	files, err := filepath.Glob("testdata/changes/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	type score struct{ cosmetic, alerts, real, misses, inexact int }
	scores := map[string]*score{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		half := filepath.Base(filepath.Dir(file))
		if scores[half] == nil {
			scores[half] = &score{}
		}
		s := scores[half]
		page := string(a.Files[0].Data)
		complain := (*testing.T).Errorf
		if half != "first" {
			complain = (*testing.T).Logf
		}
		for _, f := range a.Files[1:] {
			t.Run(half+"/"+strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+f.Name, func(t *testing.T) {
				versions, want := script(t, page, string(f.Data))
				got := compared(t, versions)
				switch {
				case strings.HasPrefix(f.Name, "cosmetic/"):
					s.cosmetic++
					if got != "" {
						s.alerts++
						complain(t, "a cosmetic change is told as\n%s", got)
					}
				case want == "":
					t.Error("a real change without the redline it should give")
				default:
					s.real++
					if got == "" {
						s.misses++
					} else if got != want {
						s.inexact++
					}
					if d := cmp.Diff(want, got); d != "" {
						complain(t, "%s", d)
					}
				}
			})
		}
	}
	var all score
	for half, s := range scores {
		t.Logf("%s: %d cosmetic, %d told as changes; %d real, %d missed, %d shown otherwise", half, s.cosmetic, s.alerts, s.real, s.misses, s.inexact)
		all.cosmetic, all.real = all.cosmetic+s.cosmetic, all.real+s.real
	}
	if all.cosmetic < 91 || all.real < 91 {
		t.Errorf("%d cosmetic and %d real pairs; the suite has 91 and 91", all.cosmetic, all.real)
	}
	for part, most := range map[string]score{"second": {alerts: 0, inexact: 2}, "third": {alerts: 2, inexact: 6}} {
		if s := scores[part]; s == nil || s.alerts > most.alerts || s.misses > 0 || s.inexact > most.inexact {
			t.Errorf("the %s part is read worse than it was: %+v", part, s)
		}
	}
}

// script makes the versions of a page that a case describes, and the redline
// it expects.
func script(t *testing.T, page, text string) (versions []string, want string) {
	t.Helper()
	var old, now []string
	version, edited := page, false
	apply := func() {
		if old == nil {
			return
		}
		from, to := strings.Join(old, "\n"), strings.Join(now, "\n")
		if n := strings.Count(version, from); n != 1 {
			t.Fatalf("%q stands %d times in the page", from, n)
		}
		version = strings.Replace(version, from, to, 1)
		old, now, edited = nil, nil, true
	}
	many := false
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		mark, rest, _ := strings.Cut(l, " ")
		switch mark {
		case "<":
			if now != nil {
				apply()
			}
			old = append(old, rest)
		case ">":
			now = append(now, rest)
		case "@":
			apply()
			versions, version, many = append(versions, version), page, true
		case "=":
			want += rest + "\n"
		case "":
		default:
			t.Fatalf("%q: unknown mark", l)
		}
	}
	apply()
	if !edited {
		t.Fatal("nothing is edited")
	}
	if !many {
		versions = []string{page}
	}
	return append(versions, version), want
}

// compared reads the versions of a page and returns the redline of the last
// two, as the pipeline would decide about it.
func compared(t *testing.T, versions []string) string {
	t.Helper()
	p := New(Config{})
	var read []map[corpus.ArticleID]corpus.Draft
	var order []corpus.ArticleID
	for i, v := range versions {
		drafts, err := p.Articles(context.Background(), corpus.Capture{
			Source: "s", URL: "https://tracked.example/page", Status: http.StatusOK, MediaType: "text/html", Body: []byte(v),
			FetchedAt: time.Date(2026, 3, 5, i, 0, 0, 0, time.UTC),
		}, corpus.Source{ID: "s"})
		if err != nil {
			t.Fatal(err)
		}
		read, order = append(read, map[corpus.ArticleID]corpus.Draft{}), nil
		for _, d := range drafts {
			read[i][d.ArticleID()] = d
			order = append(order, d.ArticleID())
		}
	}
	var b strings.Builder
	n := len(read) - 1
	for _, id := range order {
		before, known := read[n-1][id]
		if !known {
			fmt.Fprintf(&b, "{+%s+} (an article of its own)\n", read[n][id].Title)
			continue
		}
		var past []corpus.Draft
		for _, v := range read[:n] {
			if d, ok := v[id]; ok {
				past = append(past, d)
			}
		}
		after := read[n][id]
		after.Restless = redline.Restless(before, after, past)
		for _, c := range redline.Of(before, after) {
			b.WriteString(c.String() + "\n")
		}
		if before.Status != read[n][id].Status {
			fmt.Fprintf(&b, "status %s\n", read[n][id].Status)
		}
	}
	return b.String()
}
