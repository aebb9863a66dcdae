package smpptest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/protocol/smpp"
)

// wire is the ESME's end of a pipe, without a session.
type wire struct {
	t *testing.T
	net.Conn
}

func plug(t *testing.T, s *SMSC, mode smpp.BindMode) wire {
	t.Helper()
	conn, err := s.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := wire{t, conn}
	t.Cleanup(func() { _ = conn.Close() })
	w.write(1, &smpp.Bind{Mode: mode})
	w.expect(smpp.CommandID(mode).Response(), smpp.StatusOK, 1)
	<-s.Binds // it is bound by now, also for who sends on another one
	return w
}

func (w wire) write(sequence uint32, p smpp.PDU) {
	w.t.Helper()
	b, err := smpp.AppendPDU(nil, sequence, p)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		w.t.Fatal(err)
	}
}

func (w wire) expect(id smpp.CommandID, status smpp.Status, sequence uint32) smpp.PDU {
	w.t.Helper()
	h, p, err := smpp.ReadPDU(w)
	if err != nil || h.ID != id || h.Status != status || h.Sequence != sequence {
		w.t.Fatalf("%+v, %v; want %v, %v, sequence %d", h, err, id, status, sequence)
	}
	return p
}

const (
	submitted = smpp.CommandSubmitSM
	answered  = smpp.CommandSubmitSMResp
)

func TestStepsMisbehaveAsNamed(t *testing.T) {
	silent := func(w wire) {
		w.write(3, &smpp.EnquireLink{})
		w.expect(smpp.CommandEnquireLinkResp, smpp.StatusOK, 3)
	}
	reads := func(octets int) func(wire) {
		return func(w wire) {
			if _, err := io.ReadFull(w, make([]byte, octets)); err != nil {
				w.t.Error(err)
			}
		}
	}
	for name, c := range map[string]struct {
		step  Step
		check func(wire)
	}{
		"Accept":    {Accept, func(w wire) { w.expect(answered, 0, 2) }},
		"Refuse":    {Refuse(smpp.StatusThrottled), func(w wire) { w.expect(answered, smpp.StatusThrottled, 2) }},
		"Bodyless":  {Bodyless(0), func(w wire) { w.expect(answered, 0, 2) }},
		"Drop":      {Drop, silent},
		"Nack":      {Nack(0, smpp.StatusInvCmdLen), func(w wire) { w.expect(smpp.CommandGenericNack, smpp.StatusInvCmdLen, 0) }},
		"Misnumber": {Misnumber(7), func(w wire) { w.expect(answered, 0, 9) }},
		"Half":      {Half, func(w wire) { reads(9)(w); silent(w) }},
		"Write":     {Write([]byte("garbage")), reads(7)},
		"Send":      {Send(&smpp.EnquireLink{}), func(w wire) { w.expect(smpp.CommandEnquireLink, 0, 1) }},
		"Unbind":    {Unbind, func(w wire) { w.expect(smpp.CommandUnbind, 0, 1) }},
		"Slowly":    {Slowly(0), func(w wire) { w.expect(answered, 0, 2) }},
		"AcceptAs": {AcceptAs("0a"), func(w wire) {
			if p := w.expect(answered, 0, 2).(*smpp.SubmitSMResp); p.MessageID != "0a" {
				w.t.Error(p.MessageID)
			}
		}},
		"WrongLength": {WrongLength(3), func(w wire) {
			if _, _, err := smpp.ReadPDU(w); !isDecodeError(err, true) {
				w.t.Error(err)
			}
		}},
		"SendCut": {SendCut(&smpp.DeliverSM{ShortMessage: []byte("hello")}, 2), func(w wire) {
			if _, _, err := smpp.ReadPDU(w); !isDecodeError(err, false) {
				w.t.Error(err)
			}
			silent(w)
		}},
		"Hangup": {Hangup, func(w wire) {
			if _, _, err := smpp.ReadPDU(w); !errors.Is(err, io.EOF) {
				w.t.Error(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(nil)
			defer s.Close()
			s.Next(submitted, c.step)
			w := plug(t, s, smpp.Transceiver)
			w.write(2, &smpp.SubmitSM{})
			c.check(w)
		})
	}
}

func isDecodeError(err error, fatal bool) bool {
	var bad *smpp.DecodeError
	return errors.As(err, &bad) && bad.Fatal == fatal
}

func TestNextComesBeforeAlwaysAndIsUsedOnce(t *testing.T) {
	s := New(nil)
	defer s.Close()
	w := plug(t, s, smpp.Transceiver)
	s.Always(submitted, Refuse(smpp.StatusMsgQFul))
	s.Next(submitted, Accept, Refuse(smpp.StatusThrottled))
	for i, want := range []smpp.Status{smpp.StatusOK, smpp.StatusThrottled, smpp.StatusMsgQFul, smpp.StatusMsgQFul} {
		w.write(uint32(i), &smpp.SubmitSM{})
		w.expect(answered, want, uint32(i))
	}
	s.Always(submitted, nil)
	w.write(9, &smpp.SubmitSM{})
	w.expect(answered, smpp.StatusOK, 9)
}

func TestBindIsRefusedThenAcceptedWithVersion(t *testing.T) {
	s := New(nil)
	defer s.Close()
	s.Next(smpp.CommandBindReceiver, Refuse(smpp.StatusAlyBnd), AcceptVersion(0x34))
	conn, err := s.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := wire{t, conn}
	w.write(1, &smpp.Bind{Mode: smpp.Transmitter})
	w.expect(smpp.CommandBindTransmitterResp, smpp.StatusAlyBnd, 1)
	w.write(2, &smpp.Bind{Mode: smpp.Receiver})
	p := w.expect(smpp.CommandBindReceiverResp, smpp.StatusOK, 2).(*smpp.BindResp)
	if v, ok := p.TLVs.Uint8(smpp.TagSCInterfaceVersion); !ok || v != 0x34 {
		t.Errorf("sc_interface_version %#x, %v", v, ok)
	}
	if c := <-s.Binds; c.Mode() != smpp.Receiver {
		t.Errorf("bound as %v", c.Mode())
	}
}

func TestReceiptComesEarlyTwiceAndOnAnotherBind(t *testing.T) {
	s := New(nil)
	defer s.Close()
	w, other := plug(t, s, smpp.Transceiver), plug(t, s, smpp.Receiver)
	r := Receipt{State: smpp.StateExpired, Err: "027"}
	s.Next(submitted, Do(r.Send, Accept, r.Send, OnAnother(r.Send)))
	w.write(2, &smpp.SubmitSM{})
	w.expect(smpp.CommandDeliverSM, 0, 1)
	id := w.expect(answered, 0, 2).(*smpp.SubmitSMResp).MessageID
	w.expect(smpp.CommandDeliverSM, 0, 2)
	p := other.expect(smpp.CommandDeliverSM, 0, 1).(*smpp.DeliverSM)
	got, err := smpp.ParseReceipt(p.ShortMessage, nil)
	if err != nil || got.ID != id || got.Stat != "EXPIRED" || got.Err != "027" {
		t.Errorf("%+v, %v", got, err)
	}
	if state, _ := p.TLVs.Uint8(smpp.TagMessageState); state != uint8(smpp.StateExpired) {
		t.Errorf("message_state %d", state)
	}
}

func TestReceiptOfTransmitterGoesToReceiver(t *testing.T) {
	s := New(nil)
	defer s.Close()
	tx, rx := plug(t, s, smpp.Transmitter), plug(t, s, smpp.Receiver)
	s.Always(submitted, Do(Accept, Receipt{ID: "other", NoParameters: true, Edit: func(p *smpp.DeliverSM) { p.ESMClass = 0 }}.Send))
	tx.write(2, &smpp.SubmitSM{})
	tx.expect(answered, 0, 2)
	p := rx.expect(smpp.CommandDeliverSM, 0, 1).(*smpp.DeliverSM)
	if got, err := smpp.ParseReceipt(p.ShortMessage, nil); err != nil || got.ID != "other" || len(p.TLVs) != 0 || p.ESMClass != 0 {
		t.Errorf("%+v, %v, %+v", got, err, p)
	}
}

func TestLateAnswerIsOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(nil)
		defer s.Close()
		w, ready := plug(t, s, smpp.Transceiver), make(chan struct{})
		s.Next(submitted, After(time.Minute, Accept), When(ready, Accept), Accept)
		began := time.Now()
		for i := range uint32(3) {
			w.write(10+i, &smpp.SubmitSM{})
		}
		w.expect(answered, 0, 12)
		close(ready)
		w.expect(answered, 0, 11)
		w.expect(answered, 0, 10)
		if took := time.Since(began); took != time.Minute {
			t.Errorf("the answer took %v", took)
		}
	})
}

func TestSlowAnswerTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(nil)
		defer s.Close()
		w := plug(t, s, smpp.Transceiver)
		s.Next(smpp.CommandEnquireLink, Slowly(time.Second))
		began := time.Now()
		w.write(2, &smpp.EnquireLink{})
		w.expect(smpp.CommandEnquireLinkResp, 0, 2)
		if took := time.Since(began); took != smpp.HeaderLen*time.Second {
			t.Errorf("the answer took %v", took)
		}
	})
}

func TestMuteConnectionSaysNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(nil)
		defer s.Close()
		w := plug(t, s, smpp.Transceiver)
		s.Next(submitted, Mute)
		w.write(2, &smpp.SubmitSM{})
		w.write(3, &smpp.EnquireLink{})
		if err := w.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("%d octets, %v", n, err)
		}
	})
}

func TestWaitingStepEndsWithItsConnection(t *testing.T) {
	s := New(nil)
	w := plug(t, s, smpp.Transceiver)
	s.Next(submitted, After(time.Hour, Accept), When(make(chan struct{}), Accept), Slowly(time.Hour))
	for i := range uint32(3) {
		w.write(2+i, &smpp.SubmitSM{})
	}
	s.Close() // waits for all three
}

func TestSMSCTalksTLS(t *testing.T) {
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	defer certified.Close()
	s := StartTLS(&tls.Config{Certificates: certified.TLS.Certificates}, nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: "example.com"}}
	conn, err := dialer.DialContext(t.Context(), "tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w := wire{t, conn}
	w.write(1, &smpp.Bind{Mode: smpp.Transceiver})
	w.expect(smpp.CommandBindTransceiverResp, 0, 1)
}

func TestOutbindAsksForBind(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s := New(nil)
	defer s.Close()
	if _, err := s.Outbind(t.Context(), listener.Addr().String(), &smpp.Outbind{SystemID: "smsc", Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w := wire{t, conn}
	if p := w.expect(smpp.CommandOutbind, 0, 1).(*smpp.Outbind); p.SystemID != "smsc" {
		t.Errorf("%+v", p)
	}
	w.write(1, &smpp.Bind{Mode: smpp.Receiver})
	w.expect(smpp.CommandBindReceiverResp, 0, 1)
	s.Close()
	if _, err := s.Outbind(context.Background(), listener.Addr().String(), &smpp.Outbind{}); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
