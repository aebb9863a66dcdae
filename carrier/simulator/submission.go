package simulator

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"heliograph/country"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// TagMessageID is the vendor TLV (SMPP 3.4 §5.3.1) that carries the API's
// message id, a UUID as text, to simulated carriers.
const TagMessageID smpp.Tag = 0x1500

// firstVendorTag is where the range of vendors begins; everything below it is
// SMPP's own (§5.3.1).
const firstVendorTag smpp.Tag = 0x1400

// submission is a submit_sm or data_sm on its way to the disk.
type submission struct {
	system      string // system_id of the client
	source      smpp.Address
	destination smpp.Address
	registered  smpp.RegisteredDelivery
	coding      smpp.DataCoding
	udhi        bool
	body        []byte
	tlvs        smpp.TLVs
	both        bool // short_message and message_payload are both filled
	answer      func(st smpp.Status, messageID string)
}

// newSubmission copies what the session lent.
func newSubmission(system string, borrowed *smpp.SubmitSM, reply smpp.Reply) *submission {
	p := borrowed.Clone()
	payload, _ := p.TLVs.Get(smpp.TagMessagePayload)
	return &submission{
		system: system, source: p.Source, destination: p.Destination, registered: p.RegisteredDelivery,
		coding: p.DataCoding, udhi: p.ESMClass.UDHI(), body: p.Body(), tlvs: p.TLVs,
		both: len(p.ShortMessage) > 0 && len(payload) > 0,
		answer: func(st smpp.Status, messageID string) {
			// A client that is gone asks again, under a new session.
			_ = reply.With(&smpp.SubmitSMResp{Status: st, MessageID: messageID})
		},
	}
}

func newDataSubmission(system string, borrowed *smpp.DataSM, reply smpp.Reply) *submission {
	p := borrowed.Clone()
	return &submission{
		system: system, source: p.Source, destination: p.Destination, registered: p.RegisteredDelivery,
		coding: p.DataCoding, udhi: p.ESMClass.UDHI(), body: p.Body(), tlvs: p.TLVs,
		answer: func(st smpp.Status, messageID string) {
			_ = reply.With(&smpp.DataSMResp{Status: st, MessageID: messageID})
		},
	}
}

// refusal is why the centre does not take a text: a command_status.
type refusal struct {
	status smpp.Status
	err    error
}

func (r *refusal) Error() string {
	if r.err != nil {
		return fmt.Sprintf("simulator: %v: %v", r.status, r.err)
	}
	return fmt.Sprintf("simulator: %v", r.status)
}

func (r *refusal) Unwrap() error { return r.err }

// statusOf is the command_status for an error: what is no refusal is a fault
// of the centre, and the client may try again.
func statusOf(err error) smpp.Status {
	var r *refusal
	if errors.As(err, &r) {
		return r.status
	}
	return smpp.StatusSysErr
}

// envelope is a submission, read.
type envelope struct {
	from      sender
	to        country.Number
	part      Part
	joined    bool   // part is one of several, or says that it is
	messageID string // the API's, "" = a foreign client's
	id        [16]byte
	tlvs      map[string]string
}

// read checks a submission and takes it apart, without a look at anything
// else. Errors are *refusal.
func (s *submission) read() (e envelope, err error) {
	var ok bool
	if s.both {
		return e, &refusal{status: smpp.StatusOptParNotAllwd}
	}
	if e.from, ok = readSender(s.source); !ok {
		return e, &refusal{status: smpp.StatusInvSrcAdr}
	}
	if e.to, err = readDestination(s.destination); err != nil {
		return e, &refusal{smpp.StatusInvDstAdr, err}
	}
	text, _ := s.tlvs.Text(TagMessageID)
	if e.id, ok = readMessageID(text); ok {
		e.messageID = strings.ToLower(text)
	}
	e.tlvs = vendorTLVs(s.tlvs)
	e.part = Part{Number: 1, Total: 1, Coding: uint8(s.coding), Data: s.body}
	reference, err := s.place(&e)
	if err != nil {
		return e, err
	}
	e.part.Key = strings.Join([]string{s.system, e.from.text, e.to.E164, reference, strconv.Itoa(e.part.Total), e.messageID}, "|")
	return e, nil
}

// readMessageID reads the API's message id; ok is false for what is none.
func readMessageID(text string) (id [16]byte, ok bool) {
	if len(text) != 36 {
		return id, false // uuid.Parse takes other forms too
	}
	parsed, err := uuid.Parse(text)
	return parsed, err == nil
}

// place finds which part of a long text the submission is: by its user data
// header (3GPP TS 23.040 §9.2.3.24), else by the sar parameters (SMPP 3.4
// §5.3.2.22 to §5.3.2.24).
func (s *submission) place(e *envelope) (reference string, err error) {
	if s.udhi {
		header, rest, err := gsm.ParseUDH(s.body)
		if err != nil {
			return "", &refusal{smpp.StatusInvEsmClass, err}
		}
		e.part.Data = rest
		if c := header.Concat; c != nil {
			e.joined, e.part.Number, e.part.Total = true, int(c.Seq), int(c.Total)
			return fmt.Sprintf("udh%t%d", c.Wide, c.Ref), nil
		}
		return "", nil
	}
	ref, hasRef := s.tlvs.Uint16(smpp.TagSarMsgRefNum)
	total, hasTotal := s.tlvs.Uint8(smpp.TagSarTotalSegments)
	number, hasNumber := s.tlvs.Uint8(smpp.TagSarSegmentSeqnum)
	if hasRef && hasTotal && hasNumber && number >= 1 && number <= total {
		e.joined, e.part.Number, e.part.Total = true, int(number), int(total)
		return fmt.Sprintf("sar%d", ref), nil
	}
	return "", nil
}

// vendorTLVs are the parameters that SMPP does not define, save the message
// id.
func vendorTLVs(tlvs smpp.TLVs) map[string]string {
	kept := map[string]string{}
	for _, t := range tlvs {
		if t.Tag >= firstVendorTag && t.Tag != TagMessageID {
			kept[fmt.Sprintf("%04x", uint16(t.Tag))] = hex.EncodeToString(t.Value)
		}
	}
	return kept
}
