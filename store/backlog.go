package store

import (
	"context"
	"database/sql"

	"heliograph/message"
)

// QueuedByCarrier counts the messages that wait to be submitted, by their
// carrier's name.
func (db *DB) QueuedByCarrier(ctx context.Context) (map[string]int, error) {
	type count struct {
		carrier string
		n       int
	}
	rows, err := all(ctx, db.reads, func(row *sql.Rows) (c count, err error) {
		err = row.Scan(&c.carrier, &c.n)
		return c, err
	}, `SELECT carrier, count(*) FROM messages WHERE state = $1 GROUP BY carrier`, int(message.Queued))
	if err != nil {
		return nil, wrap(err, "queued messages")
	}
	counts := make(map[string]int, len(rows))
	for _, c := range rows {
		counts[c.carrier] = c.n
	}
	return counts, nil
}
