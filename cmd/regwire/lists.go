package main

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/internal/httpapi"
	"github.com/regwire/regwire/sentiment/signal"
)

// moment is a flag that takes a time or a date.
type moment struct{ time.Time }

func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339)
}
func (m *moment) Type() string { return "time" }
func (m *moment) Set(s string) error {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return errors.New("want 2026-01-31 or 2026-01-31T08:00:00Z")
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateOnly)
}

func (a *app) events() *cobra.Command {
	var q corpus.EventQuery
	var types, severities []string
	var since, until, asOf moment
	var jurisdiction, instrument string
	cmd := &cobra.Command{
		Use: "events", Short: "List what happened, latest first",
		Long: `List events: one for each happening, however many articles report it.

  regwire events --type enforcement --jurisdiction US --since 2026-01-01
  regwire events --instrument FIL-7-2025 --json
  regwire events --as-of 2026-03-01T09:00:00Z     what was known then`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, t := range types {
				q.Types = append(q.Types, corpus.EventType(t))
			}
			for _, s := range severities {
				q.Severities = append(q.Severities, corpus.Severity(s))
			}
			q.Since, q.Until = since.Time, until.Time
			q.Jurisdiction, q.Instrument = corpus.Jurisdiction(strings.ToUpper(jurisdiction)), corpus.InstrumentID(instrument)
			return a.read(cmd.Context(), func(db *store.DB) error {
				var err error
				if !asOf.IsZero() {
					if q.AsOf, err = db.Horizon(cmd.Context(), asOf.Time); err != nil {
						return err
					}
				}
				list, err := db.Events(cmd.Context(), q)
				if err != nil {
					return err
				}
				return table(cmd, a.json, list, "DATE\tTYPE\tSEVERITY\tSTANCE\tWHERE\tWHO\tREPORTS\tTITLE", func(e corpus.Event) string {
					return fmt.Sprintf("%s\t%s\t%s\t%+.2f\t%s\t%s\t%d\t%s", day(e.Date()), e.Type, e.Severity, e.Stance,
						join(e.Jurisdictions), strings.Join(e.Regulators, ","), len(e.Reports), clip(e.Title, 80))
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&types, "type", nil, "only these types, such as enforcement,repeal")
	f.StringSliceVar(&severities, "severity", nil, "only these: low, medium, high, critical")
	f.StringVar(&jurisdiction, "jurisdiction", "", "ISO 3166 code, EU or INTL")
	f.StringVar(&q.Regulator, "regulator", "", "short name, such as SEC")
	f.StringVar(&instrument, "instrument", "", "official number")
	f.StringVar(&q.Asset, "asset", "", "ticker")
	f.StringVar(&q.Exchange, "exchange", "", "venue")
	f.Var(&since, "since", "at or after this time")
	f.Var(&until, "until", "before this time")
	f.Var(&asOf, "as-of", "as they were known then")
	f.IntVar(&q.Limit, "limit", corpus.DefaultLimit, "at most so many")
	return cmd
}

func (a *app) instruments() *cobra.Command {
	q := corpus.InstrumentQuery{Limit: corpus.MaxLimit}
	var jurisdiction, status string
	cmd := &cobra.Command{
		Use: "instruments [NUMBER]", Short: "List regulatory texts, or show one with its history",
		Long: `List instruments: regulatory texts with an official number, their status and
what they repeal, amend or implement. Any name of an instrument finds it.

  regwire instruments --status repealed
  regwire instruments FIL-7-2025
  regwire instruments "Yinfa [2026] No. 42"`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			q.Jurisdiction, q.Status = corpus.Jurisdiction(strings.ToUpper(jurisdiction)), corpus.InstrumentStatus(status)
			return a.read(cmd.Context(), func(db *store.DB) error {
				if len(names) == 1 {
					i, err := db.Instrument(cmd.Context(), names[0])
					if errors.Is(err, corpus.ErrNotFound) {
						return fmt.Errorf("no instrument goes by %q; `regwire instruments` lists them", names[0])
					}
					if err != nil {
						return err
					}
					return a.showInstrument(cmd, i)
				}
				list, err := db.Instruments(cmd.Context(), q)
				if err != nil {
					return err
				}
				return table(cmd, a.json, list, "NUMBER\tISSUER\tWHERE\tSTATUS\tRELATIONS\tTITLE", func(i corpus.Instrument) string {
					var rel []string
					for _, r := range i.Relations {
						rel = append(rel, fmt.Sprintf("%s %s", r.Kind, r.To))
					}
					return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", i.ID, i.Issuer, i.Jurisdiction, i.Status, clip(strings.Join(rel, "; "), 60), clip(i.Title, 60))
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&jurisdiction, "jurisdiction", "", "ISO 3166 code, EU or INTL")
	f.StringVar(&q.Issuer, "issuer", "", "short name, such as FDIC")
	f.StringVar(&status, "status", "", "unknown, proposed, adopted, in-force, amended, repealed or withdrawn")
	return cmd
}

func (a *app) showInstrument(cmd *cobra.Command, i corpus.Instrument) error {
	if a.json {
		return printJSON(cmd.OutOrStdout(), i)
	}
	w := cmd.OutOrStdout()
	fmt.Fprintf(w, "%s  %s\n%s, %s; status: %s\n", i.ID, i.Title, i.Issuer, i.Jurisdiction, i.Status)
	if len(i.Aliases) > 0 {
		fmt.Fprintf(w, "also: %s\n", strings.Join(i.Aliases, "; "))
	}
	for _, h := range i.History {
		by := ""
		if h.By != "" {
			by = " by " + string(h.By)
		}
		fmt.Fprintf(w, "  %s  %s%s  “%s” (%s)\n", day(h.SaidAt), h.Status, by, h.Evidence, h.Article)
	}
	for _, r := range i.Relations {
		fmt.Fprintf(w, "  %s %s  “%s”\n", r.Kind, r.To, r.Evidence)
	}
	return nil
}

func (a *app) signals() *cobra.Command {
	var q corpus.SignalQuery
	var kind string
	var after int64
	var since, until, asOf moment
	var csv bool
	cmd := &cobra.Command{
		Use: "signals", Short: "Export the signal rows in the order they became available",
		Long: `Export signals: the state of each index whenever it moved, in the order of
available_at. Rows are never changed; a correction is a new row. Continue from
the last seq you have with --after.

  regwire signals --target BTC --csv > btc.csv
  regwire signals --kind pressure --target US --since 2026-01-01
  regwire signals --after 1234 --json
  regwire signals --as-of 2026-03-01       nothing learnt later`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if csv && a.json {
				return usageError{errors.New("--csv and --json exclude one another")}
			}
			q.Kind, q.After, q.Since, q.Until = corpus.SignalKind(kind), corpus.Seq(after), since.Time, until.Time
			return a.read(cmd.Context(), func(db *store.DB) error {
				if !asOf.IsZero() {
					t, err := db.Horizon(cmd.Context(), asOf.Time)
					if err != nil {
						return err
					}
					q.AsOf = t
				}
				rows := httpapi.AllSignals(cmd.Context(), db, q)
				if csv {
					return signal.WriteCSV(cmd.OutOrStdout(), rows)
				}
				return tableSeq(cmd, a.json, rows, "SEQ\tAVAILABLE AT\tINDEX\tTARGET\tSCORE\tCONFIDENCE\tZ\tORIGIN\tMOVED BY", func(s corpus.Signal) string {
					return fmt.Sprintf("%d\t%s\t%s\t%s\t%+.3f\t%.2f\t%+.2f\t%s\t%s", s.Seq, s.AvailableAt.Format("2006-01-02T15:04:05.000000Z"),
						s.Kind, s.Target, s.Score, s.Confidence, s.Z, s.Origin, clip(s.URL, 60))
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "", "sentiment or pressure")
	f.StringSliceVar(&q.Targets, "target", nil, "tickers, exchanges, jurisdictions, or market")
	f.Int64Var(&after, "after", 0, "only rows behind this seq")
	f.Var(&since, "since", "available at or after this time")
	f.Var(&until, "until", "available before this time")
	f.Var(&asOf, "as-of", "only what was available then")
	f.BoolVar(&csv, "csv", false, "print CSV with a header line")
	return cmd
}

func (a *app) alerts() *cobra.Command {
	var q corpus.NotificationQuery
	var state, event string
	cmd := &cobra.Command{
		Use: "alerts", Short: "List the mails that were promised, and what became of them",
		Long: `List notifications, newest first: one for each happening and receiver, with its
Message-ID and the state of its delivery. A dead one was given up after the
last attempt; it is never dropped.

  regwire alerts --state dead
  regwire alerts --event e… --json`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			q.State, q.Event = corpus.NotificationState(state), corpus.EventID(event)
			return a.read(cmd.Context(), func(db *store.DB) error {
				list, err := db.Notifications(cmd.Context(), q)
				if err != nil {
					return err
				}
				rows := make([]notification, len(list))
				for i, n := range list {
					rows[i] = notification{n.ID.String(), n.MessageID, n.Event, n.Rule, n.Receiver, n.To, n.Subject, n.State, n.Attempts, n.LastError, n.CreatedAt, n.SentAt}
				}
				return table(cmd, a.json, rows, "CREATED\tSTATE\tATTEMPTS\tRECEIVER\tSUBJECT", func(n notification) string {
					return fmt.Sprintf("%s\t%s\t%d\t%s\t%s", n.CreatedAt.Format(time.DateTime), n.State, n.Attempts, n.Receiver, clip(n.Subject, 90))
				})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&state, "state", "", "pending, sent or dead")
	f.StringVar(&event, "event", "", "identifier of an event")
	f.IntVar(&q.Limit, "limit", corpus.DefaultLimit, "at most so many")
	return cmd
}

// notification is the line that `alerts --json` prints.
type notification struct {
	ID        string                   `json:"id"`
	MessageID string                   `json:"message_id"`
	Event     corpus.EventID           `json:"event"`
	Rule      string                   `json:"rule"`
	Receiver  string                   `json:"receiver"`
	To        []string                 `json:"to"`
	Subject   string                   `json:"subject"`
	State     corpus.NotificationState `json:"state"`
	Attempts  int                      `json:"attempts"`
	LastError string                   `json:"last_error,omitempty"`
	CreatedAt time.Time                `json:"created_at"`
	SentAt    time.Time                `json:"sent_at,omitzero"`
}

func (a *app) sources() *cobra.Command {
	return &cobra.Command{
		Use: "sources", Short: "List the sources with their health",
		Long: `List the sources that the configuration asks for: how they are found, when
they were last read, and why one is disabled or failing.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			list, err := cfg.CrawlSources()
			if err != nil {
				return usageError{err}
			}
			return a.read(cmd.Context(), func(db *store.DB) error {
				rows := make([]sourceLine, len(list))
				for i, s := range list {
					st, err := db.SourceState(cmd.Context(), s.ID)
					if err != nil {
						return err
					}
					rows[i] = sourceLine{
						Source: s.Source, Section: s.Section, Discovery: string(s.Discovery.Type), URL: s.Discovery.URL,
						Schedule: s.Schedule, Disabled: s.Disabled, Reason: s.Reason, State: st,
					}
				}
				return table(cmd, a.json, rows, "ID\tKIND\tWHERE\tLANG\tDISCOVERY\tLAST SUCCESS\tSTATE\tNAME", func(s sourceLine) string {
					return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", s.ID, s.Kind, s.Jurisdiction, s.Language, s.Discovery,
						day(s.State.SucceededAt), s.health(), clip(s.Name, 50))
				})
			})
		},
	}
}

// sourceLine is the line that `sources --json` prints.
type sourceLine struct {
	corpus.Source
	Section   string             `json:"section,omitempty"`
	Discovery string             `json:"discovery"`
	URL       string             `json:"url"`
	Schedule  string             `json:"schedule,omitempty"`
	Disabled  bool               `json:"disabled,omitempty"`
	Reason    string             `json:"reason,omitempty"`
	State     corpus.SourceState `json:"state"`
}

func (s sourceLine) health() string {
	switch {
	case s.Disabled:
		return "disabled: " + clip(s.Reason, 50)
	case s.State.Failures > 0:
		return fmt.Sprintf("failing (%d): %s", s.State.Failures, s.State.Reason)
	case s.State.SucceededAt.IsZero():
		return "not visited"
	}
	return "ok"
}

// table prints rows for people, or one JSON object a line.
func table[T any](cmd *cobra.Command, asJSON bool, rows []T, header string, line func(T) string) error {
	return tableSeq(cmd, asJSON, func(yield func(T, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}, header, line)
}

func tableSeq[T any](cmd *cobra.Command, asJSON bool, rows iter.Seq2[T, error], header string, line func(T) string) error {
	w := cmd.OutOrStdout()
	if asJSON {
		for r, err := range rows {
			if err != nil {
				return err
			}
			if err := printJSON(w, r); err != nil {
				return err
			}
		}
		return nil
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, header)
	n := 0
	for r, err := range rows {
		if err != nil {
			return err
		}
		n++
		fmt.Fprintln(tw, printable(line(r)))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if n == 0 {
		fmt.Fprintln(w, "(none)")
	}
	return nil
}

func join[S ~string](list []S) string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = string(v)
	}
	return strings.Join(s, ",")
}

// clip shortens s to n characters.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// printable takes control characters out of a line that holds crawled text, so
// that no headline can move the cursor; tabs divide the columns.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}
