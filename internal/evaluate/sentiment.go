package evaluate

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// LabelledSentence is a text with what it means for its target.
type LabelledSentence struct {
	ID     string
	Lang   string   // empty: to be found out
	Label  int      // -1, 0, 1
	Score  *float64 // [-1, 1]; nil where none was given
	Target string   // empty: the text as a whole
	Text   string
}

// LoadSentiment reads a labelled set of sentences: a table divided by tabs
// whose first line names its columns. id, label and text must be there, lang,
// score and target may be.
func LoadSentiment(path string) ([]LabelledSentence, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out, err := readSentiment(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

func readSentiment(r io.Reader) ([]LabelledSentence, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	if !lines.Scan() {
		return nil, cmp.Or(lines.Err(), errors.New("no header line"))
	}
	column := map[string]int{}
	for i, name := range strings.Split(lines.Text(), "\t") {
		column[strings.TrimSpace(name)] = i
	}
	for _, name := range []string{"id", "label", "text"} {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("the header names no column %q", name)
		}
	}
	var out []LabelledSentence
	for n := 2; lines.Scan(); n++ {
		if lines.Text() == "" {
			continue
		}
		fields := strings.Split(lines.Text(), "\t")
		get := func(name string) string {
			if i, ok := column[name]; ok && i < len(fields) {
				return fields[i]
			}
			return ""
		}
		s := LabelledSentence{ID: get("id"), Lang: get("lang"), Target: get("target"), Text: get("text")}
		label, err := strconv.Atoi(get("label"))
		if err != nil || label < -1 || label > 1 {
			return nil, fmt.Errorf("line %d: label %q is not -1, 0 or 1", n, get("label"))
		}
		s.Label = label
		if given := get("score"); given != "" {
			score, err := strconv.ParseFloat(given, 64)
			if err != nil || math.IsNaN(score) || math.IsInf(score, 0) {
				return nil, fmt.Errorf("line %d: score %q", n, given)
			}
			s.Score = &score
		}
		out = append(out, s)
	}
	return out, lines.Err()
}

// SentimentReading is what was read in a labelled sentence.
type SentimentReading struct {
	Label             int
	Score, Confidence float64
}

// ReadSentiment reads a sentence as the service reads a headline.
func ReadSentiment(analyze func(corpus.Text) corpus.Analysis, s LabelledSentence) SentimentReading {
	a := analyze(corpus.Text{ID: s.ID, Title: s.Text, Target: s.Target, Lang: s.Lang})
	return SentimentReading{Label: a.Label, Score: a.Score, Confidence: a.Confidence}
}

// SentimentFigures sums up how a set was read:
//
//	macro_f1, accuracy, f1_neg, f1_zero, f1_pos
//	                  over the labels the set has
//	neg_as_zero, …    the confusion: gold label, label read
//	pearson, spearman of the scores, where the set has them
//	ece               expected calibration error: the mean distance between
//	                  confidence and accuracy over ten bins, lower is better
//	sure_*, unsure_*  share and accuracy of confidences from .7, and below .5
//
// Gold and read are of one length.
func SentimentFigures(set string, gold []LabelledSentence, read []SentimentReading) Figures {
	f := Figures{Set: set}
	f.count("n", len(gold))
	if len(gold) == 0 {
		return f
	}
	var cells [3][3]float64
	for i, g := range gold {
		cells[g.Label+1][read[i].Label+1]++
	}
	var sum, has float64
	var f1 [3]float64
	for l := range 3 {
		var want, got float64
		for k := range 3 {
			want += cells[l][k]
			got += cells[k][l]
		}
		f1[l] = ratio(2*cells[l][l], want+got)
		if want > 0 {
			sum += f1[l]
			has++
		}
	}
	f.share("macro_f1", sum/has)
	f.share("accuracy", (cells[0][0]+cells[1][1]+cells[2][2])/float64(len(gold)))
	names := [3]string{"neg", "zero", "pos"}
	for l, name := range names {
		f.share("f1_"+name, f1[l])
	}
	for l, want := range names {
		for k, got := range names {
			f.count(want+"_as_"+got, int(cells[l][k]))
		}
	}
	f.correlations(gold, read)
	f.calibration(gold, read)
	return f
}

func (f *Figures) correlations(gold []LabelledSentence, read []SentimentReading) {
	var x, y []float64
	for i, g := range gold {
		if g.Score != nil {
			x, y = append(x, *g.Score), append(y, read[i].Score)
		}
	}
	if len(x) < 2 {
		return
	}
	f.count("scored", len(x))
	f.share("pearson", pearson(x, y))
	f.share("spearman", pearson(ranks(x), ranks(y)))
}

// pearson is 0 where one side does not vary.
func pearson(x, y []float64) float64 {
	n := float64(len(x))
	var mx, my, xy, xx, yy float64
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		a, b := x[i]-mx, y[i]-my
		xy, xx, yy = xy+a*b, xx+a*a, yy+b*b
	}
	return ratio(xy, math.Sqrt(xx*yy))
}

// ranks gives equal values the mean of their ranks.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	out := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			out[k] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

// Bin is a row of a table of reliability.
type Bin struct {
	From       float64 `json:"from"` // of confidence; a bin is a tenth wide
	N          int     `json:"n"`
	Confidence float64 `json:"confidence"` // mean
	Accuracy   float64 `json:"accuracy"`
}

// Reliability sets confidence against accuracy; bins without a case are left
// out.
func Reliability(gold []LabelledSentence, read []SentimentReading) []Bin {
	bins := make([]Bin, 10)
	for i, r := range read {
		b := &bins[max(0, min(9, int(r.Confidence*10)))]
		b.N++
		b.Confidence += r.Confidence
		if r.Label == gold[i].Label {
			b.Accuracy++
		}
	}
	var out []Bin
	for i, b := range bins {
		if b.N > 0 {
			n := float64(b.N)
			out = append(out, Bin{float64(i) / 10, b.N, b.Confidence / n, b.Accuracy / n})
		}
	}
	return out
}

func (f *Figures) calibration(gold []LabelledSentence, read []SentimentReading) {
	n := float64(len(gold))
	var ece float64
	for _, b := range Reliability(gold, read) {
		ece += float64(b.N) / n * math.Abs(b.Confidence-b.Accuracy)
	}
	f.share("ece", ece)
	for _, part := range []struct {
		name     string
		from, to float64
	}{{"sure", 0.7, 2}, {"unsure", -1, 0.5}} {
		var all, right float64
		for i, r := range read {
			if r.Confidence >= part.from && r.Confidence < part.to {
				all++
				if r.Label == gold[i].Label {
					right++
				}
			}
		}
		f.share(part.name+"_share", all/n)
		f.share(part.name+"_accuracy", ratio(right, all))
	}
}
