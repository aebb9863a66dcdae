package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"heliograph/audit"
	"heliograph/message"
	"heliograph/message/dispatch"
)

func TestPausedCarriersOutlastARestartAndStandInTheAudit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	at := time.UnixMilli(1_780_000_000_000).UTC()
	ctx := audit.With(t.Context(), audit.Entry{Action: "PauseCarrier"})
	must(t, db.PauseCarrier(ctx, dispatch.Paused{Carrier: "acme", Since: at, AccessKeyID: "A", Reason: "first"}))
	must(t, db.PauseCarrier(ctx, dispatch.Paused{Carrier: "acme", Since: at.Add(time.Hour), AccessKeyID: "B", Reason: "second"}))
	must(t, db.PauseCarrier(ctx, dispatch.Paused{Carrier: "acme", Since: at.Add(time.Hour), AccessKeyID: "C"})) // nothing new
	must(t, db.PauseCarrier(ctx, dispatch.Paused{Carrier: "other", Since: at}))
	stop(t, db)
	db = open(t, path)
	must(t, db.ResumeCarrier(ctx, "other"))
	must(t, db.ResumeCarrier(ctx, "other")) // changes nothing, and leaves no line
	list, err := db.PausedCarriers(t.Context())
	must(t, err)
	if got := fmt.Sprint(list); got != fmt.Sprint([]dispatch.Paused{{Carrier: "acme", Since: at, AccessKeyID: "B", Reason: "second"}}) {
		t.Errorf("paused: %s", got)
	}
	lines, err := db.AuditEntries(t.Context(), audit.Query{Limit: 10})
	must(t, err)
	if len(lines) != 4 || fmt.Sprint(lines[0].Targets) != "[carrier/other]" {
		t.Errorf("audit: %+v", lines)
	}
}

// Rule(SendTextMessage): a message is cancelled, or goes over another carrier, only while no part of it was taken.
func TestCancelAndRerouteOnlyWhileNothingWasTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	waits, sent, gone := newMessage(t), newMessage(t), newMessage(t)
	for _, m := range []*message.Message{waits, sent, gone} {
		must(t, db.Accept(t.Context(), m))
	}
	must(t, db.Submitted(t.Context(), submission(sent, "c1")))
	from := waits.Carrier
	reroute := func(m *message.Message, from, to string) error {
		return db.Reroute(context.Background(), message.Reroute{ID: m.ID, From: from, To: to, Wire: "Other"})
	}
	cancel := func(m *message.Message, from string) error {
		return db.Ended(context.Background(), message.Ending{ID: m.ID, State: message.Unknown, Code: "CANCELLED", At: time.Now(), Untaken: from})
	}
	must(t, reroute(waits, from, "second"))
	must(t, cancel(gone, from))
	for name, err := range map[string]error{
		"rerouted after it was taken":      reroute(sent, from, "second"),
		"rerouted from where it is not":    reroute(waits, from, "third"),
		"rerouted after it ended":          reroute(gone, from, "second"),
		"cancelled after it was taken":     cancel(sent, from),
		"cancelled where it waits no more": cancel(waits, from),
		"cancelled twice":                  cancel(gone, from),
	} {
		if !errors.Is(err, message.ErrTaken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop(t, db)
	db = open(t, path)
	must(t, db.Ended(t.Context(), message.Ending{ID: waits.ID, State: message.Unknown, Code: "CANCELLED", At: time.Now(), Untaken: "second"}))
	for m, want := range map[*message.Message]string{waits: "second Other UNKNOWN", sent: from + " " + sent.Origin.Wire + " PENDING", gone: from + " " + gone.Origin.Wire + " UNKNOWN"} {
		kept, _, err := db.Message(t.Context(), m.ID)
		must(t, err)
		if got := kept.Carrier + " " + kept.Origin.Wire + " " + kept.State.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWhyAMessageWentOnIsKeptWithItsCarrier(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	m, doubtful := newMessage(t), newMessage(t)
	must(t, db.Accept(t.Context(), m))
	must(t, db.Accept(t.Context(), doubtful))
	why := m.Why.With(message.Tried{Carrier: m.Carrier, Code: message.TriedDown})
	must(t, db.Reroute(t.Context(), message.Reroute{ID: m.ID, From: m.Carrier, To: "second", Wire: "Other", Why: &why}))
	doubt := doubtful.Why.With(message.Tried{Carrier: doubtful.Carrier, Code: message.TriedInDoubt})
	must(t, db.Explain(t.Context(), doubtful.ID, doubt))
	stop(t, db)
	db = open(t, path)
	for id, want := range map[message.ID]message.Why{m.ID: why, doubtful.ID: doubt} {
		kept, _, err := db.Message(t.Context(), id)
		must(t, err)
		if got := fmt.Sprintf("%+v", kept.Why); got != fmt.Sprintf("%+v", want) {
			t.Errorf("got %s, want %+v", got, want)
		}
	}
}
