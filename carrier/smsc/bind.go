package smsc

import (
	"context"
	"errors"
	"time"

	"heliograph/protocol/smpp"
)

const (
	firstWait   = time.Second
	longestWait = time.Minute
	// steady is how long a bind must stay up before its next loss counts as the
	// first one again.
	steady = time.Minute
	// refusedWait is for an SMSC that refused the login: those who ask faster are
	// locked out by their address.
	refusedWait = time.Minute
	// alreadyBoundWait lets the session that the SMSC still holds run into its
	// inactivity timer.
	alreadyBoundWait = time.Minute
	// bindTimeout is for connecting and binding together.
	bindTimeout = 30 * time.Second
	// rebindTimeout is for the answers under way on a session that is given up.
	rebindTimeout = 5 * time.Second
)

// bind keeps one session of a carrier up: it makes the next one only when the last
// has ended, its connection closed. The one exception is a change of login, see
// replace.
type bind struct {
	carrier *Carrier
	host    *host
	mode    smpp.BindMode
	couple  *couple
	theirs  bool          // the SMSC has connected, and would have to again
	ended   chan struct{} // closed when there will be no further session

	losses   int       // in a row
	last     time.Time // attempt
	renewals chan *renewal
	renewal  *renewal // that the next session fulfils; nil for none
	health   health   // guarded by host.mu
}

func newBind(h *host, mode smpp.BindMode, together *couple) *bind {
	return &bind{
		carrier: h.carrier, host: h, mode: mode, couple: together,
		renewals: make(chan *renewal, 1), ended: make(chan struct{}), health: newHealth(),
	}
}

func (b *bind) run(ctx context.Context) {
	defer close(b.ended)
	for ctx.Err() == nil && !b.carrier.pool.closed() {
		session, err := b.attempt(ctx)
		wait := time.Duration(0)
		if err != nil {
			wait = b.atLeast(b.afterFailure(err))
			b.down("no bind to the SMSC", err, wait)
		} else {
			wait = b.atLeast(b.hold(ctx, session))
		}
		if !b.rest(ctx, wait, err) {
			return
		}
	}
}

// attempt makes a session when it is this bind's turn.
func (b *bind) attempt(ctx context.Context) (*smpp.Session, error) {
	b.trying()
	if !b.host.gate.enter(ctx) {
		return nil, ctx.Err()
	}
	return b.connectAndTell(ctx)
}

func (b *bind) connectAndTell(ctx context.Context) (*smpp.Session, error) {
	b.last = time.Now()
	session, err := b.connect(ctx)
	b.host.gate.leave(err)
	return session, err
}

// ending is why a session is held no longer.
type ending int

const (
	lost ending = iota
	disputed
	idle
	renewed
	stopping
)

// hold lets parts pass until the session has ended, and says how long to wait
// before the next one.
func (b *bind) hold(ctx context.Context, session *smpp.Session) time.Duration {
	began := time.Now()
	l := b.up(session)
	ended := b.await(ctx, l)
	for ; ended == renewed; ended = b.await(ctx, l) {
		next := b.replace(ctx, l)
		if next == nil {
			return 0
		}
		former := l
		l = b.up(next)
		b.retire(ctx, former)
	}
	b.couple.exit(l)
	if ended != lost {
		b.leave(ctx, l.session)
	}
	b.carrier.late.ended(l.session)
	if time.Since(began) >= steady {
		b.losses = 0
	}
	return b.over(ended, l.session)
}

// over tells of a session's end and says how long to wait.
func (b *bind) over(ended ending, session *smpp.Session) time.Duration {
	if ended == idle {
		b.lost(errInactive, 0)
		return 0
	}
	wait, err := b.backOff(), session.Err()
	if ended == disputed {
		err = errOutOfStep
	}
	b.lost(err, b.atLeast(wait))
	return wait
}

// await waits for what ends the holding of a session.
func (b *bind) await(ctx context.Context, l *line) ending {
	inactive, stop := b.inactive(ctx, l.session)
	defer stop()
	select {
	case <-l.session.Done():
		return lost
	case <-l.drop:
		return disputed
	case <-inactive:
		return idle
	case b.renewal = <-b.renewals:
		return renewed
	case <-ctx.Done():
		return stopping
	}
}

// inactive is closed when the session's inactivity timer (SMPP 3.4 §7.2) runs out.
func (b *bind) inactive(ctx context.Context, session *smpp.Session) (<-chan struct{}, context.CancelFunc) {
	limit := b.carrier.settings.Inactivity
	if limit <= 0 {
		return nil, func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		for left := limit; left > 0; left = limit - session.Idle() {
			if !sleep(ctx, left) {
				return
			}
		}
		close(over)
	}()
	return over, stop
}

// leave closes a session in order, within a bound.
func (b *bind) leave(ctx context.Context, session *smpp.Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rebindTimeout)
	defer cancel()
	if err := session.Close(ctx); err != nil {
		b.carrier.settings.Log.Warn("answers of the SMSC were not awaited", "error", err)
	}
}

// afterFailure is the wait after a bind that did not come about.
func (b *bind) afterFailure(err error) time.Duration {
	spread := time.Duration(b.carrier.settings.Jitter() * float64(refusedWait) / 2)
	switch {
	case errors.Is(err, smpp.StatusAlyBnd):
		return alreadyBoundWait + spread
	case refusedForLong(err):
		return refusedWait + spread
	}
	return b.backOff()
}

// refusedForLong says whether an SMSC refused a bind for what does not pass by
// itself, nor with the end of an older session.
func refusedForLong(err error) bool {
	var status smpp.Status
	if !errors.As(err, &status) {
		return false
	}
	switch status {
	case smpp.StatusAlyBnd, smpp.StatusSysErr, smpp.StatusThrottled, smpp.StatusMsgQFul:
		return false
	}
	return true
}

// backOff doubles from firstWait to longestWait, with full jitter: what many
// gateways lost at once they do not ask for at once.
func (b *bind) backOff() time.Duration {
	ceiling := firstWait << min(b.losses, 6)
	b.losses++
	return time.Duration(b.carrier.settings.Jitter() * float64(min(ceiling, longestWait)))
}

// atLeast lengthens a wait so that the next attempt comes MinRebind after the last.
func (b *bind) atLeast(wait time.Duration) time.Duration {
	return max(wait, time.Until(b.last.Add(b.carrier.settings.MinRebind)))
}

// rest waits for the next attempt; err is of the last one. A refused login is tried
// at once when it is another.
func (b *bind) rest(ctx context.Context, wait time.Duration, err error) bool {
	timer := time.NewTimer(max(wait, 0))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return true
		case b.renewal = <-b.renewals:
			if loginRefused(err) {
				timer.Reset(b.atLeast(0))
			}
		case <-ctx.Done():
			return false
		}
	}
}

// sleep is false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
