package smsc

import (
	"slices"
	"strings"

	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// Alphabet is what an SMSC takes data_coding 0 for, its default alphabet (SMPP 3.4
// §5.2.19). The SMSC itself turns it into the one of the radio interface, so a part
// holds as many GSM septets in each of them.
type Alphabet string

// The alphabets in use; "" is AlphabetGSM7.
const (
	AlphabetGSM7   Alphabet = "gsm7"   // 3GPP TS 23.038 §6.2.1, one septet an octet
	AlphabetLatin1 Alphabet = "latin1" // ISO 8859-1: without Greek and €
	AlphabetASCII  Alphabet = "ascii"  // without accents, too
	AlphabetUTF8   Alphabet = "utf8"
)

// last is the highest character of an alphabet of single octets, 0 of the others.
func (a Alphabet) last() rune {
	switch a {
	case AlphabetLatin1:
		return 0xFF
	case AlphabetASCII:
		return 0x7F
	}
	return 0
}

// encode writes septets in the alphabet.
func (a Alphabet) encode(septets []byte) []byte {
	if a == "" || a == AlphabetGSM7 {
		return septets
	}
	text := gsm.Decode(septets, gsm.GSM7)
	if a == AlphabetUTF8 {
		return []byte(text)
	}
	octets := make([]byte, 0, len(text))
	for _, r := range text {
		if r > a.last() {
			r = '?' // Wire has such a text sent as UCS-2
		}
		octets = append(octets, byte(r))
	}
	return octets
}

// Concatenation is how the parts of a long text are tied together.
type Concatenation string

// The ways to send a long text; "" is ConcatenationUDH8.
const (
	// A user data header before each part (3GPP TS 23.040 §9.2.3.24.1, .8).
	ConcatenationUDH8  Concatenation = "udh8"
	ConcatenationUDH16 Concatenation = "udh16"
	// ConcatenationSAR is sar_msg_ref_num and its siblings, from which the SMSC makes
	// the header (SMPP 3.4 §5.3.2.22 to §5.3.2.24).
	ConcatenationSAR Concatenation = "sar"
	// ConcatenationPayload is the whole text in message_payload (SMPP 3.4 §5.3.2.32):
	// the SMSC cuts it, and gives one id and one receipt for all of it.
	ConcatenationPayload Concatenation = "payload"
)

// Text is how a carrier takes texts. The zero value is unpacked GSM 7-bit or UCS-2,
// with a user data header where there are several parts.
type Text struct {
	Alphabet Alphabet
	// Packed puts eight septets into seven octets. For AlphabetGSM7.
	Packed bool
	// Missing are characters of the GSM alphabet that the SMSC does not know.
	Missing string
	// UCS2Coding is the data_coding of UCS-2; 0 is smpp.CodingUCS2.
	UCS2Coding    smpp.DataCoding
	Concatenation Concatenation
}

// Wire is the encoding and the cutting that go with the settings: a text with a
// character that the carrier lacks travels as UCS-2.
func (t Text) Wire() gsm.Wire {
	wire := gsm.Wire{Whole: t.Concatenation == ConcatenationPayload}
	if t.Concatenation == ConcatenationUDH16 {
		wire.Width = gsm.Reference16
	}
	if last := t.Alphabet.last(); last > 0 || t.Missing != "" {
		wire.Lacks = func(r rune) bool { return last > 0 && r > last || strings.ContainsRune(t.Missing, r) }
	}
	return wire
}

// write puts a part into a message. What exceeds short_message, which is a long
// whole text or UTF-8 with many accents, goes into message_payload.
func (t *Text) write(m *smpp.SubmitSM, s gsm.Segment) {
	header := s.UDH
	if t.Concatenation == ConcatenationSAR && len(header) > 0 {
		header = nil
		addSAR(m, s.UDH)
	}
	if len(header) > 0 {
		m.ESMClass = smpp.ESMUDHI
	}
	body := t.body(m, header, s)
	if len(body) > smpp.MaxShortMessage {
		m.TLVs.Add(smpp.TagMessagePayload, body)
	} else {
		m.ShortMessage = body
	}
}

// body is header and text as octets, and sets data_coding.
func (t *Text) body(m *smpp.SubmitSM, header []byte, s gsm.Segment) []byte {
	body := s.Data
	switch {
	case s.Encoding == gsm.UCS2:
		m.DataCoding = smpp.CodingUCS2
		if t.UCS2Coding != 0 {
			m.DataCoding = t.UCS2Coding
		}
	case t.Packed:
		return gsm.AppendPacked(slices.Clip(header), s.Data, len(header))
	default:
		body = t.Alphabet.encode(body)
	}
	if len(header) > 0 {
		body = slices.Concat(header, body)
	}
	return body
}

// read copies a text in the SMSC's default alphabet, which stands behind a user data
// header of header octets: as septets or as UTF-16BE.
func (t *Text) read(data []byte, header int) (gsm.Encoding, []byte) {
	switch {
	case t.Packed:
		return gsm.GSM7, gsm.Unpack(data, header)
	case t.Alphabet == AlphabetUTF8:
		wide, _ := gsm.Encode(string(data), gsm.UCS2) // never fails
		return gsm.UCS2, wide
	case t.Alphabet.last() > 0:
		return gsm.UCS2, widened(data)
	}
	return gsm.GSM7, slices.Clone(data)
}

// addSAR says with parameters what a user data header says.
func addSAR(m *smpp.SubmitSM, udh []byte) {
	header, _, err := gsm.ParseUDH(udh)
	if err != nil || header.Concat == nil {
		return
	}
	m.TLVs.AddUint16(smpp.TagSarMsgRefNum, header.Concat.Ref)
	m.TLVs.AddUint8(smpp.TagSarTotalSegments, header.Concat.Total)
	m.TLVs.AddUint8(smpp.TagSarSegmentSeqnum, header.Concat.Seq)
}
