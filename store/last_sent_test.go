package store_test

import (
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/message"
	"heliograph/store"
	"heliograph/store/storetest"
)

// TestLastMessageIsSearchedOnce remembers that a stranger was sent nothing, and
// what a search found, until something is sent; what is older than some days is
// not looked for.
func TestLastMessageIsSearchedOnce(t *testing.T) {
	const number, stranger, known, old = "phone-1", "+14255550100", "+14255550101", "+14255550102"
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	send := func(db *store.DB, to string, at time.Time) message.ID {
		t.Helper()
		id := uuid.Must(uuid.NewV7())
		binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|binary.BigEndian.Uint64(id[:8])&0xFFFF)
		m := storetest.Message(id, 1)
		m.To, m.Origin.Identity, m.OptOutList = to, number, ""
		must(t, db.Accept(t.Context(), m))
		return id
	}
	scope := storetest.Message(uuid.Must(uuid.NewV7()), 1).Scope
	sent := send(db, known, time.Now().Add(-time.Hour))
	send(db, old, time.Now().Add(-80*time.Hour))
	stop(t, db)
	db = open(t, path)
	wants := func(to string, want message.ID) {
		t.Helper()
		id, found, err := db.LastMessage(t.Context(), scope, number, to)
		must(t, err)
		if id != want || found != (want != message.ID{}) {
			t.Errorf("to %s: %v %s, want %s", to, found, id, want)
		}
		if !db.Remembered(scope, number, to) {
			t.Errorf("to %s: it is searched again", to)
		}
	}
	for range 2 {
		wants(known, sent)
		wants(stranger, message.ID{})
		wants(old, message.ID{})
	}
	wants(stranger, send(db, stranger, time.Now()))
}
