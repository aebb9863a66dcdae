package smsc

import (
	"context"
	"errors"
	"time"

	"heliograph/protocol/smpp"
)

var (
	errRenewed   = errors.New("bound anew with the changed login")
	errInactive  = errors.New("inactivity timer ran out")
	errOutOfStep = errors.New("the SMSC's answers show that it holds the session for closed; it is bound anew")
)

// renewal is a change of login as one bind has it.
type renewal struct{ done chan struct{} }

// Renew changes the login without a gap, and takes up renewed certificates: one bind after the other is
// made anew while the others go on. A single one stays until the next is up where
// the SMSC allows two, and otherwise is unbound and bound at once; parts wait for
// it meanwhile. While the SMSC refuses the new login, the binds that are up stay as
// they are; of several, the first one has been given up to try it. It returns at
// once; another Renew takes the place of one that is under way.
func (c *Carrier) Renew(systemID, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.login.Store(&login{systemID, password})
	if c.cancel == nil || c.pool.closed() {
		return
	}
	if c.stopRenewal != nil {
		c.stopRenewal()
	}
	ctx, stop := context.WithCancel(c.running)
	c.stopRenewal = stop
	c.binds.Go(func() { c.roll(ctx) })
}

// roll binds anew, one after the other.
func (c *Carrier) roll(ctx context.Context) {
	var binds []*bind
	for _, h := range c.hosts() {
		h.gate.renew()
		binds = append(binds, h.all()...)
	}
	for _, b := range binds {
		r := &renewal{done: make(chan struct{})}
		wasUp := b.isUp()
		b.nudge(r)
		if !wasUp {
			continue // its next attempt has the new login
		}
		select {
		case <-r.done:
		case <-b.ended:
		case <-ctx.Done():
			return
		}
	}
	c.settings.Log.Info("every bind to the SMSC has the changed login")
}

// nudge hands a renewal to a bind, in the place of one that it has not taken up.
func (b *bind) nudge(r *renewal) {
	for {
		select {
		case b.renewals <- r:
			return
		case <-b.renewals:
		}
	}
}

func (b *bind) isUp() bool {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	return b.health.state == BindUp
}

// replace makes a session with the changed login while l's goes on, which is the
// caller's to retire. nil means that there is none and l's is closed: one that the
// SMSC opened is the SMSC's to open again.
func (b *bind) replace(ctx context.Context, l *line) *smpp.Session {
	for !b.theirs && b.couple.sole() {
		next, err := b.connectAndTell(ctx)
		if err == nil {
			return next
		}
		if needsRoom(err) {
			break
		}
		wait := b.atLeast(b.afterFailure(err))
		b.kept(err, wait)
		if !b.awaitRetry(ctx, l, wait) {
			break
		}
	}
	b.retire(ctx, l)
	b.lost(errRenewed, 0)
	return nil
}

// needsRoom says whether an SMSC may have refused a bind for the other one's sake.
func needsRoom(err error) bool {
	var status smpp.Status
	return errors.As(err, &status) && !loginRefused(err)
}

// awaitRetry waits for another attempt; false when the present session ends.
func (b *bind) awaitRetry(ctx context.Context, l *line, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return true
		case b.renewal = <-b.renewals:
			timer.Reset(b.atLeast(0))
		case <-l.drop:
			return false
		case <-l.session.Done():
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// retire lets no more parts to a session, awaits its answers and closes it.
func (b *bind) retire(ctx context.Context, l *line) {
	b.couple.exit(l)
	limit := b.carrier.settings.ResponseTimeout
	if limit <= 0 {
		limit = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	b.carrier.pool.drain(ctx, l)
	b.leave(ctx, l.session)
	b.carrier.late.ended(l.session)
}

// loginRefused says whether an SMSC refused a bind for its login.
func loginRefused(err error) bool {
	return errors.Is(err, smpp.StatusInvPaswd) || errors.Is(err, smpp.StatusInvSysID)
}
