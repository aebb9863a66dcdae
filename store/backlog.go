package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

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
	}, `SELECT carrier, count(*) FROM messages WHERE state = 0 GROUP BY carrier`) // a literal: the partial index serves it
	if err != nil {
		return nil, wrap(err, "queued messages")
	}
	counts := make(map[string]int, len(rows))
	for _, c := range rows {
		counts[c.carrier] = c.n
	}
	return counts, nil
}

// ExpiredMessages gives messages of a carrier of which a part is still to be
// submitted although the time to live is over, by id.
func (db *DB) ExpiredMessages(ctx context.Context, carrier string, now time.Time, limit int) ([]*message.Message, error) {
	var list []*message.Message
	err := db.snapshot(ctx, func(q querier) (err error) {
		list, err = all(ctx, q, scanMessage, messageColumns+` WHERE state = 0 AND carrier = $1 AND expires_at <= $2 ORDER BY id LIMIT $3`,
			carrier, millis(now), limit)
		for _, m := range list {
			err = errors.Join(err, readParts(ctx, q, m))
		}
		return err
	})
	return list, wrap(err, "store: expired messages of carrier %s", carrier)
}
