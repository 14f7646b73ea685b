package store

import (
	"context"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

// Counts returns the totals of the record. It reads an index of every table.
func (db *DB) Counts(ctx context.Context) (corpus.Counts, error) {
	c, _, err := one(ctx, db, func(s scanner) (c corpus.Counts, err error) {
		err = s.Scan(&c.Sources, &c.Captures, &c.Articles, &c.Revisions, &c.Stories, &c.Events, &c.Instruments,
			&c.Alerts, &c.Notifications, &c.Sent, &c.Signals)
		return c, err
	}, `SELECT
		(SELECT count(*) FROM sources),
		(SELECT count(*) FROM log WHERE kind = 'capture'),
		(SELECT count(*) FROM articles),
		(SELECT count(*) FROM log WHERE kind = 'revision'),
		(SELECT count(*) FROM stories),
		(SELECT count(*) FROM events WHERE version = 1),
		(SELECT count(*) FROM instruments WHERE version = 1),
		(SELECT count(*) FROM alerts WHERE outcome = 'notified'),
		(SELECT count(*) FROM notifications),
		(SELECT count(*) FROM notifications WHERE state = 'sent'),
		(SELECT count(*) FROM log WHERE kind = 'signal')`)
	if err != nil {
		return c, fmt.Errorf("count: %w", err)
	}
	return c, nil
}
