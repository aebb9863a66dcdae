package accept_test

import (
	"strings"
	"testing"
	"time"

	"heliograph/resource"
)

const overSpent = "ServiceQuotaExceeded MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"

// paid is a text of ten parts to the US, for 0.0581 US dollars.
func paid(more string) string {
	return `{"DestinationPhoneNumber":"+14255550100","MessageBody":"` + strings.Repeat("x", 1530) + `"` + more + `}`
}

// Rule(SendTextMessage): DryRun answers what the spend limit would, and counts nothing towards it.
func TestDryRunChecksTheSpendLimit(t *testing.T) {
	h := newHouse(t)
	expect := func(body, want string) {
		t.Helper()
		if _, failure := h.send(body); failure != want {
			t.Errorf("%q, want %q", failure, want)
		}
	}
	for range 30 { // of 17 that fit into the owner's dollar
		expect(paid(`,"DryRun":true`), "")
	}
	for range 17 {
		expect(paid(""), "")
	}
	expect(paid(`,"DryRun":true`), overSpent)
	expect(paid(""), overSpent)
}

// Rule(SendTextMessage): an override of the spend limit holds from the next message on, in its Region alone; 0 stops what costs something and nothing else.
// Rule(SendTextMessage): spend is counted by calendar month, UTC.
func TestOverrideAndMonthDecideWhatMayBeSent(t *testing.T) {
	h := newHouse(t)
	h.mu.Lock()
	h.now = time.Date(2027, 1, 31, 23, 59, 59, 0, time.UTC)
	h.mu.Unlock()
	override := func(limit int64) {
		t.Helper()
		must(t, h.db.PutTextSpendOverride(t.Context(), scope, &limit))
	}
	expect := func(body, want string) {
		t.Helper()
		if _, failure := h.send(body); failure != want {
			t.Errorf("%q, want %q", failure, want)
		}
	}
	expect(paid(""), "")
	override(0)
	expect(paid(""), overSpent)
	expect(`{"DestinationPhoneNumber":"+33700000000","OriginationIdentity":"Free","MessageBody":"x"}`, "") // costs nothing
	must(t, h.db.PutTextSpendOverride(t.Context(), resource.Scope{Account: owner, Region: "us-east-1"}, nil))
	expect(paid(""), overSpent)
	override(1)
	for range 16 {
		expect(paid(""), "")
	}
	expect(paid(""), overSpent)
	h.elapse(time.Second) // February
	expect(paid(""), "")
}
