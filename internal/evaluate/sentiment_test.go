package evaluate

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

func TestReadSentimentSet(t *testing.T) {
	got, err := readSentiment(strings.NewReader("id\tlabel\tscore\ttarget\ttext\na\t-1\t-0.5\tAcme\tAcme falls\n\nb\t0\t\t\tNothing happened\n"))
	if err != nil {
		t.Fatal(err)
	}
	half := -0.5
	want := []LabelledSentence{
		{ID: "a", Label: -1, Score: &half, Target: "Acme", Text: "Acme falls"},
		{ID: "b", Text: "Nothing happened"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ours, err := readSentiment(strings.NewReader("id\tlang\tlabel\tscore\ttarget\ttext\nzh-1\tzh\t1\t0.5\t\t上涨\n"))
	if err != nil || len(ours) != 1 || ours[0].Lang != "zh" || ours[0].Text != "上涨" {
		t.Errorf("with a column more: %+v, %v", ours, err)
	}
	for _, bad := range []string{
		"", "id\ttext\n", "id\tlabel\ttext\na\t2\tx\n", "id\tlabel\ttext\na\t\tx\n", "id\tlabel\tscore\ttext\na\t1\tNaN\tx\n",
	} {
		if _, err := readSentiment(strings.NewReader(bad)); err == nil {
			t.Errorf("%q should be refused", bad)
		}
	}
}

func TestReadSentimentAsksForTheTarget(t *testing.T) {
	var asked corpus.Text
	r := ReadSentiment(func(t corpus.Text) corpus.Analysis {
		asked = t
		return corpus.Analysis{Label: 1, Score: 0.4, Confidence: 0.6}
	}, LabelledSentence{ID: "a", Lang: "en", Target: "Acme", Text: "Acme rises"})
	if diff := cmp.Diff(corpus.Text{ID: "a", Lang: "en", Target: "Acme", Title: "Acme rises"}, asked); diff != "" {
		t.Error(diff)
	}
	if (r != SentimentReading{1, 0.4, 0.6}) {
		t.Errorf("%+v", r)
	}
}

func TestSentimentFigures(t *testing.T) {
	score := func(f float64) *float64 { return &f }
	gold := []LabelledSentence{
		{Label: 1, Score: score(0.9)}, {Label: 1, Score: score(0.3)}, {Label: -1, Score: score(-0.6)}, {Label: 0, Score: score(0)},
	}
	read := []SentimentReading{{1, 0.8, 0.95}, {0, 0.1, 0.45}, {-1, -0.7, 0.85}, {0, 0, 0.75}}
	f := SentimentFigures("mine", gold, read)
	for name, want := range map[string]float64{
		"n": 4, "accuracy": 0.75, "f1_pos": 2.0 / 3, "f1_neg": 1, "f1_zero": 2.0 / 3, "macro_f1": 7.0 / 9,
		"pos_as_zero": 1, "neg_as_neg": 1, "zero_as_pos": 0, "spearman": 1, "scored": 4,
		"ece": (0.05 + 0.45 + 0.15 + 0.25) / 4, "sure_share": 0.75, "sure_accuracy": 1, "unsure_share": 0.25, "unsure_accuracy": 0,
	} {
		if got, ok := f.Get(name); !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if p, _ := f.Get("pearson"); p < 0.9 || p > 1 {
		t.Errorf("pearson %v", p)
	}
	if n, _ := SentimentFigures("none", nil, nil).Get("n"); n != 0 {
		t.Errorf("an empty set counts %v", n)
	}
	if _, ok := SentimentFigures("unscored", []LabelledSentence{{}}, read[:1]).Get("pearson"); ok {
		t.Error("a set without scores has no correlation")
	}
}

func TestMacroIsOverTheLabelsOfTheSet(t *testing.T) {
	f := SentimentFigures("polar", []LabelledSentence{{Label: 1}, {Label: -1}}, []SentimentReading{{Label: 1}, {Label: -1}})
	if got, _ := f.Get("macro_f1"); got != 1 {
		t.Errorf("macro-F1 %v, want 1: there is nothing neutral to find", got)
	}
}

func TestRanks(t *testing.T) {
	if diff := cmp.Diff([]float64{0, 2.5, 2.5, 1}, ranks([]float64{-1, 5, 5, 0})); diff != "" {
		t.Error(diff)
	}
}

func TestReliability(t *testing.T) {
	got := Reliability([]LabelledSentence{{Label: 1}, {Label: 0}, {Label: 1}}, []SentimentReading{{1, 0.5, 0.72}, {1, 0.4, 0.78}, {1, 1, 1}})
	want := []Bin{{0.7, 2, 0.75, 0.5}, {0.9, 1, 1, 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadSentiment(f *testing.F) {
	f.Add("id\tlabel\ttext\na\t1\tx\n")
	f.Add("text\tlabel\tid\tscore\n\t-1\n")
	f.Fuzz(func(t *testing.T, s string) {
		rows, err := readSentiment(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Label < -1 || r.Label > 1 || strings.Contains(r.Text, "\t") {
				t.Errorf("%+v", r)
			}
		}
	})
}
