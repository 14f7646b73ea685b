package main

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/internal/evaluate"
	"github.com/regwire/regwire/parse"
)

func (a *app) evaluateParse() *cobra.Command {
	var worst int
	cmd := &cobra.Command{
		Use: "parse DIR", Short: "Measure what is read out of pages",
		Long: `Read the pages of DIR by the generic path and compare what was found with
what a person found on them. Figures are printed for each set apart.

DIR holds gold.jsonl, one JSON object a line, and the pages it names:

  {"set":"mine","id":"a1","page":"pages/a1.html.gz","url":"https://…","gold":{…}}

A page is a file below DIR, compressed with gzip if it ends in .gz. In gold,
every field is optional, and what is missing is not scored:

  title         the headline
  authors       list of names
  published_at  a day (2026-01-31) or a time in RFC 3339
  lang          list of languages, any of which is right
  body          the whole text of the article
  withs         list of passages that the text must have
  withouts      list of passages that stand beside it and must stay out
  lead          the standfirst, looked for in the body
  no_date       true: the page has no date, and giving one is an error
  no_authors    true: the page names no author

The figures: body_* words of the body (precision, recall, F1, mean of the
pages); seg_* passages; title_*, authors_*, date_*, lang_* shares of the pages
whose gold has them; nodate_given and noauthor_given what is made up where
the page has none, lower is better.

  regwire evaluate parse pages/
  regwire evaluate parse pages/ --worst 20`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			pages, err := evaluate.LoadPages(paths[0])
			if err != nil {
				return err
			}
			p := newProgress(os.Stderr)
			began := time.Now()
			scores, spent, err := evaluate.ReadPages(cmd.Context(), paths[0], pages, evaluate.Parse(parse.New(parse.Config{})),
				func(done int) { p.show("%d of %d pages", done, len(pages)) })
			p.done()
			if err != nil {
				return err
			}
			return a.showPages(cmd, scores, worst, spent, time.Since(began))
		},
	}
	cmd.Flags().IntVar(&worst, "worst", 0, "list the `N` pages read worst, with what went wrong")
	return cmd
}

// pageFault is a page of the list of the worst.
type pageFault struct {
	Set    string   `json:"set"`
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Cost   float64  `json:"cost"`
	Faults []string `json:"faults"`
}

func (a *app) showPages(cmd *cobra.Command, scores []evaluate.PageScore, worst int, spent, took time.Duration) error {
	out := cmd.OutOrStdout()
	for _, f := range evaluate.PageFigures(scores) {
		var err error
		if a.json {
			err = printJSON(out, f)
		} else {
			err = say(out, "%s\n", f)
		}
		if err != nil {
			return err
		}
	}
	for _, f := range worstPages(scores, worst) {
		var err error
		if a.json {
			err = printJSON(out, f)
		} else {
			err = say(out, "\n%s %s  %s\n  %s\n", f.Set, f.ID, f.URL, strings.Join(f.Faults, "\n  "))
		}
		if err != nil {
			return err
		}
	}
	return say(cmd.ErrOrStderr(), "%d pages in %s; %.1f ms of reading a page\n", len(scores), took.Round(time.Millisecond),
		float64(spent.Microseconds())/1000/float64(max(1, len(scores))))
}

func worstPages(scores []evaluate.PageScore, n int) []pageFault {
	var list []pageFault
	for i := range scores {
		s := &scores[i]
		if cost, faults := s.Faults(); len(faults) > 0 {
			for j := range faults {
				faults[j] = clip(faults[j], 200)
			}
			list = append(list, pageFault{Set: s.Page.Set, ID: s.Page.ID, URL: s.Page.URL, Cost: cost, Faults: faults})
		}
	}
	slices.SortStableFunc(list, func(a, b pageFault) int { return cmp.Compare(b.Cost, a.Cost) })
	return list[:min(len(list), max(0, n))]
}
