package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"heliograph/resource"
	"heliograph/resource/optout"
)

// purgeRows are the rows that one transaction purges.
const purgeRows = 1000

// leftOf names what a list that is gone has left: those of its entries that keep
// messages back which were accepted with it, each with the time of the last of
// them. A list made later under the same name begins with nobody on it, and these
// do not count for what is accepted with that. No list can have such a name.
func leftOf(list string) string { return list + leftSuffix }

const leftSuffix = "/left"

// leftKept is longer than any message waits.
const leftKept = 4 * 24 * time.Hour

// purgeLeft deletes the entries of a list that is gone, but for what messages that
// wait need.
func (db *DB) purgeLeft(ctx context.Context, s resource.Scope, list string) error {
	err := listThere(ctx, db.reads, s, list)
	if !errors.Is(err, optout.ErrNoList) {
		return wrap(err, "store: opt-out list %s", list)
	}
	_, left, err := first(ctx, db.reads, scanOne, `SELECT 1 FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3 LIMIT 1`,
		s.Account, s.Region, list)
	if err == nil && left {
		err = db.keepBack(ctx, s, list)
	}
	if err == nil && left {
		err = db.purgeInSteps(ctx, dropEntries(``)+whereNoList, s.Account, s.Region, list, purgeRows)
	}
	return wrap(err, "store: purge of opt-out list %s", list)
}

// keptBack is a recipient of messages that wait, and when the last was accepted.
type keptBack struct {
	number string
	at     int64
}

func scanKeptBack(row *sql.Rows) (k keptBack, err error) { return k, row.Scan(&k.number, &k.at) }

// keepBack leaves the entries of the recipients of what waits. It is read beside
// the writer: a message that comes meanwhile is refused while the entries are
// there.
func (db *DB) keepBack(ctx context.Context, s resource.Scope, list string) error {
	rest, err := all(ctx, db.reads, scanKeptBack, `SELECT m.destination, MAX(m.accepted_at) FROM messages m
		JOIN opted_out_numbers o ON o.account = m.account AND o.region = m.region AND o.list = m.opt_out_list AND o.number = m.destination
		WHERE m.state = 0 AND m.account = $1 AND m.region = $2 AND m.opt_out_list = $3`+whereNoList+`
		GROUP BY m.destination`, s.Account, s.Region, list)
	for err == nil && len(rest) > 0 {
		now := rest[:min(len(rest), purgeRows)]
		rest = rest[len(now):]
		err = db.change(ctx, func(ctx context.Context, tx *tx) error {
			tx.changed(s) // nothing that the audit shows
			for _, k := range now {
				if _, err := tx.exec(ctx, keepLeft, s.Account, s.Region, leftOf(list), k.number, k.at); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

const keepLeft = `INSERT INTO opted_out_numbers (account, region, list, number, opted_out_at, by_end_user)
	VALUES ($1, $2, $3, $4, $5, FALSE) ON CONFLICT (account, region, list, number) DO UPDATE SET opted_out_at = excluded.opted_out_at
	WHERE excluded.opted_out_at > opted_out_numbers.opted_out_at`

// whereNoList lets a list of the same name that was made meanwhile keep its own.
const whereNoList = ` AND NOT EXISTS (SELECT 1 FROM opt_out_lists WHERE account = $1 AND region = $2 AND name = $3)`

// dropEntries deletes entries of a list for which a condition holds, up to $4.
func dropEntries(condition string) string {
	return `DELETE FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3 AND number IN (
		SELECT number FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3` + condition + ` LIMIT $4)`
}

// purgeInSteps deletes up to purgeRows rows at a time, so that others write in
// between.
func (db *DB) purgeInSteps(ctx context.Context, query string, args ...any) error {
	for more := true; more; {
		err := db.change(ctx, func(ctx context.Context, tx *tx) error {
			tx.changed(resource.Scope{}) // nothing that the audit shows
			n, err := tx.exec(ctx, query, args...)
			more = n == purgeRows
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// PurgeOptOuts deletes the entries of lists that are gone, as of a time.
func (db *DB) PurgeOptOuts(ctx context.Context, now time.Time) error {
	for last := (listKey{}); ; {
		next, more, err := first(ctx, db.reads, scanListKey, `SELECT account, region, list FROM opted_out_numbers
			WHERE (account, region, list) > ($1, $2, $3) ORDER BY account, region, list LIMIT 1`, last.Account, last.Region, last.list)
		if err != nil || !more {
			return wrap(err, "store: opt-out lists")
		}
		last = next
		if strings.HasSuffix(next.list, leftSuffix) {
			err = db.purgeInSteps(ctx, dropEntries(` AND by_end_user = FALSE AND opted_out_at < $5`),
				next.Account, next.Region, next.list, purgeRows, millis(now.Add(-leftKept)))
		} else {
			err = db.purgeLeft(ctx, next.Scope, next.list)
		}
		if err != nil {
			return err
		}
	}
}

// listKey is a list that has entries.
type listKey struct {
	resource.Scope
	list string
}

func scanListKey(row *sql.Rows) (k listKey, err error) {
	return k, row.Scan(&k.Account, &k.Region, &k.list)
}
