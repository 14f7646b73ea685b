package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/parse"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/story"
)

// Pipeline is the service without its doors: give it sources, and it keeps
// the record, the index, the signals and the outbox up to date.
type Pipeline struct {
	cfg     Config
	stages  []*follower
	index   *indexer
	metrics *metrics
	memory  *memory

	mu      sync.RWMutex
	sources map[corpus.SourceID]corpus.Source
}

// Crawler fetches pages into a sink; it is crawler.Crawler.
type Crawler interface {
	Run(context.Context) error
	Round(context.Context, ...corpus.SourceID) error
}

// Config holds the rooms. Store, Parser, Analyzer, Clusterer, Engine, Index and
// Matcher are required; the others may be nil.
type Config struct {
	Store     *store.DB
	Sources   []corpus.Source
	Crawler   Crawler
	Parser    *parse.Parser
	Analyzer  *sentiment.Analyzer
	Judge     Judge // nil without a language model
	Clusterer *story.Clusterer
	Engine    *signal.Engine
	Index     *index.Index
	Matcher   *alerts.Matcher
	Deliverer *alerts.Deliverer // nil keeps notifications in the outbox
	Logger    *slog.Logger
	Registry  prometheus.Registerer
	// Progress, when set, is told how far a stage has read the log, and where
	// the log ends, each time a stage gets on.
	Progress func(stage string, at, head corpus.Seq)
}

// New joins the rooms, and records the sources.
func New(ctx context.Context, cfg Config) (*Pipeline, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Pipeline{cfg: cfg, sources: map[corpus.SourceID]corpus.Source{}, metrics: newMetrics(cfg.Registry)}
	// Without a model, what passes by is only noted, so that a model which is
	// configured later begins with what is new then.
	judgeBatch := 1000
	if cfg.Judge != nil {
		judgeBatch = 4
	}
	p.stages = []*follower{
		p.follow("parse", 128, p.parse, corpus.KindCapture),            // captures -> revisions
		p.follow("analyze", 256, p.analyze, corpus.KindRevision),       // revisions -> analyses
		p.follow(judgeStage, judgeBatch, p.judge, corpus.KindAnalysis), // hard cases -> second analyses
		p.follow("place", 256, p.place, corpus.KindAnalysis),           // analyses -> stories, events, instruments
		p.follow("signal", 256, p.signal, corpus.KindPlacement),        // placements -> signals
		p.follow("alert", 256, p.alert, corpus.KindEvent),              // events -> notifications
	}
	p.index = &indexer{Pipeline: p}
	var err error
	if p.memory, err = newMemory(); err != nil {
		return nil, err
	}
	if err := p.know(ctx, cfg.Sources); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Pipeline) follow(name string, batch int, work func(context.Context, []corpus.Change) (commit, error), kinds ...corpus.Kind) *follower {
	return &follower{
		stage: stage{name: name, kinds: kinds, batch: batch, work: work},
		store: p.cfg.Store, log: p.cfg.Logger, metrics: p.metrics, progress: p.progress,
	}
}

// Run is the service: pages enter at the top, mail leaves at the bottom. It
// blocks until ctx ends, then finishes what is under way and returns.
func (p *Pipeline) Run(ctx context.Context) error {
	parse, analyze, judge, place, signal, alert := p.stages[0], p.stages[1], p.stages[2], p.stages[3], p.stages[4], p.stages[5]
	err := together(ctx,
		p.crawl,     // sources -> captures
		parse.run,   // captures -> revisions
		analyze.run, // revisions -> entities, sentiment, events, instruments
		judge.run,   // hard cases -> a second reading by a language model
		p.askAgain,  // … and those it could not be asked about
		place.run,   // readings -> stories, events, instruments with a history
		p.index.run, // revisions -> search index
		signal.run,  // readings in their place -> signals
		alert.run,   // events -> notifications
		p.deliver,   // notifications -> mail
	)
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if drained := p.Drain(finish); finish.Err() == nil {
		err = errors.Join(err, drained)
	}
	return err
}

// drainTime is how long Run goes on working on what it has after it was asked
// to stop: well inside the ten seconds that service managers allow.
const drainTime = 5 * time.Second

// together runs parts until ctx ends or one of them fails, and waits for all.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		g.Go(func() error { return part(ctx) })
	}
	return g.Wait()
}

// crawl visits the sources on their schedules.
func (p *Pipeline) crawl(ctx context.Context) error {
	if p.cfg.Crawler == nil {
		<-ctx.Done()
		return nil
	}
	return p.cfg.Crawler.Run(ctx)
}

// deliver sends what the outbox holds, as soon as something is put there.
func (p *Pipeline) deliver(ctx context.Context) error {
	if p.cfg.Deliverer == nil {
		<-ctx.Done()
		return nil
	}
	return together(ctx, p.cfg.Deliverer.Run, func(ctx context.Context) error {
		var seen corpus.Seq
		for ctx.Err() == nil {
			changes, err := p.cfg.Store.Changes(ctx, seen, 1000, corpus.KindNotification)
			if err == nil && len(changes) > 0 {
				seen = changes[len(changes)-1].Seq
				p.cfg.Deliverer.Wake()
				continue
			}
			if err == nil {
				var head corpus.Change
				if head, err = p.cfg.Store.Head(ctx); err == nil {
					err = p.cfg.Store.Wait(ctx, head.Seq)
				}
			}
			if err != nil && ctx.Err() == nil {
				p.cfg.Logger.ErrorContext(ctx, "outbox cannot be watched", "err", err)
				sleep(ctx, time.Second)
			}
		}
		return nil
	})
}

// Round visits each of the named sources once (all of them when none is
// named) and then works until nothing is left to do.
func (p *Pipeline) Round(ctx context.Context, ids ...corpus.SourceID) error {
	crawled := p.cfg.Crawler.Round(ctx, ids...)
	return errors.Join(crawled, p.Drain(ctx))
}

// Drain works until every stage has seen the whole log, then delivers what is
// due. The stages take turns, a batch each, so that what one has made is still
// remembered when the next looks at it.
func (p *Pipeline) Drain(ctx context.Context) error {
	for {
		worked := false
		for _, f := range p.stages {
			w, err := f.turn(ctx)
			if err != nil {
				return err
			}
			worked = worked || w
		}
		w, err := p.index.catchUp(ctx, worked)
		if err != nil {
			return err
		}
		if !worked && !w {
			break
		}
	}
	if p.cfg.Deliverer != nil {
		if _, err := p.cfg.Deliverer.Once(ctx); err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
	}
	return nil
}

// Capture takes a fetched page: the way into the pipeline. It implements
// crawler.Sink. When it returns, the capture is durable.
func (p *Pipeline) Capture(ctx context.Context, c corpus.Capture) (bool, error) {
	learnt := false
	err := p.cfg.Store.Update(ctx, func(tx *store.Tx) (err error) {
		_, learnt, err = tx.AddCapture(c)
		return err
	})
	return learnt, err
}

// Search answers a full-text query.
func (p *Pipeline) Search(ctx context.Context, q index.Query) (index.Result, error) {
	return p.cfg.Index.Search(ctx, q)
}

// know adds sources to the record, and to what the stages know of them.
func (p *Pipeline) know(ctx context.Context, list []corpus.Source) error {
	err := p.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		for _, s := range list {
			if err := tx.PutSource(s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record sources: %w", err)
	}
	known, err := p.cfg.Store.Sources(ctx)
	if err != nil {
		return fmt.Errorf("list sources: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range known {
		if at := slices.IndexFunc(list, func(l corpus.Source) bool { return l.ID == s.ID }); at >= 0 {
			s.Rules = list[at].Rules // settings, which the record does not keep
		} else if old, ok := p.sources[s.ID]; ok {
			s.Rules = old.Rules
		}
		p.sources[s.ID] = s
	}
	return nil
}

// progress says how far a stage has got.
func (p *Pipeline) progress(stage string, at, head corpus.Seq) {
	p.metrics.position(stage, at, head)
	if p.cfg.Progress != nil {
		p.cfg.Progress(stage, at, head)
	}
}

// source returns what is known of a source; of one that was taken out of the
// configuration, at least its name.
func (p *Pipeline) source(id corpus.SourceID) corpus.Source {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if s, ok := p.sources[id]; ok {
		return s
	}
	return corpus.Source{ID: id, Name: string(id), Kind: corpus.SourceMedia}
}

// each applies work to every element on all cores and keeps their order. A
// panic in work is a bug of ours that a hostile page has found: it becomes an
// error of that element alone.
func each[In, Out any](ctx context.Context, in []In, work func(context.Context, In) (Out, error)) ([]Out, []error) {
	out, errs := make([]Out, len(in)), make([]error, len(in))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range in {
		g.Go(func() error {
			defer func() {
				if v := recover(); v != nil {
					errs[i] = &panicError{value: v, stack: stack()}
				}
			}()
			out[i], errs[i] = work(ctx, in[i])
			return nil
		})
	}
	g.Wait()
	return out, errs
}
