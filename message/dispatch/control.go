package dispatch

import (
	"sync/atomic"
	"time"

	"heliograph/carrier"
)

// control is what the operator asks of a lane, and what he sees of it.
type control struct {
	halted bool // takes up nothing: paused or down; guarded by lane.mu
	paused bool // by the operator; guarded by lane.mu
	outage outage
	busy   atomic.Int64 // messages that a worker has taken up
}

// Standing is how much a carrier has before it.
type Standing struct {
	Paused   bool
	InFlight int // messages taken up and not yet answered for
	Waiting  int // messages in memory beside those
}

// Pause takes up no more messages of a carrier until Resume, whether there is a
// carrier of that name or not, and also when it is replaced. What is in flight
// ends; what waits does so in memory and on disk, until its time to live is
// over. Only that which waits for a connection is taken back.
func (d *Dispatcher) Pause(name string) { d.halt(name, true) }

// Resume takes messages of a carrier up again, in their order.
func (d *Dispatcher) Resume(name string) { d.halt(name, false) }

func (d *Dispatcher) halt(name string, halted bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if halted {
		d.onHold[name] = true
	} else {
		delete(d.onHold, name)
	}
	l := d.lanes[name]
	if l == nil {
		return
	}
	l.mu.Lock()
	l.paused = halted
	l.rest()
	l.mu.Unlock()
}

// hold tells a carrier that can be told.
func hold(c carrier.Carrier, held bool) {
	if holder, can := c.(carrier.Holder); can {
		holder.Hold(held)
	}
}

// Standing tells of a carrier; the zero Standing, of one that is not there.
func (d *Dispatcher) Standing(name string) Standing {
	d.mu.RLock()
	defer d.mu.RUnlock()
	l := d.lanes[name]
	if l == nil {
		return Standing{Paused: d.onHold[name]}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	// What a worker has taken up is held as well; a message that has ended may
	// be out of memory a moment before its worker says so.
	busy := int(l.busy.Load())
	return Standing{Paused: l.paused, InFlight: busy, Waiting: max(0, len(l.held)-busy)}
}

// putBack gives a message back that was taken up and not sent: it goes first
// when the lane goes on, in its order among others that came back.
func (l *lane) putBack(j *job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.front(j)
	l.work.Signal()
}

// Paused is a carrier that the operator paused.
type Paused struct {
	Carrier     string // name
	Since       time.Time
	AccessKeyID string // of who paused it
	Reason      string // in the operator's words, "" = not told
}
