package storetest

import (
	"fmt"
	"testing"

	"heliograph/message"
)

// testWirePartsAreNotThoseCounted takes messages through their lives whose
// carrier makes other parts of them than were counted, with a restart after the
// first.
func testWirePartsAreNotThoseCounted(t *testing.T, f *fixture) {
	for _, c := range []struct{ counted, wire int }{{1, 3}, {3, 1}, {2, 3}, {3, 2}} {
		name := fmt.Sprintf("%d as %d: ", c.counted, c.wire)
		m := accepted(t, f, c.counted)
		id := func(part int) string { return fmt.Sprint(m.ID, part) }
		take := func(part int) {
			must(t, f.Submitted(t.Context(), message.Submission{ID: m.ID, Part: part, Parts: c.wire, Carrier: m.Carrier,
				CarrierMessageID: id(part), Attempts: 1, At: noon}))
		}
		take(1)
		f.DB = f.start(t)
		same(t, name+"parts on the wire", len(stored(t, f, m.ID).PartLog), c.wire)
		queued, err := f.QueuedMessages(t.Context(), m.Carrier, message.ID{}, 100)
		must(t, err)
		same(t, name+"queued", len(queued) == 1 && queued[0].ID == m.ID, c.wire > 1)
		for part := 2; part <= c.wire; part++ {
			take(part)
		}
		wantState(t, f, m, message.Submitted)
		for part := 1; part <= c.wire; part++ {
			same(t, name+"delivered before the last part", stored(t, f, m.ID).State == message.Delivered, false)
			receive(t, f, m, id(part), message.Delivered, message.Matched)
		}
		got := stored(t, f, m.ID)
		same(t, name+"state", got.State, message.Delivered)
		same(t, name+"counted", got.Parts, c.counted)
		same(t, name+"wire", got.OnWire(), c.wire)
	}
}

// testEndOfAMessageThatWasCounted ends a message before any part was taken, when
// its parts on the wire are not known.
func testEndOfAMessageThatWasCounted(t *testing.T, f *fixture) {
	m := accepted(t, f, 3)
	must(t, f.Ended(t.Context(), message.Ending{ID: m.ID, State: message.InvalidMessage, Code: "NO", At: noon}))
	got := stored(t, f, m.ID)
	same(t, "state", got.State, message.InvalidMessage)
	same(t, "parts", len(got.PartLog), 3)
}
