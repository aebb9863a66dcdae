package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heliograph/store"
	"heliograph/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, db) })
	return db
}

func stop(t *testing.T, db *store.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := db.Stop(ctx); err != nil {
		t.Error(err)
	}
}

type change func(exec func(string, ...any) error) error

// together runs changes in one step: the writer is held until all wait.
func together(t *testing.T, db *store.DB, changes []change) []error {
	t.Helper()
	held, release := make(chan struct{}), make(chan struct{})
	holder := make(chan error, 1)
	go func() {
		holder <- db.Change(context.Background(), func(func(string, ...any) error) error {
			close(held)
			<-release
			return nil
		})
	}()
	<-held
	answers := make([]chan error, len(changes))
	for i, do := range changes {
		answers[i] = make(chan error, 1)
		go func() { answers[i] <- db.Change(context.Background(), do) }()
		for db.Waiting() <= i {
			runtime.Gosched()
		}
	}
	close(release)
	errs := []error{<-holder}
	for _, answer := range answers {
		errs = append(errs, <-answer)
	}
	return errs[1:]
}

func good(i int) change {
	return func(exec func(string, ...any) error) error {
		return exec(`INSERT INTO server_values (name, value) VALUES ($1, $2)`, fmt.Sprint("v", i), []byte{1})
	}
}

// errDomain stands for an error of the domain, said before the first write.
var errDomain = errors.New("domain")

func TestBadWriteFailsAlone(t *testing.T) {
	bad := map[string]change{
		"statement fails after a write": func(exec func(string, ...any) error) error {
			return errors.Join(exec(`INSERT INTO applied_lines (line) VALUES ('half')`), exec(`INSERT INTO nowhere VALUES (1)`))
		},
		"commit fails": func(exec func(string, ...any) error) error {
			return errors.Join(exec(`INSERT INTO applied_lines (line) VALUES ('half')`), exec(`PRAGMA defer_foreign_keys = 1`),
				exec(`INSERT INTO access_keys (id, account, secret, root, created_at) VALUES ('k', 'nobody', 'x', 0, 0)`))
		},
		"domain error before any write": func(func(string, ...any) error) error { return errDomain },
	}
	for name, do := range bad {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db")
			db := open(t, path)
			var changes []change
			for i := range 7 {
				changes = append(changes, good(i))
			}
			changes[3] = do
			for i, err := range together(t, db, changes) {
				if (err != nil) != (i == 3) {
					t.Errorf("write %d: %v", i, err)
				}
			}
			stop(t, db)
			again := open(t, path)
			for i := range 7 {
				_, found, err := again.ServerValue(t.Context(), fmt.Sprint("v", i))
				if err != nil || found != (i != 3) {
					t.Errorf("value %d after reopening: %v, %v", i, found, err)
				}
			}
			if lines, err := again.AppliedLines(t.Context()); err != nil || len(lines) != 0 {
				t.Errorf("the bad write left something: %v, %v", lines, err)
			}
		})
	}
}

func TestDomainErrorReachesItsCaller(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"))
	errs := together(t, db, []change{good(0), func(func(string, ...any) error) error { return errDomain }, good(1)})
	if errs[0] != nil || !errors.Is(errs[1], errDomain) || errs[2] != nil {
		t.Errorf("errors: %v", errs)
	}
}

func TestCallerThatLeavesIsToldAndTheWriteStands(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"))
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Change(ctx, func(exec func(string, ...any) error) error {
		cancel()
		return good(0)(exec)
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("error: %v", err)
	}
	if _, err := db.PutServerValueOnce(t.Context(), "v0", []byte{2}); err != nil {
		t.Fatal(err)
	}
	if value, found, err := db.ServerValue(t.Context(), "v0"); err != nil || !found || value[0] != 1 {
		t.Errorf("value = %v, %v, %v: the write of a caller that left is kept", value, found, err)
	}
}

func TestStopIsBounded(t *testing.T) {
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	held, release, answer := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		answer <- db.Change(context.Background(), func(func(string, ...any) error) error {
			close(held)
			<-release
			return nil
		})
	}()
	<-held
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Stop(over); !errors.Is(err, context.Canceled) {
		t.Errorf("Stop while a write is under way: %v", err)
	}
	close(release)
	if err := <-answer; err != nil {
		t.Errorf("the write under way: %v", err)
	}
	stop(t, db)
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	stop(t, open(t, path))
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`INSERT INTO schema_migrations (version, name) VALUES (9000, '9000_future')`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(path); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("opening a newer database: %v", err)
	}
}
