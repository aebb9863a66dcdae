package store

import (
	"context"
	"database/sql"

	"heliograph/resource"
	"heliograph/resource/keyword"
	"heliograph/resource/origination"
)

var _ keyword.Store = (*DB)(nil)

// Keywords is all that a scope holds now. The view is shared and must not be
// changed.
func (db *DB) Keywords(ctx context.Context, s resource.Scope) (*keyword.View, error) {
	return db.keywords.get(s, func() (*keyword.View, error) {
		view := &keyword.View{Scope: s}
		err := db.snapshot(ctx, func(q querier) (err error) {
			if view.Revision, err = scopeRevision(ctx, q, s); err != nil {
				return err
			}
			view.Keywords, err = all(ctx, q, scanKeyword, `SELECT identity, keyword, message, action, created_at FROM keywords
				WHERE account = $1 AND region = $2 ORDER BY created_at, keyword, identity`, s.Account, s.Region)
			return err
		})
		return view, wrap(err, "store: keywords of %s", s.Account)
	})
}

func scanKeyword(row *sql.Rows) (k keyword.Keyword, err error) {
	var created int64
	err = row.Scan(&k.Identity, &k.Text, &k.Message, &k.Action, &created)
	k.CreatedAt = instant(created)
	return k, err
}

// ChangeKeywords applies a change. Errors: api.ErrStale when the scope is no
// longer at the revision.
func (db *DB) ChangeKeywords(ctx context.Context, c keyword.Change) error {
	err := db.changeScope(ctx, c.Scope, revision{seen: c.Revision}, func(ctx context.Context, tx *tx) error {
		for _, key := range c.Drop {
			tx.changed(c.Scope, keywordTarget(key))
			_, err := tx.exec(ctx, `DELETE FROM keywords WHERE account = $1 AND region = $2 AND identity = $3 AND keyword = $4`,
				c.Scope.Account, c.Scope.Region, key.Identity, key.Text)
			if err != nil {
				return wrap(err, "keyword %s", key.Text)
			}
		}
		for _, k := range c.Put {
			tx.changed(c.Scope, keywordTarget(keyword.Key{Identity: k.Identity, Text: k.Text}))
			_, err := tx.exec(ctx, `INSERT INTO keywords (account, region, identity, keyword, message, action, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (account, region, identity, keyword) DO UPDATE SET message = excluded.message, action = excluded.action`,
				c.Scope.Account, c.Scope.Region, k.Identity, k.Text, k.Message, string(k.Action), millis(k.CreatedAt))
			if err != nil {
				return wrap(err, "keyword %s", k.Text)
			}
		}
		return nil
	})
	return wrap(err, "store: change of the keywords of %s", c.Scope.Account)
}

// keywordTarget names a keyword, for the audit.
func keywordTarget(k keyword.Key) string { return "keyword/" + k.Identity + "/" + k.Text }

// dropKeywords deletes the keywords of numbers and pools that go.
func dropKeywords(ctx context.Context, tx *tx, c origination.Change) error {
	for _, ids := range [][]string{c.DropNumbers, c.DropPools} {
		for _, id := range ids {
			if err := deleteRow(ctx, tx, c.Scope, `keywords`, `identity`, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyKeywords gives new pools the keywords of their first number.
func copyKeywords(ctx context.Context, tx *tx, c origination.Change) error {
	for _, k := range c.CopyKeywords {
		_, err := tx.exec(ctx, `INSERT INTO keywords (account, region, identity, keyword, message, action, created_at)
			SELECT account, region, $4, keyword, message, action, created_at FROM keywords
			WHERE account = $1 AND region = $2 AND identity = $3`, c.Scope.Account, c.Scope.Region, k.From, k.To)
		if err != nil {
			return wrap(err, "keywords of pool %s", k.To)
		}
	}
	return nil
}
