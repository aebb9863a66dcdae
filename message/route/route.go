package route

import (
	"slices"
	"strings"

	"heliograph/api"
)

// Route says which carriers serve which messages. All of its criteria must
// hold; an empty one always does. The first route that matches is taken, and a
// sender that none of its carriers can take does not go on to the next route.
type Route struct {
	Line       int      // 1-based, in the configuration file; 0 = none
	Countries  []string // ISO 3166-1 alpha-2 codes of destinations
	Networks   []string // of destinations: mobile country and network code (ITU-T E.212)
	Prefixes   []string // of destinations, E.164 with +
	Identities []string // ids of numbers and pools, numbers with +, short codes, sender IDs in any case
	Types      []api.MessageType
	Groups     [][]Weighted // the preferred one first
}

// Weighted is a carrier of a group and its share of the group's messages.
type Weighted struct {
	Carrier string
	Weight  int // against the weights of the others; less than 1 counts as 1
}

// Lookup tells which mobile network a destination is in. It is asked within the
// caller's request: an implementation that asks others keeps what it learnt,
// and says "unknown" rather than wait.
type Lookup interface {
	// Network gives the mobile country and network code (ITU-T E.212) of a
	// number in E.164 with +, five or six digits.
	Network(e164 string) (mccmnc string, known bool)
}

// Prefixes is a Lookup by the beginning of numbers, E.164 with +, the longest
// first. It knows nothing of numbers that were ported.
type Prefixes map[string]string

// Network implements Lookup.
func (p Prefixes) Network(e164 string) (mccmnc string, known bool) {
	for end := len(e164); end > 1; end-- {
		if mccmnc, known = p[e164[:end]]; known {
			return mccmnc, true
		}
	}
	return "", false
}

// first finds the first route from one on that the destination allows, -1 =
// none.
func (d *destination) first(c *Carriers, from int) int {
	for i := from; i < len(c.Routes); i++ {
		if c.Routes[i].reaches(d, c.Networks) {
			return i
		}
	}
	return -1
}

// route finds the route of a candidate. Nil without an error code means that
// the configuration has no routes: every carrier serves.
func (d *destination) route(c *Carriers, o *candidate) (r *Route, code string) {
	if len(c.Routes) == 0 {
		return nil, ""
	}
	for at := d.at; at >= 0; at = d.first(c, at+1) {
		if r = &c.Routes[at]; r.takes(o, d.pool) {
			return r, ""
		}
	}
	return nil, noRoute
}

// reaches says whether a destination meets the criteria that speak of it.
func (r *Route) reaches(d *destination, networks Lookup) bool {
	if len(r.Countries) > 0 && !slices.Contains(r.Countries, d.rules.ISO) {
		return false
	}
	if len(r.Prefixes) > 0 && !slices.ContainsFunc(r.Prefixes, func(p string) bool { return strings.HasPrefix(d.to, p) }) {
		return false
	}
	return len(r.Networks) == 0 || slices.Contains(r.Networks, d.network(networks))
}

// takes says whether a candidate meets the criteria that speak of it.
func (r *Route) takes(o *candidate, pool string) bool {
	if len(r.Types) > 0 && !slices.Contains(r.Types, o.types) {
		return false
	}
	return len(r.Identities) == 0 || slices.ContainsFunc(r.Identities, func(named string) bool {
		return strings.EqualFold(named, o.spelling) || o.identity != "" && strings.EqualFold(named, o.identity) ||
			pool != "" && strings.EqualFold(named, pool)
	})
}

// network is the destination's, "" = not known. It is looked up once.
func (d *destination) network(networks Lookup) string {
	if !d.looked && networks != nil {
		d.mccmnc, _ = networks.Network(d.to)
	}
	d.looked = true
	return d.mccmnc
}
