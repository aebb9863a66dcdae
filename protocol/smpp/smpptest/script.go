package smpptest

import (
	"fmt"

	"heliograph/protocol/smpp"
)

// Step is one thing that the SMSC does about a request. Steps are put together
// with Do, After, When and OnAnother.
type Step func(*Turn)

// Turn is a request that a step is about, and the connection that it came on.
type Turn struct {
	*Conn
	SMSC   *SMSC
	Header smpp.Header
	PDU    smpp.PDU
	// ID is the message_id that the SMSC gives a submit_sm or data_sm; two steps
	// of one request see the same.
	ID string
}

// script is what the SMSC does about requests of one command.
type script struct {
	next   []Step
	always Step
}

// Next has the SMSC do one step for each of the next requests of a command,
// after those that are waiting already. The three binds count as one command, by
// any of their names. Requests beyond are dealt with by Always, else by the
// hooks OnBind and OnSubmit, else as a well-behaved SMSC does. It may be called
// while the SMSC runs. OnPDU comes before the script.
func (s *SMSC) Next(command smpp.CommandID, steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.scriptOf(command)
	of.next = append(of.next, steps...)
}

// Always has the SMSC do the step for every request of a command for which no
// Next is waiting; nil makes it well-behaved again.
func (s *SMSC) Always(command smpp.CommandID, step Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scriptOf(command).always = step
}

// scriptOf is called with the lock held.
func (s *SMSC) scriptOf(command smpp.CommandID) *script {
	switch command {
	case smpp.CommandBindReceiver, smpp.CommandBindTransmitter:
		command = smpp.CommandBindTransceiver
	}
	if s.scripts[command] == nil {
		s.scripts[command] = &script{}
	}
	return s.scripts[command]
}

// scripted runs the step for a request; false when the script has none.
func (s *SMSC) scripted(c *Conn, h smpp.Header, p smpp.PDU) bool {
	step := s.step(h.ID)
	if step == nil {
		return false
	}
	turn := &Turn{Conn: c, SMSC: s, Header: h, PDU: p}
	switch p := p.(type) {
	case *smpp.Bind:
		c.bindAs(p.Mode)
	case *smpp.SubmitSM, *smpp.DataSM:
		turn.ID = s.newID()
	}
	step(turn)
	return true
}

func (s *SMSC) step(command smpp.CommandID) Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.scriptOf(command)
	if len(of.next) == 0 {
		return of.always
	}
	step := of.next[0]
	of.next = of.next[1:]
	return step
}

func (s *SMSC) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	return fmt.Sprintf("%x", s.lastID)
}

// accepted keeps a connection as one that receipts may be sent on, and tells Binds.
func (s *SMSC) accepted(c *Conn) {
	s.mu.Lock()
	s.bound = append(s.bound, c)
	s.mu.Unlock()
	offer(s.Binds, c)
}

// receiving is the connection bound longest, other than this one, that takes
// deliver_sm; nil when there is none.
func (s *SMSC) receiving(other *Conn) *Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.bound {
		if c != other && c.Mode() != smpp.Transmitter {
			return c
		}
	}
	return nil
}
