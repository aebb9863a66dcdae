package route

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource/origination"
)

// ill is a Health by names that are not well; probes are draws divisible by
// every.
type ill struct {
	names []string
	every uint64
}

func (h ill) Well(name, _ string) bool { return !slices.Contains(h.names, name) }

func (h ill) Probe(_, _ string, draw uint64) bool { return h.every > 0 && draw%h.every == 0 }

// three are carriers a, b and c behind a single route.
func three(groups ...[]Weighted) *Carriers {
	return &Carriers{All: []Carrier{{Name: "a"}, {Name: "b"}, {Name: "c"}}, Routes: []Route{{Line: 7, Groups: groups}}}
}

func choose(t testing.TB, r Router, q message.Request, identity string, v *origination.View) message.Decision {
	t.Helper()
	named, err := r.Resolve(identity, v)
	if err != nil {
		t.Fatal(err)
	}
	q.Named = named
	d, err := r.Choose(q, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Rule(SendTextMessage): the first route whose countries, networks, prefixes, identities and message types all match serves the message.
// Proves(route): routes are by country, network, prefix, identity, pool and message type; the first whose criteria all hold serves.
func TestFirstRouteWhoseCriteriaAllHoldServes(t *testing.T) {
	promotional := []api.MessageType{api.MessageTypePromotional}
	c := &Carriers{
		All: []Carrier{{Name: "net"}, {Name: "prefix"}, {Name: "pool"}, {Name: "brand"}, {Name: "number"}, {Name: "promo"}, {Name: "rest"}},
		Routes: []Route{
			{Networks: []string{"20801"}, Types: promotional, Groups: oneByOne("net")},
			{Countries: []string{"FR"}, Prefixes: []string{"+3377", "+3376"}, Groups: oneByOne("prefix")},
			{Identities: []string{strings.ToUpper(pool)}, Groups: oneByOne("pool")},
			{Identities: []string{"brand"}, Groups: oneByOne("brand")},
			{Identities: []string{"+12065550101", shortUS}, Groups: oneByOne("number")},
			{Types: promotional, Groups: oneByOne("promo")},
			{Countries: []string{"FR", "US"}, Groups: oneByOne("rest")},
		},
		Networks: Prefixes{"+33": "20800", "+336": "20801", "+3361": "20810"},
	}
	for _, w := range []struct {
		identity, to, iso string
		kind              api.MessageType
		carrier, want     string
	}{
		{"Any", "+33620000000", "FR", api.MessageTypePromotional, "net", ""},
		{"Any", "+33610000000", "FR", api.MessageTypePromotional, "promo", ""}, // the longest prefix says another network
		{"Any", "+33620000000", "FR", "", "rest", ""},
		{"Any", "+33760000000", "FR", "", "prefix", ""},
		{"Brand", "+33620000000", "FR", "", "brand", ""},
		{"BRAND", "+33760000000", "FR", "", "prefix", ""}, // an earlier route matches too
		{pool, toUS, "US", "", "pool", ""},
		{longUS, toUS, "US", "", "number", ""},
		{"21600", toUS, "US", "", "number", ""},
		{tenDLC, toUS, "US", "", "rest", ""},
		{"Any", toDE, "DE", "", "", wrongCountry}, // its routes are for others
		{"Brand", toDE, "DE", "", "brand", ""},
	} {
		d, err := sent{identity: w.identity, to: w.to, iso: w.iso, kind: w.kind}.by(c, view())
		if code(err) != w.want || d.Carrier != w.carrier {
			t.Errorf("%s to %s: %s, %v; want %s %s", w.identity, w.to, d.Carrier, err, w.carrier, w.want)
		}
	}
	c.Routes = c.Routes[6:]
	if _, err := (sent{identity: "Any", to: toDE, iso: "DE"}).by(c, view()); code(err) != "DESTINATION_COUNTRY_BLOCKED" {
		t.Errorf("a country without a route: %v", err)
	}
}

// Proves(route): groups are in order: a carrier that cannot take the sender passes the message to the next group.
func TestCarriersThatCannotTakeTheSenderPassItToTheNextGroupNotRoute(t *testing.T) {
	c := three([]Weighted{{"a", 1}}, []Weighted{{"b", 1}})
	c.Routes = append(c.Routes, Route{Groups: oneByOne("c")})
	v := view()
	v.Numbers[0].Provisions = []origination.Provision{{Carrier: "b"}}
	if d, err := (sent{identity: longUS, to: toUS, iso: "US"}).by(c, v); err != nil || d.Carrier != "b" {
		t.Errorf("%s, %v", d.Carrier, err)
	}
	v.Numbers[0].Provisions = []origination.Provision{{Carrier: "c"}}
	if d, err := (sent{identity: longUS, to: toUS, iso: "US"}).by(c, v); code(err) != wrongCountry {
		t.Errorf("%s, %v: the next route took what the first could not", d.Carrier, err)
	}
}

// Proves(route): the carriers of a group share its messages by weight, and one message always falls to the same.
func TestWeightsShareAGroupsMessages(t *testing.T) {
	c := three([]Weighted{{"a", 6}, {"b", 3}, {"c", 1}})
	r := Router{Carriers: func() *Carriers { return c }}
	v := view()
	count := map[string]int{}
	const messages = 20_000
	for range messages {
		q := message.Request{To: toFR, Country: "FR", Draw: DrawOf(uuid.Must(uuid.NewV7()))}
		d := choose(t, r, q, "Any", v)
		if again := choose(t, r, q, "Any", v); again.Carrier != d.Carrier {
			t.Fatalf("draw %d gives %s, then %s", q.Draw, d.Carrier, again.Carrier)
		}
		count[d.Carrier]++
	}
	for name, share := range map[string]float64{"a": 0.6, "b": 0.3, "c": 0.1} {
		if got := float64(count[name]) / messages; math.Abs(got-share) > 0.02 {
			t.Errorf("%s has %.3f of the messages, want %.1f", name, got, share)
		}
	}
}

// Proves(route): carriers that are down or unwell for the country are passed over, and explain says so.
func TestCarriersThatAreDownOrUnwellArePassedOver(t *testing.T) {
	for _, w := range []struct {
		down, unwell   []string
		carrier, taken string
		passed         string
	}{
		{nil, nil, "a", "", ""},
		{[]string{"a"}, nil, "b", "", "[{a down}]"},
		{nil, []string{"a", "b"}, "c", "", "[{a unwell} {b unwell}]"},
		{[]string{"a"}, []string{"b"}, "c", "", "[{a down} {b unwell}]"},
		{nil, []string{"a", "b", "c"}, "a", asSpare, "[{b unwell} {c unwell}]"},
		{[]string{"a"}, []string{"b", "c"}, "b", asSpare, "[{a down} {c unwell}]"},
		{[]string{"a", "b", "c"}, nil, "a", asSpare, "[{b down} {c down}]"},
	} {
		c := three([]Weighted{{"a", 1}}, []Weighted{{"b", 1}}, []Weighted{{"c", 1}})
		r := Router{
			Carriers: func() *Carriers { return c }, Delivery: ill{names: w.unwell},
			Up: func(name string) bool { return !slices.Contains(w.down, name) },
		}
		d := choose(t, r, message.Request{To: toFR, Country: "FR"}, "Any", view())
		passed := ""
		if d.Why.Routes != nil {
			passed = fmt.Sprint(d.Why.Routes)
		}
		if d.Carrier != w.carrier || d.Why.Taken != w.taken || passed != w.passed || d.Why.Route != 7 {
			t.Errorf("down %v, unwell %v: %s %q %s", w.down, w.unwell, d.Carrier, d.Why.Taken, passed)
		}
		text := strings.Join(Explain(d.Why), "\n")
		for _, p := range d.Why.Routes {
			if !strings.Contains(text, "Carrier "+p.Carrier+" was passed over: "+carrierPassedOver(p.Code)+".") {
				t.Errorf("%v is not told in\n%s", p, text)
			}
		}
	}
}

// Proves(route): an unwell carrier gets a probe now and then, except from explain.
func TestUnwellCarrierIsProbedUnlessItIsATrial(t *testing.T) {
	c := three([]Weighted{{"a", 1}}, []Weighted{{"b", 1}})
	r := Router{Carriers: func() *Carriers { return c }, Delivery: ill{names: []string{"a"}, every: 50}}
	probes := 0
	for draw := range uint64(1000) {
		if d := choose(t, r, message.Request{To: toFR, Country: "FR", Draw: draw}, "Any", view()); d.Carrier == "a" && d.Why.Taken == asProbe {
			probes++
		}
		if d := choose(t, r, message.Request{To: toFR, Country: "FR", Draw: draw, Trial: true}, "Any", view()); d.Carrier != "b" {
			t.Fatal("a trial probes")
		}
	}
	if probes != 20 {
		t.Errorf("%d probes", probes)
	}
}

// Proves(route): a simulated carrier never stands in for a network.
func TestSimulatedCarrierNeverStandsInForANetwork(t *testing.T) {
	c := three([]Weighted{{"a", 1}}, []Weighted{{"b", 1}}, []Weighted{{"c", 1}})
	c.All[1].Simulated = true
	r := Router{Carriers: func() *Carriers { return c }, Up: func(name string) bool { return name == "b" }}
	d := choose(t, r, message.Request{To: toFR, Country: "FR"}, "Any", view())
	if d.Carrier != "a" || fmt.Sprint(d.Why.Routes) != "[{b standin} {c down}]" {
		t.Errorf("%s %v", d.Carrier, d.Why.Routes)
	}
	m := asMessage(d, toFR, "FR")
	if hop, ok := r.Next(m, []string{"c"}, view()); ok {
		t.Errorf("a message for a network goes on to %+v", hop)
	}
	if hop, ok := r.Next(m, nil, view()); !ok || hop.Carrier != "c" || !hop.Down {
		t.Errorf("next is %+v, %v", hop, ok)
	}
}

// Rule(SendTextMessage): members of a pool whose messages are not delivered are passed over while another fits.
// Proves(route): pool members whose deliveries fail are passed over, probed, and used when all fail.
func TestFailingMembersOfAPoolArePassedOver(t *testing.T) {
	v := view()
	v.Pools[0].Members = []origination.Member{{PhoneNumberID: longUS}, {PhoneNumberID: tenDLC}, {PhoneNumberID: tollFree}}
	c := plain()
	for _, w := range []struct {
		ill  []string
		draw uint64
		want string
	}{
		{nil, 0, tenDLC},
		{[]string{tenDLC}, 1, tollFree},
		{[]string{tenDLC}, 50, tenDLC}, // a probe
		{[]string{tenDLC, tollFree}, 1, longUS},
		{[]string{tenDLC, tollFree, longUS}, 1, tenDLC},
	} {
		r := Router{Carriers: func() *Carriers { return c }, Senders: ill{names: w.ill, every: 50}}
		d := choose(t, r, message.Request{To: toUS, Country: "US", Draw: w.draw}, pool, v)
		if d.Origin.Identity != w.want {
			t.Errorf("ill %v, draw %d: from %s", w.ill, w.draw, d.Origin.Identity)
		}
		if w.want == tollFree && !strings.Contains(strings.Join(Explain(d.Why), "\n"), "10DLC number "+tenDLC+" was passed over: what is sent from it") {
			t.Errorf("not told: %q", Explain(d.Why))
		}
	}
	r := Router{Carriers: func() *Carriers { return c }, Senders: ill{names: []string{longUS}}}
	if d := choose(t, r, message.Request{To: toUS, Country: "US"}, longUS, v); d.Origin.Identity != longUS {
		t.Errorf("a named number gave way to %s", d.Origin.Identity)
	}
}

// Whatever ails the carriers, a message that one could take is taken; a well
// one is never passed over for one that is not; and the carriers after it, each
// once, are all that could have had it.
// Proves(route): each carrier of a route gets its turn, whatever ails them.
func TestEveryCarrierGetsItsTurnWhateverAilsThem(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(rt *rapid.T) {
		c := &Carriers{Routes: []Route{{}}}
		for _, name := range names {
			c.All = append(c.All, Carrier{Name: name})
		}
		left := rapid.Permutation(names).Draw(rt, "order")
		for len(left) > 0 {
			n := rapid.IntRange(1, len(left)).Draw(rt, "size")
			var group []Weighted
			for _, name := range left[:n] {
				group = append(group, Weighted{name, rapid.IntRange(1, 1000).Draw(rt, "weight")})
			}
			c.Routes[0].Groups, left = append(c.Routes[0].Groups, group), left[n:]
		}
		some := rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID[string])
		dead, sick, on := some.Draw(rt, "down"), some.Draw(rt, "unwell"), some.Draw(rt, "provisioned")
		v := view()
		v.Numbers[0].Provisions = nil
		for _, name := range on {
			v.Numbers[0].Provisions = append(v.Numbers[0].Provisions, origination.Provision{Carrier: name})
		}
		if len(on) == 0 {
			on = names
		}
		r := Router{
			Carriers: func() *Carriers { return c }, Delivery: ill{names: sick},
			Up: func(name string) bool { return !slices.Contains(dead, name) },
		}
		id := message.ID{8: rapid.Byte().Draw(rt, "draw")}
		d := choose(t, r, message.Request{To: toUS, Country: "US", Draw: DrawOf(id)}, longUS, v)
		well := func(name string) bool { return !slices.Contains(dead, name) && !slices.Contains(sick, name) }
		if !slices.Contains(on, d.Carrier) || !well(d.Carrier) && slices.ContainsFunc(on, well) {
			rt.Fatalf("%s was taken of %v; down %v, unwell %v", d.Carrier, on, dead, sick)
		}
		m := asMessage(d, toUS, "US")
		m.ID = id
		had := []string{d.Carrier}
		for range names {
			hop, ok := r.Next(m, had, v)
			if !ok {
				break
			}
			had = append(had, hop.Carrier)
		}
		slices.Sort(had)
		slices.Sort(on)
		if !slices.Equal(had, on) {
			rt.Fatalf("%v had it, of %v", had, on)
		}
	})
}

func BenchmarkChooseWeightedAndWatched(b *testing.B) {
	c := three([]Weighted{{"a", 6}, {"b", 3}, {"c", 1}})
	v, r := view(), Router{Carriers: func() *Carriers { return c }, Delivery: ill{}, Up: func(string) bool { return true }}
	named, err := r.Resolve("+12065550101", v)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for draw := uint64(0); b.Loop(); draw++ {
		if _, err := r.Choose(message.Request{Named: named, To: toUS, Country: "US", Draw: draw}, v, nil); err != nil {
			b.Fatal(err)
		}
	}
}
