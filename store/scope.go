package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"heliograph/api"
	"heliograph/resource"
)

// cachedScopes bounds each kind of view in memory; beyond it the memory is
// emptied.
const cachedScopes = 10_000

// views keeps what was read of scopes until they change.
type views[V any] struct {
	mu         sync.Mutex
	generation int64 // goes up with each change: who read before it keeps nothing
	kept       map[resource.Scope]*V
}

// get gives the view of a scope, read with load when it is not in memory.
func (c *views[V]) get(s resource.Scope, load func() (*V, error)) (*V, error) {
	c.mu.Lock()
	view, generation := c.kept[s], c.generation
	c.mu.Unlock()
	if view != nil {
		return view, nil
	}
	view, err := load()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		if c.kept == nil || len(c.kept) >= cachedScopes {
			c.kept = map[resource.Scope]*V{}
		}
		c.kept[s] = view
	}
	return view, nil
}

// forget drops the view of a scope after a change of it.
func (c *views[V]) forget(s resource.Scope) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.kept, s)
}

// forgetAll drops every view.
func (c *views[V]) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.kept)
}

// changeScope runs do as a change of a scope's resources: the revision is
// compared and raised first. Views are forgotten after the commit, before the
// caller hears of it.
func (db *DB) changeScope(ctx context.Context, s resource.Scope, r revision, do func(ctx context.Context, tx *tx) error) error {
	one := &write{change: func(ctx context.Context, tx *tx) error {
		if err := checkOnce(ctx, tx, r.once); err != nil {
			return err
		}
		if err := r.check(ctx, tx, s); err != nil {
			return err
		}
		if r.reads != nil {
			if err := r.reads(ctx, tx); err != nil {
				return err
			}
		}
		if err := r.raise(ctx, tx, s); err != nil {
			return err
		}
		if err := db.putOnce(ctx, tx, r.once); err != nil {
			return err
		}
		return do(ctx, tx)
	}}
	one.committed = func() {
		db.identities.forget(s)
		db.configurationSets.forget(s)
		db.optOutLists.forget(s)
		db.keywords.forget(s)
		db.writer.road.forgetSets()
	}
	return db.writer.do(ctx, one)
}

// revision is what a change of a scope claims to have seen.
type revision struct {
	seen     resource.Revision
	override bool // the revision is not compared
	once     *api.Once
	reads    func(ctx context.Context, tx *tx) error // further checks before the first write
}

func (r revision) check(ctx context.Context, q querier, s resource.Scope) error {
	now, err := scopeRevision(ctx, q, s)
	if err == nil && now != r.seen && !r.override {
		return api.ErrStale
	}
	return err
}

// raise counts the change. The comparison is repeated in the statement, which
// holds against other nodes too.
func (r revision) raise(ctx context.Context, tx *tx, s resource.Scope) error {
	n, err := tx.exec(ctx, `INSERT INTO scopes (account, region, revision) VALUES ($1, $2, 1)
		ON CONFLICT (account, region) DO UPDATE SET revision = scopes.revision + 1 WHERE scopes.revision = $3 OR $4`,
		s.Account, s.Region, int64(r.seen), r.override)
	if err == nil && n == 0 {
		return api.ErrStale
	}
	return err
}

// scopeRevision is how often a scope was changed.
func scopeRevision(ctx context.Context, q querier, s resource.Scope) (resource.Revision, error) {
	var now int64
	err := q.QueryRowContext(ctx, `SELECT revision FROM scopes WHERE account = $1 AND region = $2`, s.Account, s.Region).Scan(&now)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return resource.Revision(now), err
}

// snapshot runs read on one state of the database.
func (db *DB) snapshot(ctx context.Context, read func(q querier) error) (err error) {
	tx, err := db.reads.BeginTx(ctx, &db.engine.Snapshot)
	if err != nil {
		return fmt.Errorf("store: cannot read: %w", err)
	}
	defer func() {
		if undo := tx.Rollback(); err == nil {
			err = undo
		}
	}()
	return read(tx)
}

// list is a slice as JSON text. An empty one is "[]".
type list[T any] struct{ of *[]T }

func jsonText[T any](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	text, err := json.Marshal(values)
	if err != nil { // strings and structs of strings always encode
		panic(err)
	}
	return string(text)
}

// Scan reads JSON text; an empty list becomes nil.
func (l list[T]) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("store: a list is %T in the database", src)
	}
	*l.of = nil
	if text == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(text), l.of)
}

func of[T any](values *[]T) list[T] { return list[T]{values} }
