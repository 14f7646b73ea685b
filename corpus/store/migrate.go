package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
)

// Migrations are numbered and only go forward: a released file is never
// edited, a mistake is corrected by the next one. Each runs in one
// transaction, so a crash leaves the schema at a whole number.
//
//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date. Processes that open the same corpus
// at once take turns: in PostgreSQL by an advisory lock, in SQLite because
// the loser of the race finds the tables in place, and looks again.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return err
	}
	table, err := db.dialect.versionTable()
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithStore(table)}
	if db.dialect.migrationLock != nil {
		options = append(options, goose.WithSessionLocker(db.dialect.migrationLock))
	}
	for attempt := 1; ; attempt++ {
		// A provider remembers that it has looked for its table: take a new one.
		provider, err := goose.NewProvider("", db.writer.db, files, options...)
		if err != nil {
			return fmt.Errorf("read migrations: %w", err)
		}
		done, err := provider.Up(ctx)
		for _, m := range done {
			db.log.LogAttrs(ctx, slog.LevelInfo, "schema migrated", slog.Int64("version", m.Source.Version), slog.Duration("elapsed", m.Duration))
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || attempt == attempts {
			return fmt.Errorf("migrate: %w", err)
		}
	}
}
