package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
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
setting explained. Nothing is overwritten without --force.

  regwire init
  regwire init --config /etc/regwire.yaml`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := a.configPath
			if path == "" {
				path = filepath.Join(a.data, "regwire.yaml")
			}
			n, err := config.Write(path, force)
			if errors.Is(err, os.ErrExist) {
				return fmt.Errorf("%s exists; --force replaces it", path)
			}
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(cmd.OutOrStdout(), map[string]any{"path": path, "sources": n})
			}
			return say(cmd.OutOrStdout(), "wrote %s with %d sources\nnext: set crawl.company and crawl.contact in it, then `regwire serve`\n", path, n)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace the file if there is one")
	return cmd
}

func (a *app) serve() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use: "serve", Short: "Crawl on schedule, serve pages and API, send mail",
		Long: `Run the service until it is interrupted: crawl the sources on their schedules,
read what they publish, keep index and signals up to date, send alerts, and
serve pages, API, health and metrics (default http://127.0.0.1:8440).

Without a configuration the built-in sources are crawled and nobody is told.
SIGTERM finishes what is under way and exits within ten seconds.

  regwire serve
  regwire serve --address 127.0.0.1:9000 --data /var/lib/regwire`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if address != "" {
				cfg.HTTP.Address = address
				if err := cfg.Validate(); err != nil {
					return usageError{err}
				}
			}
			s, err := a.open(cmd.Context(), cfg, "info", service.Options{Registry: telemetry.Registry()})
			if err != nil {
				return err
			}
			err = s.Serve(cmd.Context(), version, func(url string) {
				if a.json {
					printJSON(cmd.OutOrStdout(), map[string]string{"url": url})
				} else {
					say(cmd.OutOrStdout(), "regwire is at %s\n", url)
				}
			})
			return errors.Join(err, s.Close())
		},
	}
	cmd.Flags().StringVar(&address, "address", "", "listen here instead of at http.address (host:port; port 0 takes a free one)")
	return cmd
}

func (a *app) crawl() *cobra.Command {
	var since moment
	cmd := &cobra.Command{
		Use: "crawl [SOURCE…]", Short: "Visit sources once and take in what is new",
		Long: `Visit each of the named sources once (all enabled ones when none is named),
take in what is new, and send the alerts that follow. A source that fails does
not stop the others; the exit code is then 1.

With --since, fetch what the named sources have published since that day,
through their archives (sitemaps, paged lists and APIs): as backfill, which is
searchable and scored, and never alerts. Interrupted, it goes on where it was.

  regwire crawl
  regwire crawl hk-hkma-press hk-sfc-news      see regwire sources
  regwire crawl --since 2025-01-01 eu-esma-news
  regwire crawl status      what waits, what failed, who works on what
  regwire crawl retry       try again what failed`,
		Args: cobra.ArbitraryArgs, // which are sources, unless they are commands
		RunE: func(cmd *cobra.Command, names []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			ids, err := chosen(cfg, names)
			if err != nil {
				return err
			}
			if !since.IsZero() {
				return a.backfill(cmd, cfg, ids, since.Time)
			}
			p := newProgress(os.Stderr)
			var mu sync.Mutex
			captured, failed := 0, 0
			var visits []visitLine
			// The level is error, because failed visits stand in the list.
			s, err := a.open(cmd.Context(), cfg, "error", service.Options{Visited: func(v crawler.Visit) {
				mu.Lock()
				defer mu.Unlock()
				captured += v.Captured
				if v.Err != nil {
					failed++
				}
				visits = append(visits, visitLine{v.Source, v.Items, v.New, v.Captured, v.Failed, string(v.Reason), v.Elapsed.Seconds()})
				p.show("%d sources visited, %d pages captured", len(visits), captured)
			}})
			if err != nil {
				return err
			}
			defer s.Close()
			err = s.Pipeline.Round(cmd.Context(), ids...)
			p.done()
			listed := table(cmd, a.json, visits, "SOURCE\tITEMS\tNEW\tCAPTURED\tFAILED\tPROBLEM", func(v visitLine) string {
				return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%s", v.Source, v.Items, v.New, v.Captured, v.Failed, v.Reason)
			})
			switch {
			case cmd.Context().Err() != nil:
				err = cmd.Context().Err()
			case failed > 1:
				err = fmt.Errorf("%d of %d sources failed", failed, len(visits))
			}
			return errors.Join(err, listed)
		},
	}
	cmd.Flags().Var(&since, "since", "fetch what was published since this day, through archives")
	cmd.AddCommand(a.crawlStatus(), a.crawlRetry())
	return cmd
}

// backfill fetches the archives of sources one after another.
func (a *app) backfill(cmd *cobra.Command, cfg config.Config, ids []corpus.SourceID, since time.Time) error {
	if len(ids) == 0 {
		return usageError{errors.New("--since needs the names of sources")}
	}
	p := newProgress(os.Stderr)
	s, err := a.open(cmd.Context(), cfg, "error", service.Options{Progress: p.stage})
	if err != nil {
		return err
	}
	defer s.Close()
	var lines []backfillLine
	var failed error
	for _, id := range ids {
		line := backfillLine{Source: id}
		err := s.Crawler.Backfill(cmd.Context(), id, since, func(g crawler.Progress) {
			line.Captured, line.Failed, line.Left = g.Captured, g.Failed, g.Left
			p.show("%s: %d pages captured, %d left, about %s to go", id, g.Captured, g.Left, g.Estimate.Round(time.Second))
		})
		if err != nil {
			line.Problem = err.Error()
			failed = errors.Join(failed, fmt.Errorf("source %s: %w", id, err))
		}
		lines = append(lines, line)
		if cmd.Context().Err() != nil {
			break
		}
	}
	err = s.Pipeline.Drain(cmd.Context())
	p.done()
	listed := table(cmd, a.json, lines, "SOURCE\tCAPTURED\tFAILED\tLEFT\tPROBLEM", func(l backfillLine) string {
		return fmt.Sprintf("%s\t%d\t%d\t%d\t%s", l.Source, l.Captured, l.Failed, l.Left, clip(l.Problem, 80))
	})
	return errors.Join(failed, err, listed)
}

// backfillLine is the line that `crawl --since --json` prints.
type backfillLine struct {
	Source   corpus.SourceID `json:"source"`
	Captured int             `json:"captured"`
	Failed   int             `json:"failed"`
	Left     int             `json:"left"`
	Problem  string          `json:"problem,omitempty"`
}

// chosen checks that the named sources exist and may be visited.
func chosen(cfg config.Config, names []string) (ids []corpus.SourceID, err error) {
	sources, err := cfg.CrawlSources()
	if err != nil {
		return nil, usageError{err}
	}
	for _, n := range names {
		i := slices.IndexFunc(sources, func(s crawler.Source) bool { return string(s.ID) == n })
		switch {
		case i < 0:
			return nil, usageError{fmt.Errorf("no source is called %q; `regwire sources` lists them", n)}
		case sources[i].Disabled:
			return nil, fmt.Errorf("source %s is disabled: %s", n, sources[i].Reason)
		}
		ids = append(ids, corpus.SourceID(n))
	}
	return ids, nil
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
			for _, path := range paths {
				if _, err := os.Stat(path); err != nil && path != "-" {
					return err
				}
			}
			if source.ID == "" && (source != corpus.Source{Kind: corpus.SourceMedia}) {
				return usageError{errors.New("a publisher is described, but not named: add --source")}
			}
			source.Name = cmp.Or(source.Name, string(source.ID))
			cfg, err := a.config()
			if err != nil {
				return err
			}
			p := newProgress(os.Stderr)
			s, err := a.open(cmd.Context(), cfg, "warn", service.Options{Progress: p.stage})
			if err != nil {
				return err
			}
			defer s.Close()
			in := &pipeline.Ingest{Pipeline: s.Pipeline, Origin: corpus.OriginBackfill, Source: source}
			if live {
				in.Origin = corpus.OriginLive
			}
			began := time.Now()
			head, err := s.Store.Head(cmd.Context())
			if err != nil {
				return err
			}
			in.Progress = func(r pipeline.IngestResult) {
				p.show("%d files, %d captures, %d known already, %d refused", r.Files, r.Captures, r.Known, r.Refused)
			}
			result, refused := in.Paths(cmd.Context(), input(cmd), paths...)
			refused = shorten(refused)
			if err := s.Pipeline.Drain(cmd.Context()); err != nil {
				return errors.Join(refused, err)
			}
			p.done()
			unread, err := s.Unread(cmd.Context(), head.Seq)
			if err != nil {
				return errors.Join(refused, err)
			}
			counts, err := s.Store.Counts(cmd.Context())
			if err != nil {
				return errors.Join(refused, err)
			}
			seconds := time.Since(began).Seconds()
			if a.json {
				err = printJSON(cmd.OutOrStdout(), map[string]any{"ingested": result, "unread": list(unread), "counts": counts, "seconds": seconds})
			} else {
				var b strings.Builder
				for _, u := range unread[:min(len(unread), 10)] {
					fmt.Fprintf(&b, "no article: %s (%s)\n", u.URL, u.Reason)
				}
				fmt.Fprintf(&b, "%d captures taken in, %d known already, %d refused, %d without an article, in %.1f s\n",
					result.Captures, result.Known, result.Refused, len(unread), seconds)
				fmt.Fprintf(&b, "the record now holds %d articles, %d stories, %d events, %d instruments, %d signal rows\n",
					counts.Articles, counts.Stories, counts.Events, counts.Instruments, counts.Signals)
				err = say(cmd.OutOrStdout(), "%s", b.String())
			}
			return errors.Join(refused, err)
		},
	}
	source.Kind = corpus.SourceMedia
	f := cmd.Flags()
	f.BoolVar(&live, "live", false, "treat the files as news: they may alert")
	f.StringVar((*string)(&source.ID), "source", "", "identifier of the publisher they are from (default local)")
	f.StringVar(&source.Name, "name", "", "name of the publisher")
	f.Var(oneOf(&source.Kind, corpus.SourceRegulator, corpus.SourceExchange, corpus.SourceMedia), "kind", "kind of publisher: regulator, exchange or media (default media)")
	f.Var(jurisdiction{&source.Jurisdiction}, "jurisdiction", "of the publisher: ISO 3166 code, EU or INTL")
	f.StringVar(&source.Regulator, "regulator", "", "short name, when the publisher is an authority")
	return cmd
}

// shorten keeps the first lines of an error that may have one for each line of
// a file.
func shorten(err error) error {
	const most = 10
	if err == nil {
		return nil
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) <= most {
		return err
	}
	return fmt.Errorf("%s\n… and %d more", strings.Join(lines[:most], "\n"), len(lines)-most)
}

func (a *app) rebuild() *cobra.Command {
	parts := []service.Part{service.PartIndex, service.PartAnalysis, service.PartSignals, service.PartAll}
	return &cobra.Command{
		Use: "rebuild index|analysis|signals|all", Short: "Make again what was derived from the captures",
		Long: `Everything but the captures can be made again:

  index      a new search index
  analysis   read every article again with the present analyser; readings of
             an earlier version stay, the new ones stand beside them
  signals    compute every signal again from the readings, and compare: rows
             that were handed out are never changed
  all        parse every capture again, then all of the above

An interrupted rebuild goes on where it stopped. Nothing of it alerts.

  regwire rebuild index
  regwire rebuild all --json`,
		Args: args(func(_ *cobra.Command, what []string) error {
			if len(what) != 1 || !slices.Contains(parts, service.Part(what[0])) {
				return errors.New("name one of " + strings.ReplaceAll(join(parts), ",", ", "))
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, what []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			// Where there is nothing to rebuild, nothing is made either.
			if err := a.read(cmd.Context(), cfg, func(*store.DB) error { return nil }); err != nil {
				return err
			}
			p := newProgress(os.Stderr)
			s, err := a.open(cmd.Context(), cfg, "warn", service.Options{Progress: p.stage})
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
			return say(cmd.OutOrStdout(), "%v\n", report)
		},
	}
}
