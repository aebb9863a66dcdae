package smsc

import (
	"time"

	"heliograph/protocol/smpp"
)

// BindState is where one bind stands.
type BindState string

// The states of a bind.
const (
	BindUp          BindState = "UP"
	BindDown        BindState = "DOWN"        // Trouble says why
	BindMaintenance BindState = "MAINTENANCE" // down within a maintenance window of the carrier
)

// Status is what an operator has to know of a carrier's connection now.
type Status struct {
	Name  string
	Binds []BindStatus // in the order of the configuration's addresses
}

// BindStatus is one bind; a pair of transmitter and receiver is two.
type BindStatus struct {
	// Address is host:port as dialled; with `resolve: all` a record of the host. Of
	// a session that the SMSC opened by outbind it is the SMSC's end.
	Address string
	Mode    string // transceiver, transmitter or receiver
	State   BindState
	Since   time.Time // when State began
	// Trouble is the last error in a sentence that says what to do, "" when there
	// was none since the bind last came up and stayed. TroubleAt is when it was.
	Trouble   string
	TroubleAt time.Time
	// NextAttempt is when a bind that is down is tried again; zero while it is tried.
	NextAttempt time.Time
	// Standby is of an address that takes parts only while none of the others is up.
	Standby bool
	// Window is how many requests may be unanswered, InFlight how many are, in
	// message parts. Both are 0 for a receiver, Window for a standby that is not
	// needed now.
	Window, InFlight int
}

// Status tells of every bind.
func (c *Carrier) Status() Status {
	s := Status{Name: c.settings.Name}
	for _, h := range c.hosts() {
		for _, b := range h.all() {
			s.Binds = append(s.Binds, b.status())
		}
	}
	return s
}

func (b *bind) status() BindStatus {
	b.host.mu.Lock()
	defer b.host.mu.Unlock()
	h := &b.health
	s := BindStatus{
		Address: b.host.address, Mode: modeName(b.mode), State: h.state, Since: h.since,
		Trouble: h.trouble, TroubleAt: h.troubleAt, NextAttempt: h.next, Standby: b.host.standby,
	}
	if h.well() && !h.behind {
		s.Trouble, s.TroubleAt = "", time.Time{}
	}
	if trouble := b.carrier.leavesOut(h.line); s.Trouble == "" && trouble != "" {
		s.Trouble, s.TroubleAt = trouble, h.since
	}
	if at, lately := b.carrier.silentAt(h.line); lately && s.Trouble == "" {
		s.Trouble, s.TroubleAt = leftUnanswered, at
	}
	if b.mode == smpp.Receiver {
		return s
	}
	s.Window = b.carrier.settings.Window
	if h.line != nil && b.carrier.pool.idle(h.line) {
		s.Window = 0
	}
	if h.line != nil {
		s.InFlight = b.carrier.pool.unanswered(h.line)
	}
	return s
}
