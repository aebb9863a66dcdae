package route

import (
	"strings"
	"testing"

	"heliograph/message"
)

// Proves(route): a message tells which carriers it went on from, and why.
func TestExplanationTellsWhichCarriersAMessageWentOnFrom(t *testing.T) {
	var w message.Why
	for _, one := range []message.Tried{
		{Carrier: "a", Code: message.TriedDown}, {Carrier: "a", Code: message.TriedDown},
		{Carrier: "b", Code: "ESME_RSYSERR"}, {Carrier: "c", Code: "ESME status 0x00000406", Refused: true},
		{Carrier: "d", Code: message.TriedGone}, {Carrier: "e", Code: message.TriedInDoubt}, {Carrier: "f", Code: message.TriedMoved},
	} {
		w = w.With(one)
	}
	text := strings.Join(Explain(w), "\n")
	for _, want := range []string{
		"Carrier a had no connection: the message went on to another one of the route (2 times).",
		"Carrier b had trouble that lasted (ESME_RSYSERR): the message went on",
		"Carrier c did not take the message (ESME status 0x00000406)",
		"Carrier d was taken out of the configuration",
		"Carrier e did not answer a part that it may have taken",
		"Carrier f had the message until the operator gave it to another one.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
