package route

import (
	"encoding/binary"

	"heliograph/carrier"
	"heliograph/country"
	"heliograph/message"
	"heliograph/resource/origination"
)

// DrawOf is the number that decides by lot for a message: the same whenever it
// is asked, so that a message keeps its place in the order of carriers.
func DrawOf(id message.ID) uint64 {
	return binary.BigEndian.Uint64(id[8:]) & (1<<62 - 1) // without the UUID's variant
}

// Next finds the carrier that takes a message in the place of its own and of
// those tried so far: the next of its route on which its sender is provisioned,
// a well one before one that is not. v is what the message's scope holds. The
// second result is false where there is none. What goes to the simulator stays
// there, and no simulated carrier takes what was meant for a network.
func (r Router) Next(m *message.Message, tried []string, v *origination.View) (message.Hop, bool) {
	c := r.Carriers()
	if m.Origin.Kind == carrier.Simulator {
		return message.Hop{}, false
	}
	if _, _, simulated := country.SimulatorDestination(m.To); simulated {
		return message.Hop{}, false
	}
	rules, known := country.Lookup(m.Country)
	if !known {
		return message.Hop{}, false
	}
	d := r.destination(m.To, m.Type, DrawOf(m.ID))
	d.rules, d.pool, d.instead, d.tried, d.quiet = rules, m.Origin.Pool, m.Carrier, tried, true
	if d.at = d.first(c, 0); d.at < 0 && len(c.Routes) > 0 {
		return message.Hop{}, false
	}
	o, held := sentFrom(m, c, v, &d)
	if o.types = m.Type; !held || c.link(&d, &o) != "" {
		return message.Hop{}, false
	}
	spelling := o.decision().Why.Spelling
	return message.Hop{Carrier: o.carrier, Wire: o.wire, Down: o.down, Spelling: spelling}, true
}

// sentFrom is the identity that a message was given; false means that the scope
// no longer holds it, and nothing says where it may go.
func sentFrom(m *message.Message, c *Carriers, v *origination.View, d *destination) (o candidate, held bool) {
	if m.Origin.Identity != "" {
		if n := numberByID(v, m.Origin.Identity); n != nil {
			return ofNumber(n, d), true
		}
		if s := sender(v, m.Origin.Identity, m.Country); s != nil {
			return ofText(s.Text, s, d), true
		}
		return candidate{}, false
	}
	spelling := m.Origin.Wire
	if m.Why.Spelling != "" {
		spelling = m.Why.Spelling
	}
	for i := range c.Shared {
		if s := &c.Shared[i]; s.Country == m.Country && s.Identity == spelling {
			return ofShared(s, d), true
		}
	}
	return ofText(spelling, nil, d), m.Origin.Kind == carrier.Alphanumeric
}
