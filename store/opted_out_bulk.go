package store

import (
	"context"
	"fmt"

	"heliograph/resource"
	"heliograph/resource/optout"
)

// putEntry puts a number on a list.
var putEntry = statement{`INSERT INTO opted_out_numbers (account, region, list, number, opted_out_at, by_end_user)
	VALUES (?, ?, ?, ?, ?, ?)` + keepEntry, 6}

// ImportOptOuts puts numbers on a list in one transaction; of those that are there
// the entries stay, as putOptedOut says. Errors: optout.ErrNoList.
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

// purgeRows are the entries that one transaction purges.
const purgeRows = 1000

// purgeLeft deletes what a list left behind that is gone.
func (db *DB) purgeLeft(ctx context.Context, s resource.Scope, list string) error {
	if list == resource.DefaultOptOutList {
		return nil
	}
	_, left, err := first(ctx, db.reads, scanOne, `SELECT 1 FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3`+
		whereNoList+` LIMIT 1`, s.Account, s.Region, list)
	if err != nil || !left {
		return wrap(err, "store: opt-out list %s", list)
	}
	return db.purgeList(ctx, s, list)
}

// purgeList deletes the entries of a list that is gone, in steps that let others
// write in between. A list of the same name that was made meanwhile keeps its own.
func (db *DB) purgeList(ctx context.Context, s resource.Scope, list string) error {
	for more := true; more; {
		err := db.change(ctx, func(ctx context.Context, tx *tx) error {
			tx.changed(s) // nothing that the audit shows
			n, err := tx.exec(ctx, dropEntries(`LIMIT $4`)+whereNoList, s.Account, s.Region, list, purgeRows)
			more = n == purgeRows
			return err
		})
		if err != nil {
			return fmt.Errorf("store: purge of opt-out list %s: %w", list, err)
		}
	}
	return nil
}

const whereNoList = ` AND NOT EXISTS (SELECT 1 FROM opt_out_lists WHERE account = $1 AND region = $2 AND name = $3)`

// dropEntries deletes entries of a list, as many as a LIMIT allows.
func dropEntries(limit string) string {
	return `DELETE FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3 AND number IN (
		SELECT number FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3 ` + limit + `)`
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
