package route

import (
	"errors"
	"strings"
	"testing"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/country"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

var scope = resource.Scope{Account: "111122223333", Region: "eu-west-1"}

const (
	longUS   = "phone-00000000000000000000000000000001"
	tollFree = "phone-00000000000000000000000000000002"
	tenDLC   = "phone-00000000000000000000000000000003"
	shortUS  = "phone-00000000000000000000000000000004"
	simUS    = "phone-00000000000000000000000000000005"
	longGB   = "phone-00000000000000000000000000000006"
	promoUS  = "phone-00000000000000000000000000000007"
	pending  = "phone-00000000000000000000000000000008"
	voice    = "phone-00000000000000000000000000000009"
	longIN   = "phone-0000000000000000000000000000000a"
	abroad   = "phone-0000000000000000000000000000000b"
	pool     = "pool-00000000000000000000000000000001"
	shared   = "pool-00000000000000000000000000000002"
	creating = "pool-00000000000000000000000000000003"
)

func number(id, e164, iso string, kind api.NumberType, change ...func(*origination.PhoneNumber)) origination.PhoneNumber {
	n := origination.PhoneNumber{
		ID: id, Number: e164, ISOCountryCode: iso, Type: kind, MessageType: api.MessageTypeTransactional,
		Capabilities: []api.NumberCapability{api.NumberCapabilitySms}, Status: api.NumberStatusActive,
	}
	for _, c := range change {
		c(&n)
	}
	return n
}

// numbers are one of each kind.
func numbers() []origination.PhoneNumber {
	return []origination.PhoneNumber{
		number(longUS, "+12065550101", "US", api.NumberTypeLongCode),
		number(tollFree, "+18335550102", "US", api.NumberTypeTollFree),
		number(tenDLC, "+12065550103", "US", api.NumberTypeTenDlc),
		number(shortUS, "21600", "US", api.NumberTypeShortCode),
		number(simUS, "+12065550105", "US", api.NumberTypeSimulator),
		number(longGB, "+447700900001", "GB", api.NumberTypeLongCode),
		number(promoUS, "+12065550107", "US", api.NumberTypeLongCode, func(n *origination.PhoneNumber) { n.MessageType = api.MessageTypePromotional }),
		number(pending, "+18335550108", "US", api.NumberTypeTollFree, func(n *origination.PhoneNumber) { n.Status = api.NumberStatusPending }),
		number(voice, "+12065550109", "US", api.NumberTypeLongCode, func(n *origination.PhoneNumber) { n.Capabilities = []api.NumberCapability{api.NumberCapabilityVoice} }),
		number(longIN, "+919812345678", "IN", api.NumberTypeLongCode),
		number(abroad, "+18335550111", "US", api.NumberTypeTollFree, func(n *origination.PhoneNumber) { n.International = true }),
	}
}

func senderID(text, iso string, registered bool, types ...api.MessageType) origination.SenderID {
	return origination.SenderID{Text: strings.ToUpper(text), Spelling: text, ISOCountryCode: iso, Registered: registered, MessageTypes: types}
}

func view() *origination.View {
	return &origination.View{
		Scope: scope, Numbers: numbers(),
		Senders: []origination.SenderID{
			senderID("Sender", "IN", true), senderID("123456", "IN", true, api.MessageTypePromotional),
			senderID("Shop", "FR", false), senderID("Plain", "GB", false),
		},
		Pools: []origination.Pool{
			{ID: pool, Status: api.PoolStatusActive, MessageType: api.MessageTypeTransactional, Members: []origination.Member{
				{PhoneNumberID: longUS}, {SenderID: "SENDER", ISOCountryCode: "IN"}, {SenderID: "SHOP", ISOCountryCode: "FR"},
			}},
			{ID: shared, Status: api.PoolStatusActive, MessageType: api.MessageTypeTransactional, SharedRoutes: true},
			{ID: creating, Status: api.PoolStatusCreating},
		},
	}
}

// plain is one carrier for everything, and a shared identity in three places.
func plain() *Carriers {
	return &Carriers{
		All: []Carrier{{Name: "acme"}}, Simulator: "simulator",
		Shared: []Shared{{Country: "DE", Identity: "+491510000001"}, {Country: "BE", Identity: "NOTHERE"}, {Country: "US", Identity: "+12065550199"}},
	}
}

// oneByOne are groups of one carrier each.
func oneByOne(names ...string) [][]Weighted {
	var groups [][]Weighted
	for _, name := range names {
		groups = append(groups, []Weighted{{Carrier: name, Weight: 1}})
	}
	return groups
}

// sent is one question, from the caller's words to the answer.
type sent struct {
	identity, to, iso string
	kind              api.MessageType
	set               *configset.Set
	recall            func(string, uint64) string
	draw              uint64
}

func (s sent) by(c *Carriers, v *origination.View) (message.Decision, error) {
	r := Router{Carriers: func() *Carriers { return c }}
	named, err := r.Resolve(s.identity, v)
	if err != nil {
		return message.Decision{}, err
	}
	return r.Choose(message.Request{
		Named: named, Type: s.kind, To: s.to, Country: s.iso, Recall: s.recall, Draw: s.draw,
	}, v, s.set)
}

// code is the reason of an error of the API, or its exception where it has
// none.
func code(err error) string {
	if err == nil {
		return ""
	}
	var e *api.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Reason == "" {
		return e.Exception
	}
	return e.Reason
}

const (
	toUS, toFR, toIN, toGB, toPR, toDE = "+14255550100", "+33700000000", "+919898989898", "+447400000000", "+17875550142", "+4915112345678"
	mismatch                           = "MESSAGE_TYPE_MISMATCH"
	nothing                            = "NO_ORIGINATION_IDENTITIES_FOUND"
	wrongCountry                       = "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY"
	notFoundName                       = "ResourceNotFoundException"
)

// Rule(SendTextMessage): the origination identity is a number with or without its plus sign, a short code, an id, an ARN, or a sender ID in any case.
func TestIdentityResolvesInEveryForm(t *testing.T) {
	promotional := api.MessageTypePromotional
	for _, c := range []struct {
		identity, to, iso string
		kind              api.MessageType
		wire, want        string
	}{
		{identity: "+12065550101", to: toUS, iso: "US", wire: "+12065550101"},
		{identity: "12065550101", to: toUS, iso: "US", wire: "+12065550101"},
		{identity: longUS, to: toUS, iso: "US", wire: "+12065550101"},
		{identity: scope.ARN("phone-number", longUS), to: toUS, iso: "US", wire: "+12065550101"},
		{identity: "21600", to: toUS, iso: "US", wire: "21600"},
		{identity: "sender", to: toIN, iso: "IN", wire: "Sender"},
		{identity: "SENDER", to: toIN, iso: "IN", wire: "Sender"},
		{identity: scope.ARN("sender-id", "SENDER/IN"), to: toIN, iso: "IN", wire: "Sender"},
		{identity: "123456", to: toIN, iso: "IN", kind: promotional, wire: "123456"},
		{identity: pool, to: toUS, iso: "US", wire: "+12065550101"},
		{identity: scope.ARN("pool", pool), to: toFR, iso: "FR", wire: "Shop"},
		{identity: "MyBrand", to: toFR, iso: "FR", wire: "MyBrand"},
		{identity: "shop", to: toFR, iso: "FR", wire: "Shop"},

		{identity: "+12065559999", to: toUS, iso: "US", want: notFoundName},
		{identity: "99999", to: toUS, iso: "US", want: notFoundName},
		{identity: strings.Replace(longUS, "1", "f", 1), to: toUS, iso: "US", want: notFoundName},
		{identity: strings.Replace(pool, "1", "f", 1), to: toUS, iso: "US", want: notFoundName},
		{identity: "rcs-00000000000000000000000000000001", to: toFR, iso: "FR", want: notFoundName},
		{identity: "TwelveLetters", to: toFR, iso: "FR", want: notFoundName},
		{identity: scope.ARN("sender-id", "OTHER/IN"), to: toIN, iso: "IN", want: notFoundName},
		{identity: scope.ARN("sender-id", "SENDER/IN"), to: toFR, iso: "FR", want: wrongCountry},
		{identity: scope.ARN("opt-out-list", "Default"), to: toFR, iso: "FR", want: "INVALID_ARN"},
		{identity: "arn:aws:sns:eu-west-1:111122223333:topic", to: toFR, iso: "FR", want: "INVALID_ARN"},
		{identity: "arn:aws:sms-voice:us-east-1:111122223333:pool/" + pool, to: toFR, iso: "FR", want: "INVALID_ARN"},
		{identity: "arn:x", to: toFR, iso: "FR", want: "INVALID_ARN"},
		{identity: pending, to: toUS, iso: "US", want: "RESOURCE_NOT_ACTIVE"},
		{identity: creating, to: toUS, iso: "US", want: "RESOURCE_NOT_ACTIVE"},
		{identity: voice, to: toUS, iso: "US", want: "NUMBER_CAPABILITIES_MISMATCH"},
	} {
		m, err := sent{identity: c.identity, to: c.to, iso: c.iso, kind: c.kind}.by(plain(), view())
		if code(err) != c.want || m.Origin.Wire != c.wire {
			t.Errorf("%s to %s: from %q, %v; want %q %s", c.identity, c.iso, m.Origin.Wire, err, c.wire, c.want)
		}
	}
}

// Rule(SendTextMessage): a number that cannot reach the destination's country is refused when it was named.
func TestNumbersReachWhatTheirKindReaches(t *testing.T) {
	for _, c := range []struct{ identity, to, iso, want string }{
		{longUS, toUS, "US", ""},
		{longUS, toFR, "FR", wrongCountry},
		{longUS, toPR, "PR", wrongCountry},
		{longGB, toGB, "GB", ""},
		{longIN, toIN, "IN", wrongCountry}, // receives only
		{tollFree, toUS, "US", ""},
		{tollFree, toPR, "PR", ""},
		{tollFree, "+13405550142", "VI", ""},
		{tollFree, "+16715550142", "GU", ""},
		{tollFree, "+14165550142", "CA", wrongCountry},
		{abroad, toFR, "FR", ""},                      // international sending
		{abroad, "+447911123456", "GG", wrongCountry}, // which does not reach there
		{tenDLC, toUS, "US", ""},
		{tenDLC, toPR, "PR", wrongCountry},
		{shortUS, toUS, "US", ""},
		{shortUS, toFR, "FR", wrongCountry},
		{simUS, "+14254147755", "US", ""},
		{simUS, toUS, "US", wrongCountry},
		{simUS, "+33755512501", "FR", wrongCountry},
	} {
		m, err := sent{identity: c.identity, to: c.to, iso: c.iso}.by(plain(), view())
		if code(err) != c.want {
			t.Errorf("%s to %s: %v; want %q", c.identity, c.iso, err, c.want)
		}
		if err == nil && m.Origin.Identity != c.identity {
			t.Errorf("%s to %s: from %s", c.identity, c.iso, m.Origin.Identity)
		}
	}
}

// Rule(SendTextMessage): the message type is the request's, the configuration set's, the identity's, or TRANSACTIONAL; another than the identity's is MESSAGE_TYPE_MISMATCH.
func TestMessageTypeFollowsRequestSetIdentity(t *testing.T) {
	transactional, promotional := api.MessageTypeTransactional, api.MessageTypePromotional
	promoSet := &configset.Set{DefaultType: promotional}
	for _, c := range []struct {
		identity, to, iso string
		kind              api.MessageType
		set               *configset.Set
		want              api.MessageType
		refused           string
	}{
		{identity: longUS, to: toUS, iso: "US", want: transactional},
		{identity: promoUS, to: toUS, iso: "US", want: promotional},
		{identity: promoUS, to: toUS, iso: "US", kind: transactional, refused: mismatch},
		{identity: longUS, to: toUS, iso: "US", set: promoSet, refused: mismatch},
		{identity: longUS, to: toUS, iso: "US", kind: transactional, set: promoSet, want: transactional},
		{identity: pool, to: toUS, iso: "US", kind: promotional, refused: mismatch},
		{identity: pool, to: toUS, iso: "US", want: transactional},
		{identity: "123456", to: toIN, iso: "IN", want: promotional},
		{identity: "123456", to: toIN, iso: "IN", kind: transactional, refused: mismatch},
		{identity: "AnyText", to: toFR, iso: "FR", kind: promotional, want: promotional},
		{identity: "AnyText", to: toFR, iso: "FR", want: transactional},
		{to: toUS, iso: "US", kind: promotional, want: promotional},
	} {
		m, err := sent{identity: c.identity, to: c.to, iso: c.iso, kind: c.kind, set: c.set}.by(plain(), view())
		if code(err) != c.refused || m.Type != c.want {
			t.Errorf("%s to %s as %q: %s, %v; want %s %s", c.identity, c.iso, c.kind, m.Type, err, c.want, c.refused)
		}
	}
}

// Rule(SendTextMessage): with no identity named, short code, 10DLC, toll-free, long code and sender ID are taken in that order.
func TestOrderOfChoiceWithoutIdentity(t *testing.T) {
	v := view()
	for _, want := range []string{shortUS, tenDLC, tollFree, abroad, longUS, promoUS} {
		// Draw 0 takes the first of equals.
		m, err := sent{to: toUS, iso: "US"}.by(plain(), v)
		if err != nil || m.Origin.Identity != want {
			t.Fatalf("chosen %s, %v; want %s", m.Origin.Identity, err, want)
		}
		for i := range v.Numbers {
			if v.Numbers[i].ID == want {
				v.Numbers[i].Status = api.NumberStatusDeleted
			}
		}
	}
	if _, err := (sent{to: toUS, iso: "US"}).by(plain(), v); code(err) != nothing {
		t.Errorf("with no number left to the US: %v; want %s", err, nothing)
	}
}

// Rule(SendTextMessage): the configuration set's default sender ID is used only if no number and no registered sender ID fits.
func TestDefaultSenderIDComesAfterDedicatedIdentities(t *testing.T) {
	set := &configset.Set{DefaultSenderID: "Default1"}
	for _, c := range []struct{ to, iso, wire string }{
		{toUS, "US", "21600"},            // a number
		{toDE, "DE", "+18335550111"},     // a number with international sending
		{toFR, "FR", "+18335550111"},     // the same
		{"+376312345", "AD", "Default1"}, // nothing else reaches it
	} {
		m, err := sent{to: c.to, iso: c.iso, set: set}.by(plain(), view())
		if err != nil || m.Origin.Wire != c.wire {
			t.Errorf("to %s: from %q, %v; want %q", c.iso, m.Origin.Wire, err, c.wire)
		}
	}
	v := view()
	v.Numbers = nil
	if m, err := (sent{to: toIN, iso: "IN", set: set}).by(plain(), v); err != nil || m.Origin.Wire != "Sender" {
		t.Errorf("beside a registered sender ID: %q, %v; want that", m.Origin.Wire, err)
	}
	if m, err := (sent{to: toFR, iso: "FR", set: set}).by(plain(), v); err != nil || m.Origin.Wire != "Default1" {
		t.Errorf("beside a requested sender ID: %q, %v; want the default", m.Origin.Wire, err)
	}
	if m, err := (sent{to: toFR, iso: "FR"}).by(plain(), v); err != nil || m.Origin.Wire != "Shop" {
		t.Errorf("without a default: %q, %v; want the requested sender ID", m.Origin.Wire, err)
	}
}

// Rule(SendTextMessage): shared identities are used only by a pool with shared routes or without an identity, where the country has them, never in the US or China.
func TestSharedIdentitiesComeLast(t *testing.T) {
	v := view()
	v.Numbers = nil
	for _, c := range []struct{ identity, to, iso, wire, want string }{
		{"", toDE, "DE", "+491510000001", ""},
		{shared, toDE, "DE", "+491510000001", ""},
		{pool, toDE, "DE", "", nothing}, // shared routes are off
		{"", toUS, "US", "", nothing},   // although one is configured
		{shared, toUS, "US", "", nothing},
		{"", "+8613800138000", "CN", "", nothing},
		{"", "+32470123456", "BE", "", nothing}, // a shared sender ID where there are none
	} {
		m, err := sent{identity: c.identity, to: c.to, iso: c.iso}.by(plain(), v)
		if code(err) != c.want || m.Origin.Wire != c.wire || m.Origin.Identity != "" {
			t.Errorf("%q to %s: from %q, %v; want %q %s", c.identity, c.iso, m.Origin.Wire, err, c.wire, c.want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, seed := range []string{"", "+12065550101", longUS, pool, "Sender", "123456", "-", "arn:aws:sms-voice:eu-west-1:111122223333:sender-id/SENDER/IN"} {
		f.Add(seed)
	}
	v, r := view(), Router{}
	f.Fuzz(func(t *testing.T, identity string) {
		named, err := r.Resolve(identity, v)
		var refused *api.Error
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("Resolve(%q): %v is no error of the API", identity, err)
		}
		if found := named != (message.Named{}); found != (err == nil && identity != "") {
			t.Fatalf("Resolve(%q) = %+v, %v", identity, named, err)
		}
	})
}

// Rule(SendTextMessage): the choice sticks to a destination among identities of equal rank, until the pool or an identity of it changes.
func TestStickyChoiceAmongEquals(t *testing.T) {
	v := view()
	v.Pools[0].Members = []origination.Member{{PhoneNumberID: longUS}, {PhoneNumberID: promoUS}}
	v.Numbers[6].MessageType = api.MessageTypeTransactional
	var asked []uint64
	q := sent{identity: pool, to: toUS, iso: "US", recall: func(of string, state uint64) string {
		if of != pool {
			t.Errorf("asked for pool %q", of)
		}
		asked = append(asked, state)
		return promoUS
	}}
	m, err := q.by(plain(), v)
	if err != nil || m.Origin.Identity != promoUS || !m.Equals || m.Why.Chosen != wonSticky {
		t.Fatalf("chosen %+v, %v; want the known identity", m, err)
	}
	v.Numbers[6].Status = api.NumberStatusPending
	if m, err = q.by(plain(), v); err != nil || m.Origin.Identity != longUS || m.Equals {
		t.Errorf("known one not ACTIVE: %+v, %v", m, err)
	}
	v.Numbers[6].Status = api.NumberStatusActive
	v.Pools[0].SharedRoutes = true
	if _, err := q.by(plain(), v); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 || asked[0] == asked[1] {
		t.Errorf("states %x: a changed pool must not be the same", asked)
	}
	drawn := map[string]bool{}
	for draw := range uint64(2) {
		q.recall, q.draw = nil, draw
		m, err := q.by(plain(), v)
		if err != nil || m.Why.Chosen != wonDraw {
			t.Fatalf("draw: %+v, %v", m, err)
		}
		drawn[m.Origin.Identity] = true
	}
	if len(drawn) != 2 {
		t.Errorf("drawn %v; want both", drawn)
	}
	never := func(string, uint64) string { t.Error("asked although there was no choice"); return "" }
	if _, err := (sent{to: toIN, iso: "IN", recall: never}).by(plain(), view()); err != nil {
		t.Error(err)
	}
}

// Rule(SendTextMessage): the first route that names the country serves it, identities are passed over on carriers where they are not provisioned, and a country without a route is DESTINATION_COUNTRY_BLOCKED.
// Proves(route): identities go only over carriers where they are provisioned, by their alias there; a country without a route is refused.
func TestCarrierFollowsRoutesAndProvisions(t *testing.T) {
	c := &Carriers{
		All: []Carrier{{Name: "a"}, {Name: "b", Unregistered: Pass}, {Name: "c", Unregistered: Substitute, Substitute: "Generic"}},
		Routes: []Route{
			{Countries: []string{"IN", "US"}, Groups: oneByOne("a", "b")},
			{Countries: []string{"FR"}, Groups: oneByOne("a", "gone", "b")},
			{Countries: []string{"DE"}, Groups: oneByOne("c")},
			{Countries: []string{"DK"}, Groups: oneByOne("a")},
			{Countries: []string{"GB"}, Groups: oneByOne("a", "b")},
			{Countries: []string{"SG"}, Groups: oneByOne("c")},
			{Countries: []string{"IE"}, Groups: oneByOne("a")},
		},
		Simulator: "inside",
	}
	v := view()
	v.Senders[0].Provisions = []origination.Provision{{Carrier: "b", As: "SNDR"}}
	v.Numbers[0].Provisions = []origination.Provision{{Carrier: "c"}}
	for _, w := range []struct{ identity, to, iso, carrier, wire, want string }{
		{"sender", toIN, "IN", "b", "SNDR", ""},
		{longUS, toUS, "US", "", "", wrongCountry}, // provisioned elsewhere
		{tenDLC, toUS, "US", "a", "+12065550103", ""},
		{"Unowned", toFR, "FR", "a", "Unowned", ""}, // nothing is registered there
		{"Shop", toFR, "FR", "a", "Shop", ""},       // held
		{"Unowned", toDE, "DE", "c", "Unowned", ""},
		{"Unowned", "+447400123456", "GB", "b", "Unowned", ""}, // a refuses it
		{"Unowned", "+6581234567", "SG", "c", "Generic", ""},
		{"Unowned", "+353851234567", "IE", "", "", "SENDER_ID_NOT_REGISTERED"},
		{"Unowned", "+393331234567", "IT", "", "", "DESTINATION_COUNTRY_BLOCKED"},
		{"", "+393331234567", "IT", "", "", "DESTINATION_COUNTRY_BLOCKED"},
		{"Unowned", "+390612345678", "XX", "", "", "DESTINATION_COUNTRY_BLOCKED"},
		{"Unowned", "+394390009172", "IT", "inside", "Unowned", ""}, // a simulator destination
		{longUS, "+14254147755", "US", "inside", "+12065550101", ""},
		{simUS, "+14254147755", "US", "inside", "+12065550105", ""},
	} {
		m, err := sent{identity: w.identity, to: w.to, iso: w.iso}.by(c, v)
		if code(err) != w.want || m.Carrier != w.carrier || m.Origin.Wire != w.wire {
			t.Errorf("%q to %s: %s %q, %v; want %s %q %s", w.identity, w.iso, m.Carrier, m.Origin.Wire, err, w.carrier, w.wire, w.want)
		}
	}
	if _, err := (sent{to: "+14254147755", iso: "US"}).by(&Carriers{All: c.All}, v); code(err) != "DESTINATION_COUNTRY_BLOCKED" {
		t.Errorf("a simulator destination without a simulator: %v; it must reach no paying carrier", err)
	}
}

// Rule(SendTextMessage): what an explicit, a default and a pooled sender ID give in every country.
func TestSenderIDsInEveryCountry(t *testing.T) {
	for _, r := range country.All() {
		const to = "+999"
		for _, registered := range []bool{false, true} {
			held := &origination.View{Scope: scope, Senders: []origination.SenderID{senderID("Brand", r.ISO, registered)}}
			held.Pools = []origination.Pool{{ID: pool, Status: api.PoolStatusActive, MessageType: api.MessageTypeTransactional,
				Members: []origination.Member{{SenderID: "BRAND", ISOCountryCode: r.ISO}}}}
			goes := r.SenderIDs == country.SenderIDsFree || r.SenderIDs == country.SenderIDsRegistered && registered
			explicit, passed := "", ""
			if !goes {
				passed = nothing
				if explicit = "SENDER_ID_NOT_SUPPORTED"; r.SenderIDs == country.SenderIDsRegistered {
					explicit = "SENDER_ID_NOT_REGISTERED"
				}
			}
			for _, c := range []struct {
				sent
				want string
			}{
				{sent{identity: "BRAND"}, explicit},
				{sent{identity: scope.ARN("sender-id", "BRAND/"+r.ISO)}, explicit},
				{sent{set: &configset.Set{DefaultSenderID: "brand"}}, passed},
				{sent{identity: pool}, passed},
			} {
				c.to, c.iso = to, r.ISO
				m, err := c.by(&Carriers{All: []Carrier{{Name: "a"}}}, held)
				if code(err) != c.want || err == nil && (m.Origin.Wire != "Brand" || m.Origin.Kind != carrier.Alphanumeric) {
					t.Errorf("%s registered %v, %q: %+v, %v; want %q", r.ISO, registered, c.identity, m.Origin, err, c.want)
				}
			}
		}
		// Text that nobody holds goes as typed where no registry minds.
		m, err := sent{identity: "UnOwned", to: to, iso: r.ISO}.by(plain(), &origination.View{Scope: scope})
		if free := r.SenderIDs == country.SenderIDsFree; free != (err == nil) || free && m.Origin.Wire != "UnOwned" {
			t.Errorf("%s: unowned text gives %q, %v", r.ISO, m.Origin.Wire, err)
		}
	}
	if r, _ := country.Lookup("US"); r.SenderIDs != country.SenderIDsUnsupported {
		t.Error("the US must never get an alphanumeric sender")
	}
}

func TestExplainPutsEveryCodeIntoWords(t *testing.T) {
	for _, c := range []string{inactive, noSMS, otherType, otherCountry, noReach, inboundOnly, simulatorOnly, noSenderIDs,
		notRegistered, notProvisioned, noRoute, failing, lowerRank, equalRank} {
		if passedOver(c) == c {
			t.Errorf("code %q has no words", c)
		}
	}
	for _, c := range []string{notRegistered, notProvisioned, down, unwell, noStandIn} {
		if carrierPassedOver(c) == c {
			t.Errorf("code %q of a carrier has no words", c)
		}
	}
	for _, c := range []string{wonNamed, wonOnly, wonRank, wonSticky, wonDraw, wonDefault, wonShared} {
		if won(c) == c {
			t.Errorf("code %q has no words", c)
		}
	}
	m, err := sent{to: toUS, iso: "US"}.by(plain(), view())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(Explain(m.Why), "\n")
	for _, want := range []string{
		"Short code " + shortUS + " was chosen: its kind is preferred; the order is short codes, 10DLC numbers, toll-free numbers, long codes, sender IDs.",
		"Long code " + longGB + " was passed over: a number of its kind and country cannot reach the destination's country.",
		"The message type is that of what it was sent from, because neither the request nor a configuration set gave one.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	if m, err = (sent{identity: longUS, to: toUS, iso: "US"}).by(plain(), view()); err != nil || len(Explain(m.Why)) != 3 {
		t.Errorf("named number: %q, %v", Explain(m.Why), err)
	}
}

func BenchmarkChooseNamedNumber(b *testing.B) {
	v, r := view(), Router{Carriers: plain}
	c := plain()
	r.Carriers = func() *Carriers { return c }
	b.ReportAllocs()
	for b.Loop() {
		named, err := r.Resolve("+12065550101", v)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Choose(message.Request{Named: named, To: toUS, Country: "US"}, v, nil); err != nil {
			b.Fatal(err)
		}
	}
}
