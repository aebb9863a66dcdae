package store

import (
	"context"
	"database/sql"
)

// AppliedLines gives the keys of the configuration lines that were applied.
func (db *DB) AppliedLines(ctx context.Context) (map[string]bool, error) {
	lines, err := all(ctx, db.reads, func(r *sql.Rows) (line string, err error) { return line, r.Scan(&line) },
		`SELECT line FROM applied_lines`)
	applied := make(map[string]bool, len(lines))
	for _, line := range lines {
		applied[line] = true
	}
	return applied, err
}
