package smpp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// drainTime is how long an ending session reads on so that its last PDU arrives.
const drainTime = time.Second

// readState belongs to the session's reader alone.
type readState struct {
	frames  frameReader
	decode  decoder
	submit  SubmitSM // the hot requests, used again
	deliver DeliverSM
	unbind  uint32 // sequence number of the peer's
	drained chan struct{}
}

// errDrain ends the reader of a session that still has something to write.
var errDrain = errors.New("smpp: session is ending")

// read is the session's reader.
func (s *Session) read() {
	s.reading.frames.received = func() { s.lastRead.Store(int64(time.Since(s.started))) }
	defer close(s.reading.drained)
	for {
		err := s.readOne()
		if err == nil {
			continue
		}
		if errors.Is(err, errDrain) || s.State() == Unbound && errors.Is(err, ErrClosed) {
			s.drain()
			return
		}
		s.fail(err)
		return
	}
}

func (s *Session) readOne() error {
	h, frame, err := s.reading.frames.next()
	if err != nil {
		return s.unreadable(err)
	}
	p := s.reading.reuse(h.ID)
	if p == nil {
		return s.nack(h, StatusInvCmdID)
	}
	if err := s.reading.decode.pdu(h, frame[HeaderLen:], p); err != nil && !salvaged(p) {
		return s.malformed(h, frame[HeaderLen:], err)
	}
	if h.ID != CommandEnquireLink && h.ID != CommandEnquireLink.Response() {
		s.lastWork.Store(s.lastRead.Load())
	}
	if r, ok := p.(Response); ok {
		s.settle(h, r)
		return s.unbindAnswered()
	}
	return s.serve(h, p)
}

// reuse is the struct for a PDU: requests that come by the thousand share one,
// answers belong to who waits for them.
func (r *readState) reuse(id CommandID) PDU {
	switch id {
	case CommandSubmitSM:
		return &r.submit
	case CommandDeliverSM:
		return &r.deliver
	}
	return newPDU(id)
}

// unreadable turns a read error into the session's end. A bad length is answered
// with generic_nack first (SMPP 3.4 §4.3).
func (s *Session) unreadable(err error) error {
	var bad *DecodeError
	switch {
	case errors.As(err, &bad):
		if s.out.append(bad.Header.Sequence, &GenericNack{Status: bad.Status}) != nil {
			return err
		}
		s.out.finish(err)
		return errDrain
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w: PDU is incomplete: %w", ErrTimeout, err)
	case s.closing.Load():
		return ErrClosed
	case s.State() == Unbound:
		return ErrPeerUnbound
	}
	return fmt.Errorf("smpp: read: %w", err)
}

func (s *Session) drain() {
	if s.conn.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return
	}
	// Whatever ends the draining, the session ends with the cause it has.
	_, _ = io.Copy(io.Discard, s.conn)
}

// nack answers what has no answer of its own; a response is never answered.
func (s *Session) nack(h Header, st Status) error {
	if h.ID.IsResponse() {
		return nil
	}
	return s.out.append(h.Sequence, &GenericNack{Status: st})
}

// salvaged says whether a response whose body cannot be read is one all the same:
// its header says what became of the request. To take it for no answer would have
// a message sent again that was taken, again and again.
func salvaged(p PDU) bool {
	switch p.(type) {
	case *SubmitSMResp, *DataSMResp, *DeliverSMResp, *BindResp:
		return true
	}
	return false
}

// malformed answers a request whose body is wrong with its own response, and ends
// the wait for a response whose body is.
func (s *Session) malformed(h Header, body []byte, err error) error {
	if h.ID.IsResponse() {
		s.calls.settle(h.Sequence, nil, fmt.Errorf("%w: %w", ErrNoResponse, err))
		return nil
	}
	reply := Reply{s, h.Sequence, h.ID}
	var bad *DecodeError
	switch {
	case s.config.Malformed != nil && may(h.ID, s.role.peer(), s.State()):
		s.handling.Store(true)
		s.config.Malformed(s.ctx, Malformed{h, body, err}, reply)
		s.handling.Store(false)
	case errors.As(err, &bad):
		reply.Refuse(bad.Status)
	}
	return nil
}

// settle hands an answer on. What it borrows from the read buffer becomes its own.
func (s *Session) settle(h Header, r Response) {
	switch r := r.(type) {
	case *SubmitSMResp:
		r.TLVs = r.TLVs.Clone()
	case *DeliverSMResp:
		r.TLVs = r.TLVs.Clone()
	case *DataSMResp:
		r.TLVs = r.TLVs.Clone()
	case *BindResp:
		r.TLVs = r.TLVs.Clone()
		s.bindAnswered(h, r)
	}
	if !s.calls.settle(h.Sequence, r, nil) && s.config.Stray != nil {
		s.config.Stray(s, h.Sequence, r)
	}
}

// bindAnswered changes the state before the next PDU is read, which may be a
// deliver_sm already.
func (s *Session) bindAnswered(h Header, r *BindResp) {
	if r.Status == StatusOK && s.calls.waiting(h.Sequence) == CommandID(r.Mode) {
		version, _ := r.TLVs.Uint8(TagSCInterfaceVersion)
		s.version.Store(uint32(version))
		s.state.CompareAndSwap(int32(Open), int32(r.Mode.bound()))
	}
}

// serve answers a request of the peer or gives it to the handler.
func (s *Session) serve(h Header, p PDU) error {
	reply := Reply{s, h.Sequence, h.ID}
	if !may(h.ID, s.role.peer(), s.State()) {
		reply.Refuse(s.wrongState(p))
		return nil
	}
	switch p := p.(type) {
	case *EnquireLink:
		return s.out.append(h.Sequence, &EnquireLinkResp{})
	case *Unbind:
		return s.unboundByPeer(h)
	case *Bind:
		return s.boundByPeer(h, p)
	}
	s.handling.Store(true)
	s.config.Handler.Handle(s.ctx, p, reply)
	s.handling.Store(false)
	return nil
}

func (s *Session) wrongState(p PDU) Status {
	if _, ok := p.(*Bind); ok && s.role == SMSC && s.State().Bound() {
		return StatusAlyBnd
	}
	return StatusInvBndSts
}

// unboundByPeer lets nothing more out. An SMSC may still answer what it has taken,
// which must not be sent again: its unbind is answered behind that, or soon.
func (s *Session) unboundByPeer(h Header) error {
	s.state.Store(int32(Unbound))
	s.calls.close()
	s.reading.unbind = h.Sequence
	if s.role == SMSC || s.calls.unanswered() == 0 {
		return s.answerUnbind(h.Sequence)
	}
	time.AfterFunc(drainTime, func() { s.leaveUnanswered(h.Sequence) })
	return nil
}

// unbindAnswered ends a session that the peer has unbound when nothing is
// unanswered any more.
func (s *Session) unbindAnswered() error {
	if s.State() != Unbound || s.calls.unanswered() > 0 {
		return nil
	}
	return s.answerUnbind(s.reading.unbind)
}

func (s *Session) answerUnbind(sequence uint32) error {
	if err := s.out.append(sequence, &UnbindResp{}); err != nil {
		return err
	}
	s.out.finish(ErrPeerUnbound)
	return errDrain
}

// leaveUnanswered ends the session though requests are not answered; a session that
// has ended already is not concerned.
func (s *Session) leaveUnanswered(sequence uint32) {
	if errors.Is(s.answerUnbind(sequence), errDrain) {
		time.AfterFunc(drainTime, func() { s.fail(ErrPeerUnbound) })
	}
}

func (s *Session) boundByPeer(h Header, p *Bind) error {
	bind := *p
	bind.TLVs = p.TLVs.Clone()
	st := StatusOK
	if s.config.Authenticate != nil {
		st = s.config.Authenticate(s.ctx, s, &bind)
	}
	response := &BindResp{Mode: bind.Mode, Status: st}
	if st == StatusOK {
		response.SystemID = s.config.SystemID
		response.TLVs.AddUint8(TagSCInterfaceVersion, InterfaceVersion)
	}
	if err := s.out.append(h.Sequence, response); err != nil || st != StatusOK {
		return err
	}
	// The answer is in the outbox: nothing that Bound sends can overtake it.
	s.peer.Store(&bind)
	if s.state.CompareAndSwap(int32(Open), int32(bind.Mode.bound())) && s.config.Bound != nil {
		s.config.Bound(s)
	}
	return nil
}
