package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
)

// pool is a database with its prepared statements, by their text. The texts
// are ours and few, so the cache needs no bound.
type pool struct {
	db   *sql.DB
	text func(query string) string // see dialect.text

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

func newPool(db *sql.DB, d dialect) *pool {
	return &pool{db: db, text: d.text, prepared: make(map[string]*sql.Stmt)}
}

func (p *pool) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.prepared[query]; s != nil {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, p.text(query))
	if err != nil {
		return nil, err
	}
	p.prepared[query] = s
	return s, nil
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.prepared {
		errs = append(errs, s.Close())
	}
	clear(p.prepared)
	return errors.Join(append(errs, p.db.Close())...)
}

// querier is what reads run on: a *DB, outside any transaction, or a *Tx.
type querier interface {
	query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	store() *DB
}

func (db *DB) store() *DB { return db }
func (tx *Tx) store() *DB { return tx.db }

func (db *DB) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := db.reader.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	if args, err = db.dialect.params(args); err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (tx *Tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := tx.prepare(query)
	if err != nil {
		return nil, err
	}
	if args, err = tx.db.dialect.params(args); err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	s, err := tx.prepare(query)
	if err != nil {
		return 0, err
	}
	if args, err = tx.db.dialect.params(args); err != nil {
		return 0, err
	}
	res, err := s.ExecContext(tx.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// insert adds rows to a table ("table (column, …)") in one statement, leaving
// out those that are there. values holds width values for each row.
func (tx *Tx) insert(into string, width int, values []any) error {
	if len(values) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString(`INSERT INTO ` + into + ` VALUES `)
	for i := range values {
		switch {
		case i == 0:
			b.WriteString(`($`)
		case i%width == 0:
			b.WriteString(`), ($`)
		default:
			b.WriteString(`, $`)
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	b.WriteString(`) ON CONFLICT DO NOTHING`)
	_, err := tx.exec(b.String(), values...)
	return err
}

// prepare returns the statement on this transaction's connection, where it
// stays prepared for the next transaction.
func (tx *Tx) prepare(query string) (*sql.Stmt, error) {
	if s := tx.prepared[query]; s != nil {
		return s, nil
	}
	s, err := tx.db.writer.prepare(tx.ctx, query)
	if err != nil {
		return nil, err
	}
	s = tx.tx.StmtContext(tx.ctx, s)
	tx.prepared[query] = s
	return s, nil
}

// scanner is a row being read.
type scanner interface{ Scan(...any) error }

// all reads every row of a query.
func all[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// one reads the first row of a query; false when there is none.
func one[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (T, bool, error) {
	rows, err := q.query(ctx, query, args...)
	if err != nil {
		return *new(T), false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return *new(T), false, rows.Err()
	}
	v, err := scan(rows)
	return v, err == nil, err
}

// found turns the answer of a lookup into that of a read: absence is an error.
func found[T any](what string, id any, v T, ok bool, err error) (T, error) {
	switch {
	case err != nil:
		return v, fmt.Errorf("read %s %v: %w", what, id, err)
	case !ok:
		return v, fmt.Errorf("%s %v: %w", what, id, corpus.ErrNotFound)
	}
	return v, nil
}

// value scans a single column.
func value[T any](s scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}

// list is a parameter that is matched with dialect.in: []string or []int64.
type list struct{ elems any }

// params turns our values into what both drivers take. It is the one place
// where outside text enters a statement, always as a parameter.
func (d *dialect) params(args []any) ([]any, error) {
	for i, arg := range args {
		switch v := arg.(type) {
		case nil, int64, float64, bool, []byte, int:
		case string:
			args[i] = clean(v)
		case time.Time:
			if v.IsZero() {
				args[i] = nil
			} else {
				args[i] = micro(v)
			}
		case list:
			if elems, ok := v.elems.([]string); ok {
				for i, s := range elems {
					elems[i] = clean(s)
				}
			}
			a, err := d.array(v.elems)
			if err != nil {
				return nil, err
			}
			args[i] = a
		default:
			switch r := reflect.ValueOf(arg); r.Kind() {
			case reflect.String:
				args[i] = clean(r.String())
			case reflect.Int64, reflect.Int:
				args[i] = r.Int()
			default:
				return nil, fmt.Errorf("parameter %d has type %T", i+1, arg)
			}
		}
	}
	return args, nil
}

// clean makes s storable: PostgreSQL refuses NUL and invalid UTF-8.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// texts converts a list of any string type for list.
func texts[S ~string](in []S) list {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return list{out}
}

// maxKey is the longest text that is indexed as it is, in bytes. PostgreSQL
// takes 2,704 for all columns of an index.
const maxKey = 512

// key returns s, or what stands for it when it is too long to be indexed.
func key(s string) string {
	if len(s) <= maxKey {
		return s
	}
	return corpus.Digest("long-", s)
}

// keys converts texts that are looked up by key.
func keys[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = key(string(s))
	}
	return out
}

// micro returns t as the store keeps times: UTC, in microseconds.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// instant scans a time: integer microseconds, timestamptz, or NULL for the
// zero time.
type instant struct{ t *time.Time }

// Scan implements [sql.Scanner].
func (i instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = time.UnixMicro(v).UTC()
	case time.Time:
		*i.t = v.UTC()
	default:
		return fmt.Errorf("%T is not a time", src)
	}
	return nil
}

// filter collects the conditions of a query whose parts are optional.
type filter struct {
	where []string
	args  []any
}

// add adds a condition in which ? stands for the next of args.
func (f *filter) add(cond string, args ...any) {
	for _, a := range args {
		f.args = append(f.args, a)
		cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(f.args)), 1)
	}
	f.where = append(f.where, cond)
}

// clause returns the conditions as a WHERE clause, empty without any.
func (f *filter) clause() string {
	if len(f.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.where, " AND ")
}

// query returns base with the conditions, an order and a limit. Its
// parameters are args.
func (f *filter) query(base, order string, n int) string {
	f.args = append(f.args, limit(n))
	return base + f.clause() + " ORDER BY " + order + " LIMIT $" + strconv.Itoa(len(f.args))
}

// limit returns the number of rows to return when n were asked for.
func limit(n int) int {
	if n <= 0 {
		return corpus.DefaultLimit
	}
	return min(n, corpus.MaxLimit)
}
