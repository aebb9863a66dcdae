package smsc

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"heliograph/protocol/smpp"
)

// health is what a bind tells of itself.
type health struct {
	state     BindState
	since     time.Time
	trouble   string
	troubleAt time.Time
	next      time.Time
	line      *line // while it is up

	upAt     time.Time
	causes   []string // the troubles that were met since all was well, the latest few
	announce bool     // its next coming up is told, since its being down was
	behind   bool     // it is up with a login that was changed since
}

// causesKept bounds the troubles that a bind remembers to have told.
const causesKept = 8

// met notes a trouble and says whether it is a new one.
func (h *health) met(cause string) (fresh bool) {
	if slices.Contains(h.causes, cause) {
		return false
	}
	h.causes = append(h.causes, cause)
	h.causes = h.causes[max(0, len(h.causes)-causesKept):]
	return true
}

func newHealth() health { return health{state: BindDown, announce: true} }

// well says whether a bind has been up for long enough to forget what was.
func (h *health) well() bool { return h.state == BindUp && time.Since(h.upAt) >= steady }

// up takes a bound session into use and says so.
func (b *bind) up(session *smpp.Session) *line {
	l := newLine(session, b.mode, b.carrier.settings.version())
	l.standby = b.host.standby
	b.host.mu.Lock()
	announced := b.health.announce
	b.change(BindUp)
	b.health.upAt, b.health.next, b.health.line, b.health.behind = time.Now(), time.Time{}, l, false
	b.host.mu.Unlock()
	b.couple.enter(l)
	if b.renewal != nil {
		close(b.renewal.done)
		b.renewal = nil
	}
	if announced {
		b.carrier.settings.Log.Info("bound to the SMSC", "address", b.host.address, "mode", modeName(b.mode))
	}
	b.carrier.parameterless(l)
	return l
}

// trying notes that an attempt is under way, or waits for its turn.
func (b *bind) trying() {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	b.health.next = time.Time{}
}

// found forgets the trouble of a lookup.
func (b *bind) found() {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	b.health = newHealth()
}

// lost notes the end of a session.
func (b *bind) lost(err error, wait time.Duration) { b.down("bind to the SMSC lost", err, wait) }

// down notes why a bind is not up, and logs it, unless it or another bind of the
// host has said the same since all was well.
func (b *bind) down(message string, err error, wait time.Duration) {
	if b.carrier.pool.closed() {
		return
	}
	s := &b.carrier.settings
	cause, expected := advise(err, b.host.address, s.TLS != nil), s.maintained()
	fresh := b.note(cause, expected, wait)
	if refusedForLong(err) && b.host.gate.shut() {
		b.share(cause, refusedWait)
	}
	level := slog.LevelWarn
	switch {
	case !fresh:
		level = slog.LevelDebug
	case expected || orderly(err):
		level = slog.LevelInfo
	}
	s.Log.Log(context.Background(), level, message, "address", b.host.address, "mode", modeName(b.mode),
		"trouble", cause, "error", err, "next_in", wait)
}

// kept notes that the changed login is not taken while the former session goes on.
func (b *bind) kept(err error, wait time.Duration) {
	s := &b.carrier.settings
	cause, now := advise(err, b.host.address, s.TLS != nil), s.Now()
	b.host.mu.Lock()
	fresh := b.health.met(cause)
	b.health.behind = true
	b.health.trouble, b.health.troubleAt, b.health.next = cause, now, now.Add(wait)
	b.host.mu.Unlock()
	if fresh {
		s.Log.Warn("the changed login does not bind; the session with the former one goes on",
			"address", b.host.address, "trouble", cause, "error", err, "next_in", wait)
	}
}

// note says whether the cause is news.
func (b *bind) note(cause string, expected bool, wait time.Duration) (fresh bool) {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	h := &b.health
	if h.well() {
		h.causes = nil
	}
	told := b.host.told(cause)
	fresh = h.met(cause) && !told
	h.announce = fresh || h.announce && h.state != BindUp
	now := b.carrier.settings.Now()
	h.trouble, h.troubleAt, h.next, h.line = cause, now, now.Add(wait), nil
	if expected {
		b.change(BindMaintenance)
	} else {
		b.change(BindDown)
	}
	return fresh
}

// share tells the other binds of the host that are down what keeps them from trying:
// the refusal of a login is theirs too.
func (b *bind) share(cause string, wait time.Duration) {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	now := b.carrier.settings.Now()
	for _, other := range b.host.binds {
		if h := &other.health; other != b && h.state != BindUp {
			h.met(cause)
			h.trouble, h.troubleAt, h.next = cause, now, now.Add(wait)
			other.change(BindDown)
		}
	}
}

// told says whether a bind of the host met the cause and is not well since; h.mu
// is held.
func (h *host) told(cause string) bool {
	for _, b := range h.binds {
		if slices.Contains(b.health.causes, cause) && !b.health.well() {
			return true
		}
	}
	return false
}

// change sets the state; host.mu is held.
func (b *bind) change(state BindState) {
	if b.health.state != state || b.health.since.IsZero() {
		b.health.state, b.health.since = state, b.carrier.settings.Now()
	}
}

// orderly says whether a session ended as sessions do.
func orderly(err error) bool {
	var staged *stageError
	if errors.As(err, &staged) {
		return false // there was no session
	}
	return errors.Is(err, smpp.ErrPeerUnbound) || errors.Is(err, smpp.ErrClosed) ||
		errors.Is(err, errInactive) || errors.Is(err, errRenewed)
}

// unsent is the trouble of parameters that are configured and not sent.
const unsent = "the configured tlvs are not sent: the SMSC does not announce 3.4 or more in sc_interface_version, or interface_version is 33; ask the carrier"

// The troubles of a way to send long texts that wants parameters.
const (
	unsentSAR     = "long texts go with a user data header instead of sar parameters, which the SMSC does not announce to know; set concatenation: udh8, or ask the carrier"
	unsentPayload = "long texts go in message_payload, which the SMSC does not announce to know, so that it may lose them; set concatenation: udh8, or ask the carrier"
)

// leavesOut is what does not go as configured over a session without parameters, ""
// where all does.
func (c *Carrier) leavesOut(l *line) string {
	if l == nil || !l.plain || l.mode == smpp.Receiver {
		return ""
	}
	var list []string
	if len(c.settings.TLVs) > 0 {
		list = append(list, unsent)
	}
	switch c.settings.Text.Concatenation {
	case ConcatenationSAR:
		list = append(list, unsentSAR)
	case ConcatenationPayload:
		list = append(list, unsentPayload)
	}
	return strings.Join(list, "; ")
}

// parameterless says once what does not go as configured.
func (c *Carrier) parameterless(l *line) {
	trouble := c.leavesOut(l)
	if trouble == "" {
		return
	}
	c.plain.Do(func() {
		c.settings.Log.Warn(trouble, "its_version", l.session.PeerVersion(), "our_version", c.settings.version())
	})
}
