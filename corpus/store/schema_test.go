package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus/store"
)

// The schema that the migrations lead to is committed, for people to read and
// for this test to compare. -update rewrites it.
func TestSchema(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		s.open(t, store.Config{})
		file, dump := "schema_sqlite.sql", sqliteSchema
		if s.postgres {
			file, dump = "schema_postgres.sql", postgresSchemaDump
		}
		got := "-- Written by TestSchema -update from the migrations. Do not edit.\n\n" + dump(t, s.raw(t))
		if *rewrite {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("the migrations lead elsewhere than %s says (-update rewrites it):\n%s", file, diff)
		}
	})
}

// lines runs a query of one column and returns its rows.
func lines(t *testing.T, db *sql.DB, query string, args ...any) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func sqliteSchema(t *testing.T, db *sql.DB) string {
	all := lines(t, db, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND tbl_name <> 'schema_version'
		ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, name`)
	return strings.Join(all, ";\n\n") + ";\n"
}

// postgresSchemaDump writes down tables, indexes, functions and triggers as
// the server describes them.
func postgresSchemaDump(t *testing.T, db *sql.DB) string {
	var b strings.Builder
	schema := lines(t, db, `SELECT current_schema()`)[0]
	const ours = ` n.nspname = current_schema() AND c.relname NOT LIKE 'schema\_version%' `
	for _, table := range lines(t, db, `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND`+ours+`ORDER BY c.relname COLLATE "C"`) {
		parts := lines(t, db, `SELECT a.attname::text || ' ' || format_type(a.atttypid, a.atttypmod) ||
				CASE WHEN a.attcollation <> ty.typcollation THEN ' COLLATE "' || co.collname::text || '"' ELSE '' END ||
				CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END ||
				CASE WHEN a.attstorage <> ty.typstorage THEN ' STORAGE ' || a.attstorage::text ELSE '' END
			FROM pg_attribute a JOIN pg_type ty ON ty.oid = a.atttypid LEFT JOIN pg_collation co ON co.oid = a.attcollation
			WHERE a.attrelid = $1::regclass AND a.attnum > 0 ORDER BY a.attnum`, table)
		parts = append(parts, lines(t, db, `SELECT 'CONSTRAINT ' || conname::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE conrelid = $1::regclass ORDER BY conname COLLATE "C"`, table)...)
		fmt.Fprintf(&b, "CREATE TABLE %s (\n    %s\n);\n\n", table, strings.Join(parts, ",\n    "))
	}
	for _, query := range []string{
		`SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE NOT i.indisunique AND` + ours + `ORDER BY c.relname COLLATE "C"`,
		`SELECT trim(pg_get_functiondef(p.oid)) FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace ORDER BY p.proname COLLATE "C"`,
		`SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE NOT g.tgisinternal AND` + ours + `ORDER BY g.tgname COLLATE "C"`,
	} {
		for _, line := range lines(t, db, query) {
			b.WriteString(strings.TrimSpace(line) + ";\n")
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(strings.ReplaceAll(b.String(), schema+".", "")) + "\n"
}
