package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"heliograph/audit"
	"heliograph/event"
	"heliograph/message"
)

// Bounds of one shared transaction.
const (
	stepWrites = 1000                  // writes
	stepTime   = 20 * time.Millisecond // spent on changes before the rest is left for the next
	yields     = 3                     // turns given to callers before a step is taken
)

// write is one caller's share of a transaction. Exactly one of its kinds is
// set.
type write struct {
	accept     *acceptance
	submission *message.Submission
	ending     *message.Ending
	receipt    *message.Receipt
	reroute    *rerouting
	settled    []event.Settlement
	change     func(ctx context.Context, tx *tx) error

	// before lets a change go before what happens on the road of messages in the
	// same step, which is decided by what it wrote.
	before bool

	audit *audit.Entry // who lets a change happen; nil = the server itself

	committed func() // run after the commit, before the caller hears of it; may be nil

	matched message.Match // what the receipt found
	refused error         // an error of the domain: nothing was written for this caller
	done    chan error
}

// writer owns the connection that writes. Whatever waits becomes one
// transaction.
type writer struct {
	begin *statement
	conn  *sql.Conn
	fast  *fast
	road  *road

	adopted func(carrier string, receipts int) // see DB.OnAdopted; nil = nobody asks
	watcher Watcher                            // nil = nobody

	mu       sync.Mutex
	queue    []*write
	closed   bool
	last     int // writes of the step before
	wake     chan struct{}
	events   chan struct{} // after a commit that made some
	finished chan struct{}
}

func newWriter(engine Engine, conn *sql.Conn) *writer {
	fast := newFast(engine, conn)
	return &writer{
		begin: &statement{text: engine.Begin}, conn: conn, fast: fast, road: newRoad(fast),
		wake: make(chan struct{}, 1), events: make(chan struct{}, 1), finished: make(chan struct{}),
	}
}

// do queues a write and waits for its commit.
func (w *writer) do(ctx context.Context, one *write) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: not written: %w", err)
	}
	one.done = make(chan error, 1)
	if entry, ok := audit.From(ctx); ok && one.change != nil {
		one.audit = &entry // the writer runs with a context of its own
	}
	if !w.put(one) {
		return ErrClosed
	}
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("store: the write may still happen: %w", ctx.Err())
	}
}

func (w *writer) put(one *write) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.queue = append(w.queue, one)
	if len(w.queue) == 1 {
		w.signal()
	}
	return true
}

// signal wakes the writer; one signal is kept when it is busy.
func (w *writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// signalEvents tells that events wait; one signal is kept.
func (w *writer) signalEvents() {
	select {
	case w.events <- struct{}{}:
	default:
	}
}

// close takes no more writes; what waits is still written.
func (w *writer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.signal()
}

func (w *writer) run() {
	defer close(w.finished)
	for {
		step := w.take()
		if len(step) == 0 {
			return
		}
		w.commit(step)
	}
}

// take waits for the next step; an empty one means that the writer is closed.
func (w *writer) take() []*write {
	for {
		waiting, closed := w.waiting()
		if waiting > 0 {
			break
		}
		if closed {
			return nil
		}
		<-w.wake
	}
	w.yield()
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), stepWrites)
	step := w.queue[:n:n]
	w.queue = w.queue[n:]
	w.last = n
	return step
}

func (w *writer) waiting() (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue), w.closed
}

// yield lets callers run that were answered by the step before, when it had
// several: some write again at once and share the next commit. Waiting for a
// time instead was measured to be slower, since it sleeps longer than asked.
func (w *writer) yield() {
	if w.last < 2 {
		return
	}
	for range yields {
		runtime.Gosched()
	}
}

// commit writes a step and answers its callers. A step that fails is halved
// until the bad write stands alone; only its caller sees the error.
func (w *writer) commit(step []*write) {
	begun := time.Now()
	left, err := w.attempt(step)
	switch {
	case err == nil:
		w.tellWatcher(time.Since(begun), len(step)-len(left))
		if len(w.road.step.outbox) > 0 {
			w.signalEvents()
		}
		w.tellAdopted()
		for _, one := range step {
			if !slices.Contains(left, one) {
				one.answer()
			}
		}
		w.putBack(left)
	case len(step) == 1 || errors.Is(err, errNoTransaction):
		for _, one := range step {
			one.done <- err
		}
	default:
		half := len(step) / 2
		w.commit(step[:half])
		w.commit(step[half:])
	}
}

// tellAdopted tells of receipts that found their part with this step.
func (w *writer) tellAdopted() {
	if w.adopted == nil {
		return
	}
	for carrier, n := range w.road.step.found {
		w.adopted(carrier, n)
	}
}

// answer tells the caller that the write is on disk, or was refused.
func (one *write) answer() {
	if one.committed != nil {
		one.committed()
	}
	one.done <- one.refused
}

// putBack queues what did not fit into its step before everything else.
func (w *writer) putBack(rest []*write) {
	if len(rest) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(rest[:len(rest):len(rest)], w.queue...)
	w.signal()
}

// errNoTransaction marks a failure that no write of the step is to blame for.
var errNoTransaction = errors.New("store: no transaction could be begun")

var (
	commit   = statement{text: `COMMIT`}
	rollback = statement{text: `ROLLBACK`}
)

// attempt writes a step as one transaction and gives the writes that it left
// for the next.
func (w *writer) attempt(step []*write) (left []*write, err error) {
	ctx := context.Background() // a caller that gives up must not undo the others' writes
	if err := w.fast.run(ctx, w.begin); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoTransaction, err)
	}
	left, err = w.apply(ctx, step)
	if err == nil {
		err = w.fast.run(ctx, &commit)
	}
	if err != nil {
		// A failed COMMIT may have ended the transaction already; then there
		// is nothing to roll back and the error of ROLLBACK says nothing new.
		_ = w.fast.run(ctx, &rollback)
		w.road.reset()
		return nil, fmt.Errorf("store: not written: %w", err)
	}
	return left, nil
}

// apply writes what happened on the road of messages first and changes after
// it, as many as there is time for, save those that have to go before it.
func (w *writer) apply(ctx context.Context, step []*write) (left []*write, err error) {
	begun := time.Now()
	for _, one := range step {
		if one.change != nil && one.before {
			if err := one.apply(ctx, w.conn); err != nil {
				return nil, err
			}
		}
	}
	if err := w.road.take(ctx, w.conn, step); err != nil {
		return nil, err
	}
	if err := w.road.write(ctx, w.fast); err != nil {
		return nil, err
	}
	for _, one := range step {
		if one.change == nil || one.before {
			continue
		}
		if time.Since(begun) > stepTime {
			left = append(left, one)
			continue
		}
		if err := one.apply(ctx, w.conn); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// apply makes a change and notes it; its error is one of the database.
func (one *write) apply(ctx context.Context, conn *sql.Conn) error {
	t := &tx{conn: conn}
	one.refused = one.change(ctx, t)
	switch {
	case !t.wrote:
		return nil
	case one.refused != nil || one.audit == nil:
		return one.refused
	}
	return t.audit(ctx, *one.audit)
}
