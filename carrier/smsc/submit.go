package smsc

import (
	"context"
	"errors"
	"slices"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// Submit hands one part to the SMSC and waits for its answer. It waits for a bind
// with room in its window and for the carrier's pace, as long as ctx lets it. It
// returns the SMSC's message id as receipts will bear it. The errors are
// *carrier.Error, and ctx's own when nothing was handed over before it ended.
func (c *Carrier) Submit(ctx context.Context, p carrier.Part) (messageID string, err error) {
	deadline := c.settings.Now().Add(p.ValidFor)
	for paced := false; ; paced = true {
		l, err := c.turn(ctx, paced)
		if errors.Is(err, errStopped) {
			return "", &carrier.Error{Failure: carrier.Transient, Err: err}
		}
		if err != nil {
			return "", err
		}
		response, err := l.session.Submit(ctx, c.message(p, deadline))
		c.pool.release(l)
		if notWritten(err) {
			c.pool.remove(l) // another session takes the part
			continue
		}
		return c.outcome(l, response, err)
	}
}

// turn waits for a session with room and, once for each part, for the pace.
func (c *Carrier) turn(ctx context.Context, paced bool) (*line, error) {
	l, err := c.pool.acquire(ctx)
	if err != nil || paced {
		return l, err
	}
	if err := c.pace.wait(ctx); err != nil {
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
		return c.settings.IDs.fromResponse(response.MessageID), nil
	}
	refused := failure(err)
	if refused == nil {
		return "", err
	}
	if refused.Failure == carrier.Throttled {
		c.pace.throttled()
	}
	if outOfStep(err) {
		l.rebind()
	}
	return "", refused
}

// message is a part as submit_sm. Its validity is what is left of the time to live
// by now: the part may have waited here.
func (c *Carrier) message(p carrier.Part, deadline time.Time) *smpp.SubmitSM {
	now := c.settings.Now()
	source, destination := c.settings.Addressing.Out(p.From, p.FromKind, p.To)
	m := &smpp.SubmitSM{
		Source:             source,
		Destination:        destination,
		ValidityPeriod:     c.settings.Validity.format(now, deadline),
		RegisteredDelivery: smpp.FinalReceipt,
		ShortMessage:       p.Segment.Data,
		TLVs:               c.settings.parameters(p),
	}
	if p.Segment.Encoding == gsm.UCS2 {
		m.DataCoding = smpp.CodingUCS2
	}
	if len(p.Segment.UDH) > 0 {
		m.ESMClass = smpp.ESMUDHI
		m.ShortMessage = slices.Concat(p.Segment.UDH, p.Segment.Data)
	}
	return m
}

// format writes what is left until deadline, at least a second: zero would mean the
// SMSC's own default.
func (f ValidityFormat) format(now, deadline time.Time) string {
	left := max(deadline.Sub(now), time.Second)
	switch f {
	case ValidityNone:
		return ""
	case ValidityAbsolute:
		return smpp.FormatAbsolute(now.Add(left))
	}
	return smpp.FormatRelative(left)
}

// parameters are the TLVs that the settings want for the part's country.
func (s *Settings) parameters(p carrier.Part) smpp.TLVs {
	var tlvs smpp.TLVs
	for _, t := range s.TLVs {
		value, given := p.Parameters[t.Field]
		if !given || len(t.Countries) > 0 && !slices.Contains(t.Countries, p.Country) {
			continue
		}
		if t.Type == COctetString {
			tlvs.AddText(smpp.Tag(t.Tag), value)
		} else {
			tlvs.Add(smpp.Tag(t.Tag), []byte(value))
		}
	}
	if s.MessageIDTLV {
		tlvs.Add(TagMessageID, []byte(p.MessageID))
	}
	return tlvs
}
