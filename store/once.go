package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"heliograph/api"
	"heliograph/resource"
)

// Differs(all): a ClientToken is kept for 24 hours, and with other parameters it is INVALID_PARAMETER; the service
// publishes neither. So a repeat after the resource was deleted answers what the first call did.

// onceKept is how long a ClientToken is remembered.
const onceKept = 24 * time.Hour

const onceRow = `SELECT hash, answer FROM idempotency
	WHERE account = $1 AND region = $2 AND operation = $3 AND token = $4 AND created_at > $5`

// kept is what an idempotency row says.
type kept struct {
	hash   [32]byte
	answer []byte
}

// LookupToken finds the first answer that was given to a ClientToken within 24
// hours, and the hash of the parameters that it was given for.
func (db *DB) LookupToken(ctx context.Context, account, region, operation, token string) (hash [32]byte, answer []byte, found bool, err error) {
	row, found, err := first(ctx, db.reads, scanKept, onceRow, account, region, operation, token, onceSince())
	return row.hash, row.answer, found, err
}

func scanKept(row *sql.Rows) (k kept, err error) {
	var hash []byte
	if err := row.Scan(&hash, &k.answer); err != nil {
		return k, err
	}
	if copy(k.hash[:], hash) != len(k.hash) {
		return k, fmt.Errorf("store: an idempotency row has a hash of %d octets", len(hash))
	}
	return k, nil
}

// checkOnce is the read that goes before a change: api.ErrTokenTaken when the
// token was used. A call without a token passes.
func checkOnce(ctx context.Context, q querier, o *api.Once) error {
	if o == nil {
		return nil
	}
	_, found, err := first(ctx, q, scanKept, onceRow, o.Account, o.Region, o.Operation, o.Token, onceSince())
	if err == nil && found {
		return api.ErrTokenTaken
	}
	return err
}

// putOnce records the token in the change's own transaction, and forgets
// tokens that are over.
func (db *DB) putOnce(ctx context.Context, tx *tx, o *api.Once) error {
	if o == nil {
		return nil
	}
	if _, err := tx.exec(ctx, `DELETE FROM idempotency WHERE created_at <= $1`, onceSince()); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO idempotency (account, region, operation, token, hash, answer, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		o.Account, o.Region, o.Operation, o.Token, o.Hash[:], o.Answer, millis(time.Now()))
	if err != nil && db.engine.UniqueViolation(err) {
		return api.ErrTokenTaken
	}
	return err
}

// ForgetTokens forgets every ClientToken of an account, whose resources are gone
// too: a first answer must not tell of what is no more.
func (db *DB) ForgetTokens(ctx context.Context, account string) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{}) // nothing that the audit shows
		_, err := tx.exec(ctx, `DELETE FROM idempotency WHERE account = $1`, account)
		return err
	})
}

func onceSince() int64 { return millis(time.Now().Add(-onceKept)) }
