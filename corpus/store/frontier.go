package store

import (
	"context"
	"fmt"
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
	return st, nil
}

// SourceStates lists what the crawler remembers of all sources it has
// visited.
func (db *DB) SourceStates(ctx context.Context) ([]corpus.SourceState, error) {
	out, err := all(ctx, db, scanSourceState, `SELECT `+sourceStateColumns+` FROM source_states ORDER BY source`)
	if err != nil {
		return nil, fmt.Errorf("list states of sources: %w", err)
	}
	return out, nil
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
// not after now, pending ones first, then by NextAt and URL. Parked and gone
// entries are never due.
func (db *DB) DueFrontier(ctx context.Context, source corpus.SourceID, now time.Time, max int) ([]corpus.FrontierEntry, error) {
	out, err := all(ctx, db, db.scanFrontier, `SELECT `+frontierColumns+` FROM frontier
		WHERE source = $1 AND next_at <= $2 AND state IN ('pending', 'done')
		ORDER BY CASE state WHEN 'pending' THEN 0 ELSE 1 END, next_at, url LIMIT $3`, source, now, limit(max))
	if err != nil {
		return nil, fmt.Errorf("read due frontier of %s: %w", source, err)
	}
	return out, nil
}
