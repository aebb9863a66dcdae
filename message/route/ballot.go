package route

import (
	"math"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource/origination"
)

// ballot weighs the identities that stand for choice.
type ballot struct {
	*destination
	carriers   *Carriers
	state      uint64 // FNV-1a of all that was weighed
	candidates []candidate
}

// addMember weighs a pool's member. One that is gone is left out.
func (b *ballot) addMember(m *origination.Member, v *origination.View) {
	if m.SenderID == "" {
		if n := numberByID(v, m.PhoneNumberID); n != nil {
			b.add(ofNumber(n, b.destination))
		}
		return
	}
	if s := sender(v, m.SenderID, m.ISOCountryCode); s != nil {
		o := ofText(s.Text, s, b.destination)
		o.rank = rankRegistered
		b.add(o)
	}
}

// addShared weighs the shared identities for the country, where there are any
// for anybody.
func (b *ballot) addShared() {
	if b.rules.NoSharedRoutes {
		return
	}
	for i := range b.carriers.Shared {
		if s := &b.carriers.Shared[i]; s.Country == b.rules.ISO {
			b.add(ofShared(s, b.destination))
		}
	}
}

func (b *ballot) add(o candidate) {
	if o.code == "" {
		o.code = b.carriers.link(b.destination, &o)
	}
	b.state = hash(hash(hash(b.state, o.identity), o.code), o.anchor)
	b.candidates = append(b.candidates, o)
}

// passOverFailing passes over a pool's members whose messages do not arrive,
// while there is another. Now and then one is tried all the same.
func (b *ballot) passOverFailing() {
	if b.senders == nil || b.pool == "" {
		return
	}
	var fails []int
	fit := 0
	for i := range b.candidates {
		o := &b.candidates[i]
		if o.code != "" {
			continue
		}
		fit++
		if o.identity != "" && !b.senders.Well(o.identity, b.rules.ISO) &&
			(b.quiet || !b.senders.Probe(o.identity, b.rules.ISO, b.draw)) {
			fails = append(fails, i)
		}
	}
	if len(fails) == fit {
		return
	}
	for _, i := range fails {
		b.candidates[i].code = failing
	}
}

// elect takes the best that fits: by rank, then transactional before
// promotional, then the one that the destination knows already, then by draw.
func (b *ballot) elect(q *message.Request) (message.Decision, error) {
	b.passOverFailing()
	best := math.MaxInt
	fit := 0
	for i := range b.candidates {
		o := &b.candidates[i]
		if o.code != "" {
			continue
		}
		fit++
		best = min(best, o.order())
	}
	if fit == 0 {
		return message.Decision{Why: message.Why{Candidates: b.considered(-1)}}, b.nothing()
	}
	var equals []int
	for i := range b.candidates {
		if o := &b.candidates[i]; o.code == "" && o.order() == best {
			equals = append(equals, i)
		}
	}
	at, how := b.pick(q, equals, fit)
	m := b.candidates[at].decision()
	m.Equals, m.State = len(equals) > 1, b.state
	m.Why.Chosen, m.Why.Candidates = how, b.considered(at)
	return m, nil
}

func (o *candidate) order() int {
	order := o.rank * 2
	if o.types == api.MessageTypePromotional {
		order++
	}
	return order
}

// pick chooses among equals and says how.
func (b *ballot) pick(q *message.Request, equals []int, fit int) (at int, how string) {
	first := &b.candidates[equals[0]]
	switch {
	case first.rank == rankDefault:
		return equals[0], wonDefault
	case first.rank == rankShared:
		return equals[int(q.Draw%uint64(len(equals)))], wonShared
	case fit == 1:
		return equals[0], wonOnly
	case len(equals) == 1:
		return equals[0], wonRank
	}
	if q.Recall != nil {
		known := q.Recall(b.pool, b.state)
		for _, i := range equals {
			if b.candidates[i].identity == known {
				return i, wonSticky
			}
		}
	}
	return equals[int(q.Draw%uint64(len(equals)))], wonDraw
}

// most is how many candidates a message remembers beside the chosen one.
const most = 20

// considered records the choice for message.Why; chosen is -1 where nothing fits.
func (b *ballot) considered(chosen int) []message.Considered {
	list := make([]message.Considered, 0, min(len(b.candidates), most+1))
	for i := range b.candidates {
		o := &b.candidates[i]
		if i != chosen && len(list) >= most {
			continue
		}
		c := message.Considered{Identity: o.identity, Kind: o.kind, Code: o.code}
		if c.Identity == "" {
			c.Identity = o.spelling
		}
		if c.Code == "" && i != chosen {
			if c.Code = lowerRank; o.order() == b.candidates[chosen].order() {
				c.Code = equalRank
			}
		}
		list = append(list, c)
	}
	return list
}

func (b *ballot) nothing() error {
	const remedy = "Lease a number or request a sender ID that reaches the destination's country."
	if b.pool != "" {
		return api.Conflict(api.ConflictExceptionReasonNoOriginationIdentitiesFound, api.ResourceTypePool, b.pool, remedy)
	}
	return api.Conflict(api.ConflictExceptionReasonNoOriginationIdentitiesFound, api.ResourceTypePhoneNumber, "", remedy)
}

// FNV-1a, 64 bits.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

// hash adds text and its end to a sum.
func hash(sum uint64, text string) uint64 {
	for i := range len(text) {
		sum = (sum ^ uint64(text[i])) * prime
	}
	return (sum ^ 0xFF) * prime
}

// poolState stands for a pool's own settings.
func poolState(p *origination.Pool) uint64 {
	s := p.Settings
	sum := hash(hash(hash(uint64(offset), p.ID), s.TwoWayChannelARN), s.OptOutList)
	for i, set := range [...]bool{p.SharedRoutes, s.TwoWay, s.SelfManagedOptOut, p.DeletionProtection} {
		if set {
			sum = (sum ^ uint64(i+1)) * prime
		}
	}
	return sum
}
