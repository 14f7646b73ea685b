package store_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// forEachStore runs a test on SQLite and on PostgreSQL. PostgreSQL is the
// server at TEST_DATABASE_URL; without it that half is skipped, or fails where
// CI_POSTGRES=required says that it must be there.
func forEachStore(t *testing.T, test func(t *testing.T, s newStore)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newStore{url: filepath.Join(t.TempDir(), "corpus.db")})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newStore{url: postgresSchema(t), postgres: true})
	})
}

// newStore is a place for a corpus that is empty at first.
type newStore struct {
	url      string
	postgres bool
}

// another returns a further empty place of the same kind.
func (s newStore) another(t *testing.T) newStore {
	t.Helper()
	if s.postgres {
		return newStore{url: postgresSchema(t), postgres: true}
	}
	return newStore{url: filepath.Join(t.TempDir(), "corpus.db")}
}

// open opens the corpus, each time with a handle of its own, as another
// process would.
func (s newStore) open(t testing.TB, cfg store.Config) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), s.url, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// raw opens the same database beneath the store.
func (s newStore) raw(t testing.TB) *sql.DB {
	t.Helper()
	driver, dsn := "sqlite", "file:"+s.url+"?_pragma=busy_timeout(5000)"
	if s.postgres {
		driver, dsn = "pgx", s.url
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// postgresSchema makes an empty schema that lives as long as the test, and
// returns an address that leads to it.
func postgresSchema(t testing.TB) string {
	t.Helper()
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		if os.Getenv("CI_POSTGRES") == "required" {
			t.Fatal("CI_POSTGRES=required, but TEST_DATABASE_URL is empty: there is no PostgreSQL to test on")
		}
		t.Skip("TEST_DATABASE_URL is empty: not tested on PostgreSQL")
	}
	schema := "test_" + strings.ToLower(rand.Text())
	admin, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.ExecContext(t.Context(), `CREATE SCHEMA `+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer admin.Close()
		if _, err := admin.ExecContext(context.Background(), `DROP SCHEMA `+schema+` CASCADE`); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// update runs fn in a transaction that must succeed.
func update(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// must fails the test on an error.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var (
	source = corpus.Source{ID: "us-fdic", Name: "FDIC", Kind: corpus.SourceRegulator, Jurisdiction: "US", Language: "en", Regulator: "FDIC", Weight: 1}
	long   = time.Date(2025, 3, 28, 16, 0, 0, 123456000, time.UTC)
)

// page returns a capture of a page with the given words.
func page(url, words string) corpus.Capture {
	return corpus.Capture{
		Source: source.ID, URL: url, FinalURL: url, Status: 200, MediaType: "text/html", Charset: "utf-8",
		Header: map[string][]string{"Etag": {`"1"`}}, Body: []byte("<p>" + words + "</p>"), FetchedAt: long,
		Origin: corpus.OriginLive, Item: corpus.Item{URL: url, Title: words, PublishedAt: long},
	}
}

// draft returns an article with the given words.
func draft(url, words string) corpus.Draft {
	return corpus.Draft{
		Source: source.ID, URL: url, Title: words, Authors: []string{"A. Writer"}, PublishedAt: long, Lang: "en",
		Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: words}}, Status: corpus.StatusPublished,
	}
}
