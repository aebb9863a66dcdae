package store

import (
	"context"
	"database/sql"
)

// Engine is what differs between database engines.
type Engine struct {
	// Name of the engine, for messages: "sqlite".
	Name string
	// Begin opens a transaction that may write, at once and not at its first write.
	Begin string
	// Claim ends the query of queued messages: how rows are locked that another
	// node must not claim, "" where there is one node.
	Claim string
	// Place is the n-th placeholder, from 1, of a statement on the road of
	// messages, where SQLite binds "?" faster than "$1".
	Place func(n int) string
	// UniqueViolation says whether an error is a broken unique constraint.
	UniqueViolation func(error) bool
	// Snapshot opens a transaction that reads one state of the database.
	Snapshot sql.TxOptions
}

// querier reads: the read pool, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tx is the writer's open transaction as a change sees it.
type tx struct {
	conn  *sql.Conn
	wrote bool // something was written, or may have been

	changes changes // for the audit
}

// QueryContext reads rows within the transaction.
func (t *tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.conn.QueryContext(ctx, query, args...)
}

// QueryRowContext reads a row within the transaction.
func (t *tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.conn.QueryRowContext(ctx, query, args...)
}

// exec writes and gives the number of rows that it touched.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.conn.ExecContext(ctx, query, args...)
	if err != nil {
		t.wrote = true
		return 0, err
	}
	n, err := result.RowsAffected()
	if err != nil || n > 0 {
		t.wrote = true
	}
	return n, err
}
