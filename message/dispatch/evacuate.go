package dispatch

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/message"
)

const (
	watchTick = 250 * time.Millisecond
	// roundEvery is when messages are asked for again that no other carrier took.
	roundEvery = time.Minute
	// calmTicks is how often the watch waits for workers to put back what they
	// had taken up: what they hold would come behind the others.
	calmTicks = 4
)

// bound is a carrier that knows whether it is connected.
type bound interface {
	// Bound is how many connections messages can go over.
	Bound() int
}

// outage is a carrier's want of a connection.
type outage struct {
	since time.Time // when it was first seen without, zero = it has one; the watch's alone
	down  bool      // for longer than the lane's patience; guarded by lane.mu
}

// evacuation is how far the messages of a carrier that sends nothing have been
// given to others.
type evacuation struct {
	carrier string
	why     message.Tried
	after   message.ID // asked for so far in this round
	away    string     // carriers that could not be had in it
	round   time.Time  // when it began
	waited  int        // ticks for workers to come to rest
	going   atomic.Bool
	over    atomic.Bool // the carrier sends again
}

// watch looks after carriers without a connection and after those that are gone:
// other carriers take what waits for them.
func (d *Dispatcher) watch() {
	ticker := time.NewTicker(watchTick)
	defer ticker.Stop()
	rounds := map[string]*evacuation{}
	for {
		select {
		case <-d.quit:
			return
		case <-ticker.C:
		}
		idle := d.idle()
		away := strings.Join(d.away(), " ")
		for name, r := range rounds {
			if why, still := idle[name]; !still || why != r.why {
				r.over.Store(true)
				delete(rounds, name)
			}
		}
		for name, why := range idle {
			r := rounds[name]
			if r == nil {
				r = &evacuation{carrier: name, why: why, round: d.Now()}
				rounds[name] = r
			}
			if r.going.CompareAndSwap(false, true) {
				if r.away != away { // one is back, perhaps
					r.away, r.after = away, message.ID{}
				}
				d.tasks.Go(func() { d.evacuate(r) })
			}
		}
	}
}

// idle are the carriers that send nothing of themselves, and why.
func (d *Dispatcher) idle() map[string]message.Tried {
	idle := map[string]message.Tried{}
	for _, name := range d.abandoned() {
		idle[name] = message.Tried{Carrier: name, Code: message.TriedGone}
	}
	d.mu.RLock()
	lanes := make([]*lane, 0, len(d.lanes))
	for _, l := range d.lanes {
		lanes = append(lanes, l)
	}
	d.mu.RUnlock()
	for _, l := range lanes {
		if l.disconnected() && !l.waits() {
			idle[l.name] = message.Tried{Carrier: l.name, Code: message.TriedDown}
		}
	}
	return idle
}

// disconnected says whether the carrier has had no connection for longer than
// the lane is patient. Its workers take up nothing then, and give back what
// waits for one.
func (l *lane) disconnected() bool {
	b, knows := l.Carrier.(bound)
	if !knows {
		return false
	}
	now := l.Now()
	switch {
	case b.Bound() > 0:
		l.outage.since = time.Time{}
	case l.outage.since.IsZero():
		l.outage.since = now
	}
	down := !l.outage.since.IsZero() && now.Sub(l.outage.since) >= l.patience()
	l.mu.Lock()
	defer l.mu.Unlock()
	if down != l.outage.down {
		l.outage.down = down
		l.rest()
	}
	return down
}

// waits says whether the operator paused the carrier: then its queue is his.
func (l *lane) waits() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paused
}

// rest lets the workers rest while the operator or an outage wants it; l.mu is
// held.
func (l *lane) rest() {
	l.halted = l.paused || l.outage.down
	l.work.Broadcast()
	hold(l.Carrier, l.halted)
}

// away are the carriers that messages do not go to now, without a connection or
// paused by the operator, by name.
func (d *Dispatcher) away() (names []string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for name, l := range d.lanes {
		l.mu.Lock()
		if l.halted {
			names = append(names, name)
		}
		l.mu.Unlock()
	}
	slices.Sort(names)
	return names
}

// evacuate asks for another carrier for each message that came since the last
// time, and from time to time for all.
func (d *Dispatcher) evacuate(r *evacuation) {
	defer r.going.Store(false)
	if l := d.lane(r.carrier); l != nil && l.busy.Load() > 0 && r.waited < calmTicks {
		r.waited++
		return
	}
	if now := d.Now(); now.Sub(r.round) >= roundEvery {
		r.after, r.round = message.ID{}, now
	}
	moved, again := 0, false
	for more := true; more && !r.over.Load() && !over(d.quit); {
		list, err := d.Store.QueuedMessages(d.ctx, r.carrier, r.after, page)
		if err != nil {
			d.Log.Error("queued messages cannot be read", "carrier", r.carrier, "error", err)
			return
		}
		for rest := list; len(rest) > 0; {
			n := min(movedTogether, len(rest))
			went, busy := d.evacuateSome(r, rest[:n])
			moved, again, rest = moved+went, again || busy, rest[n:]
		}
		if more = len(list) == page; len(list) > 0 {
			r.after = list[len(list)-1].ID
		}
	}
	if again {
		r.after = message.ID{}
	}
	if moved > 0 {
		d.Log.Warn("messages go over other carriers of their routes", "carrier", r.carrier, "reason", r.why.Code, "messages", moved)
	}
}

// evacuateSome commits the moves of several messages together and enqueues them
// in order. busy says that a message could not be taken from its lane just now.
func (d *Dispatcher) evacuateSome(r *evacuation, list []*message.Message) (moved int, busy bool) {
	next := make([]*message.Message, len(list))
	errs := make([]error, len(list))
	var batch sync.WaitGroup
	for i, m := range list {
		batch.Go(func() { next[i], errs[i] = d.takeAway(r, m) })
	}
	batch.Wait()
	for i, m := range next {
		switch err := errs[i]; {
		case m != nil:
			moved++
			d.arrive(m)
		case errors.Is(err, ErrUnderWay):
			busy = true
		case err != nil && !errors.Is(err, message.ErrTaken) && !errors.Is(err, ErrInDoubt):
			d.Log.Error("another carrier for a message cannot be found", "carrier", r.carrier, "error", err)
		}
	}
	return moved, busy
}

// takeAway gives one message to another carrier; nil where it stays.
func (d *Dispatcher) takeAway(r *evacuation, m *message.Message) (*message.Message, error) {
	if !m.ExpiresAt.After(d.Now()) || m.Why.InDoubt(r.carrier) || begun(m) {
		return nil, nil
	}
	next, err := d.elsewhere(d.ctx, m, r.why)
	if err != nil || next == nil {
		return nil, err
	}
	if err := d.withdrawing(r.carrier, m.ID, d.commit(d.ctx, next, r.carrier)); err != nil {
		return nil, err
	}
	return next, nil
}

// begun says that a part was taken, or has ended.
func begun(m *message.Message) bool {
	return slices.ContainsFunc(m.PartLog, func(p message.Part) bool { return p.State != message.Queued })
}
