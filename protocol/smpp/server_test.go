package smpp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

func startServer(t *testing.T, server *Server) *Server {
	t.Helper()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopServer(t, server) })
	return server
}

func stopServer(t *testing.T, server *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := server.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func dial(t *testing.T, server *Server, config Config) *Session {
	t.Helper()
	s, err := Dial(t.Context(), server.Addr().String(), nil, transceiver, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEveryCallerGetsItsOwnAnswer(t *testing.T) {
	echo := HandlerFunc(func(_ context.Context, p PDU, r Reply) {
		id := string(p.(*SubmitSM).ShortMessage)
		go func() { _ = r.With(&SubmitSMResp{MessageID: id}) }()
	})
	s := dial(t, startServer(t, &Server{Config: Config{Handler: echo}}), Config{Window: 16})
	var callers sync.WaitGroup
	for caller := range 64 {
		callers.Go(func() {
			for i := range 50 {
				m := sampleSubmit()
				m.ShortMessage = fmt.Appendf(nil, "%d-%d", caller, i)
				got, err := s.Submit(t.Context(), m)
				if err != nil || got.MessageID != string(m.ShortMessage) {
					t.Errorf("%s: %+v, %v", m.ShortMessage, got, err)
				}
			}
		})
	}
	callers.Wait()
}

func TestServerDeliversToABoundSession(t *testing.T) {
	joined := make(chan *Session, 1)
	server := startServer(t, &Server{Config: Config{Bound: func(s *Session) { joined <- s }}})
	texts := make(chan string, 1)
	dial(t, server, Config{Handler: HandlerFunc(func(_ context.Context, p PDU, r Reply) {
		texts <- string(p.(*DeliverSM).Body())
		r.OK()
	})})
	s := <-joined
	if _, err := s.Deliver(t.Context(), &DeliverSM{ShortMessage: []byte("hello")}); err != nil {
		t.Error(err)
	}
	if text := <-texts; text != "hello" {
		t.Error(text)
	}
	if n := len(server.Sessions()); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestStoppedServerUnbindsItsSessions(t *testing.T) {
	server := startServer(t, &Server{})
	s := dial(t, server, Config{})
	stopServer(t, server)
	<-s.Done()
	if !errors.Is(s.Err(), ErrPeerUnbound) {
		t.Error(s.Err())
	}
	if _, err := Dial(t.Context(), server.Addr().String(), nil, transceiver, Config{}); err == nil {
		t.Error("a stopped server was dialled")
	}
}

func TestRefusedBindClosesTheConnection(t *testing.T) {
	server := startServer(t, &Server{Config: Config{
		Authenticate: func(context.Context, *Session, *Bind) Status { return StatusInvSysID },
	}})
	_, err := Dial(t.Context(), server.Addr().String(), nil, transceiver, Config{})
	var status Status
	if !errors.As(err, &status) || status != StatusInvSysID {
		t.Error(err)
	}
}

func TestConnectionsBeyondTheLimitAreClosed(t *testing.T) {
	server := startServer(t, &Server{MaxSessions: 1})
	dial(t, server, Config{})
	if _, err := Dial(t.Context(), server.Addr().String(), nil, transceiver, Config{}); err == nil {
		t.Error("a second session was served")
	}
}

func TestNackReachesAPeerThatHasSentMore(t *testing.T) {
	server := startServer(t, &Server{})
	conn, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	receive[*GenericNack](t, conn)
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestSessionOverTLS(t *testing.T) {
	// httptest's certificate is good for any server on loopback.
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	server := startServer(t, &Server{Listener: listener, Config: Config{Handler: accepting("1")}})
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	s, err := Dial(t.Context(), server.Addr().String(), &tls.Config{RootCAs: roots}, transceiver, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Submit(t.Context(), sampleSubmit()); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := Dial(t.Context(), server.Addr().String(), &tls.Config{}, transceiver, Config{}); err == nil {
		t.Error("an unknown certificate was trusted")
	}
}
