package dispatch

import (
	"encoding/binary"

	"heliograph/message"
	"heliograph/protocol/gsm"
)

// split cuts the text as the carrier takes it, which may be into other parts than
// were counted. A message of which a part was taken keeps its cut, even where the
// carrier's settings have changed since; nil means that it cannot.
func (l *lane) split(j *job) []gsm.Segment {
	ref := reference(j.Message)
	parts := l.Wire.Split(j.Body, ref)
	if j.parts == 0 || len(parts) == j.parts {
		return parts
	}
	for _, former := range formerWires() {
		if parts = former.Split(j.Body, ref); len(parts) == j.parts {
			return parts
		}
	}
	return nil
}

// formerWires are the ways in which the first part can have been sent.
func formerWires() []gsm.Wire {
	lacking := func(rune) bool { return true }
	return []gsm.Wire{
		{}, {Width: gsm.Reference16}, {Lacks: lacking}, {Width: gsm.Reference16, Lacks: lacking},
	}
}

// reference ties the parts together. Acceptance gives one to a text that it counts
// as several; another one takes it from its id, so that a part that is sent again
// bears the same. Its low octet is never 0.
func reference(m *message.Message) uint16 {
	if m.Reference != 0 {
		return m.Reference
	}
	ref := binary.BigEndian.Uint16(m.ID[len(m.ID)-2:])
	if byte(ref) == 0 {
		ref++
	}
	return ref
}
