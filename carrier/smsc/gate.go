package smsc

import (
	"context"
	"sync"
	"time"
)

// gate lets the binds of one host log in. Until the SMSC has taken the login it
// lets one try at a time, and after a refusal one a minute: an SMSC that sees many
// wrong passwords locks the address out, and few say that it was the password.
type gate struct {
	mu      sync.Mutex
	proven  bool // the login was taken and not refused since
	trying  bool
	until   time.Time // no attempt before
	changed chan struct{}
}

func newGate() gate { return gate{changed: make(chan struct{})} }

// enter waits for the caller's turn to try; false when ctx ended first.
func (g *gate) enter(ctx context.Context) bool {
	for {
		wait, changed := g.admit(time.Now())
		if changed == nil {
			return ctx.Err() == nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
		timer.Stop()
	}
}

// admit gives a nil channel when the caller may try.
func (g *gate) admit(now time.Time) (wait time.Duration, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.proven:
		return 0, nil
	case now.Before(g.until):
		return g.until.Sub(now), g.changed
	case g.trying:
		return bindTimeout, g.changed
	}
	g.trying = true
	return 0, nil
}

// leave tells how the attempt ended; each enter that was true has one.
func (g *gate) leave(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trying = false
	switch {
	case err == nil:
		g.proven = true
	case loginRefused(err), !g.proven && refusedForLong(err):
		g.proven = false
		g.until = time.Now().Add(refusedWait)
	}
	g.wake()
}

// shut says whether nobody may try for now.
func (g *gate) shut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return time.Now().Before(g.until)
}

// renew forgets a refusal: the login is another one.
func (g *gate) renew() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until = time.Time{}
	g.wake()
}

func (g *gate) wake() {
	close(g.changed)
	g.changed = make(chan struct{})
}
