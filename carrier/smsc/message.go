package smsc

import (
	"slices"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
)

// message is a part as submit_sm. Its validity is what is left of the time to live
// by now: the part may have waited here.
func (c *Carrier) message(p carrier.Part, deadline time.Time) *smpp.SubmitSM {
	now := c.settings.Now()
	source, destination := c.settings.Addressing.Out(p.From, p.FromKind, p.To)
	m := &smpp.SubmitSM{
		ServiceType:        c.settings.ServiceType,
		Source:             source,
		Destination:        destination,
		ValidityPeriod:     c.settings.Validity.format(now, deadline),
		RegisteredDelivery: c.settings.Receipts.registered(),
		TLVs:               c.settings.parameters(p),
	}
	c.settings.Text.write(m, p.Segment)
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
