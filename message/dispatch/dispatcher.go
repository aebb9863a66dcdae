package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/message/limit"
	"heliograph/protocol/gsm"
)

// Store keeps what became of messages. Every write is durable when it returns.
type Store interface {
	// Submitted records a part that a carrier took.
	Submitted(ctx context.Context, s message.Submission) error
	// Ended records a part that ended without a receipt.
	Ended(ctx context.Context, e message.Ending) error
	// Reroute gives a message to another carrier, or answers message.ErrTaken.
	Reroute(ctx context.Context, r message.Reroute) error
	// Explain replaces the record of how a message got its carrier.
	Explain(ctx context.Context, id message.ID, why message.Why) error
	// QueuedMessages reads the messages of a carrier that have parts to be
	// submitted, by id, after one id.
	QueuedMessages(ctx context.Context, carrier string, after message.ID, limit int) ([]*message.Message, error)
	// AwaitingReceipt lists messages whose last part was submitted before a
	// time and that have not ended.
	AwaitingReceipt(ctx context.Context, before time.Time, limit int) ([]message.ID, error)
	// OptedOut says whether a message's recipient is on its opt-out list now, also
	// by what another node wrote.
	OptedOut(ctx context.Context, m *message.Message) (bool, error)
	// PurgeOrphans forgets receipts of before a time that matched nothing.
	PurgeOrphans(ctx context.Context, before time.Time) error
}

// Backlog tells of messages that wait on disk.
type Backlog interface {
	// QueuedByCarrier counts them by their carrier's name.
	QueuedByCarrier(ctx context.Context) (map[string]int, error)
	// ExpiredMessages reads those of a carrier whose time to live is over.
	ExpiredMessages(ctx context.Context, carrier string, now time.Time, limit int) ([]*message.Message, error)
}

// Link is a carrier and how it takes texts.
type Link struct {
	Carrier carrier.Carrier
	Wire    gsm.Wire
	// Patience is how long the carrier may be without a connection, or in trouble,
	// before messages go on to another one of their routes; 0 = 10 s.
	Patience time.Duration
	Doubt    Doubt
	// NoReceipts is of a carrier that gives none: what it takes is successful.
	NoReceipts bool
}

// Settings of a dispatcher. All but Memory must be set.
type Settings struct {
	Store   Store
	Backlog Backlog
	Links   []Link // of the start; Retire and Add change them later
	// Observer is told of every part that a carrier took; nil = nobody is.
	Observer Observer
	// Rerouter finds another carrier for what one does not send; nil = messages
	// stay with theirs.
	Rerouter Rerouter
	Limiter  *limit.Limiter // of message parts, nil = nothing is limited
	Memory   int            // messages held in memory for each carrier, 0 = 10,000
	Log      *slog.Logger
	Now      func() time.Time
}

const defaultMemory = 10_000

// Dispatcher owns the queues and workers of all carriers. The carriers are
// started and stopped by their owner; who stops them first need not wait for
// those that have no connection.
type Dispatcher struct {
	Settings

	mu    sync.RWMutex
	lanes map[string]*lane
	// stranded are carriers that messages wait for and that are not configured.
	stranded map[string]struct{}
	leaving  map[string]*lane // the last one that was retired under its name
	onHold   map[string]bool  // carriers that the operator paused, whether there or not

	ctx    context.Context // of submissions: ends when Stop runs out of time
	cancel context.CancelFunc
	quit   chan struct{} // closed when Stop begins
	once   sync.Once
	done   chan struct{} // closed when all goroutines have ended
	tasks  sync.WaitGroup
}

// New makes a dispatcher. Start begins to send.
func New(s Settings) *Dispatcher {
	if s.Memory <= 0 {
		s.Memory = defaultMemory
	}
	d := &Dispatcher{
		Settings: s, lanes: map[string]*lane{}, stranded: map[string]struct{}{}, leaving: map[string]*lane{}, onHold: map[string]bool{},
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	for _, link := range s.Links {
		d.lanes[link.Carrier.Name()] = newLane(d, link)
	}
	return d
}

// Enqueue takes a message that is on disk. It does not wait: what does not fit
// into memory, and what is for a carrier that is not there, stays on disk.
func (d *Dispatcher) Enqueue(m *message.Message) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if l := d.lanes[m.Carrier]; l != nil {
		l.enqueue(m)
	}
}

// Start begins with what is on disk. It reports messages that no carrier of
// the configuration will take: they stay until their time to live is over.
func (d *Dispatcher) Start(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.reportStranded(ctx); err != nil {
		return err
	}
	for _, l := range d.lanes {
		l.start()
	}
	d.tasks.Go(d.sweep)
	if d.Rerouter != nil {
		d.tasks.Go(d.watch)
	}
	go func() {
		d.tasks.Wait()
		close(d.done)
	}()
	return nil
}

// reportStranded is called under mu.
func (d *Dispatcher) reportStranded(ctx context.Context) error {
	waiting, err := d.Backlog.QueuedByCarrier(ctx)
	if err != nil {
		return err
	}
	for name, n := range waiting {
		if d.lanes[name] == nil {
			d.stranded[name] = struct{}{}
			d.Log.Warn("messages wait for a carrier that is not configured; they go over other carriers of their routes, or stay until it is or they expire",
				"carrier", name, "messages", n)
		}
	}
	return nil
}

// Stop takes up no more messages and waits for the submissions under way,
// bounded by ctx; then it gives them up. What is not sent stays on disk.
func (d *Dispatcher) Stop(ctx context.Context) error {
	d.once.Do(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		close(d.quit)
		for _, l := range d.lanes {
			l.stop()
		}
	})
	defer d.cancel()
	select {
	case <-d.done:
		return nil
	case <-ctx.Done():
	}
	d.cancel()
	const grace = time.Second // for carriers to notice
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-d.done:
		return nil
	case <-timer.C:
		return errors.Join(errors.New("dispatch: submissions are still under way"), ctx.Err())
	}
}

// wait sleeps until the time is over; false means that quit was closed first.
func wait(period time.Duration, quit <-chan struct{}) bool {
	timer := time.NewTimer(period)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-quit:
		return false
	}
}
