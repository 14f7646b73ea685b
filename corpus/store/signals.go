package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

const signalColumns = `seq, kind, target, target_kind, score, confidence, volume, dispersion, z,
	placement, article, event, delta, weight, relevance, novelty_key, novelty_days, novelty_weight, source, url,
	published_at, first_seen_at, as_of, available_at, origin, version, state`

func scanSignal(s scanner) (r corpus.Signal, err error) {
	var state string
	err = s.Scan(&r.Seq, &r.Kind, &r.Target, &r.TargetKind, &r.Score, &r.Confidence, &r.Volume, &r.Dispersion, &r.Z,
		&r.Placement, &r.Article, &r.Event, &r.Delta, &r.Weight, &r.Relevance, &r.Novelty.Key, &r.Novelty.Days, &r.Novelty.Weight, &r.Source, &r.URL,
		instant{&r.PublishedAt}, instant{&r.FirstSeenAt}, instant{&r.AsOf}, instant{&r.AvailableAt}, &r.Origin, &r.Version, &state)
	if err != nil {
		return r, err
	}
	err = json.Unmarshal([]byte(state), &r.State)
	return r, err
}

// positiveZero turns -0 into 0: SQLite does not keep the sign, and a row must
// be the same bit for bit whoever kept it.
func positiveZero(f float64) float64 { return f + 0 }

// AddSignal appends a signal row and returns it as it will always be read:
// with its Seq and AvailableAt, and times in microseconds. An empty Origin
// means live. Rows out of range, infinite, or not a number are refused.
func (tx *Tx) AddSignal(r corpus.Signal) (corpus.Signal, error) {
	seq, at := tx.next()
	r.Seq, r.AvailableAt = seq, at
	if r.Origin == "" {
		r.Origin = corpus.OriginLive
	}
	r.PublishedAt, r.FirstSeenAt, r.AsOf = micro(r.PublishedAt), micro(r.FirstSeenAt), micro(r.AsOf)
	for _, f := range []*float64{
		&r.Score, &r.Confidence, &r.Volume, &r.Dispersion, &r.Z, &r.Delta, &r.Weight, &r.Relevance, &r.Novelty.Days, &r.Novelty.Weight,
		&r.State.Num, &r.State.Den, &r.State.Sq, &r.State.ZN, &r.State.ZSum, &r.State.ZSq,
	} {
		if *f-*f != 0 {
			return r, fmt.Errorf("add signal %s %s: a value is %v", r.Kind, r.Target, *f)
		}
		*f = positiveZero(*f)
	}
	state, err := json.Marshal(r.State)
	if err != nil {
		return r, fmt.Errorf("add signal %s %s: %w", r.Kind, r.Target, err)
	}
	_, err = tx.exec(`INSERT INTO signals (`+signalColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
		$15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
		r.Seq, r.Kind, r.Target, r.TargetKind, r.Score, r.Confidence, r.Volume, r.Dispersion, r.Z,
		r.Placement, r.Article, r.Event, r.Delta, r.Weight, r.Relevance, r.Novelty.Key, r.Novelty.Days, r.Novelty.Weight, r.Source, r.URL,
		r.PublishedAt, r.FirstSeenAt, r.AsOf, r.AvailableAt, r.Origin, r.Version, string(state))
	if err != nil {
		return r, fmt.Errorf("add signal %s %s: %w", r.Kind, r.Target, err)
	}
	tx.append(corpus.KindSignal, seqRef(seq), at)
	tx.signals[index{r.Kind, r.Target}] = r
	return r, nil
}

// index names what a sequence of signals is about.
type index struct {
	kind   corpus.SignalKind
	target string
}

// LastSignal returns the newest row of an index. It is remembered until the
// transaction ends, which is the only writer there is.
func (tx *Tx) LastSignal(kind corpus.SignalKind, target string) (corpus.Signal, bool, error) {
	if r, ok := tx.signals[index{kind, target}]; ok {
		return r, true, nil
	}
	r, ok, err := one(tx.ctx, tx, scanSignal, `SELECT `+signalColumns+` FROM signals WHERE kind = $1 AND target = $2 ORDER BY seq DESC LIMIT 1`, kind, target)
	if err != nil {
		return r, false, fmt.Errorf("read last signal %s %s: %w", kind, target, err)
	}
	if ok {
		tx.signals[index{kind, target}] = r
	}
	return r, ok, nil
}

// Contributions returns, for each index that an article has ever moved, the
// newest of the rows the article made for it, by kind and target.
func (tx *Tx) Contributions(article corpus.ArticleID) ([]corpus.Signal, error) {
	out, err := all(tx.ctx, tx, scanSignal, `SELECT `+signalColumns+` FROM signals
		WHERE seq IN (SELECT max(seq) FROM signals WHERE article = $1 GROUP BY kind, target) ORDER BY kind, target`, article)
	if err != nil {
		return nil, fmt.Errorf("read contributions of %s: %w", article, err)
	}
	return out, nil
}

// Signal returns a signal row.
func (db *DB) Signal(ctx context.Context, seq corpus.Seq) (corpus.Signal, error) {
	r, ok, err := one(ctx, db, scanSignal, `SELECT `+signalColumns+` FROM signals WHERE seq = $1`, seq)
	return found("signal", seq, r, ok, err)
}

// Signals lists signal rows in the order in which they became available, or
// the newest first.
func (db *DB) Signals(ctx context.Context, q corpus.SignalQuery) ([]corpus.Signal, error) {
	f, err := db.signalRange(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list signals: %w", err)
	}
	if q.Kind != "" && len(q.Targets) == 1 {
		// The rows of one index lie side by side, in order.
		f.add(`kind = ? AND target = ?`, q.Kind, q.Targets[0])
	} else {
		// All rows are read in their order and sifted, so that a page costs
		// what it passes. coalesce keeps planners from gathering the rows of
		// each target first, to sort them all for every page.
		if q.Kind != "" {
			f.add(`coalesce(kind, '') = ?`, q.Kind)
		}
		if len(q.Targets) > 0 {
			f.add(db.dialect.in(`coalesce(target, '')`, `?`), texts(q.Targets))
		}
	}
	order := `seq`
	if q.Newest {
		order = `seq DESC`
	}
	query := f.query(`SELECT `+signalColumns+` FROM signals`, order, q.Limit)
	out, err := all(ctx, db, scanSignal, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list signals: %w", err)
	}
	return out, nil
}

// LatestSignals lists the last row of each index that q selects, by kind and
// target: where the indices stand, or stood at q.AsOf.
func (db *DB) LatestSignals(ctx context.Context, q corpus.SignalQuery) ([]corpus.Signal, error) {
	f, err := db.signalRange(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list latest signals: %w", err)
	}
	if q.Kind != "" {
		f.add(`kind = ?`, q.Kind)
	}
	if len(q.Targets) > 0 {
		f.add(db.dialect.in(`target`, `?`), texts(q.Targets))
	}
	last := &filter{args: f.args}
	last.where = []string{`seq IN (SELECT max(seq) FROM signals` + f.clause() + ` GROUP BY kind, target)`}
	query := last.query(`SELECT `+signalColumns+` FROM signals`, `kind, target`, q.Limit)
	out, err := all(ctx, db, scanSignal, query, last.args...)
	if err != nil {
		return nil, fmt.Errorf("list latest signals: %w", err)
	}
	return out, nil
}

// signalRange returns the condition that After and the times of q set. Times
// become entries of the log, which strictly increases in both.
func (db *DB) signalRange(ctx context.Context, q corpus.SignalQuery) (*filter, error) {
	after := int64(q.After)
	upTo, err := db.bound(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	if !q.Since.IsZero() {
		seq, err := db.lastBefore(ctx, q.Since)
		if err != nil {
			return nil, err
		}
		after = max(after, seq)
	}
	if !q.Until.IsZero() {
		seq, err := db.lastBefore(ctx, q.Until)
		if err != nil {
			return nil, err
		}
		upTo = min(upTo, seq)
	}
	f := &filter{}
	f.add(`seq > ? AND seq <= ?`, after, upTo)
	return f, nil
}
