package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/service"
)

// sourceLines are the configured sources with their health, in order.
func (a *app) sourceLines(cmd *cobra.Command) ([]sourceLine, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	sources, err := cfg.CrawlSources()
	if err != nil {
		return nil, usageError{err}
	}
	health, err := a.health(cmd, cfg)
	if err != nil {
		return nil, err
	}
	rows := make([]sourceLine, len(sources))
	for i, s := range sources {
		rows[i] = lineOf(s, health)
	}
	return rows, nil
}

func (a *app) listSources(cmd *cobra.Command, _ []string) error {
	rows, err := a.sourceLines(cmd)
	if err != nil {
		return err
	}
	return table(cmd, a.json, rows, "ID\tKIND\tWHERE\tLANG\tDISCOVERY\tLAST SUCCESS\tNEWEST\tCONDITION", func(s sourceLine) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", s.ID, s.Kind, s.Jurisdiction, s.Language, s.Discovery, day(s.SucceededAt), day(s.NewestAt), s.condition())
	})
}

func (a *app) checkSources() *cobra.Command {
	return &cobra.Command{
		Use: "check [SOURCE …]", Short: "Report how the sources do",
		Long: `Report of each source that is not disabled, or of those named: when it was last
read, how old its newest item is and may be, its pages of late and those that
wait, failures in a row, what robots.txt says, and when the next run is. What
answers and yet says nothing is found out: an empty feed, a page for people in
place of a feed or an API, a source that has been silent for too long.
It asks the record, not the network; sources test asks a site.

  regwire sources check
  regwire sources check us-fed-press --json`,
		Args: args(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, names []string) error {
			rows, err := a.sourceLines(cmd)
			if err != nil {
				return err
			}
			for _, name := range names {
				if !slices.ContainsFunc(rows, func(s sourceLine) bool { return string(s.ID) == name }) {
					return usageError{fmt.Errorf("no source is called %q; `regwire sources` lists them", name)}
				}
			}
			rows = slices.DeleteFunc(rows, func(s sourceLine) bool {
				return len(names) > 0 && !slices.Contains(names, string(s.ID)) || len(names) == 0 && s.Disabled
			})
			return table(cmd, a.json, rows, "ID\tLAST SUCCESS\tNEWEST\tEXPECTED WITHIN\tPAGES\tWAITING\tFAILURES\tROBOTS\tNEXT RUN\tCONDITION", func(s sourceLine) string {
				return fmt.Sprintf("%s\t%s\t%s\t%s (%s)\t%d\t%d\t%d\t%s\t%s\t%s", s.ID, minute(s.SucceededAt), minute(s.NewestAt), span(s.Expect), s.ExpectedBy,
					s.Recent, s.Waiting, s.Failures, s.Robots, minute(s.NextAt), s.condition())
			})
		},
	}
}

// minute writes a time for a person who wants to know whether it is over.
func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

// span writes how long a source may be silent.
func span(seconds float64) string {
	switch hours := seconds / 3600; {
	case hours == 0:
		return "-"
	case hours < 48:
		return fmt.Sprintf("%.0f h", hours)
	default:
		return fmt.Sprintf("%.0f d", hours/24)
	}
}

// health tells how the configured sources do.
func (a *app) health(cmd *cobra.Command, cfg config.Config) (health []crawler.Health, err error) {
	look := func(state crawler.State) error {
		scout, err := service.Scout(cfg, state, nil)
		if err == nil {
			health, err = scout.Check(cmd.Context())
		}
		return err
	}
	err = a.read(cmd.Context(), cfg, func(db *store.DB) error { return look(db) })
	if errors.Is(err, service.ErrNothing) { // none has been visited then
		err = look(nil)
	}
	return health, err
}

// sourceLine is the line that `sources --json` prints.
type sourceLine struct {
	corpus.Source
	Section     string            `json:"section,omitempty"`
	Discovery   string            `json:"discovery"`
	URL         string            `json:"url"`
	Schedule    string            `json:"schedule,omitempty"`
	Disabled    bool              `json:"disabled"`
	Condition   crawler.Condition `json:"condition"`
	Why         string            `json:"why,omitempty"`
	VisitedAt   time.Time         `json:"visited_at,omitzero"`
	SucceededAt time.Time         `json:"succeeded_at,omitzero"`
	NextAt      time.Time         `json:"next_at,omitzero"`
	NewestAt    time.Time         `json:"newest_at,omitzero"`
	Expect      float64           `json:"expect_seconds,omitempty"` // how long it may be silent
	ExpectedBy  string            `json:"expected_by,omitempty"`    // configuration, rhythm or kind
	Robots      string            `json:"robots,omitempty"`
	Recent      int               `json:"recent"`
	Waiting     int               `json:"waiting"`
	Failures    int               `json:"failures"`
	Reason      string            `json:"reason,omitempty"`
	LastError   string            `json:"last_error,omitempty"`
	// Rules is how the source's own selectors do.
	Rules []corpus.RuleState `json:"rules,omitempty"`
	// What its sites are asked with, and spared.
	UserAgent   string  `json:"user_agent,omitempty"`
	Delay       float64 `json:"delay_seconds,omitempty"` // between two requests
	Parallelism int     `json:"parallelism,omitempty"`
}

func (s sourceLine) condition() string {
	if s.Why == "" {
		return string(s.Condition)
	}
	return string(s.Condition) + ": " + clip(s.Why, 60)
}

// lineOf is the line of s; one that is built in but not configured has no
// health.
func lineOf(s crawler.Source, health []crawler.Health) sourceLine {
	var h crawler.Health
	if i := slices.IndexFunc(health, func(h crawler.Health) bool { return h.Source == s.ID }); i >= 0 {
		h = health[i]
	}
	return sourceLine{
		Source: s.Source, Section: s.Section, Discovery: string(s.Discovery.Type), URL: s.Discovery.URL, Schedule: s.Schedule,
		Disabled: s.Disabled, Condition: h.Condition, Why: h.Why, VisitedAt: h.VisitedAt, SucceededAt: h.SucceededAt, NextAt: h.NextAt,
		NewestAt: h.NewestAt, Expect: h.Expect.Seconds(), ExpectedBy: h.ExpectedBy, Robots: string(h.Robots), Recent: h.Recent, Waiting: h.Waiting,
		Failures: h.Failures, Reason: string(h.Reason), LastError: h.LastError, Rules: h.Rules,
		UserAgent: h.UserAgent, Delay: max(h.Politeness.Delay, 0).Seconds(), Parallelism: h.Politeness.Parallelism,
	}
}

func (a *app) showSource() *cobra.Command {
	return &cobra.Command{
		Use: "show SOURCE", Short: "Show a source as a configuration would list it, and how it does",
		Long: `Show a source as a configuration would list it, ready to be copied and changed.
Remarks before it say where the entry comes from, how the source does, when it
was read and will be, and whether its own selectors still match. --json has the
entry under "entry".

  regwire sources show hk-sfc-news`,
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
			health, err := a.health(cmd, cfg)
			if err != nil {
				return err
			}
			line := lineOf(s, health)
			own := slices.ContainsFunc(cfg.Sources, func(c crawler.Source) bool { return c.ID == s.ID })
			if a.json {
				return showJSON(cmd, s, line, own)
			}
			if err := say(cmd.OutOrStdout(), "%s", remarks(s, line, own)); err != nil {
				return err
			}
			return showYAML(cmd, s)
		},
	}
}

// from says where an entry comes from.
func from(own bool) string {
	if own {
		return "configuration"
	}
	return "catalogue"
}

// remarks says how a source does, as comments before its entry.
func remarks(s crawler.Source, l sourceLine, own bool) string {
	var b strings.Builder
	note := func(format string, args ...any) { b.WriteString("# " + clip(fmt.Sprintf(format, args...), 400) + "\n") }
	if l.Condition == "" {
		note("from the %s; not asked for by the configuration", from(own))
		return b.String()
	}
	note("%s: %s", l.Condition, l.Why)
	note("from the %s", from(own))
	if s.Disabled {
		return b.String()
	}
	note("last visit %s, last success %s, next run %s", minute(l.VisitedAt), minute(l.SucceededAt), minute(l.NextAt))
	note("newest item %s, expected within %s (by %s)", minute(l.NewestAt), span(l.Expect), l.ExpectedBy)
	note("pages of late %d, waiting %d; robots.txt: %s", l.Recent, l.Waiting, l.Robots)
	note("asks as %s, a request each %g s and %d at once", l.UserAgent, l.Delay, l.Parallelism)
	if l.Failures > 0 {
		note("failed %d times in a row (%s): %s", l.Failures, l.Reason, l.LastError)
	}
	for _, r := range l.Rules {
		state := "matches"
		switch {
		case r.Broken():
			state = "has stopped matching"
		case r.Failures > 0:
			state = fmt.Sprintf("did not match on the last %d pages", r.Failures)
		}
		note("selector %s %s; last match %s%s", r.Rule, state, minute(r.MatchedAt), failedOn(r))
	}
	return b.String()
}

// shownSource is what `sources show --json` prints.
type shownSource struct {
	sourceLine
	From  string          `json:"from"`  // catalogue or configuration
	Entry json.RawMessage `json:"entry"` // with the names that the configuration has
}

func showJSON(cmd *cobra.Command, s crawler.Source, l sourceLine, own bool) error {
	text, err := yaml.Marshal(s)
	if err != nil {
		return err
	}
	entry, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	return printJSON(cmd.OutOrStdout(), shownSource{l, from(own), entry})
}

func showYAML(cmd *cobra.Command, s crawler.Source) error {
	text, err := yaml.MarshalWithOptions(map[string]any{"sources": []crawler.Source{s}}, yaml.IndentSequence(true))
	if err != nil {
		return err
	}
	return say(cmd.OutOrStdout(), "%s", text)
}

func failedOn(r corpus.RuleState) string {
	if r.URL == "" {
		return ""
	}
	return ", not on " + r.URL
}
