package app

import (
	"fmt"
	"strings"
	"testing"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// refusingWith is an SMSC that answers every text with a status.
func refusingWith(t *testing.T, status smpp.Status) *smpptest.SMSC {
	t.Helper()
	s := smpptest.Start(func(s *smpptest.SMSC) {
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
			c.Reply(sequence, &smpp.SubmitSMResp{Status: status})
		}
	})
	t.Cleanup(s.Close)
	return s
}

// Rule(SendTextMessage): a text that its carrier does not send goes over the next one of its route by the name that the sender has there, and the operator is told why.
// Proves(route): through the real server: a text goes on to the next carrier of its route after a refusal, a lost connection and a removal, and is told why.
func TestTextGoesOnToTheNextCarrierOfItsRoute(t *testing.T) {
	const provisioned = "sender_ids:\n- { sender_id: ACME, country: FR, account: \"000000000000\", carriers: [{ name: first }, { name: second, as: ALIAS }] }\n"
	const both = "routes: [{ carriers: [first, second] }]\n" + provisioned
	cases := map[string]struct {
		status smpp.Status
		more   string // of the first carrier
		then   func(s *reloadable, first, second *smpptest.SMSC)
		why    string
	}{
		"refused by a code that another carrier may not give": {
			0x406, `, errors: { "0x406": ELSEWHERE }`, nil, "Carrier first did not take the message (ESME status 0x00000406)",
		},
		"the connection is gone": {
			smpp.StatusMsgQFul, ", patience: 1s",
			func(_ *reloadable, first, _ *smpptest.SMSC) { first.Close() }, "Carrier first had no connection",
		},
		"the carrier is gone from the file": {
			smpp.StatusMsgQFul, "",
			func(s *reloadable, _, second *smpptest.SMSC) {
				s.applies("carriers:\n"+line("second", second, "")+"routes: [{ carriers: [second] }]\n"+
					strings.Replace(provisioned, "{ name: first }, ", "", 1),
					"[routes sender_ids carrier first removed (messages that wait for it: 1)]")
			}, "Carrier first was taken out of the configuration",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			first, second := refusingWith(t, c.status), smpptest.Start(nil)
			t.Cleanup(second.Close)
			s := runFile(t, "carriers:\n"+line("first", first, c.more)+line("second", second, "")+both)
			s.until("first", func(c map[string]any) bool { return c["state"] == "UP" })
			id := s.send("hello")
			for refused := false; !refused; {
				_, refused = (<-first.Requests).PDU.(*smpp.SubmitSM)
			}
			if c.then != nil {
				c.then(s, first, second)
			}
			m := s.taken(id)
			if m["state"] != "PENDING" || m["carrier"] != "second" || !strings.Contains(fmt.Sprint(m["why"]), c.why) {
				t.Errorf("%v", m)
			}
			for {
				if p, ok := (<-second.Requests).PDU.(*smpp.SubmitSM); ok {
					if p.Source.Addr != "ALIAS" {
						t.Errorf("from %s", p.Source.Addr)
					}
					break
				}
			}
		})
	}
}
