package store

import (
	"context"
	"database/sql"

	"heliograph/resource"
	"heliograph/resource/configset"
)

var _ configset.Store = (*DB)(nil)

// ConfigurationSets is all that a scope holds now. The view is shared and must
// not be changed.
func (db *DB) ConfigurationSets(ctx context.Context, s resource.Scope) (*configset.View, error) {
	return db.configurationSets.get(s, func() (*configset.View, error) {
		view := &configset.View{Scope: s}
		err := db.snapshot(ctx, func(q querier) (err error) {
			if view.Revision, err = scopeRevision(ctx, q, s); err != nil {
				return err
			}
			view.Sets, err = all(ctx, q, scanSet, setRows, s.Account, s.Region)
			return err
		})
		return view, wrap(err, "store: configuration sets of %s", s.Account)
	})
}

const (
	setColumns = `SELECT name, default_sender_id, default_type, default_feedback, tags, created_at, destinations
		FROM configuration_sets WHERE account = $1 AND region = $2`
	setRows = setColumns + ` ORDER BY created_at, name`
	setRow  = setColumns + ` AND name = $3`
)

func scanSet(row *sql.Rows) (s configset.Set, err error) {
	var created int64
	err = row.Scan(&s.Name, &s.DefaultSenderID, &s.DefaultType, &s.DefaultFeedback, of(&s.Tags), &created, of(&s.Destinations))
	s.CreatedAt = instant(created)
	return s, err
}

const putSet = `INSERT INTO configuration_sets (account, region, name, default_sender_id, default_type, default_feedback, tags,
		created_at, destinations)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (account, region, name) DO UPDATE SET default_sender_id = excluded.default_sender_id,
		default_type = excluded.default_type, default_feedback = excluded.default_feedback, tags = excluded.tags,
		created_at = excluded.created_at, destinations = excluded.destinations`

// setTargets names what a change writes, for the audit.
func setTargets(c configset.Change) (targets []string) {
	for _, s := range c.Put {
		targets = append(targets, "configuration-set/"+s.Name)
	}
	for _, name := range c.Drop {
		targets = append(targets, "configuration-set/"+name)
	}
	if c.About != "" {
		targets = append(targets, "event-destination/"+c.About)
	}
	return targets
}

// ChangeConfigurationSets applies a change. Errors: api.ErrStale when the scope
// is no longer at the revision, api.ErrTokenTaken when the idempotency row
// exists.
func (db *DB) ChangeConfigurationSets(ctx context.Context, c configset.Change) error {
	seen := revision{seen: c.Revision, once: c.Once}
	err := db.changeScope(ctx, c.Scope, seen, func(ctx context.Context, tx *tx) error {
		tx.changed(c.Scope, setTargets(c)...)
		for _, name := range c.Drop {
			if err := deleteRow(ctx, tx, c.Scope, `configuration_sets`, `name`, name); err != nil {
				return err
			}
		}
		for _, s := range c.Put {
			_, err := tx.exec(ctx, putSet, c.Scope.Account, c.Scope.Region, s.Name, s.DefaultSenderID,
				string(s.DefaultType), s.DefaultFeedback, jsonText(s.Tags), millis(s.CreatedAt), jsonText(s.Destinations))
			if err != nil {
				return wrap(err, "configuration set %s", s.Name)
			}
		}
		return nil
	})
	return wrap(err, "store: change of the configuration sets of %s", c.Scope.Account)
}
