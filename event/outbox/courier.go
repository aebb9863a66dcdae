package outbox

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"heliograph/event"
	"heliograph/message"
)

const (
	page         = 500    // entries in one read
	mostKnown    = 10_000 // entries that a courier keeps, so that some that fail do not hold up the others
	firstRest    = time.Second
	longestRest  = 5 * time.Minute
	settleRetry  = time.Second
	callTimeout  = 10 * time.Minute // longer than any sink's own
	journalBatch = 500
	fewestTries  = 5 // before an event that is too old is given up
	doubts       = 3 // events refused one after the other: it is the target, not they
)

// courier hands the events of one target over. Its goroutine alone knows what is
// on the way; calls run beside it and report back.
type courier struct {
	*Pump
	target  event.Target
	wake    chan struct{} // there may be more on disk
	over    chan call     // calls that have ended
	trouble atomic.Pointer[Trouble]

	known  map[event.Key]*item
	order  []*item // by key, what is known
	more   bool    // on disk, perhaps
	calls  int     // under way
	failed int     // events one after the other that the target did not take
	era    int     // how often the target was let rest
	turn   bool    // the next call begins with the newest
	rests  int     // of the target, one after the other
	until  time.Time
	sink   event.Sink
	silent bool // the trouble was told to the log
	hurry  atomic.Bool
}

// item is an entry that is known.
type item struct {
	event.Entry
	busy  bool // in a call
	rests int
	until time.Time
	ill   bool // it failed while the target took nothing
}

// call is a batch on its way and what became of it.
type call struct {
	era      int // of the target, when it began
	batch    []*item
	outcomes []outcome
}

// outcome is what became of an entry in a call.
type outcome struct {
	err     error // what the target said, nil = it has it
	settled bool  // it is off the outbox: taken, refused for good or given up
}

// answered says whether the target has spoken of the event itself.
func (o outcome) answered() bool {
	var refusal *event.Refusal
	return o.err == nil || errors.As(o.err, &refusal)
}

func newCourier(p *Pump, t event.Target) *courier {
	return &courier{
		Pump: p, target: t, wake: make(chan struct{}, 1), over: make(chan call),
		known: map[event.Key]*item{}, more: true,
	}
}

// nudge tells that there may be more on disk.
func (c *courier) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run works until there is nothing left, or the pump stops.
func (c *courier) run() {
	for {
		if c.stopping() {
			c.drain()
			return
		}
		wait, idle := c.work()
		if idle {
			if c.leave(c) {
				return
			}
			continue // it was just woken
		}
		c.rest(wait)
	}
}

func (c *courier) stopping() bool {
	select {
	case <-c.quit:
		return true
	default:
		return false
	}
}

// drain waits for the calls under way.
func (c *courier) drain() {
	for c.calls > 0 {
		c.ended(<-c.over)
	}
}

// rest waits until there is something to do.
func (c *courier) rest(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-c.wake:
		c.more = true
	case done := <-c.over:
		c.ended(done)
	case <-timer.C:
	case <-c.quit:
	}
}

// work begins the calls that can be begun now. It says how long to wait at most
// before the next turn, and whether nothing is left to do.
func (c *courier) work() (wait time.Duration, idle bool) {
	if c.hurry.Swap(false) {
		c.until, c.rests, c.failed = time.Time{}, 0, 0
		c.refresh(func(*item) bool { return true })
	}
	if left := c.until.Sub(c.Now()); left > 0 {
		return left, false
	}
	c.sink = c.Sink(c.target)
	size := event.Capacity{Batch: journalBatch, Calls: 1}
	if c.sink != nil {
		size = c.sink.Capacity()
	}
	if c.rests > 0 {
		size.Calls = 1 // one call finds out whether the target is well again
	}
	for c.calls < size.Calls {
		batch := c.batch(size.Batch)
		if len(batch) == 0 {
			break
		}
		c.begin(batch)
	}
	return c.nextTurn(), len(c.known) == 0 && !c.more
}

// nextTurn is when a resting entry wakes.
func (c *courier) nextTurn() time.Duration {
	wait := lookAround
	for _, it := range c.order {
		if !it.busy && !it.until.IsZero() {
			wait = min(wait, max(it.until.Sub(c.Now()), time.Millisecond))
		}
	}
	return wait
}

// batch takes entries that may go now. What was never tried comes first, so it is
// looked for on disk before anything is tried again; a target that rests is asked
// about the newest that there is.
func (c *courier) batch(size int) []*item {
	ready := c.ready(size)
	for c.more && len(c.known) < mostKnown && (c.rests > 0 || len(ready) < size || ready[size-1].rests > 0) {
		c.more = c.read()
		ready = c.ready(size)
	}
	return ready
}

// ready are entries that may go: those that were never tried, the oldest and the
// newest in turns, so that what a target cannot stand does not stop it; then those
// that failed least. While the target rests the newest comes first.
func (c *courier) ready(size int) []*item {
	var fresh, again []*item
	var last message.ID
	now := c.Now()
	for _, it := range c.order {
		if it.Key.MessageID == last {
			continue // behind another event of its message
		}
		last = it.Key.MessageID
		switch {
		case it.busy || it.until.After(now):
		case it.rests == 0:
			fresh = append(fresh, it)
		default:
			again = append(again, it)
		}
	}
	slices.SortStableFunc(again, func(a, b *item) int { return a.rests - b.rests })
	list := append(inTurns(fresh, size, c.rests > 0 || c.turn), again...)
	return list[:min(len(list), size)]
}

// inTurns takes the first and the last of a list in turns, as many as wanted.
func inTurns(list []*item, size int, last bool) (taken []*item) {
	for len(list) > 0 && len(taken) < size {
		if last {
			taken = append(taken, list[len(list)-1])
			list = list[:len(list)-1]
		} else {
			taken = append(taken, list[0])
			list = list[1:]
		}
		last = !last
	}
	return taken
}

// read takes up entries from disk, and says whether there may be more. It begins
// anew each time: an event of an older message stands before those that are known.
func (c *courier) read() (more bool) {
	after := event.Key{Target: c.target}
	for {
		list, err := c.Store.Outbox(c.ctx, after, page)
		if err != nil {
			c.Log.Error("events cannot be read", "target", c.target.ARN, "error", err)
			c.until = c.Now().Add(settleRetry)
			return false
		}
		if fresh := c.take(list); fresh > 0 || len(list) < page {
			return len(list) == page
		}
		after = list[len(list)-1].Key
	}
}

func (c *courier) take(list []event.Entry) (fresh int) {
	for _, e := range list {
		if c.known[e.Key] != nil {
			continue
		}
		it := &item{Entry: e}
		c.known[e.Key] = it
		c.order = append(c.order, it)
		fresh++
	}
	if fresh > 0 {
		slices.SortFunc(c.order, byKey)
	}
	return fresh
}

func byKey(a, b *item) int {
	return cmp.Or(slices.Compare(a.Key.MessageID[:], b.Key.MessageID[:]), a.Key.Place-b.Key.Place, cmp.Compare(a.Destination, b.Destination))
}

// begin starts a call.
func (c *courier) begin(batch []*item) {
	for _, it := range batch {
		it.busy = true
	}
	c.turn = !c.turn
	c.calls++
	sink, era := c.sink, c.era
	c.tasks.Go(func() { c.over <- call{era, batch, c.deliver(sink, batch)} })
}

// deliver hands a batch over and records what became of it.
func (c *courier) deliver(sink event.Sink, batch []*item) []outcome {
	errs := c.handOver(sink, batch)
	outcomes := make([]outcome, len(batch))
	var settled []event.Settlement
	now := c.Now()
	for i, it := range batch {
		o := outcome{err: errs[i]}
		if o.settled = o.answered() || c.hopeless(it, now); o.settled {
			s := event.Settlement{Key: it.Key, At: now}
			if o.err != nil {
				s.Cause = o.err.Error()
			}
			settled = append(settled, s)
		}
		outcomes[i] = o
	}
	c.settle(settled)
	return outcomes
}

// handOver writes the records and calls the sink.
func (c *courier) handOver(sink event.Sink, batch []*item) []error {
	errs := make([]error, len(batch))
	if sink == nil {
		return errs // the journal has them
	}
	ctx, cancel := context.WithTimeout(c.ctx, callTimeout)
	defer cancel()
	var list []event.Delivery
	var at []int
	for i, it := range batch {
		record, err := c.Record(ctx, it.Event)
		if err != nil {
			errs[i] = err
			continue
		}
		list = append(list, event.Delivery{ID: it.Event.ID(), MessageID: it.Event.MessageID.String(), Type: it.Type, At: it.Event.At, Record: record})
		at = append(at, i)
	}
	if len(list) == 0 {
		return errs
	}
	for i, err := range sink.Deliver(ctx, list) {
		errs[at[i]] = err
	}
	return errs
}

// hopeless says whether an entry has been tried for so long that it is given up.
func (c *courier) hopeless(it *item, now time.Time) bool {
	return now.Sub(it.Event.At) > c.GiveUp && it.rests >= fewestTries && c.ctx.Err() == nil
}

// settle tries until the store has it. When the pump gives up first the entries
// are handed over again after the next start.
func (c *courier) settle(list []event.Settlement) {
	for len(list) > 0 {
		err := c.Store.Settle(context.WithoutCancel(c.ctx), list)
		if err == nil {
			return
		}
		c.Log.Error("what became of events cannot be written", "target", c.target.ARN, "error", err)
		select {
		case <-time.After(settleRetry):
		case <-c.quit:
			return
		}
	}
}
