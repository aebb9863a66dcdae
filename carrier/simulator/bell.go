package simulator

import "sync"

// screen is what somebody looks at: the messages of an account, "" = of all, on
// a handset. Many accounts may wait at one handset; each wakes for its own
// messages alone.
type screen struct{ account, number string }

// bell wakes those who wait for a message on a screen.
type bell struct {
	mu      sync.Mutex
	waiting map[screen]*rope
}

// rope is pulled once; who waits on then takes a new one.
type rope struct {
	pulled chan struct{}
	held   int
}

// hold returns a channel that closes with the next message on the screen. The
// caller lets go when it waits no longer.
func (b *bell) hold(at screen) (pulled <-chan struct{}, letGo func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting == nil {
		b.waiting = map[screen]*rope{}
	}
	r := b.waiting[at]
	if r == nil {
		r = &rope{pulled: make(chan struct{})}
		b.waiting[at] = r
	}
	r.held++
	return r.pulled, func() { b.letGo(at, r) }
}

func (b *bell) letGo(at screen, r *rope) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.held--; r.held == 0 && b.waiting[at] == r {
		delete(b.waiting, at)
	}
}

// ring tells of a message of an account on a handset.
func (b *bell) ring(account, number string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, at := range []screen{{account, number}, {"", number}} {
		if r := b.waiting[at]; r != nil {
			close(r.pulled)
			delete(b.waiting, at)
		}
	}
}
