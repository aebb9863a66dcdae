package route

import (
	"strings"

	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// Differs(SendTextMessage): what is sent from a sender ID that no pool was named for, or from a shared sender, is checked
// against the list Default, and what is sent through a pool against the pool's, also where a shared sender is taken; the
// service does not say which list a sender ID has.
// Differs(SendTextMessage): opt-out lists hold for numbers and pools with self-managed opt-outs too; the service does not
// say whether they do.

// listOf is the name of the opt-out list that a recipient must not be on. identity
// is what was chosen, "" = nothing that anybody holds.
func listOf(q *message.Request, v *origination.View, identity string) string {
	if p := q.Named.Pool; p != nil {
		return p.Settings.OptOutList
	}
	n := q.Named.Number
	if n == nil && identity != "" {
		n = numberByID(v, identity)
	}
	if n == nil {
		return resource.DefaultOptOutList
	}
	// A pool's settings hold for its numbers while they are in it.
	for i := range v.Pools {
		if p := &v.Pools[i]; n.PoolID != "" && strings.EqualFold(p.ID, n.PoolID) {
			return p.Settings.OptOutList
		}
	}
	return n.Settings.OptOutList
}
