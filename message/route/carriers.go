package route

import (
	"slices"

	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource/origination"
)

// Action is what a carrier does with a sender ID that the registry of a
// registration country does not hold. In other countries nothing is registered,
// and texts go as typed.
type Action string

// The actions, as the configuration names them.
const (
	Refuse     Action = "refuse" // the carrier is passed over; also the meaning of ""
	Pass       Action = "pass"
	Substitute Action = "substitute" // Carrier.Substitute goes on the wire in its place
)

// Carrier is what the choice needs to know of a carrier.
type Carrier struct {
	Name         string
	Unregistered Action
	Substitute   string             // sender ID text for Substitute
	Width        gsm.ReferenceWidth // of the reference that ties parts together
}

// Route says which carriers serve which countries.
type Route struct {
	Countries []string // ISO 3166-1 alpha-2 codes; empty = all
	Carriers  []string // names, the preferred one first
}

// Shared is a sender that belongs to no customer.
type Shared struct {
	Country    string // ISO 3166-1 alpha-2 code of destinations
	Identity   string // E.164 with +, a short code's digits, or a sender ID
	Provisions []origination.Provision
}

// Carriers are the operator's settings that routing reads. A value is never
// changed once it is in use: a reload brings a new one.
type Carriers struct {
	All    []Carrier // in the order of the configuration
	Routes []Route   // the first that names a country serves it; none at all = every carrier
	Shared []Shared
	// Simulator names the internal simulator carrier that takes everything to
	// a published simulator destination and from a SIMULATOR number, whatever
	// the routes say: none of that may reach a paying carrier. It need not be
	// among All.
	Simulator string
}

// serving names the carriers for a country, the preferred one first. The
// second result is false where no route matches.
func (c *Carriers) serving(iso string) (names []string, ok bool) {
	for i := range c.Routes {
		r := &c.Routes[i]
		if len(r.Countries) == 0 || slices.Contains(r.Countries, iso) {
			return r.Carriers, true
		}
	}
	if len(c.Routes) > 0 || len(c.All) == 0 {
		return nil, false
	}
	names = make([]string, len(c.All))
	for i := range c.All {
		names[i] = c.All[i].Name
	}
	return names, true
}

func (c *Carriers) named(name string) *Carrier {
	for i := range c.All {
		if c.All[i].Name == name {
			return &c.All[i]
		}
	}
	return nil
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
	code = notProvisioned
	for _, name := range d.carriers {
		net := c.named(name)
		if net == nil {
			continue
		}
		as, ok := provisioned(o.provisions, name)
		if !ok {
			o.passed = append(o.passed, message.Passed{Carrier: name, Code: notProvisioned})
			continue
		}
		if as == "" {
			as = o.spelling
		}
		if o.unregistered {
			if as, ok = net.unregistered(as); !ok {
				o.passed = append(o.passed, message.Passed{Carrier: name, Code: notRegistered})
				code = notRegistered
				continue
			}
		}
		o.carrier, o.wire, o.width = name, as, net.Width
		return ""
	}
	return code
}

// unregistered is what goes on the wire for a sender ID that is not registered.
func (c *Carrier) unregistered(text string) (wire string, ok bool) {
	switch c.Unregistered {
	case Pass:
		return text, true
	case Substitute:
		return c.Substitute, c.Substitute != ""
	default:
		return "", false
	}
}

// provisioned says whether an identity is known to a carrier, and by which
// spelling ("" = its own). Nothing said means known everywhere.
func provisioned(provisions []origination.Provision, name string) (as string, ok bool) {
	for i := range provisions {
		if provisions[i].Carrier == name {
			return provisions[i].As, true
		}
	}
	return "", len(provisions) == 0
}
