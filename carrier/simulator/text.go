package simulator

import (
	"strings"
	"unicode/utf8"

	"heliograph/protocol/gsm"
)

// alphabet is how data_coding says that octets hold text.
type alphabet uint8

const (
	defaultAlphabet alphabet = iota // GSM 03.38, a septet an octet
	ucs2
	latin1 // ISO 8859-1, ASCII in its lower half
)

// alphabetOf reads data_coding (SMPP 3.4 §5.2.19), which many clients fill by
// 3GPP TS 23.038 §4 instead. Alphabets that no phone shows are read as
// Latin-1, so that something is seen.
func alphabetOf(coding uint8) alphabet {
	switch {
	case coding == 0, coding&0xFC == 0x10, coding&0xFC == 0xF0, coding&0xF0 == 0xC0, coding&0xF0 == 0xD0:
		return defaultAlphabet
	case coding == 8, coding&0xFC == 0x18, coding&0xF0 == 0xE0:
		return ucs2
	default:
		return latin1
	}
}

// decode reads text; it never fails, as gsm.Decode never does.
func (a alphabet) decode(data []byte) string {
	switch a {
	case defaultAlphabet:
		return gsm.Decode(data, gsm.GSM7)
	case ucs2:
		return gsm.Decode(data, gsm.UCS2)
	}
	runes := make([]rune, len(data))
	for i, octet := range data {
		runes[i] = rune(octet)
	}
	return string(runes)
}

// encodingOf is the encoding in which the text reaches the handset: that of
// the wire, or what the centre turns Latin-1 into.
func (a alphabet) encodingOf(text string) gsm.Encoding {
	switch a {
	case defaultAlphabet:
		return gsm.GSM7
	case ucs2:
		return gsm.UCS2
	}
	return gsm.Detect(text)
}

// partsOf is how many message parts the text fills on the radio when the
// centre, not the client, splits it.
func partsOf(data []byte, text string, a alphabet) int {
	units, single, room := len(data), 160, 153
	switch a {
	case ucs2:
		units, single, room = len(data)/2, 70, 67
	case latin1:
		_, _, parts := gsm.Count(text)
		return parts
	}
	if units <= single {
		return 1
	}
	return (units + room - 1) / room
}

// join decodes the parts of a text in order. Neighbours in one alphabet are
// decoded together, since a client may have cut within a character.
func join(parts []Part) (text string, enc gsm.Encoding) {
	enc = gsm.GSM7
	for len(parts) > 0 {
		a, data := alphabetOf(parts[0].Coding), []byte(nil)
		for len(parts) > 0 && alphabetOf(parts[0].Coding) == a {
			data = append(data, parts[0].Data...)
			parts = parts[1:]
		}
		piece := a.decode(data)
		if a.encodingOf(piece) == gsm.UCS2 {
			enc = gsm.UCS2
		}
		text += piece
	}
	// A NUL shows on no phone and has no place in a database's text.
	return strings.ReplaceAll(text, "\x00", string(utf8.RuneError)), enc
}
