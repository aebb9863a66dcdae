package smsc

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// line is one bound session and how much of its window is taken.
type line struct {
	session *smpp.Session
	mode    smpp.BindMode
	plain   bool // the SMSC knows no optional parameters
	standby bool // takes parts only while there is no other
	taken   int
	unsent  int           // of those, parts that wait for the carrier's pace
	drop    chan struct{} // closed when the session is to be bound anew
	dropped sync.Once
	silent  atomic.Int64 // when a part was last left unanswered, in Unix nanoseconds; 0 = never
}

// newLine is a session bound at an interface version of ours.
func newLine(session *smpp.Session, mode smpp.BindMode, version uint8) *line {
	plain := min(version, session.PeerVersion()) < smpp.InterfaceVersion
	return &line{session: session, mode: mode, plain: plain, drop: make(chan struct{})}
}

// rebind asks for a new session in the place of this one.
func (l *line) rebind() { l.dropped.Do(func() { close(l.drop) }) }

// pool is the bound sessions of a carrier. Parts go to the one with the most room.
type pool struct {
	window int

	mu      sync.Mutex
	lines   []*line
	held    bool          // by the operator: nobody waits for a session to come
	changed chan struct{} // closed when there may be room
	closing chan struct{} // closed when every part is turned away
}

func newPool(window int) *pool {
	return &pool{window: window, changed: make(chan struct{}), closing: make(chan struct{})}
}

func (p *pool) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.lines)
}

// acquire waits for a session with room in its window. The errors are ctx's,
// errStopped and carrier.ErrHeld.
func (p *pool) acquire(ctx context.Context) (*line, error) {
	for {
		l, changed, err := p.try()
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (p *pool) try() (*line, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		return nil, nil, errStopped
	}
	var best *line
	spared := p.spared()
	for _, l := range p.lines {
		if l.standby && spared {
			continue
		}
		if l.taken < p.window && (best == nil || l.taken < best.taken) {
			best = l
		}
	}
	if best != nil {
		best.taken++
	} else if p.held && len(p.lines) == 0 {
		return nil, nil, carrier.ErrHeld
	}
	return best, p.changed, nil
}

// spared says whether sessions on standby are left alone; p.mu is held.
func (p *pool) spared() bool {
	return slices.ContainsFunc(p.lines, func(l *line) bool { return !l.standby })
}

// idle says whether a session on standby takes no parts now.
func (p *pool) idle(l *line) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.standby && p.spared()
}

func (p *pool) release(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.taken--
	p.wake()
}

func (p *pool) add(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, l)
	p.wake()
}

// remove takes a session out that takes no more requests.
func (p *pool) remove(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.lines {
		if p.lines[i] == l {
			p.lines = append(p.lines[:i], p.lines[i+1:]...)
			p.wake() // who waits may not have to any more
			return
		}
	}
}

// close turns every part away from now on.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed() {
		close(p.closing)
	}
	p.wake()
}

func (p *pool) closed() bool {
	select {
	case <-p.closing:
		return true
	default:
		return false
	}
}

// pacing notes that so many more parts, or less, wait for the pace with a place in
// the window.
func (p *pool) pacing(l *line, parts int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.unsent += parts
}

// unanswered is how many parts were written, or are about to be, and have no answer.
func (p *pool) unanswered(l *line) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.taken - l.unsent
}

// drain waits until nothing is in flight on a line, the pool is closed, or ctx ends.
func (p *pool) drain(ctx context.Context, l *line) {
	for {
		p.mu.Lock()
		taken, changed := l.taken, p.changed
		p.mu.Unlock()
		if taken == 0 || p.closed() {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// wake tells those who wait to look again; p.mu is held.
func (p *pool) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}
