package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// A stage does one job on what the log says has changed. Work is done outside
// any transaction and returns what is to be written; the writes and the
// stage's new watermark are then committed together, so that a crash at any
// point leaves either both or neither, and the batch is done again.
type stage struct {
	name  string // of its watermark
	kinds []corpus.Kind
	batch int // changes taken at once
	work  func(context.Context, []corpus.Change) (commit, error)
}

// commit writes what a stage found out.
type commit func(*store.Tx) error

// follower is a stage with its place in the log.
type follower struct {
	stage
	store   *store.DB
	log     *slog.Logger
	metrics *metrics
	// progress is told how far the log has been read, and where it ends.
	progress func(stage string, at, head corpus.Seq)

	started bool
	durable corpus.Seq // the watermark as stored
	at      corpus.Seq // at or ahead of durable: nothing of our kinds lies between
	failed  int        // attempts at the present batch
}

// attemptsBeforeParking is how often a single change may fail to be worked on
// or written before it is set aside: enough to sit out a busy database, few
// enough that one bad row does not hold up the rest.
const attemptsBeforeParking = 4

// run follows the log until ctx ends. It returns nil then; errors are logged,
// counted and tried again.
func (f *follower) run(ctx context.Context) error {
	pause := backoff.NewExponentialBackOff()
	pause.MaxInterval = 30 * time.Second
	for ctx.Err() == nil {
		progress, err := f.step(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			f.log.ErrorContext(ctx, "stage failed", "stage", f.name, "attempt", f.failed, "err", err)
			f.metrics.failed(f.name)
			sleep(ctx, pause.NextBackOff())
		case progress:
			pause.Reset()
		default:
			if err := f.store.Wait(ctx, f.at); err != nil && ctx.Err() == nil {
				f.log.ErrorContext(ctx, "wait failed", "stage", f.name, "err", err)
				sleep(ctx, pause.NextBackOff())
			}
		}
	}
	return nil
}

// drain works until nothing of the stage's kinds is left, and reports whether
// there was anything to do.
func (f *follower) drain(ctx context.Context) (bool, error) {
	for worked := false; ; worked = true {
		if progress, err := f.turn(ctx); err != nil || !progress {
			return worked, err
		}
	}
}

// turn does one batch, trying again until it is done or parked. It reports
// whether there was one.
func (f *follower) turn(ctx context.Context) (bool, error) {
	for {
		progress, err := f.step(ctx)
		switch {
		case err == nil:
			return progress, nil
		case ctx.Err() != nil || f.failed > attemptsBeforeParking:
			return progress, fmt.Errorf("%s: %w", f.name, err)
		}
	}
}

// step does one batch. It reports whether there was one.
func (f *follower) step(ctx context.Context) (bool, error) {
	if !f.started {
		mark, err := f.store.Watermark(ctx, f.name)
		if err != nil {
			return false, err
		}
		f.durable, f.at, f.started = mark, mark, true
	}
	// The head is read first: what Changes then does not return up to there
	// is not of our kinds, and need not be looked at again.
	head, err := f.store.Head(ctx)
	if err != nil {
		return false, err
	}
	size := f.batch
	if f.failed > 0 {
		size = 1 // find the change that fails
	}
	changes, err := f.store.Changes(ctx, f.at, size, f.kinds...)
	if err != nil {
		return false, err
	}
	if len(changes) == 0 {
		f.at = max(f.at, head.Seq)
		f.progress(f.name, f.at, head.Seq)
		return false, nil
	}
	began := time.Now()
	err = f.do(ctx, changes)
	if errors.Is(err, store.ErrMoved) {
		f.started = false // another process did this batch
		return true, nil
	}
	if err != nil && ctx.Err() == nil {
		f.failed++
		if len(changes) > 1 || f.failed < attemptsBeforeParking {
			return true, err
		}
		if err := f.setAside(ctx, changes[0], err); err != nil {
			return true, err
		}
	} else if err != nil {
		return true, err
	}
	f.failed = 0
	f.metrics.done(f.name, len(changes), time.Since(began))
	f.progress(f.name, f.at, head.Seq)
	return true, nil
}

// do works on changes and commits the result with the new watermark.
func (f *follower) do(ctx context.Context, changes []corpus.Change) error {
	write, err := f.work(ctx, changes)
	if err != nil {
		return err
	}
	return f.advance(ctx, changes[len(changes)-1].Seq, write)
}

// setAside parks a change that cannot be worked on and moves past it.
func (f *follower) setAside(ctx context.Context, c corpus.Change, cause error) error {
	f.log.ErrorContext(ctx, "parked", "stage", f.name, "ref", c.Ref, "reason", ReasonFailed, "err", cause)
	f.metrics.parked(f.name, ReasonFailed)
	return f.advance(ctx, c.Seq, func(tx *store.Tx) error {
		return tx.Park(corpus.Parked{Stage: f.name, Ref: c.Ref, Reason: string(ReasonFailed), Detail: cause.Error(), Attempts: f.failed})
	})
}

func (f *follower) advance(ctx context.Context, to corpus.Seq, write commit) error {
	err := f.store.Update(ctx, func(tx *store.Tx) error {
		if err := write(tx); err != nil {
			return err
		}
		return tx.Advance(f.name, f.durable, to)
	})
	if err != nil {
		return err
	}
	f.durable, f.at = to, to
	return nil
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
