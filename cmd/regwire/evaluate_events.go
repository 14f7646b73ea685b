package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/evaluate"
	"github.com/regwire/regwire/sentiment"
)

func (a *app) evaluateEvents() *cobra.Command {
	var errs int
	var half string
	cmd := &cobra.Command{
		Use: "events FILE…", Short: "Measure what is read of happenings",
		Long: `Read labelled texts and compare what they are found to report with what a
person says they do. Figures are printed for each file, and for all of them.

A FILE holds one JSON object a line:

  {"id":"a1","lang":"en","published":"2025-03-28","title":"…","text":"…",
   "type":"repeal","further":[],"regulatory":true,"jurisdictions":["US"],
   "regulators":["FDIC"],"stance":1,"status":"done","effective":"","comments":""}

or, when its name ends in .tsv, a headline a line: id, language, type, 1 or 0
for regulatory, jurisdictions and regulators (with ";" between), stance, text.

The figures: types_macro is the F1 of types, averaged over all 24 of them,
types_present over those that occur; regulatory, stance (its sign, of
regulatory texts) and status are shares that were read right; jurisdictions and
regulators are F1; effective_ and comments_ precision and recall of dates, over
texts that say when they were published.

  regwire evaluate events events.jsonl
  regwire evaluate events events.jsonl --errors 20 --half dev

--half takes only one half of the texts, drawn by their identifiers.`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if half != "" && half != "dev" && half != "test" {
				return usageError{errors.New("--half is dev or test")}
			}
			analyzer, err := sentiment.New(sentiment.Config{})
			if err != nil {
				return err
			}
			analyzer.Analyze(corpus.Text{Title: "Rules take effect on 1 March 2030", Body: "规则自发布之日起施行。"}) // what is made lazily is no part of the speed
			p := newProgress(os.Stderr)
			var all []evaluate.EventScore
			var figures []evaluate.Figures
			var spent time.Duration
			for _, path := range paths {
				texts, err := evaluate.LoadEvents(path)
				if err != nil {
					return err
				}
				began := len(all)
				for _, t := range texts {
					if half != "" && evaluate.Half(t.ID) != half {
						continue
					}
					if err := cmd.Context().Err(); err != nil {
						return err
					}
					start := time.Now()
					got := evaluate.ReadEvent(analyzer, t)
					spent += time.Since(start)
					all = append(all, evaluate.EventScore{Text: t, Got: got})
					p.show("%d texts", len(all))
				}
				figures = append(figures, evaluate.EventFigures(evaluate.SetName(path), all[began:]))
			}
			p.done()
			if len(paths) > 1 {
				figures = append(figures, evaluate.EventFigures("all", all))
			}
			if err := a.showEventScores(cmd.OutOrStdout(), figures, all, errs); err != nil {
				return err
			}
			return say(cmd.ErrOrStderr(), "%.0f texts/s\n", float64(len(all))/max(spent.Seconds(), 1e-9))
		},
	}
	cmd.Flags().IntVar(&errs, "errors", 0, "list the first `N` texts that are read otherwise than labelled")
	cmd.Flags().StringVar(&half, "half", "", "`dev` or test: only that half of the texts")
	return cmd
}

func (a *app) showEventScores(out io.Writer, figures []evaluate.Figures, all []evaluate.EventScore, errs int) error {
	confusions := evaluate.Confusions(all)
	if a.json {
		faults := []jsonFault{}
		for i := range all {
			if f := all[i].Faults(); len(f) > 0 && len(faults) < errs {
				faults = append(faults, jsonFault{all[i].Text.ID, all[i].Text.Title, f})
			}
		}
		return printJSON(out, map[string]any{
			"figures": figures, "types": evaluate.TypeFigures(all), "confusions": confusions, "errors": faults,
		})
	}
	var b strings.Builder
	for _, f := range append(figures, evaluate.TypeFigures(all)) {
		fmt.Fprintf(&b, "%s\n", f)
	}
	for _, c := range confusions[:min(len(confusions), 10)] {
		fmt.Fprintf(&b, "%3d %s read as %s\n", c.N, c.Want, c.Got)
	}
	for i := range all {
		if f := all[i].Faults(); len(f) > 0 && errs > 0 {
			errs--
			fmt.Fprintf(&b, "\n%s  %s\n  %s\n", all[i].Text.ID, clip(all[i].Text.Title, 200), strings.Join(f, "; "))
		}
	}
	return say(out, "%s", b.String())
}

// jsonFault is a text that was read otherwise than labelled.
type jsonFault struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Faults []string `json:"faults"`
}

func (a *app) evaluateAgreement() *cobra.Command {
	return &cobra.Command{
		Use: "agreement FIRST SECOND", Short: "Measure how far two people's labels of events agree",
		Long: `Compare two files of labels for the same texts, one JSON object a line as
regwire evaluate events takes them, without the texts. Printed are Cohen's
kappa of types, of regulatory and of stance, the shares of texts on which the
labels agree, and every disagreement.

  regwire evaluate agreement first.jsonl second.jsonl`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			first, err := evaluate.LoadEventLabels(paths[0])
			if err != nil {
				return err
			}
			second, err := evaluate.LoadEventLabels(paths[1])
			if err != nil {
				return err
			}
			f, list, err := evaluate.Agreement(evaluate.SetName(paths[0]), first, second)
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(cmd.OutOrStdout(), map[string]any{"figures": f, "disagreements": list})
			}
			var b strings.Builder
			fmt.Fprintf(&b, "%s\n", f)
			for _, d := range list {
				fmt.Fprintf(&b, "%s  %s\n", d.ID, strings.Join(d.About, "; "))
			}
			return say(cmd.OutOrStdout(), "%s", b.String())
		},
	}
}
