package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/internal/evaluate"
	"github.com/regwire/regwire/internal/pipeline"
	"github.com/regwire/regwire/internal/service"
)

func (a *app) evaluateStories() *cobra.Command {
	return &cobra.Command{
		Use: "stories LABELS [ARTICLES…]", Short: "Measure how articles are put together into stories",
		Long: `Take articles in as "ingest" would, into a record that is thrown away, and
compare the stories they form with what a person says.

LABELS holds one line an article: its address, a tab, and the name of the
story it tells; "-" for a story of its own, "?" for one that cannot be told,
which is left out. ARTICLES are files as "ingest" takes them. A file of labels
that ends in .jsonl holds the articles too, with a field "story" each.

  regwire evaluate stories labels.tsv news.jsonl.gz
  regwire evaluate stories own.jsonl

The figures: pairs_ are precision, recall and F1 over pairs of articles of one
story; bcubed_ the same per article (Bagga and Baldwin, 1998).`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			labels, err := evaluate.LoadStories(paths[0])
			if err != nil {
				return err
			}
			articles := paths[1:]
			if filepath.Ext(paths[0]) == ".jsonl" {
				articles = paths
			}
			if len(articles) == 0 {
				return usageError{errors.New("name the files with the articles, too")}
			}
			got, err := a.group(cmd.Context(), articles)
			if err != nil {
				return err
			}
			f := evaluate.StoryFigures(evaluate.SetName(paths[0]), labels, got)
			if a.json {
				return printJSON(cmd.OutOrStdout(), f)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), f)
			return err
		},
	}
}

// group takes files into a record of their own and returns the story of each
// article, by address.
func (a *app) group(ctx context.Context, paths []string) (_ map[string]string, err error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "regwire-evaluate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cfg.Database = ""
	p := newProgress(os.Stderr)
	own := *a
	own.data = dir
	s, err := own.open(ctx, cfg, "warn", service.Options{Progress: p.stage})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	in := &pipeline.Ingest{Pipeline: s.Pipeline, Origin: corpus.OriginBackfill}
	in.Progress = func(r pipeline.IngestResult) { p.show("%d articles", r.Captures) }
	if _, err := in.Paths(ctx, nil, paths...); err != nil {
		return nil, err
	}
	if err := s.Pipeline.Drain(ctx); err != nil {
		return nil, err
	}
	p.done()
	return storiesByURL(ctx, s.Store)
}

func storiesByURL(ctx context.Context, db *store.DB) (map[string]string, error) {
	got := map[string]string{}
	for after := corpus.Seq(0); ; {
		changes, err := db.Changes(ctx, after, 1000, corpus.KindPlacement)
		if err != nil || len(changes) == 0 {
			return got, err
		}
		for _, c := range changes {
			after = c.Seq
			id, err := strconv.ParseInt(c.Ref, 10, 64)
			if err != nil {
				return nil, err
			}
			placed, err := db.Placement(ctx, corpus.PlacementID(id))
			if err != nil {
				return nil, err
			}
			st, err := db.StoryOf(ctx, placed.Article)
			if err != nil {
				return nil, err
			}
			for _, m := range st.Articles {
				got[m.URL] = string(st.ID)
			}
		}
	}
}
