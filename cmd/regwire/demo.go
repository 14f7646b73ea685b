package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
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
exits. Without --data its things go to a new temporary folder.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			say := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
			data := a.data
			if !cmd.Flags().Changed("data") {
				dir, err := os.MkdirTemp("", "regwire-demo-")
				if err != nil {
					return err
				}
				data = dir
				if once {
					defer os.RemoveAll(dir)
				}
			}
			log := slog.New(slog.DiscardHandler)
			if verbose {
				var err error
				if log, err = telemetry.Logger(os.Stderr, "info", "text"); err != nil {
					return err
				}
			}
			d, err := demo.Start(cmd.Context(), demo.Options{Data: data, Version: version, Logger: log, Say: say})
			if err != nil {
				return err
			}
			show := func(url string, s demo.Summary) error {
				if a.json {
					return printJSON(out, s)
				}
				return showDemo(cmd, out, d, url, data, s)
			}
			if once {
				s, err := d.Once(cmd.Context())
				if err == nil {
					err = show("", s)
				}
				return errors.Join(err, d.Close())
			}
			return errors.Join(d.Run(cmd.Context(), show), d.Close())
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "do one complete round and exit")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "show the log of the service")
	return cmd
}

// showDemo prints what came of it: counts, the mails, one of them whole, and
// where to look further.
func showDemo(cmd *cobra.Command, w io.Writer, d *demo.Demo, url, data string, s demo.Summary) error {
	fmt.Fprintf(w, "\n%d sources, %d captures, %d articles in %d revisions, %d stories\n%d events, %d instruments, %d alerts, %d mails, %d signal rows, in %.1f s\n",
		s.Sources, s.Captures, s.Articles, s.Revisions, s.Stories, s.Events, s.Instruments, s.Alerts, s.Mails, s.Signals, s.Seconds)
	mails, err := d.Service.Store.Notifications(cmd.Context(), corpus.NotificationQuery{Limit: corpus.MaxLimit})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nThe mails, newest first (in %s):\n", d.MailDir)
	var whole *corpus.Notification
	for i, n := range mails {
		fmt.Fprintf(w, "  %s\n", printable(n.Subject))
		if whole == nil && strings.Contains(n.Text, "FIL-16-2022") {
			whole = &mails[i]
		}
	}
	if whole != nil {
		fmt.Fprintf(w, "\nOne of them:\n\n  | Subject: %s\n  |\n", printable(whole.Subject))
		for line := range strings.Lines(whole.Text) {
			fmt.Fprintf(w, "  | %s\n", printable(strings.TrimRight(line, "\n")))
		}
	}
	if url == "" {
		return nil
	}
	fmt.Fprintf(w, "\nLook at  %s\nsearch   regwire search --data %s FIL-7-2025\nsignals  curl -N '%s/api/v1/signals/stream?after=0'\nCtrl-C ends the demo.\n", url, data, url)
	return nil
}
