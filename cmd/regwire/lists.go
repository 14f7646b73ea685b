package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/httpapi"
	"github.com/regwire/regwire/sentiment/entity"
	"github.com/regwire/regwire/sentiment/signal"
)

// names knows how the record writes the names of parties.
type names struct{ gazetteer *entity.Gazetteer }

func newNames(cfg config.Config) (names, error) {
	g, err := entity.New(cfg.Entities...)
	return names{g}, err
}

// usual returns the name under which the record keeps what people also call
// otherwise ("sec", "bitcoin"); a name nobody knows is returned as it is.
func (n names) usual(name string, kinds ...corpus.EntityKind) string {
	for _, kind := range kinds {
		for _, e := range n.gazetteer.Lookup(name) {
			switch {
			case e.Kind != kind:
			case kind == corpus.EntityAsset:
				return e.Symbol
			case kind == corpus.EntityJurisdiction:
				return e.ID
			default:
				return e.Name
			}
		}
	}
	return name
}

func (a *app) events() *cobra.Command {
	var q corpus.EventQuery
	var since, until, asOf moment
	var instrument string
	cmd := &cobra.Command{
		Use: "events", Short: "List what happened, latest first",
		Long: `List events: one for each happening, however many articles report it.

  regwire events --type enforcement --jurisdiction US --since 2026-01-01
  regwire events --instrument FIL-7-2025 --json
  regwire events --as-of 2026-03-01T09:00:00Z     what was known then`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			names, err := newNames(cfg)
			if err != nil {
				return err
			}
			q.Since, q.Until = since.Time, until.Time
			q.Regulator = names.usual(q.Regulator, corpus.EntityRegulator)
			q.Exchange = names.usual(q.Exchange, corpus.EntityExchange)
			q.Asset = names.usual(q.Asset, corpus.EntityAsset)
			return a.read(cmd.Context(), cfg, func(db *store.DB) error {
				if instrument != "" {
					i, err := known(cmd, db, instrument)
					if err != nil {
						return err
					}
					q.Instrument = i.ID
				}
				if !asOf.IsZero() {
					if q.AsOf, err = db.Horizon(cmd.Context(), asOf.Time); err != nil {
						return err
					}
				}
				rows, err := db.Events(cmd.Context(), q)
				if err != nil {
					return err
				}
				err = table(cmd, a.json, rows, "DATE\tTYPE\tSEVERITY\tSTANCE\tSTATUS\tWHERE\tWHO\tREPORTS\tTITLE", func(e corpus.Event) string {
					return fmt.Sprintf("%s\t%s\t%s\t%+.2f\t%s\t%s\t%s\t%d\t%s", day(e.Date()), e.Type, e.Severity, e.Stance, e.Status,
						join(e.Jurisdictions), strings.Join(e.Regulators, ","), len(e.Reports), clip(e.Title, 80))
				})
				more(cmd, len(rows), q.Limit)
				return err
			})
		},
	}
	f := cmd.Flags()
	f.Var(anyOf(&q.Types, corpus.EventTypes()...), "type", "only these types, such as enforcement,repeal")
	f.Var(anyOf(&q.Severities, corpus.SeverityLow, corpus.SeverityMedium, corpus.SeverityHigh, corpus.SeverityCritical), "severity", "only these: low, medium, high, critical")
	f.Var(jurisdiction{&q.Jurisdiction}, "jurisdiction", "ISO 3166 code, EU or INTL")
	f.StringVar(&q.Regulator, "regulator", "", "an authority, such as SEC")
	f.StringVar(&instrument, "instrument", "", "official number, or any other name of it")
	f.StringVar(&q.Asset, "asset", "", "ticker")
	f.StringVar(&q.Exchange, "exchange", "", "venue")
	f.Var(&since, "since", "at or after this time")
	f.Var(&until, "until", "before this time")
	f.Var(&asOf, "as-of", "as they were known then")
	limitFlag(cmd, &q.Limit, corpus.DefaultLimit, corpus.MaxLimit)
	return cmd
}

// known finds an instrument by any of its names.
func known(cmd *cobra.Command, db *store.DB, name string) (corpus.Instrument, error) {
	i, err := db.Instrument(cmd.Context(), name)
	if errors.Is(err, corpus.ErrNotFound) {
		err = fmt.Errorf("no instrument goes by %q; `regwire instruments` lists them", name)
	}
	return i, err
}

func (a *app) signals() *cobra.Command {
	var q corpus.SignalQuery
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
			cfg, err := a.config()
			if err != nil {
				return err
			}
			names, err := newNames(cfg)
			if err != nil {
				return err
			}
			for i, t := range q.Targets {
				q.Targets[i] = names.usual(t, corpus.EntityAsset, corpus.EntityExchange, corpus.EntityJurisdiction)
			}
			q.After, q.Since, q.Until = corpus.Seq(after), since.Time, until.Time
			return a.read(cmd.Context(), cfg, func(db *store.DB) error {
				if !asOf.IsZero() {
					if q.AsOf, err = db.Horizon(cmd.Context(), asOf.Time); err != nil {
						return err
					}
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
	f.Var(oneOf(&q.Kind, corpus.SignalSentiment, corpus.SignalPressure), "kind", "sentiment or pressure")
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
	cmd := &cobra.Command{
		Use: "alerts", Short: "List the mails that were promised, and what became of them",
		Long: `List notifications, newest first: one for each happening and receiver, with its
Message-ID and the state of its delivery. A dead one was given up after the
last attempt; it is never dropped.

  regwire alerts --state dead
  regwire alerts --event e… --json`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			return a.read(cmd.Context(), cfg, func(db *store.DB) error {
				found, err := db.Notifications(cmd.Context(), q)
				if err != nil {
					return err
				}
				rows := make([]notification, len(found))
				for i, n := range found {
					rows[i] = notification{n.ID.String(), n.MessageID, n.Event, n.Rule, n.Receiver, list(n.To), n.Subject, n.State, n.Attempts, n.LastError, n.CreatedAt, n.SentAt}
				}
				err = table(cmd, a.json, rows, "CREATED\tSTATE\tATTEMPTS\tRECEIVER\tSUBJECT", func(n notification) string {
					return fmt.Sprintf("%s\t%s\t%d\t%s\t%s", n.CreatedAt.Format(time.DateTime), n.State, n.Attempts, n.Receiver, clip(n.Subject, 90))
				})
				more(cmd, len(rows), q.Limit)
				return err
			})
		},
	}
	f := cmd.Flags()
	f.Var(oneOf(&q.State, corpus.NotificationPending, corpus.NotificationSent, corpus.NotificationDead), "state", "pending, sent or dead")
	f.StringVar((*string)(&q.Event), "event", "", "identifier of an event")
	limitFlag(cmd, &q.Limit, corpus.DefaultLimit, corpus.MaxLimit)
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
