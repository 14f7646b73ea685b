package store

import (
	"context"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

const alertColumns = `event, rule, stage, version, outcome, at`

func scanAlert(s scanner) (a corpus.Alert, err error) {
	err = s.Scan(&a.Event, &a.Rule, &a.Stage, &a.Version, &a.Outcome, instant{&a.At})
	return a, err
}

// AddAlert stores a decision; a zero At means now. It reports false, and
// stores nothing, when the rule has decided that stage of the event before.
func (tx *Tx) AddAlert(a corpus.Alert) (bool, error) {
	if a.At.IsZero() {
		_, a.At = tx.next()
	}
	n, err := tx.exec(`INSERT INTO alerts (`+alertColumns+`) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event, rule, stage) DO NOTHING`,
		a.Event, a.Rule, a.Stage, a.Version, a.Outcome, a.At)
	if err != nil {
		return false, fmt.Errorf("add alert of rule %s for event %s: %w", a.Rule, a.Event, err)
	}
	return n > 0, nil
}

// AlertsOf lists the decisions about an event, oldest first.
func (tx *Tx) AlertsOf(id corpus.EventID) ([]corpus.Alert, error) {
	out, err := all(tx.ctx, tx, scanAlert, `SELECT `+alertColumns+` FROM alerts WHERE event = $1 ORDER BY at, rule, stage`, id)
	if err != nil {
		return nil, fmt.Errorf("list alerts of event %s: %w", id, err)
	}
	return out, nil
}

// Alerts lists decisions, newest first.
func (db *DB) Alerts(ctx context.Context, q corpus.AlertQuery) ([]corpus.Alert, error) {
	f := &filter{}
	if q.Event != "" {
		f.add(`event = ?`, q.Event)
	}
	if q.Rule != "" {
		f.add(`rule = ?`, q.Rule)
	}
	if !q.Before.IsZero() {
		f.add(`at < ?`, q.Before)
	}
	query := f.query(`SELECT `+alertColumns+` FROM alerts`, `at DESC, event, rule, stage`, q.Limit)
	out, err := all(ctx, db, scanAlert, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	return out, nil
}
