package store

import (
	"context"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

// Park stores work that could not be done, or that it has failed again. A zero
// At means now, zero Attempts one.
func (tx *Tx) Park(p corpus.Parked) error {
	if p.At.IsZero() {
		p.At = tx.now()
	}
	_, err := tx.exec(`INSERT INTO parked (stage, ref, reason, detail, attempts, next_at, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (stage, ref) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, attempts = excluded.attempts,
			next_at = excluded.next_at, at = excluded.at`,
		p.Stage, p.Ref, p.Reason, p.Detail, max(p.Attempts, 1), p.NextAt, p.At)
	if err != nil {
		return fmt.Errorf("park %s of %s: %w", p.Ref, p.Stage, err)
	}
	return nil
}

// Unpark forgets parked work: it was done.
func (tx *Tx) Unpark(stage, ref string) error {
	if _, err := tx.exec(`DELETE FROM parked WHERE stage = $1 AND ref = $2`, stage, ref); err != nil {
		return fmt.Errorf("unpark %s of %s: %w", ref, stage, err)
	}
	return nil
}

// ParkedItems lists the parked work of a stage, or of all with "", what is due
// first; work without a NextAt comes last.
func (db *DB) ParkedItems(ctx context.Context, stage string) ([]corpus.Parked, error) {
	f := &filter{}
	if stage != "" {
		f.add(`stage = ?`, stage)
	}
	query := f.query(`SELECT stage, ref, reason, detail, attempts, next_at, at FROM parked`, `CASE WHEN next_at IS NULL THEN 1 ELSE 0 END, next_at, stage, ref`, corpus.MaxLimit)
	out, err := all(ctx, db, func(s scanner) (p corpus.Parked, err error) {
		err = s.Scan(&p.Stage, &p.Ref, &p.Reason, &p.Detail, &p.Attempts, instant{&p.NextAt}, instant{&p.At})
		return p, err
	}, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list parked work: %w", err)
	}
	return out, nil
}
