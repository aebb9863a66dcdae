package gsm

import (
	"errors"
	"fmt"
)

// ErrIncomplete is wrapped by Reassemble's error while parts are missing.
var ErrIncomplete = errors.New("gsm: parts are missing")

// ErrMixedParts is Reassemble's error for parts that are not of one message.
var ErrMixedParts = errors.New("gsm: parts of different messages")

// Reassemble returns the text of a message from its parts, which may come in
// any order and more than once (the first of a number holds). Errors wrap
// ErrIncomplete, ErrMixedParts or ErrMalformedUDH.
func Reassemble(parts []Segment) (string, error) {
	ordered, err := order(parts)
	if err != nil {
		return "", err
	}
	return Join(ordered), nil
}

// Join is the text of parts that follow each other, in that order. The shift
// tables that their headers name hold for each. It never fails, as Decode.
func Join(ordered []Segment) string {
	text := ""
	for len(ordered) > 0 {
		// Decoded together, since a foreign sender may have cut within an
		// escape sequence or a surrogate pair.
		enc, shift, data := ordered[0].Encoding, ordered[0].shift(), []byte(nil)
		for len(ordered) > 0 && ordered[0].Encoding == enc && ordered[0].shift() == shift {
			data = append(data, ordered[0].Data...)
			ordered = ordered[1:]
		}
		text += shift.decode(data, enc)
	}
	return text
}

// shift is what the part's header says of its alphabet.
func (s Segment) shift() shift {
	if s.UDH == nil {
		return shift{}
	}
	header, _, err := ParseUDH(s.UDH)
	if err != nil {
		return shift{}
	}
	return header.shift
}

func order(parts []Segment) ([]Segment, error) {
	if len(parts) == 0 {
		return nil, ErrIncomplete
	}
	message, err := place(parts[0])
	if err != nil {
		return nil, err
	}
	ordered := make([]Segment, message.Total)
	seen, found := [maxParts + 1]bool{}, 0
	for _, part := range parts {
		c, err := place(part)
		if err != nil {
			return nil, err
		}
		if c.Ref != message.Ref || c.Wide != message.Wide || c.Total != message.Total {
			return nil, ErrMixedParts
		}
		if !seen[c.Seq] {
			seen[c.Seq] = true
			ordered[c.Seq-1] = part
			found++
		}
	}
	if found < len(ordered) {
		return nil, fmt.Errorf("%w: %d of %d are there", ErrIncomplete, found, len(ordered))
	}
	return ordered, nil
}

// place reads where a part belongs; without a header it is the only one.
func place(part Segment) (Concat, error) {
	only := Concat{Total: 1, Seq: 1}
	if part.UDH == nil {
		return only, nil
	}
	header, _, err := ParseUDH(part.UDH)
	if err != nil || header.Concat == nil {
		return only, err
	}
	return *header.Concat, nil
}
