package gsm

import "unicode/utf8"

// ReferenceWidth is the width of the number that holds the parts of a message
// together.
type ReferenceWidth uint8

// The two widths of a reference.
const (
	// Reference8 leaves 153 septets or 67 UTF-16 units to a part.
	Reference8 ReferenceWidth = iota
	// Reference16 leaves 152 or 66, and repeats itself less soon.
	Reference16
)

// maxParts is what one octet can number (3GPP TS 23.040 §9.2.3.24.1).
const maxParts = 255

// Segment is one part of a message.
type Segment struct {
	Encoding Encoding
	// UDH is the user data header with its length octet, nil for the
	// only part of a message.
	UDH []byte
	// Data is the text: one septet an octet, or UTF-16BE.
	Data []byte
}

// single is the room of a message of one part: 140 octets (3GPP TS 23.040
// §9.2.3.16) as septets or as UTF-16 units.
func single(enc Encoding) int {
	if enc == GSM7 {
		return 160
	}
	return 70
}

// limit is the room of one part beside a concatenation header.
func limit(enc Encoding, width ReferenceWidth) int {
	room := 67
	if enc == GSM7 {
		room = 153
	}
	if width == Reference16 {
		room--
	}
	return room
}

// Split is Wire.Split for a carrier that has every character of the default
// alphabet.
func Split(text string, ref uint16, width ReferenceWidth) []Segment {
	return Wire{Width: width}.Split(text, ref)
}

// concat is what the headers of all parts have in common.
type concat struct {
	ref   uint16
	width ReferenceWidth
	total uint8
}

func (c concat) appendHeader(dst []byte, seq uint8) []byte {
	if c.width == Reference16 {
		return AppendConcat16(dst, c.ref, c.total, seq)
	}
	return AppendConcat8(dst, uint8(c.ref), c.total, seq)
}

func split(text string, enc Encoding, c concat, units, room int) []Segment {
	parts := make([]Segment, c.total)
	// All parts share one array; each slice ends at its capacity, so that
	// an append to one cannot reach the next.
	buf := make([]byte, 0, int(c.total)*concat16Len+units*octets(enc))
	for i := range parts {
		start := len(buf)
		buf = c.appendHeader(buf, uint8(i+1))
		body := len(buf)
		n := cut(text, enc, room)
		buf = appendText(buf, text[:n], enc)
		text = text[n:]
		parts[i] = Segment{enc, buf[start:body:body], buf[body:len(buf):len(buf)]}
	}
	return parts
}

func countParts(text string, enc Encoding, room int) (parts int) {
	for ; text != ""; parts++ {
		text = text[cut(text, enc, room):]
	}
	return parts
}

// cut returns how many octets of text (in UTF-8) go into the next part of at
// most room units.
func cut(text string, enc Encoding, room int) int {
	units := 0
	for i, r := range text {
		if units += unitsOf(r, enc); units > room {
			if enc == GSM7 {
				return i // the alphabet has no combining characters
			}
			return clusterStart(text, i)
		}
	}
	return len(text)
}

// clusterStart moves a cut at octet i back to the start of the character that
// it would tear, unless that takes up the whole part.
func clusterStart(text string, i int) int {
	for at := i; at > 0; {
		before, size := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at:])
		if !joined(before, after) && !withinFlag(text[:at], after) {
			return at
		}
		at -= size
	}
	return i
}
