// Package gsm turns text into the user data of short messages and back: the
// GSM 7-bit default alphabet with its extension table and UCS-2 (3GPP TS
// 23.038 §6.2.1, §6.2.3), and the concatenation of parts by a user data header
// (3GPP TS 23.040 §9.2.3.24).
//
// The rule is that of the service: the default alphabet if it holds every
// character of the text, else UCS-2; nothing is replaced by a look-alike.
// "UCS-2" is UTF-16 throughout, as on every handset.
//
// User data holds one septet an octet here. Packing septets into octets is the
// work of the message centre; AppendPacked is for one that leaves it to others.
// National language shift tables (TS 23.038 annex A) are read, and not written.
// Left out: 8-bit data and compression.
package gsm

import (
	"fmt"
	"unicode/utf8"
)

// Encoding is how the text of a message is written into its user data.
type Encoding uint8

// The encodings of text.
const (
	// GSM7 is the GSM 7-bit default alphabet with its extension table.
	GSM7 Encoding = iota
	// UCS2 is UTF-16, big-endian, without a byte order mark.
	UCS2
)

// String returns "GSM" or "UCS2".
func (e Encoding) String() string {
	switch e {
	case GSM7:
		return "GSM"
	case UCS2:
		return "UCS2"
	}
	return fmt.Sprintf("Encoding(%d)", uint8(e))
}

// The service's ceiling of one message. See Fits.
const (
	// MaxGSMSeptets is ten parts of 153 septets.
	MaxGSMSeptets = 1530
	// MaxUCS2Units is in UTF-16 code units, and no multiple of a part.
	MaxUCS2Units = 630
	// maxGSMParts is what MaxGSMSeptets fill when no part ends early.
	maxGSMParts = 10
)

// Detect returns GSM7 if the default alphabet and its extension table hold
// every character of text, else UCS2.
func Detect(text string) Encoding {
	for i := range len(text) {
		if b := text[i]; b >= utf8.RuneSelf {
			return detectBeyondASCII(text[i:])
		} else if codes[b] == 0 {
			return UCS2
		}
	}
	return GSM7
}

func detectBeyondASCII(text string) Encoding {
	for _, r := range text {
		if codeOf(r) == 0 {
			return UCS2
		}
	}
	return GSM7
}

// Count returns how text is encoded, its length in septets (GSM7, where the
// characters of the extension table count two) or UTF-16 code units (UCS2), and
// in how many parts Split sends it with Reference8. Empty text is one part.
func Count(text string) (enc Encoding, units, parts int) {
	enc = Detect(text)
	units = length(text, enc)
	if units <= single(enc) {
		return enc, units, 1
	}
	return enc, units, countParts(text, enc, limit(enc, Reference8))
}

// Fits says whether text is within the service's ceiling: ten GSM parts, or
// MaxUCS2Units.
func Fits(text string) bool {
	enc, units, parts := Count(text)
	if enc == GSM7 {
		return parts <= maxGSMParts
	}
	return units <= MaxUCS2Units
}

func length(text string, enc Encoding) (units int) {
	for _, r := range text {
		units += unitsOf(r, enc)
	}
	return units
}

// unitsOf is the length of one character: septets or UTF-16 code units.
func unitsOf(r rune, enc Encoding) int {
	if enc == GSM7 {
		return 1 + int(codeOf(r)>>extensionBit&1)
	}
	if r >= 0x10000 {
		return 2
	}
	return 1
}
