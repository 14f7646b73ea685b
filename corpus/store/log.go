package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// pollEvery is how often Wait looks for the commits of other processes. Those
// of this one wake it at once.
const pollEvery = time.Second

// lockHead makes this transaction the only writer until it ends, and learns
// where the log stands.
func (tx *Tx) lockHead() error {
	var clock time.Time
	_, ok, err := one(tx.ctx, tx, func(s scanner) (struct{}, error) {
		return struct{}{}, s.Scan(&tx.seq, instant{&tx.at}, instant{&clock})
	}, tx.db.dialect.lockHead)
	if err == nil && !ok {
		err = fmt.Errorf("the head row is missing")
	}
	if err != nil {
		return fmt.Errorf("lock the log: %w", err)
	}
	tx.base, tx.started = clock, time.Now()
	return nil
}

// now returns the database's clock.
func (tx *Tx) now() time.Time {
	if tx.db.clock != nil {
		return micro(tx.db.clock())
	}
	return micro(tx.base.Add(time.Since(tx.started)))
}

// next returns the sequence number and the time that the next entry will
// have: later than every entry before it, whatever the clock does.
func (tx *Tx) next() (corpus.Seq, time.Time) {
	at := tx.now()
	if !at.After(tx.at) {
		at = tx.at.Add(time.Microsecond)
	}
	return tx.seq + 1, at
}

// append adds the entry that next has announced.
func (tx *Tx) append(kind corpus.Kind, ref string, at time.Time) {
	tx.seq, tx.at = tx.seq+1, at
	tx.entries = append(tx.entries, corpus.Change{Seq: tx.seq, At: at, Kind: kind, Ref: clean(ref)})
}

// logChunk is how many entries one INSERT writes; a few full chunks and one
// remainder keep the number of different statements small.
const logChunk = 50

// writeLog stores the entries and moves the head. It is the last thing before
// the commit: a crash in between leaves neither rows nor entries.
func (tx *Tx) writeLog() error {
	for rest := tx.entries; len(rest) > 0; {
		n := min(len(rest), logChunk)
		if err := tx.writeEntries(rest[:n]); err != nil {
			return fmt.Errorf("append to the log: %w", err)
		}
		rest = rest[n:]
	}
	if len(tx.entries) == 0 {
		return nil
	}
	if _, err := tx.exec(`UPDATE head SET seq = $1, at = $2`, tx.seq, tx.at); err != nil {
		return fmt.Errorf("move the head of the log: %w", err)
	}
	return nil
}

func (tx *Tx) writeEntries(entries []corpus.Change) error {
	var b strings.Builder
	b.WriteString(`INSERT INTO log (seq, at, kind, ref) VALUES `)
	args := make([]any, 0, 4*len(entries))
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("($" + strconv.Itoa(4*i+1) + ",$" + strconv.Itoa(4*i+2) + ",$" + strconv.Itoa(4*i+3) + ",$" + strconv.Itoa(4*i+4) + ")")
		args = append(args, int64(e.Seq), e.At, e.Kind, e.Ref)
	}
	_, err := tx.exec(b.String(), args...)
	return err
}

// announce wakes those who wait for seq in this process.
func (db *DB) announce(seq corpus.Seq) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.head = max(db.head, seq)
	close(db.committed)
	db.committed = make(chan struct{})
}

func scanChange(s scanner) (c corpus.Change, err error) {
	err = s.Scan(&c.Seq, instant{&c.At}, &c.Kind, &c.Ref)
	return c, err
}

// Head returns the newest entry of the log, the zero Change when it is empty.
func (db *DB) Head(ctx context.Context) (corpus.Change, error) {
	c, _, err := one(ctx, db, scanChange, `SELECT seq, at, kind, ref FROM log ORDER BY seq DESC LIMIT 1`)
	if err != nil {
		return c, fmt.Errorf("read the head of the log: %w", err)
	}
	return c, nil
}

// Changes returns up to limit entries after the given one, in order; only
// those of the given kinds when any are given.
func (db *DB) Changes(ctx context.Context, after corpus.Seq, max int, kinds ...corpus.Kind) ([]corpus.Change, error) {
	args := []any{int64(after), int64(limit(max))}
	query := `SELECT seq, at, kind, ref FROM log WHERE seq > $1 ORDER BY seq LIMIT $2`
	if len(kinds) > 0 {
		// One index range for each kind, merged: a rare kind is found without
		// reading the entries between.
		parts := make([]string, len(kinds))
		for i, k := range kinds {
			args = append(args, k)
			parts[i] = `SELECT * FROM (SELECT seq, at, kind, ref FROM log WHERE kind = $` + strconv.Itoa(i+3) + ` AND seq > $1 ORDER BY seq LIMIT $2) AS k` + strconv.Itoa(i)
		}
		query = strings.Join(parts, ` UNION ALL `) + ` ORDER BY seq LIMIT $2`
	}
	out, err := all(ctx, db, scanChange, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return out, nil
}

// Wait blocks until the log has an entry after the given one, or ctx ends. It
// notices commits of this process at once, those of others within a second.
func (db *DB) Wait(ctx context.Context, after corpus.Seq) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		db.mu.Lock()
		head, committed := db.head, db.committed
		db.mu.Unlock()
		if head > after {
			return nil
		}
		newest, err := db.Head(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case newest.Seq > after:
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-committed:
		case <-tick.C:
		}
	}
}

// Horizon returns the earlier of t and now, after making sure that nothing
// which becomes visible later will carry that time or an earlier one. It waits
// for the writer in flight, if any; times the log has already passed cost one
// read. Reads as of the returned time give the same answer forever.
func (db *DB) Horizon(ctx context.Context, t time.Time) (time.Time, error) {
	t = micro(t)
	// The writer in flight, if any, will write later times than the head that
	// is committed.
	passed, _, err := one(ctx, db, func(s scanner) (at time.Time, err error) {
		err = s.Scan(instant{&at})
		return at, err
	}, `SELECT at FROM head`)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the horizon: %w", err)
	}
	if !t.After(passed) {
		return t, nil
	}
	err = db.transact(ctx, func(tx *Tx) error {
		if err := tx.lockHead(); err != nil {
			return err
		}
		if now := tx.now(); t.After(now) {
			t = now
		}
		if !t.After(tx.at) { // the clock stands, or went back
			t = tx.at
			return nil
		}
		// Writing the time down, rather than trusting the clock to go on,
		// keeps the promise through clocks that are set back.
		_, err := tx.exec(`UPDATE head SET at = $1`, t)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("move the horizon: %w", err)
	}
	return t, nil
}

// everything is a bound that no sequence number passes.
const everything = int64(1<<63 - 1)

// bound returns the last entry that was known at asOf, so that rows with a
// later one can be left out; everything for the zero time.
func (db *DB) bound(ctx context.Context, asOf time.Time) (int64, error) {
	if asOf.IsZero() {
		return everything, nil
	}
	h, err := db.Horizon(ctx, asOf)
	if err != nil {
		return 0, err
	}
	return db.lastBefore(ctx, h.Add(time.Microsecond))
}

// lastBefore returns the last entry before t, 0 when there is none. Entries
// still in flight may yet come in between, unless t is behind the horizon.
func (db *DB) lastBefore(ctx context.Context, t time.Time) (int64, error) {
	seq, _, err := one(ctx, db, value[int64], `SELECT seq FROM log WHERE at < $1 ORDER BY at DESC LIMIT 1`, t)
	if err != nil {
		return 0, fmt.Errorf("find the entry before %v: %w", t, err)
	}
	return seq, nil
}

// Watermark returns how far a follower has come, 0 when it has not begun.
func (db *DB) Watermark(ctx context.Context, follower string) (corpus.Seq, error) {
	seq, _, err := one(ctx, db, value[corpus.Seq], `SELECT seq FROM watermarks WHERE follower = $1`, follower)
	if err != nil {
		return 0, fmt.Errorf("read watermark %s: %w", follower, err)
	}
	return seq, nil
}

// Watermarks returns how far every follower has come that has begun.
func (db *DB) Watermarks(ctx context.Context) (map[string]corpus.Seq, error) {
	out := make(map[string]corpus.Seq)
	_, err := all(ctx, db, func(s scanner) (struct{}, error) {
		var follower string
		var seq corpus.Seq
		err := s.Scan(&follower, &seq)
		out[follower] = seq
		return struct{}{}, err
	}, `SELECT follower, seq FROM watermarks`)
	if err != nil {
		return nil, fmt.Errorf("read watermarks: %w", err)
	}
	return out, nil
}

// Advance moves the watermark of follower from one entry to a later one, in
// the transaction that stores what it made of the entries between. It returns
// [ErrMoved] unless the watermark stands at from.
func (tx *Tx) Advance(follower string, from, to corpus.Seq) error {
	if to < from {
		return fmt.Errorf("advance %s: from %d back to %d", follower, from, to)
	}
	if from == 0 {
		if _, err := tx.exec(`INSERT INTO watermarks (follower, seq) VALUES ($1, 0) ON CONFLICT (follower) DO NOTHING`, follower); err != nil {
			return fmt.Errorf("advance %s: %w", follower, err)
		}
	}
	n, err := tx.exec(`UPDATE watermarks SET seq = $1 WHERE follower = $2 AND seq = $3`, to, follower, from)
	if err != nil {
		return fmt.Errorf("advance %s: %w", follower, err)
	}
	if n == 0 {
		return fmt.Errorf("advance %s from %d: %w", follower, from, ErrMoved)
	}
	return nil
}

// ResetWatermark sends a follower back to the beginning of the log.
func (tx *Tx) ResetWatermark(follower string) error {
	if _, err := tx.exec(`DELETE FROM watermarks WHERE follower = $1`, follower); err != nil {
		return fmt.Errorf("reset %s: %w", follower, err)
	}
	return nil
}

// seqRef is the form of a sequence number in [corpus.Change.Ref].
func seqRef(seq corpus.Seq) string { return strconv.FormatInt(int64(seq), 10) }
