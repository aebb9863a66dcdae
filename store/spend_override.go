package store

import (
	"context"

	"heliograph/account/limits"
	"heliograph/message"
	"heliograph/resource"
)

var _ limits.Overrides = (*DB)(nil)

// TextSpendOverride is the monthly limit for texts that a scope set for itself,
// in whole US dollars, nil when it set none.
func (db *DB) TextSpendOverride(ctx context.Context, s resource.Scope) (*int64, error) {
	var limit *int64
	err := db.reads.QueryRowContext(ctx,
		`SELECT (SELECT limit_usd FROM spend_overrides WHERE account = $1 AND region = $2 AND channel = $3)`,
		s.Account, s.Region, channelText).Scan(&limit)
	return limit, wrap(err, "store: spend limit of %s", s.Account)
}

// PutTextSpendOverride replaces a scope's own limit, in whole US dollars; nil
// removes it. The next message that is accepted is held to it: nothing of it is
// kept in memory.
func (db *DB) PutTextSpendOverride(ctx context.Context, s resource.Scope, limit *int64) error {
	err := db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(s, "spend-limit/"+channelText)
		if limit == nil {
			_, err := tx.exec(ctx, `DELETE FROM spend_overrides WHERE account = $1 AND region = $2 AND channel = $3`,
				s.Account, s.Region, channelText)
			return err
		}
		_, err := tx.exec(ctx, `INSERT INTO spend_overrides (account, region, channel, limit_usd) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account, region, channel) DO UPDATE SET limit_usd = excluded.limit_usd`,
			s.Account, s.Region, channelText, *limit)
		return err
	})
	return wrap(err, "store: spend limit of %s", s.Account)
}

// ForgetSpend counts an account's spend from nothing again, in all Regions.
func (db *DB) ForgetSpend(ctx context.Context, account string) error {
	err := db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{}) // nothing that the audit shows
		_, err := tx.exec(ctx, `DELETE FROM spend WHERE account = $1`, account)
		return err
	})
	return wrap(err, "store: spend of %s", account)
}

// CheckSpend says whether a message would be accepted now as far as its opt-out
// list and its account's spend go, and writes nothing. Errors: as Accept.
func (db *DB) CheckSpend(ctx context.Context, m *message.Message) error {
	out, err := db.OptedOut(ctx, m)
	if err != nil {
		return err
	}
	if out {
		return m.OptedOut()
	}
	if m.Price <= 0 {
		return nil
	}
	b, err := readBalance(ctx, db.reads, purseOf(m))
	if err != nil {
		return wrap(err, "store: spend of %s", m.Scope.Account)
	}
	if !b.pay(int64(m.Price)) {
		return overSpent()
	}
	return nil
}
