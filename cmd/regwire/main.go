// Command regwire watches what regulators, exchanges and the media publish
// about crypto: searchable at once, alerted once, scored in a feed that never
// rewrites the past. See `regwire --help`.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // schedules name time zones, and not every host has them

	"github.com/spf13/cobra"
)

// version is set when a release is built (-ldflags "-X main.version=…").
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who asks a second time does not want to wait
	os.Exit(run(ctx, os.Args[1:]))
}

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is a command line, or a configuration, that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, new(usageError)) || strings.HasPrefix(err.Error(), "unknown command"):
		say(os.Stderr, "regwire: %v\nSee '%s --help'.\n", err, cmd.CommandPath())
		return exitUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		say(os.Stderr, "regwire: interrupted\n")
		return exitFailed
	default:
		say(os.Stderr, "regwire: %v\n", err)
		return exitFailed
	}
}

func newRoot() *cobra.Command {
	app := &app{}
	root := &cobra.Command{
		Use:   "regwire",
		Short: "Crypto regulatory news: searchable at once, alerted once, scored without look-ahead",
		Long: `regwire watches what regulators, exchanges and the media publish about crypto.
It understands each article (who, what happened, which instrument it changes,
how it bears on whom), in English and Chinese, and makes three things of it:
full-text search, one mail per regulatory change, and point-in-time signals.

Start here:
  regwire demo     the whole way, offline, in a minute
  regwire init     write a configuration with real sources
  regwire serve    crawl on schedule, serve pages and API, send mail

Exit codes: 0 done, 1 failed, 2 wrong use or configuration.`,
		SilenceErrors: true, SilenceUsage: true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&app.data, "data", envOr("REGWIRE_DATA", "regwire-data"), "folder where things are kept (REGWIRE_DATA)")
	flags.StringVar(&app.configPath, "config", os.Getenv("REGWIRE_CONFIG"), "configuration file (REGWIRE_CONFIG; default regwire.yaml in the data folder, if there is one)")
	flags.BoolVar(&app.json, "json", false, "print JSON: one object, lists as one object a line")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpCommand(helpCommand())
	root.AddCommand(
		app.demo(), app.init(), app.serve(), app.crawl(), app.ingest(), app.parse(), app.analyze(), app.search(), app.article(),
		app.events(), app.instruments(), app.signals(), app.alerts(), app.sources(), app.rebuild(), app.evaluate(), app.version(),
	)
	return root
}

// helpCommand is cobra's, but to ask for help about nothing there is is wrong
// use.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about any command",
		RunE: func(cmd *cobra.Command, path []string) error {
			about, rest, err := cmd.Root().Find(path)
			if err != nil || len(rest) > 0 {
				return usageError{errors.New("no such command: " + strings.Join(path, " "))}
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
