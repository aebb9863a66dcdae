package gsm

// Wire is how a carrier takes texts. The zero value is the service's own way:
// the encoding that Detect tells, parts with an 8-bit reference.
type Wire struct {
	// Width of the reference that ties parts together.
	Width ReferenceWidth
	// Whole leaves it to the network to cut a long text.
	Whole bool
	// Lacks says that the carrier's alphabet lacks a character of the default
	// alphabet; text with such a character travels as UCS2. Nil lacks none.
	Lacks func(r rune) bool
}

// Encoding is how text travels to the carrier: as Detect says, unless the
// carrier's alphabet lacks a character.
func (w Wire) Encoding(text string) Encoding {
	enc := Detect(text)
	if enc != GSM7 || w.Lacks == nil {
		return enc
	}
	for _, r := range text {
		if w.Lacks(r) {
			return UCS2
		}
	}
	return GSM7
}

// Split encodes text and cuts it into parts that a handset puts together again.
// ref is the same for all parts; Reference8 takes its low octet. No part ends
// within an escape sequence or a surrogate pair, nor within what a reader sees
// as one character, unless that is longer than a part. Octets that are no UTF-8
// become U+FFFD. Text of more than 255 parts cannot be numbered and returns
// nil. With Whole there is one segment without a header, however long.
func (w Wire) Split(text string, ref uint16) []Segment {
	enc := w.Encoding(text)
	units := length(text, enc)
	if units <= single(enc) || w.Whole {
		data := make([]byte, 0, units*octets(enc))
		return []Segment{{Encoding: enc, Data: appendText(data, text, enc)}}
	}
	room := limit(enc, w.Width)
	total := countParts(text, enc, room)
	if total > maxParts {
		return nil
	}
	return split(text, enc, concat{ref: ref, width: w.Width, total: uint8(total)}, units, room)
}
