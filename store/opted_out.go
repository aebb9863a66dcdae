package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/optout"
)

var _ optout.Entries = (*DB)(nil)

// onList is the look-up that every message costs.
var onList = statement{`SELECT 1 FROM opted_out_numbers WHERE account = ? AND region = ? AND list = ? AND number = ?`, 4}

// optedOut says whether a new message's recipient is on its opt-out list.
func (r *road) optedOut(ctx context.Context, m *message.Message) (bool, error) {
	if m.Confirmation {
		return false, nil
	}
	return r.fast.has(ctx, &onList, m.Scope.Account, m.Scope.Region, m.List(), m.To)
}

// OptedOut says whether a message's recipient is on its opt-out list now, or on
// the one that its number or pool has by now: what was committed before the call
// is seen, whoever committed it. A confirmation goes to anybody.
func (db *DB) OptedOut(ctx context.Context, m *message.Message) (out bool, err error) {
	if m.Confirmation {
		return false, nil
	}
	err = db.lookup.QueryRowContext(ctx, m.Scope.Account, m.Scope.Region, m.List(), m.To,
		m.Origin.Pool, m.Origin.Identity, leftOf(m.List()), millis(m.AcceptedAt)).Scan(&out)
	return out, wrap(err, "store: opt-out list of message %s", m.ID)
}

// isOnList asks the list that the message was accepted with, those that its pool
// and its number have now, and what a list of that name that is gone has left for
// messages of its time. Every one is a look-up by a key.
const isOnList = `SELECT EXISTS (SELECT 1 FROM opted_out_numbers
		WHERE account = $1 AND region = $2 AND number = $4 AND list IN ($3,
			(SELECT opt_out_list FROM pools WHERE account = $1 AND region = $2 AND id = $5),
			(` + listOfNumber + `$6)))
	OR EXISTS (SELECT 1 FROM opted_out_numbers
		WHERE account = $1 AND region = $2 AND list = $7 AND number = $4 AND opted_out_at >= $8)`

// listOfNumber is the list of a number: its pool's while it is in one. The
// number's id follows.
const listOfNumber = `SELECT COALESCE(p.opt_out_list, n.opt_out_list) FROM phone_numbers n
	LEFT JOIN pools p ON p.account = n.account AND p.region = n.region AND p.id = n.pool
	WHERE n.account = $1 AND n.region = $2 AND n.id = `

// putOptedOut puts a number on a list within a larger change and answers the
// entry. Of one that is there the time stays, and that the person did it
// themselves is added. A caller that decides by it whether messages are accepted
// sets `before` of its write.
func putOptedOut(ctx context.Context, tx *tx, s resource.Scope, list string, e optout.Entry) (optout.Entry, error) {
	if err := holdScope(ctx, tx, s); err != nil {
		return optout.Entry{}, err
	}
	_, err := tx.exec(ctx, `INSERT INTO opted_out_numbers (account, region, list, number, opted_out_at, by_end_user)
		VALUES ($1, $2, $3, $4, $5, $6)`+keepEntry,
		s.Account, s.Region, list, e.Number, millis(e.At), e.ByEndUser)
	if err != nil {
		return optout.Entry{}, wrap(err, "opt-out")
	}
	kept, _, err := readOptedOut(ctx, tx, s, list, e.Number)
	return kept, err
}

// keepEntry is what becomes of an entry that is there.
const keepEntry = ` ON CONFLICT (account, region, list, number) DO UPDATE SET by_end_user = excluded.by_end_user
	WHERE excluded.by_end_user AND NOT opted_out_numbers.by_end_user`

// holdScope makes a scope one that holds something.
func holdScope(ctx context.Context, tx *tx, s resource.Scope) error {
	_, err := tx.exec(ctx, `INSERT INTO scopes (account, region, revision) VALUES ($1, $2, 0) ON CONFLICT (account, region) DO NOTHING`,
		s.Account, s.Region)
	return wrap(err, "scope")
}

// dropOptedOut takes a number off a list within a larger change; false means that
// it was not there. How often that may be done is not looked at: a person may opt
// in whenever they like.
func dropOptedOut(ctx context.Context, tx *tx, s resource.Scope, list, number string) (was bool, err error) {
	n, err := tx.exec(ctx, `DELETE FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3 AND number = $4`,
		s.Account, s.Region, list, number)
	return n > 0, wrap(err, "opt-in")
}

const entryColumns = `SELECT number, opted_out_at, by_end_user FROM opted_out_numbers WHERE account = $1 AND region = $2 AND list = $3`

func readOptedOut(ctx context.Context, q querier, s resource.Scope, list, number string) (optout.Entry, bool, error) {
	return first(ctx, q, scanEntryOf, entryColumns+` AND number = $4`, s.Account, s.Region, list, number)
}

func scanEntryOf(row *sql.Rows) (e optout.Entry, err error) {
	var at int64
	err = row.Scan(&e.Number, &at, &e.ByEndUser)
	e.At = instant(at)
	return e, err
}

// OptedOutNumbers finds those of some numbers that are on a list.
func (db *DB) OptedOutNumbers(ctx context.Context, s resource.Scope, list string, numbers []string) (found []optout.Entry, err error) {
	err = db.snapshot(ctx, func(q querier) error {
		for _, number := range numbers {
			e, ok, err := readOptedOut(ctx, q, s, list, number)
			if err != nil {
				return err
			}
			if ok {
				found = append(found, e)
			}
		}
		return nil
	})
	return found, wrap(err, "store: opt-out list %s of %s", list, s.Account)
}

// OptedOutRange reads a page of a list. Those that opted out themselves and the
// others lie apart in the index, so that a page costs what it shows.
func (db *DB) OptedOutRange(ctx context.Context, r optout.Range) (page []optout.Entry, err error) {
	kinds := []bool{false, true}
	if r.ByEndUser != nil {
		kinds = []bool{*r.ByEndUser}
	}
	err = db.snapshot(ctx, func(q querier) error {
		for _, kind := range kinds {
			some, err := all(ctx, q, scanEntryOf, entryColumns+` AND by_end_user = $4 AND (opted_out_at, number) > ($5, $6)
				ORDER BY opted_out_at, number LIMIT $7`,
				r.Scope.Account, r.Scope.Region, r.List, kind, millis(r.After.At), r.After.Number, r.Limit)
			if err != nil {
				return err
			}
			page = append(page, some...)
		}
		return nil
	})
	slices.SortFunc(page, func(a, b optout.Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Number, b.Number)) })
	return page[:min(len(page), r.Limit)], wrap(err, "store: opt-out list %s of %s", r.List, r.Scope.Account)
}

// PutOptedOut puts a number on a list and answers the entry, as it was if the
// number was there. Errors: optout.ErrNoList.
func (db *DB) PutOptedOut(ctx context.Context, s resource.Scope, list string, e optout.Entry) (optout.Entry, error) {
	var kept optout.Entry
	err := db.writer.do(ctx, &write{before: true, change: func(ctx context.Context, tx *tx) (err error) {
		tx.changed(s, "opt-out-list/"+list)
		if err := listThere(ctx, tx, s, list); err != nil {
			return err
		}
		kept, err = putOptedOut(ctx, tx, s, list, e)
		return err
	}})
	return kept, wrap(err, "store: opt-out list %s of %s", list, s.Account)
}

// listThere says ErrNoList unless a list exists.
func listThere(ctx context.Context, q querier, s resource.Scope, list string) error {
	if list == resource.DefaultOptOutList {
		return nil
	}
	_, found, err := first(ctx, q, scanOne, `SELECT 1 FROM opt_out_lists WHERE account = $1 AND region = $2 AND name = $3`, s.Account, s.Region, list)
	if err == nil && !found {
		return optout.ErrNoList
	}
	return err
}

func scanOne(row *sql.Rows) (one int, err error) { return one, row.Scan(&one) }

// DeleteOptedOut takes a number off a list and answers what the entry was,
// unless that was done after `since` already. Errors: optout.ErrNotOnList,
// optout.ErrOptedInNow.
func (db *DB) DeleteOptedOut(ctx context.Context, s resource.Scope, list, number string, at, since time.Time) (optout.Entry, error) {
	var was optout.Entry
	err := db.writer.do(ctx, &write{before: true, change: func(ctx context.Context, tx *tx) (err error) {
		tx.changed(s, "opt-out-list/"+list)
		found := false
		if was, found, err = readOptedOut(ctx, tx, s, list, number); err != nil {
			return err
		}
		if !found {
			return optout.ErrNotOnList
		}
		if err := mayOptIn(ctx, tx, s, number, since); err != nil {
			return err
		}
		if _, err := dropOptedOut(ctx, tx, s, list, number); err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO opt_ins (account, region, number, opted_in_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account, region, number) DO UPDATE SET opted_in_at = excluded.opted_in_at`,
			s.Account, s.Region, number, millis(at))
		return err
	}})
	return was, wrap(err, "store: opt-out list %s of %s", list, s.Account)
}

// mayOptIn says ErrOptedInNow when the API took a number off a list after a time.
func mayOptIn(ctx context.Context, q querier, s resource.Scope, number string, since time.Time) error {
	_, found, err := first(ctx, q, scanOne, `SELECT 1 FROM opt_ins WHERE account = $1 AND region = $2 AND number = $3 AND opted_in_at > $4`,
		s.Account, s.Region, number, millis(since))
	if err == nil && found {
		return optout.ErrOptedInNow
	}
	return err
}
