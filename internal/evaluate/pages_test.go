package evaluate

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/parse"
)

// TestScores compares the figures for readings made up to fail in every way
// with those that the published scorer of this format gives for them.
func TestScores(t *testing.T) {
	dir := filepath.Join("testdata", "pages")
	pages, err := LoadPages(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "found.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var scores []PageScore
	lines := bufio.NewScanner(f)
	for i := 0; lines.Scan(); i++ {
		var got PageReading
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		scores = append(scores, ScorePage(pages[i], got))
	}
	if len(scores) != len(pages) {
		t.Fatalf("%d readings of %d pages", len(scores), len(pages))
	}
	var got []string
	for _, f := range PageFigures(scores) {
		got = append(got, f.String())
	}
	want, err := os.ReadFile(filepath.Join(dir, "figures.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), strings.Join(got, "\n")); diff != "" {
		t.Errorf("figures (-published scorer +ours):\n%s", diff)
	}
	faulty := 0
	for i := range scores {
		if cost, faults := scores[i].Faults(); len(faults) > 0 {
			faulty++
			if cost <= 0 {
				t.Errorf("%s costs %v for %q", scores[i].Page.ID, cost, faults)
			}
		}
	}
	if faulty != 5 {
		t.Errorf("%d pages with faults, want all but the undated one", faulty)
	}
}

// TestReadPages reads the pages themselves, which are easy: all is found.
func TestReadPages(t *testing.T) {
	dir := filepath.Join("testdata", "pages")
	pages, err := LoadPages(dir)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	scores, _, err := ReadPages(context.Background(), dir, pages, Parse(parse.New(parse.Config{})), func(int) { calls++ })
	if err != nil || calls != len(pages) {
		t.Fatalf("%d of %d pages, %v", calls, len(pages), err)
	}
	for i, s := range scores {
		if s.Page.ID != pages[i].ID {
			t.Errorf("score %d is of %s, not of %s", i, s.Page.ID, pages[i].ID)
		}
		_, faults := s.Faults()
		if s.Page.ID == "notice" { // its gold asks for a passage that is not there
			faults = faults[1:]
		}
		if s.Page.ID != "lost" && len(faults) > 0 {
			t.Errorf("%s: %q", s.Page.ID, faults)
		}
	}
	if !scores[2].Error || !scores[2].Empty {
		t.Errorf("an empty page is read as %+v", scores[2].Got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := ReadPages(ctx, dir, pages, Parse(parse.New(parse.Config{})), nil); err == nil {
		t.Error("reading went on after the end")
	}
}

func TestLoadPagesRefuses(t *testing.T) {
	for name, gold := range map[string]string{
		"nothing":            "\n\n",
		"no JSON":            "{\"id\":\"a\"\n",
		"a file outside":     `{"id":"a","page":"../../etc/passwd","gold":{}}`,
		"an absolute path":   `{"id":"a","page":"/etc/passwd","gold":{}}`,
		"a page without one": `{"id":"a","gold":{}}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "gold.jsonl"), []byte(gold), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadPages(dir); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := LoadPages(t.TempDir()); err == nil {
		t.Error("a directory without gold: no error")
	}
}
