package smsc

import (
	"context"
	"sync"
	"time"
)

const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// burst is how far parts may run ahead of the even pace after a lull.
	burst = 100 * time.Millisecond
)

// pace holds a carrier to its throughput, and still while the SMSC says that it is
// asked too much. Both are the account's, so all binds share one.
type pace struct {
	interval time.Duration // between parts; 0 sets no pace
	jitter   func() float64
	stopped  <-chan struct{}

	mu     sync.Mutex
	next   time.Time // when the next part is due
	paused time.Time // until when nothing leaves
	step   time.Duration
}

// wait takes the caller's turn. Who meets a pause, or is overtaken by one, takes a
// new turn after it: parts do not leave in a heap. The errors are ctx's and
// errStopped.
func (p *pace) wait(ctx context.Context) error {
	for {
		due, isPause := p.turn(time.Now())
		if err := p.sleep(ctx, time.Until(due)); err != nil {
			return err
		}
		if !isPause && !p.holds(time.Now()) {
			return nil
		}
	}
}

// turn is when the caller's part is due, or when the pause ends.
func (p *pace) turn(now time.Time) (due time.Time, isPause bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.paused) {
		return p.paused, true
	}
	if early := now.Add(-max(burst, p.interval)); p.next.Before(early) {
		p.next = early
	}
	p.next = p.next.Add(p.interval)
	return p.next, false
}

func (p *pace) holds(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.paused)
}

func (p *pace) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.stopped:
		return errStopped
	}
}

// throttled begins a pause, twice as long as the last one when no part was taken in
// between. Answers to parts that left before the pause began do not lengthen it.
func (p *pace) throttled() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Before(p.paused) {
		return
	}
	p.step = min(max(p.step*2, firstPause), longestPause)
	half := float64(p.step) / 2
	p.paused = now.Add(time.Duration(half + half*p.jitter()))
}

// taken ends the doubling.
func (p *pace) taken() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !time.Now().Before(p.paused) {
		p.step = 0
	}
}
