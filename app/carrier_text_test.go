package app

import (
	"strings"
	"sync"
	"testing"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// delivering is an SMSC that delivers each text that it takes, and keeps it.
func delivering(t *testing.T) (s *smpptest.SMSC, taken func() []*smpp.SubmitSM) {
	t.Helper()
	var mu sync.Mutex
	var list []*smpp.SubmitSM
	s = smpptest.Start(func(s *smpptest.SMSC) {
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, m *smpp.SubmitSM) {
			mu.Lock()
			list = append(list, m.Clone())
			id := "id" + strings.Repeat("x", len(list))
			mu.Unlock()
			c.Reply(sequence, &smpp.SubmitSMResp{MessageID: id})
			c.Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte("id:" + id + " stat:DELIVRD err:000")})
		}
	})
	t.Cleanup(s.Close)
	return s, func() []*smpp.SubmitSM {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
}

// Rule(SendTextMessage): encoding and price are the service's own count, whatever a carrier's alphabet and concatenation make of the text; it is delivered when every part on the wire is.
// Proves(wire): through the real server: price and reported parts stay the API's, whatever alphabet and concatenation make of the text.
func TestPriceAndEncodingAreTheServicesWhateverTheWireIs(t *testing.T) {
	for name, c := range map[string]struct {
		settings, text string
		price          string
		pdus           int
		coding         smpp.DataCoding
	}{
		"by the book":            {"", strings.Repeat("a", 307), "0.15", 3, 0},
		"16-bit reference":       {", reference: 16", strings.Repeat("a", 306), "0.1", 3, 0},
		"alphabet without €":     {", text: { missing: \"€\" }", strings.Repeat("a", 150) + "€", "0.05", 3, 8},
		"whole in the payload":   {", concatenation: payload", strings.Repeat("a", 460), "0.2", 1, 0},
		"segments by parameters": {", concatenation: sar", strings.Repeat("a", 161), "0.1", 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			peer, taken := delivering(t)
			r := runFile(t, "carriers:\n"+line("acme", peer, c.settings)+"prices: [{ country: FR, text_part: \"0.05\" }]\n")
			m := r.ended(r.text(c.text)["id"].(string))
			if m["state"] != "DELIVERED" || m["price"] != c.price || m["encoding"] != "GSM" || len(m["parts"].([]any)) != c.pdus {
				t.Errorf("%v, price %v, %v, parts %v", m["state"], m["price"], m["encoding"], m["parts"])
			}
			list := taken()
			if len(list) != c.pdus || list[0].DataCoding != c.coding {
				t.Errorf("%d PDUs, want %d; data_coding %d", len(list), c.pdus, list[0].DataCoding)
			}
		})
	}
}

// Rule(SendTextMessage): a message that lacks a parameter which the carrier requires ends as INVALID_MESSAGE and is not submitted.
// Proves(wire): through the real server: a message that lacks a required TLV is not submitted.
func TestMessageWithoutARequiredParameterIsNotSubmitted(t *testing.T) {
	peer, taken := delivering(t)
	r := runFile(t, "carriers:\n"+line("acme", peer, ", tlvs: [{ tag: 0x1400, field: IN_ENTITY_ID, required: true }]"))
	m := r.ended(r.text("hello")["id"].(string))
	if m["state"] != "INVALID_MESSAGE" || m["code"] != "IN_ENTITY_ID_REQUIRED" || len(taken()) != 0 {
		t.Errorf("%v %v, %d were submitted", m["state"], m["code"], len(taken()))
	}
}

// Every setting of what goes out reaches the wire.
// Proves(wire): through the real server: every setting of what goes out reaches the wire.
func TestOutgoingSettingsReachTheWire(t *testing.T) {
	peer, taken := delivering(t)
	r := runFile(t, "carriers:\n"+line("acme", peer, `, text: { alphabet: latin1, ucs2_coding: 0x18 }, priority: { transactional: 2 }, validity_min: 1s,
      addressing: { source: { alphanumeric: "5/1" }, destination: "0/1", destination_format: national, rewrite: [{ on: destination, way: out, match: "^", replace: "0" }] },
      tlvs: [{ tag: 0x1501, value: web }]`))
	r.ended(r.text("é")["id"].(string))
	m := taken()[0]
	value, _ := m.TLVs.Get(0x1501)
	if string(m.ShortMessage) != "\xe9" || m.DataCoding != 0 || m.Priority != 2 || string(value) != "web" ||
		m.Source != (smpp.Address{TON: 5, NPI: 1, Addr: "ACME"}) || m.Destination != (smpp.Address{TON: 0, NPI: 1, Addr: "0612346099"}) {
		t.Errorf("%+v", m)
	}
	r.ended(r.text("é€")["id"].(string))
	if m := taken()[1]; m.DataCoding != 0x18 {
		t.Errorf("data_coding %d", m.DataCoding)
	}
}
