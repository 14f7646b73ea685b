package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
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

// logger writes to standard error; commands that are not services say only
// what a person should act on.
func (a *app) logger(cfg config.Config, quiet bool) (*slog.Logger, error) {
	level := cfg.Log.Level
	if quiet && level == "info" {
		level = "warn"
	}
	return telemetry.Logger(os.Stderr, level, cfg.Log.Format)
}

// open opens everything for work. Of opts it fills in what the flags and the
// configuration say.
func (a *app) open(ctx context.Context, quiet bool, opts service.Options) (*service.Service, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	log, err := a.logger(cfg, quiet)
	if err != nil {
		return nil, usageError{err}
	}
	opts.Data, opts.Config, opts.Logger = a.data, cfg, log
	s, err := service.Open(ctx, opts)
	if errors.Is(err, service.ErrBusy) {
		return nil, fmt.Errorf("%w; stop it first, or use another --data", err)
	}
	return s, err
}

// read opens the record alone and hands it to do.
func (a *app) read(ctx context.Context, do func(*store.DB) error) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	log, err := a.logger(cfg, true)
	if err != nil {
		return usageError{err}
	}
	db, err := service.OpenStore(ctx, a.data, cfg, log)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

// print writes v as one line of JSON.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// progress shows how long work gets on: one line that rewrites itself on a
// terminal, and a line now and then in a log.
type progress struct {
	w     io.Writer
	every time.Duration
	last  time.Time
	live  bool
}

func newProgress(w *os.File) *progress {
	info, err := w.Stat()
	live := err == nil && info.Mode()&os.ModeCharDevice != 0
	every := 2 * time.Second
	if live {
		every = 100 * time.Millisecond
	}
	return &progress{w: w, every: every, live: live}
}

func (p *progress) show(format string, args ...any) {
	if time.Since(p.last) < p.every {
		return
	}
	p.last = time.Now()
	p.line(format, args...)
}

func (p *progress) line(format string, args ...any) {
	if p.live {
		fmt.Fprintf(p.w, "\r\033[K"+format, args...)
	} else {
		fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// stage shows how far a stage has got.
func (p *progress) stage(name string, at, head corpus.Seq) {
	p.show("%s: %d of %d changes", name, at, head)
}

// done ends the line.
func (p *progress) done() {
	if p.live {
		fmt.Fprint(p.w, "\r\033[K")
	}
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := map[string]string{"version": version}
			if info, ok := debug.ReadBuildInfo(); ok {
				v["go"] = info.GoVersion
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						v["revision"] = s.Value
					}
				}
			}
			if a.json {
				return printJSON(cmd.OutOrStdout(), v)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "regwire %s %s %s\n", v["version"], v["revision"], v["go"])
			return nil
		},
	}
}
