package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"heliograph/message"
	"heliograph/resource/optout"
	"heliograph/store"
)

const keptFor = 30 * 24 * time.Hour

// cleaned is a store with a janitor in a bubble.
func cleaned(t *testing.T, log *bytes.Buffer) (*store.DB, *store.Janitor) {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "db"))
	j := &store.Janitor{DB: db, Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
		Kept: func() store.Kept { return store.Kept{Texts: keptFor, OptIns: keptFor} }}
	t.Cleanup(func() { must(t, j.Stop(context.Background())) })
	return db, j
}

func rows(t *testing.T, db *store.DB, table string, want int) {
	t.Helper()
	if n, err := db.Rows(t.Context(), table); err != nil || n != want {
		t.Errorf("%s has %d rows, want %d: %v", table, n, want, err)
	}
}

// TestDeletedListIsEmptiedBesideAllElse answers the deletion at once, and leaves
// what a message that waits needs for as long as it may wait.
func TestDeletedListIsEmptiedBesideAllElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		db, j := cleaned(t, &log)
		m := newMessage(t)
		m.OptOutList, m.AcceptedAt = "L", time.Now()
		must(t, db.ChangeOptOutLists(t.Context(), optout.Change{Scope: m.Scope, Put: []optout.List{{Name: "L"}}}))
		must(t, db.Accept(t.Context(), m))
		entries := []optout.Entry{{Number: m.To, At: time.Now(), ByEndUser: true}}
		for i := range 2500 {
			entries = append(entries, optout.Entry{Number: fmt.Sprintf("+1206%07d", i), At: time.Now()})
		}
		for _, list := range []string{"L", "Default"} {
			must(t, db.ImportOptOuts(t.Context(), m.Scope, list, entries[:1000]))
		}
		must(t, db.ImportOptOuts(t.Context(), m.Scope, "L", entries[1000:]))
		j.Start(t.Context())
		synctest.Wait()
		rows(t, db, "opted_out_numbers", 3501)

		must(t, j.Stop(t.Context()))
		must(t, db.ChangeOptOutLists(t.Context(), optout.Change{Scope: m.Scope, Revision: 1, Drop: []string{"L"}}))
		rows(t, db, "opted_out_numbers", 3501) // the caller did not wait for them
		j.Start(t.Context())
		synctest.Wait()
		rows(t, db, "opted_out_numbers", 1001)
		if out, err := db.OptedOut(t.Context(), m); err != nil || !out {
			t.Errorf("a message of the list goes: %v", err)
		}
		time.Sleep(5 * 24 * time.Hour) // of the bubble
		synctest.Wait()
		rows(t, db, "opted_out_numbers", 1000)

		must(t, db.ChangeOptOutLists(t.Context(), optout.Change{Scope: m.Scope, Revision: 2, Put: []optout.List{{Name: "L"}}}))
		must(t, db.ImportOptOuts(t.Context(), m.Scope, "L", entries[1000:]))
		must(t, db.ChangeOptOutLists(t.Context(), optout.Change{Scope: m.Scope, Revision: 3, Drop: []string{"L"}}))
		synctest.Wait() // it is told
		rows(t, db, "opted_out_numbers", 1000)
		if log.Len() > 0 {
			t.Errorf("logged %s", log.String())
		}
	})
}

// TestOldTextsAndOptInsAreDeleted keeps personal data no longer than is said.
func TestOldTextsAndOptInsAreDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		db, j := cleaned(t, &log)
		scope := newMessage(t).Scope
		for _, age := range []time.Duration{0, keptFor - 2*time.Hour, keptFor + 2*time.Hour, 2 * keptFor} {
			at := time.Now().Add(-age)
			id := uuid.Must(uuid.NewV7())
			binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|binary.BigEndian.Uint64(id[:8])&0xFFFF)
			_, err := db.Conclude(t.Context(), message.Conclusion{At: at, Text: message.Text{ID: id, Scope: scope, From: "+14255550100", Body: "hello", At: at}})
			must(t, err)
			number := fmt.Sprintf("+1425555%04d", age/time.Hour)
			_, err = db.PutOptedOut(t.Context(), scope, "Default", optout.Entry{Number: number, At: at})
			must(t, err)
			_, err = db.DeleteOptedOut(t.Context(), scope, "Default", number, at, at)
			must(t, err)
		}
		j.Start(t.Context())
		synctest.Wait()
		rows(t, db, "inbound_texts", 2)
		rows(t, db, "opt_ins", 2)
		time.Sleep(4 * time.Hour) // of the bubble
		synctest.Wait()
		rows(t, db, "inbound_texts", 1)
		rows(t, db, "opt_ins", 1)
		must(t, j.Stop(t.Context()))
		must(t, j.Stop(t.Context()))

		stop(t, db)
		j.Start(t.Context())
		synctest.Wait()
		if log.Len() == 0 {
			t.Error("what cannot be deleted is not told")
		}
	})
}
