package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/service"
)

func (a *app) crawlStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Show what waits to be fetched, what failed, and who works on what",
		Long: `Show how the crawl stands, for all processes that share the record: pages that
are due, claimed, waiting and parked, by source and host, with the reasons of
failures; sources that were asked to wait; backfills with their progress; the
processes and what they have claimed. It may be asked while they run.

  regwire crawl status
  regwire crawl status --json | jq .totals`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			var s service.CrawlStatus
			err = a.read(cmd.Context(), cfg, func(db *store.DB) (err error) {
				s, err = service.ReadCrawl(cmd.Context(), db, time.Now())
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				var failures []failureLine
				for _, e := range s.Failures {
					failures = append(failures, newFailureLine(e))
				}
				return printJSON(cmd.OutOrStdout(), struct {
					service.CrawlStatus
					Failures []failureLine `json:"failures"`
				}{s, list(failures)})
			}
			return showCrawl(cmd, s)
		},
	}
}

// failureLine is a page that failed, as `crawl status --json` prints it.
type failureLine struct {
	Source   corpus.SourceID      `json:"source"`
	URL      string               `json:"url"`
	State    corpus.FrontierState `json:"state"`
	Reason   string               `json:"reason"`
	Attempts int                  `json:"attempts"`
	NextAt   time.Time            `json:"next_at,omitzero"`
}

func newFailureLine(e corpus.FrontierEntry) failureLine {
	return failureLine{e.Source, e.URL, e.State, e.Reason, e.Attempts, e.NextAt}
}

func showCrawl(cmd *cobra.Command, s service.CrawlStatus) error {
	since := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return s.At.Sub(t).Round(time.Second).String()
	}
	until := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.Sub(s.At).Round(time.Second).String()
	}
	out := cmd.OutOrStdout()
	section := func(title string) error { return say(out, "\n%s\n", title) }
	t := s.Totals
	if err := say(out, "%d pages due, %d claimed, %d waiting (%d of them after a failure), %d parked\n", t.Due, t.Claimed, t.Waiting, t.Retries, t.Parked); err != nil {
		return err
	}
	var errs []error
	if len(s.Frontier) > 0 {
		errs = append(errs, section("Frontier"), table(cmd, false, s.Frontier, "SOURCE\tHOST\tDUE\tCLAIMED\tWAITING\tPARKED\tOLDEST DUE\tNEXT IN\tFAILURES", func(p service.CrawlPart) string {
			var reasons []string
			for _, r := range slices.SortedFunc(maps.Keys(p.Reasons), func(a, b string) int {
				return cmp.Or(cmp.Compare(p.Reasons[b], p.Reasons[a]), cmp.Compare(a, b))
			}) {
				reasons = append(reasons, fmt.Sprintf("%s %d", r, p.Reasons[r]))
			}
			id := string(p.Source)
			if p.Backfill {
				id += " (archive)"
			}
			return fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s", id, clip(p.Host, 60), p.Due, p.Claimed, p.Waiting, p.Parked, since(p.OldestDue), until(p.NextAt), strings.Join(reasons, ", "))
		}))
	}
	if len(s.Sources) > 0 {
		errs = append(errs, section("Sources in trouble"), table(cmd, false, s.Sources, "SOURCE\tFAILURES\tREASON\tNOT BEFORE\tERROR", func(st corpus.SourceState) string {
			wait := "-"
			if st.NotBefore.After(s.At) {
				wait = "in " + until(st.NotBefore)
			}
			return fmt.Sprintf("%s\t%d\t%s\t%s\t%s", st.Source, st.Failures, st.Reason, wait, clip(st.LastError, 60))
		}))
	}
	if len(s.Backfills) > 0 {
		errs = append(errs, section("Backfills"), table(cmd, false, s.Backfills, "SOURCE\tSINCE\tFOUND\tCAPTURED\tFAILED\tLEFT\tTO GO\tBY", func(b service.CrawlBackfill) string {
			estimate, holder := "-", cmp.Or(b.Holder, "nobody: interrupted, or waiting for another try")
			if b.Estimate > 0 {
				estimate = b.Estimate.Round(time.Second).String()
			}
			return fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s", b.Source, day(b.Since), b.Found, b.Captured, b.Failed, b.Left, estimate, holder)
		}))
	}
	if len(s.Failures) > 0 {
		errs = append(errs, section("Pages that failed"), table(cmd, false, s.Failures, "SOURCE\tSTATE\tREASON\tATTEMPTS\tNEXT IN\tURL", func(e corpus.FrontierEntry) string {
			return fmt.Sprintf("%s\t%s\t%s\t%d\t%s\t%s", e.Source, e.State, e.Reason, e.Attempts, until(e.NextAt), clip(e.URL, 100))
		}))
		more(cmd, len(s.Failures), corpus.DefaultLimit)
	}
	if len(s.Leases) > 0 {
		errs = append(errs, section("Leases"), table(cmd, false, s.Leases, "WHAT\tHELD BY\tFOR\tENDS IN\tNOT BEFORE\tWANTED", func(l corpus.Lease) string {
			wait, wanted, holder, taken := "-", "", "-", "-"
			if l.NotBefore.After(s.At) {
				wait = "in " + until(l.NotBefore)
			}
			if !l.WantedAt.IsZero() {
				wanted = "for " + since(l.WantedAt)
			}
			if l.Holder != "" {
				holder, taken = l.Holder, since(l.TakenAt)
			}
			return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", l.Name, holder, taken, until(l.Until), wait, wanted)
		}))
	}
	return errors.Join(errs...)
}

func (a *app) crawlRetry() *cobra.Command {
	var reason, url string
	var parked bool
	cmd := &cobra.Command{
		Use: "retry [SOURCE…]", Short: "Have pages that failed tried again now",
		Long: `Have pages that failed tried again at the next visit of their source, as if for
the first time: those given up and those that wait for another try; of the
named sources, or of all when none is named. It may be asked while the service
runs.

  regwire crawl retry
  regwire crawl retry us-sec-press --reason forbidden
  regwire crawl retry --url https://www.example.org/news/1`,
		RunE: func(cmd *cobra.Command, names []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			ids, err := chosen(cfg, names)
			if err != nil {
				return err
			}
			if reason != "" && !slices.Contains(crawler.Reasons(), crawler.Reason(reason)) {
				return usageError{fmt.Errorf("--reason: want one of %s", strings.ReplaceAll(join(crawler.Reasons()), ",", ", "))}
			}
			var n int64
			err = a.read(cmd.Context(), cfg, func(db *store.DB) (err error) {
				n, err = db.RetryFrontier(cmd.Context(), time.Now(), corpus.FailureQuery{Sources: ids, Reason: reason, URL: url, Parked: parked})
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(cmd.OutOrStdout(), map[string]int64{"retried": n})
			}
			return say(cmd.OutOrStdout(), "%d pages are tried again at the next visit of their sources\n", n)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "only pages that failed for this reason")
	cmd.Flags().StringVar(&url, "url", "", "only this page")
	cmd.Flags().BoolVar(&parked, "parked", false, "only pages that were given up")
	return cmd
}
