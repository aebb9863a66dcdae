package app

import (
	"net/http"
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
