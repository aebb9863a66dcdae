package compat

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// overNode is a gateway whose one carrier is node-smpp.
const overNode = `
carriers:
  - name: node
    type: smpp
    address: %q
    system_id: heliograph
    password: "${NODE_PASSWORD}"
    system_type: VMA
    validity_format: %s
    tlvs:
      - { tag: 0x1400, field: IN_ENTITY_ID, countries: [IN] }
      - { tag: 0x1401, field: IN_TEMPLATE_ID, countries: [IN] }
numbers:
  - { number: "+12065550142", type: LONG_CODE, capabilities: [SMS], message_type: TRANSACTIONAL }
sender_ids:
  - { sender_id: SENDER, country: IN, account: "000000000000", registered: true }
`

// gateway starts a gateway in front of node-smpp and waits for its bind.
func gateway(t *testing.T, validity string) (*server, nodePeer, string) {
	t.Helper()
	smsc := node(t, "smsc", "heliograph", "secret")
	address := smsc.event("", "listening", "").Address
	folder := t.TempDir()
	configuration := filepath.Join(folder, "heliograph.yaml")
	if err := os.WriteFile(configuration, fmt.Appendf(nil, overNode, address, validity), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, filepath.Join(folder, "data"), "--config", configuration)
	bound := smsc.event("", "request", "bind_transceiver")
	if bound.Answered.Status != 0 || bound.PDU.SystemType != "VMA" || bound.PDU.InterfaceVersion != 0x34 {
		t.Fatalf("bind_transceiver %+v answered %+v", bound.PDU, bound.Answered)
	}
	return s, smsc, bound.Session
}

// longHindi fills two parts of UCS-2.
var longHindi = strings.Repeat("नमस्ते ", 14) + "😀"

// TestNodeSMSCReadsWhatGatewaySubmits looks at submit_sm as node-smpp decodes
// it, in both forms of validity_period, and has receipts end the messages.
func TestNodeSMSCReadsWhatGatewaySubmits(t *testing.T) {
	t.Setenv("NODE_PASSWORD", "secret")
	for _, validity := range []string{"absolute", "relative"} {
		t.Run(validity, func(t *testing.T) {
			s, smsc, session := gateway(t, validity)
			c := goSDK(s, rootKey, rootSecret)
			leased, err := c.RequestPhoneNumber(context.Background(), &sms.RequestPhoneNumberInput{IsoCountryCode: aws.String("US"),
				MessageType: types.MessageTypeTransactional, NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, NumberType: types.RequestableNumberTypeLongCode})
			if err != nil {
				t.Fatal(err)
			}
			checkSenderID(t, s, smsc, session)
			checkLongCode(t, s, smsc, session, aws.ToString(leased.PhoneNumberId))
			checkAnswerTaken(t, s, smsc, session)
		})
	}
}

// submitted sends a text and gives its id and the parts that reach node-smpp.
func submitted(t *testing.T, s *server, smsc nodePeer, parts int, in *sms.SendTextMessageInput) (string, []nodeEvent) {
	t.Helper()
	in.TimeToLive = aws.Int32(600)
	out, err := goSDK(s, rootKey, rootSecret).SendTextMessage(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	events := make([]nodeEvent, parts)
	for i := range events {
		events[i] = smsc.event("", "request", "submit_sm")
		p := events[i].PDU
		if p.DestinationTON != 1 || p.DestinationNPI != 1 || "+"+p.Destination != aws.ToString(in.DestinationPhoneNumber) || p.RegisteredDelivery != 1 {
			t.Errorf("part %d: %+v", i+1, p)
		}
		until, err := time.Parse(time.RFC3339, p.Validity)
		if left := time.Until(until); err != nil || left < 9*time.Minute || left > 11*time.Minute {
			t.Errorf("part %d is valid until %q (%v), want ten minutes", i+1, p.Validity, err)
		}
	}
	return aws.ToString(out.MessageId), events
}

// receipt tells by node-smpp how a part ended.
func (p nodePeer) receipt(taken nodeEvent, state int, stat, code string) {
	p.t.Helper()
	answer := p.request(taken.Session, "deliver_sm", options{
		"esm_class": 4, "data_coding": 0,
		"source_addr_ton": 1, "source_addr_npi": 1, "source_addr": taken.PDU.Destination,
		"dest_addr_ton": taken.PDU.SourceTON, "dest_addr_npi": taken.PDU.SourceNPI, "destination_addr": taken.PDU.Source,
		"receipted_message_id": taken.Answered.MessageID, "message_state": state,
		"short_message": fmt.Sprintf("id:%s sub:001 dlvrd:001 submit date:2601010101 done date:2601010102 stat:%s err:%s text:x", taken.Answered.MessageID, stat, code),
	})
	if answer.Status != 0 {
		p.t.Errorf("receipt of %s: status %#x", taken.Answered.MessageID, answer.Status)
	}
}

// checkSenderID sends from a registered sender ID to India.
func checkSenderID(t *testing.T, s *server, smsc nodePeer, session string) {
	t.Helper()
	const body = "Grüße @$_ {[~^|€]}"
	send := func() (string, nodeEvent) {
		id, events := submitted(t, s, smsc, 1, &sms.SendTextMessageInput{
			DestinationPhoneNumber: aws.String(indian), MessageBody: aws.String(body), OriginationIdentity: aws.String("SENDER"),
			DestinationCountryParameters: map[string]string{"IN_ENTITY_ID": "1101234567890123456", "IN_TEMPLATE_ID": "1107161234567890123"}})
		p := events[0].PDU
		if p.SourceTON != 5 || p.SourceNPI != 0 || p.Source != "SENDER" || p.ESMClass != 0 || p.DataCoding != 0 || p.Text.Message != body {
			t.Errorf("node-smpp reads %+v", p)
		}
		if p.EntityID != "1101234567890123456" || p.TemplateID != "1107161234567890123" {
			t.Errorf("node-smpp reads entity %q and template %q", p.EntityID, p.TemplateID)
		}
		return id, events[0]
	}
	for _, c := range []struct {
		state            int
		stat, code, ends string
	}{{2, "DELIVRD", "000", "DELIVERED"}, {3, "EXPIRED", "000", "TTL_EXPIRED"}, {5, "UNDELIV", "027", "UNREACHABLE"}} {
		id, taken := send()
		smsc.receipt(taken, c.state, c.stat, c.code)
		if ended := s.final(id); ended.State != c.ends {
			t.Errorf("receipt %s ends the message %s, want %s", c.stat, ended.State, c.ends)
		}
	}
	if alive := smsc.request(session, "enquire_link", nil); alive.Status != 0 {
		t.Errorf("enquire_link_resp %+v", alive)
	}
}

// checkLongCode sends a long text from a number to the United States.
func checkLongCode(t *testing.T, s *server, smsc nodePeer, _, number string) {
	t.Helper()
	id, parts := submitted(t, s, smsc, 2, &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(american), MessageBody: aws.String(longHindi), OriginationIdentity: aws.String(number)})
	texts := map[string]string{}
	reference := ""
	for _, part := range parts {
		p := part.PDU
		if p.SourceTON != 1 || p.SourceNPI != 1 || p.Source != "12065550142" || p.ESMClass != 0x40 || p.DataCoding != 8 || len(p.Text.UDH) != 1 {
			t.Fatalf("node-smpp reads %+v", p)
		}
		header := p.Text.UDH[0] // 00 03 reference total number
		if !strings.HasPrefix(header, "0003") || header[6:8] != "02" || reference != "" && header[4:6] != reference {
			t.Errorf("header %s after reference %q", header, reference)
		}
		reference = header[4:6]
		texts[header[8:]] = p.Text.Message
		smsc.receipt(part, 2, "DELIVRD", "000")
	}
	if got := texts["01"] + texts["02"]; got != longHindi {
		t.Errorf("node-smpp reads %q, want %q", got, longHindi)
	}
	if ended := s.final(id); ended.State != "DELIVERED" {
		t.Errorf("message ended %s: %v", ended.State, ended.Why)
	}
}

// checkAnswerTaken delivers a text from a handset: it is acknowledged, and on
// disk once the gateway has ended, which it does with unbind.
func checkAnswerTaken(t *testing.T, s *server, smsc nodePeer, session string) {
	t.Helper()
	const words = "An answer of a person, kept as it came"
	answer := smsc.request(session, "deliver_sm", options{
		"data_coding": 0, "source_addr_ton": 1, "source_addr_npi": 1, "source_addr": strings.TrimPrefix(american, "+"),
		"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "12065550142", "short_message": words})
	if answer.Status != 0 {
		t.Errorf("deliver_sm_resp %+v", answer)
	}
	s.stop()
	smsc.event(session, "request", "unbind")
	smsc.event(session, "closed", "")
	files, err := filepath.Glob(filepath.Join(s.data, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if content, err := os.ReadFile(name); err == nil && bytes.Contains(content, []byte(words)) {
			return
		}
	}
	t.Errorf("the answer is in none of %v", files)
}

// TestNodeSMSCRefusesAndLeaves has the SMSC throttle, refuse for good and end
// the session: the first is tried again, the last bound again.
func TestNodeSMSCRefusesAndLeaves(t *testing.T) {
	t.Setenv("NODE_PASSWORD", "secret")
	s, smsc, session := gateway(t, "absolute")
	text := func() *sms.SendTextMessageInput {
		return &sms.SendTextMessageInput{DestinationPhoneNumber: aws.String(french), MessageBody: aws.String("Bonjour"), OriginationIdentity: aws.String("NEWS")}
	}
	smsc.order("", "refuse", options{"statuses": []int{throttled}})
	id, tries := submitted(t, s, smsc, 2, text())
	if tries[0].Answered.Status != throttled || tries[1].Answered.Status != 0 {
		t.Fatalf("tries answered %+v and %+v", tries[0].Answered, tries[1].Answered)
	}
	smsc.receipt(tries[1], 2, "DELIVRD", "000")
	if ended := s.final(id); ended.State != "DELIVERED" {
		t.Errorf("a throttled message ended %s: %v", ended.State, ended.Why)
	}
	smsc.order("", "refuse", options{"statuses": []int{invalidDestination}})
	id, _ = submitted(t, s, smsc, 1, text())
	if ended := s.final(id); ended.State != "INVALID" {
		t.Errorf("a message to an invalid address ended %s: %v", ended.State, ended.Why)
	}

	if gone := smsc.request(session, "unbind", nil); gone.Status != 0 {
		t.Errorf("unbind_resp %+v", gone)
	}
	smsc.order(session, "close", nil)
	smsc.event(session, "closed", "")
	again := smsc.event("", "request", "bind_transceiver")
	if again.Session == session {
		t.Error("the gateway did not make a new connection")
	}
	id, tries = submitted(t, s, smsc, 1, text())
	smsc.receipt(tries[0], 2, "DELIVRD", "000")
	if ended := s.final(id); ended.State != "DELIVERED" {
		t.Errorf("a message on the new session ended %s: %v", ended.State, ended.Why)
	}
}
