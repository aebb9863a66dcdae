package store

import (
	"context"
	"database/sql"

	"heliograph/resource"
	"heliograph/resource/optout"
)

var _ optout.Store = (*DB)(nil)

// OptOutLists is all that a scope holds now. The view is shared and must not be
// changed.
func (db *DB) OptOutLists(ctx context.Context, s resource.Scope) (*optout.View, error) {
	return db.optOutLists.get(s, func() (*optout.View, error) {
		view := &optout.View{Scope: s}
		err := db.snapshot(ctx, func(q querier) error { return readLists(ctx, q, view) })
		return view, wrap(err, "store: opt-out lists of %s", s.Account)
	})
}

func readLists(ctx context.Context, q querier, v *optout.View) (err error) {
	if v.Revision, err = scopeRevision(ctx, q, v.Scope); err != nil {
		return err
	}
	rows, err := all(ctx, q, scanList, listRows, v.Scope.Account, v.Scope.Region)
	for _, list := range rows {
		if list.Name == resource.DefaultOptOutList {
			v.DefaultTags = list.Tags
		} else {
			v.Lists = append(v.Lists, list)
		}
	}
	return err
}

const listRows = `SELECT name, tags, created_at FROM opt_out_lists
	WHERE account = $1 AND region = $2 ORDER BY created_at, name`

func scanList(row *sql.Rows) (l optout.List, err error) {
	var created int64
	err = row.Scan(&l.Name, of(&l.Tags), &created)
	l.CreatedAt = instant(created)
	return l, err
}

// listNames are the names of a scope's opt-out lists, Default first.
func listNames(ctx context.Context, q querier, s resource.Scope) ([]string, error) {
	made, err := all(ctx, q, func(row *sql.Rows) (name string, err error) { return name, row.Scan(&name) },
		`SELECT name FROM opt_out_lists WHERE account = $1 AND region = $2 AND name <> $3 ORDER BY created_at, name`,
		s.Account, s.Region, resource.DefaultOptOutList)
	return append([]string{resource.DefaultOptOutList}, made...), err
}

const putList = `INSERT INTO opt_out_lists (account, region, name, tags, created_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (account, region, name) DO UPDATE SET tags = excluded.tags, created_at = excluded.created_at`

// listTargets names what a change writes, for the audit.
func listTargets(c optout.Change) (targets []string) {
	for _, l := range c.Put {
		targets = append(targets, "opt-out-list/"+l.Name)
	}
	for _, name := range c.Drop {
		targets = append(targets, "opt-out-list/"+name)
	}
	return targets
}

// ChangeOptOutLists applies a change. Errors: api.ErrStale when the scope is no
// longer at the revision, api.ErrTokenTaken when the idempotency row exists. The
// entries of a list that is dropped are left to the Janitor: there may be millions.
// What it has not come to goes before a list of the same name comes.
func (db *DB) ChangeOptOutLists(ctx context.Context, c optout.Change) error {
	for _, l := range c.Put {
		if err := db.purgeLeft(ctx, c.Scope, l.Name); err != nil {
			return err
		}
	}
	err := db.changeLists(ctx, c)
	if err == nil && len(c.Drop) > 0 {
		db.signalPurge()
	}
	return err
}

// signalPurge tells that a list is gone; one signal is kept.
func (db *DB) signalPurge() {
	select {
	case db.purge <- struct{}{}:
	default:
	}
}

func (db *DB) changeLists(ctx context.Context, c optout.Change) error {
	seen := revision{seen: c.Revision, once: c.Once}
	err := db.changeScope(ctx, c.Scope, seen, func(ctx context.Context, tx *tx) error {
		tx.changed(c.Scope, listTargets(c)...)
		for _, name := range c.Drop {
			if err := deleteRow(ctx, tx, c.Scope, `opt_out_lists`, `name`, name); err != nil {
				return err
			}
		}
		for _, l := range c.Put {
			_, err := tx.exec(ctx, putList, c.Scope.Account, c.Scope.Region, l.Name, jsonText(l.Tags), millis(l.CreatedAt))
			if err != nil {
				return wrap(err, "opt-out list %s", l.Name)
			}
		}
		return nil
	})
	return wrap(err, "store: change of the opt-out lists of %s", c.Scope.Account)
}
