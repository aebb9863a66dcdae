package store

import (
	"context"
	"database/sql"

	"heliograph/resource"
)

// Scopes lists the Regions in which an account has, or had, resources, or set
// a limit.
func (db *DB) Scopes(ctx context.Context, account string) ([]resource.Scope, error) {
	return all(ctx, db.reads, func(r *sql.Rows) (s resource.Scope, err error) { return s, r.Scan(&s.Account, &s.Region) },
		`SELECT account, region FROM scopes WHERE account = $1 AND region <> ''
		UNION SELECT account, region FROM spend_overrides WHERE account = $1 ORDER BY region`, account)
}
