package store

import (
	"context"
	"database/sql"

	"heliograph/resource"
)

const serverValue = `SELECT value FROM server_values WHERE name = $1`

// ServerValue finds one of the server's own values by name.
func (db *DB) ServerValue(ctx context.Context, name string) ([]byte, bool, error) {
	return first(ctx, db.reads, scanBytes, serverValue, name)
}

// PutServerValueOnce writes a value unless there is one already, and gives the
// one that holds afterwards.
func (db *DB) PutServerValueOnce(ctx context.Context, name string, value []byte) (stored []byte, err error) {
	err = db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(resource.Scope{}) // nothing that the audit shows
		_, err := tx.exec(ctx, `INSERT INTO server_values (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, value)
		if err != nil {
			return wrap(err, "server value %s", name)
		}
		stored, _, err = first(ctx, tx, scanBytes, serverValue, name)
		return err
	})
	return stored, err
}

func scanBytes(row *sql.Rows) (b []byte, err error) { return b, row.Scan(&b) }
