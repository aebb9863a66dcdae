package inbound

import (
	"fmt"
	"time"

	"heliograph/message"
)

const (
	// Where the server stopped between keeping a part and acknowledging it, the
	// network delivers it again. So what was kept this long before the stop is
	// known, for some time after the start.
	keptBefore       = 2 * time.Minute
	redeliveredUntil = 5 * time.Minute
)

// talk is what one person sends to one number by a carrier.
type talk struct{ carrier, from, to string }

func talkOf(part *message.Inbound) talk { return talk{part.Carrier, part.From, part.To} }

// excuse notes a whole text that was kept before the start, of which the network
// may not know, in the place of an older one of the same person: that is likelier
// to be said again than to be delivered again.
func (l *lane) excuse(part *message.Inbound) {
	if _, _, several := placed(part); !several {
		l.again[talkOf(part)] = fingerprint(part)
	}
}

// redelivered says whether a text that comes after the start is one that was kept
// before; each is known once. Such a text is not even kept: after another stop it
// would pass for one that was said again.
func (l *lanes) redelivered(part *message.Inbound) bool {
	if l.all == nil {
		return false
	}
	mine := l.of(part.From, part.To)
	mine.mu.Lock()
	defer mine.mu.Unlock()
	if part.At.Sub(mine.began) > redeliveredUntil {
		mine.again = nil
	}
	known := mine.again[talkOf(part)] == fingerprint(part) // which is never empty
	if known {
		delete(mine.again, talkOf(part))
	}
	return known
}

// fingerprint is what a redelivery has in common with what was delivered.
func fingerprint(part *message.Inbound) string {
	s := &part.Segment
	return fmt.Sprintf("%d %x %x", s.Encoding, s.UDH, s.Data)
}
