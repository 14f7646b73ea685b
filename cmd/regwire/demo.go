package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/demo"
	"github.com/regwire/regwire/internal/telemetry"
)

func (a *app) demo() *cobra.Command {
	var once, verbose bool
	cmd := &cobra.Command{
		Use: "demo", Short: "See the whole way, offline: sites, crawl, events, mails, signals, pages",
		Long: `Start a newswire of small sites on this machine (regulators, exchanges and media
of different make, in English and Chinese, that tell of real happenings in our
own words), crawl it on schedule in quick time, and show what came of it. No
key, no configuration and no internet are needed.

The sites have three editions: the later ones bring corrections, a retraction,
a rule page that changes, a notice that repeals another. The demo serves its
pages until it is interrupted; with --once it does one complete round and
exits. Without --data it takes everything away again when it ends.

  regwire demo
  regwire demo --once --json
  regwire demo --data demo-data     keep what came of it`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			data, kept := a.data, cmd.Flags().Changed("data")
			if !kept {
				if data, err = os.MkdirTemp("", "regwire-demo-"); err != nil {
					return err
				}
				defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
			}
			log := slog.New(slog.DiscardHandler)
			if verbose {
				if log, err = telemetry.Logger(os.Stderr, "info", "text"); err != nil {
					return err
				}
			}
			tell := func(format string, args ...any) { say(os.Stderr, format+"\n", args...) }
			d, err := demo.Start(cmd.Context(), demo.Options{Data: data, Version: version, Once: once, Logger: log, Say: tell})
			if err != nil {
				return advice(err)
			}
			defer func() { err = errors.Join(err, d.Close()) }()
			show := func(url string, s demo.Summary) error {
				if a.json {
					return printJSON(cmd.OutOrStdout(), s)
				}
				mails, err := d.Service.Store.Notifications(cmd.Context(), corpus.NotificationQuery{Limit: corpus.MaxLimit})
				if err != nil {
					return err
				}
				var b strings.Builder
				writeMails(&b, mails)
				writeSummary(&b, s)
				if url != "" || kept {
					fmt.Fprintf(&b, "\nmails    %s\nsearch   %s search --data %s FIL-7-2025\n", d.MailDir, self(), data)
				}
				if url != "" {
					fmt.Fprintf(&b, "signals  curl -N '%s/api/v1/signals/stream?after=0'\npages    %s\n\nCtrl-C ends the demo.\n", url, url)
				}
				return say(cmd.OutOrStdout(), "%s", b.String())
			}
			if !once {
				return d.Run(cmd.Context(), show)
			}
			s, err := d.Once(cmd.Context())
			if err != nil {
				return err
			}
			return show("", s)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "do one complete round and exit")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "show the log of the service")
	return cmd
}

// worthShowing is in the mail that is shown whole: one instrument ends another.
const worthShowing = "FIL-7-2025 repeals FIL-16-2022"

// writeMails lists the mails, oldest first, and shows one of them whole.
func writeMails(w io.Writer, mails []corpus.Notification) {
	fmt.Fprintf(w, "\nThe mails it sent:\n\n")
	var whole *corpus.Notification
	for i, n := range slices.Backward(mails) {
		subject, again := strings.CutPrefix(n.Subject, "Re: ")
		severity, title, _ := strings.Cut(subject, " ")
		if again {
			title = "Re: " + title
		}
		fmt.Fprintf(w, "  %-10s %s\n", severity, title)
		if whole == nil || !strings.Contains(whole.Text, worthShowing) && strings.Contains(n.Text, worthShowing) {
			whole = &mails[i]
		}
	}
	if whole == nil {
		return
	}
	fmt.Fprintf(w, "\nOne of them:\n\n  | To: %s\n  | Subject: %s\n  |\n", strings.Join(whole.To, ", "), whole.Subject)
	for line := range strings.Lines(whole.Text) {
		fmt.Fprintf(w, "  | %s\n", strings.TrimRight(line, "\r\n"))
	}
}

func writeSummary(w io.Writer, s demo.Summary) {
	fmt.Fprintf(w, `
From %d sources, in %.1f s:

  %4d captures        %4d events
  %4d articles        %4d instruments
  %4d revisions       %4d alerts, %d mails
  %4d stories         %4d signal rows
`, s.Sources, s.Seconds, s.Captures, s.Events, s.Articles, s.Instruments, s.Revisions, s.Alerts, s.Mails, s.Stories, s.Signals)
}

// self is how the person at the terminal calls this program.
func self() string {
	if strings.Contains(os.Args[0], "go-build") {
		return "go run ./cmd/regwire"
	}
	return os.Args[0]
}
