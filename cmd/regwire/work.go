package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/pipeline"
	"github.com/regwire/regwire/internal/service"
	"github.com/regwire/regwire/internal/telemetry"
)

func (a *app) init() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "init", Short: "Write a configuration with real sources",
		Long: `Write regwire.yaml into the data folder (or to --config FILE): regulators,
exchanges and media in English and Chinese, ready to be crawled, and every
setting explained. Nothing is overwritten without --force.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := a.configPath
			if path == "" {
				path = filepath.Join(a.data, "regwire.yaml")
			}
			n, err := config.Write(path, force)
			if errors.Is(err, os.ErrExist) {
				return usageError{fmt.Errorf("%s exists; --force replaces it", path)}
			}
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(cmd.OutOrStdout(), map[string]any{"path": path, "sources": n})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s with %d sources\nnext: set crawl.company and crawl.contact, then `regwire serve`\n", path, n)
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace the file if there is one")
	return cmd
}

func (a *app) serve() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Crawl on schedule, serve pages and API, send mail",
		Long: `Run the service until it is interrupted: crawl the sources on their schedules,
read what they publish, keep index and signals up to date, send alerts, and
serve pages, API, health and metrics (default http://127.0.0.1:8440).

Without a configuration the built-in sources are crawled and nobody is told.
SIGTERM finishes what is under way and exits within ten seconds.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.open(cmd.Context(), false, service.Options{Registry: telemetry.Registry()})
			if err != nil {
				return err
			}
			err = s.Serve(cmd.Context(), version, func(url string) {
				if a.json {
					printJSON(cmd.OutOrStdout(), map[string]string{"url": url})
				} else {
					fmt.Fprintf(cmd.OutOrStdout(), "regwire is at %s\n", url)
				}
			})
			return errors.Join(err, s.Close())
		},
	}
}

func (a *app) crawl() *cobra.Command {
	return &cobra.Command{
		Use: "crawl [SOURCE…]", Short: "Visit sources once and take in what is new",
		Long: `Visit each of the named sources once (all enabled ones when none is named),
take in what is new, and send the alerts that follow. A source that fails does
not stop the others; the exit code is then 1.

  regwire crawl us-sec-press hk-sfc-news`,
		RunE: func(cmd *cobra.Command, names []string) error {
			p := newProgress(os.Stderr)
			var mu sync.Mutex
			visited, captured := 0, 0
			var visits []visitLine
			s, err := a.open(cmd.Context(), true, service.Options{Visited: func(v crawler.Visit) {
				mu.Lock()
				defer mu.Unlock()
				visited++
				captured += v.Captured
				visits = append(visits, visitLine{v.Source, v.Items, v.New, v.Captured, v.Failed, string(v.Reason), v.Elapsed.Seconds()})
				p.show("%d sources visited, %d pages captured", visited, captured)
			}})
			if err != nil {
				return err
			}
			defer s.Close()
			var ids []corpus.SourceID
			for _, n := range names {
				ids = append(ids, corpus.SourceID(n))
			}
			failed := s.Pipeline.Round(cmd.Context(), ids...)
			p.done()
			err = table(cmd, a.json, visits, "SOURCE\tITEMS\tNEW\tCAPTURED\tFAILED\tPROBLEM", func(v visitLine) string {
				return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%s", v.Source, v.Items, v.New, v.Captured, v.Failed, v.Reason)
			})
			return errors.Join(failed, err)
		},
	}
}

// visitLine is the line that `crawl --json` prints.
type visitLine struct {
	Source   corpus.SourceID `json:"source"`
	Items    int             `json:"items"`
	New      int             `json:"new"`
	Captured int             `json:"captured"`
	Failed   int             `json:"failed"`
	Reason   string          `json:"reason,omitempty"`
	Seconds  float64         `json:"seconds"`
}

func (a *app) ingest() *cobra.Command {
	var live bool
	var source corpus.Source
	var kind, jurisdiction string
	cmd := &cobra.Command{
		Use: "ingest PATH…|-", Short: "Take in files: HTML, text, Markdown, PDF, JSON lines",
		Long: `Take in files, and all files below folders, as if their pages had been fetched:
.html .txt .md .pdf and .jsonl (one article a line: url, title, text or html,
and if known source, published_at, author, tags), each also gzipped. "-" reads
standard input. Taking a file in twice is taking it in once.

Files are backfill: they are searchable and scored, and never alert, unless
--live says that they are news.

  regwire ingest archive/ notes.md
  zcat news.jsonl.gz | regwire ingest -
  regwire ingest --source us-fdic --kind regulator --jurisdiction US letters/`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			p := newProgress(os.Stderr)
			s, err := a.open(cmd.Context(), true, service.Options{Progress: p.stage})
			if err != nil {
				return err
			}
			defer s.Close()
			in := &pipeline.Ingest{Pipeline: s.Pipeline, Origin: corpus.OriginBackfill}
			if live {
				in.Origin = corpus.OriginLive
			}
			if source.ID != "" {
				source.Kind, source.Jurisdiction = corpus.SourceKind(kind), corpus.Jurisdiction(strings.ToUpper(jurisdiction))
				in.Source = source
				if in.Source.Name == "" {
					in.Source.Name = string(source.ID)
				}
			}
			began := time.Now()
			in.Progress = func(r pipeline.IngestResult) {
				p.show("%d files, %d captures, %d known already, %d refused", r.Files, r.Captures, r.Known, r.Refused)
			}
			result, refused := in.Paths(cmd.Context(), cmd.InOrStdin(), paths...)
			if err := s.Pipeline.Drain(cmd.Context()); err != nil {
				return errors.Join(refused, err)
			}
			p.done()
			counts, err := s.Store.Counts(cmd.Context())
			if err != nil {
				return errors.Join(refused, err)
			}
			seconds := time.Since(began).Seconds()
			if a.json {
				err = printJSON(cmd.OutOrStdout(), map[string]any{"ingested": result, "counts": counts, "seconds": seconds})
			} else {
				fmt.Fprintf(cmd.OutOrStdout(), "%d captures taken in, %d known already, %d refused, in %.1f s\n", result.Captures, result.Known, result.Refused, seconds)
				fmt.Fprintf(cmd.OutOrStdout(), "the record now holds %d articles, %d stories, %d events, %d instruments, %d signal rows\n",
					counts.Articles, counts.Stories, counts.Events, counts.Instruments, counts.Signals)
			}
			return errors.Join(refused, err)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&live, "live", false, "treat the files as news: they may alert")
	f.StringVar((*string)(&source.ID), "source", "", "identifier of the publisher they are from (default local)")
	f.StringVar(&source.Name, "name", "", "name of the publisher")
	f.StringVar(&kind, "kind", string(corpus.SourceMedia), "kind of publisher: regulator, exchange or media")
	f.StringVar(&jurisdiction, "jurisdiction", "", "of the publisher: ISO 3166 code, EU or INTL")
	f.StringVar(&source.Regulator, "regulator", "", "short name, when the publisher is an authority")
	return cmd
}

func (a *app) rebuild() *cobra.Command {
	return &cobra.Command{
		Use: "rebuild index|analysis|signals|all", Short: "Make again what was derived from the captures",
		Long: `Everything but the captures can be made again:

  index      a new search index
  analysis   read every article again with the present analyser; readings of
             an earlier version stay, the new ones stand beside them
  signals    compute every signal again from the readings, and compare: rows
             that were handed out are never changed
  all        parse every capture again, then all of the above

An interrupted rebuild goes on where it stopped. Nothing of it alerts.`,
		Args:      args(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: []string{"index", "analysis", "signals", "all"},
		RunE: func(cmd *cobra.Command, what []string) error {
			p := newProgress(os.Stderr)
			s, err := a.open(cmd.Context(), true, service.Options{Progress: p.stage})
			if err != nil {
				return err
			}
			defer s.Close()
			report, err := s.Rebuild(cmd.Context(), service.Part(what[0]))
			p.done()
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(cmd.OutOrStdout(), report)
			}
			fmt.Fprintln(cmd.OutOrStdout(), report)
			return nil
		},
	}
}
