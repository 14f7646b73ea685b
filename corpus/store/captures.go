package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/regwire/regwire/corpus"
)

// captureDoc is what nobody selects captures by.
type captureDoc struct {
	Header http.Header `json:"header,omitempty"`
	Item   corpus.Item `json:"item"`
}

// page is the key of a page: URLs may be longer than an index of PostgreSQL
// takes (2,704 bytes), and every index is smaller for it.
func page(source corpus.SourceID, url string) string {
	return corpus.Digest("p", string(source), url)
}

const captureColumns = `id, source, url, final_url, status, media_type, charset, digest, fetched_at, origin, doc`

func (db *DB) scanCapture(withBody bool) func(scanner) (corpus.Capture, error) {
	return func(s scanner) (c corpus.Capture, err error) {
		var doc, body []byte
		into := []any{&c.ID, &c.Source, &c.URL, &c.FinalURL, &c.Status, &c.MediaType, &c.Charset, &c.Digest, instant{&c.FetchedAt}, &c.Origin, &doc}
		if withBody {
			into = append(into, &body)
		}
		if err := s.Scan(into...); err != nil {
			return c, err
		}
		var d captureDoc
		if err := db.packer.unpack(doc, &d); err != nil {
			return c, err
		}
		c.Header, c.Item = d.Header, d.Item
		c.Body, err = db.packer.expand(body)
		return c, err
	}
}

// AddCapture stores a response as received and appends it to the log. It
// returns the newest capture of the same source and URL, and false, when that
// has the same body and status: nothing was learnt. Of an article that came
// whole in its feed the title has to be the same too, because only the feed
// tells it. The source must be known.
// A zero Status means 200, a zero FetchedAt now, an empty Origin live.
func (tx *Tx) AddCapture(c corpus.Capture) (corpus.Capture, bool, error) {
	sum := sha256.Sum256(c.Body)
	c.Digest = hex.EncodeToString(sum[:])
	if c.Status == 0 {
		c.Status = http.StatusOK
	}
	if c.Origin == "" {
		c.Origin = corpus.OriginLive
	}
	if c.FinalURL == "" {
		c.FinalURL = c.URL
	}
	newest, known, err := one(tx.ctx, tx, func(s scanner) (n struct {
		id     corpus.CaptureID
		digest string
		status int
	}, err error) {
		err = s.Scan(&n.id, &n.digest, &n.status)
		return n, err
	}, `SELECT id, digest, status FROM captures WHERE page = $1 ORDER BY id DESC LIMIT 1`, page(c.Source, c.URL))
	if err != nil {
		return c, false, fmt.Errorf("add capture %s: %w", c.URL, err)
	}
	if known && newest.digest == c.Digest && newest.status == c.Status {
		old, _, err := captureByID(tx.ctx, tx, newest.id)
		if err != nil {
			return c, false, fmt.Errorf("add capture %s: %w", c.URL, err)
		}
		if c.Item.Content == "" || c.Item.Title == old.Item.Title {
			return old, false, nil
		}
	}
	seq, at := tx.next()
	c.ID = corpus.CaptureID(seq)
	if c.FetchedAt.IsZero() {
		c.FetchedAt = at
	}
	c.FetchedAt = micro(c.FetchedAt)
	doc, err := pack(tx.db.packer, &captureDoc{Header: c.Header, Item: c.Item})
	if err != nil {
		return c, false, fmt.Errorf("add capture %s: %w", c.URL, err)
	}
	_, err = tx.exec(`INSERT INTO captures (`+captureColumns+`, page, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.ID, c.Source, c.URL, c.FinalURL, c.Status, c.MediaType, c.Charset, c.Digest, c.FetchedAt, c.Origin, doc, page(c.Source, c.URL), tx.db.packer.squeeze(c.Body))
	if err != nil {
		return c, false, fmt.Errorf("add capture %s: %w", c.URL, err)
	}
	tx.append(corpus.KindCapture, c.ID.String(), at)
	return c, true, nil
}

func captureByID(ctx context.Context, q querier, id corpus.CaptureID) (corpus.Capture, bool, error) {
	return one(ctx, q, q.store().scanCapture(true), `SELECT `+captureColumns+`, body FROM captures WHERE id = $1`, id)
}

// Capture returns a capture with its body.
func (db *DB) Capture(ctx context.Context, id corpus.CaptureID) (corpus.Capture, error) {
	c, ok, err := captureByID(ctx, db, id)
	return found("capture", id, c, ok, err)
}

// CapturesBefore returns the last n captures of a page before another, newest
// first, with their bodies.
func (tx *Tx) CapturesBefore(source corpus.SourceID, url string, before corpus.CaptureID, n int) ([]corpus.Capture, error) {
	return capturesBefore(tx.ctx, tx, source, url, before, n)
}

// CapturesBefore is [Tx.CapturesBefore] outside a transaction.
func (db *DB) CapturesBefore(ctx context.Context, source corpus.SourceID, url string, before corpus.CaptureID, n int) ([]corpus.Capture, error) {
	return capturesBefore(ctx, db, source, url, before, n)
}

func capturesBefore(ctx context.Context, q querier, source corpus.SourceID, url string, before corpus.CaptureID, n int) ([]corpus.Capture, error) {
	out, err := all(ctx, q, q.store().scanCapture(true), `SELECT `+captureColumns+`, body FROM captures
		WHERE page = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, page(source, url), before, n)
	if err != nil {
		return nil, fmt.Errorf("captures of %s: %w", url, err)
	}
	return out, nil
}

// Captures lists captures without their bodies, oldest first.
func (db *DB) Captures(ctx context.Context, q corpus.CaptureQuery) ([]corpus.Capture, error) {
	f := &filter{}
	f.add(`id > ?`, q.After)
	switch {
	case q.Source != "" && q.URL != "":
		f.add(`page = ?`, page(q.Source, q.URL))
	case q.Source != "":
		f.add(`source = ?`, q.Source)
	case q.URL != "":
		f.add(`url = ?`, q.URL)
	}
	query := f.query(`SELECT `+captureColumns+` FROM captures`, `id`, q.Limit)
	out, err := all(ctx, db, db.scanCapture(false), query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list captures: %w", err)
	}
	return out, nil
}

const sourceColumns = `id, name, kind, jurisdiction, language, regulator, exchange, weight`

func scanSource(s scanner) (src corpus.Source, err error) {
	err = s.Scan(&src.ID, &src.Name, &src.Kind, &src.Jurisdiction, &src.Language, &src.Regulator, &src.Exchange, &src.Weight)
	return src, err
}

// PutSource stores a source, or what has changed about it. It is settings,
// not news, so it is not logged.
func (tx *Tx) PutSource(s corpus.Source) error {
	_, err := tx.exec(`INSERT INTO sources (`+sourceColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, jurisdiction = excluded.jurisdiction,
			language = excluded.language, regulator = excluded.regulator, exchange = excluded.exchange, weight = excluded.weight`,
		s.ID, s.Name, s.Kind, s.Jurisdiction, s.Language, s.Regulator, s.Exchange, s.Weight)
	if err != nil {
		return fmt.Errorf("put source %s: %w", s.ID, err)
	}
	return nil
}

// Sources lists all sources by identifier.
func (db *DB) Sources(ctx context.Context) ([]corpus.Source, error) {
	out, err := all(ctx, db, scanSource, `SELECT `+sourceColumns+` FROM sources ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	return out, nil
}

// Source returns a source.
func (db *DB) Source(ctx context.Context, id corpus.SourceID) (corpus.Source, error) {
	s, ok, err := one(ctx, db, scanSource, `SELECT `+sourceColumns+` FROM sources WHERE id = $1`, id)
	return found("source", id, s, ok, err)
}
