package pipeline

import (
	"context"
	"fmt"
	"iter"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/sentiment/signal"
)

// What was derived from the captures is made again by the same stages under
// another name: they follow the log from its beginning with a watermark of
// their own, so that an interrupted rebuild goes on where it stopped. What
// they write is labelled reconstructed, and never alerts.

// Reparse parses every capture again, then lets the other stages work. Only
// captures whose newest revision now reads otherwise give a new one.
func (p *Pipeline) Reparse(ctx context.Context) error {
	again := p.follow("rebuild-parse", 32, func(ctx context.Context, changes []corpus.Change) (commit, error) {
		return p.parseAs(ctx, changes, corpus.OriginReconstructed)
	}, corpus.KindCapture)
	return p.whole(ctx, again)
}

// Reanalyze reads the newest revision of every article again with the present
// analyser. Readings of its own version are left as they are.
func (p *Pipeline) Reanalyze(ctx context.Context) error {
	again := p.follow("rebuild-analyze-"+p.cfg.Analyzer.Version(), 64, p.reanalyze, corpus.KindRevision)
	return p.whole(ctx, again)
}

func (p *Pipeline) reanalyze(ctx context.Context, changes []corpus.Change) (commit, error) {
	readings, errs := each(ctx, changes, func(ctx context.Context, c corpus.Change) (*corpus.Analysis, error) {
		rev, err := p.revision(ctx, c.Ref)
		if err != nil {
			return nil, err
		}
		newest, err := p.cfg.Store.LatestRevision(ctx, rev.Article)
		if err != nil || newest.ID != rev.ID {
			return nil, err
		}
		a := p.read(rev)
		a.Origin = corpus.OriginReconstructed
		return &a, nil
	})
	parks, err := p.parks("analyze", changes, errs, nil)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		for _, a := range readings {
			if a == nil {
				continue
			}
			if _, _, err := tx.AddAnalysis(*a); err != nil {
				return err
			}
		}
		return parkAll(tx, parks)
	}, nil
}

// whole runs a rebuilding stage to the end of the log, lets the other stages
// take up what it found, and forgets its watermark: the next rebuild starts
// again from the beginning.
func (p *Pipeline) whole(ctx context.Context, again *follower) error {
	if _, err := again.drain(ctx); err != nil {
		return err
	}
	if err := p.Drain(ctx); err != nil {
		return err
	}
	return p.cfg.Store.Update(ctx, func(tx *store.Tx) error { return tx.ResetWatermark(again.name) })
}

// Reindex fills x, which is empty, and makes it the index.
func (p *Pipeline) Reindex(ctx context.Context, x *index.Index) error {
	p.cfg.Index = x
	p.index = &indexer{Pipeline: p}
	_, err := p.index.drain(ctx)
	return err
}

// SignalReport says how the stored signals compare with a computation of all
// of them from the readings.
type SignalReport struct {
	Rows      int64 `json:"rows"`      // computed
	Equal     int64 `json:"equal"`     // bit for bit as they were handed out
	Different int64 `json:"different"` // by another formula, or in another order
	Corrected int64 `json:"corrected"` // indices that stand elsewhere, given a new row
}

// Resignal computes every signal row again, compares, and where an index
// should stand elsewhere than it does appends one row, labelled reconstructed.
// Rows that were handed out are never changed.
func (p *Pipeline) Resignal(ctx context.Context) (SignalReport, error) {
	type key struct {
		kind   corpus.SignalKind
		target string
	}
	var report SignalReport
	stored := map[key][]corpus.Signal{}
	for row, err := range all(ctx, p.cfg.Store.Signals) {
		if err != nil {
			return report, err
		}
		stored[key{row.Kind, row.Target}] = append(stored[key{row.Kind, row.Target}], row)
	}
	at := map[key]int{}
	last := map[key]corpus.Signal{}
	var failed error
	for row, err := range p.cfg.Engine.Replay(p.placements(ctx, &failed)) {
		if err != nil {
			return report, err
		}
		k := key{row.Kind, row.Target}
		report.Rows++
		if rows := stored[k]; at[k] < len(rows) && sameNumbers(rows[at[k]], row) {
			report.Equal++
		} else {
			report.Different++
		}
		at[k]++
		last[k] = row
	}
	if failed != nil {
		return report, failed
	}
	err := p.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		report.Corrected = 0
		for k, row := range last {
			now, ok, err := tx.LastSignal(k.kind, k.target)
			if err != nil {
				return err
			}
			if ok && sameNumbers(now, row) {
				continue
			}
			row.Origin = corpus.OriginReconstructed
			if _, err := tx.AddSignal(row); err != nil {
				return err
			}
			report.Corrected++
		}
		return nil
	})
	return report, err
}

// sameNumbers reports whether two rows say the same, bit for bit.
func sameNumbers(a, b corpus.Signal) bool {
	return a.Score == b.Score && a.Confidence == b.Confidence && a.Volume == b.Volume && a.Dispersion == b.Dispersion &&
		a.Z == b.Z && a.Delta == b.Delta && a.Weight == b.Weight && a.State == b.State && a.Article == b.Article && a.AsOf.Equal(b.AsOf)
}

// placements yields what signals are computed from, in the order of the log.
func (p *Pipeline) placements(ctx context.Context, failed *error) iter.Seq[signal.Input] {
	return func(yield func(signal.Input) bool) {
		head, err := p.cfg.Store.Head(ctx)
		if err != nil {
			*failed = err
			return
		}
		var after corpus.Seq
		for {
			changes, err := p.cfg.Store.Changes(ctx, after, 500, corpus.KindPlacement)
			if err != nil || len(changes) == 0 {
				*failed = err
				return
			}
			for _, c := range changes {
				in, err := p.signalInput(ctx, c.Ref)
				if err != nil {
					*failed = fmt.Errorf("placement %s: %w", c.Ref, err)
					return
				}
				if !yield(in) {
					return
				}
				after = c.Seq
			}
			p.progress("signals", after, head.Seq)
		}
	}
}

// all yields every signal row.
func all(ctx context.Context, list func(context.Context, corpus.SignalQuery) ([]corpus.Signal, error)) iter.Seq2[corpus.Signal, error] {
	return func(yield func(corpus.Signal, error) bool) {
		q := corpus.SignalQuery{Limit: 1000}
		for {
			rows, err := list(ctx, q)
			if err != nil {
				yield(corpus.Signal{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
				q.After = r.Seq
			}
			if len(rows) < q.Limit {
				return
			}
		}
	}
}
