// Package smpptest has a scripted SMSC for tests, in the shape of
// net/http/httptest: it listens on loopback, records what it is sent, and answers
// as the test says, rightly or wrongly. It works on octets below package smpp's
// Session, so that it can misbehave in ways that a session cannot. It is not an
// SMSC to run: it has no timers, no window and no states.
//
// There are two ways to have it misbehave. The hooks OnBind, OnSubmit and OnPDU
// see everything and do as they like. A script says it in a line: SMSC.Next queues
// what is done about the next requests of a command, one Step each, and SMSC.Always
// about all others:
//
//	smsc.Next(smpp.CommandSubmitSM, smpptest.Refuse(smpp.StatusThrottled), smpptest.Drop)
//	smsc.Next(smpp.CommandSubmitSM, smpptest.Do(smpptest.Receipt{}.Send, smpptest.Accept))
//	smsc.Always(smpp.CommandEnquireLink, smpptest.Drop)
//
// The steps: Accept, AcceptAs, AcceptVersion, Refuse, Bodyless, Drop, Mute, Nack,
// Misnumber, WrongLength, Half, Slowly, Write, Send, SendCut, Unbind, Hangup and
// Receipt.Send; Do, After, When and OnAnother put them together.
package smpptest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/protocol/smpp"
)

// Received is one PDU from the ESME, the test's to keep.
type Received struct {
	Conn   *Conn
	Header smpp.Header
	PDU    smpp.PDU
}

// SMSC is a scripted SMSC. Set the hooks before Start. A hook runs on the
// connection's own goroutine; it may wait for a channel of the test, and must not
// wait for the SMSC's Close.
type SMSC struct {
	// Addr is the address to dial, set by Start.
	Addr string
	// Version is the sc_interface_version of accepted binds, 0x34 unless changed; 0
	// leaves the parameter out, as SMSCs do that know no optional parameters.
	Version uint8
	// OnBind chooses the answer to a bind; nil accepts. Several at once may call it.
	OnBind func(c *Conn, bind *smpp.Bind) smpp.Status
	// OnSubmit answers a submit_sm with Conn.Reply, Conn.Raw or not at all; nil
	// accepts with the ids "1", "2", … in hexadecimal.
	OnSubmit func(c *Conn, sequence uint32, m *smpp.SubmitSM)
	// OnPDU sees every PDU first and returns true for one that it has dealt with.
	OnPDU func(c *Conn, h smpp.Header, p smpp.PDU) bool
	// Requests has every PDU that is no enquire_link, in order, with room for 1000;
	// what comes beyond is dropped.
	Requests chan Received
	// Binds has each connection when its bind was accepted, with room for 100.
	Binds chan *Conn
	// Closed has each connection when it ended, with room for 100.
	Closed chan *Conn

	listener net.Listener
	runs     sync.WaitGroup
	mu       sync.Mutex
	conns    map[*Conn]struct{}
	bound    []*Conn // open ones whose bind was accepted, in order
	scripts  map[smpp.CommandID]*script
	lastID   uint64
	stopped  bool
}

// New makes an SMSC that is reached by its Dial alone; configure, when not nil,
// sets its hooks first.
func New(configure func(*SMSC)) *SMSC {
	s := &SMSC{
		Version:  smpp.InterfaceVersion,
		Requests: make(chan Received, 1000),
		Binds:    make(chan *Conn, 100),
		Closed:   make(chan *Conn, 100),
		conns:    make(map[*Conn]struct{}),
		scripts:  make(map[smpp.CommandID]*script),
	}
	if configure != nil {
		configure(s)
	}
	return s
}

// Start makes an SMSC on a free port of 127.0.0.1; configure, when not nil, sets
// its hooks first. It panics when there is no port, as httptest does.
func Start(configure func(*SMSC)) *SMSC { return StartTLS(nil, configure) }

// StartTLS is Start with TLS from the first octet; nil is none.
func StartTLS(settings *tls.Config, configure func(*SMSC)) *SMSC {
	s := New(configure)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("smpptest: no port to listen on: %v", err))
	}
	if settings != nil {
		listener = tls.NewListener(listener, settings)
	}
	s.listener, s.Addr = listener, listener.Addr().String()
	s.runs.Go(s.accept)
	return s
}

// Dial connects over a pipe instead of a socket, for tests within a
// testing/synctest bubble. The error is net.ErrClosed after Close.
func (s *SMSC) Dial(context.Context) (net.Conn, error) {
	esme, smsc := net.Pipe()
	if s.take(smsc) == nil {
		return nil, net.ErrClosed
	}
	return esme, nil
}

// Outbind connects to an ESME that listens and sends outbind; the ESME binds on
// the same connection (SMPP 3.4 §2.2.1). Errors are those of the connection, and
// net.ErrClosed after Close.
func (s *SMSC) Outbind(ctx context.Context, address string, p *smpp.Outbind) (*Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	c := s.take(conn)
	if c == nil {
		return nil, net.ErrClosed
	}
	c.Send(p)
	return c, nil
}

// Close closes the listener and every connection and waits for them.
func (s *SMSC) Close() {
	if s.listener != nil {
		_ = s.listener.Close()
	}
	s.mu.Lock()
	s.stopped = true
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.runs.Wait()
}

// Open is how many connections are open now; one whose unbind is answered is not, by
// the time that the ESME has the answer.
func (s *SMSC) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := 0
	for c := range s.conns {
		if !c.unbound.Load() {
			open++
		}
	}
	return open
}

func (s *SMSC) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.take(conn)
	}
}

// take serves a connection, or closes it when the SMSC is closed and gives nil.
func (s *SMSC) take(conn net.Conn) *Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		_ = conn.Close()
		return nil
	}
	c := &Conn{conn: conn, writing: make(chan struct{}, 1), gone: make(chan struct{})}
	s.conns[c] = struct{}{}
	s.runs.Go(func() { s.serve(c) })
	return c
}

func (s *SMSC) serve(c *Conn) {
	defer s.ended(c)
	for {
		h, p, err := smpp.ReadPDU(c.conn)
		if err != nil {
			return
		}
		if h.ID != smpp.CommandEnquireLink {
			offer(s.Requests, Received{c, h, p})
		}
		if s.OnPDU != nil && s.OnPDU(c, h, p) || c.mute.Load() || s.scripted(c, h, p) {
			continue
		}
		if !s.answer(c, h, p) {
			return
		}
	}
}

func (s *SMSC) ended(c *Conn) {
	c.Close()
	s.mu.Lock()
	delete(s.conns, c)
	s.bound = slices.DeleteFunc(s.bound, func(b *Conn) bool { return b == c })
	s.mu.Unlock()
	offer(s.Closed, c)
}

// answer is what a well-behaved SMSC says; false ends the connection.
func (s *SMSC) answer(c *Conn, h smpp.Header, p smpp.PDU) bool {
	switch p := p.(type) {
	case *smpp.Bind:
		s.bind(c, h, p)
	case *smpp.SubmitSM:
		s.submit(c, h, p)
	case *smpp.EnquireLink:
		c.Reply(h.Sequence, &smpp.EnquireLinkResp{})
	case *smpp.Unbind:
		c.unbound.Store(true)
		c.Reply(h.Sequence, &smpp.UnbindResp{})
		return false
	}
	return true
}

func (s *SMSC) bind(c *Conn, h smpp.Header, p *smpp.Bind) {
	c.bindAs(p.Mode)
	status := smpp.StatusOK
	if s.OnBind != nil {
		status = s.OnBind(c, p)
	}
	c.Reply(h.Sequence, s.bindAnswer(p.Mode, status))
	if status == smpp.StatusOK {
		s.accepted(c)
	}
}

func (s *SMSC) bindAnswer(mode smpp.BindMode, status smpp.Status) *smpp.BindResp {
	answer := &smpp.BindResp{Mode: mode, Status: status}
	if status == smpp.StatusOK && s.Version != 0 {
		answer.TLVs.AddUint8(smpp.TagSCInterfaceVersion, s.Version)
	}
	return answer
}

func (s *SMSC) submit(c *Conn, h smpp.Header, p *smpp.SubmitSM) {
	if s.OnSubmit != nil {
		s.OnSubmit(c, h.Sequence, p)
		return
	}
	c.Reply(h.Sequence, &smpp.SubmitSMResp{MessageID: s.newID()})
}

func offer[T any](ch chan T, v T) {
	select {
	case ch <- v:
	default:
	}
}

// Conn is one ESME's connection. Its methods may be called from any goroutine;
// errors of the connection are dropped, since the test sees their effect.
type Conn struct {
	conn     net.Conn
	sequence atomic.Uint32
	mode     atomic.Uint32
	mute     atomic.Bool
	unbound  atomic.Bool
	// writing is held by who writes. It is no mutex, since waiting for one stops
	// the clock of a testing/synctest bubble.
	writing chan struct{}
	gone    chan struct{} // closed by Close
	closing sync.Once
}

// Mode is how the ESME asked to be bound; 0 before it has asked.
func (c *Conn) Mode() smpp.BindMode { return smpp.BindMode(c.mode.Load()) }

func (c *Conn) bindAs(mode smpp.BindMode) { c.mode.Store(uint32(mode)) }

// pause waits; false when the connection ended first.
func (c *Conn) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.gone:
		return false
	}
}

// Reply writes a response under the request's sequence number. Called twice it is a
// duplicate response.
func (c *Conn) Reply(sequence uint32, p smpp.PDU) { c.Raw(mustAppend(sequence, p)) }

// Send writes a request under the next sequence number of the SMSC, which it
// returns.
func (c *Conn) Send(p smpp.PDU) (sequence uint32) {
	sequence = c.nextSequence()
	c.Raw(mustAppend(sequence, p))
	return sequence
}

func (c *Conn) nextSequence() uint32 { return c.sequence.Add(1) }

// Raw writes octets as they are, in one piece.
func (c *Conn) Raw(b []byte) {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	_, _ = c.conn.Write(b)
}

// Split writes a response one octet a write.
func (c *Conn) Split(sequence uint32, p smpp.PDU) {
	b := mustAppend(sequence, p)
	for i := range b {
		c.Raw(b[i : i+1])
	}
}

// Close kills the socket without unbind.
func (c *Conn) Close() {
	c.closing.Do(func() { close(c.gone) })
	_ = c.conn.Close()
}

func mustAppend(sequence uint32, p smpp.PDU) []byte {
	b, err := smpp.AppendPDU(nil, sequence, p)
	if err != nil {
		panic(fmt.Sprintf("smpptest: %v", err))
	}
	return b
}
