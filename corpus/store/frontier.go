package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// The crawler's memory is not news, so it is not logged, and it does not wait
// for the head of the log: its transactions run beside those of Update.

const sourceStateColumns = `source, visited_at, next_at, not_before, succeeded_at, newest_item_at, failures, reason, last_error, etag, last_modified, digest`

func scanSourceState(s scanner) (st corpus.SourceState, err error) {
	err = s.Scan(&st.Source, instant{&st.VisitedAt}, instant{&st.NextAt}, instant{&st.NotBefore}, instant{&st.SucceededAt}, instant{&st.NewestItemAt},
		&st.Failures, &st.Reason, &st.LastError, &st.ETag, &st.LastModified, &st.Digest)
	return st, err
}

// SourceState returns what the crawler remembers of a source; for one never
// visited, a zero state that carries the source's identifier.
func (db *DB) SourceState(ctx context.Context, id corpus.SourceID) (corpus.SourceState, error) {
	st, ok, err := one(ctx, db, scanSourceState, `SELECT `+sourceStateColumns+` FROM source_states WHERE source = $1`, id)
	if err != nil {
		return st, fmt.Errorf("read state of source %s: %w", id, err)
	}
	if !ok {
		st.Source = id
	}
	st.Rules, err = db.ruleStates(ctx, id)
	return st, err
}

// SourceStates lists what the crawler remembers of all sources it has
// visited.
func (db *DB) SourceStates(ctx context.Context) ([]corpus.SourceState, error) {
	out, err := all(ctx, db, scanSourceState, `SELECT `+sourceStateColumns+` FROM source_states ORDER BY source`)
	if err != nil {
		return nil, fmt.Errorf("list states of sources: %w", err)
	}
	rules, err := db.ruleStates(ctx, "")
	for i := range out {
		for _, r := range rules {
			if r.Source == out[i].Source {
				out[i].Rules = append(out[i].Rules, r)
			}
		}
	}
	return out, err
}

// SaveSourceState replaces what is remembered of a source.
func (db *DB) SaveSourceState(ctx context.Context, st corpus.SourceState) error {
	err := db.transact(ctx, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO source_states (`+sourceStateColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (source) DO UPDATE SET visited_at = excluded.visited_at, next_at = excluded.next_at, not_before = excluded.not_before,
				succeeded_at = excluded.succeeded_at, newest_item_at = excluded.newest_item_at, failures = excluded.failures, reason = excluded.reason,
				last_error = excluded.last_error, etag = excluded.etag, last_modified = excluded.last_modified, digest = excluded.digest`,
			st.Source, st.VisitedAt, st.NextAt, st.NotBefore, st.SucceededAt, st.NewestItemAt, st.Failures, st.Reason, st.LastError, st.ETag, st.LastModified, st.Digest)
		return err
	})
	if err != nil {
		return fmt.Errorf("save state of source %s: %w", st.Source, err)
	}
	return nil
}

const frontierColumns = `source, url, origin, state, etag, last_modified, digest, first_seen_at, fetched_at, next_at, attempts, reason, item`

func (db *DB) scanFrontier(s scanner) (e corpus.FrontierEntry, err error) {
	var item []byte
	err = s.Scan(&e.Source, &e.URL, &e.Origin, &e.State, &e.ETag, &e.LastModified, &e.Digest, instant{&e.FirstSeenAt}, instant{&e.FetchedAt},
		instant{&e.NextAt}, &e.Attempts, &e.Reason, &item)
	if err != nil {
		return e, err
	}
	err = db.packer.unpack(item, &e.Item)
	return e, err
}

// Frontier returns the entries of a source that have one of urls, by URL; urls
// without an entry are absent from the answer.
func (db *DB) Frontier(ctx context.Context, source corpus.SourceID, urls []string) ([]corpus.FrontierEntry, error) {
	pages := make([]string, len(urls))
	for i, url := range urls {
		pages[i] = page(source, url)
	}
	out, err := all(ctx, db, db.scanFrontier, `SELECT `+frontierColumns+` FROM frontier WHERE `+db.dialect.in(`page`, `$1`)+` ORDER BY url`, list{pages})
	if err != nil {
		return nil, fmt.Errorf("read frontier of %s: %w", source, err)
	}
	return out, nil
}

// SaveFrontier inserts or replaces entries by source and URL, all or none.
func (db *DB) SaveFrontier(ctx context.Context, entries []corpus.FrontierEntry) error {
	if len(entries) == 0 {
		return nil
	}
	err := db.transact(ctx, func(tx *Tx) error {
		for _, e := range entries {
			item, err := pack(db.packer, &e.Item)
			if err != nil {
				return err
			}
			_, err = tx.exec(`INSERT INTO frontier (`+frontierColumns+`, page) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
				ON CONFLICT (page) DO UPDATE SET origin = excluded.origin, state = excluded.state, etag = excluded.etag,
					last_modified = excluded.last_modified, digest = excluded.digest, first_seen_at = excluded.first_seen_at,
					fetched_at = excluded.fetched_at, next_at = excluded.next_at, attempts = excluded.attempts, reason = excluded.reason, item = excluded.item`,
				e.Source, e.URL, e.Origin, e.State, e.ETag, e.LastModified, e.Digest, e.FirstSeenAt, e.FetchedAt, e.NextAt, e.Attempts, e.Reason, item, page(e.Source, e.URL))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save frontier of %s: %w", entries[0].Source, err)
	}
	return nil
}

// DueFrontier returns at most max entries of a source whose NextAt is set and
// not after now, pending ones first, then by NextAt. Parked and gone entries
// are never due.
func (db *DB) DueFrontier(ctx context.Context, source corpus.SourceID, now time.Time, max int) ([]corpus.FrontierEntry, error) {
	var out []corpus.FrontierEntry
	// Two queries, because each is the beginning of a range of an index: one
	// that sorts would look at all that waits.
	for _, state := range []corpus.FrontierState{corpus.FrontierPending, corpus.FrontierDone} {
		if len(out) >= limit(max) {
			break
		}
		more, err := all(ctx, db, db.scanFrontier, dueFrontier, source, state, now, limit(max)-len(out))
		if err != nil {
			return nil, fmt.Errorf("read due frontier of %s: %w", source, err)
		}
		out = append(out, more...)
	}
	return out, nil
}

// The queries that run at every visit. A test looks at how they are answered.
const (
	dueFrontier = `SELECT ` + frontierColumns + ` FROM frontier
		WHERE source = $1 AND state = $2 AND next_at <= $3 ORDER BY next_at, page LIMIT $4`
	waitingFrontier = `SELECT count(*) FROM frontier WHERE source = $1 AND state = 'pending' AND next_at IS NOT NULL`
	openFrontier    = `SELECT source, host, state, reason, count(*), sum(CASE WHEN next_at <= $1 THEN 1 ELSE 0 END), min(next_at), max(attempts)
		FROM frontier WHERE next_at IS NOT NULL OR state = 'parked' GROUP BY source, host, state, reason ORDER BY source, host, state, reason`
)

// WaitingFrontier returns how many pending entries a source has.
func (db *DB) WaitingFrontier(ctx context.Context, source corpus.SourceID) (int, error) {
	n, _, err := one(ctx, db, value[int], waitingFrontier, source)
	if err != nil {
		return 0, fmt.Errorf("count waiting frontier of %s: %w", source, err)
	}
	return n, nil
}

// FrontierCounts counts the entries for which something is planned, and those
// that were given up, by source, host, state and reason, in that order.
func (db *DB) FrontierCounts(ctx context.Context, now time.Time) ([]corpus.FrontierCount, error) {
	out, err := all(ctx, db, func(s scanner) (c corpus.FrontierCount, err error) {
		err = s.Scan(&c.Source, &c.Host, &c.State, &c.Reason, &c.Entries, &c.Due, instant{&c.NextAt}, &c.Attempts)
		return c, err
	}, openFrontier, now)
	if err != nil {
		return nil, fmt.Errorf("count frontier: %w", err)
	}
	return out, nil
}

// FailedFrontier lists entries that failed and wait to be tried again, or were
// given up: the latter first, then by source and NextAt.
func (db *DB) FailedFrontier(ctx context.Context, q corpus.FailureQuery) ([]corpus.FrontierEntry, error) {
	f := failures(q)
	query := f.query(`SELECT `+frontierColumns+` FROM frontier`, `CASE state WHEN 'parked' THEN 0 ELSE 1 END, source, next_at, page`, q.Limit)
	out, err := all(ctx, db, db.scanFrontier, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list failed frontier: %w", err)
	}
	return out, nil
}

// RetryFrontier has entries that failed tried again now, as if for the first
// time, and returns how many those are. Limit is not heeded.
func (db *DB) RetryFrontier(ctx context.Context, now time.Time, q corpus.FailureQuery) (int64, error) {
	f := failures(q)
	var n int64
	err := db.transact(ctx, func(tx *Tx) (err error) {
		args := append(slices.Clone(f.args), now)
		n, err = tx.exec(`UPDATE frontier SET state = 'pending', attempts = 0, next_at = $`+strconv.Itoa(len(args))+f.clause(), args...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("retry frontier: %w", err)
	}
	return n, nil
}

func failures(q corpus.FailureQuery) *filter {
	f := &filter{}
	f.add(`(state = 'parked' OR state = 'pending' AND attempts > 0)`)
	if q.Parked {
		f.add(`state = 'parked'`)
	}
	if len(q.Sources) > 0 {
		var either []string
		var args []any
		for _, id := range q.Sources { // and what its backfills left
			either = append(either, `source IN (?, ?)`)
			args = append(args, id, id+corpus.BackfillPages)
		}
		f.add(`(`+strings.Join(either, ` OR `)+`)`, args...)
	}
	if q.Reason != "" {
		f.add(`reason = ?`, q.Reason)
	}
	if q.URL != "" {
		f.add(`url = ?`, q.URL)
	}
	return f
}
