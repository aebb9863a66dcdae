package store

import (
	"context"

	"heliograph/resource"
)

// Change is the writer's entry for tests: exec writes within the transaction.
func (db *DB) Change(ctx context.Context, do func(exec func(query string, args ...any) error) error) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		return do(func(query string, args ...any) error {
			_, err := tx.exec(ctx, query, args...)
			return err
		})
	})
}

// Waiting says how many writes wait.
func (db *DB) Waiting() int {
	n, _ := db.writer.waiting()
	return n
}

// Remembered says whether what a number last sent to a person needs no search,
// also where that is nothing.
func (db *DB) Remembered(s resource.Scope, number, person string) bool {
	sent := db.writer.road.sent
	_, known, _ := sent.find(sent.key(s, number, person))
	return known
}

// Rows counts what a table holds.
func (db *DB) Rows(ctx context.Context, table string) (n int, err error) {
	err = db.reads.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	return n, err
}
