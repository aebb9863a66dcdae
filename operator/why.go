package operator

import (
	"heliograph/message"
	"heliograph/message/route"
)

// why says in plain words how a message came to where it stands: what became of
// it first, then how its sender and its carrier were chosen.
func why(m *message.Message) []string {
	return append(outcome(m), route.Explain(m.Why)...)
}
