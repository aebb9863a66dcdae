package route

import (
	"slices"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/country"
	"heliograph/message"
	"heliograph/resource/origination"
)

// The codes of message.Why: why an identity or a carrier was passed over.
const (
	inactive       = "status"
	noSMS          = "sms"
	otherType      = "type"
	otherCountry   = "country"
	noReach        = "reach"
	inboundOnly    = "inbound"
	simulatorOnly  = "simulator"
	noSenderIDs    = "nosender"
	notRegistered  = "unregistered"
	notProvisioned = "carrier"
	noRoute        = "route"
	failing        = "failing"
	down           = "down"
	unwell         = "unwell"
	noStandIn      = "standin"
	lowerRank      = "rank"
	equalRank      = "equal"
)

// The ranks of identities, best first.
const (
	rankShortCode = iota + 1
	rankTenDLC
	rankTollFree
	rankLongCode
	rankSimulator
	// A number that is foreign to the destination has this added: it comes
	// after all numbers at home there.
	foreign
)

// Sender IDs come after all numbers.
const (
	rankRegistered = 2*foreign + iota
	rankDefault
	rankRequested
	rankShared
)

// destination is where a message goes and by whom.
type destination struct {
	rules     country.Rules
	to        string // E.164 with +
	simulated bool   // a published simulator destination
	at        int    // first of the routes that the destination allows
	asked     api.MessageType
	pool      string // id of the pool that the message comes from, "" = none
	draw      uint64
	mccmnc    string // of the destination's network, when looked up
	looked    bool

	up       func(carrier string) bool // nil = all have a connection
	delivery Health                    // of carriers, nil = all are well
	senders  Health                    // of identities, nil = all are well
	quiet    bool                      // nothing is probed
	instead  string                    // the carrier that another is wanted for, "" = none
	tried    []string                  // carriers that had the message beside it
	one      [1]Weighted
}

// candidate is an identity that stands for choice.
type candidate struct {
	kind       carrier.AddressKind
	identity   string // message.Origin.Identity
	spelling   string // what the wire carries unless a carrier knows another
	types      api.MessageType
	number     *origination.PhoneNumber
	provisions []origination.Provision
	// unregistered is a sender ID that the registry of the destination's country
	// does not hold: each carrier's setting says what becomes of it there.
	unregistered bool
	rank         int
	code         string // why it was passed over, "" = it fits

	carrier, wire string
	passed        []message.Passed
	route         int    // line of the route
	anchor        string // first carrier of the first group that can have it
	spare         hop    // the first that could have it and is not well
	unfit         string // why no carrier can have it
	taken         string // message.Why.Taken
	down          bool   // the carrier has no connection
}

// ofNumber weighs a number for the destination.
func ofNumber(n *origination.PhoneNumber, d *destination) candidate {
	o := candidate{
		kind: KindOf(n.Type), identity: n.ID, spelling: n.Number, types: n.MessageType,
		number: n, provisions: n.Provisions, rank: rankOf(n.Type),
	}
	if n.ISOCountryCode != d.rules.ISO {
		o.rank += foreign
	}
	switch {
	case n.Status != api.NumberStatusActive:
		o.code = inactive
	case !slices.Contains(n.Capabilities, api.NumberCapabilitySms):
		o.code = noSMS
	default:
		o.code = reach(n, d)
	}
	if o.code == "" && d.asked != "" && d.asked != n.MessageType {
		o.code = otherType
	}
	return o
}

// reach says why a number cannot reach the destination, "" = it can.
func reach(n *origination.PhoneNumber, d *destination) (code string) {
	home := n.ISOCountryCode == d.rules.ISO
	abroad := n.International && d.rules.International
	switch n.Type {
	case api.NumberTypeSimulator:
		if !d.simulated || !home {
			return simulatorOnly
		}
		return ""
	case api.NumberTypeShortCode, api.NumberTypeTenDlc:
		abroad = false
	case api.NumberTypeTollFree:
		home = home || tollFreeHome(n.ISOCountryCode, d.rules.ISO)
	case api.NumberTypeLongCode:
		if home && d.rules.LongCodeInboundOnly {
			return inboundOnly
		}
	}
	if home || abroad {
		return ""
	}
	return noReach
}

// tollFreeHome says whether a toll-free number is at home in a territory: those
// of the United States reach Puerto Rico, the US Virgin Islands, Guam and
// American Samoa as well.
func tollFreeHome(of, to string) bool {
	return of == "US" && (to == "PR" || to == "VI" || to == "GU" || to == "AS")
}

// ofText weighs a sender ID for the destination; held is nil where the account
// holds none of that text for that country.
func ofText(text string, held *origination.SenderID, d *destination) candidate {
	o := candidate{
		kind: carrier.Alphanumeric, spelling: text, types: orTransactional(d.asked),
		rank:         rankDefault,
		unregistered: d.rules.SenderIDs == country.SenderIDsRegistered && (held == nil || !held.Registered),
	}
	if held != nil {
		o.identity, o.spelling, o.provisions = held.Text, held.Spelling, held.Provisions
		o.types = typeOf(held, d.asked)
	}
	switch {
	case d.rules.SenderIDs == country.SenderIDsUnsupported:
		o.code = noSenderIDs
	case held != nil && held.ISOCountryCode != d.rules.ISO:
		o.code = otherCountry
	case o.types == "":
		o.code = otherType
	}
	return o
}

// typeOf is the message type that a sender ID sends, "" = not the one asked.
func typeOf(s *origination.SenderID, asked api.MessageType) api.MessageType {
	if len(s.MessageTypes) == 0 || slices.Contains(s.MessageTypes, orTransactional(asked)) {
		return orTransactional(asked)
	}
	if asked != "" {
		return ""
	}
	return s.MessageTypes[0]
}

func orTransactional(t api.MessageType) api.MessageType {
	if t == "" {
		return api.MessageTypeTransactional
	}
	return t
}

// ofShared weighs a sender that belongs to nobody.
func ofShared(s *Shared, d *destination) candidate {
	o := candidate{
		kind: kindOfText(s.Identity), spelling: s.Identity, types: orTransactional(d.asked),
		provisions: s.Provisions, rank: rankShared,
	}
	if o.kind == carrier.Alphanumeric && d.rules.SenderIDs == country.SenderIDsUnsupported {
		o.code = noSenderIDs
	}
	return o
}

// KindOf is the kind of sender that a number of the API's type is.
func KindOf(t api.NumberType) carrier.AddressKind {
	switch t {
	case api.NumberTypeShortCode:
		return carrier.ShortCode
	case api.NumberTypeTenDlc:
		return carrier.TenDLC
	case api.NumberTypeTollFree:
		return carrier.TollFree
	case api.NumberTypeLongCode:
		return carrier.LongCode
	case api.NumberTypeSimulator:
		return carrier.Simulator
	}
	return carrier.Unknown
}

func rankOf(t api.NumberType) int {
	switch t {
	case api.NumberTypeShortCode:
		return rankShortCode
	case api.NumberTypeTenDlc:
		return rankTenDLC
	case api.NumberTypeTollFree:
		return rankTollFree
	case api.NumberTypeSimulator:
		return rankSimulator
	}
	return rankLongCode
}

// kindOfText tells a shared identity's kind by its form.
func kindOfText(identity string) carrier.AddressKind {
	if identity != "" && identity[0] == '+' {
		return carrier.LongCode
	}
	for i := range len(identity) {
		if identity[i] < '0' || identity[i] > '9' {
			return carrier.Alphanumeric
		}
	}
	return carrier.ShortCode
}
