package gsm

import (
	"encoding/binary"
	"errors"
)

// The information elements of concatenation (3GPP TS 23.040 §9.2.3.24.1,
// §9.2.3.24.8) and the length of their headers.
const (
	elementConcat8  = 0x00
	elementConcat16 = 0x08
	elementSingle   = 0x24 // §9.2.3.24.15, of the language of a single shift table
	elementLocking  = 0x25 // §9.2.3.24.16

	concat8Len  = 6
	concat16Len = 7
)

// ErrMalformedUDH is ParseUDH's error for user data that ends within its
// header, or an element that ends beyond it.
var ErrMalformedUDH = errors.New("gsm: malformed user data header")

// UDH is what a user data header says.
type UDH struct {
	// Concat is nil for a message of one part.
	Concat *Concat

	shift shift
}

// Concat is the place of one part within its message. Parts belong together
// when sender, recipient, Ref, Wide and Total agree.
type Concat struct {
	Ref   uint16 // reference of the message
	Wide  bool   // Ref has 16 bits, else 8
	Total uint8  // parts of the message, at least 1
	Seq   uint8  // this part, from 1 to Total
}

// ParseUDH parts user data that starts with a header (SMPP esm_class 0x40) into
// header and text. Unknown elements are skipped by their length, a
// concatenation that numbers nothing (no parts, part 0, a part beyond the last)
// is passed over, and of several the last holds (3GPP TS 23.040 §9.2.3.24).
func ParseUDH(b []byte) (header UDH, rest []byte, err error) {
	if len(b) == 0 || len(b) <= int(b[0]) {
		return UDH{}, nil, ErrMalformedUDH
	}
	elements, rest := b[1:1+int(b[0])], b[1+int(b[0]):]
	for len(elements) > 0 {
		if len(elements) < 2 || len(elements) < 2+int(elements[1]) {
			return UDH{}, nil, ErrMalformedUDH
		}
		end := 2 + int(elements[1])
		header.read(elements[0], elements[2:end])
		elements = elements[end:]
	}
	return header, rest, nil
}

// read takes one information element.
func (h *UDH) read(id byte, data []byte) {
	if c, ok := parseConcat(id, data); ok {
		h.Concat = &c
	}
	switch {
	case id == elementSingle && len(data) == 1:
		h.shift.single = data[0]
	case id == elementLocking && len(data) == 1:
		h.shift.locking = data[0]
	}
}

func parseConcat(id byte, data []byte) (c Concat, ok bool) {
	switch {
	case id == elementConcat8 && len(data) == 3:
		c = Concat{Ref: uint16(data[0]), Total: data[1], Seq: data[2]}
	case id == elementConcat16 && len(data) == 4:
		c = Concat{Ref: binary.BigEndian.Uint16(data), Wide: true, Total: data[2], Seq: data[3]}
	}
	return c, c.Seq >= 1 && c.Seq <= c.Total
}

// AppendConcat8 appends a whole header (6 octets) that says: part seq of
// total, 8-bit reference (3GPP TS 23.040 §9.2.3.24.1).
func AppendConcat8(dst []byte, ref, total, seq uint8) []byte {
	return append(dst, concat8Len-1, elementConcat8, 3, ref, total, seq)
}

// AppendConcat16 appends a whole header (7 octets) that says: part seq of
// total, 16-bit reference (3GPP TS 23.040 §9.2.3.24.8).
func AppendConcat16(dst []byte, ref uint16, total, seq uint8) []byte {
	return append(dst, concat16Len-1, elementConcat16, 4, byte(ref>>8), byte(ref), total, seq)
}
