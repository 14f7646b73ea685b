package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/regwire/regwire/corpus"
)

const selectInstrument = `SELECT i.id, i.version, i.known_at, i.doc FROM instruments i`

func (db *DB) scanInstrument(s scanner) (in corpus.Instrument, err error) {
	var doc []byte
	var row corpus.Instrument
	if err := s.Scan(&row.ID, &row.Version, instant{&row.KnownAt}, &doc); err != nil {
		return in, err
	}
	if err := db.packer.unpack(doc, &in); err != nil {
		return in, err
	}
	in.ID, in.Version, in.KnownAt = row.ID, row.Version, row.KnownAt
	return in, nil
}

// aliasKey is the form under which an alias is looked up: case and white space
// do not count.
func aliasKey(alias string) string {
	return key(strings.Join(strings.Fields(strings.ToLower(clean(alias))), " "))
}

// PutInstrument stores a new version of an instrument, one more than the
// newest, and appends it to the log. It sets Version and KnownAt, and
// FirstSeenAt where that is zero. Its identifier and its aliases lead to it
// from now on, save those that belong to another instrument already. Where
// SameAs is set, all that led to it leads to the other.
func (tx *Tx) PutInstrument(in corpus.Instrument) (corpus.Instrument, error) {
	old, _, err := tx.Instrument(in.ID)
	if err != nil {
		return in, fmt.Errorf("put instrument %s: %w", in.ID, err)
	}
	seq, at := tx.next()
	in.Version, in.KnownAt = old.Version+1, at
	if in.FirstSeenAt.IsZero() {
		in.FirstSeenAt = at
	}
	if in.Status == "" {
		in.Status = corpus.InstrumentUnknown
	}
	in.FirstSeenAt = micro(in.FirstSeenAt)
	doc, err := pack(tx.db.packer, &in)
	if err != nil {
		return in, fmt.Errorf("put instrument %s: %w", in.ID, err)
	}
	_, err = tx.exec(`INSERT INTO instruments (seq, id, version, issuer, jurisdiction, status, known_at, doc, same_as) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		seq, in.ID, in.Version, in.Issuer, in.Jurisdiction, in.Status, in.KnownAt, doc, in.SameAs)
	if err != nil {
		return in, fmt.Errorf("put instrument %s: %w", in.ID, err)
	}
	if in.SameAs != "" { // its names lead to the other from now on
		if _, err := tx.exec(`UPDATE instrument_aliases SET instrument = $1 WHERE instrument = $2`, in.SameAs, in.ID); err != nil {
			return in, fmt.Errorf("put instrument %s: %w", in.ID, err)
		}
	}
	var aliases []any
	for _, alias := range append([]string{string(in.ID)}, in.Aliases...) {
		if name := aliasKey(alias); name != "" {
			aliases = append(aliases, name, in.ID)
		}
	}
	if err := tx.insert(`instrument_aliases (alias, instrument)`, 2, aliases); err != nil {
		return in, fmt.Errorf("put instrument %s: %w", in.ID, err)
	}
	tx.append(corpus.KindInstrument, string(in.ID), at)
	tx.instruments[in.ID] = in
	return in, nil
}

func newestInstrument(ctx context.Context, q querier, id corpus.InstrumentID) (corpus.Instrument, bool, error) {
	return one(ctx, q, q.store().scanInstrument, selectInstrument+` WHERE i.id = $1 ORDER BY i.version DESC LIMIT 1`, id)
}

func resolveInstrument(ctx context.Context, q querier, alias string) (corpus.InstrumentID, bool, error) {
	return one(ctx, q, value[corpus.InstrumentID], `SELECT instrument FROM instrument_aliases WHERE alias = $1`, aliasKey(alias))
}

// Instrument returns the newest version of an instrument. It is remembered
// until the transaction ends: nobody may write to its lists.
func (tx *Tx) Instrument(id corpus.InstrumentID) (corpus.Instrument, bool, error) {
	if in, ok := tx.instruments[id]; ok {
		return in, true, nil
	}
	in, ok, err := newestInstrument(tx.ctx, tx, id)
	if err != nil {
		return in, false, fmt.Errorf("read instrument %s: %w", id, err)
	}
	if ok {
		tx.instruments[id] = in
	}
	return in, ok, nil
}

// ResolveInstrument returns the instrument that goes by an identifier or
// alias; case and white space do not count.
func (tx *Tx) ResolveInstrument(alias string) (corpus.InstrumentID, bool, error) {
	id, ok, err := resolveInstrument(tx.ctx, tx, alias)
	if err != nil {
		return id, false, fmt.Errorf("resolve instrument %s: %w", alias, err)
	}
	return id, ok, nil
}

// Instrument returns the newest version of the instrument that goes by an
// identifier or alias.
func (db *DB) Instrument(ctx context.Context, name string) (corpus.Instrument, error) {
	id, ok, err := resolveInstrument(ctx, db, name)
	if err != nil || !ok {
		return found("instrument", name, corpus.Instrument{}, false, err)
	}
	in, ok, err := newestInstrument(ctx, db, id)
	return found("instrument", name, in, ok, err)
}

// InstrumentVersions lists all versions of an instrument, oldest first.
func (db *DB) InstrumentVersions(ctx context.Context, id corpus.InstrumentID) ([]corpus.Instrument, error) {
	out, err := all(ctx, db, db.scanInstrument, selectInstrument+` WHERE i.id = $1 ORDER BY i.version`, id)
	if err != nil {
		return nil, fmt.Errorf("list versions of instrument %s: %w", id, err)
	}
	return out, nil
}

// Instruments lists instruments, one version of each, by identifier, without
// those that turned out to be another.
func (db *DB) Instruments(ctx context.Context, q corpus.InstrumentQuery) ([]corpus.Instrument, error) {
	bound, err := db.bound(ctx, q.AsOf)
	if err != nil {
		return nil, fmt.Errorf("list instruments: %w", err)
	}
	f := &filter{}
	f.add(newestVersion("instruments", "i"), bound, bound)
	f.add(`i.same_as = ''`)
	if q.Jurisdiction != "" {
		f.add(`i.jurisdiction = ?`, q.Jurisdiction)
	}
	if q.Issuer != "" {
		f.add(`i.issuer = ?`, q.Issuer)
	}
	if q.Status != "" {
		f.add(`i.status = ?`, q.Status)
	}
	if q.After != "" {
		f.add(`i.id > ?`, q.After)
	}
	query := f.query(selectInstrument, `i.id`, q.Limit)
	out, err := all(ctx, db, db.scanInstrument, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list instruments: %w", err)
	}
	return out, nil
}
