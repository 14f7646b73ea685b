package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/service"
	"github.com/regwire/regwire/parse"
)

func (a *app) sources() *cobra.Command {
	cmd := &cobra.Command{
		Use: "sources", Short: "List the sources with their health, try one, find new ones",
		Long: `List the sources that the configuration asks for, and how each does: when it
was last read, how long it may be silent, why it is disabled or failing.
Without a configuration these are the built-in ones.

  regwire sources                     all, with their health
  regwire sources check               what is amiss: failures, silence, next run
  regwire sources show us-fed-press   one, as a configuration would list it
  regwire sources test us-fed-press   what a visit would find; nothing is stored
  regwire sources add https://www.example.org/news    ways to follow a site
  regwire sources --json | jq 'select(.condition == "failing")'`,
		Args: args(cobra.NoArgs), RunE: a.listSources,
	}
	list := &cobra.Command{Use: "list", Short: "The same as sources alone", Args: args(cobra.NoArgs), RunE: a.listSources,
		Long: "List the sources with their health.\n\n  regwire sources list --json"}
	cmd.AddCommand(list, a.checkSources(), a.showSource(), a.testSource(), a.addSource())
	return cmd
}

// source returns the source a person names, built-in or of the configuration.
func source(cfg config.Config, name string) (crawler.Source, error) {
	sources, err := cfg.CrawlSources()
	if err != nil {
		return crawler.Source{}, usageError{err}
	}
	builtin, err := crawler.Catalog()
	if err != nil {
		return crawler.Source{}, err
	}
	for _, s := range append(sources, builtin...) {
		if string(s.ID) == name {
			return s, nil
		}
	}
	return crawler.Source{}, usageError{fmt.Errorf("no source is called %q; `regwire sources` lists them", name)}
}

func (a *app) testSource() *cobra.Command {
	pages := 3
	cmd := &cobra.Command{
		Use: "test SOURCE", Short: "Show what a visit would find; nothing is stored",
		Long: `Read a source's listing and its first pages as a visit would, obeying robots.txt
and the limits of its site, show what would be made of them, and name what is
wrong: an empty feed, a page in place of a feed, a source frozen for months.
Disabled sources can be tested too. The exit code is 1 when there is a problem.

  regwire sources test us-fed-press --pages 1`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			s, err := source(cfg, names[0])
			if err != nil {
				return err
			}
			scout, err := service.Scout(cfg, nil, nil)
			if err != nil {
				return err
			}
			t, err := scout.Try(cmd.Context(), s, pages)
			if err != nil {
				return err
			}
			return a.showTrial(cmd, s, t)
		},
	}
	cmd.Flags().IntVar(&pages, "pages", pages, "how many pages to fetch")
	return cmd
}

// trialLine is what `sources test --json` prints.
type trialLine struct {
	Source   corpus.SourceID `json:"source"`
	URL      string          `json:"url"`
	Status   int             `json:"status"`
	Allowed  bool            `json:"robots_allowed"`
	Items    []corpus.Item   `json:"items"`
	Articles []trialArticle  `json:"articles"`
	Problems []string        `json:"problems"`
}

type trialArticle struct {
	URL         string    `json:"url"`
	Title       string    `json:"title"`
	PublishedAt time.Time `json:"published_at,omitzero"`
	Lang        string    `json:"lang"`
	Characters  int       `json:"characters"` // of the body
	Problem     string    `json:"problem,omitempty"`
}

// trial gathers what a trial found, with what the parser makes of its pages.
func trial(cmd *cobra.Command, s crawler.Source, t crawler.Trial) trialLine {
	line := trialLine{Source: s.ID, URL: t.Listing.URL, Status: t.Listing.Status, Allowed: t.Robots.Allowed, Items: list(t.Items), Articles: []trialArticle{}, Problems: []string{}}
	for _, p := range t.Problems {
		line.Problems = append(line.Problems, p.Text)
	}
	parser := parse.New(parse.Config{})
	for _, page := range t.Pages {
		if page.Err != nil {
			line.Articles = append(line.Articles, trialArticle{URL: page.Item.URL, Problem: page.Err.Error()})
			continue
		}
		read, err := parser.Read(cmd.Context(), page.Capture, s.Source)
		drafts := read.Drafts
		for _, rule := range slices.Sorted(maps.Keys(read.Rules)) {
			if !read.Rules[rule] {
				line.Problems = append(line.Problems, fmt.Sprintf("selector %s matches nothing on %s", rule, page.Item.URL))
			}
		}
		if err != nil {
			line.Articles = append(line.Articles, trialArticle{URL: page.Item.URL, Problem: err.Error()})
		}
		for _, d := range drafts {
			line.Articles = append(line.Articles, trialArticle{
				URL: corpus.Article{URL: d.URL, Fragment: d.Fragment}.Address(), Title: d.Title, PublishedAt: d.PublishedAt.UTC(), Lang: d.Lang, Characters: len([]rune(d.Body())),
			})
		}
	}
	return line
}

func (a *app) showTrial(cmd *cobra.Command, s crawler.Source, t crawler.Trial) error {
	line := trial(cmd, s, t)
	if a.json {
		if err := printJSON(cmd.OutOrStdout(), line); err != nil {
			return err
		}
	} else {
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n%s answers %d, %s; robots.txt %s\n%d items\n", s.Name, line.URL, line.Status, t.Listing.MediaType, allowed(line.Allowed), len(line.Items))
		for _, i := range line.Items[:min(len(line.Items), 10)] {
			fmt.Fprintf(&b, "  %s  %s\n", day(i.PublishedAt), clip(i.Title, 90))
		}
		for _, art := range line.Articles {
			if art.Problem != "" {
				fmt.Fprintf(&b, "page %s: %s\n", art.URL, art.Problem)
				continue
			}
			fmt.Fprintf(&b, "page %s\n  %s (%s, %s, %d characters)\n", art.URL, clip(art.Title, 90), day(art.PublishedAt), art.Lang, art.Characters)
		}
		for _, p := range line.Problems {
			fmt.Fprintf(&b, "problem: %s\n", p)
		}
		if err := say(cmd.OutOrStdout(), "%s", b.String()); err != nil {
			return err
		}
	}
	if len(line.Problems) > 0 {
		return fmt.Errorf("source %s: %s", s.ID, line.Problems[0])
	}
	return nil
}

func allowed(yes bool) string {
	if yes {
		return "allows it"
	}
	return "forbids it"
}

func (a *app) addSource() *cobra.Command {
	var private bool
	cmd := &cobra.Command{
		Use: "add URL", Short: "Find ways to follow a site: feed, sitemap, API or list",
		Long: `Look at a site, find its feeds, sitemaps and lists, try each, and print the best
as an entry for the sources of a configuration; --json prints all, best first,
one a line. Nothing is stored: look the entry over (name, kind and jurisdiction
are guesses) and add it to the file.

  regwire sources add https://www.example.org/press`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, address []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			scout, err := service.Scout(cfg, nil, nil)
			if err != nil {
				return err
			}
			found, err := scout.Find(cmd.Context(), address[0], private)
			if err != nil {
				return err
			}
			if len(found) == 0 {
				return fmt.Errorf("%s: no feed, sitemap or list was found", address[0])
			}
			if a.json {
				for _, p := range found {
					if err := printJSON(cmd.OutOrStdout(), map[string]any{"found": p.Found, "score": p.Score, "source": p.Source.Source, "discovery": p.Source.Discovery.Type, "trial": trial(cmd, p.Source, p.Trial)}); err != nil {
						return err
					}
				}
				return nil
			}
			for i, p := range found {
				if err := say(cmd.OutOrStdout(), "# %d. %s: %d items, newest %s\n", i+1, p.Found, len(p.Trial.Items), day(p.Trial.NewestAt)); err != nil {
					return err
				}
			}
			return showYAML(cmd, found[0].Source)
		},
	}
	cmd.Flags().BoolVar(&private, "allow-private", false, "the site is on this machine or in a private network")
	return cmd
}
