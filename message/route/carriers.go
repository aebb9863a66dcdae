package route

import (
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
	Substitute   string // sender ID text for Substitute
	Simulated    bool   // leads to no network
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
	Routes []Route   // the first that matches is taken; none at all = every carrier
	Shared []Shared
	// Simulator names the internal simulator carrier that takes everything to
	// a published simulator destination and from a SIMULATOR number, whatever
	// the routes say: none of that may reach a paying carrier. It need not be
	// among All.
	Simulator string
	// Networks tells which mobile network a destination is in. Nil = none is
	// known.
	Networks Lookup
}

func (c *Carriers) named(name string) *Carrier {
	for i := range c.All {
		if c.All[i].Name == name {
			return &c.All[i]
		}
	}
	return nil
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
