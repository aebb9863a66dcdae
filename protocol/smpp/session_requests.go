package smpp

import (
	"context"
	"fmt"
	"time"
)

// Submit sends submit_sm and waits for its answer. It first waits for a free slot
// of the window. The request may be used again when Submit has returned.
//
// Errors, of this and of every other request: a Status with the answer's status,
// and the answer beside it, when the peer refused; ErrNoResponse when the request
// was written and its fate is unknown; ErrClosed, ErrState, ErrField or ctx's own
// error when it was not written.
func (s *Session) Submit(ctx context.Context, m *SubmitSM) (*SubmitSMResp, error) {
	return answer[*SubmitSMResp](s.request(ctx, m))
}

// Deliver sends deliver_sm and waits for its answer; errors as for Submit.
func (s *Session) Deliver(ctx context.Context, m *DeliverSM) (*DeliverSMResp, error) {
	return answer[*DeliverSMResp](s.request(ctx, m))
}

// Data sends data_sm and waits for its answer; errors as for Submit.
func (s *Session) Data(ctx context.Context, m *DataSM) (*DataSMResp, error) {
	return answer[*DataSMResp](s.request(ctx, m))
}

// Query sends query_sm and waits for its answer; errors as for Submit.
func (s *Session) Query(ctx context.Context, q *QuerySM) (*QuerySMResp, error) {
	return answer[*QuerySMResp](s.request(ctx, q))
}

// Cancel sends cancel_sm and waits for its answer; errors as for Submit.
func (s *Session) Cancel(ctx context.Context, c *CancelSM) (*CancelSMResp, error) {
	return answer[*CancelSMResp](s.request(ctx, c))
}

// Replace sends replace_sm and waits for its answer; errors as for Submit.
func (s *Session) Replace(ctx context.Context, r *ReplaceSM) (*ReplaceSMResp, error) {
	return answer[*ReplaceSMResp](s.request(ctx, r))
}

// Bind binds the ESME's end and waits for the answer; errors as for Submit. A
// session whose bind was refused stays open for another one.
func (s *Session) Bind(ctx context.Context, b *Bind) (*BindResp, error) {
	return answer[*BindResp](s.control(ctx, b))
}

// EnquireLink asks whether the peer is there and waits for its answer; errors as
// for Submit. The session does so by itself when nothing is received.
func (s *Session) EnquireLink(ctx context.Context) error {
	_, err := answer[*EnquireLinkResp](s.control(ctx, &EnquireLink{}))
	return err
}

// Alert sends alert_notification, which has no answer. The errors are ErrState,
// ErrField and ErrClosed.
func (s *Session) Alert(a *AlertNotification) error { return s.tell(a) }

// Outbind sends outbind, which has no answer. The errors are ErrState, ErrField
// and ErrClosed.
func (s *Session) Outbind(o *Outbind) error { return s.tell(o) }

func (s *Session) tell(p PDU) error {
	if err := s.allowed(p.CommandID()); err != nil {
		return err
	}
	k := &call{control: true, abandoned: true}
	sequence, err := s.calls.register(k, p.CommandID(), time.Time{})
	if err != nil {
		return err
	}
	s.calls.forget(sequence)
	return s.out.append(sequence, p)
}

// request is for what counts in the window.
func (s *Session) request(ctx context.Context, p PDU) (Response, error) {
	if err := s.allowed(p.CommandID()); err != nil {
		return nil, err
	}
	k, err := s.calls.acquire(ctx)
	if err != nil {
		return nil, err
	}
	return s.exchange(ctx, k, p)
}

// control is for what does not: bind, unbind, enquire_link.
func (s *Session) control(ctx context.Context, p PDU) (Response, error) {
	if err := s.allowed(p.CommandID()); err != nil {
		return nil, err
	}
	return s.exchange(ctx, &call{control: true, answered: make(chan struct{}, 1)}, p)
}

func (s *Session) exchange(ctx context.Context, k *call, p PDU) (Response, error) {
	sequence, err := s.calls.register(k, p.CommandID(), time.Now().Add(s.config.ResponseTimeout))
	if err != nil {
		s.calls.release(k)
		return nil, err
	}
	if err := s.out.append(sequence, p); err != nil {
		return s.notWritten(sequence, k, err)
	}
	return s.calls.await(ctx, sequence, k)
}

// notWritten gives the slot back, unless the session's end has settled the call
// already.
func (s *Session) notWritten(sequence uint32, k *call, err error) (Response, error) {
	if !s.calls.forget(sequence) {
		<-k.answered
	}
	s.calls.release(k)
	return nil, err
}

func (s *Session) allowed(id CommandID) error {
	state := s.State()
	switch {
	case may(id, s.role, state):
		return nil
	case state == Closed || state == Unbound:
		return fmt.Errorf("%w: %w", ErrClosed, s.Err())
	}
	return fmt.Errorf("%w: %v in %v", ErrState, id, state)
}

// answer makes the response what the request's caller expects.
func answer[R Response](response Response, err error) (R, error) {
	var none R
	if err != nil {
		return none, err
	}
	r, ok := response.(R)
	if !ok && response.CommandStatus() == StatusOK {
		return none, fmt.Errorf("%w: %w", ErrNoResponse, ErrUnexpectedResponse) // a generic_nack that refuses nothing
	}
	if !ok {
		return none, response.CommandStatus()
	}
	if st := r.CommandStatus(); st != StatusOK {
		return r, st
	}
	return r, nil
}
