package store

import (
	"context"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

const selectEvent = `SELECT e.id, e.version, e.first_seen_at, e.known_at, e.origin, e.doc FROM events e`

// newestVersion holds for the last version of an event, or of an instrument,
// that is not behind a bound on seq.
func newestVersion(table, row string) string {
	return row + `.seq <= ? AND NOT EXISTS (SELECT 1 FROM ` + table + ` later WHERE later.id = ` + row + `.id AND later.version = ` + row + `.version + 1 AND later.seq <= ?)`
}

func (db *DB) scanEvent(s scanner) (e corpus.Event, err error) {
	var doc []byte
	var row corpus.Event
	if err := s.Scan(&row.ID, &row.Version, instant{&row.FirstSeenAt}, instant{&row.KnownAt}, &row.Origin, &doc); err != nil {
		return e, err
	}
	if err := db.packer.unpack(doc, &e); err != nil {
		return e, err
	}
	e.ID, e.Version, e.FirstSeenAt, e.KnownAt, e.Origin = row.ID, row.Version, row.FirstSeenAt, row.KnownAt, row.Origin
	return e, nil
}

// PutEvent stores a new version of an event, one more than the newest, and
// appends it to the log. It sets Version and KnownAt, and FirstSeenAt where
// that is zero; an empty Origin means live.
func (tx *Tx) PutEvent(e corpus.Event) (corpus.Event, error) {
	version, _, err := one(tx.ctx, tx, value[int], `SELECT coalesce(max(version), 0) FROM events WHERE id = $1`, e.ID)
	if err != nil {
		return e, fmt.Errorf("put event %s: %w", e.ID, err)
	}
	seq, at := tx.next()
	e.Version, e.KnownAt = version+1, at
	if e.FirstSeenAt.IsZero() {
		e.FirstSeenAt = at
	}
	if e.Origin == "" {
		e.Origin = corpus.OriginLive
	}
	e.FirstSeenAt, e.PublishedAt = micro(e.FirstSeenAt), micro(e.PublishedAt)
	e.Stance, e.Confidence = positiveZero(e.Stance), positiveZero(e.Confidence)
	doc, err := tx.db.packer.pack(e)
	if err != nil {
		return e, fmt.Errorf("put event %s: %w", e.ID, err)
	}
	_, err = tx.exec(`INSERT INTO events (seq, id, version, story, type, stance, severity, status, confidence, date, first_seen_at, known_at, origin, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		seq, e.ID, e.Version, e.Story, e.Type, e.Stance, e.Severity, e.Status, e.Confidence, e.Date(), e.FirstSeenAt, e.KnownAt, e.Origin, doc)
	if err != nil {
		return e, fmt.Errorf("put event %s: %w", e.ID, err)
	}
	if err := tx.putFacets(seq, e.EventReading); err != nil {
		return e, fmt.Errorf("put event %s: %w", e.ID, err)
	}
	tx.append(corpus.KindEvent, string(e.ID), at)
	return e, nil
}

// putFacets indexes a version of an event by what lists of events are
// narrowed to.
func (tx *Tx) putFacets(seq corpus.Seq, e corpus.EventReading) error {
	for _, f := range []struct {
		facet  string
		values []string
	}{
		{"jurisdiction", keys(e.Jurisdictions)},
		{"regulator", keys(e.Regulators)},
		{"instrument", keys(e.Instruments)},
		{"asset", keys(e.Assets)},
		{"exchange", keys(e.Exchanges)},
	} {
		for _, v := range f.values {
			_, err := tx.exec(`INSERT INTO event_facets (facet, value, event) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, f.facet, v, seq)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// PutEventKeys makes an event known under keys of the caller's choice, for
// [Tx.EventsByKey].
func (tx *Tx) PutEventKeys(id corpus.EventID, names []string) error {
	for _, k := range keys(names) {
		if _, err := tx.exec(`INSERT INTO event_keys (key, event) VALUES ($1, $2) ON CONFLICT DO NOTHING`, k, id); err != nil {
			return fmt.Errorf("put keys of event %s: %w", id, err)
		}
	}
	return nil
}

// EventsByKey returns the newest version of each event that is known under at
// least one of the given keys, by identifier.
func (tx *Tx) EventsByKey(names []string) ([]corpus.Event, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out, err := all(tx.ctx, tx, tx.db.scanEvent, selectEvent+`
		WHERE e.id IN (SELECT event FROM event_keys WHERE `+tx.db.dialect.in(`key`, `$1`)+`)
		AND NOT EXISTS (SELECT 1 FROM events later WHERE later.id = e.id AND later.version = e.version + 1)
		ORDER BY e.id`, list{keys(names)})
	if err != nil {
		return nil, fmt.Errorf("find events by key: %w", err)
	}
	return out, nil
}

// Event returns the newest version of an event.
func (tx *Tx) Event(id corpus.EventID) (corpus.Event, bool, error) {
	e, ok, err := newestEvent(tx.ctx, tx, id)
	if err != nil {
		return e, false, fmt.Errorf("read event %s: %w", id, err)
	}
	return e, ok, nil
}

// EventVersion returns one version of an event.
func (tx *Tx) EventVersion(id corpus.EventID, version int) (corpus.Event, bool, error) {
	e, ok, err := one(tx.ctx, tx, tx.db.scanEvent, selectEvent+` WHERE e.id = $1 AND e.version = $2`, id, version)
	if err != nil {
		return e, false, fmt.Errorf("read version %d of event %s: %w", version, id, err)
	}
	return e, ok, nil
}

func newestEvent(ctx context.Context, q querier, id corpus.EventID) (corpus.Event, bool, error) {
	return one(ctx, q, q.store().scanEvent, selectEvent+` WHERE e.id = $1 ORDER BY e.version DESC LIMIT 1`, id)
}

// Event returns the newest version of an event.
func (db *DB) Event(ctx context.Context, id corpus.EventID) (corpus.Event, error) {
	e, ok, err := newestEvent(ctx, db, id)
	return found("event", id, e, ok, err)
}

// EventAt returns the version of an event that the given entry of the log
// recorded.
func (db *DB) EventAt(ctx context.Context, seq corpus.Seq) (corpus.Event, error) {
	e, ok, err := one(ctx, db, db.scanEvent, selectEvent+` WHERE e.seq = $1`, seq)
	return found("event of entry", seq, e, ok, err)
}

// EventVersions lists all versions of an event, oldest first.
func (db *DB) EventVersions(ctx context.Context, id corpus.EventID) ([]corpus.Event, error) {
	out, err := all(ctx, db, db.scanEvent, selectEvent+` WHERE e.id = $1 ORDER BY e.version`, id)
	if err != nil {
		return nil, fmt.Errorf("list versions of event %s: %w", id, err)
	}
	return out, nil
}

// Events lists events, one version of each, latest [corpus.Event.Date] first.
func (db *DB) Events(ctx context.Context, q corpus.EventQuery) ([]corpus.Event, error) {
	bound, err := db.bound(ctx, q.AsOf)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	in := db.dialect.in
	f := &filter{}
	f.add(newestVersion("events", "e"), bound, bound)
	if len(q.Types) > 0 {
		f.add(in(`e.type`, `?`), texts(q.Types))
	}
	if len(q.Severities) > 0 {
		f.add(in(`e.severity`, `?`), texts(q.Severities))
	}
	if q.Story != "" {
		f.add(`e.story = ?`, q.Story)
	}
	for _, facet := range [][2]string{
		{"jurisdiction", string(q.Jurisdiction)}, {"regulator", q.Regulator}, {"instrument", string(q.Instrument)}, {"asset", q.Asset}, {"exchange", q.Exchange},
	} {
		if facet[1] != "" {
			f.add(`EXISTS (SELECT 1 FROM event_facets x WHERE x.facet = ? AND x.value = ? AND x.event = e.seq)`, facet[0], key(facet[1]))
		}
	}
	if !q.Since.IsZero() {
		f.add(`e.date >= ?`, q.Since)
	}
	if !q.Until.IsZero() {
		f.add(`e.date < ?`, q.Until)
	}
	if q.After.ID != "" {
		f.add(`(e.date, e.id) < (?, ?)`, q.After.Date, q.After.ID)
	}
	// The numbers first: sorting whole documents would be dear.
	const order = `e.date DESC, e.id DESC`
	query := selectEvent + ` WHERE e.seq IN (` + f.query(`SELECT e.seq FROM events e`, order, q.Limit) + `) ORDER BY ` + order
	out, err := all(ctx, db, db.scanEvent, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return out, nil
}
