package smpptest

import (
	"encoding/binary"
	"time"

	"heliograph/protocol/smpp"
)

// Do does several steps in order: Do(Receipt{}.Send, Accept) has the receipt
// arrive before the answer, Do(Accept, Accept) answers twice.
func Do(steps ...Step) Step {
	return func(t *Turn) {
		for _, step := range steps {
			step(t)
		}
	}
}

// After does the step when the time has gone by, and reads on meanwhile, so that
// later requests overtake this one. The step is not done when the connection
// ends first. On a pipe in a testing/synctest bubble it is the bubble's time.
func After(d time.Duration, step Step) Step {
	return func(t *Turn) {
		t.SMSC.runs.Go(func() {
			if t.pause(d) {
				step(t)
			}
		})
	}
}

// When does the step once the channel can be received from or is closed, like
// After; the test keeps the order of things in its hand with it.
func When(ready <-chan struct{}, step Step) Step {
	return func(t *Turn) {
		t.SMSC.runs.Go(func() {
			select {
			case <-ready:
				step(t)
			case <-t.gone:
			}
		})
	}
}

// OnAnother does the step on another connection, the one that is bound longest
// and takes deliver_sm. It panics when there is none: the script is wrong then.
func OnAnother(step Step) Step {
	return func(t *Turn) {
		other := t.SMSC.receiving(t.Conn)
		if other == nil {
			panic("smpptest: no other connection is bound to receive")
		}
		turn := *t
		turn.Conn = other
		step(&turn)
	}
}

// Accept answers as a well-behaved SMSC does. It does not end the connection
// after an unbind: see Hangup.
func Accept(t *Turn) { t.respond(smpp.StatusOK, t.ID) }

// AcceptAs answers a submit_sm or data_sm with this message_id, "" for none.
func AcceptAs(id string) Step {
	return func(t *Turn) { t.respond(smpp.StatusOK, id) }
}

// AcceptVersion answers a bind with the parameter sc_interface_version.
func AcceptVersion(version uint8) Step {
	return func(t *Turn) {
		bind, ok := t.PDU.(*smpp.Bind)
		if !ok {
			panic("smpptest: AcceptVersion is for binds")
		}
		answer := &smpp.BindResp{Mode: bind.Mode, SystemID: "smpptest"}
		answer.TLVs.AddUint8(smpp.TagSCInterfaceVersion, version)
		t.Reply(t.Header.Sequence, answer)
		t.SMSC.accepted(t.Conn)
	}
}

// Refuse answers with a status other than StatusOK, and with a body where the
// command's answer has a field that may not be left out.
func Refuse(status smpp.Status) Step {
	return func(t *Turn) { t.respond(status, "") }
}

// Bodyless answers with a header alone, whatever the status.
func Bodyless(status smpp.Status) Step {
	return func(t *Turn) { t.Raw(header(t.Header.ID.Response(), status, t.Header.Sequence)) }
}

// Drop says nothing.
func Drop(*Turn) {}

// Mute says nothing, and nothing to any later request of this connection,
// enquire_link with them: a dead peer behind a live socket.
func Mute(t *Turn) { t.mute.Store(true) }

// Nack answers with generic_nack under a sequence number of its own: 0 from SMSCs
// that did not read so far.
func Nack(sequence uint32, status smpp.Status) Step {
	return func(t *Turn) { t.Reply(sequence, &smpp.GenericNack{Status: status}) }
}

// Misnumber answers well under a sequence number that is off by so much.
func Misnumber(by uint32) Step {
	return func(t *Turn) { t.Reply(t.Header.Sequence+by, t.answer(smpp.StatusOK, t.ID)) }
}

// WrongLength answers with a command_length that lies, in octets: below 16 and
// above 64 KiB the stream cannot be read on, between them the PDU is cut wrongly.
func WrongLength(length uint32) Step {
	return func(t *Turn) {
		b := mustAppend(t.Header.Sequence, t.answer(smpp.StatusOK, t.ID))
		binary.BigEndian.PutUint32(b, length)
		t.Raw(b)
	}
}

// Half writes the first half of the answer and no more; the rest may be anything,
// so the connection should say no more after it.
func Half(t *Turn) {
	b := mustAppend(t.Header.Sequence, t.answer(smpp.StatusOK, t.ID))
	t.Raw(b[:len(b)/2])
}

// Slowly writes the answer an octet at a time with a pause before each, and reads
// nothing meanwhile; After(0, Slowly(d)) reads on.
func Slowly(pause time.Duration) Step {
	return func(t *Turn) {
		b := mustAppend(t.Header.Sequence, t.answer(smpp.StatusOK, t.ID))
		for i := range b {
			if !t.pause(pause) {
				return
			}
			t.Raw(b[i : i+1])
		}
	}
}

// Write writes octets as they are: garbage, or a PDU that no encoder makes.
func Write(octets []byte) Step {
	return func(t *Turn) { t.Raw(octets) }
}

// Send sends a request of the SMSC's own.
func Send(p smpp.PDU) Step {
	return func(t *Turn) { t.Conn.Send(p) }
}

// SendCut sends a request whose last octets are missing although its
// command_length is right: a malformed one on a stream that can be read on.
func SendCut(p smpp.PDU, octets int) Step {
	return func(t *Turn) {
		b := mustAppend(t.nextSequence(), p)
		b = b[:len(b)-octets]
		binary.BigEndian.PutUint32(b, uint32(len(b)))
		t.Raw(b)
	}
}

// Unbind sends unbind; the ESME should answer and leave.
func Unbind(t *Turn) { t.Conn.Send(&smpp.Unbind{}) }

// Hangup closes the socket without a word.
func Hangup(t *Turn) { t.Close() }

// respond answers, and counts a bind that is accepted as bound.
func (t *Turn) respond(status smpp.Status, id string) {
	t.Reply(t.Header.Sequence, t.answer(status, id))
	if _, bind := t.PDU.(*smpp.Bind); bind && status == smpp.StatusOK {
		t.SMSC.accepted(t.Conn)
	}
}

// answer is the response to the request.
func (t *Turn) answer(status smpp.Status, id string) smpp.PDU {
	switch p := t.PDU.(type) {
	case *smpp.Bind:
		return t.SMSC.bindAnswer(p.Mode, status)
	case *smpp.SubmitSM:
		return &smpp.SubmitSMResp{Status: status, MessageID: id}
	case *smpp.DataSM:
		return &smpp.DataSMResp{Status: status, MessageID: id}
	case *smpp.QuerySM:
		return &smpp.QuerySMResp{Status: status, MessageID: p.MessageID}
	case *smpp.CancelSM:
		return &smpp.CancelSMResp{Status: status}
	case *smpp.ReplaceSM:
		return &smpp.ReplaceSMResp{Status: status}
	case *smpp.EnquireLink:
		return &smpp.EnquireLinkResp{Status: status}
	case *smpp.Unbind:
		return &smpp.UnbindResp{Status: status}
	}
	return &smpp.GenericNack{Status: smpp.StatusInvCmdID}
}

func header(id smpp.CommandID, status smpp.Status, sequence uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, smpp.HeaderLen)
	b = binary.BigEndian.AppendUint32(b, uint32(id))
	b = binary.BigEndian.AppendUint32(b, uint32(status))
	return binary.BigEndian.AppendUint32(b, sequence)
}
