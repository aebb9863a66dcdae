package simulator

import "sync"

// bell wakes those who wait for a message on a handset.
type bell struct {
	mu      sync.Mutex
	waiting map[string]*rope
}

// rope is pulled once; who waits on then takes a new one.
type rope struct {
	pulled chan struct{}
	held   int
}

// hold returns a channel that closes with the next message on the handset.
// The caller lets go when it waits no longer.
func (b *bell) hold(number string) (pulled <-chan struct{}, letGo func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting == nil {
		b.waiting = map[string]*rope{}
	}
	r := b.waiting[number]
	if r == nil {
		r = &rope{pulled: make(chan struct{})}
		b.waiting[number] = r
	}
	r.held++
	return r.pulled, func() { b.letGo(number, r) }
}

func (b *bell) letGo(number string, r *rope) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.held--; r.held == 0 && b.waiting[number] == r {
		delete(b.waiting, number)
	}
}

func (b *bell) ring(number string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.waiting[number]; r != nil {
		close(r.pulled)
		delete(b.waiting, number)
	}
}
