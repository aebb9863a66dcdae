package dispatch

import (
	"sync"
	"time"

	"heliograph/carrier"
	"heliograph/message"
)

// lane is the queue of one carrier in memory.
type lane struct {
	*Dispatcher
	Link
	name    string
	pausing carrier.Pausing // the carrier; nil when it is of a kind that never pauses
	control

	mu      sync.Mutex
	work    *sync.Cond // there is something to take, or the lane stops
	queue   queue      // ready
	delayed []*job     // wait for another attempt
	// held are the messages that are ready, in delayed or with a worker.
	held map[message.ID]struct{}
	// left are messages that have just left memory, by when: the disk may
	// have been read while they were still queued there, and what went to and fro
	// may not have been handed over yet by who accepted it.
	left map[message.ID]time.Time
	// coming are messages that another carrier gives to this one: they may be on
	// disk as its own already.
	coming map[message.ID]struct{}
	backlog
	stopping bool
	alarm    *time.Timer   // wakes a worker when a limiter lets go, nil = not needed yet
	room     chan struct{} // signals the keeper that there is room for more

	over  chan struct{} // closed when the lane takes up no more messages
	ended chan struct{} // closed when what was under way is on record
	tasks sync.WaitGroup
}

// job is a message in memory and how far it got.
type job struct {
	*message.Message
	flow     *flow  // nil = was never queued
	seq      uint64 // in the order of arrival
	granted  bool   // the limits have let its next part go
	fromDisk bool
	next     int // 1-based number of the part that is sent next
	parts    int // on the wire, 0 = no part was taken yet
	attempts int // of that part
	at       time.Time
	failure  failure // of the last attempt
}

func newLane(d *Dispatcher, link Link) *lane {
	l := &lane{
		Dispatcher: d, Link: link, name: link.Carrier.Name(),
		held: map[message.ID]struct{}{}, left: map[message.ID]time.Time{}, coming: map[message.ID]struct{}{},
		queue: newQueue(), backlog: backlog{spilled: true}, // whatever an earlier run left
		room:    make(chan struct{}, 1),
		control: control{halted: d.onHold[link.Carrier.Name()], paused: d.onHold[link.Carrier.Name()]},
		over:    make(chan struct{}), ended: make(chan struct{}),
	}
	l.work = sync.NewCond(&l.mu)
	l.pausing, _ = link.Carrier.(carrier.Pausing)
	return l
}

func (l *lane) start() {
	l.mu.Lock()
	l.regroup()
	l.mu.Unlock()
	l.tasks.Go(l.keep)
	for range max(1, l.Carrier.Slots()) {
		l.tasks.Go(l.worker)
	}
	l.Dispatcher.tasks.Go(func() {
		l.tasks.Wait()
		close(l.ended)
	})
}

func (l *lane) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopping {
		l.stopping = true
		close(l.over)
		if l.alarm != nil {
			l.alarm.Stop()
		}
	}
	l.work.Broadcast()
}

// add queues a message unless it is, or just was, in memory.
func (l *lane) add(m *message.Message, f *flow, fromDisk bool) {
	if l.known(m.ID) {
		return
	}
	l.held[m.ID] = struct{}{}
	f.held++
	j := newJob(m)
	j.flow, j.fromDisk = f, fromDisk
	l.queue.push(j)
	l.work.Signal()
}

// known says whether a message is, just was, or is about to be in memory.
func (l *lane) known(id message.ID) bool {
	_, left := l.left[id]
	return left || l.here(id)
}

// here says whether a message is, or is about to be, in memory.
func (l *lane) here(id message.ID) bool {
	_, held := l.held[id]
	_, coming := l.coming[id]
	return held || coming
}

func newJob(m *message.Message) *job {
	j := &job{Message: m, next: firstQueued(m)}
	if j.next > 1 {
		j.parts = len(m.PartLog)
	}
	return j
}

// firstQueued is the number of the first part that no carrier took yet.
func firstQueued(m *message.Message) int {
	for i := range m.PartLog {
		if m.PartLog[i].State == message.Queued {
			return m.PartLog[i].Number
		}
	}
	return 1
}

// take waits for a message to send; nil means that the lane stops.
func (l *lane) take() *job {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.stopping {
		if j := l.pick(); j != nil {
			l.busy.Add(1)
			return j
		}
		l.work.Wait()
	}
	return nil
}

// pick takes the message whose turn it is and that no limiter holds.
func (l *lane) pick() *job {
	if l.halted {
		return nil
	}
	if l.queue.rules == nil && l.Limiter.Rules() == nil {
		return l.queue.next(time.Time{}, nil)
	}
	return l.pickAllowed()
}

// drop lets a message go out of memory.
func (l *lane) drop(j *job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.release(j)
	if j.fromDisk || l.reading || len(j.Why.Tried) > 0 {
		l.left[j.ID] = l.Now()
	}
	if l.behind() && l.mayRead(j.flow) {
		l.hasRoom()
	}
}

// release ends a message's stay in memory.
func (l *lane) release(j *job) {
	delete(l.held, j.ID)
	if j.flow != nil {
		j.flow.held--
	}
}

// hasRoom has the keeper read more.
func (l *lane) hasRoom() {
	select {
	case l.room <- struct{}{}:
	default:
	}
}

// delay puts a message aside for another attempt.
func (l *lane) delay(j *job, period time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.at = l.Now().Add(period)
	l.delayed = append(l.delayed, j)
}
