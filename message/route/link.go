package route

import (
	"cmp"
	"math"
	"slices"

	"heliograph/message"
)

// Health tells how those do that take messages to a country (carriers), or that
// messages come from (identities). It is asked for every message: it must be
// quick and safe for concurrent use.
type Health interface {
	// Well says that what was taken is reported delivered as it should be,
	// or that too little is known. The country is an ISO 3166-1 alpha-2 code.
	Well(name, country string) bool
	// Probe says that a message is to try one that is not well, so that its
	// recovery shows. draw decides by lot.
	Probe(name, country string, draw uint64) bool
}

// What a carrier was taken for when it is not the first that could be: the
// codes of message.Why.Taken.
const (
	asProbe = "probe"
	asSpare = "spare"
)

// hop is a carrier that can take a candidate.
type hop struct {
	carrier, wire string
	simulated     bool
	code          string // what is wrong with it at present: down, unwell or ""
}

// link finds the carrier that takes an identity to the destination, and what
// its wire carries. The code says why none does.
func (c *Carriers) link(d *destination, o *candidate) (code string) {
	if d.simulated {
		if o.unregistered {
			return notRegistered
		}
		o.carrier, o.wire = c.Simulator, o.spelling
		return ""
	}
	r, code := d.route(c, o)
	if code != "" {
		return code
	}
	if r == nil {
		for i := range c.All {
			d.one[0].Carrier = c.All[i].Name
			if d.group(c, d.one[:], o) {
				return ""
			}
		}
	} else {
		o.route = r.Line
		for i := range r.Groups {
			if d.group(c, r.Groups[i], o) {
				return ""
			}
		}
	}
	if o.spare.carrier == "" {
		return cmp.Or(o.unfit, notProvisioned)
	}
	o.take(o.spare)
	o.taken = asSpare
	o.passed = slices.DeleteFunc(o.passed, func(p message.Passed) bool { return p.Carrier == o.carrier })
	return ""
}

// group tries the carriers of a group in the order of the message's draw. True
// means that one was taken.
func (d *destination) group(c *Carriers, group []Weighted, o *candidate) bool {
	if len(group) == 1 {
		return d.try(c, group[0].Carrier, group[0].Carrier, o)
	}
	const usual = 16
	scores := make([]float64, 0, usual)
	for i := range group {
		scores = append(scores, score(&group[i], d.draw))
	}
	for range group {
		best := 0
		for i := range scores {
			if scores[i] > scores[best] {
				best = i
			}
		}
		scores[best] = math.Inf(-1)
		if d.try(c, group[best].Carrier, group[0].Carrier, o) {
			return true
		}
	}
	return false
}

// score orders the carriers of a group for a draw: the one with the highest
// comes first, each as often as its weight says, and without it the others keep
// their order (weighted rendezvous hashing).
func score(w *Weighted, draw uint64) float64 {
	const fraction = 53 // bits of a float64
	uniform := (float64(scatter(hash(draw^offset, w.Carrier))>>(64-fraction)) + 0.5) / (1 << fraction)
	return math.Log(uniform) / float64(max(1, w.Weight))
}

// scatter spreads the bits of a sum evenly (the finalizer of MurmurHash3).
func scatter(sum uint64) uint64 {
	sum = (sum ^ sum>>33) * 0xff51afd7ed558ccd
	sum = (sum ^ sum>>33) * 0xc4ceb9fe1a85ec53
	return sum ^ sum>>33
}

// try takes a carrier if it can have the candidate and is well, or is to be
// probed. One that can have it and is not well is kept as a spare: the first
// with a connection before the first without.
func (d *destination) try(c *Carriers, name, group string, o *candidate) bool {
	h, ok := d.fits(c, name, o)
	if !ok {
		return false
	}
	if o.anchor == "" {
		o.anchor = group
	}
	h.code = d.ails(name)
	if h.code == unwell && !d.quiet && d.delivery.Probe(name, d.rules.ISO, d.draw) {
		o.taken, h.code = asProbe, ""
	}
	if h.code == "" {
		o.take(h)
		return true
	}
	o.passed = append(o.passed, message.Passed{Carrier: name, Code: h.code})
	if o.spare.carrier == "" || o.spare.code == down && h.code != down {
		o.spare = h
	}
	return false
}

// fits says whether a carrier can have the candidate, and how.
func (d *destination) fits(c *Carriers, name string, o *candidate) (hop, bool) {
	net := c.named(name)
	if net == nil || d.was(name) {
		return hop{}, false
	}
	as, ok := provisioned(o.provisions, name)
	code := notProvisioned
	if as == "" {
		as = o.spelling
	}
	if ok && o.unregistered {
		as, ok = net.unregistered(as)
		code = notRegistered
	}
	if ok && d.standIn(c, net, o) {
		ok, code = false, noStandIn
	}
	if !ok {
		o.passed = append(o.passed, message.Passed{Carrier: name, Code: code})
		if o.unfit == "" || code == notRegistered {
			o.unfit = code
		}
		return hop{}, false
	}
	return hop{carrier: name, wire: as, simulated: net.Simulated}, true
}

// standIn says that a simulated carrier would take the place of one that leads
// to a network, or the other way round.
func (d *destination) standIn(c *Carriers, net *Carrier, o *candidate) bool {
	if d.instead != "" {
		first := c.named(d.instead)
		return first != nil && first.Simulated != net.Simulated
	}
	return o.spare.carrier != "" && o.spare.simulated != net.Simulated
}

// ails says what is wrong with a carrier at present, "" = nothing.
func (d *destination) ails(name string) (code string) {
	switch {
	case d.up != nil && !d.up(name):
		return down
	case d.delivery != nil && !d.delivery.Well(name, d.rules.ISO):
		return unwell
	}
	return ""
}

// was says that a carrier has had the message already.
func (d *destination) was(name string) bool {
	if name == d.instead && d.instead != "" {
		return true
	}
	for _, tried := range d.tried {
		if tried == name {
			return true
		}
	}
	return false
}

func (o *candidate) take(h hop) {
	o.carrier, o.wire, o.down = h.carrier, h.wire, h.code == down
}
