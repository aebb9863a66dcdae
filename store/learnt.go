package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"heliograph/message"
	"heliograph/resource"
)

// rekeyed bounds the parts whose id LearnIDs goes through, the newest first: what
// was submitted before them is answered by its receipt or by none.
const rekeyed = 100_000

// LearntIDs is the form of a carrier's message ids that LearnIDs kept, "" when
// there is none.
func (db *DB) LearntIDs(ctx context.Context, carrier string) (form string, err error) {
	form, _, err = first(ctx, db.reads, scanText, `SELECT form FROM learnt_ids WHERE carrier = $1`, carrier)
	return form, wrap(err, "store: form of the ids of carrier %s", carrier)
}

// LearnIDs keeps the form of a carrier's message ids. Parts that await a receipt
// get the id that response makes of theirs, kept receipts the one that receipt
// makes of theirs, and receipts that match a part then are applied to it.
func (db *DB) LearnIDs(ctx context.Context, carrier, form string, response, receipt func(id string) string) error {
	err := db.writer.do(ctx, &write{change: func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{}) // nothing that the audit shows
		_, err := tx.exec(ctx, `INSERT INTO learnt_ids (carrier, form) VALUES ($1, $2)
			ON CONFLICT (carrier) DO UPDATE SET form = excluded.form`, carrier, form)
		if err != nil {
			return err
		}
		if err := rekeyAwaited(ctx, tx, carrier, response); err != nil {
			return err
		}
		return rekeyOrphans(ctx, tx, carrier, receipt)
	}, committed: db.writer.road.reset})
	if err != nil {
		return wrap(err, "store: form of the ids of carrier %s", carrier)
	}
	return wrap(db.adopt(ctx, carrier), "store: kept receipts of carrier %s", carrier)
}

// awaited is a row of awaited_receipts.
type awaited struct {
	carrierID        string
	message          []byte
	part             int
	submitted, ended int64
}

func scanAwaited(row *sql.Rows) (a awaited, err error) {
	return a, row.Scan(&a.carrierID, &a.message, &a.part, &a.submitted, &a.ended)
}

func rekeyAwaited(ctx context.Context, tx *tx, carrier string, normal func(string) string) error {
	rows, err := all(ctx, tx, scanAwaited, `SELECT carrier_message_id, message_id, part, submitted_at, ended_at
		FROM awaited_receipts WHERE carrier = $1 ORDER BY submitted_at DESC LIMIT $2`, carrier, rekeyed)
	if err != nil {
		return err
	}
	slices.Reverse(rows) // of two that become the same the newer one stays
	for _, a := range rows {
		id := normal(a.carrierID)
		if id == a.carrierID || strings.HasPrefix(a.carrierID, nameless) {
			continue
		}
		if err := a.rekey(ctx, tx, carrier, id); err != nil {
			return err
		}
	}
	return nil
}

// rekey gives a part another id, in its own row too.
func (a awaited) rekey(ctx context.Context, tx *tx, carrier, id string) error {
	for _, s := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM awaited_receipts WHERE carrier = $1 AND carrier_message_id = $2`, []any{carrier, a.carrierID}},
		{`INSERT INTO awaited_receipts (carrier, carrier_message_id, message_id, part, submitted_at, ended_at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (carrier, carrier_message_id) DO UPDATE SET
			message_id = excluded.message_id, part = excluded.part, submitted_at = excluded.submitted_at,
			ended_at = excluded.ended_at`, []any{carrier, id, a.message, a.part, a.submitted, a.ended}},
		{`UPDATE messages SET carrier_message_id = $1 WHERE id = $2 AND carrier_message_id = $3`, []any{id, a.message, a.carrierID}},
		{`UPDATE message_parts SET carrier_message_id = $1 WHERE message_id = $2 AND part = $3`, []any{id, a.message, a.part}},
	} {
		if _, err := tx.exec(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}

func rekeyOrphans(ctx context.Context, tx *tx, carrier string, normal func(string) string) error {
	ids, err := all(ctx, tx, scanText, `SELECT DISTINCT carrier_message_id FROM orphan_receipts WHERE carrier = $1`, carrier)
	if err != nil {
		return err
	}
	for _, id := range ids {
		next := normal(id)
		if next == id {
			continue
		}
		// What is there already under the new id says the same.
		_, err := tx.exec(ctx, `INSERT INTO orphan_receipts (carrier, carrier_message_id, state, code, received_at, place, done_at, whole, network)
			SELECT carrier, $3, state, code, received_at, place, done_at, whole, network FROM orphan_receipts
			WHERE carrier = $1 AND carrier_message_id = $2
			ON CONFLICT (carrier, carrier_message_id, state) DO NOTHING`, carrier, id, next)
		if err != nil {
			return err
		}
		if err := dropOrphans(ctx, tx, carrier, id); err != nil {
			return err
		}
	}
	return nil
}

func dropOrphans(ctx context.Context, tx *tx, carrier, id string) error {
	_, err := tx.exec(ctx, `DELETE FROM orphan_receipts WHERE carrier = $1 AND carrier_message_id = $2`, carrier, id)
	return err
}

// adopt applies kept receipts that a part is there for, and forgets them then: one
// that is applied a second time after a crash says nothing new.
func (db *DB) adopt(ctx context.Context, carrier string) error {
	found, err := all(ctx, db.reads, scanOrphan, orphanColumns+` JOIN awaited_receipts a ON a.carrier = o.carrier AND a.carrier_message_id = o.carrier_message_id
		WHERE o.carrier = $1 ORDER BY o.place`, carrier)
	if err != nil || len(found) == 0 {
		return err
	}
	for _, r := range found {
		if _, err := db.Receipt(ctx, r); err != nil {
			return err
		}
	}
	return db.forget(ctx, found)
}

func (db *DB) forget(ctx context.Context, orphans []message.Receipt) error {
	return db.writer.do(ctx, &write{change: func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{})
		for _, r := range orphans {
			if err := dropOrphans(ctx, tx, r.Carrier, r.CarrierMessageID); err != nil {
				return err
			}
		}
		return nil
	}, committed: func() {
		db.writer.road.forgetOrphans()
		if len(orphans) > 0 && db.writer.adopted != nil {
			db.writer.adopted(orphans[0].Carrier, len(orphans))
		}
	}})
}

func scanText(row *sql.Rows) (s string, err error) { return s, row.Scan(&s) }
