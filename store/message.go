package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"time"

	"heliograph/message"
	"heliograph/resource"
)

// Accept writes a message; it is durable when nil is returned. One whose recipient
// is on its opt-out list is refused with ConflictException. A message that
// costs something counts towards its account's spend of the month, and is
// refused with ServiceQuotaExceededException when it would exceed the limit.
//
// A caller that leaves is ignored once the message waits to be written:
// otherwise it could be on disk without anybody to send it.
func (db *DB) Accept(ctx context.Context, m *message.Message) error {
	if err := ctx.Err(); err != nil {
		return wrap(err, "store: not written")
	}
	row, err := messageRow(m)
	if err != nil {
		return err
	}
	return db.writer.do(context.WithoutCancel(ctx), &write{accept: &acceptance{m: m, row: row}})
}

// Submitted records that a carrier took a part, and applies receipts that came
// before.
func (db *DB) Submitted(ctx context.Context, s message.Submission) error {
	return db.writer.do(ctx, &write{submission: &s})
}

// Ended records that a part, or every part that is not final, ended without a
// receipt.
func (db *DB) Ended(ctx context.Context, e message.Ending) error {
	return db.writer.do(ctx, &write{ending: &e})
}

// Receipt records a delivery receipt. One for an id that is not known yet is
// kept until its submission comes, and Unmatched.
func (db *DB) Receipt(ctx context.Context, r message.Receipt) (message.Match, error) {
	one := &write{receipt: &r}
	if err := db.writer.do(ctx, one); err != nil {
		return message.Unmatched, err
	}
	return one.matched, nil
}

// OnAdopted has somebody told how many receipts of a carrier, which matched
// nothing when they came, have found their part since. It is called before Start;
// who is told must be quick.
func (db *DB) OnAdopted(tell func(carrier string, receipts int)) { db.writer.adopted = tell }

// Message finds a message with its parts.
func (db *DB) Message(ctx context.Context, id message.ID) (*message.Message, bool, error) {
	var m *message.Message
	err := db.snapshot(ctx, func(q querier) (err error) {
		var found bool
		if m, found, err = first(ctx, q, scanMessage, messageColumns+` WHERE id = $1`, id[:]); err != nil || !found {
			return err
		}
		return readParts(ctx, q, m)
	})
	return m, m != nil && err == nil, wrap(err, "store: message %s", id)
}

// QueuedMessages gives messages of a carrier of which a part is still to be
// submitted, with an id after the one given, by id.
func (db *DB) QueuedMessages(ctx context.Context, carrier string, after message.ID, limit int) ([]*message.Message, error) {
	var list []*message.Message
	err := db.snapshot(ctx, func(q querier) (err error) {
		list, err = all(ctx, q, scanMessage, messageColumns+` WHERE state = 0 AND carrier = $1 AND id > $2 ORDER BY id LIMIT $3`+
			db.engine.Claim, carrier, after[:], limit)
		for _, m := range list {
			err = errors.Join(err, readParts(ctx, q, m))
		}
		return err
	})
	return list, wrap(err, "store: queue of carrier %s", carrier)
}

// AwaitingReceipt gives messages with a part that was submitted before a time
// and has had no final receipt, by id.
func (db *DB) AwaitingReceipt(ctx context.Context, before time.Time, limit int) ([]message.ID, error) {
	return all(ctx, db.reads, scanID, `SELECT DISTINCT message_id FROM awaited_receipts
		WHERE ended_at = 0 AND submitted_at < $1 ORDER BY message_id LIMIT $2`, millis(before), limit)
}

// RecentInvocation finds the message that an earlier attempt of the same call
// of an SDK made since a time. It searches by time-ordered ids, newest first:
// an index on invocations would cost every message, and few calls are retried.
func (db *DB) RecentInvocation(ctx context.Context, s resource.Scope, invocationID string, requestHash uint64, since time.Time) (message.ID, bool, error) {
	from := earliestID(since)
	return first(ctx, db.reads, scanID, `SELECT id FROM messages
		WHERE id >= $1 AND account = $2 AND region = $3 AND invocation = $4 AND request_hash = $5 ORDER BY id DESC LIMIT 1`,
		from[:], s.Account, s.Region, invocationID, int64(requestHash))
}

// earliestID is not after any UUIDv7 made at a time (RFC 9562 §5.7: 48 bits of
// milliseconds first).
func earliestID(t time.Time) (id message.ID) {
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16)
	return id
}

// lateKept is how long a delivery is still expected of a part that ended
// without word of it.
const lateKept = 72 * time.Hour

// PurgeOrphans forgets receipts that came before a time and matched nothing,
// and carriers' ids of parts that ended without word 72 hours earlier.
func (db *DB) PurgeOrphans(ctx context.Context, before time.Time) error {
	return db.writer.do(ctx, &write{change: func(ctx context.Context, tx *tx) error {
		if _, err := tx.exec(ctx, `DELETE FROM orphan_receipts WHERE received_at < $1`, millis(before)); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `DELETE FROM awaited_receipts WHERE ended_at > 0 AND ended_at < $1`, millis(before.Add(-lateKept)))
		return err
	}, committed: db.writer.road.forgetOrphans})
}

func scanID(row *sql.Rows) (id message.ID, err error) {
	var octets []byte
	if err := row.Scan(&octets); err != nil {
		return id, err
	}
	return toID(octets)
}
