package smpp

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var transceiver = &Bind{Mode: Transceiver, SystemID: "gateway", Password: "secret08"}

// ends is both ends over a pipe, not bound.
func ends(t *testing.T, esme, smsc Config) (*Session, *Session) {
	t.Helper()
	a, b := net.Pipe()
	client, server := NewSession(a, ESME, esme), NewSession(b, SMSC, smsc)
	client.Start()
	server.Start()
	t.Cleanup(func() {
		client.fail(ErrClosed)
		server.fail(ErrClosed)
		<-client.Done()
		<-server.Done()
	})
	return client, server
}

// bound is both ends over a pipe, bound as transceiver.
func bound(t *testing.T, esme, smsc Config) (*Session, *Session) {
	t.Helper()
	client, server := ends(t, esme, smsc)
	if _, err := client.Bind(t.Context(), transceiver); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// raw is our end over a pipe with a peer that the test plays octet by octet.
func raw(t *testing.T, role Role, config Config) (*Session, net.Conn) {
	t.Helper()
	a, b := net.Pipe()
	s := NewSession(a, role, config)
	s.Start()
	t.Cleanup(func() {
		s.fail(ErrClosed)
		_ = b.Close()
		<-s.Done()
	})
	return s, b
}

func send(t *testing.T, conn net.Conn, sequence uint32, p PDU) {
	t.Helper()
	b, err := AppendPDU(nil, sequence, p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(b); err != nil {
		t.Fatal(err)
	}
}

func receive[P PDU](t *testing.T, conn net.Conn) (Header, P) {
	t.Helper()
	h, p, err := ReadPDU(conn)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := p.(P)
	if !ok {
		t.Fatalf("received a %v", h.ID)
	}
	return h, got
}

func accepting(id string) Handler {
	return HandlerFunc(func(_ context.Context, _ PDU, reply Reply) { _ = reply.With(&SubmitSMResp{MessageID: id}) })
}

func TestSubmitIsAnsweredAndUnbindEndsBothEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := bound(t, Config{}, Config{SystemID: "smsc", Handler: accepting("1a2b")})
		if client.State() != BoundTRX || server.State() != BoundTRX || server.PeerBind().SystemID != "gateway" {
			t.Errorf("states %v and %v", client.State(), server.State())
		}
		response, err := client.Submit(t.Context(), sampleSubmit())
		if err != nil || response.MessageID != "1a2b" {
			t.Errorf("%+v, %v", response, err)
		}
		if err := client.Close(t.Context()); err != nil {
			t.Error(err)
		}
		<-server.Done()
		if !errors.Is(client.Err(), ErrClosed) || !errors.Is(server.Err(), ErrPeerUnbound) {
			t.Errorf("ended with %v and %v", client.Err(), server.Err())
		}
		if _, err := client.Submit(t.Context(), sampleSubmit()); !errors.Is(err, ErrClosed) || errors.Is(err, ErrNoResponse) {
			t.Errorf("submit on a closed session: %v", err)
		}
		if err := client.Close(t.Context()); err != nil {
			t.Errorf("closed again: %v", err)
		}
	})
}

func TestUnbindOfTheSMSCEndsTheESME(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := bound(t, Config{}, Config{})
		if err := server.Close(t.Context()); err != nil {
			t.Error(err)
		}
		<-client.Done()
		if !errors.Is(client.Err(), ErrPeerUnbound) {
			t.Error(client.Err())
		}
	})
}

func TestRefusedBindIsAStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refuse := func(_ context.Context, _ *Session, b *Bind) Status {
			if b.Password != "secret08" {
				return StatusInvPaswd
			}
			return StatusOK
		}
		client, _ := ends(t, Config{}, Config{Authenticate: refuse})
		wrong := *transceiver
		wrong.Password = "wrong"
		_, err := client.Bind(t.Context(), &wrong)
		var status Status
		if !errors.As(err, &status) || status != StatusInvPaswd || client.State() != Open {
			t.Errorf("%v in %v", err, client.State())
		}
		if _, err := client.Bind(t.Context(), transceiver); err != nil {
			t.Errorf("second bind: %v", err)
		}
	})
}

func TestRequestsInAWrongStateAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, peer := raw(t, SMSC, Config{Handler: accepting("1")})
		send(t, peer, 1, sampleSubmit())
		if _, p := receive[*SubmitSMResp](t, peer); p.Status != StatusInvBndSts {
			t.Errorf("submit_sm before bind: %v", p.Status)
		}
		send(t, peer, 2, &Bind{Mode: Receiver})
		receive[*BindResp](t, peer)
		send(t, peer, 3, sampleSubmit())
		if _, p := receive[*SubmitSMResp](t, peer); p.Status != StatusInvBndSts {
			t.Errorf("submit_sm of a receiver: %v", p.Status)
		}
		send(t, peer, 4, &Bind{Mode: Receiver})
		if _, p := receive[*BindResp](t, peer); p.Status != StatusAlyBnd {
			t.Errorf("second bind: %v", p.Status)
		}
		send(t, peer, 5, &EnquireLink{})
		receive[*EnquireLinkResp](t, peer)
		if _, err := s.Submit(t.Context(), sampleSubmit()); !errors.Is(err, ErrState) {
			t.Errorf("submit_sm by an SMSC: %v", err)
		}
	})
}

func TestDeliverRightAfterBindRespIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, peer := raw(t, ESME, Config{Handler: HandlerFunc(func(_ context.Context, _ PDU, r Reply) { r.OK() })})
		go func() { _, _ = s.Bind(t.Context(), transceiver) }()
		h, _ := receive[*Bind](t, peer)
		both, err := AppendPDU(nil, h.Sequence, &BindResp{Mode: Transceiver})
		if err != nil {
			t.Fatal(err)
		}
		if both, err = AppendPDU(both, 1, &DeliverSM{}); err != nil {
			t.Fatal(err)
		}
		if _, err := peer.Write(both); err != nil {
			t.Fatal(err)
		}
		if _, p := receive[*DeliverSMResp](t, peer); p.Status != StatusOK {
			t.Error(p.Status)
		}
	})
}

func TestDeliverIsAnsweredWhenTheHandlerSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		replies := make(chan Reply, 1)
		handler := HandlerFunc(func(_ context.Context, _ PDU, r Reply) { replies <- r })
		_, server := bound(t, Config{Handler: handler}, Config{})
		answered := make(chan error, 1)
		go func() {
			_, err := server.Deliver(t.Context(), &DeliverSM{ShortMessage: []byte("hello")})
			answered <- err
		}()
		reply := <-replies
		synctest.Wait()
		select {
		case err := <-answered:
			t.Fatalf("answered before it was durable: %v", err)
		default:
		}
		if err := reply.With(&SubmitSMResp{}); !errors.Is(err, ErrUnexpectedResponse) {
			t.Errorf("submit_sm_resp to a deliver_sm: %v", err)
		}
		reply.Refuse(StatusXTAppn)
		var status Status
		if err := <-answered; !errors.As(err, &status) || status != StatusXTAppn {
			t.Error(err)
		}
	})
}

func TestFullWindowWaitsForItsTurnOrTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		replies := make(chan Reply, 10)
		handler := HandlerFunc(func(_ context.Context, _ PDU, r Reply) { replies <- r })
		client, _ := bound(t, Config{Window: 2}, Config{Handler: handler})
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() {
				if _, err := client.Submit(t.Context(), sampleSubmit()); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if len(replies) != 2 {
			t.Fatalf("%d requests on the wire", len(replies))
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := client.Submit(short, sampleSubmit())
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrNoResponse) {
			t.Errorf("caller that never got a slot: %v", err)
		}
		for range 3 {
			_ = (<-replies).With(&SubmitSMResp{MessageID: "1"})
		}
		callers.Wait()
	})
}

func TestAbandonedRequestKeepsItsSlotUntilTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		replies := make(chan Reply, 10)
		handler := HandlerFunc(func(_ context.Context, _ PDU, r Reply) { replies <- r })
		client, _ := bound(t, Config{Window: 1}, Config{Handler: handler})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := client.Submit(short, sampleSubmit()); !errors.Is(err, ErrNoResponse) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("abandoned: %v", err)
		}
		second := make(chan error, 1)
		go func() {
			_, err := client.Submit(t.Context(), sampleSubmit())
			second <- err
		}()
		synctest.Wait()
		if len(replies) != 1 {
			t.Fatal("the window was overrun")
		}
		_ = (<-replies).With(&SubmitSMResp{})
		_ = (<-replies).With(&SubmitSMResp{})
		if err := <-second; err != nil {
			t.Error(err)
		}
	})
}

func TestResponseTimerEndsTheRequestAndALateAnswerIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		replies := make(chan Reply, 10)
		handler := HandlerFunc(func(_ context.Context, _ PDU, r Reply) { replies <- r })
		client, _ := bound(t, Config{ResponseTimeout: 5 * time.Second}, Config{Handler: handler})
		begin := time.Now()
		_, err := client.Submit(t.Context(), sampleSubmit())
		if !errors.Is(err, ErrNoResponse) || !errors.Is(err, ErrTimeout) || time.Since(begin) != 5*time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		late := <-replies
		if err := late.With(&SubmitSMResp{MessageID: "late"}); err != nil {
			t.Error(err)
		}
		go func() { _ = (<-replies).With(&SubmitSMResp{MessageID: "next"}) }()
		if p, err := client.Submit(t.Context(), sampleSubmit()); err != nil || p.MessageID != "next" {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestEndOfTheConnectionLeavesRequestsInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := HandlerFunc(func(_ context.Context, _ PDU, r Reply) { _ = r.Session().conn.Close() })
		client, _ := bound(t, Config{}, Config{Handler: handler})
		if _, err := client.Submit(t.Context(), sampleSubmit()); !errors.Is(err, ErrNoResponse) {
			t.Error(err)
		}
		<-client.Done()
		if client.State() != Closed {
			t.Error(client.State())
		}
	})
}

func TestIdleSessionAsksForASignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, peer := raw(t, SMSC, Config{EnquireInterval: 10 * time.Second, InitTimeout: time.Hour})
		begin := time.Now()
		h, _ := receive[*EnquireLink](t, peer)
		if time.Since(begin) != 10*time.Second {
			t.Errorf("asked after %v", time.Since(begin))
		}
		send(t, peer, h.Sequence, &EnquireLinkResp{})
		receive[*EnquireLink](t, peer)
		receive[*EnquireLink](t, peer)
		<-s.Done()
		if took := time.Since(begin); !errors.Is(s.Err(), ErrLinkDead) || took != 40*time.Second {
			t.Errorf("%v after %v", s.Err(), took)
		}
	})
}

func TestTrafficPutsTheSignOfLifeOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, peer := raw(t, SMSC, Config{EnquireInterval: 10 * time.Second, InitTimeout: time.Hour})
		begin := time.Now()
		timer := time.NewTimer(9 * time.Second)
		<-timer.C
		send(t, peer, 1, &EnquireLink{})
		receive[*EnquireLinkResp](t, peer)
		receive[*EnquireLink](t, peer)
		if took := time.Since(begin); took != 19*time.Second {
			t.Errorf("asked after %v", took)
		}
	})
}

func TestSMSCThatIsTooBusyForASignOfLifeIsNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, peer := raw(t, ESME, Config{EnquireInterval: 10 * time.Second})
		s.state.Store(int32(BoundTRX))
		go func() {
			for { // enquire_link and deliver_sm_resp are taken and never answered
				if _, _, err := ReadPDU(peer); err != nil {
					return
				}
			}
		}()
		for n := range uint32(20) {
			<-time.After(25 * time.Second)
			send(t, peer, n+1, &DeliverSM{})
		}
		if err := s.Err(); err != nil {
			t.Error(err)
		}
		if s.Idle() > time.Second {
			t.Errorf("idle for %v", s.Idle())
		}
	})
}

func TestSignsOfLifeAreNoTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := bound(t, Config{EnquireInterval: 10 * time.Second}, Config{})
		<-time.After(time.Minute)
		if idle := client.Idle(); idle != time.Minute {
			t.Errorf("idle for %v", idle)
		}
		if v := client.PeerVersion(); v != 0x34 {
			t.Errorf("version %#x", v)
		}
	})
}

func TestTimersEndTheSession(t *testing.T) {
	cases := map[string]struct {
		play func(*testing.T, *Session, net.Conn)
		took time.Duration
	}{
		"session init": {func(*testing.T, *Session, net.Conn) {}, 30 * time.Second},
		"PDU": {func(t *testing.T, _ *Session, peer net.Conn) {
			if _, err := peer.Write([]byte{0, 0, 0, 16, 0}); err != nil {
				t.Error(err)
			}
		}, 10 * time.Second},
		"write": {func(t *testing.T, _ *Session, peer net.Conn) { send(t, peer, 1, &EnquireLink{}) }, 10 * time.Second},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, peer := raw(t, SMSC, Config{EnquireInterval: -1})
				begin := time.Now()
				c.play(t, s, peer)
				<-s.Done()
				if !errors.Is(s.Err(), ErrTimeout) || time.Since(begin) != c.took {
					t.Errorf("%v after %v", s.Err(), time.Since(begin))
				}
			})
		})
	}
}

func TestBadLengthIsNackedAndEndsTheSession(t *testing.T) {
	for _, length := range []uint32{0, 15, MaxPDULen + 1, 0xFFFFFFFF} {
		synctest.Test(t, func(t *testing.T) {
			s, peer := raw(t, SMSC, Config{})
			if _, err := peer.Write(binary.BigEndian.AppendUint32(nil, length)); err != nil {
				t.Fatal(err)
			}
			if _, p := receive[*GenericNack](t, peer); p.Status != StatusInvCmdLen {
				t.Error(p.Status)
			}
			<-s.Done()
			var bad *DecodeError
			if !errors.As(s.Err(), &bad) || !bad.Fatal {
				t.Error(s.Err())
			}
		})
	}
}

func TestUnknownCommandIsNackedAndTheSessionCarriesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, peer := raw(t, SMSC, Config{})
		if _, err := peer.Write([]byte{0, 0, 0, 16, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 77}); err != nil {
			t.Fatal(err)
		}
		if h, p := receive[*GenericNack](t, peer); p.Status != StatusInvCmdID || h.Sequence != 77 {
			t.Error(h, p.Status)
		}
		send(t, peer, 78, &EnquireLink{})
		receive[*EnquireLinkResp](t, peer)
	})
}

func TestMalformedRequestGetsItsOwnResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, peer := raw(t, SMSC, Config{})
		if _, err := peer.Write([]byte{0, 0, 0, 17, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, 'x'}); err != nil {
			t.Fatal(err)
		}
		if h, p := receive[*SubmitSMResp](t, peer); p.Status != StatusInvCmdLen || h.Sequence != 5 {
			t.Error(h, p.Status)
		}
	})
}

func TestGenericNackAndForeignResponsesEndTheRequest(t *testing.T) {
	cases := map[string]struct {
		response PDU
		want     error
	}{
		"nack":          {&GenericNack{Status: StatusInvCmdLen}, StatusInvCmdLen},
		"nack of ROK":   {&GenericNack{}, ErrNoResponse},
		"other command": {&QuerySMResp{}, ErrUnexpectedResponse},
		"throttled":     {&SubmitSMResp{Status: StatusThrottled}, StatusThrottled},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, peer := raw(t, ESME, Config{})
				s.state.Store(int32(BoundTRX))
				failed := make(chan error, 1)
				go func() {
					_, err := s.Submit(t.Context(), sampleSubmit())
					failed <- err
				}()
				h, _ := receive[*SubmitSM](t, peer)
				send(t, peer, h.Sequence+1, &SubmitSMResp{})
				send(t, peer, h.Sequence, c.response)
				send(t, peer, h.Sequence, c.response)
				if err := <-failed; !errors.Is(err, c.want) {
					t.Error(err)
				}
			})
		})
	}
}

func TestSequenceNumbersWrapAndLeaveOutPendingOnes(t *testing.T) {
	var c calls
	c.init(3)
	c.sequence = maxSequence - 1
	next := func() uint32 {
		n, err := c.register(&call{}, CommandSubmitSM, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if a, b := next(), next(); a != maxSequence || b != 1 {
		t.Errorf("%x, %x", a, b)
	}
	c.sequence = maxSequence - 1
	if n := next(); n != 2 {
		t.Errorf("%x, but the others are pending", n)
	}
}

func TestCloseWaitsForAnswersUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		replies := make(chan Reply, 1)
		handler := HandlerFunc(func(_ context.Context, _ PDU, r Reply) { replies <- r })
		client, _ := bound(t, Config{}, Config{Handler: handler})
		submitted := make(chan error, 1)
		go func() {
			_, err := client.Submit(t.Context(), sampleSubmit())
			submitted <- err
		}()
		reply := <-replies
		closed := make(chan error, 1)
		go func() { closed <- client.Close(t.Context()) }()
		synctest.Wait()
		if _, err := client.Submit(t.Context(), sampleSubmit()); !errors.Is(err, ErrClosed) {
			t.Errorf("new request while closing: %v", err)
		}
		_ = reply.With(&SubmitSMResp{})
		if err := errors.Join(<-submitted, <-closed); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseIsBoundedByItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := bound(t, Config{}, Config{Handler: HandlerFunc(func(context.Context, PDU, Reply) {})})
		submitted := make(chan error, 1)
		go func() {
			_, err := client.Submit(t.Context(), sampleSubmit())
			submitted <- err
		}()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := client.Close(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := <-submitted; !errors.Is(err, ErrNoResponse) {
			t.Error(err)
		}
	})
}

func TestPDUsThatCameInPiecesAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, peer := raw(t, SMSC, Config{Handler: accepting("1")})
		stream, err := AppendPDU(nil, 1, transceiver)
		if err != nil {
			t.Fatal(err)
		}
		big := &SubmitSM{TLVs: TLVs{{TagMessagePayload, make([]byte, 60000)}}}
		for i := range uint32(3) {
			if stream, err = AppendPDU(stream, i+2, big); err != nil {
				t.Fatal(err)
			}
		}
		go func() {
			for i := 0; i < len(stream); i += 997 {
				if _, err := peer.Write(stream[i:min(i+997, len(stream))]); err != nil {
					t.Error(err)
				}
			}
		}()
		receive[*BindResp](t, peer)
		for i := range uint32(3) {
			if h, p := receive[*SubmitSMResp](t, peer); h.Sequence != i+2 || p.Status != StatusOK {
				t.Error(h, p.Status)
			}
		}
	})
}

func TestRequestsWithoutAnswerReachTheHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := make(chan CommandID, 2)
		handler := HandlerFunc(func(_ context.Context, p PDU, r Reply) {
			got <- p.CommandID()
			r.OK()
		})
		client, server := ends(t, Config{Handler: handler}, Config{})
		if err := server.Outbind(&Outbind{SystemID: "smsc"}); err != nil {
			t.Error(err)
		}
		if id := <-got; id != CommandOutbind {
			t.Error(id)
		}
		if _, err := client.Bind(t.Context(), transceiver); err != nil {
			t.Fatal(err)
		}
		if err := server.Alert(&AlertNotification{}); err != nil {
			t.Error(err)
		}
		if id := <-got; id != CommandAlertNotification {
			t.Error(id)
		}
		if err := server.Outbind(&Outbind{}); !errors.Is(err, ErrState) {
			t.Errorf("outbind to a bound ESME: %v", err)
		}
	})
}

func TestEveryOtherRequestHasItsResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler := HandlerFunc(func(_ context.Context, p PDU, r Reply) {
			switch p.(type) {
			case *QuerySM:
				_ = r.With(&QuerySMResp{MessageID: "1", State: StateEnroute})
			case *DataSM:
				_ = r.With(&DataSMResp{MessageID: "2"})
			default:
				r.OK()
			}
		})
		client, server := bound(t, Config{Handler: handler}, Config{Handler: handler})
		q, err := client.Query(t.Context(), &QuerySM{MessageID: "1"})
		if err != nil || q.State != StateEnroute {
			t.Error(q, err)
		}
		for _, s := range []*Session{client, server} {
			if d, err := s.Data(t.Context(), &DataSM{}); err != nil || d.MessageID != "2" {
				t.Error(d, err)
			}
			if err := s.EnquireLink(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if _, err := client.Cancel(t.Context(), &CancelSM{MessageID: "1"}); err != nil {
			t.Error(err)
		}
		if _, err := client.Replace(t.Context(), &ReplaceSM{MessageID: "1"}); err != nil {
			t.Error(err)
		}
	})
}

func TestClosedPeerIsAnErrorOfTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, peer := raw(t, SMSC, Config{})
		if err := peer.Close(); err != nil {
			t.Fatal(err)
		}
		<-s.Done()
		if !errors.Is(s.Err(), io.EOF) {
			t.Error(s.Err())
		}
	})
}
