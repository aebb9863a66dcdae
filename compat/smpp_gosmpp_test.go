package compat

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp"
	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// gosmppESME is gosmpp bound to a simulated SMSC: as a transceiver, or as a
// transmitter and a receiver of one login.
type gosmppESME struct {
	t       *testing.T
	told    chan *pdu.DeliverSM
	taken   chan *pdu.SubmitSMResp
	nacked  chan *pdu.GenericNack
	alive   chan struct{} // enquire_link_resp, as long as somebody listens
	unbound chan *pdu.Unbind
	closed  chan struct{}
	tx      *gosmpp.Session
}

// newGosmpp binds with each connector; the first is the one that sends.
func newGosmpp(t *testing.T, smsc, login string, connectors ...func(gosmpp.Dialer, gosmpp.Auth) gosmpp.Connector) *gosmppESME {
	t.Helper()
	e := &gosmppESME{
		t: t, told: make(chan *pdu.DeliverSM, 100), taken: make(chan *pdu.SubmitSMResp, 100),
		nacked: make(chan *pdu.GenericNack, 100), alive: make(chan struct{}),
		unbound: make(chan *pdu.Unbind, 10), closed: make(chan struct{}, 10),
	}
	for _, connector := range connectors {
		auth := gosmpp.Auth{SMSC: smsc, SystemID: login, Password: "secret"}
		session, err := gosmpp.NewSession(connector(gosmpp.NonTLSDialer, auth), e.settings(), 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = session.Close() })
		if e.tx == nil {
			e.tx = session
		}
	}
	return e
}

func (e *gosmppESME) settings() gosmpp.Settings {
	return gosmpp.Settings{
		ReadTimeout: 2 * patience, WriteTimeout: patience, EnquireLink: time.Second, OnAllPDU: e.hear,
		OnClosed: func(gosmpp.State) { e.closed <- struct{}{} },
	}
}

// hear answers what the SMSC asks.
func (e *gosmppESME) hear(p pdu.PDU) (answer pdu.PDU, leave bool) {
	switch p := p.(type) {
	case *pdu.DeliverSM:
		e.told <- p
	case *pdu.SubmitSMResp:
		e.taken <- p
	case *pdu.GenericNack:
		e.nacked <- p
	case *pdu.EnquireLinkResp:
		select {
		case e.alive <- struct{}{}:
		default:
		}
	case *pdu.Unbind:
		e.unbound <- p
		leave = true
	}
	if p.CanResponse() {
		answer = p.GetResponse()
	}
	return answer, leave
}

func gosmppESMEs(t *testing.T, smsc string) map[string]*gosmppESME {
	t.Helper()
	return map[string]*gosmppESME{
		"transmitter and receiver": newGosmpp(t, smsc, "gosmpp-pair", gosmpp.TXConnector, receiver),
		"transceiver":              newGosmpp(t, smsc, "gosmpp-both", transceiver),
	}
}

func receiver(d gosmpp.Dialer, a gosmpp.Auth) gosmpp.Connector    { return gosmpp.RXConnector(d, a) }
func transceiver(d gosmpp.Dialer, a gosmpp.Auth) gosmpp.Connector { return gosmpp.TRXConnector(d, a) }

// text is a text from a number to a handset that asks for a receipt.
func (e *gosmppESME) text(handset, body string, alphabet data.Encoding) *pdu.SubmitSM {
	e.t.Helper()
	m := pdu.NewSubmitSM().(*pdu.SubmitSM)
	source, err := pdu.NewAddressWithTonNpiAddr(1, 1, "12065550142")
	destination, err2 := pdu.NewAddressWithTonNpiAddr(1, 1, strings.TrimPrefix(handset, "+"))
	if err := errors.Join(err, err2, m.Message.SetLongMessageWithEnc(body, alphabet)); err != nil {
		e.t.Fatal(err)
	}
	m.SourceAddr, m.DestAddr, m.RegisteredDelivery = source, destination, 1
	return m
}

// submit sends a text in as many parts and gives what the SMSC answered to each.
func (e *gosmppESME) submit(m *pdu.SubmitSM, parts int) []*pdu.SubmitSMResp {
	e.t.Helper()
	split, err := m.Split()
	if err != nil || len(split) != parts {
		e.t.Fatalf("gosmpp makes %d parts, %v; want %d", len(split), err, parts)
	}
	asked := map[int32]int{}
	for i, part := range split {
		part.AssignSequenceNumber() // Split gives all parts the same
		asked[part.GetSequenceNumber()] = i
		if err := e.tx.Transmitter().Submit(part); err != nil {
			e.t.Fatal(err)
		}
	}
	answers := make([]*pdu.SubmitSMResp, parts)
	for range parts {
		answer := gosmppNext(e.t, "submit_sm_resp", e.taken)
		place, known := asked[answer.GetSequenceNumber()]
		if !known {
			e.t.Fatalf("answered is %+v, of %v", answer.Header, asked)
		}
		answers[place] = answer
	}
	return answers
}

// gosmppNext is what gosmpp is told next.
func gosmppNext[T any](t *testing.T, what string, from <-chan T) (told T) {
	t.Helper()
	select {
	case told = <-from:
	case <-time.After(patience):
		t.Fatalf("gosmpp heard no %s", what)
	}
	return told
}

// checkReceipts waits for the receipts of these answers, in any order.
func (e *gosmppESME) checkReceipts(handset, stat string, answers ...*pdu.SubmitSMResp) {
	e.t.Helper()
	missing := map[string]bool{}
	for _, a := range answers {
		if a.CommandStatus != data.ESME_ROK {
			e.t.Fatalf("submit_sm is answered with %v", a.CommandStatus)
		}
		missing[a.MessageID] = true
	}
	for range answers {
		receipt := gosmppNext(e.t, "receipt", e.told)
		text, err := receipt.Message.GetMessage()
		named := receipt.OptionalParameters[pdu.TagReceiptedMessageID]
		id := named.String()
		if err != nil || !missing[id] || !strings.HasPrefix(text, "id:"+id+" ") || !strings.Contains(text, stat) ||
			receipt.EsmClass != 0x04 || receipt.SourceAddr.Address() != strings.TrimPrefix(handset, "+") {
			e.t.Errorf("told %q of %q (%v, %v), want %s of %v", text, id, receipt.SourceAddr, err, stat, missing)
		}
		delete(missing, id)
	}
}

// TestGosmppTextsShownAndReported submits with gosmpp on both kinds of bind,
// reads the handset and waits for the receipts. A long text of gosmpp's has parts
// of 134 characters at most.
func TestGosmppTextsShownAndReported(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	handset := 0
	for mode, esme := range gosmppESMEs(t, s.smsc) {
		for _, c := range []struct {
			name, body, encoding string
			alphabet             data.Encoding
			parts                int
		}{
			{"GSM", "Grüße @$_ {[~^|€]}", "GSM", data.GSM7BIT, 1},
			{"UCS-2", "नमस्ते 😀", "UCS2", data.UCS2, 1},
			{"Latin-1", "Ça va, Zoë? ÿ", "UCS2", data.LATIN1, 1},
			{"long GSM", strings.Repeat("0123456789", 40), "GSM", data.GSM7BIT, 3},
			{"long UCS-2", strings.Repeat("न", 150), "UCS2", data.UCS2, 3},
		} {
			handset++
			number := crashHandset(handset)
			t.Run(mode+" "+c.name, func(t *testing.T) {
				esme.t = t
				esme.checkReceipts(number, "stat:DELIVRD err:000", esme.submit(esme.text(number, c.body, c.alphabet), c.parts)...)
				shown := s.newest(number, 0)
				if shown.Body != c.body || shown.From != "+12065550142" || shown.Encoding != c.encoding || shown.Parts != c.parts {
					t.Errorf("handset shows %+v, want %q", shown, c.body)
				}
			})
			esme.t = t
		}
	}
}

// TestGosmppFailuresAndAnswers has messages fail at submit and later, gosmpp
// ask for what the SMSC does not have, and the person with the handset write back.
func TestGosmppFailuresAndAnswers(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	rules := options{"rules": []options{{"prefix": crashHandset(1), "outcome": "UNDELIVERABLE"},
		{"prefix": crashHandset(2), "outcome": "REJECTED"}, {"prefix": crashHandset(3), "outcome": "THROTTLED"}}}
	if status := s.do("PUT", "/simulator/v1/rules", rules, nil); status != http.StatusOK {
		t.Fatalf("rules: HTTP %d", status)
	}
	for mode, esme := range gosmppESMEs(t, s.smsc) {
		t.Run(mode, func(t *testing.T) {
			esme.t = t
			failed := esme.submit(esme.text(crashHandset(1), "Nobody there", data.GSM7BIT), 1)
			esme.checkReceipts(crashHandset(1), "stat:UNDELIV err:027", failed...)
			refused := esme.submit(esme.text(crashHandset(2), "Refused", data.GSM7BIT), 1)[0]
			if refused.CommandStatus == data.ESME_ROK || refused.MessageID != "" {
				t.Errorf("a message that is refused is answered with %+v", refused)
			}
			if a := esme.submit(esme.text(crashHandset(3), "Too fast", data.GSM7BIT), 1)[0]; a.CommandStatus != throttled {
				t.Errorf("a message that is too fast is answered with %v", a.CommandStatus)
			}
			several := pdu.NewSubmitMulti()
			if err := esme.tx.Transmitter().Submit(several); err != nil {
				t.Fatal(err)
			}
			nack := gosmppNext(t, "generic_nack", esme.nacked)
			if nack.CommandStatus != invalidCommand || nack.SequenceNumber != several.GetSequenceNumber() {
				t.Errorf("submit_multi, which is not supported, is answered with %+v", nack.Header)
			}
			esme.checkReceipts(crashHandset(5), "stat:DELIVRD", esme.submit(esme.text(crashHandset(5), "Still alive", data.GSM7BIT), 1)...)
			esme.checkAnswer(s)
		})
		esme.t = t
	}
}

// checkAnswer has a person write to the number that gosmpp sent from.
func (e *gosmppESME) checkAnswer(s *server) {
	e.t.Helper()
	for _, c := range []struct {
		body     string
		coding   byte
		alphabet data.Encoding
	}{{"STOP it €", 0, data.GSM7BIT}, {"धन्यवाद 😀", 8, data.UCS2}} {
		answer := map[string]string{"to": "+12065550142", "body": c.body}
		if status := s.do("POST", "/simulator/v1/handsets/"+crashHandset(5)+"/messages", answer, nil); status != http.StatusCreated {
			e.t.Fatalf("answer: HTTP %d", status)
		}
		m := gosmppNext(e.t, "answer", e.told)
		text, err := m.Message.GetMessageWithEncoding(c.alphabet)
		if err != nil || text != c.body || m.Message.Encoding().DataCoding() != c.coding || m.EsmClass != 0 ||
			m.SourceAddr.Address() != strings.TrimPrefix(crashHandset(5), "+") || m.DestAddr.Address() != "12065550142" {
			e.t.Errorf("answer arrives as %q (%v) from %v to %v, want %q", text, err, m.SourceAddr, m.DestAddr, c.body)
		}
	}
}

// TestGosmppAsksAndLeaves waits for the answers to gosmpp's enquire_link on every
// kind of bind, leaves with unbind, which gosmpp asks for and closes at once, and
// binds anew under the same login; a server that stops unbinds.
func TestGosmppAsksAndLeaves(t *testing.T) {
	t.Parallel()
	s := dev(t, "--empty")
	for name, connector := range map[string]func(gosmpp.Dialer, gosmpp.Auth) gosmpp.Connector{
		"transmitter": gosmpp.TXConnector, "receiver": receiver, "transceiver": transceiver,
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				esme := newGosmpp(t, s.smsc, "gosmpp", connector)
				gosmppNext(t, "enquire_link_resp", esme.alive)
				_ = esme.tx.Close() // its error is that of a connection which the SMSC was faster to close
				gosmppNext(t, "end of the session", esme.closed)
			}
		})
	}
	esme := newGosmpp(t, s.smsc, "gosmpp", receiver)
	answers := esme.submit(esme.text(crashHandset(1), "Not from here", data.GSM7BIT), 1)
	if answers[0].CommandStatus != invalidBindState {
		t.Errorf("submit_sm of a receiver is answered with %v", answers[0].CommandStatus)
	}
	s.stop()
	gosmppNext(t, "unbind", esme.unbound)
}
