package smsc

import (
	"regexp"
	"testing"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// TON and NPI, and the form of addresses on the wire.
// Proves(wire): TON and NPI of each kind of sender and of destinations, usual and by setting.
// Proves(wire): source_format and destination_format: plain, plus, 00 and national.
// Proves(wire): rewrite rules on the way out, in order.
func TestAddressesAreWrittenAsTheCarrierWantsThem(t *testing.T) {
	numbering := func(ton smpp.TON, npi smpp.NPI) *Numbering { return &Numbering{ton, npi} }
	for name, c := range map[string]struct {
		settings Addressing
		from     string
		kind     carrier.AddressKind
		to       string
		source   smpp.Address
		dest     smpp.Address
	}{
		"by the book":         {Addressing{}, "+33612345678", carrier.LongCode, "+33700000001", smpp.Address{TON: 1, NPI: 1, Addr: "33612345678"}, smpp.Address{TON: 1, NPI: 1, Addr: "33700000001"}},
		"alphanumeric sender": {Addressing{Alphanumeric: numbering(5, 1)}, "SHOP", carrier.Alphanumeric, "+33700000001", smpp.Address{TON: 5, NPI: 1, Addr: "SHOP"}, smpp.Address{TON: 1, NPI: 1, Addr: "33700000001"}},
		"short code":          {Addressing{ShortCode: numbering(6, 0)}, "70707", carrier.ShortCode, "+33700000001", smpp.Address{TON: 6, NPI: 0, Addr: "70707"}, smpp.Address{TON: 1, NPI: 1, Addr: "33700000001"}},
		"unknown numbers":     {Addressing{Number: numbering(0, 0), To: numbering(0, 1)}, "+33612345678", carrier.LongCode, "+33700000001", smpp.Address{Addr: "33612345678"}, smpp.Address{NPI: 1, Addr: "33700000001"}},
		"plus":                {Addressing{SourceFormat: FormatPlus, DestinationFormat: FormatPlus}, "+33612345678", carrier.LongCode, "+33700000001", smpp.Address{TON: 1, NPI: 1, Addr: "+33612345678"}, smpp.Address{TON: 1, NPI: 1, Addr: "+33700000001"}},
		"00":                  {Addressing{DestinationFormat: Format00}, "SHOP", carrier.Alphanumeric, "+33700000001", smpp.Address{TON: 5, NPI: 0, Addr: "SHOP"}, smpp.Address{TON: 1, NPI: 1, Addr: "0033700000001"}},
		"national number":     {Addressing{SourceFormat: FormatNational, DestinationFormat: FormatNational}, "+12065550142", carrier.TenDLC, "+33700000001", smpp.Address{TON: 2, NPI: 1, Addr: "2065550142"}, smpp.Address{TON: 2, NPI: 1, Addr: "700000001"}},
		"national as agreed":  {Addressing{DestinationFormat: FormatNational, To: numbering(0, 8)}, "SHOP", carrier.Alphanumeric, "+33700000001", smpp.Address{TON: 5, NPI: 0, Addr: "SHOP"}, smpp.Address{NPI: 8, Addr: "700000001"}},
		"rewritten": {Addressing{DestinationFormat: FormatNational, Rewrites: []Rewrite{
			{On: Destination, Match: regexp.MustCompile(`^([67])`), Replace: "0$1"},
			{On: Source, Match: regexp.MustCompile(`^SHOP$`), Replace: "MYSHOP"},
			{On: Source, Inbound: true, Match: regexp.MustCompile(`.*`), Replace: "never"},
		}}, "SHOP", carrier.Alphanumeric, "+33700000001", smpp.Address{TON: 5, NPI: 0, Addr: "MYSHOP"}, smpp.Address{TON: 2, NPI: 1, Addr: "0700000001"}},
	} {
		inBubble(t, name, func(t *testing.T) {
			r := start(t, Settings{Addressing: c.settings}, nil)
			p := part()
			p.From, p.FromKind, p.To = c.from, c.kind, c.to
			r.submit(t, p)
			if m := received[*smpp.SubmitSM](r); m.Source != c.source || m.Destination != c.dest {
				t.Errorf("from %+v to %+v, want %+v and %+v", m.Source, m.Destination, c.source, c.dest)
			}
		})
	}
}

// Proves(wire): rewrite rules on the way in, before the address is read.
func TestAddressesAreReadThroughTheRewritesOfTheWayIn(t *testing.T) {
	a := Addressing{Rewrites: []Rewrite{
		{On: Source, Inbound: true, Match: regexp.MustCompile(`^0([67]\d{8})$`), Replace: "+33$1"},
		{On: Destination, Inbound: true, Match: regexp.MustCompile(`^7070$`), Replace: "70707"},
		{On: Source, Match: regexp.MustCompile(`.*`), Replace: "never"},
	}}
	for _, c := range []struct {
		end  End
		addr smpp.Address
		want string
	}{
		{Source, smpp.Address{TON: 2, NPI: 1, Addr: "0700000001"}, "+33700000001"},
		{Source, smpp.Address{TON: 1, NPI: 1, Addr: "33700000001"}, "+33700000001"},
		{Destination, smpp.Address{Addr: "7070"}, "70707"},
		{Destination, smpp.Address{Addr: "0700000001"}, "0700000001"},
	} {
		if got := a.In(c.end, c.addr); got != c.want {
			t.Errorf("%s %+v: %s, want %s", c.end, c.addr, got, c.want)
		}
	}
}

func TestNumberingIsReadAsTONAndNPI(t *testing.T) {
	if n, err := ParseNumbering("5/0"); err != nil || n != (Numbering{smpp.TONAlphanumeric, smpp.NPIUnknown}) {
		t.Errorf("%+v, %v", n, err)
	}
	for _, text := range []string{"", "5", "5/", "/1", "a/b", "256/1", "5/0/1"} {
		if n, err := ParseNumbering(text); err == nil {
			t.Errorf("%q: %+v", text, n)
		}
	}
}
