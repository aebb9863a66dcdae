package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"heliograph/message"
)

func learnLower(t *testing.T, f *fixture) {
	t.Helper()
	trimmed := func(id string) string { return strings.ToLower(strings.TrimLeft(id, "0")) }
	must(t, f.LearnIDs(t.Context(), "acme", "hex", trimmed, strings.ToLower))
}

// What waits on both sides finds each other when the form of ids is learnt: parts
// of one and of several, and what ended without word, before and after a restart.
func testLearntIDsMatchWhatWaits(t *testing.T, f *fixture) {
	if form, err := f.LearntIDs(t.Context(), "acme"); form != "" || err != nil {
		t.Errorf("nothing is learnt, but %q, %v", form, err)
	}
	one, two, late, other := accepted(t, f, 1), accepted(t, f, 2), accepted(t, f, 1), accepted(t, f, 1)
	submit(t, f, one, 1, "00AB")
	submit(t, f, two, 1, "00AC")
	submit(t, f, two, 2, "00AD")
	submit(t, f, late, 1, "00AE")
	submit(t, f, other, 1, "77")
	must(t, f.Ended(t.Context(), message.Ending{ID: late.ID, State: message.Unknown, At: noon}))
	for _, id := range []string{"AB", "AC", "AE", "FF"} {
		receive(t, f, one, id, message.Submitted, message.Unmatched)
		receive(t, f, one, id, message.Delivered, message.Unmatched)
	}
	learnLower(t, f)
	wantState(t, f, one, message.Delivered)
	wantState(t, f, two, message.Submitted)
	wantState(t, f, late, message.Delivered)
	if n := f.adopted.Load(); n != 6 {
		t.Errorf("%d receipts are told to have found their part, want 6", n)
	}
	learnLower(t, f) // again does no harm
	f.DB = f.start(t)
	receive(t, f, two, "ad", message.Delivered, message.Matched)
	wantState(t, f, two, message.Delivered)
	receive(t, f, other, "77", message.Delivered, message.Matched)
	submit(t, f, accepted(t, f, 1), 1, "x")
	early := accepted(t, f, 1)
	submit(t, f, early, 1, "ff")
	wantState(t, f, early, message.Delivered)
	if form, err := f.LearntIDs(t.Context(), "acme"); form != "hex" || err != nil {
		t.Errorf("learnt %q, %v", form, err)
	}
	if ids, err := f.AwaitingReceipt(context.Background(), noon.Add(time.Second), 10); err != nil || len(ids) != 1 {
		t.Errorf("a receipt is awaited for %v, %v", ids, err)
	}
}
