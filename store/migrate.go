package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migration is one numbered step of the schema, "0001_core.sql".
type migration struct {
	version int
	name    string
	text    string
}

// steps are the migrations that the program knows, in order.
func steps(files fs.FS) ([]migration, error) {
	entries, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var list []migration
	for _, path := range entries {
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "migrations/"), ".sql")
		version, err := strconv.Atoi(name[:min(4, len(name))])
		if err != nil {
			return nil, fmt.Errorf("store: migration %q bears no number", name)
		}
		list = append(list, migration{version, name, string(text)})
	}
	return list, nil
}

// migrate brings the schema up to date in one transaction.
func (db *DB) migrate(ctx context.Context) (err error) {
	known, err := steps(migrations)
	if err != nil {
		return err
	}
	if _, err := db.conn.ExecContext(ctx, db.engine.Begin); err != nil {
		return fmt.Errorf("store: cannot write to the database: %w", err)
	}
	defer func() {
		if err != nil {
			_, undo := db.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, undo)
		}
	}()
	if err := applyMigrations(ctx, db.conn, known); err != nil {
		return err
	}
	_, err = db.conn.ExecContext(ctx, "COMMIT")
	return err
}

func applyMigrations(ctx context.Context, conn *sql.Conn, known []migration) error {
	const table = `CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL)`
	if _, err := conn.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("store: cannot read the schema's version: %w", err)
	}
	applied, err := all(ctx, conn, func(r *sql.Rows) (v int, err error) { return v, r.Scan(&v) },
		`SELECT version FROM schema_migrations ORDER BY version`)
	if err != nil {
		return fmt.Errorf("store: cannot read the schema's version: %w", err)
	}
	done := map[int]bool{}
	for _, version := range applied {
		done[version] = true
	}
	for _, m := range known {
		if done[m.version] {
			delete(done, m.version)
			continue
		}
		if err := applyMigration(ctx, conn, m); err != nil {
			return err
		}
	}
	for version := range done {
		return fmt.Errorf("store: the database was written by a newer program (schema %04d, this program knows %04d): "+
			"use that program, or restore a backup", version, known[len(known)-1].version)
	}
	return nil
}

func applyMigration(ctx context.Context, conn *sql.Conn, m migration) error {
	if _, err := conn.ExecContext(ctx, m.text); err != nil {
		return fmt.Errorf("store: migration %s: %w", m.name, err)
	}
	_, err := conn.ExecContext(ctx, `INSERT INTO schema_migrations (version, name) VALUES ($1, $2)`, m.version, m.name)
	if err != nil {
		return fmt.Errorf("store: migration %s: %w", m.name, err)
	}
	return nil
}
