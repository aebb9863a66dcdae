package smsc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"heliograph/protocol/smpp"
)

// mostOutbinds bounds the sessions that SMSCs have opened at once.
const mostOutbinds = 8

// outbinds takes connections from SMSCs that ask to be bound to (SMPP 3.4 §2.2.1).
// The bind goes back over the same connection, as a receiver where the carrier has
// pairs and as a transceiver elsewhere.
type outbinds struct {
	region
	listener net.Listener
	runs     sync.WaitGroup
	places   chan struct{}
	strange  seldom // connections from elsewhere
	idle     seldom // and those that led to no bind
}

// listen opens the port. The error is the network's.
func (c *Carrier) listen() error {
	address := c.settings.OutbindListen
	if address == "" {
		return nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("carrier %s: outbind_listen: %w", c.settings.Name, err)
	}
	c.outbinds.Store(&outbinds{region: region{carrier: c}, listener: listener, places: make(chan struct{}, mostOutbinds)})
	return nil
}

// run accepts until the listener is closed.
func (o *outbinds) run(ctx context.Context) {
	defer o.runs.Wait()
	stop := context.AfterFunc(ctx, func() { _ = o.listener.Close() })
	defer stop()
	for {
		conn, err := o.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			sleep(ctx, firstWait) // out of file descriptors, most likely
			continue
		}
		select {
		case o.places <- struct{}{}:
			o.runs.Go(func() {
				defer func() { <-o.places }()
				o.serve(ctx, conn)
			})
		default:
			_ = conn.Close()
		}
	}
}

// serve binds on one connection and holds the session.
func (o *outbinds) serve(ctx context.Context, conn net.Conn) {
	log := o.carrier.settings.Log.With("address", conn.RemoteAddr().String())
	if !o.admits(ctx, conn.RemoteAddr()) {
		if times, say := o.strange.say(time.Now()); say {
			log.Warn("a connection for outbind was closed: it is from none of the carrier's addresses", "times", times)
		}
		_ = conn.Close()
		return
	}
	h := o.carrier.newHost(conn.RemoteAddr().String(), conn.RemoteAddr().String())
	b := newBind(h, smpp.Transceiver, &couple{pool: o.carrier.pool, alone: true})
	b.theirs = true
	defer close(b.ended)
	if o.carrier.settings.Pairs {
		b.mode = smpp.Receiver
	}
	h.binds = []*bind{b}
	session, err := o.bind(ctx, conn, b)
	if err != nil {
		if times, say := o.idle.say(time.Now()); say {
			log.Warn("an outbind led to no bind", "trouble", advise(err, h.address, false), "error", err, "times", times)
		}
		return
	}
	o.add(h)
	defer o.remove(h)
	b.hold(ctx, session)
}

// admits says whether an SMSC of the carrier may be at that address: whoever else
// connects must not be told the password.
func (o *outbinds) admits(ctx context.Context, from net.Addr) bool {
	ip, _, err := net.SplitHostPort(from.String())
	if err != nil {
		return false
	}
	for _, a := range o.carrier.settings.addresses() {
		name, _, err := net.SplitHostPort(a.Address)
		if err != nil {
			continue
		}
		found := []string{name}
		if net.ParseIP(name) == nil {
			if found, err = o.lookup(ctx, name); err != nil {
				continue
			}
		}
		if slices.ContainsFunc(found, func(known string) bool { return net.ParseIP(known).Equal(net.ParseIP(ip)) }) {
			return true
		}
	}
	return false
}

// bind waits for outbind and answers it with a bind.
func (o *outbinds) bind(ctx context.Context, conn net.Conn, b *bind) (*smpp.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, bindTimeout)
	defer cancel()
	asked := make(chan struct{})
	var once sync.Once
	session := smpp.NewSession(conn, smpp.ESME, o.carrier.sessionConfig(smpp.HandlerFunc(
		func(ctx context.Context, request smpp.PDU, reply smpp.Reply) {
			if _, ok := request.(*smpp.Outbind); ok {
				once.Do(func() { close(asked) })
				return
			}
			o.carrier.intake.Handle(ctx, request, reply)
		})))
	session.Start()
	select {
	case <-asked:
		if err := b.login(ctx, session); err != nil {
			return nil, err
		}
		return session, nil
	case <-session.Done():
		return nil, &stageError{binding, session.Err()}
	case <-ctx.Done():
		_ = session.Close(ctx)
		return nil, &stageError{binding, fmt.Errorf("no outbind came: %w", ctx.Err())}
	}
}
