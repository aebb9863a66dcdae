package smsc

import (
	"context"
	"errors"
	"fmt"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// Submit hands one part to the SMSC and waits for its answer. It waits for a bind
// with room in its window and for the carrier's pace, as long as ctx lets it. It
// returns the SMSC's message id as receipts will bear it. The errors are
// *carrier.Error, and ctx's own when nothing was handed over before it ended.
func (c *Carrier) Submit(ctx context.Context, p carrier.Part) (messageID string, err error) {
	if id, taken := c.late.adopt(p); taken {
		// Whatever the answer is now: the part is with the SMSC. That it was asked
		// before may be forgotten where the message came back from elsewhere.
		_ = p.Cleared(ctx)
		return c.ids.response(id), nil
	}
	parameters, err := c.settings.parameters(p)
	if err != nil {
		return "", err
	}
	deadline := c.settings.Now().Add(p.ValidFor)
	for paced := false; ; paced = true {
		l, err := c.turn(ctx, paced)
		if errors.Is(err, errStopped) {
			return "", &carrier.Error{Failure: carrier.Transient, Err: err}
		}
		if err != nil {
			return "", err
		}
		if deadline.Sub(c.settings.Now()) < c.settings.ValidityMin {
			c.pool.release(l)
			return "", errLate
		}
		if err := p.Cleared(ctx); err != nil {
			c.pool.release(l)
			return "", err
		}
		m, traced := c.message(p, deadline, parameters, l), c.settings.Trace.seen(p.From, p.To)
		traced.request(c.settings.Name, true, m)
		response, err := l.session.Submit(ctx, m)
		c.pool.release(l)
		traced.submitted(c.settings.Name, response, err)
		if notWritten(err) {
			c.pool.remove(l) // another session takes the part
			continue
		}
		c.late.note(l.session, p, err)
		c.silence(l, err)
		return c.outcome(l, response, err)
	}
}

// errLate is of a part whose time to live is less than the SMSC takes: for whoever
// submits it is over.
var errLate = fmt.Errorf("smsc: less time to live is left than the carrier takes: %w", context.DeadlineExceeded)

// turn waits for a session with room and, once for each part, for the pace.
func (c *Carrier) turn(ctx context.Context, paced bool) (*line, error) {
	l, err := c.pool.acquire(ctx)
	if err != nil || paced {
		return l, err
	}
	c.pool.pacing(l, +1)
	err = c.pace.wait(ctx)
	c.pool.pacing(l, -1)
	if err != nil {
		c.pool.release(l)
		return nil, err
	}
	return l, nil
}

// notWritten says whether the session ended before the part reached it.
func notWritten(err error) bool {
	return !errors.Is(err, smpp.ErrNoResponse) && (errors.Is(err, smpp.ErrClosed) || errors.Is(err, smpp.ErrState))
}

// outcome turns the SMSC's answer into the carrier's.
func (c *Carrier) outcome(l *line, response *smpp.SubmitSMResp, err error) (string, error) {
	if err == nil {
		c.pace.taken()
		return c.ids.response(response.MessageID), nil
	}
	refused, why := c.settings.failure(err)
	if refused == nil {
		return "", err
	}
	c.explain(why)
	switch {
	case why.class == ClassState:
		l.rebind()
	case refused.Failure != carrier.Throttled:
	case why.status == smpp.StatusMsgQFul:
		c.pace.full()
	default:
		c.pace.throttled()
	}
	return "", refused
}
