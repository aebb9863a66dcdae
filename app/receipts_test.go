package app

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// saying is an SMSC that answers a text with what its script has for it: "=ID" is
// the response with that id, "!CODE" a refusal, anything else the text of a receipt,
// "/" before it for the other bind.
func saying(t *testing.T, script map[string][]string) *smpptest.SMSC {
	t.Helper()
	conns := make(chan *smpptest.Conn, 10)
	s := smpptest.Start(func(s *smpptest.SMSC) {
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, m *smpp.SubmitSM) {
			for _, line := range script[string(m.ShortMessage)] {
				if id, ok := strings.CutPrefix(line, "="); ok {
					c.Reply(sequence, &smpp.SubmitSMResp{MessageID: id})
					continue
				}
				if code, ok := strings.CutPrefix(line, "!"); ok {
					n, _ := strconv.Atoi(code)
					c.Reply(sequence, &smpp.SubmitSMResp{Status: smpp.Status(n)})
					continue
				}
				to := c
				text, other := strings.CutPrefix(line, "/")
				for other && to == c {
					to = <-conns
					conns <- to
				}
				to.Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte(text)})
			}
		}
	})
	t.Cleanup(s.Close)
	go func() {
		for range 2 {
			conns <- <-s.Binds
		}
	}()
	return s
}

// answered waits until so many receipts are answered, all of them with OK.
func answered(t *testing.T, s *smpptest.SMSC, n int) {
	t.Helper()
	for timeout := time.After(patience); n > 0; {
		select {
		case got := <-s.Requests:
			if r, ok := got.PDU.(*smpp.DeliverSMResp); ok {
				n--
				if r.Status != smpp.StatusOK {
					t.Errorf("a receipt is answered %v", r.Status)
				}
			}
		case <-timeout:
			t.Fatalf("%d receipts are not answered", n)
		}
	}
}

// Rule(SendTextMessage): a message ends by the first final receipt, whenever and however it comes; a delivery overrides what only ran out of time.
// Proves(receipt): through the real server: before the submit_sm_resp, twice, out of order, on another bind, after the final state, and for unknown ids.
// Proves(receipt): through the real server: the first final receipt wins, except that DELIVRD overrides EXPIRED and UNKNOWN.
func TestReceiptsInEveryOrder(t *testing.T) {
	cases := []struct {
		name, state string
		script      []string
	}{
		{"after the response", "DELIVERED", []string{"=a", "id:a stat:DELIVRD"}},
		{"before the response", "DELIVERED", []string{"id:b stat:DELIVRD", "=b"}},
		{"twice", "DELIVERED", []string{"=c", "id:c stat:DELIVRD", "id:c stat:DELIVRD"}},
		{"out of order", "DELIVERED", []string{"=d", "id:d stat:DELIVRD", "id:d stat:ENROUTE"}},
		{"on another bind", "DELIVERED", []string{"=e", "/id:e stat:DELIVRD"}},
		{"final after final", "INVALID", []string{"=f", "id:f stat:UNDELIV err:001", "id:f stat:DELIVRD"}},
		{"delivered after expired", "DELIVERED", []string{"=g", "id:g stat:EXPIRED err:000", "id:g stat:DELIVRD"}},
		{"delivered after unknown", "DELIVERED", []string{"=h", "id:h stat:UNKNOWN", "id:h stat:DELIVRD"}},
		{"intermediate first", "UNREACHABLE", []string{"=i", "id:i stat:ACCEPTD", "id:i stat:UNDELIV err:027"}},
		{"for an unknown id", "DELIVERED", []string{"id:nobody stat:DELIVRD", "=j", "id:j stat:DELIVRD"}},
	}
	script := map[string][]string{}
	for _, c := range cases {
		script[c.name] = c.script
	}
	peer := saying(t, script)
	r := runFile(t, "carriers:\n"+line("acme", peer, ", binds: 2"))
	for _, c := range cases {
		m := r.text(c.name)
		answered(t, peer, len(c.script)-1)
		if got := r.ended(m["id"].(string))["state"]; got != c.state {
			t.Errorf("%s: %v, want %s", c.name, got, c.state)
		}
	}
}

// Rule(SendTextMessage): where a carrier gives an id again, the newer message gets the receipt.
// Proves(receipt): through the real server: a message id that a carrier gives again means the newer message.
func TestCarrierIDUsedAgainMeansTheNewerMessage(t *testing.T) {
	peer := saying(t, map[string][]string{"older": {"=1"}, "newer": {"=1"}, "next": {"=2", "id:1 stat:DELIVRD"}})
	r := runFile(t, "carriers:\n"+line("acme", peer, ", window: 1"))
	older, newer := r.text("older"), r.text("newer")
	r.text("next") // goes when the answer to the newer one is on record
	if got := r.ended(newer["id"].(string))["state"]; got != "DELIVERED" {
		t.Errorf("the newer one is %v", got)
	}
	if got := r.ended(older["id"].(string))["state"]; got != "UNKNOWN" {
		t.Errorf("the older one is %v", got)
	}
}

// Rule(SendTextMessage): a carrier whose receipts bear its ids in another form is understood when several have shown it, and what came before is matched then.
// Proves(receipt): through the real server: unknown ids are kept as orphans and matched late, when their form is learnt.
func TestFormOfCarrierIDsIsLearntAndEarlierReceiptsMatched(t *testing.T) {
	script := map[string][]string{}
	for i := range 5 {
		script[fmt.Sprint("text ", i)] = []string{fmt.Sprintf("=00%X", 50_000+i), fmt.Sprintf("id:%d stat:DELIVRD", 50_000+i)}
	}
	peer := saying(t, script)
	r := runFile(t, "carriers:\n"+line("acme", peer, ""))
	var sent []string
	for i := range 5 {
		sent = append(sent, r.text(fmt.Sprint("text ", i))["id"].(string))
		answered(t, peer, 1)
	}
	for i, id := range sent {
		if got := r.ended(id)["state"]; got != "DELIVERED" {
			t.Errorf("text %d is %v", i, got)
		}
	}
	if form, err := r.store.LearntIDs(t.Context(), "acme"); form != "hex_in_response" || err != nil {
		t.Errorf("learnt %q, %v", form, err)
	}
}

// Rule(SendTextMessage): what a carrier's receipts are like is a matter of its settings.
// Proves(receipt): through the real server: the settings of receipts: none, ACCEPTD, error map, pattern and zone, one for all parts.
func TestReceiptsByTheCarriersSettings(t *testing.T) {
	long := strings.Repeat("x", 200)
	cases := map[string]struct {
		settings, text, state string
		script                []string
		receipts              int
	}{
		"no receipts":   {"expected: false", "hi", "SUCCESSFUL", []string{"=1"}, 0},
		"ACCEPTD":       {"acceptd: final_success", "hi", "SUCCESSFUL", []string{"=1", "id:1 stat:ACCEPTD"}, 1},
		"error map":     {`errors: { "1F": SPAM }`, "hi", "SPAM", []string{"=1", "id:1 stat:UNDELIV err:01F"}, 1},
		"class 0":       {"pattern: '^(?P<id>[0-9]+),(?P<stat>[0-9]+),(?P<done>[0-9]+)$', timezone: Europe/Paris", "hi", "DELIVERED", []string{"=1", "1,2,2611230103"}, 1},
		"a long text":   {"per: message", long, "DELIVERED", []string{"=1"}, 1},
		"no id at all":  {"expected: false", "hi", "SUCCESSFUL", []string{"="}, 0},
		"id 0, no word": {"expected: false", "hi", "SUCCESSFUL", []string{"=0"}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			script := map[string][]string{c.text: c.script}
			peer := saying(t, script)
			if c.text == long {
				peer = inParts(t)
			}
			r := runFile(t, "carriers:\n"+line("acme", peer, ", receipts: { "+c.settings+" }"))
			m := r.text(c.text)
			answered(t, peer, c.receipts)
			got := r.ended(m["id"].(string))
			if got["state"] != c.state {
				t.Errorf("%v, want %s", got["state"], c.state)
			}
			if done := got["parts"].([]any)[0].(map[string]any)["doneAt"]; name == "class 0" && done != "2026-11-23T00:03:00Z" {
				t.Errorf("done at %v", done)
			}
		})
	}
}

// inParts is an SMSC that sends one receipt when it has taken the second part.
func inParts(t *testing.T) *smpptest.SMSC {
	t.Helper()
	n := 0
	s := smpptest.Start(func(s *smpptest.SMSC) {
		s.OnSubmit = func(c *smpptest.Conn, sequence uint32, _ *smpp.SubmitSM) {
			n++
			c.Reply(sequence, &smpp.SubmitSMResp{MessageID: fmt.Sprint("p", n)})
			if n == 2 {
				c.Send(&smpp.DeliverSM{ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: []byte("id:p2 stat:DELIVRD")})
			}
		}
	})
	t.Cleanup(s.Close)
	return s
}

// Rule(SendTextMessage): where a part in doubt fails its message, an answer that comes later still lets its receipt find it: DELIVERED.
// Proves(receipt): through the real server: a response after its timer, with `in_doubt: fail`: the message is UNKNOWN, and DELIVERED by its receipt.
func TestLateResponseLetsTheReceiptFindAMessageThatWasGivenUp(t *testing.T) {
	peer := smpptest.Start(nil)
	t.Cleanup(peer.Close)
	seen := make(chan struct{}) // that it was given up
	peer.Always(smpp.CommandSubmitSM, smpptest.Do(smpptest.When(seen, smpptest.Accept), smpptest.Receipt{}.Send))
	r := runFile(t, "carriers:\n"+line("acme", peer, ", in_doubt: { transactional: fail }, timers: { response: 1s }"))
	id := r.text("hello")["id"].(string)
	if m := r.ended(id); m["state"] != "UNKNOWN" {
		t.Errorf("given up it is %v", m["state"])
	}
	close(seen)
	for deadline := time.Now().Add(patience); ; {
		if _, m := r.console("GET", "/operator/v1/messages/"+id, ""); m["state"] == "DELIVERED" {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("after the receipt it is %v", m["state"])
		}
	}
}
