package route

import (
	"testing"

	"heliograph/message"
	"heliograph/resource/origination"
)

// asMessage is the message that a choice makes.
func asMessage(m message.Decision, to, iso string) *message.Message {
	return &message.Message{Origin: m.Origin, To: to, Country: iso, Type: m.Type, Carrier: m.Carrier, Why: m.Why}
}

// Proves(route): fail over goes to the next carrier of the route where the sender is provisioned, by its alias there.
func TestNextCarrierIsTheNextOfTheRouteThatHasTheSender(t *testing.T) {
	on := func(names ...string) []origination.Provision {
		var list []origination.Provision
		for _, n := range names {
			list = append(list, origination.Provision{Carrier: n, As: n + "-alias"})
		}
		return list
	}
	c := &Carriers{All: []Carrier{
		{Name: "a", Unregistered: Substitute, Substitute: "House"}, {Name: "b"}, {Name: "c", Unregistered: Pass},
	}, Simulator: "sim"}
	v := &origination.View{Scope: scope, Numbers: numbers()}
	v.Numbers[0].Provisions = on("a", "c")
	for _, w := range []struct {
		identity, to, iso string
		tried             []string
		carrier, wire     string
	}{
		{identity: longUS, to: toUS, iso: "US", carrier: "c", wire: "c-alias"},
		{identity: longUS, to: toUS, iso: "US", tried: []string{"c"}},
		{identity: shortUS, to: toUS, iso: "US", carrier: "b", wire: "21600"},
		{identity: shortUS, to: toUS, iso: "US", tried: []string{"b"}, carrier: "c", wire: "21600"},
		{identity: "AnyText", to: toFR, iso: "FR", carrier: "b", wire: "AnyText"},
		// What one carrier put in the sender's place goes to no other.
		{identity: "AnyText", to: toIN, iso: "IN", carrier: "c", wire: "AnyText"},
		{identity: simUS, to: "+14254147755", iso: "US"},
	} {
		m, err := sent{identity: w.identity, to: w.to, iso: w.iso}.by(c, v)
		if err != nil {
			t.Fatal(w.identity, err)
		}
		hop, ok := Router{Carriers: func() *Carriers { return c }}.Next(asMessage(m, w.to, w.iso), w.tried, v)
		if ok != (w.carrier != "") || hop.Carrier != w.carrier || hop.Wire != w.wire {
			t.Errorf("%s to %s after %s and %v: %+v, %v; want %s %s", w.identity, w.iso, m.Carrier, w.tried, hop, ok, w.carrier, w.wire)
		}
	}
	m := asMessage(message.Decision{Origin: message.Origin{Identity: longGB, Wire: "+447700900001"}, Carrier: "a"}, toGB, "GB")
	if hop, ok := (Router{Carriers: func() *Carriers { return c }}).Next(m, nil, &origination.View{Scope: scope}); ok {
		t.Errorf("a number that the account no longer holds goes on to %+v", hop)
	}
}

func TestSpellingOutlastsCarriersThatPutAnother(t *testing.T) {
	c := &Carriers{All: []Carrier{
		{Name: "a", Unregistered: Pass}, {Name: "b", Unregistered: Substitute, Substitute: "House"}, {Name: "c", Unregistered: Pass},
	}}
	r, v := Router{Carriers: func() *Carriers { return c }}, &origination.View{Scope: scope}
	d, err := sent{identity: "AnyText", to: toIN, iso: "IN"}.by(c, v)
	if err != nil || d.Carrier != "a" {
		t.Fatal(d.Carrier, err)
	}
	m := asMessage(d, toIN, "IN")
	var tried []string
	for _, want := range []string{"b House", "c AnyText"} {
		hop, ok := r.Next(m, tried, v)
		if !ok || hop.Carrier+" "+hop.Wire != want {
			t.Fatalf("%+v, %v; want %s", hop, ok, want)
		}
		tried = append(tried, m.Carrier)
		m.Carrier, m.Origin.Wire, m.Why.Spelling = hop.Carrier, hop.Wire, hop.Spelling
	}
}
