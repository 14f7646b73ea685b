package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/polarity"
)

// few writes a part of our own sentences to a folder and reads it.
func few(t *testing.T, header string, rows ...string) []example {
	t.Helper()
	a, err := sentiment.New(sentiment.Config{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "few.tsv")
	if err := os.WriteFile(file, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	examples, err := read(a, file, "en")
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

func TestTheSameInputGivesTheSameFile(t *testing.T) {
	b, err := os.ReadFile("../data/sentences_en.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	sets := func() []set { return []set{{"few", few(t, lines[0], lines[1:200]...), 1}} }
	if !bytes.Equal(fit(sets()).Encode(), fit(sets()).Encode()) {
		t.Error("two trainings on the same sentences gave two models")
	}
}

func TestWhatIsHeldOutDoesNotTrain(t *testing.T) {
	var kept, held string
	for c := 'a'; c <= 'z'; c++ {
		if id := "en-" + string(c); polarity.Held(id) {
			held = id
		} else {
			kept = id
		}
	}
	if held == "" || kept == "" {
		t.Fatal("want ids of both kinds")
	}
	const header = "id\tlang\tlabel\tscore\ttarget\ttext"
	got := few(t, header, kept+"\ten\t1\t0.5\t\tBitcoin rises", held+"\ten\t-1\t-0.5\t\tBitcoin falls", kept+".2\ten\t-1\t-0.5\tBTC\tBitcoin falls")
	for _, e := range got {
		if e.text == "Bitcoin falls" {
			t.Errorf("%+v shares its text with a row held out", e)
		}
	}
	if len(got) != 1 {
		t.Errorf("%d rows, want 1", len(got))
	}
}

func TestPool(t *testing.T) {
	right, all := []float64{1, 3, 2}, []float64{4, 4, 4}
	pool(right, all, 0, 3, true)
	for i, want := range []float64{0.25, 0.625, 0.625} {
		if got := right[i] / all[i]; got != want {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
}
