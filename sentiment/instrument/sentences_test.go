package instrument

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// sentence is one labelled text of testdata/relations-*.txt.
type sentence struct {
	title, body string
	want        []string
}

func readSentences(t *testing.T, file string) []sentence {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []sentence
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "\t"):
			s := &out[len(out)-1]
			s.want = append(s.want, labelled(strings.TrimSpace(line))...)
		default:
			var s sentence
			if rest, ok := strings.CutPrefix(line, "TITLE: "); ok {
				s.title, line, _ = strings.Cut(rest, " // ")
			}
			s.body = strings.ReplaceAll(line, " // ", "\n")
			out = append(out, s)
		}
	}
	return out
}

// labelled spells a label out: what is done to a text also changes its status.
func labelled(line string) []string {
	line, part, _ := strings.Cut(line, " part ")
	for verb, status := range map[string]string{"repeals": "repealed", "withdraws": "withdrawn", "amends": "amended"} {
		if by, to, ok := strings.Cut(line, " "+verb+" "); ok {
			if verb == "withdraws" {
				verb = "repeals"
			}
			if part != "" {
				return []string{by + " " + verb + " " + to + " part " + part, to + " amended"}
			}
			if strings.HasPrefix(to, "?") {
				return []string{by + " " + verb + " " + to}
			}
			return []string{by + " " + verb + " " + to, to + " " + status}
		}
	}
	if part != "" {
		line += " part " + part
	}
	return []string{line}
}

// stated renders what a reading states of relations, and which instruments it
// leaves repealed, withdrawn or amended.
func stated(ins []corpus.InstrumentReading) []string {
	var out []string
	for _, in := range ins {
		for _, r := range in.Relations {
			s := fmt.Sprintf("%s %s %s", in.ID, r.Kind, r.To)
			if r.Unresolved {
				s = fmt.Sprintf("%s %s ?%s", in.ID, r.Kind, r.To)
			}
			if r.Part != "" {
				s += " part " + r.Part
			}
			out = append(out, s)
		}
		switch in.Status {
		case corpus.InstrumentRepealed, corpus.InstrumentWithdrawn, corpus.InstrumentAmended:
			out = append(out, string(in.ID)+" "+string(in.Status))
		}
	}
	slices.Sort(out)
	return out
}

// TestSentences reads the labelled sentences and holds precision and recall of
// relations and ends; -v prints what is read wrongly.
func TestSentences(t *testing.T) {
	files, err := filepath.Glob("testdata/relations-*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no labelled sentences", err)
	}
	r := New()
	for _, file := range files {
		right, given, wanted, whole := 0, 0, 0, 0
		all := readSentences(t, file)
		for _, s := range all {
			got := stated(r.Read(text.Read(s.title, s.body, ""), corpus.Source{}))
			hit := 0
			for _, g := range got {
				if slices.Contains(s.want, g) {
					hit++
				}
			}
			right, given, wanted = right+hit, given+len(got), wanted+len(s.want)
			if hit == len(got) && hit == len(s.want) {
				whole++
				continue
			}
			t.Logf("%s: %s %s\n\twant %q\n\tgot  %q", filepath.Base(file), s.title, s.body, s.want, got)
		}
		if right*100 < 93*given || right*100 < 90*wanted {
			t.Errorf("%s: precision fell below 0.93 or recall below 0.90", filepath.Base(file))
		}
		t.Logf("%s: %d sentences, %d read without error, precision %.3f, recall %.3f", filepath.Base(file), len(all), whole,
			float64(right)/float64(given), float64(right)/float64(wanted))
	}
}
