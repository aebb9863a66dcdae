package smsc

import (
	"strconv"
	"strings"

	"heliograph/carrier"
	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// delivered is what deliver_sm and data_sm have in common. It is borrowed from the
// session's reader.
type delivered struct {
	from, to smpp.Address
	class    smpp.ESMClass
	coding   smpp.DataCoding
	body     []byte
	tlvs     smpp.TLVs
}

// isReceipt goes by the message type of esm_class (SMPP 3.4 §5.2.12), any of which
// SMSCs use for receipts, by the parameters that only receipts have, or by the text.
func (d *delivered) isReceipt(s *Receipts) bool {
	if d.class.Type() != 0 {
		return true
	}
	_, id := d.tlvs.Get(smpp.TagReceiptedMessageID)
	_, state := d.tlvs.Uint8(smpp.TagMessageState)
	if id && (state || s.Detection == DetectTLV || s.Detection == DetectText) {
		return true
	}
	if s.Detection != DetectText {
		return false
	}
	r, err := s.parse(d.text())
	return err == nil && r.ID != "" && r.Stat != ""
}

// text is the body in an alphabet that a receipt is written in.
func (d *delivered) text() []byte {
	if textCoding(d.coding) == codedUCS2 {
		return []byte(gsm.Decode(d.body, gsm.UCS2))
	}
	return d.body
}

// receipt trusts the parameters first and the text for what they lack. It is
// without a message id; id is that as it came, "" when there is none.
func (d *delivered) receipt(s *Receipts) (r carrier.Receipt, id string) {
	// A body that is no receipt leaves the parameters, or nothing.
	text, _ := s.parse(d.text())
	id, _ = d.tlvs.Text(smpp.TagReceiptedMessageID)
	if id = strings.TrimSpace(id); id == "" {
		id = text.ID
	}
	r = carrier.Receipt{State: d.state(text.Stat), Code: errorCode(text.Err), DoneAt: text.DoneDate, Whole: s.PerMessage}
	if code, ok := d.tlvs.NetworkError(); ok {
		r.Code = errorCode(strconv.Itoa(int(code.Code)))
	}
	r.Network = s.network(d.text(), d.tlvs)
	r.Verdict = s.verdict(r)
	return r, id
}

func (d *delivered) state(stat string) carrier.ReceiptState {
	if d.class.Type() == smpp.ESMIntermediateNotification {
		return carrier.Enroute // whatever it says, it is not the last word
	}
	state, _ := smpp.ParseStat(stat)
	if v, ok := d.tlvs.Uint8(smpp.TagMessageState); ok {
		state = smpp.MessageState(v)
	}
	switch state {
	case smpp.StateScheduled, smpp.StateEnroute:
		return carrier.Enroute
	case smpp.StateDelivered:
		return carrier.Delivered
	case smpp.StateExpired:
		return carrier.Expired
	case smpp.StateDeleted:
		return carrier.Deleted
	case smpp.StateUndeliverable, smpp.StateSkipped:
		return carrier.Undeliverable
	case smpp.StateAccepted:
		return carrier.Accepted
	case smpp.StateRejected:
		return carrier.RejectedState
	}
	return carrier.StateUnknown
}

// errorCode is a code as the SMSC wrote it, none when it is zero.
func errorCode(code string) string {
	if strings.Trim(code, "0") == "" {
		return ""
	}
	return code
}

// inbound is a text from a handset, one part as it came, in octets of its own.
func (d *delivered) inbound(a *Addressing, t *Text) carrier.Inbound {
	s := gsm.Segment{Data: d.body}
	if d.class.UDHI() {
		// A header that cannot be read is left in the text rather than lost.
		if _, rest, err := gsm.ParseUDH(d.body); err == nil {
			s.UDH = append([]byte(nil), d.body[:len(d.body)-len(rest)]...)
			s.Data = rest
		}
	}
	header := len(d.body) - len(s.Data) // of the octets
	s.UDH = d.placed(s.UDH)
	coding := textCoding(d.coding)
	switch {
	case d.coding == smpp.CodingDefault:
		s.Encoding, s.Data = t.read(s.Data, header)
	case charset(d.coding) != nil:
		s.Encoding, s.Data = gsm.UCS2, wide(s.Data, charset(d.coding))
	case coding == codedUCS2:
		s.Encoding, s.Data = gsm.UCS2, append([]byte(nil), s.Data...)
	case coding == codedLatin1:
		s.Encoding, s.Data = gsm.UCS2, widened(s.Data)
	default:
		s.Data = append([]byte(nil), s.Data...)
	}
	from, form := a.in(Source, d.from)
	return carrier.Inbound{From: from, FromForm: form, To: a.In(Destination, d.to), Segment: s}
}

// placed is a part's header with its place among the parts, which the parameters
// give where the header does not.
func (d *delivered) placed(header []byte) []byte {
	if header == nil {
		return d.sarHeader()
	}
	udh, _, err := gsm.ParseUDH(header)
	sar := d.sarHeader()
	if err != nil || udh.Concat != nil || sar == nil || len(header)+len(sar) > 256 {
		return header
	}
	header = append(header, sar[1:]...)
	header[0] = byte(len(header) - 1)
	return header
}

// sarHeader makes the header of a part out of the parameters that stand for it
// (SMPP 3.4 §5.3.2.22 to §5.3.2.24), nil when there are none.
func (d *delivered) sarHeader() []byte {
	ref, ok := d.tlvs.Uint16(smpp.TagSarMsgRefNum)
	total, hasTotal := d.tlvs.Uint8(smpp.TagSarTotalSegments)
	seq, hasSeq := d.tlvs.Uint8(smpp.TagSarSegmentSeqnum)
	if !ok || !hasTotal || !hasSeq || total < 2 || seq == 0 || seq > total {
		return nil
	}
	return gsm.AppendConcat16(nil, ref, total, seq)
}

// number is an address as the product writes it: E.164 with a plus sign, a short
// code or a sender ID as it stands. An address of unknown type that is as long as a
// number with its country code is taken for one: that is what most SMSCs mean.
func number(a smpp.Address) string {
	addr := a.Addr
	if strings.HasPrefix(addr, "+") || addr == "" || strings.Trim(addr, "0123456789") != "" {
		return addr
	}
	const withCountryCode = 11
	if a.TON == smpp.TONInternational || a.TON == smpp.TONUnknown && len(addr) >= withCountryCode && addr[0] != '0' {
		return "+" + strings.TrimPrefix(addr, "00")
	}
	return addr
}

// form is what the SMSC says that an address is. A plus sign says it too.
func form(a smpp.Address) carrier.Form {
	switch {
	case a.TON == smpp.TONAlphanumeric:
		return carrier.FormName
	case a.TON == smpp.TONInternational, strings.HasPrefix(a.Addr, "+"):
		return carrier.FormInternational
	case a.TON == smpp.TONNational:
		return carrier.FormNational
	case a.TON == smpp.TONNetworkSpecific, a.TON == smpp.TONAbbreviated:
		return carrier.FormShort
	}
	return carrier.FormUnknown
}

// coded is how the octets of a text are to be read.
type coded uint8

const (
	codedGSM7 coded = iota
	codedUCS2
	codedLatin1
)

// textCoding reads data_coding by the table of SMPP 3.4 §5.2.19 and, for the values
// that it reserves, as the data coding scheme of 3GPP TS 23.038 §4, which many
// SMSCs put there. For 0, the default alphabet, see Text.
func textCoding(c smpp.DataCoding) coded {
	switch {
	case c == smpp.CodingUCS2, c&0xFC == 0x18, c&0xF0 == 0xE0:
		return codedUCS2
	case c == smpp.CodingASCII, c == smpp.CodingLatin1, c == smpp.CodingOctets, c == smpp.CodingBinary, c&0xF4 == 0xF4:
		return codedLatin1
	}
	return codedGSM7
}

// widened is ASCII or Latin-1 as UTF-16BE: their code points are the same.
func widened(text []byte) []byte {
	wide := make([]byte, 0, 2*len(text))
	for _, b := range text {
		wide = append(wide, 0, b)
	}
	return wide
}
