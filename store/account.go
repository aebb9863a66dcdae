package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"heliograph/account"
	"heliograph/resource"
)

var _ account.Store = (*DB)(nil)

const accountColumns = `SELECT id, name, tier, text_spend_limit, created_at FROM accounts`

// PutAccount writes an account, replacing one of the same id.
func (db *DB) PutAccount(ctx context.Context, a account.Account) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{Account: a.ID}, "account/"+a.ID)
		_, err := tx.exec(ctx, `INSERT INTO accounts (id, name, tier, text_spend_limit, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, tier = excluded.tier,
				text_spend_limit = excluded.text_spend_limit, created_at = excluded.created_at`,
			a.ID, a.Name, string(a.Tier), a.TextSpendLimit, millis(a.CreatedAt))
		return wrap(err, "account %s", a.ID)
	})
}

// Account finds an account by its twelve digits.
func (db *DB) Account(ctx context.Context, id string) (account.Account, bool, error) {
	return first(ctx, db.reads, scanAccount, accountColumns+` WHERE id = $1`, id)
}

// Accounts lists all accounts by id.
func (db *DB) Accounts(ctx context.Context) ([]account.Account, error) {
	return all(ctx, db.reads, scanAccount, accountColumns+` ORDER BY id`)
}

func scanAccount(row *sql.Rows) (a account.Account, err error) {
	var created int64
	err = row.Scan(&a.ID, &a.Name, &a.Tier, &a.TextSpendLimit, &created)
	a.CreatedAt = instant(created)
	return a, err
}

const keyColumns = `SELECT id, account, secret, root, created_at FROM access_keys`

// PutKey writes an access key, replacing one of the same id. The account must
// exist.
func (db *DB) PutKey(ctx context.Context, k account.SealedKey) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{Account: k.Account}, "access-key/"+k.ID)
		_, known, err := first(ctx, tx, scanAccount, accountColumns+` WHERE id = $1`, k.Account)
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("store: access key of account %s, which does not exist", k.Account)
		}
		_, err = tx.exec(ctx, `INSERT INTO access_keys (id, account, secret, root, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET account = excluded.account, secret = excluded.secret,
				root = excluded.root, created_at = excluded.created_at`,
			k.ID, k.Account, k.Secret, k.Root, millis(k.CreatedAt))
		return wrap(err, "access key of account %s", k.Account)
	})
}

// Key finds an access key by its id.
func (db *DB) Key(ctx context.Context, id string) (account.SealedKey, bool, error) {
	return first(ctx, db.reads, scanKey, keyColumns+` WHERE id = $1`, id)
}

// Keys lists the access keys of an account by id.
func (db *DB) Keys(ctx context.Context, owner string) ([]account.SealedKey, error) {
	return all(ctx, db.reads, scanKey, keyColumns+` WHERE account = $1 ORDER BY id`, owner)
}

// DropKey removes an access key; an unknown one is no error.
func (db *DB) DropKey(ctx context.Context, id string) error {
	return db.change(ctx, func(ctx context.Context, tx *tx) error {
		key, known, err := first(ctx, tx, scanKey, keyColumns+` WHERE id = $1`, id)
		if err != nil || !known {
			return err
		}
		tx.changed(resource.Scope{Account: key.Account}, "access-key/"+id)
		_, err = tx.exec(ctx, `DELETE FROM access_keys WHERE id = $1`, id)
		return err
	})
}

func scanKey(row *sql.Rows) (k account.SealedKey, err error) {
	var created int64
	err = row.Scan(&k.ID, &k.Account, &k.Secret, &k.Root, &created)
	k.CreatedAt = instant(created)
	return k, err
}

// first reads the first row of a query, if there is one.
func first[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) (record T, found bool, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return record, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return record, false, rows.Err()
	}
	record, err = scan(rows)
	return record, err == nil, err
}

// wrap says what an error was about; nil stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// millis is a time as the database keeps it.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is a kept time as UTC.
func instant(milliseconds int64) time.Time {
	if milliseconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds).UTC()
}
