package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// Rule(SendTextMessage): the recipient's network is the one that the receipt tells, else that of the table, else not known.
// Proves(route): mobile country and network code are those of the receipt, by its text or a parameter, else of the table, else left out.
func TestNetworkIsTheReceiptsElseTheTables(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "secret")
	peer := smpptest.Start(nil)
	t.Cleanup(peer.Close)
	peer.Always(smpp.CommandSubmitSM, func(turn *smpptest.Turn) {
		smpptest.Accept(turn)
		text := "id:" + turn.ID + " stat:DELIVRD"
		var borne smpp.TLVs
		m, _ := turn.PDU.(*smpp.SubmitSM)
		if strings.Contains(string(m.ShortMessage), "told") {
			text += " net:20815"
		}
		if strings.Contains(string(m.ShortMessage), "borne") {
			borne.AddText(0x1420, "20810")
		}
		if strings.Contains(string(m.ShortMessage), "garbled") {
			borne.AddText(0x1420, "Orange F")
		}
		smpptest.Receipt{Text: []byte(text), NoParameters: true, Edit: func(p *smpp.DeliverSM) { p.TLVs = borne }}.Send(turn)
	})
	more := `, msg_id_type: same, receipts: { pattern: 'id:(?P<id>\S+) stat:(?P<stat>\w+)(?: net:(?P<mccmnc>\d+))?', network_tlv: 0x1420 }`
	r := run(t, t.TempDir(), configured(t, "carriers:\n"+line("one", peer, more)+"networks: [{ prefix: \"+336\", mccmnc: \"20801\" }]\n"), nil)
	for _, c := range []struct{ to, body, want string }{
		{"+33612346099", "told", "20815"}, {"+33612346099", "silent", "20801"}, {"+33712346099", "silent", ""}, {"+33712346099", "told", "20815"},
		{"+33612346099", "borne", "20810"}, {"+33612346099", "told and borne", "20815"}, {"+33612346099", "garbled", "20801"},
	} {
		id := r.must("SendTextMessage", map[string]any{
			"DestinationPhoneNumber": c.to, "MessageBody": c.body, "OriginationIdentity": "ACME"})["MessageId"].(string)
		var m map[string]any
		for deadline := time.Now().Add(patience); time.Now().Before(deadline) && m["state"] != "DELIVERED"; {
			_, m = r.console(http.MethodGet, "/operator/v1/messages/"+id, "")
		}
		if got, _ := m["network"].(string); got != c.want || m["state"] != "DELIVERED" {
			t.Errorf("%s %s: network %q, want %q; %v", c.to, c.body, got, c.want, m["state"])
		}
	}
}

// Rule(SendTextMessage): the recipient's network is the one that the operator's lookup knows, once it has answered, and the table's until then; no message waits for it.
// Proves(route): through the real server: a lookup over HTTP goes before the table, and routes by network follow it.
func TestNetworkIsTheLookupsOnceItHasAnswered(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "secret")
	held := make(chan struct{})
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-held
		fmt.Fprintf(w, `{"of":%q,"mccmnc":"20815"}`, strings.TrimPrefix(r.URL.Path, "/"))
	}))
	t.Cleanup(service.Close)
	one, two := smpptest.Start(nil), smpptest.Start(nil)
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	text := "carriers:\n" + line("one", one, "") + line("two", two, "") +
		"routes: [{ networks: [\"20815\"], carriers: [two] }, { carriers: [one] }]\nnetworks: [{ prefix: \"+336\", mccmnc: \"20801\" }]\n" +
		"network_lookup: { url: \"" + service.URL + "/{number}\", timeout: 20s }\n"
	r := run(t, t.TempDir(), configured(t, text), nil)
	r.until("two", func(c map[string]any) bool { return c["state"] == "UP" })
	first := r.send("before the answer")
	if m := r.taken(first); m["carrier"] != "one" || m["network"] != "20801" {
		t.Errorf("before the answer: carrier %v, network %v", m["carrier"], m["network"])
	}
	close(held)
	for deadline := time.Now().Add(patience); ; {
		if _, m := r.console(http.MethodGet, "/operator/v1/messages/"+first, ""); m["network"] == "20815" {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("the network stays %v", m["network"])
		}
	}
	if m := r.taken(r.send("after the answer")); m["carrier"] != "two" {
		t.Errorf("after the answer: carrier %v", m["carrier"])
	}
}
