package smsc

import (
	"context"
	"encoding/binary"
	"time"

	"heliograph/protocol/smpp"
)

// Quarantine keeps PDUs that cannot be read.
type Quarantine interface {
	// Quarantine keeps the octets of a PDU, with its header but for the sequence
	// number, and says how often they came. The cause is for the operator.
	Quarantine(ctx context.Context, carrier string, octets []byte, cause string, at time.Time) (times int, err error)
}

// malformed takes a deliver_sm or data_sm that cannot be read (smpp.Config.Malformed).
// Refused, it would come again at every bind and hold up what is behind it: it is
// kept for the operator and answered.
func (i *intake) malformed(ctx context.Context, m smpp.Malformed, reply smpp.Reply) {
	if m.Header.ID != smpp.CommandDeliverSM && m.Header.ID != smpp.CommandDataSM {
		reply.Refuse(smpp.StatusInvCmdID)
		return
	}
	octets := binary.BigEndian.AppendUint32(nil, m.Header.Length)
	octets = binary.BigEndian.AppendUint32(octets, uint32(m.Header.ID))
	octets = append(append(octets, make([]byte, 8)...), m.Body...)
	i.queue(ctx, report{octets: octets, cause: m.Err.Error(), reply: reply})
}

func (i *intake) quarantine(r report) error {
	if i.settings.Quarantine == nil {
		return nil
	}
	times, err := i.settings.Quarantine.Quarantine(i.ctx, i.settings.Name, r.octets, r.cause, i.settings.Now())
	if err != nil || times != 1 {
		return err
	}
	if contents, say := i.unread.say(i.settings.Now()); say {
		i.settings.Log.Warn("the SMSC delivered what cannot be read; it is answered and kept in quarantine",
			"octets", len(r.octets), "error", r.cause, "contents", contents)
	}
	return nil
}
