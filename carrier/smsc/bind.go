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
// has ended, its connection closed.
type bind struct {
	carrier *Carrier
	losses  int // in a row
}

func (b *bind) run(ctx context.Context) {
	for ctx.Err() == nil {
		session, err := b.connect(ctx)
		wait := time.Duration(0)
		if err != nil {
			wait = b.afterFailure(err)
			if !b.carrier.pool.closed() {
				b.carrier.settings.Log.Warn("no bind to the SMSC", "error", err, "next_in", wait)
			}
		} else {
			wait = b.hold(ctx, session)
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

func (b *bind) connect(ctx context.Context) (*smpp.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, bindTimeout)
	defer cancel()
	s := &b.carrier.settings
	request := &smpp.Bind{Mode: smpp.Transceiver, SystemID: s.SystemID, Password: s.Password, SystemType: s.SystemType}
	config := smpp.Config{
		Handler:         b.carrier.intake,
		Window:          s.Window,
		ResponseTimeout: s.ResponseTimeout,
		EnquireInterval: s.EnquireInterval,
	}
	if s.Dial == nil {
		return smpp.Dial(ctx, s.Address, s.TLS, request, config)
	}
	conn, err := s.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return smpp.Connect(ctx, conn, request, config)
}

// hold lets parts pass until the session has ended, and says how long to wait
// before the next one.
func (b *bind) hold(ctx context.Context, session *smpp.Session) time.Duration {
	began := time.Now()
	log := b.carrier.settings.Log
	log.Info("bound to the SMSC")
	l := &line{session: session, drop: make(chan struct{})}
	b.carrier.pool.add(l)
	select {
	case <-session.Done():
		b.carrier.pool.remove(l)
	case <-l.drop:
		b.carrier.pool.remove(l)
		b.leave(ctx, session)
	case <-ctx.Done():
		b.carrier.pool.remove(l)
		b.leave(ctx, session)
	}
	if !b.carrier.pool.closed() {
		log.Warn("bind to the SMSC lost", "error", session.Err())
	}
	if time.Since(began) >= steady {
		b.losses = 0
	}
	return b.backOff()
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
	var status smpp.Status
	if !errors.As(err, &status) {
		return b.backOff()
	}
	spread := time.Duration(b.carrier.settings.Jitter() * float64(refusedWait) / 2)
	switch status {
	case smpp.StatusAlyBnd:
		return alreadyBoundWait + spread
	case smpp.StatusSysErr, smpp.StatusThrottled, smpp.StatusMsgQFul:
		return b.backOff()
	}
	return refusedWait + spread
}

// backOff doubles from firstWait to longestWait, with full jitter: what many
// gateways lost at once they do not ask for at once.
func (b *bind) backOff() time.Duration {
	ceiling := firstWait << min(b.losses, 6)
	b.losses++
	return time.Duration(b.carrier.settings.Jitter() * float64(min(ceiling, longestWait)))
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
