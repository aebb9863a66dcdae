package smsc

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/carrier"
)

var _ carrier.Pausing = (*Carrier)(nil)

const (
	firstPause   = time.Second     // for ESME_RTHROTTLED
	firstFull    = 5 * time.Second // for ESME_RMSGQFUL
	longestPause = 30 * time.Second
	// burst is how far parts may run ahead of the even pace after a lull.
	burst = 100 * time.Millisecond
	// learnable is how many parts must have left within a second for their number
	// to tell what rate was too much: of fewer, another user of the account may have
	// been it, unless it happens again within a minute.
	learnable  = 10
	againAfter = time.Minute
	// slowest is the rate that throttling does not cut further, in parts per second.
	slowest = 1.0
)

// pace holds a carrier to its throughput, still while the SMSC says that it is
// asked too much, and slower for a while afterwards: the rate is halved and grows
// by a tenth of what it was a minute (additive increase, multiplicative decrease).
// All of it is the account's, so all binds share one.
type pace struct {
	jitter  func() float64
	stopped <-chan struct{}
	paused  atomic.Int64 // until when nothing leaves, in Unix nanoseconds

	mu         sync.Mutex
	interval   time.Duration // between parts; 0 sets no pace
	throughput float64       // configured, in parts per second; 0 = none
	rate       float64       // after throttling; 0 = not cut
	ceiling    float64       // that rate grows to: throughput, or what was learnt
	grown      time.Time     // when rate changed last
	next       time.Time     // when the next part is due
	step       time.Duration // the last pause, 0 = a part was taken since

	suspect         float64   // rate that was too much once and tells too little yet
	suspected       time.Time // when
	counted, before int       // parts of this second, and of the one before
	second          time.Time // when this one began
}

// errPaused is what a part meets during a pause. It was not handed over.
var errPaused = &carrier.Error{Failure: carrier.Throttled}

// wait takes the caller's turn. The errors are ctx's, errStopped, and errPaused for
// who meets a pause or is overtaken by one: parts do not leave in a heap after it.
func (p *pace) wait(ctx context.Context) error {
	now := time.Now()
	if p.holds(now) {
		return errPaused
	}
	if err := p.sleep(ctx, p.turn(now).Sub(now)); err != nil {
		return err
	}
	if p.holds(time.Now()) {
		return errPaused
	}
	return nil
}

// turn is when the caller's part is due.
func (p *pace) turn(now time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate > 0 {
		p.grow(now)
	}
	p.count(now)
	if early := now.Add(-max(burst, p.interval)); p.next.Before(early) {
		p.next = early
	}
	p.next = p.next.Add(p.interval)
	return p.next
}

// count keeps how many parts leave a second.
func (p *pace) count(now time.Time) {
	if since := now.Sub(p.second); since >= time.Second {
		p.before = p.counted
		if since >= 2*time.Second {
			p.before = 0
		}
		p.counted, p.second = 0, now
	}
	p.counted++
}

func (p *pace) holds(now time.Time) bool { return now.UnixNano() < p.paused.Load() }

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

// throttled cuts the rate and begins a pause.
func (p *pace) throttled() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.pause(now, firstPause, 0) {
		p.cut(now)
	}
}

// full begins a pause: the SMSC's queue is to run empty, no rate was too high.
func (p *pace) full() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pause(time.Now(), firstFull, firstFull)
}

// pause is twice as long as the last one when no part was taken in between, spread
// over half of that but no shorter than least. Answers to parts that left before it
// began change nothing. p.mu is held.
func (p *pace) pause(now time.Time, first, least time.Duration) (begun bool) {
	if p.holds(now) {
		return false
	}
	p.step = min(max(p.step*2, first), longestPause)
	half := float64(p.step) / 2
	wait := max(time.Duration(half+half*p.jitter()), least)
	p.paused.Store(now.Add(wait).UnixNano())
	return true
}

// cut halves the rate: the present one, else the configured one, else the one at
// which parts have just left. p.mu is held.
func (p *pace) cut(now time.Time) {
	if p.rate == 0 {
		p.ceiling = p.throughput
		if p.ceiling == 0 {
			p.ceiling = float64(max(p.before, p.counted))
			if p.ceiling < learnable && !p.confirmed(now) {
				return
			}
		}
		p.rate = p.ceiling
	}
	p.setRate(max(p.rate/2, min(slowest, p.ceiling)), now)
}

// confirmed says whether a rate that alone tells too little was too much a second
// time; the higher of the two counts. p.mu is held.
func (p *pace) confirmed(now time.Time) bool {
	former, since := p.suspect, now.Sub(p.suspected)
	p.suspect, p.suspected = p.ceiling, now
	if former == 0 || since > againAfter {
		return false
	}
	p.ceiling = max(p.ceiling, former)
	p.suspect = 0
	return true
}

// grow lets the rate rise, and go when it is what it was. p.mu is held.
func (p *pace) grow(now time.Time) {
	minutes := int(now.Sub(p.grown) / time.Minute)
	if minutes < 1 {
		return
	}
	rate := p.rate + float64(minutes)*p.ceiling/10
	if rate < p.ceiling {
		p.setRate(rate, now)
		return
	}
	p.rate = 0
	p.interval = interval(p.throughput)
}

func (p *pace) setRate(rate float64, now time.Time) {
	p.rate, p.grown, p.interval = rate, now, interval(rate)
}

// interval is the time between parts at a rate; 0 sets no pace.
func interval(rate float64) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / rate)
}

// taken ends the doubling of pauses.
func (p *pace) taken() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.step != 0 && !p.holds(time.Now()) {
		p.step = 0
	}
}

// setThroughput replaces the configured rate, in parts per second; 0 = none. A
// rate that throttling has cut is forgotten.
func (p *pace) setThroughput(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.throughput, p.rate, p.interval = float64(n), 0, interval(float64(n))
}

// Pace is how fast a carrier may go now.
type Pace struct {
	Throughput int       // message parts per second as set; 0 = none
	Slowed     float64   // message parts per second after throttling; 0 = not slowed
	Until      time.Time // end of the pause for throttling; in the past = none
}

// Pace tells how fast the carrier may go.
func (c *Carrier) Pace() Pace {
	c.pace.mu.Lock()
	defer c.pace.mu.Unlock()
	return Pace{int(c.pace.throughput), c.pace.rate, c.PausedUntil()}
}

// PausedUntil is when parts may leave again after the SMSC has said that it is
// asked too much; a time in the past when they may now.
func (c *Carrier) PausedUntil() time.Time { return time.Unix(0, c.pace.paused.Load()) }
