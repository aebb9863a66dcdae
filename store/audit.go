package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"heliograph/audit"
	"heliograph/resource"
)

// changes is what a change says of itself to the audit.
type changes struct {
	told    bool
	scope   resource.Scope // whose things were changed
	targets []string
}

// changed names what a change of a scope writes, for the audit; naming nothing
// makes it the server's own bookkeeping, which leaves no line. It is called
// within the change.
func (t *tx) changed(s resource.Scope, targets ...string) {
	t.changes.told, t.changes.scope = true, s
	t.changes.targets = append(t.changes.targets, targets...)
}

// audit notes a change that was made, in its own transaction.
func (t *tx) audit(ctx context.Context, e audit.Entry) error {
	if t.changes.told && len(t.changes.targets) == 0 {
		return nil
	}
	if e.Account == "" {
		e.Account = t.changes.scope.Account
	}
	if e.Region == "" {
		e.Region = t.changes.scope.Region
	}
	e.Targets = append(slices.Clip(e.Targets), t.changes.targets...)
	var id int64
	if err := t.QueryRowContext(ctx, `UPDATE audit_counter SET last = last + 1 RETURNING last`).Scan(&id); err != nil {
		return wrap(err, "audit")
	}
	_, err := t.exec(ctx, `INSERT INTO audit_entries (id, at, account, region, access_key_id, origin, action, targets, parameters,
			reason, request_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		id, millis(time.Now()), e.Account, e.Region, e.AccessKeyID, e.Origin, e.Action, jsonText(e.Targets), e.Parameters,
		e.Reason, e.RequestID)
	return wrap(err, "audit")
}

// Audit notes what is no change of the database, such as that somebody looked
// at messages. The line is durable when nil is returned.
func (db *DB) Audit(ctx context.Context, e audit.Entry) error {
	return db.change(audit.With(ctx, e), func(_ context.Context, tx *tx) error {
		tx.wrote = true // the line itself
		return nil
	})
}

// AuditEntries reads lines of the audit, newest first.
func (db *DB) AuditEntries(ctx context.Context, q audit.Query) ([]audit.Entry, error) {
	entries, err := all(ctx, db.reads, scanEntry, `SELECT id, at, account, region, access_key_id, origin, action, targets, parameters,
			reason, request_id
		FROM audit_entries
		WHERE id < $1 AND (account = $2 OR $2 = '') AND (action = $3 OR $3 = '')
			AND (at >= $4 OR $4 = 0) AND (at < $5 OR $5 = 0)
		ORDER BY id DESC LIMIT $6`,
		cmp.Or(q.Before, math.MaxInt64), q.Account, q.Action, millis(q.Since), millis(q.Until), q.Limit)
	return entries, wrap(err, "store: audit")
}

func scanEntry(row *sql.Rows) (e audit.Entry, err error) {
	var at int64
	err = row.Scan(&e.ID, &at, &e.Account, &e.Region, &e.AccessKeyID, &e.Origin, &e.Action, of(&e.Targets), &e.Parameters,
		&e.Reason, &e.RequestID)
	e.At = instant(at)
	return e, err
}
