package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Leases share out the crawl among processes. Their times are the database's
// (see Config.Clock), so that the clocks of machines need not agree.

const leaseColumns = `name, holder, taken_at, until, not_before, wanted_at, note`

// forgetLeases is how long a lease that ended without being given back is
// kept for people to see.
const forgetLeases = 24 * time.Hour

func scanLease(s scanner) (l corpus.Lease, err error) {
	err = s.Scan(&l.Name, &l.Holder, instant{&l.TakenAt}, instant{&l.Until}, instant{&l.NotBefore}, instant{&l.WantedAt}, &l.Note)
	return l, err
}

// Claim takes or renews leases for holder until ttl has passed. Of each it
// takes the name, the note, and NotBefore, which only moves on. It returns
// what the leases are afterwards, in the order of their names: those that
// another process holds are as that process left them, but wanted.
func (db *DB) Claim(ctx context.Context, holder string, ttl time.Duration, leases []corpus.Lease) ([]corpus.Lease, error) {
	// In one order, so that processes that claim several wait for each other
	// and not in a circle.
	leases = slices.SortedFunc(slices.Values(leases), func(a, b corpus.Lease) int { return cmp.Compare(a.Name, b.Name) })
	var out []corpus.Lease
	err := db.transact(ctx, func(tx *Tx) error {
		now, err := tx.clock()
		if err != nil {
			return err
		}
		out = make([]corpus.Lease, 0, len(leases))
		for _, l := range leases {
			taken, err := tx.exec(`INSERT INTO crawl_leases (`+leaseColumns+`) VALUES ($1, $2, $3, $4, $5, NULL, $6)
				ON CONFLICT (name) DO UPDATE SET
					taken_at = CASE WHEN crawl_leases.holder = excluded.holder THEN crawl_leases.taken_at ELSE excluded.taken_at END,
					wanted_at = CASE WHEN crawl_leases.holder = excluded.holder THEN crawl_leases.wanted_at ELSE NULL END,
					not_before = CASE WHEN crawl_leases.not_before > excluded.not_before THEN crawl_leases.not_before
						ELSE COALESCE(excluded.not_before, crawl_leases.not_before) END,
					holder = excluded.holder, until = excluded.until, note = excluded.note
				WHERE crawl_leases.holder IN ('', excluded.holder) OR crawl_leases.until <= excluded.taken_at`,
				l.Name, holder, now, now.Add(ttl), l.NotBefore, l.Note)
			if err != nil {
				return err
			}
			if taken == 0 {
				if _, err := tx.exec(`UPDATE crawl_leases SET wanted_at = $1 WHERE name = $2 AND wanted_at IS NULL`, now, l.Name); err != nil {
					return err
				}
			}
			l, _, err = one(ctx, tx, scanLease, `SELECT `+leaseColumns+` FROM crawl_leases WHERE name = $1`, l.Name)
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim leases: %w", err)
	}
	return out, nil
}

// Release gives back those of leases that holder has. Of each it takes the
// name, and NotBefore, which only moves on; a lease that has to say nothing
// more is forgotten.
func (db *DB) Release(ctx context.Context, holder string, leases []corpus.Lease) error {
	leases = slices.SortedFunc(slices.Values(leases), func(a, b corpus.Lease) int { return cmp.Compare(a.Name, b.Name) })
	err := db.transact(ctx, func(tx *Tx) error {
		now, err := tx.clock()
		if err != nil {
			return err
		}
		for _, l := range leases {
			_, err := tx.exec(`UPDATE crawl_leases SET holder = '', until = NULL, wanted_at = NULL, note = '',
					not_before = CASE WHEN not_before > $1 THEN not_before ELSE COALESCE($2, not_before) END
				WHERE name = $3 AND holder = $4`, l.NotBefore, l.NotBefore, l.Name, holder)
			if err != nil {
				return err
			}
		}
		_, err = tx.exec(`DELETE FROM crawl_leases WHERE (holder = '' OR until < $1) AND (not_before IS NULL OR not_before <= $2)`, now.Add(-forgetLeases), now)
		return err
	})
	if err != nil {
		return fmt.Errorf("release leases: %w", err)
	}
	return nil
}

// Leases lists the leases there are, by name: those that have ended too, for
// a day, unless they were given back.
func (db *DB) Leases(ctx context.Context) ([]corpus.Lease, error) {
	out, err := all(ctx, db, scanLease, `SELECT `+leaseColumns+` FROM crawl_leases ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list leases: %w", err)
	}
	return out, nil
}

// clock returns the database's time, in a transaction that has not locked the
// head of the log.
func (tx *Tx) clock() (time.Time, error) {
	if tx.db.clock != nil {
		return micro(tx.db.clock()), nil
	}
	var now time.Time
	_, _, err := one(tx.ctx, tx, func(s scanner) (struct{}, error) { return struct{}{}, s.Scan(instant{&now}) }, tx.db.dialect.now)
	return micro(now), err
}
