package simulator

import (
	"strings"
	"time"

	"heliograph/protocol/smpp"
)

// ending is how a receipt words an outcome: message_state (SMPP 3.4 §5.2.28)
// and a GSM MAP error in decimal.
type ending struct {
	state smpp.MessageState
	code  string
}

// endingOf is how a text with this outcome ends.
func endingOf(o Outcome) ending {
	switch o {
	case Undeliverable:
		return ending{smpp.StateUndeliverable, "027"} // absent subscriber
	case Blocked:
		return ending{smpp.StateUndeliverable, "013"} // call barred
	case Expired:
		return ending{smpp.StateExpired, "000"}
	default:
		return ending{smpp.StateDelivered, "000"}
	}
}

// wanted says whether the client asked for a receipt of this outcome (SMPP 3.4
// §5.2.17).
func wanted(registered smpp.RegisteredDelivery, o Outcome) bool {
	switch {
	case o == NoReceipt:
		return false
	case registered.Receipt() == smpp.FinalReceipt:
		return true
	default:
		return registered.Receipt() == smpp.FailureReceipt && o != Delivered
	}
}

// receipt words the deliver_sm that tells how a text ended: the text of
// Appendix B, and the same as optional parameters.
func receipt(s *submission, messageID, text string, o Outcome, taken, done time.Time) *smpp.DeliverSM {
	end := endingOf(o)
	r := smpp.Receipt{
		ID: messageID, SubmitDate: taken, DoneDate: done,
		Stat: end.state.Stat(), Err: end.code, Text: plain(text),
	}
	if o == Delivered {
		r.Delivered = "001"
	}
	p := &smpp.DeliverSM{
		Source: s.destination, Destination: s.source, ESMClass: smpp.ESMDeliveryReceipt,
		ShortMessage: smpp.AppendReceipt(nil, r),
	}
	p.TLVs.AddText(smpp.TagReceiptedMessageID, messageID)
	p.TLVs.AddUint8(smpp.TagMessageState, uint8(end.state))
	return p
}

// plain is the start of a text in signs that every alphabet has at the same
// place, so that no reading of a receipt breaks on it.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if b.Len() == 20 {
			break
		}
		if r < ' ' || r > 'z' || r == '@' || r == '$' || r == '_' || r == '`' || r > 'Z' && r < 'a' {
			r = '.'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}
