// Package limit says when a message part may go: the rates in message parts per
// second of accounts, origination identities, pools, countries and recipients,
// and the quiet hours of countries. Left out: a carrier's own throughput, which
// the carrier keeps, and the waiting, which is the dispatcher's.
package limit

import (
	"time"

	"heliograph/country"
	"heliograph/message"
	"heliograph/rate"
	"heliograph/resource"
)

// Dimension is what a limiter counts by.
type Dimension string

// The dimensions, by the names of their configuration keys.
const (
	Account    Dimension = "account"
	Identity   Dimension = "identity"
	Pool       Dimension = "pool"
	Country    Dimension = "country"
	Recipient  Dimension = "recipient"
	QuietHours Dimension = "quiet hours"
)

// lead is how far parts may run ahead of the even pace after a lull: a tenth of
// a second's worth.
const lead = 100 * time.Millisecond

// Gate names one limiter: what holds a part.
type Gate struct {
	Of    Dimension
	Value string
	// scope tells apart identities of one spelling that nobody named.
	scope resource.Scope
}

// Whole says whether the gate holds all that comes from an identity, to one
// country where Apart names it, rather than what goes to a recipient.
func (g Gate) Whole() bool { return g.Of != Recipient }

// String names the limiter for operators, a recipient's number masked.
func (g Gate) String() string {
	if g.Of == Recipient {
		return string(g.Of) + " " + country.Mask(g.Value)
	}
	return string(g.Of) + " " + g.Value
}

// Verdict is whether a part may go. Its zero value says: now.
type Verdict struct {
	Gate  Gate      // what holds it, zero = nothing does
	Until time.Time // when it is worth asking again
}

// Held says that the part may not go now.
func (v Verdict) Held() bool { return v.Gate.Of != "" }

// Limiter keeps what has gone of late. Rates are read at each part, so that new
// ones hold at once and what has gone counts towards them. Its methods may be
// called at the same time.
type Limiter struct {
	rules func() *Rules
	table rate.Table[Gate]
}

// NewLimiter makes a limiter by the rules in force; they may be nil.
func NewLimiter(rules func() *Rules) *Limiter { return &Limiter{rules: rules} }

// Rules are those in force, nil where nothing is limited. A nil Limiter has none.
func (l *Limiter) Rules() *Rules {
	if l == nil {
		return nil
	}
	return l.rules()
}

// Ask says whether a part may go, and counts it if so. A message's first part
// counts towards the rates of messages as well.
func (l *Limiter) Ask(m *message.Message, firstPart bool, now time.Time) Verdict {
	rules := l.Rules()
	if rules == nil {
		return Verdict{}
	}
	if end, quiet := rules.Quiet(m, now.Add(Guard)); quiet {
		return Verdict{quietGate(m), end}
	}
	var room [6]rate.Charge[Gate]
	charges := rules.charges(room[:0], m, firstPart)
	if len(charges) == 0 {
		return Verdict{}
	}
	held, until := l.table.Take(now, charges)
	if held < 0 {
		return Verdict{}
	}
	return Verdict{charges[held].Key, until}
}
