package store

import (
	"context"

	"heliograph/resource"
	"heliograph/resource/optout"
)

// putEntry puts a number on a list.
var putEntry = statement{`INSERT INTO opted_out_numbers (account, region, list, number, opted_out_at, by_end_user)
	VALUES (?, ?, ?, ?, ?, ?)` + keepEntry, 6}

// ImportOptOuts puts numbers on a list in one transaction. Of those that are there
// the time stays, and that the person did it themselves is added where the import
// says so. Errors: optout.ErrNoList.
func (db *DB) ImportOptOuts(ctx context.Context, s resource.Scope, list string, entries []optout.Entry) error {
	err := db.writer.do(ctx, &write{before: true, change: func(ctx context.Context, tx *tx) error {
		tx.changed(s) // the audit has a line of the whole import
		if err := listThere(ctx, tx, s, list); err != nil {
			return err
		}
		if err := holdScope(ctx, tx, s); err != nil {
			return err
		}
		tx.wrote = true
		var rows values
		for _, e := range entries {
			rows = append(rows, s.Account, s.Region, list, e.Number, millis(e.At), e.ByEndUser)
		}
		return db.writer.fast.each(ctx, &putEntry, rows)
	}})
	return wrap(err, "store: import to opt-out list %s of %s", list, s.Account)
}

// EmptyOptOuts forgets everybody on any list of a scope, and who was taken off.
func (db *DB) EmptyOptOuts(ctx context.Context, s resource.Scope) error {
	for more := true; more; {
		err := db.change(ctx, func(ctx context.Context, tx *tx) error {
			tx.changed(s)
			n, err := tx.exec(ctx, `DELETE FROM opted_out_numbers WHERE account = $1 AND region = $2 AND (list, number) IN (
				SELECT list, number FROM opted_out_numbers WHERE account = $1 AND region = $2 LIMIT $3)`, s.Account, s.Region, purgeRows)
			if more = n == purgeRows; err != nil || more {
				return err
			}
			_, err = tx.exec(ctx, `DELETE FROM opt_ins WHERE account = $1 AND region = $2`, s.Account, s.Region)
			return err
		})
		if err != nil {
			return wrap(err, "store: opt-outs of %s", s.Account)
		}
	}
	return nil
}
