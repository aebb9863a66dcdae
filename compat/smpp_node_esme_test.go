package compat

import (
	"net/http"
	"strings"
	"testing"
)

// Status codes of SMPP 3.4 §5.1.3.
const (
	invalidBindState   = 0x04
	invalidCommand     = 0x03
	invalidSource      = 0x0A
	invalidDestination = 0x0B
	throttled          = 0x58
)

// nodeText is a text to a French handset.
func nodeText(number string, more options) options {
	text := options{
		"source_addr_ton": 5, "source_addr": "NODE",
		"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": strings.TrimPrefix(number, "+"),
	}
	for name, value := range more {
		text[name] = value
	}
	return text
}

// parted is one part of a long text behind a user data header.
func parted(header, text string) options { return options{"udh": octets(header), "message": text} }

// TestNodeESMETextsReadRight sends texts in every way that SMPP 3.4 has for
// them and reads them off the handset.
func TestNodeESMETextsReadRight(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	esme := node(t, "esme", s.smsc)
	esme.bind("trx", "bind_transceiver")
	thousand := strings.Repeat("0123456789", 100)
	for i, c := range []struct {
		name      string
		sent      []options
		body      string
		encoding  string
		parts     int
		sender    string
		parameter string
	}{
		{name: "GSM with extensions", sent: []options{{"data_coding": 0, "short_message": "Grüße @$_ {[~^|€]} \\ Ωè"}},
			body: "Grüße @$_ {[~^|€]} \\ Ωè", encoding: "GSM", parts: 1},
		{name: "alphabet chosen by node", sent: []options{{"short_message": "Plain text"}}, body: "Plain text", encoding: "GSM", parts: 1},
		{name: "Latin-1", sent: []options{{"data_coding": 3, "short_message": "Ça va, Zoë? ÿ"}}, body: "Ça va, Zoë? ÿ", encoding: "UCS2", parts: 1},
		{name: "UCS-2 with surrogates", sent: []options{{"data_coding": 8, "short_message": "नमस्ते 😀"}}, body: "नमस्ते 😀", encoding: "UCS2", parts: 1},
		{name: "parts with header, out of order", sent: []options{
			{"data_coding": 0, "short_message": parted("050003070302", "two€ ")},
			{"data_coding": 0, "short_message": parted("050003070303", "three")},
			{"data_coding": 0, "short_message": parted("050003070301", "one ")}},
			body: "one two€ three", encoding: "GSM", parts: 3},
		{name: "UCS-2 parts with 16-bit reference", sent: []options{
			{"data_coding": 8, "short_message": parted("06080412340201", "एक ")},
			{"data_coding": 8, "short_message": parted("06080412340202", "दो 😀")}},
			body: "एक दो 😀", encoding: "UCS2", parts: 2},
		{name: "parts with sar parameters", sent: []options{
			{"data_coding": 0, "short_message": "second", "sar_msg_ref_num": 300, "sar_total_segments": 2, "sar_segment_seqnum": 2},
			{"data_coding": 0, "short_message": "first ", "sar_msg_ref_num": 300, "sar_total_segments": 2, "sar_segment_seqnum": 1}},
			body: "first second", encoding: "GSM", parts: 2},
		{name: "payload", sent: []options{{"data_coding": 0, "message_payload": thousand}}, body: thousand, encoding: "GSM", parts: 7},
		{name: "UCS-2 payload", sent: []options{{"data_coding": 8, "message_payload": strings.Repeat("न", 200)}},
			body: strings.Repeat("न", 200), encoding: "UCS2", parts: 3},
		{name: "number as sender", sent: []options{{"source_addr_ton": 1, "source_addr_npi": 1, "source_addr": "12065550142", "short_message": "x"}},
			body: "x", encoding: "GSM", parts: 1, sender: "+12065550142"},
		{name: "vendor parameter", sent: []options{{"short_message": "y", "in_entity_id": "1101"}},
			body: "y", encoding: "GSM", parts: 1, parameter: hexOf("1101")},
	} {
		t.Run(c.name, func(t *testing.T) {
			handset := crashHandset(i)
			for _, part := range c.sent {
				if taken := esme.request("trx", "submit_sm", nodeText(handset, part)); taken.Status != 0 || taken.MessageID == "" {
					t.Fatalf("submit_sm_resp %+v", taken)
				}
			}
			shown := s.newest(handset, 0)
			if c.sender == "" {
				c.sender = "NODE"
			}
			if shown.Body != c.body || shown.Encoding != c.encoding || shown.Parts != c.parts || shown.From != c.sender || shown.TLVs["1400"] != c.parameter {
				t.Errorf("handset shows %+v", shown)
			}
		})
	}
}

// TestNodeESMEGetsReceiptsAndAnswersOnReceiver splits the way out and the way
// in on two binds of one login.
func TestNodeESMEGetsReceiptsAndAnswersOnReceiver(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	esme := node(t, "esme", s.smsc)
	esme.bind("tx", "bind_transmitter")
	esme.bind("rx", "bind_receiver")
	rules := options{"rules": []options{{"prefix": crashHandset(1), "outcome": "UNDELIVERABLE"}}}
	if status := s.do("PUT", "/simulator/v1/rules", rules, nil); status != http.StatusOK {
		t.Fatalf("rules: HTTP %d", status)
	}
	for i, want := range []struct {
		state int
		stat  string
	}{{2, "stat:DELIVRD err:000"}, {5, "stat:UNDELIV err:027"}} {
		text := nodeText(crashHandset(i), options{"source_addr_ton": 1, "source_addr_npi": 1, "source_addr": "12065550142",
			"registered_delivery": 1, "short_message": "With receipt"})
		taken := esme.request("tx", "submit_sm", text)
		receipt := esme.event("rx", "request", "deliver_sm").PDU
		if receipt.ESMClass != 4 || receipt.ReceiptedMessageID != taken.MessageID || receipt.MessageState != want.state ||
			receipt.Source != strings.TrimPrefix(crashHandset(i), "+") || receipt.Destination != "12065550142" {
			t.Errorf("receipt of %s: %+v", taken.MessageID, receipt)
		}
		if !strings.HasPrefix(receipt.Text.Message, "id:"+taken.MessageID+" ") || !strings.Contains(receipt.Text.Message, want.stat) {
			t.Errorf("receipt reads %q, want %s", receipt.Text.Message, want.stat)
		}
		asked := esme.request("tx", "query_sm", options{"message_id": taken.MessageID, "source_addr_ton": 1, "source_addr_npi": 1, "source_addr": "12065550142"})
		if asked.Status != 0 || asked.MessageState != want.state {
			t.Errorf("query_sm_resp %+v, want state %d", asked, want.state)
		}
	}
	checkNodeAnswers(t, s, esme)
}

// checkNodeAnswers has the person with the handset write back.
func checkNodeAnswers(t *testing.T, s *server, esme nodePeer) {
	t.Helper()
	for _, c := range []struct {
		body  string
		parts int
	}{{"STOP it €", 1}, {"धन्यवाद 😀", 1}, {strings.Repeat("Two parts. ", 20), 2}} {
		answer := map[string]string{"to": "+12065550142", "body": c.body}
		if status := s.do("POST", "/simulator/v1/handsets/"+crashHandset(0)+"/messages", answer, nil); status != http.StatusCreated {
			t.Fatalf("answer: HTTP %d", status)
		}
		texts := make([]string, c.parts+1)
		for range c.parts {
			part := esme.event("rx", "request", "deliver_sm").PDU
			if part.SourceTON != 1 || part.SourceNPI != 1 || part.Source != strings.TrimPrefix(crashHandset(0), "+") || part.Destination != "12065550142" {
				t.Errorf("answer arrives as %+v", part)
			}
			at := 1
			if c.parts > 1 {
				if part.ESMClass != 0x40 || len(part.Text.UDH) != 1 || len(part.Text.UDH[0]) != 10 {
					t.Fatalf("part arrives as %+v", part)
				}
				at = int(part.Text.UDH[0][9] - '0')
			}
			texts[at] = part.Text.Message
		}
		if got := strings.Join(texts, ""); got != c.body {
			t.Errorf("answer reads %q, want %q", got, c.body)
		}
	}
}

// TestNodeESMERefusedWithStatus looks at the codes by which a client knows what
// it did wrong, and that the session outlives them.
func TestNodeESMERefusedWithStatus(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	esme := node(t, "esme", s.smsc)
	esme.bind("rx", "bind_receiver")
	esme.bind("trx", "bind_transceiver")
	for _, c := range []struct {
		name, session string
		sent          options
		status        uint32
	}{
		{"submit on a receiver", "rx", nodeText(french, options{"short_message": "x"}), invalidBindState},
		{"sender ID in the United States", "trx", nodeText(american, options{"short_message": "x"}), invalidSource},
		{"no phone number", "trx", nodeText("+999", options{"short_message": "x"}), invalidDestination},
	} {
		if taken := esme.request(c.session, "submit_sm", c.sent); taken.Status != c.status {
			t.Errorf("%s: status %#x, want %#x", c.name, taken.Status, c.status)
		}
	}
	esme.order("trx", "broadcast_sm", options{"source_addr": "NODE"})
	if nack := esme.event("trx", "response", "generic_nack").PDU; nack.Status != invalidCommand {
		t.Errorf("a command of SMPP 5.0: %+v", nack)
	}
	for _, session := range []string{"rx", "trx"} {
		if alive := esme.request(session, "enquire_link", nil); alive.Status != 0 {
			t.Errorf("enquire_link_resp %+v", alive)
		}
		if gone := esme.request(session, "unbind", nil); gone.Status != 0 {
			t.Errorf("unbind_resp %+v", gone)
		}
		esme.order(session, "close", nil)
		esme.event(session, "closed", "")
	}
}

// TestNodeESMEUnboundWhenServerStops ends the server in good order.
func TestNodeESMEUnboundWhenServerStops(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	esme := node(t, "esme", s.smsc)
	esme.bind("trx", "bind_transceiver")
	s.stop()
	esme.event("trx", "request", "unbind")
	esme.event("trx", "closed", "")
}
