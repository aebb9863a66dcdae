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

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"heliograph/message"
	"heliograph/store"
	"heliograph/store/sqlite"
	"heliograph/store/storetest"
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
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := db.Stop(ctx); err != nil {
		t.Error(err)
	}
}

type change func(exec func(string, ...any) error) error

// hold keeps the writer busy until the function that it gives is called.
func hold(t *testing.T, db *store.DB) (release func()) {
	t.Helper()
	held, over, answer := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		answer <- db.Change(context.Background(), func(func(string, ...any) error) error {
			close(held)
			<-over
			return nil
		})
	}()
	<-held
	return func() {
		close(over)
		must(t, <-answer)
	}
}

// start begins a write and waits until it is the n-th that waits.
func start(t *testing.T, db *store.DB, n int, do func() error) <-chan error {
	t.Helper()
	answer := make(chan error, 1)
	go func() { answer <- do() }()
	for db.Waiting() < n {
		runtime.Gosched()
	}
	return answer
}

// together runs changes in one step: the writer is held until all wait.
func together(t *testing.T, db *store.DB, changes []change) []error {
	t.Helper()
	release := hold(t, db)
	var answers []<-chan error
	for i, do := range changes {
		answers = append(answers, start(t, db, i+1, func() error { return db.Change(context.Background(), do) }))
	}
	release()
	var errs []error
	for _, answer := range answers {
		errs = append(errs, <-answer)
	}
	return errs
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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
	release := hold(t, db)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Stop(over); !errors.Is(err, context.Canceled) {
		t.Errorf("Stop while a write is under way: %v", err)
	}
	release()
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

// TestRoadSurvivesAFailedStep puts news of messages into a step with a change
// that fails: the news must be on disk, and what the writer remembers must be
// right afterwards.
func TestRoadSurvivesAFailedStep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	before, during := newMessage(t), newMessage(t)
	must(t, db.Accept(t.Context(), before))
	release := hold(t, db)
	bad := start(t, db, 1, func() error {
		return db.Change(context.Background(), func(exec func(string, ...any) error) error {
			return errors.Join(good(0)(exec), exec(`INSERT INTO nowhere VALUES (1)`))
		})
	})
	accept := start(t, db, 2, func() error { return db.Accept(context.Background(), during) })
	submit := start(t, db, 3, func() error { return db.Submitted(context.Background(), submission(before, "c1")) })
	early := start(t, db, 4, func() error { return receive(db, "c2") })
	release()
	if err := <-bad; err == nil {
		t.Error("the bad change was taken")
	}
	must(t, errors.Join(<-accept, <-submit, <-early))
	must(t, db.Submitted(t.Context(), submission(during, "c2")))
	must(t, receive(db, "c1"))
	stop(t, db)
	again := open(t, path)
	for _, m := range []*message.Message{before, during} {
		got, found, err := again.Message(t.Context(), m.ID)
		if err != nil || !found || got.State != message.Delivered {
			t.Errorf("message after a failed step: %+v, %v, %v", got, found, err)
		}
	}
}

func newMessage(t *testing.T) *message.Message {
	t.Helper()
	id, err := uuid.NewV7()
	must(t, err)
	return storetest.Message(id, 1)
}

func submission(m *message.Message, carrierID string) message.Submission {
	return message.Submission{ID: m.ID, Part: 1, Parts: 1, Carrier: m.Carrier, CarrierMessageID: carrierID, At: time.Now()}
}

func receive(db *store.DB, carrierID string) error {
	_, err := db.Receipt(context.Background(), message.Receipt{Carrier: "acme", CarrierMessageID: carrierID, State: message.Delivered, At: time.Now()})
	return err
}

func TestFullDiskIsAnErrorThatPasses(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"))
	bound := func(pages int) {
		must(t, db.Change(t.Context(), func(exec func(string, ...any) error) error {
			return exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages))
		}))
	}
	bound(1) // that is, no page more than there are
	var refused *message.Message
	for refused == nil {
		m := newMessage(t)
		m.Body = strings.Repeat("x", 2000)
		if db.Accept(t.Context(), m) != nil {
			refused = m
		}
	}
	if _, found, err := db.Message(t.Context(), refused.ID); err != nil || found {
		t.Errorf("a refused message: %v, %v", found, err)
	}
	bound(1 << 30)
	must(t, db.Accept(t.Context(), refused))
}
