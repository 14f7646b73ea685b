package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/regwire/regwire/corpus"
)

// eventDoc is what nobody selects versions of an event by. It names the reports
// by number: a happening told a hundred times has a hundred versions, and each
// report is kept once.
type eventDoc struct {
	corpus.Event
	Reports []int `json:"reports"`
	Last    int   `json:"last"` // the highest number given so far
}

const selectEvent = `SELECT e.id, e.version, e.first_seen_at, e.known_at, e.origin, e.doc FROM events e`

// newestVersion holds for the last version of an event, or of an instrument,
// that is not behind a bound on seq.
func newestVersion(table, row string) string {
	return row + `.seq <= ? AND NOT EXISTS (SELECT 1 FROM ` + table + ` later WHERE later.id = ` + row + `.id AND later.version = ` + row + `.version + 1 AND later.seq <= ?)`
}

// scanEvent reads an event but for its reports.
func (db *DB) scanEvent(s scanner) (d eventDoc, err error) {
	var doc []byte
	var row corpus.Event
	if err := s.Scan(&row.ID, &row.Version, instant{&row.FirstSeenAt}, instant{&row.KnownAt}, &row.Origin, &doc); err != nil {
		return d, err
	}
	if err := db.packer.unpack(doc, &d); err != nil {
		return d, err
	}
	d.ID, d.Version, d.FirstSeenAt, d.KnownAt, d.Origin = row.ID, row.Version, row.FirstSeenAt, row.KnownAt, row.Origin
	return d, nil
}

// eventDocs runs a query for events and gives them their reports.
func eventDocs(ctx context.Context, q querier, query string, args ...any) ([]eventDoc, error) {
	db := q.store()
	out, err := all(ctx, q, db.scanEvent, query, args...)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	type place struct {
		event corpus.EventID
		n     int
	}
	wanted := map[place]corpus.Report{}
	var ids []string
	for _, d := range out {
		ids = append(ids, string(d.ID))
		for _, n := range d.Reports {
			wanted[place{d.ID, n}] = corpus.Report{}
		}
	}
	slices.Sort(ids)
	_, err = all(ctx, q, func(s scanner) (struct{}, error) {
		var at place
		var doc []byte
		if err := s.Scan(&at.event, &at.n, &doc); err != nil {
			return struct{}{}, err
		}
		r, ok := wanted[at]
		if !ok {
			return struct{}{}, nil // of another version
		}
		err := db.packer.unpack(doc, &r)
		wanted[at] = r
		return struct{}{}, err
	}, `SELECT event, n, doc FROM event_reports WHERE `+db.dialect.in(`event`, `$1`), list{slices.Compact(ids)})
	if err != nil {
		return nil, err
	}
	for i := range out {
		d := &out[i]
		if d.Reports == nil {
			continue
		}
		d.Event.Reports = make([]corpus.Report, len(d.Reports))
		for j, n := range d.Reports {
			d.Event.Reports[j] = wanted[place{d.ID, n}]
		}
	}
	return out, nil
}

func events(ctx context.Context, q querier, query string, args ...any) ([]corpus.Event, error) {
	docs, err := eventDocs(ctx, q, query, args...)
	return plain(docs), err
}

func plain(docs []eventDoc) (out []corpus.Event) {
	for _, d := range docs {
		out = append(out, d.Event)
	}
	return out
}

func event(ctx context.Context, q querier, query string, args ...any) (corpus.Event, bool, error) {
	found, err := events(ctx, q, query, args...)
	if err != nil || len(found) == 0 {
		return corpus.Event{}, false, err
	}
	return found[0], true, nil
}

// A version tells one version of an event.
type version struct {
	id corpus.EventID
	n  int
}

// rememberedVersions is how many versions of events are kept: what is told in
// a day is told again in the next hours. A few kilobytes each.
const rememberedVersions = 512

// remember keeps a version read or written in tx, once it cannot be undone.
// Versions never change. Nobody may write to them.
func (tx *Tx) remember(d eventDoc) {
	tx.OnCommit(func() { tx.db.versions.Add(version{d.ID, d.Version}, d) })
}

// newest returns the newest versions of events, those that are not known
// left out. They are remembered until the transaction ends: it is the only
// writer there is.
func (tx *Tx) newest(ids ...corpus.EventID) ([]eventDoc, error) {
	var ask []corpus.EventID
	for _, id := range ids {
		if _, ok := tx.events[id]; !ok {
			ask = append(ask, id)
		}
	}
	if len(ask) > 0 {
		if err := tx.readNewest(ask); err != nil {
			return nil, err
		}
	}
	var out []eventDoc
	for _, id := range ids {
		if d, ok := tx.events[id]; ok {
			out = append(out, d)
		}
	}
	return out, nil
}

// readNewest reads into tx.events what is not remembered from earlier.
func (tx *Tx) readNewest(ids []corpus.EventID) error {
	type row struct {
		seq int64
		version
	}
	rows, err := all(tx.ctx, tx, func(s scanner) (r row, err error) {
		err = s.Scan(&r.seq, &r.id, &r.n)
		return r, err
	}, `SELECT e.seq, e.id, e.version FROM events e WHERE `+tx.db.dialect.in(`e.id`, `$1`)+`
		AND NOT EXISTS (SELECT 1 FROM events later WHERE later.id = e.id AND later.version = e.version + 1)`, texts(ids))
	if err != nil {
		return err
	}
	var ask []int64
	for _, r := range rows {
		if d, ok := tx.db.versions.Get(r.version); ok {
			tx.events[r.id] = d
		} else {
			ask = append(ask, r.seq)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	found, err := eventDocs(tx.ctx, tx, selectEvent+` WHERE `+tx.db.dialect.in(`e.seq`, `$1`), list{ask})
	for _, d := range found {
		tx.events[d.ID] = d
		tx.remember(d)
	}
	return err
}

// PutEvent stores a new version of an event, one more than the newest, and
// appends it to the log. It sets Version and KnownAt, and FirstSeenAt where
// that is zero; an empty Origin means live.
func (tx *Tx) PutEvent(e corpus.Event) (corpus.Event, error) {
	known, err := tx.newest(e.ID)
	if err != nil {
		return e, fmt.Errorf("put event %s: %w", e.ID, err)
	}
	var old eventDoc
	if len(known) > 0 {
		old = known[0]
	}
	seq, at := tx.next()
	e.Version, e.KnownAt = old.Version+1, at
	if e.FirstSeenAt.IsZero() {
		e.FirstSeenAt = at
	}
	if e.Origin == "" {
		e.Origin = corpus.OriginLive
	}
	e.FirstSeenAt, e.PublishedAt = micro(e.FirstSeenAt), micro(e.PublishedAt)
	e.Stance, e.Confidence = positiveZero(e.Stance), positiveZero(e.Confidence)
	e.Reports = slices.Clone(e.Reports)
	d := eventDoc{Event: e, Last: old.Last}
	if d.Reports, err = tx.putReports(&d, old); err != nil {
		return e, fmt.Errorf("put event %s: %w", e.ID, err)
	}
	doc, err := pack(tx.db.packer, &d)
	if err != nil {
		return e, fmt.Errorf("put event %s: %w", e.ID, err)
	}
	d.Event.Reports = e.Reports
	e = d.Event
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
	tx.events[e.ID] = d
	tx.remember(d)
	return e, nil
}

// putReports stores those reports of a version that the one before does not
// have, and returns the numbers of all.
func (tx *Tx) putReports(d *eventDoc, old eventDoc) ([]int, error) {
	reports := d.Event.Reports
	if reports == nil {
		return nil, nil
	}
	numbers := make([]int, len(reports))
	for i := range reports {
		if j := slices.IndexFunc(old.Event.Reports, func(r corpus.Report) bool { return sameReport(&r, &reports[i]) }); j >= 0 {
			numbers[i] = old.Reports[j]
			continue
		}
		d.Last++
		numbers[i] = d.Last
		doc, err := pack(tx.db.packer, &reports[i])
		if err != nil {
			return nil, err
		}
		if _, err := tx.exec(`INSERT INTO event_reports (event, n, doc) VALUES ($1, $2, $3)`, d.ID, d.Last, doc); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// sameReport reports whether two reports are the same to the letter. One that
// is told to differ by mistake is stored twice, and nothing else.
func sameReport(a, b *corpus.Report) bool {
	return a.Article == b.Article && a.Revision == b.Revision && a.Analysis == b.Analysis && a.Source == b.Source && a.Kind == b.Kind &&
		a.URL == b.URL && a.Title == b.Title && a.Primary == b.Primary && a.Main == b.Main && a.Withdrawn == b.Withdrawn &&
		a.PublishedAt.Equal(b.PublishedAt) && a.FirstSeenAt.Equal(b.FirstSeenAt) &&
		slices.Equal(a.Evidence, b.Evidence) && slices.Equal(a.Pages, b.Pages) && sameReading(&a.Told, &b.Told)
}

func sameReading(a, b *corpus.EventReading) bool {
	return a.Type == b.Type && a.Stance == b.Stance && a.Severity == b.Severity && a.Status == b.Status && a.Confidence == b.Confidence &&
		slices.Equal(a.Actors, b.Actors) && slices.Equal(a.Targets, b.Targets) && slices.Equal(a.Jurisdictions, b.Jurisdictions) &&
		slices.Equal(a.Regulators, b.Regulators) && slices.Equal(a.Instruments, b.Instruments) && slices.Equal(a.Assets, b.Assets) &&
		slices.Equal(a.Exchanges, b.Exchanges) && a.EffectiveAt.Equal(b.EffectiveAt) && a.CommentsCloseAt.Equal(b.CommentsCloseAt) &&
		a.AppliesAt.Equal(b.AppliesAt) && slices.Equal(a.Amounts, b.Amounts) &&
		slices.Equal(a.Evidence, b.Evidence)
}

// putFacets indexes a version of an event by what lists of events are
// narrowed to.
func (tx *Tx) putFacets(seq corpus.Seq, e corpus.EventReading) error {
	var args []any
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
			args = append(args, f.facet, v, int64(seq))
		}
	}
	return tx.insert(`event_facets (facet, value, event)`, 3, args)
}

// PutEventKeys makes an event known under keys of the caller's choice, for
// [Tx.EventsByKey].
func (tx *Tx) PutEventKeys(id corpus.EventID, names []string) error {
	var args []any
	for _, k := range keys(names) {
		args = append(args, k, id)
	}
	if err := tx.insert(`event_keys (key, event)`, 2, args); err != nil {
		return fmt.Errorf("put keys of event %s: %w", id, err)
	}
	return nil
}

// EventsByKey returns the newest version of each event that is known under at
// least one of the given keys, by identifier.
func (tx *Tx) EventsByKey(names []string) ([]corpus.Event, error) {
	if len(names) == 0 {
		return nil, nil
	}
	ids, err := all(tx.ctx, tx, value[corpus.EventID], `SELECT DISTINCT event FROM event_keys WHERE `+tx.db.dialect.in(`key`, `$1`)+` ORDER BY event`, list{keys(names)})
	if err != nil {
		return nil, fmt.Errorf("find events by key: %w", err)
	}
	docs, err := tx.newest(ids...)
	if err != nil {
		return nil, fmt.Errorf("find events by key: %w", err)
	}
	return plain(docs), nil
}

// Event returns the newest version of an event.
func (tx *Tx) Event(id corpus.EventID) (corpus.Event, bool, error) {
	docs, err := tx.newest(id)
	if err != nil || len(docs) == 0 {
		if err != nil {
			err = fmt.Errorf("read event %s: %w", id, err)
		}
		return corpus.Event{}, false, err
	}
	return docs[0].Event, true, nil
}

// EventVersion returns one version of an event.
func (tx *Tx) EventVersion(id corpus.EventID, n int) (corpus.Event, bool, error) {
	if d, ok := tx.db.versions.Get(version{id, n}); ok {
		return d.Event, true, nil
	}
	docs, err := eventDocs(tx.ctx, tx, selectEvent+` WHERE e.id = $1 AND e.version = $2`, id, n)
	if err != nil {
		return corpus.Event{}, false, fmt.Errorf("read version %d of event %s: %w", n, id, err)
	}
	if len(docs) == 0 {
		return corpus.Event{}, false, nil
	}
	tx.remember(docs[0])
	return docs[0].Event, true, nil
}

// Event returns the newest version of an event.
func (db *DB) Event(ctx context.Context, id corpus.EventID) (corpus.Event, error) {
	e, ok, err := event(ctx, db, selectEvent+` WHERE e.id = $1 ORDER BY e.version DESC LIMIT 1`, id)
	return found("event", id, e, ok, err)
}

// EventAt returns the version of an event that the given entry of the log
// recorded. Nobody may write to its lists: they are remembered.
func (db *DB) EventAt(ctx context.Context, seq corpus.Seq) (corpus.Event, error) {
	v, ok, err := one(ctx, db, func(s scanner) (v version, err error) {
		err = s.Scan(&v.id, &v.n)
		return v, err
	}, `SELECT id, version FROM events WHERE seq = $1`, seq)
	if err == nil && ok {
		if d, known := db.versions.Get(v); known {
			return d.Event, nil
		}
	}
	if err != nil || !ok {
		return found("event of entry", seq, corpus.Event{}, ok, err)
	}
	e, ok, err := event(ctx, db, selectEvent+` WHERE e.seq = $1`, seq)
	return found("event of entry", seq, e, ok, err)
}

// EventVersions lists all versions of an event, oldest first.
func (db *DB) EventVersions(ctx context.Context, id corpus.EventID) ([]corpus.Event, error) {
	out, err := events(ctx, db, selectEvent+` WHERE e.id = $1 ORDER BY e.version`, id)
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
		f.add(`(e.story = ? OR e.story IN (SELECT s.id FROM stories s JOIN stories q ON q.id = ?
			WHERE s.id = COALESCE(q.merged_into, q.id) OR s.merged_into = COALESCE(q.merged_into, q.id)))`, q.Story, q.Story)
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
	out, err := events(ctx, db, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return out, nil
}
