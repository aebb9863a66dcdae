package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"heliograph/audit"
)

// TestAuditLineSharesTheFateOfItsChange runs changes in one step, some of which
// fail: a failed statement, a failed commit, and an error of the domain leave no
// line, the others one each.
func TestAuditLineSharesTheFateOfItsChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	changes := []change{good(0), good(1), good(2), good(3), good(4)}
	changes[1] = func(func(string, ...any) error) error { return errDomain }
	changes[2] = func(exec func(string, ...any) error) error {
		return errors.Join(good(2)(exec), exec(`INSERT INTO nowhere VALUES (1)`))
	}
	changes[3] = func(exec func(string, ...any) error) error {
		return errors.Join(good(3)(exec), exec(`PRAGMA defer_foreign_keys = 1`),
			exec(`INSERT INTO access_keys (id, account, secret, root, created_at) VALUES ('k', 'nobody', 'x', 0, 0)`))
	}
	release := hold(t, db)
	var answers []<-chan error
	for i, do := range changes {
		ctx := audit.With(context.Background(), audit.Entry{Action: fmt.Sprint("Change", i)})
		answers = append(answers, start(t, db, i+1, func() error { return db.Change(ctx, do) }))
	}
	release()
	for i, answer := range answers {
		if err := <-answer; (err == nil) != (i == 0 || i == 4) {
			t.Errorf("change %d: %v", i, err)
		}
	}
	stop(t, db)
	entries, err := open(t, path).AuditEntries(t.Context(), audit.Query{Limit: 9})
	must(t, err)
	if len(entries) != 2 || entries[0].Action != "Change4" || entries[1].Action != "Change0" {
		t.Errorf("the audit has %+v", entries)
	}
}
