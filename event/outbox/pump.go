// Package outbox carries events from the database to their targets: at least
// once, those of one message in order and one at a time, each target by itself,
// so that a slow or dead one delays no other and no message. An event stands in
// the outbox from the commit that made it until its target has it.
//
// Left out: what an event looks like (package event) and how a target is
// spoken to (the packages of its sinks).
package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"heliograph/event"
)

// Store keeps the outbox.
type Store interface {
	// EventsWait gets a signal after a commit that made events.
	EventsWait() <-chan struct{}
	// Targets are those that events wait for.
	Targets(ctx context.Context) ([]event.Target, error)
	// Outbox gives the events that wait for a target after a key, those of one
	// message in order. A key without a message begins.
	Outbox(ctx context.Context, after event.Key, limit int) ([]event.Entry, error)
	// Settle records what became of entries; it is durable when nil is returned.
	Settle(ctx context.Context, list []event.Settlement) error
}

// Settings of a pump. All but GiveUp must be set.
type Settings struct {
	Store Store
	// Sink is what speaks to a target, by the configuration in force. Nil: the
	// events of the target stay in the journal and go nowhere else.
	Sink func(event.Target) event.Sink
	// Record writes what is handed over.
	Record func(ctx context.Context, e event.Event) ([]byte, error)
	// GiveUp is how long an event is tried before it is put with the dead ones;
	// 0 = a day.
	GiveUp time.Duration
	Log    *slog.Logger
	Now    func() time.Time
}

const (
	defaultGiveUp = 24 * time.Hour
	// lookAround is how often the outbox is looked at without a signal: what
	// another process left there gives none.
	lookAround = 30 * time.Second
)

// Pump hands events over, each target's by a courier of its own.
type Pump struct {
	Settings

	mu       sync.Mutex
	couriers map[event.Target]*courier

	ctx    context.Context // of calls: ends when Stop runs out of time
	cancel context.CancelFunc
	quit   chan struct{} // closed when Stop begins
	once   sync.Once
	tasks  sync.WaitGroup
}

// New makes a pump. Start begins to hand over.
func New(s Settings) *Pump {
	if s.GiveUp <= 0 {
		s.GiveUp = defaultGiveUp
	}
	p := &Pump{Settings: s, couriers: map[event.Target]*courier{}, quit: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Start begins with what is on disk.
func (p *Pump) Start() { p.tasks.Go(p.run) }

// Stop begins no more calls and waits for those under way, bounded by ctx; then
// it gives them up. What was not taken stays on disk.
func (p *Pump) Stop(ctx context.Context) error {
	p.once.Do(func() { close(p.quit) })
	defer p.cancel()
	done := make(chan struct{})
	go func() {
		p.tasks.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	p.cancel()
	const grace = time.Second // for calls to notice
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	return errors.Join(errors.New("outbox: calls were given up"), ctx.Err())
}

// Hurry has every event that rests tried now: what was wrong with its target may
// be mended.
func (p *Pump) Hurry() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.couriers {
		c.hurry.Store(true)
		c.nudge()
	}
}

// run looks for targets whenever events were made.
func (p *Pump) run() {
	ticker := time.NewTicker(lookAround)
	defer ticker.Stop()
	for {
		p.look()
		select {
		case <-p.quit:
			return
		case <-p.Store.EventsWait():
		case <-ticker.C:
		}
	}
}

// look wakes the courier of every target that events wait for.
func (p *Pump) look() {
	targets, err := p.Store.Targets(p.ctx)
	if err != nil {
		p.Log.Error("the targets of events cannot be read", "error", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range targets {
		c := p.couriers[t]
		if c == nil {
			c = newCourier(p, t)
			p.couriers[t] = c
			p.tasks.Go(c.run)
		}
		c.nudge()
	}
}

// leave ends a courier that has nothing more to do, unless it was just woken.
func (p *Pump) leave(c *courier) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-c.wake:
		c.more = true
		return false
	default:
	}
	delete(p.couriers, c.target)
	return true
}

// Trouble is what a target said last, where it does not take what it is given.
type Trouble struct {
	Target event.Target
	Since  time.Time
	Said   string
}

// Troubles are those of all targets that have one.
func (p *Pump) Troubles() (list []Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.couriers {
		if t := c.trouble.Load(); t != nil {
			list = append(list, *t)
		}
	}
	return list
}
