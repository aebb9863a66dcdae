// Package sqlite opens the store on SQLite: in one file beside its write-ahead
// log, synchronous=FULL, so that a commit has reached the disk when it
// returns. It holds what differs from other engines and nothing else.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	driver "modernc.org/sqlite"
	code "modernc.org/sqlite/lib"

	"heliograph/store"
)

// readers is how many connections read at once.
const readers = 4

// Open opens the database in a file, made when absent, and brings its schema
// up to date. The store is not started.
func Open(path string) (*store.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	writes, err := sql.Open("sqlite", source(absolute, "synchronous(FULL)", "wal_autocheckpoint(8000)", "cache_size(-65536)", "journal_size_limit(268435456)"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	// A commit waits for the file's data and size, not for its timestamps: as
	// durable, and quicker on journaling file systems. Where the system has no
	// such call it stays with fsync.
	if _, err := driver.Fdatasync(true); err != nil && !errors.Is(err, driver.ErrFdatasyncUnavailable) {
		return nil, errors.Join(fmt.Errorf("sqlite: %w", err), writes.Close())
	}
	writes.SetMaxOpenConns(1)
	reads, err := sql.Open("sqlite", source(absolute, "query_only(1)", "cache_size(-16384)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %w", err), writes.Close())
	}
	reads.SetMaxOpenConns(readers)
	reads.SetMaxIdleConns(readers)
	engine := store.Engine{
		Name: "sqlite", Begin: "BEGIN IMMEDIATE", UniqueViolation: uniqueViolation,
		Place: func(int) string { return "?" },
	}
	return store.New(context.Background(), engine, writes, reads)
}

// source is the driver's name of a file with its settings: the lock's wait in
// milliseconds first, the journal's mode before what depends on it.
func source(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)"}, pragmas...)}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func uniqueViolation(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == code.SQLITE_CONSTRAINT_UNIQUE || e.Code() == code.SQLITE_CONSTRAINT_PRIMARYKEY
}
