package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/pipeline"
	"github.com/regwire/regwire/llm"
	"github.com/regwire/regwire/parse"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/story"
)

// ErrBusy is returned when another process works on the data folder.
var ErrBusy = errors.New("another regwire process works on this data folder")

// ErrNothing is returned when something is to be read from a data folder that
// holds no record.
var ErrNothing = errors.New("there is no record here")

// Options say what to open. Data and Config are required.
type Options struct {
	Data     string // folder; created when there is none
	Config   config.Config
	Logger   *slog.Logger
	Registry *prometheus.Registry // nil keeps no metrics
	// Visited, when set, is told of each visit to a source.
	Visited func(crawler.Visit)
	// Progress, when set, is told how far a stage has read the log.
	Progress func(stage string, at, head corpus.Seq)
}

// Service is the rooms, opened and joined.
type Service struct {
	Store    *store.DB
	Index    *index.Index
	Pipeline *pipeline.Pipeline
	Crawler  *crawler.Crawler
	Sources  []crawler.Source

	opts   Options
	lock   *lock
	holder string // our name among the processes that share the record
}

// ReadStore opens the record alone: enough to read it, whoever else works on
// the data folder. It creates nothing: where there is no record it returns
// [ErrNothing].
func ReadStore(ctx context.Context, data string, cfg config.Config, log *slog.Logger) (*store.DB, error) {
	url := database(data, cfg)
	path := strings.TrimPrefix(url, "sqlite:")
	if strings.Contains(path, "://") {
		return store.Open(ctx, url, store.Config{Logger: log})
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", data, ErrNothing)
	} else if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, url, store.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return db, nil
}

// database is where the record of a data folder is.
func database(data string, cfg config.Config) string {
	if cfg.Database != "" {
		return string(cfg.Database)
	}
	return filepath.Join(data, "regwire.db")
}

// Open opens everything for work. It returns [ErrBusy] when another process
// works on the data folder.
func Open(ctx context.Context, opts Options) (_ *Service, err error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{opts: opts}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := os.MkdirAll(opts.Data, 0o755); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if s.lock, err = acquire(filepath.Join(opts.Data, "lock")); err != nil {
		return nil, err
	}
	if s.holder, err = holder(opts.Data); err != nil {
		return nil, err
	}
	if s.Store, err = store.Open(ctx, database(opts.Data, opts.Config), store.Config{Logger: opts.Logger}); err != nil {
		return nil, err
	}
	if s.Index, err = index.Open(filepath.Join(opts.Data, "index"), s.Store); err != nil {
		return nil, err
	}
	return s, s.join(ctx)
}

// join makes the rooms from the configuration and joins them.
func (s *Service) join(ctx context.Context) error {
	cfg, opts := s.opts.Config, s.opts
	var registry prometheus.Registerer
	if opts.Registry != nil {
		registry = opts.Registry
	}
	sources, err := cfg.CrawlSources()
	if err != nil {
		return err
	}
	s.Sources = sources
	rooms := pipeline.Config{
		Store: s.Store, Index: s.Index, Logger: opts.Logger, Registry: registry, Progress: opts.Progress,
		Parser: parse.New(parse.Config{}), Clusterer: story.New(story.Config{}),
	}
	if rooms.Engine, err = signal.New(cfg.Signals); err != nil {
		return err
	}
	cfg.Alerts.SourceNames = map[corpus.SourceID]string{}
	for _, src := range sources {
		rooms.Sources = append(rooms.Sources, src.Source)
		cfg.Alerts.SourceNames[src.ID] = src.Name
	}
	if rooms.Analyzer, err = sentiment.New(sentiment.Config{Entities: cfg.Entities}); err != nil {
		return err
	}
	if cfg.LLM.Enabled() {
		if rooms.Judge, err = llm.New(cfg.LLM); err != nil {
			return err
		}
	}
	if rooms.Matcher, err = alerts.New(cfg.Alerts, registry); err != nil {
		return err
	}
	transport, err := alerts.NewTransport(cfg.Alerts)
	switch {
	case err == nil:
		rooms.Deliverer = alerts.NewDeliverer(s.Store, transport, alerts.DelivererConfig{
			Logger: opts.Logger, Registry: registry, Lease: 2 * cmp.Or(cfg.Alerts.SMTP.Timeout, 30*time.Second), // what SMTP has by default
		})
	case !errors.Is(err, alerts.ErrNoTransport):
		return err
	}
	// The crawler hands what it fetches to the pipeline, which runs the crawler.
	sink := &sink{}
	s.Crawler, err = crawler.New(crawler.Config{
		Sources: sources, State: s.Store, Sink: sink, Logger: opts.Logger, Registry: registry, Visited: opts.Visited,
		UserAgent: cfg.Crawl.UserAgent, Company: cfg.Crawl.Company, Contact: cfg.Crawl.Contact,
		Concurrency: cfg.Crawl.Concurrency, LiveWithin: cfg.Crawl.LiveWithin, Every: cfg.Crawl.Every,
		Holder: s.holder, Lease: cfg.Crawl.Lease, Callback: cfg.Crawl.Callback, CallbackKey: string(cfg.Crawl.CallbackKey),
	})
	if err != nil {
		return err
	}
	rooms.Crawler = s.Crawler
	if s.Pipeline, err = pipeline.New(ctx, rooms); err != nil {
		return err
	}
	sink.Pipeline = s.Pipeline
	return nil
}

// sink ties the knot between crawler and pipeline.
type sink struct{ *pipeline.Pipeline }

// Close closes what was opened.
func (s *Service) Close() error {
	var errs []error
	if s.Index != nil {
		errs = append(errs, s.Index.Close())
	}
	if s.Store != nil {
		errs = append(errs, s.Store.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	return errors.Join(errs...)
}
