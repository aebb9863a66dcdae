package gsm

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encode writes text as unpacked septets, one an octet (GSM7), or as UTF-16BE
// (UCS2). It fails only where GSM7 lacks a character. Octets that are no UTF-8
// become U+FFFD.
func Encode(text string, enc Encoding) ([]byte, error) {
	if enc == GSM7 {
		for i, r := range text {
			if codeOf(r) == 0 {
				return nil, fmt.Errorf("gsm: encode: %U at octet %d is not in the GSM 7-bit default alphabet", r, i)
			}
		}
	}
	return appendText(make([]byte, 0, length(text, enc)*octets(enc)), text, enc), nil
}

// octets is how many octets of user data one unit takes.
func octets(enc Encoding) int {
	if enc == GSM7 {
		return 1
	}
	return 2
}

// appendText expects that the encoding holds every character.
func appendText(dst []byte, text string, enc Encoding) []byte {
	for _, r := range text {
		switch {
		case enc == GSM7:
			code := codeOf(r)
			if code&withExtension != 0 {
				dst = append(dst, escape)
			}
			dst = append(dst, byte(code))
		case r >= 0x10000:
			high, low := utf16.EncodeRune(r)
			dst = binary.BigEndian.AppendUint16(dst, uint16(high))
			dst = binary.BigEndian.AppendUint16(dst, uint16(low))
		default:
			dst = binary.BigEndian.AppendUint16(dst, uint16(r))
		}
	}
	return dst
}

// Decode reads user data without its header and never fails, since people
// wait for the text whatever their network has done to it.
//
// GSM7: an unknown escape sequence shows the second code's character of the
// default alphabet, an escape before another one or at the end a space (3GPP TS
// 23.038 §6.2.1.1); an octet above 0x7F is U+FFFD. UCS2: a byte order mark is
// taken off and honoured; a lone surrogate and a last odd octet are U+FFFD.
func Decode(data []byte, enc Encoding) string {
	return shift{}.decode(data, enc)
}

func (s shift) decode(data []byte, enc Encoding) string {
	if enc == GSM7 {
		return s.alphabet().decode(data)
	}
	return decodeUCS2(data)
}

func (a alphabet) decode(data []byte) string {
	var text strings.Builder
	text.Grow(len(data))
	for i := 0; i < len(data); i++ {
		code := data[i]
		if code == escape && i+1 < len(data) {
			i++
			if r := a.escaped(data[i]); r != 0 {
				text.WriteRune(r)
				continue
			}
			code = data[i]
		}
		if code >= byte(len(a.plain)) {
			text.WriteRune(utf8.RuneError)
			continue
		}
		text.WriteRune(a.plain[code])
	}
	return text.String()
}

func decodeUCS2(data []byte) string {
	order := binary.ByteOrder(binary.BigEndian)
	if len(data) >= 2 {
		switch binary.BigEndian.Uint16(data) {
		case 0xFEFF:
			data = data[2:]
		case 0xFFFE:
			order, data = binary.LittleEndian, data[2:]
		}
	}
	var text strings.Builder
	text.Grow(len(data))
	for ; len(data) >= 2; data = data[2:] {
		r := rune(order.Uint16(data))
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
			if len(data) >= 4 {
				r = utf16.DecodeRune(rune(order.Uint16(data)), rune(order.Uint16(data[2:])))
			}
			if r != utf8.RuneError {
				data = data[2:]
			}
		}
		text.WriteRune(r)
	}
	if len(data) == 1 {
		text.WriteRune(utf8.RuneError)
	}
	return text.String()
}
