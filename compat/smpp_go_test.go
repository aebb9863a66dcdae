package compat

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fiorix/go-smpp/smpp"
	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutext"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutlv"
)

// goESME is go-smpp bound to a simulated SMSC: as a transceiver, or as a
// transmitter and a receiver of one login.
type goESME struct {
	t     *testing.T
	told  chan pdu.Body // deliver_sm
	tx    *smpp.Transmitter
	binds []smpp.ClientConn
}

func goESMEs(t *testing.T, smsc string) map[string]*goESME {
	t.Helper()
	pair := &goESME{t: t, told: make(chan pdu.Body, 100)}
	pair.tx = &smpp.Transmitter{Addr: smsc, User: "pair", Passwd: "secret", RespTimeout: patience}
	receiver := &smpp.Receiver{Addr: smsc, User: "pair", Passwd: "secret", Handler: pair.hear}
	pair.bind(pair.tx, receiver)
	both := &goESME{t: t, told: make(chan pdu.Body, 100)}
	transceiver := &smpp.Transceiver{Addr: smsc, User: "both", Passwd: "secret", RespTimeout: patience, Handler: both.hear}
	both.bind(transceiver)
	both.tx = &transceiver.Transmitter
	return map[string]*goESME{"transmitter and receiver": pair, "transceiver": both}
}

// bind waits until each is bound; they leave with unbind.
func (e *goESME) bind(binds ...smpp.ClientConn) {
	e.t.Helper()
	e.binds = binds
	for _, b := range binds {
		status := b.Bind()
		e.t.Cleanup(func() { _ = b.Close() })
		if first := e.status(status); first.Status() != smpp.Connected {
			e.t.Fatalf("bind: %v, %v", first.Status(), first.Error())
		}
	}
}

func (e *goESME) status(from <-chan smpp.ConnStatus) smpp.ConnStatus {
	e.t.Helper()
	select {
	case s := <-from:
		return s
	case <-time.After(patience):
		e.t.Fatal("go-smpp tells no status")
		return nil
	}
}

func (e *goESME) hear(p pdu.Body) {
	if p.Header().ID == pdu.DeliverSMID {
		e.told <- p
	}
}

// next is the deliver_sm that comes next.
func (e *goESME) next() (pdufield.Map, pdutlv.Map) {
	e.t.Helper()
	select {
	case p := <-e.told:
		return p.Fields(), p.TLVFields()
	case <-time.After(patience):
		e.t.Fatal("go-smpp was told nothing")
		return nil, nil
	}
}

// checkReceipt waits for the receipts of these messages, in any order.
func (e *goESME) checkReceipts(handset, stat string, ids ...string) {
	e.t.Helper()
	missing := map[string]bool{}
	for _, id := range ids {
		missing[id] = true
	}
	for range ids {
		fields, parameters := e.next()
		text := fields[pdufield.ShortMessage].String()
		id := strings.TrimRight(parameters[pdutlv.TagReceiptedMessageID].String(), "\x00")
		if !missing[id] || !strings.HasPrefix(text, "id:"+id+" ") || !strings.Contains(text, stat) ||
			fields[pdufield.ESMClass].String() != "4" || fields[pdufield.SourceAddr].String() != strings.TrimPrefix(handset, "+") {
			e.t.Errorf("told %q of %q (%v), want %s of %v", text, id, fields[pdufield.SourceAddr], stat, missing)
		}
		delete(missing, id)
	}
}

// goText is a text from a number to a handset that asks for a receipt.
func goText(handset string, text pdutext.Codec) *smpp.ShortMessage {
	return &smpp.ShortMessage{
		Src: "12065550142", SourceAddrTON: 1, SourceAddrNPI: 1, Dst: strings.TrimPrefix(handset, "+"), DestAddrTON: 1, DestAddrNPI: 1,
		Text: text, Register: pdufield.FinalDeliveryReceipt, Validity: 10 * time.Minute,
	}
}

// TestGoESMETextsShownAndReported submits with go-smpp on both kinds of bind,
// reads the handset and waits for the receipts.
func TestGoESMETextsShownAndReported(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	handset := 0
	for mode, esme := range goESMEs(t, s.smsc) {
		for _, c := range []struct {
			name, body, encoding string
			codec                func(string) pdutext.Codec
			parts                int
		}{
			{"GSM", "Grüße @$_ {[~^|€]}", "GSM", gsm7, 1},
			{"UCS-2", "नमस्ते 😀", "UCS2", ucs2, 1},
			{"Latin-1", "Ça va, Zoë? ÿ", "UCS2", latin1, 1},
			{"long GSM", strings.Repeat("0123456789", 40), "GSM", gsm7, 3},
			{"long UCS-2", strings.Repeat("न", 150), "UCS2", ucs2, 3},
		} {
			handset++
			number := crashHandset(handset)
			t.Run(mode+" "+c.name, func(t *testing.T) {
				esme.t = t
				esme.checkReceipts(number, "stat:DELIVRD err:000", esme.submit(goText(number, c.codec(c.body)), c.parts)...)
				shown := s.newest(number, 0)
				if shown.Body != c.body || shown.From != "+12065550142" || shown.Encoding != c.encoding || shown.Parts != c.parts {
					t.Errorf("handset shows %+v, want %q", shown, c.body)
				}
			})
			esme.t = t
		}
	}
}

// submit gives the message ids of the parts.
func (e *goESME) submit(m *smpp.ShortMessage, parts int) []string {
	e.t.Helper()
	if parts == 1 {
		taken, err := e.tx.Submit(m)
		if err != nil {
			e.t.Fatal(err)
		}
		return []string{taken.RespID()}
	}
	taken, err := e.tx.SubmitLongMsg(m)
	if err != nil || len(taken) != parts {
		e.t.Fatalf("%d parts, %v", len(taken), err)
	}
	var ids []string
	for i := range taken {
		ids = append(ids, taken[i].RespID())
	}
	return ids
}

func gsm7(text string) pdutext.Codec   { return pdutext.GSM7(text) }
func ucs2(text string) pdutext.Codec   { return pdutext.UCS2(text) }
func latin1(text string) pdutext.Codec { return pdutext.Latin1(text) }

// TestGoESMEFailuresAndAnswers has messages fail at submit and later, go-smpp
// ask for what the SMSC does not have, and the person with the handset write back.
func TestGoESMEFailuresAndAnswers(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	rules := options{"rules": []options{{"prefix": crashHandset(1), "outcome": "UNDELIVERABLE"},
		{"prefix": crashHandset(2), "outcome": "REJECTED"}, {"prefix": crashHandset(3), "outcome": "THROTTLED"}}}
	if status := s.do("PUT", "/simulator/v1/rules", rules, nil); status != http.StatusOK {
		t.Fatalf("rules: HTTP %d", status)
	}
	for mode, esme := range goESMEs(t, s.smsc) {
		t.Run(mode, func(t *testing.T) {
			esme.t = t
			failed := esme.submit(goText(crashHandset(1), gsm7("Nobody there")), 1)
			esme.checkReceipts(crashHandset(1), "stat:UNDELIV err:027", failed...)
			if _, err := esme.tx.Submit(goText(crashHandset(2), gsm7("Refused"))); err == nil {
				t.Error("a refused message was accepted")
			}
			if _, err := esme.tx.Submit(goText(crashHandset(3), gsm7("Too fast"))); err != pdu.Status(throttled) {
				t.Errorf("throttled with %v", err)
			}
			several := goText(crashHandset(4), gsm7("Several"))
			several.DstList = []string{"33612345605"}
			if _, err := esme.tx.Submit(several); err == nil || !strings.Contains(err.Error(), pdu.GenericNACKID.String()) {
				t.Errorf("submit_multi, which is not supported, ends with %v", err)
			}
			esme.checkReceipts(crashHandset(5), "stat:DELIVRD", esme.submit(goText(crashHandset(5), gsm7("Still alive")), 1)...)
			esme.checkAnswer(s)
		})
		esme.t = t
	}
}

// checkAnswer has a person write to the number that go-smpp sent from.
func (e *goESME) checkAnswer(s *server) {
	e.t.Helper()
	for _, c := range []struct {
		body, coding string
		codec        func(string) pdutext.Codec
	}{{"STOP it €", "0", gsm7}, {"धन्यवाद 😀", "8", ucs2}} {
		answer := map[string]string{"to": "+12065550142", "body": c.body}
		if status := s.do("POST", "/simulator/v1/handsets/"+crashHandset(5)+"/messages", answer, nil); status != http.StatusCreated {
			e.t.Fatalf("answer: HTTP %d", status)
		}
		fields, _ := e.next()
		text := fields[pdufield.ShortMessage].Bytes()
		if string(text) != string(c.codec(c.body).Encode()) || fields[pdufield.DataCoding].String() != c.coding ||
			fields[pdufield.DestinationAddr].String() != "12065550142" {
			e.t.Errorf("answer arrives as %v, want %q", fields, c.body)
		}
	}
}

// TestGoESMEAsksAndLeaves sends enquire_link before and after the bind, binds
// with a wrong order of things and leaves with unbind.
func TestGoESMEAsksAndLeaves(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	conn, err := smpp.Dial(s.smsc, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	early, bind := pdu.NewSubmitSM(nil), pdu.NewBindTransceiver()
	for field, value := range map[pdufield.Name]any{pdufield.SystemID: "go", pdufield.Password: "secret", pdufield.InterfaceVersion: 0x34} {
		if err := bind.Fields().Set(field, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name    string
		request pdu.Body
		answer  pdu.ID
		status  pdu.Status
	}{
		{"enquire_link before the bind", pdu.NewEnquireLink(), pdu.EnquireLinkRespID, 0},
		{"submit_sm before the bind", early, pdu.SubmitSMRespID, invalidBindState},
		{"bind", bind, pdu.BindTransceiverRespID, 0},
		{"enquire_link", pdu.NewEnquireLink(), pdu.EnquireLinkRespID, 0},
		{"unbind", pdu.NewUnbind(), pdu.UnbindRespID, 0},
	} {
		if err := conn.Write(c.request); err != nil {
			t.Fatal(err)
		}
		got, err := conn.Read()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if h := got.Header(); h.ID != c.answer || h.Status != c.status || h.Seq != c.request.Header().Seq {
			t.Errorf("%s: answered %+v", c.name, h)
		}
	}
}
