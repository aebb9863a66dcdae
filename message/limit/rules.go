package limit

import (
	"strings"
	"time"

	"heliograph/carrier"
	"heliograph/country"
	"heliograph/message"
	"heliograph/rate"
)

// Rate limits what has one value, or with Each whatever has any, each by itself.
type Rate struct {
	Of             Dimension
	Value          string // an account's number, a number or sender ID, a pool's id, a country's ISO code, E.164 with +
	PartsPerSecond int
}

// Each stands for every value of a dimension, each limited by itself.
const Each = "*"

// Settings are what an operator limits.
type Settings struct {
	// PartsPerSecond of every account that no rate names, 0 = not limited.
	PartsPerSecond int
	// Published turns on the service's figures by kind of identity, and one
	// message per second to a recipient.
	Published bool
	Rates     []Rate
	Quiet     []Hours
}

// Rules are settings made ready for use. They are not changed once made.
type Rules struct {
	named     map[Gate]int
	each      map[Dimension]int
	published bool
	quiet     []Hours
}

// New makes rules, nil where nothing is limited.
func New(s Settings) *Rules {
	r := &Rules{named: map[Gate]int{}, each: map[Dimension]int{}, published: s.Published, quiet: s.Quiet}
	if s.PartsPerSecond > 0 {
		r.each[Account] = s.PartsPerSecond
	}
	for _, line := range s.Rates {
		if line.Value == Each {
			r.each[line.Of] = line.PartsPerSecond
		} else {
			r.named[Gate{Of: line.Of, Value: fold(line.Of, line.Value)}] = line.PartsPerSecond
		}
	}
	if len(r.named)+len(r.each)+len(r.quiet) == 0 && !r.published {
		return nil
	}
	return r
}

// fold makes sender IDs of any spelling one.
func fold(of Dimension, value string) string {
	if of == Identity {
		return strings.ToUpper(value)
	}
	return value
}

// Apart says what, beside its identity, tells a message apart from those that it
// may have to let go first: its country where that can be held, and its recipient
// where that can. Both are "" where the message waits with all of its identity.
func (r *Rules) Apart(m *message.Message) (country, recipient string) {
	if r == nil {
		return "", ""
	}
	if r.rateOf(Gate{Of: Country, Value: m.Country}) > 0 || r.mayBeQuiet(m) {
		country = m.Country
	}
	if r.published || r.rateOf(Gate{Of: Recipient, Value: m.To}) > 0 {
		recipient = m.To
	}
	return country, recipient
}

// rateOf is the parts per second of a gate that was named, or of each.
func (r *Rules) rateOf(g Gate) int {
	if named := r.named[g]; named > 0 {
		return named
	}
	return r.each[g.Of]
}

// charges are what a part counts towards.
func (r *Rules) charges(list []rate.Charge[Gate], m *message.Message, firstPart bool) []rate.Charge[Gate] {
	add := func(g Gate, perSecond int) {
		if perSecond > 0 {
			list = append(list, rate.Charge[Gate]{Key: g, PerSecond: perSecond, Lead: lead})
		}
	}
	single := func(of Dimension, value string) int {
		g := Gate{Of: of, Value: value}
		perSecond := r.rateOf(g)
		add(g, perSecond)
		return perSecond
	}
	single(Account, m.Scope.Account)
	if m.Origin.Pool != "" {
		single(Pool, m.Origin.Pool)
	}
	single(Country, m.Country)
	add(r.identity(m))
	if single(Recipient, m.To) == 0 && r.published && firstPart {
		add(Gate{Of: Recipient, Value: m.To}, publishedToRecipient)
	}
	return list
}

// identity is the gate of a message's origin. One that a rate names is the same
// whoever sends; any other is its holder's own.
func (r *Rules) identity(m *message.Message) (Gate, int) {
	for _, name := range []string{m.Origin.Wire, m.Origin.Identity} {
		g := Gate{Of: Identity, Value: fold(Identity, name)}
		if named := r.named[g]; named > 0 && name != "" {
			return g, named
		}
	}
	g := Gate{Of: Identity, Value: m.Origin.Wire, scope: m.Scope}
	if each := r.each[Identity]; each > 0 || !r.published {
		return g, each
	}
	return g, publishedRate(m)
}

// The service's figures, in message parts per second, and in messages per second
// to a recipient.
const (
	publishedShortCode   = 100
	publishedTollFree    = 3
	publishedTenDLC      = 1
	publishedCanadian    = 1
	publishedLongCode    = 10
	publishedSenderID    = 10
	publishedShared      = 20
	publishedToRecipient = 1
)

// publishedRate is the figure for a kind of origin, 0 where none is published:
// for short codes beyond the United States and Canada, and simulator numbers.
func publishedRate(m *message.Message) int {
	switch m.Origin.Kind {
	case carrier.Alphanumeric:
		return publishedSenderID
	case carrier.Simulator:
		return 0
	}
	if m.Origin.Identity == "" {
		return publishedShared
	}
	switch m.Origin.Kind {
	case carrier.ShortCode:
		if m.Country == "US" || m.Country == "CA" {
			return publishedShortCode
		}
	case carrier.TollFree:
		return publishedTollFree
	case carrier.TenDLC:
		return publishedTenDLC
	case carrier.LongCode:
		if canadian(m.Origin.Wire) {
			return publishedCanadian
		}
		return publishedLongCode
	}
	return 0
}

// canadian says whether a number is of Canada, which shares its country code.
func canadian(number string) bool {
	if !strings.HasPrefix(number, "+1") {
		return false
	}
	parsed, err := country.Parse(number)
	return err == nil && parsed.ISO == "CA"
}

// Guard is how long before quiet hours nothing is handed over any more, so that
// what was is answered before they begin.
const Guard = 5 * time.Second
