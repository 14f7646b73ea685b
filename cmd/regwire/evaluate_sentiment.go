package main

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/internal/evaluate"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/polarity"
)

func (a *app) evaluateSentiment() *cobra.Command {
	var wrong int
	var held bool
	cmd := &cobra.Command{
		Use: "sentiment FILE…", Short: "Measure what texts are read to mean for their targets",
		Long: `Read the texts of FILE as headlines and compare the label read with the one a
person gave. Figures are printed for each file apart.

FILE is a table divided by tabs; its first line names the columns:

  id, label (-1, 0, 1), text    must be there
  score (-1 to 1)               compared too, where it is given
  target                        whom the label is for: a ticker, a name, "market";
                                without one the text as a whole is meant
  lang                          en, zh; else it is found out

The figures: F1 and confusion over the labels, correlations of the scores,
and how well the confidence fits the share of labels that are right (ece,
and the table of reliability below it).

  regwire evaluate sentiment mine.tsv --errors 20
  regwire evaluate sentiment sentiment/polarity/data/sentences_en.tsv --held-out`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			analyzer, err := sentiment.New(sentiment.Config{})
			if err != nil {
				return err
			}
			for _, path := range paths {
				gold, err := evaluate.LoadSentiment(path)
				if err != nil {
					return err
				}
				if held {
					kept := gold[:0]
					for _, g := range gold {
						if polarity.Held(g.ID) {
							kept = append(kept, g)
						}
					}
					gold = kept
				}
				read := make([]evaluate.SentimentReading, len(gold))
				began := time.Now()
				for i, g := range gold {
					if err := cmd.Context().Err(); err != nil {
						return err
					}
					read[i] = evaluate.ReadSentiment(analyzer.Analyze, g)
				}
				set := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
				if err := a.showSentiment(cmd, set, gold, read, wrong, time.Since(began)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&wrong, "errors", 0, "list the first `N` texts of each file that were misread")
	cmd.Flags().BoolVar(&held, "held-out", false, "only the rows of regwire's own sets that nothing is trained on")
	return cmd
}

// misreading is a text of the list of errors.
type misreading struct {
	Set        string  `json:"set"`
	ID         string  `json:"id"`
	Label      int     `json:"label"`
	Read       int     `json:"read"`
	Score      float64 `json:"score"`
	Confidence float64 `json:"confidence"`
	Target     string  `json:"target"`
	Text       string  `json:"text"`
}

func (a *app) showSentiment(cmd *cobra.Command, set string, gold []evaluate.LabelledSentence, read []evaluate.SentimentReading, wrong int, took time.Duration) error {
	out := cmd.OutOrStdout()
	figures, bins := evaluate.SentimentFigures(set, gold, read), evaluate.Reliability(gold, read)
	var err error
	if a.json {
		err = printJSON(out, struct {
			Figures     evaluate.Figures `json:"figures"`
			Reliability []evaluate.Bin   `json:"reliability"`
		}{figures, bins})
	} else {
		err = say(out, "%s\n", figures)
		for _, b := range bins {
			if err == nil {
				err = say(out, "  confidence %.1f to %.1f: n=%d, mean %.2f, right %.2f\n", b.From, b.From+0.1, b.N, b.Confidence, b.Accuracy)
			}
		}
	}
	if err != nil {
		return err
	}
	for i, g := range gold {
		r := read[i]
		if g.Label == r.Label || wrong == 0 {
			continue
		}
		wrong--
		if a.json {
			err = printJSON(out, misreading{set, g.ID, g.Label, r.Label, r.Score, r.Confidence, g.Target, g.Text})
		} else {
			err = say(out, "  %s  %+d read as %+d (%+.2f, confidence %.2f)  %s: %s\n", g.ID, g.Label, r.Label, r.Score, r.Confidence, g.Target, clip(g.Text, 160))
		}
		if err != nil {
			return err
		}
	}
	return say(cmd.ErrOrStderr(), "%s: %d texts in %s, %.0f texts a second\n", set, len(gold), took.Round(time.Millisecond),
		float64(len(gold))/max(took.Seconds(), 1e-9))
}
