package evaluate

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

func TestStoryFigures(t *testing.T) {
	want := StoryLabels{Of: map[string]string{"a": "1", "b": "1", "c": "1", "d": "2", "e": "3"}}
	f := StoryFigures("x", want, map[string]string{"a": "p", "b": "p", "c": "q", "d": "q"}) // e is not there
	for name, value := range map[string]float64{
		"articles": 5, "missing": 1, "stories": 3, "groups": 3,
		"pairs_precision": 1. / 2, "pairs_recall": 1. / 3, "pairs_f1": 0.4,
		"bcubed_precision": (1 + 1 + .5 + .5 + 1) / 5, "bcubed_recall": (2./3 + 2./3 + 1./3 + 1 + 1) / 5,
	} {
		if got, ok := f.Get(name); !ok || math.Abs(got-value) > 1e-9 {
			t.Errorf("%s = %v, want %v", name, got, value)
		}
	}
}

func TestLoadStories(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		content string
		bad     bool
	}{
		"good.tsv":   {"# comment\nhttps://a\tone\nhttps://b\tone\nhttps://c\t-\nhttps://d\t-\nhttps://e\t?\n", false},
		"good.jsonl": {`{"url":"https://a","story":"one","title":"x"}` + "\n", false},
		"twice.tsv":  {"https://a\tone\nhttps://a\ttwo\n", true},
		"bare.tsv":   {"https://a\n", true},
		"cut.jsonl":  {`{"url":"https://a"`, true},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := LoadStories(path)
		if (err != nil) != c.bad {
			t.Errorf("%s: %v", name, err)
		}
		if name == "good.tsv" && (len(l.Of) != 4 || l.LeftOut != 1 || l.Of["https://a"] != l.Of["https://b"] || l.Of["https://c"] == l.Of["https://d"]) {
			t.Errorf("%+v", l)
		}
	}
}
