package storetest

import (
	"testing"
	"time"

	"heliograph/message"
)

// A part that a carrier gave no id is taken; nothing matches it, and it is listed
// among those that await a receipt until it is given up.
func testPartWithoutCarrierIDIsGivenUp(t *testing.T, f *fixture) {
	first, second := accepted(t, f, 1), accepted(t, f, 2)
	submit(t, f, first, 1, "")
	submit(t, f, second, 1, "")
	submit(t, f, second, 2, "")
	wantState(t, f, first, message.Submitted)
	wantState(t, f, second, message.Submitted)
	receive(t, f, first, "", message.Delivered, message.Unmatched)
	f.DB = f.start(t)
	ids, err := f.AwaitingReceipt(t.Context(), noon.Add(time.Second), 10)
	must(t, err)
	if len(ids) != 2 {
		t.Errorf("%d messages wait, want 2", len(ids))
	}
	for _, id := range ids {
		must(t, f.Ended(t.Context(), message.Ending{ID: id, State: message.Unknown, Code: "NO_RECEIPT", At: noon}))
		if m := stored(t, f, id); m.State != message.Unknown || m.PartLog[0].CarrierMessageID != "" {
			t.Errorf("given up: %+v", m)
		}
	}
	if ids, err := f.AwaitingReceipt(t.Context(), noon.Add(time.Hour), 10); err != nil || len(ids) != 0 {
		t.Errorf("%v still wait, %v", ids, err)
	}
}

// What a carrier without receipts has taken is successful when it has taken all.
func testFinalSubmissionIsSuccessful(t *testing.T, f *fixture) {
	m := accepted(t, f, 2)
	for part := 1; part <= 2; part++ {
		wantState(t, f, m, message.Queued)
		must(t, f.Submitted(t.Context(), message.Submission{ID: m.ID, Part: part, Parts: 2, Carrier: m.Carrier,
			CarrierMessageID: "final", Attempts: 1, At: noon, Final: true}))
	}
	got := stored(t, f, m.ID)
	if got.State != message.Successful || !got.EndedAt.Equal(noon) {
		t.Errorf("%s, ended at %v", got.State, got.EndedAt)
	}
	if ids, err := f.AwaitingReceipt(t.Context(), noon.Add(time.Hour), 10); err != nil || len(ids) != 0 {
		t.Errorf("%v wait for a receipt, %v", ids, err)
	}
}

// A receipt that speaks for its message settles every part that was taken, also
// when it came before its part's submission, and keeps the network's time.
func testReceiptSpeaksForTheMessage(t *testing.T, f *fixture) {
	done := noon.Add(-time.Minute)
	for _, early := range []bool{false, true} {
		m := accepted(t, f, 3)
		id := map[bool]string{false: "whole", true: "early whole"}[early]
		whole := func(matched bool) {
			got, err := f.Receipt(t.Context(), message.Receipt{Carrier: m.Carrier, CarrierMessageID: id, State: message.Delivered,
				At: noon, DoneAt: done, Whole: true})
			must(t, err)
			if (got == message.Matched) != matched {
				t.Errorf("found %v, want matched: %v", got, matched)
			}
		}
		submit(t, f, m, 1, id+"1")
		submit(t, f, m, 2, id+"2")
		if early {
			whole(false)
			f.DB = f.start(t)
		}
		submit(t, f, m, 3, id)
		if !early {
			whole(true)
		}
		got := stored(t, f, m.ID)
		if got.State != message.Delivered {
			t.Errorf("early %v: %s", early, got.State)
		}
		for _, p := range got.PartLog {
			if !p.DoneAt.Equal(done) || !p.EndedAt.Equal(noon) {
				t.Errorf("part %d was done at %v, ended at %v", p.Number, p.DoneAt, p.EndedAt)
			}
		}
	}
	m := accepted(t, f, 1)
	submit(t, f, m, 1, "part")
	_, err := f.Receipt(t.Context(), message.Receipt{Carrier: m.Carrier, CarrierMessageID: "part", State: message.Delivered, At: noon, DoneAt: done, Network: "20801"})
	must(t, err)
	kept := stored(t, f, m.ID)
	if p := kept.PartLog[0]; !p.DoneAt.Equal(done) || kept.Network != "20801" {
		t.Errorf("a single part was done at %v in network %q", p.DoneAt, kept.Network)
	}
}
