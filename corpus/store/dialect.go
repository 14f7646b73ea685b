package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is everything in which SQLite and PostgreSQL differ for us. The SQL
// itself is shared: both understand $1, ON CONFLICT and row values.
type dialect struct {
	name string // the folder of its migrations
	// versionTable is where goose keeps the number of the schema.
	versionTable func() (database.Store, error)
	// migrationLock keeps two processes from migrating at once; nil where
	// losing that race does no harm.
	migrationLock lock.SessionLocker

	// open returns a pool for writing and one with up to readers connections
	// for reading.
	open func(url string, readers int) (writer, reader *sql.DB, err error)
	// clock is the clock to use instead of the database's own; it returns nil
	// where the database has one.
	clock func() func() time.Time
	// lockHead reads the head of the log and the time, and keeps every other
	// writer out until the transaction ends.
	lockHead string
	// now asks for the time; it is never used where clock returns a clock.
	now string
	// text is how a query is best put to the database.
	text func(query string) string
	// in is a condition: the column is one of the elements of a parameter.
	in func(column, param string) string
	// array turns a list into a parameter for in.
	array func(any) (any, error)
	// collided reports whether a transaction failed only because of another,
	// and is worth running again.
	collided func(error) bool
}

// dialectOf returns the dialect of the database at url.
func dialectOf(url string) (dialect, error) {
	scheme, _, found := strings.Cut(url, "://")
	switch {
	case url == "":
		return dialect{}, errors.New("open corpus: no path or address given")
	case scheme == "postgres" || scheme == "postgresql":
		return postgresDialect(), nil
	case !found || scheme == "sqlite":
		return sqliteDialect(), nil
	}
	return dialect{}, fmt.Errorf("open corpus: %q is neither postgres:// nor a path", scheme+"://…")
}

// sqlitePragmas are set on every connection.
//
//   - WAL: readers and the writer do not wait for one another.
//   - synchronous FULL: a commit is on the disk before Update returns. NORMAL
//     would survive a killed process too, but a power failure could take back
//     commits that others have acted upon: a mail sent, a signal handed out.
//     It costs one sync for each transaction, so batches make it cheap.
//   - busy_timeout: how long to wait for another process's writer.
//   - recursive_triggers: REPLACE must not slip past the triggers that refuse
//     deletion.
//   - cache_size: pages kept by each connection, small because the operating
//     system keeps them too.
var sqlitePragmas = []string{
	"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)",
	"foreign_keys(1)", "recursive_triggers(1)", "cache_size(-8192)",
}

func sqliteDialect() dialect {
	return dialect{
		name: "sqlite",
		versionTable: func() (database.Store, error) {
			return database.NewStore(database.DialectSQLite3, versionTable)
		},
		open: func(address string, readers int) (*sql.DB, *sql.DB, error) {
			path := strings.TrimPrefix(strings.TrimPrefix(address, "sqlite:"), "//")
			if path == "" || path == ":memory:" {
				return nil, nil, errors.New("SQLite needs the path of a file")
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
				return nil, nil, err
			}
			q := url.Values{"_pragma": sqlitePragmas, "_time_integer_format": {"unix_micro"}, "_txlock": {"immediate"}}
			dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
			writer, err := sql.Open("sqlite", dsn)
			if err != nil {
				return nil, nil, err
			}
			q.Add("_pragma", "query_only(1)")
			q.Del("_txlock")
			reader, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
			if err != nil {
				return nil, nil, errors.Join(err, writer.Close())
			}
			reader.SetMaxOpenConns(readers)
			reader.SetMaxIdleConns(readers)
			return writer, reader, nil
		},
		clock: func() func() time.Time { return time.Now },
		// BEGIN IMMEDIATE has taken the lock. The time is never used.
		lockHead: `SELECT seq, at, 0 FROM head`,
		text:     positional,
		in: func(column, param string) string {
			return column + ` IN (SELECT value FROM json_each(` + param + `))`
		},
		array: func(list any) (any, error) {
			b, err := json.Marshal(list)
			return string(b), err
		},
		collided: func(err error) bool {
			var e *sqlite.Error
			if !errors.As(err, &e) {
				return false
			}
			code := e.Code() & 0xff
			return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
		},
	}
}

// positional puts ? for $1, $2 and so on where they come in order and each
// once. To SQLite $7 is a name, which is looked up among all those before it
// at each binding: a tenth of the time of an insert.
func positional(query string) string {
	var b strings.Builder
	rest := query
	for n := 1; strings.Contains(rest, "$"); n++ {
		before, after, found := strings.Cut(rest, "$"+strconv.Itoa(n))
		if !found || strings.Contains(before, "$") || after != "" && '0' <= after[0] && after[0] <= '9' {
			return query
		}
		b.WriteString(before + "?")
		rest = after
	}
	return b.String() + rest
}

func postgresDialect() dialect {
	return dialect{
		name: "postgres",
		versionTable: func() (database.Store, error) {
			s, err := database.NewStore(database.DialectPostgres, versionTable)
			return postgresVersions{s}, err
		},
		migrationLock: postgresLock{},
		open: func(address string, readers int) (*sql.DB, *sql.DB, error) {
			cfg, err := pgx.ParseConfig(address)
			if err != nil {
				return nil, nil, err // pgx leaves the password out
			}
			cfg.RuntimeParams["timezone"] = "UTC"
			if cfg.RuntimeParams["application_name"] == "" {
				cfg.RuntimeParams["application_name"] = "regwire"
			}
			writer, reader := stdlib.OpenDB(*cfg), stdlib.OpenDB(*cfg)
			reader.SetMaxOpenConns(readers)
			reader.SetMaxIdleConns(readers)
			return writer, reader, nil
		},
		clock: func() func() time.Time { return nil },
		// The row lock is what makes the log gap-free and visible in order:
		// the next writer waits here until this one has committed, and then
		// reads what it left.
		lockHead: `SELECT seq, at, clock_timestamp() FROM head FOR UPDATE`,
		now:      `SELECT clock_timestamp()`,
		text:     func(query string) string { return query },
		in: func(column, param string) string {
			return column + ` = ANY(` + param + `)`
		},
		array: func(list any) (any, error) { return list, nil },
		collided: func(err error) bool {
			var e *pgconn.PgError
			if !errors.As(err, &e) {
				return false
			}
			switch e.Code {
			case "40001", "40P01": // serialization_failure, deadlock_detected
				return true
			}
			return false
		},
	}
}

// versionTable is the name of the table in which goose keeps the number of the
// schema.
const versionTable = "schema_version"

// postgresVersions looks for the table where the search path leads; goose
// itself would look in the schema "public" whatever the address says.
type postgresVersions struct{ database.Store }

// TableExists is called by goose.
func (postgresVersions) TableExists(ctx context.Context, db database.DBTxConn) (exists bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, versionTable).Scan(&exists)
	return exists, err
}

// postgresLock serialises the migrations of one database.
type postgresLock struct{}

// postgresLockID is an arbitrary number that nobody else locks.
const postgresLockID int64 = 0x7265677769726501

// SessionLock is called by goose before it migrates.
func (postgresLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, postgresLockID)
	return err
}

// SessionUnlock is called by goose after it has migrated.
func (postgresLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, postgresLockID)
	return err
}
