package dispatch

import (
	"bytes"

	"heliograph/message"
)

// backlog is what a lane knows of messages on disk that are not in memory. Those
// of one flow stay in order: behind one that is on disk alone, all wait there.
type backlog struct {
	spilled bool               // there may be some of any flow
	from    message.ID         // the first of them
	flows   int                // that have some of their own
	reading bool               // the disk is being read
	whole   bool               // for every flow, else for those that are open
	late    []*message.Message // came while their flow was read, and go behind
}

// behind says whether there is more on disk than in memory.
func (b *backlog) behind() bool { return b.spilled || b.flows > 0 }

// share is how much of what is free a flow may have: three times that, so that
// one alone fills three quarters of the memory, two fill six sevenths, and there
// is always room for others.
const share = 3

// fits says whether there is room in memory for one more of a flow.
func (l *lane) fits(f *flow) bool { return f.held < share*(l.Memory-len(l.held)) }

// mayRead says whether it is worth reading the disk, for all or for one flow.
func (l *lane) mayRead(f *flow) bool {
	free := l.Memory - len(l.held)
	return l.spilled && free >= l.Memory/2 || f != nil && f.spilled && free > 0 && 2*f.held <= share*free
}

// missed notes that a message is on disk alone; f is nil where what follows it
// there may be of any flow.
func (l *lane) missed(f *flow, id message.ID) {
	spilled, from := &l.spilled, &l.from
	if f != nil {
		spilled, from = &f.spilled, &f.from
		if !f.spilled {
			l.backlog.flows++
		}
	}
	if !*spilled || bytes.Compare(id[:], from[:]) < 0 {
		*from = id
	}
	*spilled = true
}

// enqueue takes a message that was just accepted. Behind a backlog on disk it
// waits there for its turn.
func (l *lane) enqueue(m *message.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.receive(m)
}

// receive is called under mu.
func (l *lane) receive(m *message.Message) {
	f := l.queue.flow(m)
	if l.reading && (l.whole || f.open) && len(l.held)+len(l.late) < l.Memory {
		l.late = append(l.late, m)
		return
	}
	l.admit(m, f)
}

func (l *lane) admit(m *message.Message, f *flow) {
	switch {
	case l.spilled || l.reading && l.whole:
		l.missed(nil, m.ID)
	case f.spilled || f.open:
		l.missed(f, m.ID)
	case len(l.held) >= l.Memory:
		l.missed(nil, m.ID)
	case !l.fits(f):
		l.missed(f, m.ID)
	default:
		l.add(m, f, false)
	}
}

// refill reads messages from disk while there is room.
func (l *lane) refill() {
	after, ok := l.beginReading()
	if !ok {
		return
	}
	defer l.endReading()
	l.read(after)
}

// beginReading opens what there is room for, and says behind which message to
// begin.
func (l *lane) beginReading() (after message.ID, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping || !l.behind() {
		return after, false
	}
	first := message.ID(bytes.Repeat([]byte{0xff}, len(after)))
	if l.mayRead(nil) {
		first, l.whole, l.spilled = l.from, true, false
	}
	for _, f := range l.queue.flows {
		// While there is not room for all, what waits at a gate can do so on disk.
		if !f.spilled || l.whole && f.gated || !l.mayRead(f) {
			continue
		}
		if bytes.Compare(f.from[:], first[:]) < 0 {
			first = f.from
		}
		f.open, f.spilled = true, false
		l.backlog.flows--
		ok = true
	}
	l.reading = l.whole || ok
	return before(first), l.reading
}

// before is the id before one.
func before(id message.ID) message.ID {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]--
		if id[i] != 0xff {
			return id
		}
	}
	return message.ID{}
}

// endReading lets those that came meanwhile follow.
func (l *lane) endReading() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading, l.whole = false, false
	for _, f := range l.queue.flows {
		f.open = false
	}
	late := l.late
	l.late = nil
	for _, m := range late {
		l.admit(m, l.queue.flow(m))
	}
}

// read takes messages from disk, oldest first, until there is no more room. A
// failed read is tried again at the next tick.
func (l *lane) read(after message.ID) {
	for {
		list, err := l.Store.QueuedMessages(l.ctx, l.name, after, page)
		if err != nil {
			l.Log.Error("queued messages cannot be read", "carrier", l.name, "error", err)
			l.mu.Lock()
			l.shut(after)
			l.mu.Unlock()
			return
		}
		for _, m := range list {
			if !l.load(m) {
				return
			}
		}
		if len(list) < page {
			return
		}
		after = list[len(list)-1].ID
	}
}

// load takes a message that was read from disk; false means that no more need be
// read, or that the lane stops.
func (l *lane) load(m *message.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.queue.flow(m)
	switch {
	case l.stopping:
		return false
	case l.known(m.ID) || !l.whole && !f.open:
		return true
	case len(l.held) >= l.Memory:
		l.shut(m.ID)
		return false
	case f.spilled || !l.fits(f):
		l.missed(f, m.ID)
		return l.whole || l.unfilled()
	}
	l.add(m, f, true)
	return true
}

// shut ends a reading at a message: what was to be read is on disk from there on.
func (l *lane) shut(at message.ID) {
	if l.whole {
		l.missed(nil, at)
	}
	for _, f := range l.queue.flows {
		if f.open {
			l.missed(f, at)
		}
	}
}

// unfilled says whether any of the flows that are read has room left.
func (l *lane) unfilled() bool {
	for _, f := range l.queue.flows {
		if f.open && !f.spilled {
			return true
		}
	}
	return false
}

// regroup lets the rules of now tell messages apart. What of single flows is on
// disk is looked for anew.
func (l *lane) regroup() {
	rules := l.Limiter.Rules()
	if rules == l.queue.rules {
		return
	}
	for _, f := range l.queue.use(rules) {
		if f.spilled {
			l.missed(nil, f.from)
		}
	}
	l.backlog.flows = 0
}

// makeRoom has what waits at gates do so on disk, all but the first of each flow,
// when others wait there for room.
func (l *lane) makeRoom() {
	if !l.spilled || l.mayRead(nil) {
		return
	}
	for f, gone := range l.queue.shed() {
		for _, j := range gone {
			l.release(j)
			l.missed(f, j.ID)
		}
	}
}
