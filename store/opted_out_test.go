package store_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource/optout"
	"heliograph/store/storetest"
)

// TestOptOutHoldsForItsOwnStep has an opt-out and a message to that person wait
// for one transaction, the message first: both are answered together, so the
// message must not go.
func TestOptOutHoldsForItsOwnStep(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "heliograph.db"))
	m := storetest.Message(uuid.Must(uuid.NewV7()), 1)
	entry := optout.Entry{Number: m.To, At: time.UnixMilli(1)}
	lists := optout.Change{Scope: m.Scope, Put: []optout.List{{Name: m.OptOutList}}}
	must(t, db.ChangeOptOutLists(t.Context(), lists))

	release := hold(t, db)
	sent := start(t, db, 1, func() error { return db.Accept(t.Context(), m) })
	refused := start(t, db, 2, func() error {
		_, err := db.DeleteOptedOut(t.Context(), m.Scope, m.OptOutList, "+33700000000", entry.At, entry.At)
		return err
	})
	put := start(t, db, 3, func() error {
		_, err := db.PutOptedOut(t.Context(), m.Scope, m.OptOutList, entry)
		return err
	})
	release()
	must(t, <-put)
	if err := <-sent; !isOptedOut(err) {
		t.Errorf("the message was answered %v", err)
	}
	if err := <-refused; !errors.Is(err, optout.ErrNotOnList) {
		t.Errorf("a change that goes before messages was refused with %v", err)
	}
	if _, found, err := db.Message(t.Context(), m.ID); err != nil || found {
		t.Errorf("the message is on disk: %v, %v", found, err)
	}

	release = hold(t, db)
	again := storetest.Message(uuid.Must(uuid.NewV7()), 1)
	sent = start(t, db, 1, func() error { return db.Accept(t.Context(), again) })
	off := start(t, db, 2, func() error {
		_, err := db.DeleteOptedOut(t.Context(), m.Scope, m.OptOutList, m.To, entry.At, time.Time{})
		return err
	})
	release()
	must(t, <-off)
	must(t, <-sent)
}

func isOptedOut(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Reason == string(api.ConflictExceptionReasonDestinationPhoneNumberOptedOut)
}

// TestOptOutIsSeenThroughAnotherStore opens one database twice, as two nodes do.
func TestOptOutIsSeenThroughAnotherStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heliograph.db")
	here, there := open(t, path), open(t, path)
	m := storetest.Message(uuid.Must(uuid.NewV7()), 1)
	m.OptOutList = ""
	must(t, here.Accept(t.Context(), m))
	_, err := there.PutOptedOut(t.Context(), m.Scope, "Default", optout.Entry{Number: m.To, At: time.UnixMilli(1)})
	must(t, err)
	for name, what := range map[string]func(*message.Message) (bool, error){
		"look-up": func(m *message.Message) (bool, error) { return here.OptedOut(t.Context(), m) },
		"check":   func(m *message.Message) (bool, error) { return isOptedOut(here.CheckSpend(t.Context(), m)), nil },
		"accept": func(m *message.Message) (bool, error) {
			next := *m
			next.ID = uuid.Must(uuid.NewV7())
			return isOptedOut(here.Accept(t.Context(), &next)), nil
		},
	} {
		if out, err := what(m); !out || err != nil {
			t.Errorf("%s does not see it: %v", name, err)
		}
		confirmation := *m
		confirmation.Confirmation = true
		if out, err := what(&confirmation); out || err != nil {
			t.Errorf("%s keeps a confirmation back: %v", name, err)
		}
	}
}
