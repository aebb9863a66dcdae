package smsc

import (
	"slices"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// Priority is priority_flag by message type, 0 to 3 (SMPP 3.4 §5.2.14).
type Priority struct{ Transactional, Promotional uint8 }

// of is the priority of a part.
func (f Priority) of(p carrier.Part) uint8 {
	if p.Promotional {
		return f.Promotional
	}
	return f.Transactional
}

// message is a part as submit_sm. Its validity is what is left of the time to live
// by now: the part may have waited here.
func (c *Carrier) message(p carrier.Part, deadline time.Time, parameters smpp.TLVs, l *line) *smpp.SubmitSM {
	now := c.settings.Now()
	source, destination := c.settings.Addressing.Out(p.From, p.FromKind, p.To)
	m := &smpp.SubmitSM{
		ServiceType:        c.settings.ServiceType,
		Source:             source,
		Destination:        destination,
		Priority:           c.settings.Priority.of(p),
		ValidityPeriod:     c.settings.Validity.format(now, deadline),
		RegisteredDelivery: c.settings.Receipts.registered(),
		TLVs:               slices.Clip(parameters), // an attempt before may have added to them
	}
	text := c.settings.Text
	if l.plain && text.Concatenation == ConcatenationSAR {
		text.Concatenation = ConcatenationUDH8 // which needs no parameters
	}
	text.write(m, p.Segment)
	l.fit(m)
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
