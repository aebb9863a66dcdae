package store

import (
	"context"
	"database/sql"
	"time"

	"heliograph/message"
	"heliograph/resource"
)

// stickyKept is how long a choice can matter.
const stickyKept = 25 * time.Hour

// StickyChoice finds the last choice for a destination among the identities of
// a pool, "" = of none. It may be older than it matters.
func (db *DB) StickyChoice(ctx context.Context, s resource.Scope, pool, destination string) (message.Sticky, bool, error) {
	scan := func(row *sql.Rows) (message.Sticky, error) {
		var state, at int64
		c := message.Sticky{Scope: s, Pool: pool, Destination: destination}
		err := row.Scan(&c.Identity, &state, &at)
		c.State, c.At = uint64(state), instant(at)
		return c, err
	}
	return first(ctx, db.reads, scan, `SELECT identity, state, chosen_at FROM sticky_choices
		WHERE account = $1 AND region = $2 AND pool = $3 AND destination = $4`, s.Account, s.Region, pool, destination)
}

// PutStickyChoice replaces the choice. It is not waited for, and goes to disk
// with or before a write that is begun later, unless the writer's step was full.
func (db *DB) PutStickyChoice(_ context.Context, c message.Sticky) error {
	one := &write{done: make(chan error, 1), change: func(ctx context.Context, tx *tx) error {
		_, err := tx.exec(ctx, `DELETE FROM sticky_choices WHERE chosen_at < $1`, millis(c.At.Add(-stickyKept)))
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO sticky_choices (account, region, pool, destination, identity, state, chosen_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (account, region, pool, destination) DO UPDATE SET
				identity = excluded.identity, state = excluded.state, chosen_at = excluded.chosen_at`,
			c.Scope.Account, c.Scope.Region, c.Pool, c.Destination, c.Identity, int64(c.State), millis(c.At))
		return wrap(err, "sticky choice")
	}}
	if !db.writer.put(one) {
		return ErrClosed
	}
	return nil
}
