package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/service"
	"github.com/regwire/regwire/internal/telemetry"
)

// app holds the flags that every command has.
type app struct {
	data       string
	configPath string
	json       bool
}

// config loads the settings: defaults, file, environment.
func (a *app) config() (config.Config, error) {
	path := a.configPath
	if path == "" {
		if p := filepath.Join(a.data, "regwire.yaml"); exists(p) {
			path = p
		}
	}
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		return cfg, usageError{err}
	}
	return cfg, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// logger writes to standard error. Where the configuration does not ask for
// another level it is the given one: commands that are not services say only
// what a person should act on.
func (a *app) logger(cfg config.Config, level string) (*slog.Logger, error) {
	if cfg.Log.Level != "info" {
		level = cfg.Log.Level
	}
	log, err := telemetry.Logger(os.Stderr, level, cfg.Log.Format)
	if err != nil {
		err = usageError{err}
	}
	return log, err
}

// open opens everything for work. Of opts it fills in what the flags and the
// configuration say.
func (a *app) open(ctx context.Context, cfg config.Config, level string, opts service.Options) (*service.Service, error) {
	log, err := a.logger(cfg, level)
	if err != nil {
		return nil, err
	}
	opts.Data, opts.Config, opts.Logger = a.data, cfg, log
	s, err := service.Open(ctx, opts)
	return s, advice(err)
}

// advice adds to an error what to do about it.
func advice(err error) error {
	switch {
	case errors.Is(err, service.ErrBusy):
		return fmt.Errorf("%w; stop it first, or use another --data", err)
	case errors.Is(err, service.ErrNothing):
		return fmt.Errorf("%w; `regwire crawl`, `ingest` or `serve` fill it, --data names another", err)
	}
	return err
}

// read opens the record alone and hands it to do.
func (a *app) read(ctx context.Context, cfg config.Config, do func(*store.DB) error) error {
	log, err := a.logger(cfg, "warn")
	if err != nil {
		return err
	}
	db, err := service.ReadStore(ctx, a.data, cfg, log)
	if err != nil {
		return advice(err)
	}
	return errors.Join(do(db), db.Close())
}

// input is standard input for a command that can be interrupted while it
// waits for more: a read of a terminal cannot be.
func input(cmd *cobra.Command) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, cmd.InOrStdin())
		w.CloseWithError(err)
	}()
	context.AfterFunc(cmd.Context(), func() { w.CloseWithError(context.Cause(cmd.Context())) })
	return r
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version",
		Long: `Print the version, the revision it was built from, and the Go release.

  regwire version --json`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := map[string]string{"version": version}
			words := []string{"regwire", version}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						v["revision"] = s.Value
						words = append(words, s.Value)
					}
				}
				v["go"] = info.GoVersion
				words = append(words, info.GoVersion)
			}
			if a.json {
				return printJSON(cmd.OutOrStdout(), v)
			}
			return say(cmd.OutOrStdout(), "%s\n", strings.Join(words, " "))
		},
	}
}
