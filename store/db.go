package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"heliograph/resource/configset"
	"heliograph/resource/keyword"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
)

// ErrClosed is what a write gets when the store is not running.
var ErrClosed = errors.New("store: not running")

// DB is the server's database. Open one with the engine's package, Start it
// before the first write and Stop it last.
type DB struct {
	engine Engine
	writes *sql.DB // one connection: the writer's
	reads  *sql.DB
	conn   *sql.Conn
	writer *writer
	lookup *sql.Stmt // isOnList, which every submission costs

	identities        views[origination.View]
	configurationSets views[configset.View]
	optOutLists       views[optout.View]
	keywords          views[keyword.View]

	purge   chan struct{} // an opt-out list is gone
	started bool
	stop    sync.Once // closes the database
	stopErr error
}

// New makes a store on two pools of one database, the first for the writer and
// the second for reads, and brings its schema up to date. It fails when the
// database was written by a newer program. The pools belong to the store
// afterwards.
func New(ctx context.Context, engine Engine, writes, reads *sql.DB) (*DB, error) {
	db := &DB{engine: engine, writes: writes, reads: reads, purge: make(chan struct{}, 1)}
	conn, err := writes.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: cannot open the database: %w", err), db.close())
	}
	db.conn = conn
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	db.writer = newWriter(engine, conn)
	if db.lookup, err = reads.PrepareContext(ctx, isOnList); err != nil {
		return nil, errors.Join(fmt.Errorf("store: cannot read the database: %w", err), db.close())
	}
	return db, nil
}

// Start begins to write. It is called once, before the first write.
func (db *DB) Start(context.Context) error {
	db.started = true
	go db.writer.run()
	return nil
}

// Stop takes no more writes, waits until those under way are on disk, bounded
// by ctx, and closes the database. A call after one that ran out of time goes
// on waiting; a call after a complete one does nothing.
func (db *DB) Stop(ctx context.Context) error {
	db.writer.close()
	if db.started {
		select {
		case <-db.writer.finished:
		case <-ctx.Done():
			return fmt.Errorf("store: writes are still waiting: %w", ctx.Err())
		}
	}
	db.stop.Do(func() { db.stopErr = db.close() })
	return db.stopErr
}

// Ready says whether the database answers.
func (db *DB) Ready(ctx context.Context) error {
	var one int
	if err := db.reads.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("store: the database does not answer: %w", err)
	}
	return nil
}

func (db *DB) close() error {
	var errs []error
	if db.writer != nil {
		errs = append(errs, db.writer.fast.close())
	}
	if db.lookup != nil {
		errs = append(errs, db.lookup.Close())
	}
	if db.conn != nil {
		errs = append(errs, db.conn.Close())
	}
	return errors.Join(append(errs, db.reads.Close(), db.writes.Close())...)
}

// change runs do inside the writer's next transaction and returns when that is
// committed. do reads first and returns errors of the domain before its first
// write: such an error reaches only this caller, and the other writes of the
// transaction go on. do may run several times, when a transaction that it
// shares fails; it must not keep what it learnt in an earlier run.
//
// When ctx ends before the commit the caller is told so, but the change may
// still happen.
func (db *DB) change(ctx context.Context, do func(ctx context.Context, tx *tx) error) error {
	return db.writer.do(ctx, &write{change: do})
}

// all reads every row of a query with scan.
func all[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		record, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, record)
	}
	return list, rows.Err()
}
