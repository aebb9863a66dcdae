package store

import (
	"context"
	"database/sql"
	"time"

	"heliograph/message"
	"heliograph/protocol/gsm"
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

// KeptInbound reads all parts that are kept, in the order in which they came:
// those of texts that are not concluded, and others for a while.
func (db *DB) KeptInbound(ctx context.Context) ([]message.Inbound, error) {
	scan := func(row *sql.Rows) (in message.Inbound, err error) {
		var id []byte
		var encoding, at, done int64
		err = row.Scan(&id, &in.Scope.Account, &in.Scope.Region, &in.Carrier, &in.From, &in.To, &encoding,
			&in.Segment.UDH, &in.Segment.Data, &at, &done)
		copy(in.ID[:], id)
		in.Segment.Encoding, in.At, in.Done = gsm.Encoding(encoding), instant(at), done > 0
		return in, err
	}
	list, err := all(ctx, db.reads, scan, `SELECT id, account, region, carrier, sender, recipient, encoding, udh, data, received_at, done_at
		FROM inbound_parts ORDER BY id`)
	return list, wrap(err, "store: parts of texts from handsets")
}

// DropInbound forgets a part, which is a repetition of another.
func (db *DB) DropInbound(ctx context.Context, id message.ID) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		_, err := tx.exec(ctx, `DELETE FROM inbound_parts WHERE id = $1`, id[:])
		return wrap(err, "inbound part")
	})
}

// repliesKept is how long automatic replies are remembered.
const repliesKept = 24 * time.Hour

// PurgeInbound forgets texts of one part, and parts of others, that were concluded
// before a time each, and automatic replies that are a day older. It does so in
// steps that let others write in between.
func (db *DB) PurgeInbound(ctx context.Context, texts, parts time.Time) error {
	const done = `done_at > 0 AND done_at < $1` // 0 = it is not
	for _, old := range []struct {
		what, from, key, where string
		before                 time.Time
	}{
		{"texts of one part", "inbound_parts", "id", done + ` AND udh IS NULL`, texts},
		{"inbound parts", "inbound_parts", "id", done + ` AND udh IS NOT NULL`, parts},
		{"automatic replies", "automatic_replies", "account, region, number, person, sent_at, message_id", `sent_at < $1`, texts.Add(-repliesKept)},
	} {
		drop := `DELETE FROM ` + old.from + ` WHERE (` + old.key + `) IN (SELECT ` + old.key + ` FROM ` + old.from + ` WHERE ` + old.where + ` LIMIT $2)`
		if err := db.purgeInSteps(ctx, drop, millis(old.before), purgeRows); err != nil {
			return wrap(err, "store: purge of %s", old.what)
		}
	}
	return nil
}
