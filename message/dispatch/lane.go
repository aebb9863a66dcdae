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
	work    *sync.Cond // there is something in ready, or the lane stops
	ready   []*job     // in order of arrival
	delayed []*job     // wait for another attempt
	// held are the messages in ready, in delayed or with a worker.
	held map[message.ID]struct{}
	// left are messages that have just left memory, by when: the disk may
	// have been read while they were still queued there.
	left     map[message.ID]time.Time
	spilled  bool // there is more on disk than in memory
	reading  bool // the disk is being read
	stopping bool
	room     chan struct{} // signals the keeper that there is room for more

	over  chan struct{} // closed when the lane takes up no more messages
	ended chan struct{} // closed when what was under way is on record
	tasks sync.WaitGroup
}

// job is a message in memory and how far it got.
type job struct {
	*message.Message
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
		held: map[message.ID]struct{}{}, left: map[message.ID]time.Time{},
		spilled: true, // whatever an earlier run left
		room:    make(chan struct{}, 1),
		control: control{halted: d.onHold[link.Carrier.Name()]},
		over:    make(chan struct{}), ended: make(chan struct{}),
	}
	l.work = sync.NewCond(&l.mu)
	l.pausing, _ = link.Carrier.(carrier.Pausing)
	return l
}

func (l *lane) start() {
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
	}
	l.work.Broadcast()
}

// enqueue takes a message that was just accepted. Behind a backlog on disk it
// waits there for its turn.
func (l *lane) enqueue(m *message.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spilled || len(l.held) >= l.Memory {
		l.spilled = true
		return
	}
	l.add(m, false)
}

// load takes a message that was read from disk; false means that there is no
// room, or that the lane stops.
func (l *lane) load(m *message.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping || len(l.held) >= l.Memory {
		l.spilled = true
		return false
	}
	l.add(m, true)
	return true
}

// add queues a message unless it is, or just was, in memory.
func (l *lane) add(m *message.Message, fromDisk bool) {
	if _, ok := l.held[m.ID]; ok {
		return
	}
	if _, ok := l.left[m.ID]; ok {
		return
	}
	l.held[m.ID] = struct{}{}
	j := newJob(m)
	j.fromDisk = fromDisk
	l.ready = append(l.ready, j)
	l.work.Signal()
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
	for (len(l.ready) == 0 || l.halted) && !l.stopping {
		l.work.Wait()
	}
	if l.stopping {
		return nil
	}
	j := l.ready[0]
	l.ready[0] = nil
	l.ready = l.ready[1:]
	l.busy.Add(1)
	return j
}

// drop lets a message go out of memory.
func (l *lane) drop(j *job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, j.ID)
	if j.fromDisk || l.reading {
		l.left[j.ID] = l.Now()
	}
	if l.spilled && len(l.held) <= l.Memory/2 {
		select {
		case l.room <- struct{}{}:
		default:
		}
	}
}

// delay puts a message aside for another attempt.
func (l *lane) delay(j *job, period time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.at = l.Now().Add(period)
	l.delayed = append(l.delayed, j)
}
