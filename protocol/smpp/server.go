package smpp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Server accepts connections and serves an SMSC's session on each. Set Config to
// authenticate binds (Config.Authenticate), to learn of bound sessions
// (Config.Bound, Session.Done) and to take requests (Config.Handler, which finds
// the session by Reply.Session).
type Server struct {
	// Address to listen on, host:port; empty is a free port on 127.0.0.1.
	Address string
	// Listener is used instead of Address when set, a TLS one for instance. The
	// server closes it.
	Listener net.Listener
	// Config of every session.
	Config Config
	// MaxSessions is how many sessions may be open at once; further connections are
	// closed. 0 means 1000.
	MaxSessions int

	mu       sync.Mutex
	sessions map[*Session]struct{}
	stopped  bool
	runs     sync.WaitGroup
}

// Start listens and serves in the background. The error is the listener's.
func (s *Server) Start() error {
	if s.MaxSessions == 0 {
		s.MaxSessions = 1000
	}
	s.sessions = make(map[*Session]struct{})
	if s.Listener == nil {
		address := s.Address
		if address == "" {
			address = "127.0.0.1:0"
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("smpp: %w", err)
		}
		s.Listener = listener
	}
	s.runs.Go(s.accept)
	return nil
}

// Addr is where the server listens, once started.
func (s *Server) Addr() net.Addr { return s.Listener.Addr() }

// Sessions are the open ones, in no order, bound or not.
func (s *Server) Sessions() []*Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := make([]*Session, 0, len(s.sessions))
	for session := range s.sessions {
		open = append(open, session)
	}
	return open
}

// Stop accepts no more connections and closes every session in order, all at once;
// when ctx ends first, without order. It may be called again. The error is ctx's.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	if s.Listener == nil {
		return nil
	}
	err := s.Listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	var closing sync.WaitGroup
	for _, session := range s.Sessions() {
		// The one error is ctx's, which is returned below.
		closing.Go(func() { _ = session.Close(ctx) })
	}
	closing.Wait()
	s.runs.Wait()
	return errors.Join(err, ctx.Err())
}

func (s *Server) accept() {
	for {
		conn, err := s.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of file descriptors, most likely: others must close first.
			time.Sleep(50 * time.Millisecond)
			continue
		}
		s.serve(conn)
	}
}

func (s *Server) serve(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped || len(s.sessions) >= s.MaxSessions {
		_ = conn.Close()
		return
	}
	session := NewSession(conn, SMSC, s.Config)
	s.sessions[session] = struct{}{}
	session.Start()
	s.runs.Go(func() {
		<-session.Done()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.sessions, session)
	})
}
