package main

import (
	"github.com/spf13/cobra"
)

func (a *app) evaluate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "evaluate", Short: "Measure how well regwire reads, against labels of your own",
		Long: `Measure how well regwire reads. Each command takes a labelled set, reads its
texts as the service would, and prints figures; nothing is stored.

  regwire evaluate parse pages/
  regwire evaluate sentiment headlines.tsv
  regwire evaluate events events.jsonl
  regwire evaluate stories labels.tsv news.jsonl.gz`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.evaluateParse(), a.evaluateSentiment(), a.evaluateEvents(), a.evaluateAgreement(), a.evaluateStories())
	return cmd
}
