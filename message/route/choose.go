package route

import (
	"cmp"

	"heliograph/api"
	"heliograph/country"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

// Router chooses by the operator's settings and the carriers' health of the
// moment.
type Router struct {
	Carriers func() *Carriers
	// Up says whether a carrier has a connection. Nil = all have.
	Up func(carrier string) bool
	// Delivery is the health of carriers, Senders that of identities, by what
	// receipts say. Nil = all are well.
	Delivery, Senders Health
}

// Where a message type came from, and why the chosen identity won: the codes of
// message.Why.
const (
	byRequest  = "request"
	bySet      = "set"
	byIdentity = "identity"

	wonNamed   = "named"
	wonOnly    = "only"
	wonRank    = "rank"
	wonSticky  = "sticky"
	wonDraw    = "draw"
	wonDefault = "default"
	wonShared  = "shared"

	namedNumber = "number"
	namedPool   = "pool"
	namedSender = "sender"
	namedARN    = "sender-arn"
)

// Choose finds what a message comes from and which carrier takes it. set may be
// nil. Errors are the API's: ValidationException DESTINATION_COUNTRY_BLOCKED
// where no route serves the country, SENDER_ID_NOT_SUPPORTED,
// SENDER_ID_NOT_REGISTERED and INVALID_IDENTITY_FOR_DESTINATION_COUNTRY for an
// identity that the caller named, ConflictException MESSAGE_TYPE_MISMATCH,
// NUMBER_CAPABILITIES_MISMATCH, and NO_ORIGINATION_IDENTITIES_FOUND where
// nothing fits. Beside an error the decision's Why says what was considered.
func (r Router) Choose(q message.Request, v *origination.View, set *configset.Set) (message.Decision, error) {
	c := r.Carriers()
	d := r.destination(q.To, q.Type, q.Draw)
	d.quiet = q.Trial
	typeFrom := byRequest
	if d.asked == "" && set != nil {
		d.asked, typeFrom = set.DefaultType, bySet
	}
	if d.asked == "" {
		typeFrom = byIdentity
	}
	if err := d.locate(&q, c); err != nil {
		return message.Decision{}, err
	}
	var m message.Decision
	var err error
	switch {
	case q.Named.Number != nil:
		m, err = d.named(c, ofNumber(q.Named.Number, &d), namedNumber)
	case q.Named.Pool != nil:
		m, err = d.fromPool(c, &q, v)
	case q.Named.Sender != nil:
		m, err = d.named(c, ofText(q.Named.Text, q.Named.Sender, &d), namedARN)
	case q.Named.Text != "":
		held := sender(v, q.Named.Text, d.rules.ISO)
		m, err = d.named(c, ofText(q.Named.Text, held, &d), namedSender)
	default:
		m, err = d.fromAccount(c, &q, v, set)
	}
	m.Why.TypeFrom = typeFrom
	if err == nil || q.Named != (message.Named{}) {
		m.OptOutList = cmp.Or(listOf(&q, v, m.Origin.Identity), resource.DefaultOptOutList)
	}
	return m, err
}

// destination is where a message goes, not yet located.
func (r Router) destination(to string, asked api.MessageType, draw uint64) destination {
	return destination{to: to, asked: asked, draw: draw, up: r.Up, delivery: r.Delivery, senders: r.Senders}
}

// locate looks up the destination's rules and who serves it.
func (d *destination) locate(q *message.Request, c *Carriers) error {
	iso, _, simulated := country.SimulatorDestination(q.To)
	if !simulated {
		iso = q.Country
	}
	rules, known := country.Lookup(iso)
	served := known
	if d.rules, d.simulated = rules, simulated; simulated {
		served = c.Simulator != ""
	} else if known && len(c.Routes) == 0 {
		served = len(c.All) > 0
	} else if known {
		d.at = d.first(c, 0)
		served = d.at >= 0
	}
	if !served {
		return api.Invalid(api.ValidationExceptionReasonDestinationCountryBlocked,
			"No carrier serves this country: ask the operator for a route.", "DestinationPhoneNumber")
	}
	return nil
}

// named takes the identity that the caller named, or says why it cannot send.
func (d *destination) named(c *Carriers, o candidate, how string) (message.Decision, error) {
	if o.code == "" {
		o.code = c.link(d, &o)
	}
	m := o.decision()
	if o.code != "" {
		m.Why.Asked = how
		m.Why.Candidates = []message.Considered{{Identity: cmp.Or(o.identity, o.spelling), Kind: o.kind, Code: o.code}}
		return message.Decision{Why: m.Why}, refuse(&o)
	}
	m.Why.Asked, m.Why.Chosen = how, wonNamed
	return m, nil
}

// decision states the choice of the candidate.
func (o *candidate) decision() message.Decision {
	spelling := ""
	if o.identity == "" && o.wire != o.spelling {
		spelling = o.spelling
	}
	return message.Decision{
		Origin:  message.Origin{Kind: o.kind, Identity: o.identity, Wire: o.wire},
		Type:    o.types,
		Carrier: o.carrier,
		Why:     message.Why{Routes: o.passed, Spelling: spelling, Route: o.route, Taken: o.taken},
	}
}

// fromPool chooses among a pool's members, then among shared identities where
// the pool allows them.
func (d *destination) fromPool(c *Carriers, q *message.Request, v *origination.View) (message.Decision, error) {
	p := q.Named.Pool
	if d.asked != "" && d.asked != p.MessageType {
		return message.Decision{}, api.Conflict(api.ConflictExceptionReasonMessageTypeMismatch, api.ResourceTypePool, p.ID,
			"Send the message type of the pool, or leave it out.")
	}
	d.asked, d.pool = p.MessageType, p.ID
	b := ballot{destination: d, carriers: c, state: poolState(p)}
	for i := range p.Members {
		b.addMember(&p.Members[i], v)
	}
	if p.SharedRoutes {
		b.addShared()
	}
	m, err := b.elect(q)
	m.Origin.Pool, m.Why.Asked = p.ID, namedPool
	return m, err
}

// fromAccount chooses among all that the account holds, the configuration set's
// default sender ID, and shared identities.
func (d *destination) fromAccount(c *Carriers, q *message.Request, v *origination.View, set *configset.Set) (message.Decision, error) {
	b := ballot{destination: d, carriers: c, state: offset}
	for i := range v.Numbers {
		b.add(ofNumber(&v.Numbers[i], d))
	}
	for i := range v.Senders {
		s := &v.Senders[i]
		if s.ISOCountryCode != d.rules.ISO {
			continue
		}
		o := ofText(s.Text, s, d)
		if o.rank = rankRequested; s.Registered {
			o.rank = rankRegistered
		}
		b.add(o)
	}
	if set != nil && set.DefaultSenderID != "" {
		b.add(ofText(set.DefaultSenderID, sender(v, set.DefaultSenderID, d.rules.ISO), d))
	}
	b.addShared()
	return b.elect(q)
}

// refuse turns the reason into the API's error, for an identity that the caller
// named.
func refuse(o *candidate) error {
	kind, id := api.ResourceTypeSenderId, o.spelling
	if o.number != nil {
		kind, id = api.ResourceTypePhoneNumber, o.number.ID
	}
	switch o.code {
	case inactive:
		return notActive(kind, id)
	case noSMS:
		return api.Conflict(api.ConflictExceptionReasonNumberCapabilitiesMismatch, kind, id, "Send from a number that has the SMS capability.")
	case otherType:
		return api.Conflict(api.ConflictExceptionReasonMessageTypeMismatch, kind, id, "Send a message type of the identity, or leave it out.")
	case noSenderIDs:
		return api.Invalid(api.ValidationExceptionReasonSenderIdNotSupported,
			"Networks of this country carry no sender IDs: send from a phone number.", member)
	case notRegistered:
		return api.Invalid(api.ValidationExceptionReasonSenderIdNotRegistered,
			"Register the sender ID for the destination country before sending with it.", member)
	case notProvisioned:
		return api.Invalid(api.ValidationExceptionReasonInvalidIdentityForDestinationCountry,
			"No carrier of the country's route has this identity: ask the operator to provision it there.", member)
	}
	if o.code == noRoute {
		return api.Invalid(api.ValidationExceptionReasonInvalidIdentityForDestinationCountry,
			"No route to this destination is for this identity and message type: ask the operator for one.", member)
	}
	return api.Invalid(api.ValidationExceptionReasonInvalidIdentityForDestinationCountry,
		"This identity cannot reach the destination's country: choose one that can, or a pool.", member)
}
