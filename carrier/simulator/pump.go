package simulator

import (
	"context"
	"fmt"
	"sync"
	"time"

	"heliograph/protocol/smpp"
)

// bound starts to send what waits for the login of a new session.
func (c *SMSC) bound(s *smpp.Session) {
	b := s.PeerBind()
	c.settings.Log.Debug("client bound to the simulated carrier", "system_id", b.SystemID, "mode", b.Mode.String())
	if b.Mode == smpp.Transmitter {
		return
	}
	o := c.outbox(b.SystemID)
	ctx, cancel := context.WithCancel(context.Background())
	c.pumps.Go(func() {
		<-s.Done()
		cancel()
	})
	c.pumps.Go(func() { c.pump(ctx, s, o) })
}

// pump sends to one session, as much at once as its window holds.
func (c *SMSC) pump(ctx context.Context, s *smpp.Session, o *outbox) {
	room := make(chan struct{}, c.settings.Window)
	for {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			return
		}
		d, ok := o.next(ctx)
		if !ok {
			return
		}
		c.pumps.Go(func() {
			defer func() { <-room }()
			c.deliver(ctx, s, o, d)
		})
	}
}

// deliver sends once; what the client does not take comes again.
func (c *SMSC) deliver(ctx context.Context, s *smpp.Session, o *outbox, d *Delivery) {
	_, p, err := smpp.DecodePDU(d.PDU)
	m, ok := p.(*smpp.DeliverSM)
	if err != nil || !ok {
		c.settings.Log.Error("simulated carrier dropped a delivery that it cannot read", "delivery", d.ID, "error", err)
		c.settler.settle(d.ID)
		return
	}
	if _, err := s.Deliver(ctx, m); err != nil {
		c.settings.Log.Debug("client did not take a delivery", "system_id", d.System, "delivery", d.ID, "error", err)
		o.putBack(d)
		return
	}
	c.settler.settle(d.ID)
}

// settleEvery is how long an acknowledged delivery may stay on disk. After a
// crash within that time it is sent again, which receipts bear.
const settleEvery = 100 * time.Millisecond

// settler takes acknowledged deliveries off the disk, many at once.
type settler struct {
	settings Settings
	wake     chan struct{}
	stop     chan struct{}
	done     chan struct{}

	mu      sync.Mutex
	settled []int64
	closed  bool
}

func newSettler(settings Settings) *settler {
	return &settler{
		settings: settings, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
}

func (s *settler) settle(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(id)
}

// add is called under mu.
func (s *settler) add(ids ...int64) {
	if len(s.settled) == 0 {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
	s.settled = append(s.settled, ids...)
}

func (s *settler) run() {
	defer close(s.done)
	for {
		select {
		case <-s.wake:
		case <-s.stop:
			s.write()
			return
		}
		timer := time.NewTimer(settleEvery)
		select {
		case <-timer.C:
		case <-s.stop:
		}
		timer.Stop()
		s.write()
	}
}

// write forgets what is settled; on failure with the next try.
func (s *settler) write() {
	s.mu.Lock()
	ids := s.settled
	s.settled = nil
	s.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	stale := s.settings.Now().Add(-partsFor)
	err := s.settings.Store.SettleHandsets(context.Background(), s.settings.Name, ids, stale)
	if err == nil {
		return
	}
	s.settings.Log.Error("simulated carrier cannot forget deliveries", "error", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(ids...)
}

// close writes the rest, once.
func (s *settler) close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
	}
	s.mu.Unlock()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("simulator: deliveries are still being settled: %w", ctx.Err())
	}
}
