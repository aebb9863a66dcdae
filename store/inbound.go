package store

import (
	"context"
	"database/sql"

	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource"
)

// PutInbound writes a part that a handset sent. The same id again changes
// nothing.
func (db *DB) PutInbound(ctx context.Context, in message.Inbound) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		_, err := tx.exec(ctx, `INSERT INTO inbound_parts
			(id, account, region, carrier, sender, recipient, encoding, udh, data, received_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
			in.ID[:], in.Scope.Account, in.Scope.Region, in.Carrier, in.From, in.To,
			int64(in.Segment.Encoding), in.Segment.UDH, in.Segment.Data, millis(in.At))
		return wrap(err, "inbound part")
	})
}

// Inbound reads the parts that handsets sent to a scope's numbers, by id, after
// one id.
func (db *DB) Inbound(ctx context.Context, s resource.Scope, after message.ID, limit int) ([]message.Inbound, error) {
	scan := func(row *sql.Rows) (message.Inbound, error) {
		in := message.Inbound{Scope: s}
		var id []byte
		var encoding, at int64
		err := row.Scan(&id, &in.Carrier, &in.From, &in.To, &encoding, &in.Segment.UDH, &in.Segment.Data, &at)
		copy(in.ID[:], id)
		in.Segment.Encoding, in.At = gsm.Encoding(encoding), instant(at)
		return in, err
	}
	return all(ctx, db.reads, scan, `SELECT id, carrier, sender, recipient, encoding, udh, data, received_at FROM inbound_parts
		WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4`, s.Account, s.Region, after[:], limit)
}
