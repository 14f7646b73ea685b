package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/sentiment/instrument"
)

func (a *app) instruments() *cobra.Command {
	var q corpus.InstrumentQuery
	var asOf moment
	cmd := &cobra.Command{
		Use: "instruments", Short: "List regulatory texts, or show the lineage of one",
		Long: `List instruments: regulatory texts with an official number, their status and
what they repeal, amend or implement. Any name of an instrument finds it.

  regwire instruments --status repealed
  regwire instruments show FIL-7-2025
  regwire instruments show "Yinfa [2026] No. 42"`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			return a.read(cmd.Context(), cfg, func(db *store.DB) error {
				if !asOf.IsZero() {
					if q.AsOf, err = db.Horizon(cmd.Context(), asOf.Time); err != nil {
						return err
					}
				}
				rows, err := db.Instruments(cmd.Context(), q)
				if err != nil {
					return err
				}
				for i := range rows {
					rows[i] = whole(rows[i])
				}
				err = table(cmd, a.json, rows, "NUMBER\tISSUER\tWHERE\tSTATUS\tRELATIONS\tTITLE", func(i corpus.Instrument) string {
					var rel []string
					for _, r := range i.Relations {
						rel = append(rel, fmt.Sprintf("%s %s", r.Kind, r.To))
					}
					return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", i.ID, i.Issuer, i.Jurisdiction, i.Status, clip(strings.Join(rel, "; "), 60), clip(i.Title, 60))
				})
				more(cmd, len(rows), q.Limit)
				return err
			})
		},
	}
	f := cmd.Flags()
	f.Var(jurisdiction{&q.Jurisdiction}, "jurisdiction", "ISO 3166 code, EU or INTL")
	f.StringVar(&q.Issuer, "issuer", "", "short name, such as FDIC")
	f.Var(oneOf(&q.Status, corpus.InstrumentUnknown, corpus.InstrumentProposed, corpus.InstrumentAdopted, corpus.InstrumentInForce,
		corpus.InstrumentAmended, corpus.InstrumentRepealed, corpus.InstrumentWithdrawn),
		"status", "unknown, proposed, adopted, in-force, amended, repealed or withdrawn")
	f.Var(&asOf, "as-of", "as they were known then")
	limitFlag(cmd, &q.Limit, corpus.MaxLimit, corpus.MaxLimit)
	cmd.AddCommand(a.showInstrument())
	return cmd
}

// whole is the instrument as JSON shows it: lists are never null.
func whole(i corpus.Instrument) corpus.Instrument {
	i.Aliases, i.Relations, i.History, i.Articles = list(i.Aliases), list(i.Relations), list(i.History), list(i.Articles)
	return i
}

func (a *app) showInstrument() *cobra.Command {
	var asOf moment
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show where a text comes from, what it changes and what has become of it",
		Long: `Show the lineage of one instrument: the stages of its life with their days and
who says so, its relations in both directions, the drafts it came from,
statements that contradict one another, and since when all that is known.
Any name of it finds it.

  regwire instruments show FIL-7-2025
  regwire instruments show "GENIUS Act" --as-of 2025-07-01
  regwire instruments show MiCA --json`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, name []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			return a.read(cmd.Context(), cfg, func(db *store.DB) error {
				at := time.Now()
				if !asOf.IsZero() {
					at = asOf.Time
				}
				if at, err = db.Horizon(cmd.Context(), at); err != nil {
					return err
				}
				l, err := corpus.ReadLineage(cmd.Context(), db, instrument.New().Canonical(name[0]), at)
				if errors.Is(err, corpus.ErrNotFound) {
					if asOf.IsZero() {
						return fmt.Errorf("no instrument goes by %q; `regwire instruments` lists them", name[0])
					}
					return fmt.Errorf("no instrument was known as %q on %s", name[0], day(asOf.Time))
				}
				if err != nil {
					return err
				}
				if a.json {
					l.Instrument = whole(l.Instrument)
					return printJSON(cmd.OutOrStdout(), l)
				}
				return say(cmd.OutOrStdout(), "%s", lineage(l))
			})
		},
	}
	cmd.Flags().Var(&asOf, "as-of", "as it was known then")
	return cmd
}

// lineage draws a lineage as a tree.
func lineage(l corpus.Lineage) string {
	in := l.Instrument
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", strings.TrimSpace(string(in.ID)+"  "+in.Title))
	where := strings.Trim(in.Issuer+", "+string(in.Jurisdiction), ", ")
	fmt.Fprintf(&b, "%s\n", strings.Trim(fmt.Sprintf("%s · %s on %s", where, l.Status, day(l.AsOf)), " ·"))
	if in.SameAs != "" {
		fmt.Fprintf(&b, "turned out to be %s\n", in.SameAs)
	}
	if len(in.Aliases) > 0 {
		fmt.Fprintf(&b, "also: %s\n", strings.Join(in.Aliases, "; "))
	}
	branch := func(title string, lines [][2]string) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n%s\n", title)
		for i, line := range lines {
			fork, stem := "├─", "│ "
			if i == len(lines)-1 {
				fork, stem = "└─", "  "
			}
			fmt.Fprintf(&b, "%s %s\n", fork, line[0])
			if line[1] != "" {
				fmt.Fprintf(&b, "%s    %s\n", stem, line[1])
			}
		}
	}
	said := func(articles []corpus.ArticleID, evidence string) string {
		var who []string
		for _, a := range articles {
			if s := string(l.Sources[a]); s != "" && !strings.Contains(strings.Join(who, ", ")+",", s+",") {
				who = append(who, s)
			}
		}
		return strings.TrimSpace(fmt.Sprintf("%s “%s”", strings.Join(who, ", ")+":", clip(strings.Join(strings.Fields(evidence), " "), 160)))
	}
	var status, relations, conflicts, procedure, versions [][2]string
	for _, s := range l.Stages {
		status = append(status, [2]string{stage(s.StatusChange), said(s.Articles, s.Evidence)})
	}
	for _, e := range l.Edges {
		line := fmt.Sprintf("%s %s", e.Kind, e.To)
		if e.From != "" {
			line = fmt.Sprintf("%s %s", e.Kind.Passive(), e.From)
		}
		if e.Part != "" {
			line += " (" + e.Part + ")"
		}
		if e.Unresolved {
			line += " (not resolved)"
		}
		relations = append(relations, [2]string{line, said(e.Articles, e.Evidence)})
	}
	for _, s := range l.Procedure {
		procedure = append(procedure, [2]string{strings.TrimSpace(fmt.Sprintf("%s  %s  %s  %s", day(s.At), s.ID, s.Status, clip(s.Title, 60))), "through " + string(s.Number)})
	}
	for _, c := range l.Conflicts {
		conflicts = append(conflicts, [2]string{
			fmt.Sprintf("%s: %s, says %s", c.About, stage(c.One), said([]corpus.ArticleID{c.One.Article}, c.One.Evidence)),
			fmt.Sprintf("but %s, says %s", stage(c.Other), said([]corpus.ArticleID{c.Other.Article}, c.Other.Evidence))})
	}
	const shown = 12
	for i, v := range l.Versions {
		if i > 0 && i < len(l.Versions)-1 && v.Status == l.Versions[i-1].Status || i > shown && i < len(l.Versions)-1 {
			continue // only what changed its status, and the last
		}
		versions = append(versions, [2]string{fmt.Sprintf("%s  version %d: %s", v.KnownAt.Format("2006-01-02 15:04:05Z"), v.Version, v.Status), ""})
	}
	branch("Status", status)
	branch("Relations", relations)
	branch("Same procedure", procedure)
	branch("Contradictions", conflicts)
	branch("Known since", versions)
	return b.String()
}

// stage is a statement on status in a line: since when, what, by what.
func stage(s corpus.StatusChange) string {
	at := "          "
	if t := s.At(); !t.IsZero() {
		at = day(t)
	}
	line := at + "  " + string(s.Status)
	if s.Part != "" {
		line += " (" + s.Part + ")"
	}
	if s.By != "" {
		line += " by " + string(s.By)
	}
	if !s.AppliesAt.IsZero() {
		line += ", applies from " + day(s.AppliesAt)
	}
	if s.EffectiveAt.IsZero() {
		line += " (day of the report)"
	}
	return line
}
