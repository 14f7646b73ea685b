package store_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// perTransaction is how many articles one transaction stores. 10,000 articles:
//
//	go test -run - -bench Articles -benchtime 100x ./corpus/store
const perTransaction = 100

// BenchmarkArticles stores an article (a page of 20 KB, its revision of 3 KB,
// its analysis of 1 KB) through the store, and the same bytes through the bare
// driver: three prepared INSERTs into tables of the same shape with the same
// primary keys, synced alike. "packed" hands the driver what is compressed
// already, "compressing" compresses first, as the store must.
func BenchmarkArticles(b *testing.B) {
	b.Run("sqlite/store", func(b *testing.B) { benchStore(b, newStore{url: filepath.Join(b.TempDir(), "corpus.db")}) })
	b.Run("sqlite/bare-compressing", func(b *testing.B) { benchBare(b, false) })
	b.Run("sqlite/bare-packed", func(b *testing.B) { benchBare(b, true) })
	b.Run("postgres/store", func(b *testing.B) { benchStore(b, newStore{url: postgresSchema(b), postgres: true}) })
}

// sample is one article with everything known of it.
type sample struct {
	capture  corpus.Capture
	draft    corpus.Draft
	analysis corpus.Analysis
}

// samples makes n different articles of plausible size and entropy.
func samples(n int) []sample {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 4000)
	for i := range words {
		w := make([]byte, 3+rnd.IntN(7))
		for j := range w {
			w[j] = byte('a' + rnd.IntN(26))
		}
		words[i] = string(w)
	}
	text := func(size int) string {
		var s strings.Builder
		for s.Len() < size {
			s.WriteString(words[int(float64(len(words))*rnd.Float64()*rnd.Float64())])
			s.WriteByte(' ')
		}
		return s.String()
	}
	out := make([]sample, n)
	for i := range out {
		d := draft(fmt.Sprintf("https://example.org/%d/%s", i, words[rnd.IntN(len(words))]), text(80))
		d.Blocks = nil
		for range 8 {
			d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockParagraph, Text: text(370)})
		}
		c := page(d.URL, "")
		c.Body = []byte("<html>" + text(8000) + strings.Repeat("<div class=\"furniture\">", 400) + d.Body() + "</html>")
		out[i] = sample{c, d, corpus.Analysis{
			Analyzer: "local", Version: "1", Lang: "en", Score: .25, Confidence: .5,
			Entities:   []corpus.Entity{{Kind: corpus.EntityAsset, ID: "BTC", Name: "Bitcoin", Symbol: "BTC", Relevance: .5, Mentions: []corpus.Span{{Start: 1, End: 4}}}},
			Sentiments: []corpus.Sentiment{{Target: "BTC", Kind: corpus.EntityAsset, Score: .25, Confidence: .5, Relevance: .5, Evidence: []string{text(300)}}},
			Events:     []corpus.EventReading{{Type: corpus.Guidance, Severity: corpus.SeverityLow, Status: corpus.EventDone, Evidence: []string{text(300)}}},
		}}
	}
	return out
}

func benchStore(b *testing.B, s newStore) {
	db := s.open(b, store.Config{})
	update(b, db, func(tx *store.Tx) error { return tx.PutSource(source) })
	all := samples(perTransaction)
	n := 0
	for b.Loop() {
		n++
		err := db.Update(b.Context(), func(tx *store.Tx) error {
			for _, a := range all {
				url := fmt.Sprintf("%s/%d", a.capture.URL, n)
				a.capture.URL, a.draft.URL = url, url
				c, _, err := tx.AddCapture(a.capture)
				if err != nil {
					return err
				}
				r, _, err := tx.Revise(a.draft, c.ID, corpus.OriginLive)
				if err != nil {
					return err
				}
				a.analysis.Article, a.analysis.Revision = r.Article, r.ID
				if _, _, err := tx.AddAnalysis(a.analysis); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*perTransaction)/b.Elapsed().Seconds(), "articles/s")
}

func benchBare(b *testing.B, packed bool) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`
		CREATE TABLE captures (id INTEGER PRIMARY KEY, source TEXT, url TEXT, final_url TEXT, status INTEGER, media_type TEXT, digest TEXT, fetched_at INTEGER, doc BLOB, body BLOB) STRICT;
		CREATE TABLE revisions (id INTEGER PRIMARY KEY, article TEXT, n INTEGER, capture INTEGER, title TEXT, published_at INTEGER, lang TEXT, digest TEXT, first_seen_at INTEGER, doc BLOB) STRICT;
		CREATE TABLE analyses (id INTEGER PRIMARY KEY, article TEXT, revision INTEGER, analyzer TEXT, version TEXT, at INTEGER, score REAL, confidence REAL, doc BLOB) STRICT;`)
	if err != nil {
		b.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		b.Fatal(err)
	}
	defer enc.Close()
	squeeze := func(in []byte) []byte { return enc.EncodeAll(in, nil) }
	type row struct{ body, item, doc, reading []byte }
	all := samples(perTransaction)
	rows := make([]row, len(all))
	for i, a := range all {
		item, err1 := json.Marshal(a.capture.Item)
		doc, err2 := json.Marshal(a.draft.Blocks)
		reading, err3 := json.Marshal(a.analysis)
		if err1 != nil || err2 != nil || err3 != nil {
			b.Fatal(err1, err2, err3)
		}
		rows[i] = row{a.capture.Body, item, doc, reading}
		if packed {
			rows[i] = row{squeeze(a.capture.Body), item, squeeze(doc), squeeze(reading)}
		}
	}
	prepare := func(query string) *sql.Stmt {
		s, err := db.Prepare(query)
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	// Prepared once, as the only connection keeps them.
	insert := []*sql.Stmt{
		prepare(`INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
		prepare(`INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
		prepare(`INSERT INTO analyses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
	}
	digest := string(bytes.Repeat([]byte("d"), 64))
	id := 0
	for b.Loop() {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		do := func(i int, args ...any) {
			if _, err := tx.Stmt(insert[i]).Exec(args...); err != nil {
				b.Fatal(err)
			}
		}
		for i, a := range all {
			id++
			r := rows[i]
			if !packed {
				r = row{squeeze(r.body), r.item, squeeze(r.doc), squeeze(r.reading)}
			}
			do(0, id, "us-fdic", a.capture.URL, a.capture.URL, 200, "text/html", digest, id, r.item, r.body)
			do(1, id, digest[:17], 1, id, a.draft.Title, id, "en", digest[:17], id, r.doc)
			do(2, id, digest[:17], id, "local", "1", id, a.analysis.Score, a.analysis.Confidence, r.reading)
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*perTransaction)/b.Elapsed().Seconds(), "articles/s")
}

// BenchmarkOpen opens a corpus that is there: a part of every start.
func BenchmarkOpen(b *testing.B) {
	for name, s := range map[string]newStore{"sqlite": {url: filepath.Join(b.TempDir(), "corpus.db")}, "postgres": {url: os.Getenv("TEST_DATABASE_URL"), postgres: true}} {
		b.Run(name, func(b *testing.B) {
			if s.postgres {
				s.url = postgresSchema(b)
			}
			s.open(b, store.Config{})
			for b.Loop() {
				db, err := store.Open(b.Context(), s.url, store.Config{})
				if err != nil {
					b.Fatal(err)
				}
				if err := db.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReads reads what the pages and followers read most.
func BenchmarkReads(b *testing.B) {
	db := newStore{url: filepath.Join(b.TempDir(), "corpus.db")}.open(b, store.Config{})
	update(b, db, func(tx *store.Tx) error { return tx.PutSource(source) })
	const articles = 2000
	some := samples(100)
	var last corpus.Revision
	for n := range articles / len(some) {
		update(b, db, func(tx *store.Tx) error {
			for _, a := range some {
				a.capture.URL += fmt.Sprint("/", n)
				a.draft.URL = a.capture.URL
				c, _, err1 := tx.AddCapture(a.capture)
				r, _, err2 := tx.Revise(a.draft, c.ID, corpus.OriginLive)
				e := corpus.Event{ID: corpus.EventID(r.Article), EventReading: telling(corpus.EventTypes()[n%20]), PublishedAt: long.Add(time.Duration(r.ID) * time.Minute)}
				_, err3 := tx.PutEvent(e)
				_, err4 := tx.AddSignal(row("BTC", r.Article, .5))
				if err := errors.Join(err1, err2, err3, err4); err != nil {
					return err
				}
				last = r
			}
			return nil
		})
	}
	head := must(db.Head(b.Context()))(b)
	for _, read := range []struct {
		name string
		do   func() error
	}{
		{"revision", func() error { return errOf(db.Revision(b.Context(), last.ID)) }},
		{"capture", func() error { return errOf(db.Capture(b.Context(), last.Capture)) }},
		{"100 changes of a kind", func() error { return errOf(db.Changes(b.Context(), head.Seq/2, 100, corpus.KindEvent)) }},
		{"20 events", func() error { return errOf(db.Events(b.Context(), corpus.EventQuery{Limit: 20})) }},
		{"20 events of a type", func() error {
			return errOf(db.Events(b.Context(), corpus.EventQuery{Limit: 20, Types: []corpus.EventType{corpus.Guidance}}))
		}},
		{"20 events of a regulator, as of", func() error {
			return errOf(db.Events(b.Context(), corpus.EventQuery{Limit: 20, Regulator: "FDIC", AsOf: head.At.Add(-time.Millisecond)}))
		}},
		{"100 signals of a target", func() error {
			return errOf(db.Signals(b.Context(), corpus.SignalQuery{Targets: []string{"BTC"}, After: head.Seq / 2}))
		}},
		{"latest signals", func() error { return errOf(db.LatestSignals(b.Context(), corpus.SignalQuery{})) }},
		{"counts", func() error { return errOf(db.Counts(b.Context())) }},
	} {
		b.Run(read.name, func(b *testing.B) {
			for b.Loop() {
				if err := read.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkNear asks for the neighbours of a new article among a hundred
// thousand and a million known ones, and puts it in its place: what finding a
// story costs the record.
//
//	go test -run '^$' -bench Near -benchtime 2000x ./corpus/store
func BenchmarkNear(b *testing.B) {
	const bands, looks, perBand = 18, 26, 16
	for _, known := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("known=%d", known), func(b *testing.B) {
			s := newStore{url: b.TempDir() + "/corpus.db"}
			db := s.open(b, store.Config{})
			raw := s.raw(b)
			raw.SetMaxOpenConns(1)
			// Few bands are shared: one in ten articles has a neighbour. The key is
			// a product, so that rows come in no order of the index.
			for _, q := range []string{
				`PRAGMA foreign_keys = 0`, `PRAGMA synchronous = 0`,
				`INSERT INTO stories (id, title, representative, first_seen_at, last_seen_at) VALUES ('s', 't', 'a1', 1, 1)`,
				`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + strconv.Itoa(known) + `)
					INSERT INTO story_members (article, story, source, url, title, similarity, published_at, first_seen_at, sketch, bands)
					SELECT 'a' || i, 's', 'x', 'https://x.example/' || i, 'title', 1, i, i, zeroblob(500), zeroblob(144) FROM n`,
				`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + strconv.Itoa(known*bands) + `)
					INSERT INTO story_bands (band, first_seen_at, article) SELECT b, i, a FROM (SELECT (i * 2654435761) % ` + strconv.Itoa(known*bands) + ` AS b, i / ` + strconv.Itoa(bands) + ` AS i, 'a' || (i / ` + strconv.Itoa(bands) + `) AS a FROM n) ORDER BY b, i, a`,
			} {
				if _, err := raw.Exec(q); err != nil {
					b.Fatal(err)
				}
			}
			rng := rand.New(rand.NewPCG(3, 4))
			b.ReportAllocs()
			for b.Loop() {
				keys := make([]uint64, looks)
				for i := range keys {
					keys[i] = uint64(rng.IntN(known * bands))
				}
				err := db.Update(b.Context(), func(tx *store.Tx) error {
					near, err := tx.Near(keys, perBand)
					if err == nil && len(near) == 0 {
						b.Error("no neighbours")
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
