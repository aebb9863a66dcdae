package smpp

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Errors that end a session or a request.
var (
	// ErrClosed is a request on a session that is closing or closed; it was not
	// written.
	ErrClosed = errors.New("smpp: session is closed")
	// ErrState is a request that the session's state does not allow; it was not
	// written.
	ErrState = errors.New("smpp: request is not allowed in this state of the session")
	// ErrNoResponse is a request that was written, or may have been, and whose
	// answer did not come: the response timer ran out, the session ended, or the
	// caller's context did. The peer may have carried it out.
	ErrNoResponse = errors.New("smpp: no response")
	// ErrTimeout is a timer that ran out: session init, response, PDU or write.
	ErrTimeout = errors.New("smpp: timer ran out")
	// ErrLinkDead is a peer that left two enquire_link unanswered.
	ErrLinkDead = errors.New("smpp: peer does not answer enquire_link")
	// ErrPeerUnbound is a session that the peer unbound.
	ErrPeerUnbound = errors.New("smpp: peer unbound")
	// ErrUnexpectedResponse is an answer of another kind than the request's.
	ErrUnexpectedResponse = errors.New("smpp: response does not fit its request")
)

// Handler takes the requests of the peer.
//
// Handle is called on the session's reader, one request after the other: it must
// not wait for long, and never for a request of its own on the same session. What
// it does with the request may take longer: reply may be kept and used later, from
// any goroutine. The PDU is borrowed: it, its octet strings and its optional
// parameters are the session's again when Handle returns (its strings are not);
// Clone what is kept. ctx ends with the session.
//
// The session itself answers bind, unbind, enquire_link, requests in a wrong
// state, and PDUs that it cannot read. A request without an answer
// (alert_notification, outbind) comes with a reply that does nothing.
type Handler interface {
	Handle(ctx context.Context, request PDU, reply Reply)
}

// HandlerFunc is a function as a Handler.
type HandlerFunc func(ctx context.Context, request PDU, reply Reply)

// Handle calls f.
func (f HandlerFunc) Handle(ctx context.Context, request PDU, reply Reply) { f(ctx, request, reply) }

// Config is how a session behaves. Its zero value is usable.
type Config struct {
	// Handler takes the peer's requests; nil refuses them with StatusInvCmdID.
	Handler Handler
	// Authenticate is asked for each bind at the SMSC's end; nil accepts all. What
	// is not StatusOK refuses the bind. It runs on the session's reader.
	Authenticate func(ctx context.Context, s *Session, bind *Bind) Status
	// Bound is called at the SMSC's end when a bind was accepted and its answer is
	// on its way. It runs on the session's reader.
	Bound func(s *Session)
	// Stray is told of a response that nobody waits for: it came after its timer,
	// or answers what was not asked, as a generic_nack with sequence number 0 does.
	// Malformed takes a request whose body cannot be read, instead of the refusal
	// that it gets otherwise. Both may be nil, and run on the session's reader as
	// Handler does.
	Stray     func(s *Session, sequence uint32, r Response)
	Malformed func(ctx context.Context, m Malformed, reply Reply)
	// SystemID is the SMSC's name in its answer to a bind.
	SystemID string
	// Window is how many requests may be unanswered at once in our direction;
	// 0 means 10.
	Window int
	// InitTimeout is how long a session may stay unbound; 0 means 30 s.
	InitTimeout time.Duration
	// EnquireInterval is how long nothing may be received before enquire_link asks;
	// after three such intervals the session is dropped. 0 means 30 s, negative
	// never.
	EnquireInterval time.Duration
	// ResponseTimeout is how long an answer may take; 0 means 60 s.
	ResponseTimeout time.Duration
	// ReadTimeout is how long a PDU may take from its first octet to its last;
	// 0 means 10 s.
	ReadTimeout time.Duration
	// WriteTimeout is how long one write may take; 0 means 10 s.
	WriteTimeout time.Duration
}

// Malformed is a request that cannot be read.
type Malformed struct {
	Header Header
	Body   []byte // borrowed: the session's again when the function returns
	Err    error  // a *DecodeError
}

// Unanswered is the ErrNoResponse of a request whose response timer ran out. The
// answer may still come, to Config.Stray under this sequence number.
type Unanswered struct{ Sequence uint32 }

// Error says what did not come.
func (u *Unanswered) Error() string { return ErrNoResponse.Error() + ": " + ErrTimeout.Error() }

// Unwrap makes it an ErrNoResponse and an ErrTimeout.
func (u *Unanswered) Unwrap() []error { return []error{ErrNoResponse, ErrTimeout} }

func (c Config) withDefaults() Config {
	if c.Window <= 0 {
		c.Window = 10
	}
	orElse := func(d *time.Duration, fallback time.Duration) {
		if *d == 0 {
			*d = fallback
		}
	}
	orElse(&c.InitTimeout, 30*time.Second)
	orElse(&c.EnquireInterval, 30*time.Second)
	orElse(&c.ResponseTimeout, 60*time.Second)
	orElse(&c.ReadTimeout, 10*time.Second)
	orElse(&c.WriteTimeout, 10*time.Second)
	if c.Handler == nil {
		c.Handler = HandlerFunc(func(_ context.Context, _ PDU, reply Reply) { reply.Refuse(StatusInvCmdID) })
	}
	return c
}

// Session is one end of an SMPP connection, ESME or SMSC. Its methods may be
// called from any goroutine, save that those which wait (requests, Close) must not
// be called from within Handle.
type Session struct {
	conn   net.Conn
	role   Role
	config Config
	calls  calls
	out    outbox

	state    atomic.Int32
	lastRead atomic.Int64 // time since started, which no change of the clock moves
	lastWork atomic.Int64 // the same of what is no enquire_link
	version  atomic.Uint32
	started  time.Time
	peer     atomic.Pointer[Bind]
	closing  atomic.Bool
	handling atomic.Bool // the handler has the reader

	ctx    context.Context // ends with the session; its cause is why
	cancel context.CancelCauseFunc
	once   sync.Once
	start  sync.Once
	closes sync.Once
	runs   sync.WaitGroup
	done   chan struct{}

	reading readState
}

// NewSession makes a session over conn, which it owns from then on. Nothing moves
// before Start.
func NewSession(conn net.Conn, role Role, config Config) *Session {
	s := &Session{conn: conn, role: role, config: config.withDefaults(), done: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.calls.init(s.config.Window)
	s.out.init()
	s.reading.frames = frameReader{conn: conn, timeout: s.config.ReadTimeout}
	s.reading.drained = make(chan struct{})
	return s
}

// Start begins to read, write and watch the timers. Calling it again does nothing.
func (s *Session) Start() {
	s.start.Do(func() {
		s.started = time.Now()
		s.runs.Go(s.read)
		s.runs.Go(s.write)
		s.runs.Go(s.watch)
		go func() {
			s.runs.Wait()
			close(s.done)
		}()
	})
}

// State is where the session stands now.
func (s *Session) State() State { return State(s.state.Load()) }

// PeerBind is the bind that was accepted at the SMSC's end; nil before, and at the
// ESME's end. It is not to be changed.
func (s *Session) PeerBind() *Bind { return s.peer.Load() }

// PeerVersion is the sc_interface_version of the answer to our bind (SMPP 3.4
// §5.3.2.25), 0 when it bore none: below 0x34 the SMSC knows no optional parameters.
func (s *Session) PeerVersion() uint8 { return uint8(s.version.Load()) }

// Idle is how long nothing but enquire_link and its answer has come from the peer.
func (s *Session) Idle() time.Duration {
	return time.Since(s.started) - time.Duration(s.lastWork.Load())
}

// Unanswered is how long the oldest request of ours has waited for its answer, 0
// when none does; enquire_link aside. It goes through the window.
func (s *Session) Unanswered() time.Duration {
	deadline := s.calls.oldest()
	if deadline.IsZero() {
		return 0
	}
	return s.config.ResponseTimeout - time.Until(deadline)
}

// RemoteAddr is the peer's network address.
func (s *Session) RemoteAddr() net.Addr { return s.conn.RemoteAddr() }

// Done is closed when the session has ended and its goroutines with it.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err is why the session ended, nil while it runs: ErrClosed after Close,
// ErrPeerUnbound, ErrLinkDead, ErrTimeout, a *DecodeError, or the connection's.
func (s *Session) Err() error { return context.Cause(s.ctx) }

// Close ends the session in order: no new requests, the answers of those under way
// awaited, unbind, connection closed. When ctx ends first the connection is closed
// at once. It waits until the session's goroutines have ended; calling it again
// waits too. The error is ctx's when it cut the order short.
func (s *Session) Close(ctx context.Context) error {
	var err error
	s.closes.Do(func() { err = s.closeInOrder(ctx) })
	s.Start() // one that never ran has nothing to wait for otherwise
	<-s.done
	return err
}

func (s *Session) closeInOrder(ctx context.Context) error {
	s.closing.Store(true)
	s.calls.close()
	if s.calls.wait(ctx, s.ctx.Done()) == nil {
		s.unbind(ctx)
	}
	s.fail(ErrClosed)
	return ctx.Err()
}

// unbind takes leave; a peer that did so first is left the time to read our answer.
// A peer that refuses or does not answer is left all the same.
func (s *Session) unbind(ctx context.Context) {
	switch {
	case s.State().Bound():
		_, _ = s.control(ctx, &Unbind{})
	case s.State() == Unbound:
		select {
		case <-s.ctx.Done():
		case <-ctx.Done():
		}
	}
}

// fail ends the session now, once; the first cause stays.
func (s *Session) fail(cause error) {
	s.once.Do(func() {
		s.state.Store(int32(Closed))
		s.cancel(cause)
		s.out.close()
		// The connection's own error has nothing to add to the cause.
		_ = s.conn.Close()
		s.calls.failAll(cause)
	})
}
