package smpptest

import (
	"time"

	"heliograph/protocol/smpp"
)

// Receipt is a delivery receipt to send about a submit_sm: early with
// Do(r.Send, Accept), twice with Do(Accept, r.Send, r.Send), late with
// Do(Accept, After(d, r.Send)), on another bind with OnAnother(r.Send), never by
// leaving it out.
type Receipt struct {
	ID    string            // "" is the id that the request was given
	State smpp.MessageState // 0 is StateDelivered
	Stat  string            // of the text; "" is the state's
	Err   string            // of the text; "" is 000
	// NoParameters leaves receipted_message_id and message_state out.
	NoParameters bool
	// Text is the whole text instead of the one of Appendix B.
	Text []byte
	// Edit, when not nil, may change anything before the PDU is sent.
	Edit func(*smpp.DeliverSM)
}

// Send is the Step that sends the receipt: on the request's connection, or on
// another one when that is bound as a transmitter.
func (r Receipt) Send(t *Turn) {
	m, ok := t.PDU.(*smpp.SubmitSM)
	if !ok {
		panic("smpptest: a receipt is about a submit_sm")
	}
	if t.Mode() == smpp.Transmitter {
		OnAnother(r.Send)(t)
		return
	}
	if r.ID == "" {
		r.ID = t.ID
	}
	t.Conn.Send(r.PDU(m))
}

// PDU is the deliver_sm about a message; the test sends it with Conn.Send where
// Send does not fit.
func (r Receipt) PDU(m *smpp.SubmitSM) *smpp.DeliverSM {
	if r.State == smpp.StateScheduled {
		r.State = smpp.StateDelivered
	}
	if r.Stat == "" {
		r.Stat = r.State.Stat()
	}
	text := r.Text
	if text == nil {
		now := time.Now()
		text = smpp.AppendReceipt(nil, smpp.Receipt{ID: r.ID, SubmitDate: now, DoneDate: now, Stat: r.Stat, Err: r.Err})
	}
	p := &smpp.DeliverSM{Source: m.Destination, Destination: m.Source, ESMClass: smpp.ESMDeliveryReceipt, ShortMessage: text}
	if !r.NoParameters {
		p.TLVs.AddText(smpp.TagReceiptedMessageID, r.ID)
		p.TLVs.AddUint8(smpp.TagMessageState, uint8(r.State))
	}
	if r.Edit != nil {
		r.Edit(p)
	}
	return p
}
