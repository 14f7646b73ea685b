package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/regwire/regwire/corpus"
)

// ErrMoved is returned by [Tx.Advance] when another process has moved the
// watermark: it has done this work, so the transaction must not do it again.
var ErrMoved = errors.New("the watermark was moved by another process")

// attempts is how often Update runs its function when transactions collide.
// With one writer at a time collisions are rare (a deadlock between the
// crawler's state and a page it stores, a busy SQLite file), so the number
// only has to be larger than bad luck.
const attempts = 8

// Config of a store. The zero Config is ready to use.
type Config struct {
	// Logger receives what an operator may want to know; nil discards.
	Logger *slog.Logger
	// Clock replaces the database's clock, in tests only. For SQLite the
	// database's clock is this machine's.
	Clock func() time.Time
}

// DB is an open corpus.
type DB struct {
	dialect dialect
	log     *slog.Logger
	clock   func() time.Time // nil: ask the database
	packer  *packer

	// Writers of this process take turns before they take a connection, so
	// that none waits for a lock while it holds a connection others need.
	turn           chan struct{}
	writer, reader *pool

	versions *lru.Cache[version, eventDoc] // of events, see remember

	mu        sync.Mutex
	head      corpus.Seq    // the newest entry committed by this process
	committed chan struct{} // closed and replaced at each commit that appended
}

// Open opens the corpus at url, creating it and bringing its schema up to
// date as needed. url is the path of an SQLite file ("corpus.db",
// "sqlite:corpus.db") or a PostgreSQL address ("postgres://…"). Any number of
// processes may open the same corpus at the same time.
func Open(ctx context.Context, url string, cfg Config) (*DB, error) {
	d, err := dialectOf(url)
	if err != nil {
		return nil, err
	}
	packer, err := newPacker()
	if err != nil {
		return nil, err
	}
	versions, err := lru.New[version, eventDoc](rememberedVersions)
	if err != nil {
		return nil, fmt.Errorf("open corpus: %w", err)
	}
	writer, reader, err := d.open(url, max(4, runtime.GOMAXPROCS(0)))
	if err != nil {
		return nil, fmt.Errorf("open corpus: %w", err)
	}
	writer.SetMaxOpenConns(2) // the transaction's, and one to prepare statements on
	db := &DB{
		dialect:   d,
		log:       cfg.Logger,
		clock:     cfg.Clock,
		packer:    packer,
		versions:  versions,
		turn:      make(chan struct{}, 1),
		writer:    newPool(writer, d),
		reader:    newPool(reader, d),
		committed: make(chan struct{}),
	}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.clock == nil {
		db.clock = d.clock()
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open corpus: %w", err), db.Close())
	}
	return db, nil
}

// Close closes the corpus. Transactions in progress must have ended.
func (db *DB) Close() error {
	return errors.Join(db.reader.close(), db.writer.close(), db.packer.close())
}

// Tx is a transaction that writes. It is handed out by [DB.Update], and is
// the only writer there is until that returns.
type Tx struct {
	ctx      context.Context
	db       *DB
	tx       *sql.Tx
	prepared map[string]*sql.Stmt

	// The head of the log as this transaction will leave it.
	seq     corpus.Seq
	at      time.Time
	entries []corpus.Change // appended, written at commit

	// What was read or written last, until the transaction ends.
	events      map[corpus.EventID]eventDoc
	instruments map[corpus.InstrumentID]corpus.Instrument
	signals     map[index]corpus.Signal

	durable []func() // what OnCommit was given

	// The clock: the database's time when the head was locked, and ours.
	base    time.Time
	started time.Time
}

// Update runs fn in a transaction that is alone in writing to the corpus,
// across all processes. When fn returns nil the transaction is committed, else
// all of it is undone. fn runs again when the transaction collides with
// another one, so it must have no effects but those on tx; and it should be
// quick, since others wait. Calling Update inside fn blocks forever.
//
// When Update returns an error after the connection was lost, the commit may
// still have happened: read the watermark again before repeating the work.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	return db.transact(ctx, func(tx *Tx) error {
		if err := tx.lockHead(); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.writeLog()
	})
}

// transact runs fn in a transaction on the writing connection, and again when
// it collides with another.
func (db *DB) transact(ctx context.Context, fn func(tx *Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := db.once(ctx, fn)
		if err == nil || attempt == attempts || !db.dialect.collided(err) {
			return err
		}
		db.log.LogAttrs(ctx, slog.LevelDebug, "transaction collided", slog.Int("attempt", attempt), slog.Any("err", err))
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Duration(attempt*attempt) * 5 * time.Millisecond):
		}
	}
}

// once runs fn in one transaction. A crash before the commit leaves nothing
// behind; after it, everything.
func (db *DB) once(ctx context.Context, fn func(tx *Tx) error) error {
	select {
	case db.turn <- struct{}{}:
		defer func() { <-db.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	sqltx, err := db.writer.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer sqltx.Rollback() // no effect after a commit
	tx := &Tx{
		ctx: ctx, db: db, tx: sqltx, prepared: make(map[string]*sql.Stmt),
		events: make(map[corpus.EventID]eventDoc), instruments: make(map[corpus.InstrumentID]corpus.Instrument), signals: make(map[index]corpus.Signal),
	}
	if err := fn(tx); err != nil {
		return err
	}
	if err := sqltx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, f := range tx.durable {
		f()
	}
	if len(tx.entries) > 0 {
		db.announce(tx.seq)
	}
	return nil
}

// OnCommit has f called once the transaction is durable, before anybody is
// woken by it; never when it is undone. What was written and returned may be
// remembered from then on: it is what reads will find.
func (tx *Tx) OnCommit(f func()) { tx.durable = append(tx.durable, f) }
