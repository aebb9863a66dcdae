package smsc

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"

	"heliograph/protocol/gsm"
	"heliograph/protocol/smpp"
)

// The rest of the table of SMPP 3.4 §5.2.19, which only texts from handsets use.
// What it calls JIS is Shift JIS on the wire.
const (
	codingJIS       smpp.DataCoding = 5
	codingCyrillic  smpp.DataCoding = 6 // ISO 8859-5
	codingHebrew    smpp.DataCoding = 7 // ISO 8859-8
	codingISO2022JP smpp.DataCoding = 10
	codingKorean    smpp.DataCoding = 14 // KS C 5601
)

// charset is the character set of a data_coding, nil for one that textCoding
// tells.
func charset(c smpp.DataCoding) encoding.Encoding {
	switch c {
	case codingJIS:
		return japanese.ShiftJIS
	case codingCyrillic:
		return charmap.ISO8859_5
	case codingHebrew:
		return charmap.ISO8859_8
	case codingISO2022JP:
		return japanese.ISO2022JP
	case codingKorean:
		return korean.EUCKR
	}
	return nil
}

// wide is text in a character set as UTF-16BE. What the set does not have becomes
// U+FFFD.
func wide(text []byte, set encoding.Encoding) []byte {
	utf8, err := set.NewDecoder().Bytes(text)
	if err != nil {
		utf8 = text
	}
	octets, _ := gsm.Encode(string(utf8), gsm.UCS2) // never fails
	return octets
}
