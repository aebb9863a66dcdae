package smpp

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// A reader that is never at the end of a PDU when it reads on, as under a flood,
// sees each PDU whole in time all the same.
func TestFloodThatNeverEndsAtAPDUsEndIsNoIncompletePDU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, peer := raw(t, SMSC, Config{EnquireInterval: -1})
		send(t, peer, 1, transceiver)
		receive[*BindResp](t, peer)
		probe, err := AppendPDU(nil, 2, &EnquireLink{})
		if err != nil {
			t.Fatal(err)
		}
		half := len(probe) / 2
		if _, err := peer.Write(probe[:half]); err != nil {
			t.Fatal(err)
		}
		shifted := append(append([]byte(nil), probe[half:]...), probe[:half]...)
		for range 60 {
			<-time.After(time.Second)
			if _, err := peer.Write(shifted); err != nil {
				t.Fatalf("the session ended: %v", s.Err())
			}
			receive[*EnquireLinkResp](t, peer)
		}
	})
}

// What the peer sends lies unread while the handler waits: that says nothing of
// the peer.
func TestHandlerThatWaitsIsNoDeadPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan struct{})
		s, peer := raw(t, ESME, Config{Handler: HandlerFunc(func(context.Context, PDU, Reply) { <-ready })})
		s.state.Store(int32(BoundTRX))
		send(t, peer, 1, &DeliverSM{})
		go func() { _, _ = io.Copy(io.Discard, peer) }()
		<-time.After(10 * time.Minute)
		if err := s.Err(); err != nil {
			t.Fatalf("ended with %v", err)
		}
		close(ready)
		<-time.After(50 * time.Second)
		if err := s.Err(); err != nil {
			t.Errorf("ended with %v before the peer had its time to answer", err)
		}
		<-time.After(50 * time.Second)
		if !errors.Is(s.Err(), ErrLinkDead) {
			t.Errorf("the peer says nothing any more, and the session is %v", s.Err())
		}
	})
}

// A process that was stopped for a while asks before it gives the peer up.
func TestPeerIsAskedTwiceHoweverLongNobodyAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := bound(t, Config{}, Config{EnquireInterval: -1})
		p := probe{}
		late := time.Now().Add(time.Hour)
		for range missedProbes {
			due, err := client.probe(late, &p)
			if err != nil || !due.After(late) {
				t.Fatalf("the next is due %v after the one before: %v", due.Sub(late), err)
			}
			late = due
		}
		if _, err := client.probe(late, &p); !errors.Is(err, ErrLinkDead) {
			t.Errorf("asked in vain: %v", err)
		}
	})
}

// An SMSC that unbinds may still answer what it has taken: that is not to be sent
// a second time.
func TestAnswersBehindAnUnbindAreTaken(t *testing.T) {
	for name, pipe := range map[string]func(*testing.T) (net.Conn, net.Conn){"pipe": pipes, "TCP": loopback} {
		t.Run(name, func(t *testing.T) {
			ours, peer := pipe(t)
			s := NewSession(ours, ESME, Config{})
			s.Start()
			t.Cleanup(func() { s.fail(ErrClosed); _ = peer.Close(); <-s.Done() })
			s.state.Store(int32(BoundTRX))
			type outcome struct {
				id  string
				err error
			}
			done := make(chan outcome, 1)
			go func() {
				r, err := s.Submit(t.Context(), sampleSubmit())
				if err != nil {
					done <- outcome{err: err}
					return
				}
				done <- outcome{id: r.MessageID}
			}()
			h, _ := receive[*SubmitSM](t, peer)
			both, err := AppendPDU(nil, 1, &Unbind{})
			if err != nil {
				t.Fatal(err)
			}
			if both, err = AppendPDU(both, h.Sequence, &SubmitSMResp{MessageID: "taken"}); err != nil {
				t.Fatal(err)
			}
			if _, err := peer.Write(both); err != nil { // in one, since answers are read for a second only
				t.Fatal(err)
			}
			if got := <-done; got.err != nil || got.id != "taken" {
				t.Errorf("%+v", got)
			}
			receive[*UnbindResp](t, peer)
			_ = peer.Close()
			<-s.Done()
			if !errors.Is(s.Err(), ErrPeerUnbound) {
				t.Errorf("ended with %v", s.Err())
			}
		})
	}
}

// One that does not answer is not waited for.
func TestUnbindIsAnsweredThoughARequestIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, peer := raw(t, ESME, Config{})
		s.state.Store(int32(BoundTRX))
		done := make(chan error, 1)
		go func() {
			_, err := s.Submit(t.Context(), sampleSubmit())
			done <- err
		}()
		receive[*SubmitSM](t, peer)
		began := time.Now()
		send(t, peer, 1, &Unbind{})
		receive[*UnbindResp](t, peer)
		if took := time.Since(began); took > 2*drainTime {
			t.Errorf("answered after %v", took)
		}
		if err := <-done; !errors.Is(err, ErrNoResponse) || !errors.Is(err, ErrPeerUnbound) {
			t.Errorf("the request ended with %v", err)
		}
		<-s.Done()
		if !errors.Is(s.Err(), ErrPeerUnbound) {
			t.Errorf("ended with %v", s.Err())
		}
	})
}

// A taken message whose answer is garbled is taken: sent again, its answer would be
// garbled again.
func TestGarbledResponseIsTheAnswerThatItsHeaderSays(t *testing.T) {
	cases := map[string]struct {
		status Status
		body   string
		id     string
	}{
		"octets behind the id": {StatusOK, "7f\x00\x00", "7f"},
		"id without its NUL":   {StatusOK, "7f", ""},
		"refused":              {StatusThrottled, "why", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, peer := raw(t, ESME, Config{})
				s.state.Store(int32(BoundTRX))
				go func() {
					h, _ := receive[*SubmitSM](t, peer)
					b, _ := AppendPDU(nil, h.Sequence, &SubmitSMResp{Status: c.status})
					b = append(b[:HeaderLen], c.body...)
					b[3], b[11] = byte(len(b)), byte(c.status)
					_, _ = peer.Write(b)
				}()
				r, err := s.Submit(t.Context(), sampleSubmit())
				if c.status == StatusOK && err != nil || c.status != StatusOK && !errors.Is(err, c.status) {
					t.Fatalf("%v", err)
				}
				if r.MessageID != c.id {
					t.Errorf("id %q", r.MessageID)
				}
			})
		})
	}
}

func pipes(*testing.T) (net.Conn, net.Conn) { return net.Pipe() }

func loopback(t *testing.T) (net.Conn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ours, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return ours, peer
}
