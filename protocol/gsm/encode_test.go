package gsm

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/warthog618/sms/encoding/gsm7"
	"github.com/warthog618/sms/encoding/ucs2"
	"pgregory.net/rapid"
)

func TestEncodeAgreesWithOracleOnEveryCharacter(t *testing.T) {
	for r := rune(0); r <= 0xFFFF; r++ {
		if r == escape {
			continue // the oracle lets the bare control character through
		}
		text := string(r)
		want, oracleErr := gsm7.Encode([]byte(text))
		got, err := Encode(text, GSM7)
		if (err == nil) != (oracleErr == nil) || !bytes.Equal(got, want) {
			t.Errorf("%U: % x, %v; the oracle says % x, %v", r, got, err, want, oracleErr)
		}
		if (Detect(text) == GSM7) != (oracleErr == nil) {
			t.Errorf("Detect(%U) = %v, but the oracle says %v", r, Detect(text), oracleErr)
		}
	}
}

func TestDecodeAgreesWithOracleOnEveryPairOfSeptets(t *testing.T) {
	for first := range byte(128) {
		for second := range byte(128) {
			data := []byte{first, second, 'x'}
			if first == escape && second == 0x0D {
				continue // a control code in the table: the oracle shows a line feed
			}
			want, err := gsm7.Decode(data)
			if got := Decode(data, GSM7); err != nil || got != string(want) {
				t.Errorf("Decode(% x) = %q, the oracle says %q, %v", data, got, want, err)
			}
		}
	}
}

func TestEncodeUCS2AgreesWithOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		got, err := Encode(text, UCS2)
		if want := ucs2.Encode([]rune(text)); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("Encode(%q) = % x, %v; the oracle says % x", text, got, err, want)
		}
	})
}

func TestEncodedTextDecodesToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(gsmCharacters, plainUnicode, surrogatePairs, joiners).Draw(t, "text")
		data, err := Encode(text, Detect(text))
		if got := Decode(data, Detect(text)); err != nil || got != text {
			t.Fatalf("%q became %q, %v", text, got, err)
		}
	})
}

func TestEncodeRefusesWhatTheAlphabetLacks(t *testing.T) {
	data, err := Encode("abc’", GSM7)
	if data != nil || err == nil || !strings.Contains(err.Error(), "U+2019 at octet 3") {
		t.Errorf("Encode = % x, %v", data, err)
	}
}

func TestEncodeReplacesWhatIsNoUTF8(t *testing.T) {
	data, err := Encode("a\xffb", UCS2)
	if want := []byte{0, 'a', 0xFF, 0xFD, 0, 'b'}; err != nil || !bytes.Equal(data, want) {
		t.Errorf("Encode = % x, %v", data, err)
	}
}

func TestDecodeToleratesWhatNetworksDo(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		enc  Encoding
		want string
	}{
		{"nothing", nil, GSM7, ""},
		{"euro", []byte{0x1B, 0x65}, GSM7, "€"},
		{"unknown escape sequence", []byte{0x1B, 'a', 'b'}, GSM7, "ab"},
		{"escape, carriage return", []byte{0x1B, 0x0D}, GSM7, "\r"},
		{"two escapes", []byte{0x1B, 0x1B, 'e'}, GSM7, " e"},
		{"escape at the end", []byte{'a', 0x1B}, GSM7, "a "},
		{"no septet", []byte{'a', 0x80, 0x1B, 0xFF}, GSM7, "a\uFFFD\uFFFD"},
		{"nothing in UCS-2", nil, UCS2, ""},
		{"surrogate pair", []byte{0xD8, 0x3D, 0xDE, 0x00}, UCS2, "😀"},
		{"lone high surrogate", []byte{0xD8, 0x3D, 0, 'a'}, UCS2, "\uFFFDa"},
		{"lone low surrogate", []byte{0xDE, 0x00, 0, 'a'}, UCS2, "\uFFFDa"},
		{"high surrogate at the end", []byte{0, 'a', 0xD8, 0x3D}, UCS2, "a\uFFFD"},
		{"two high surrogates and a low one", []byte{0xD8, 0x3D, 0xD8, 0x3D, 0xDE, 0x00}, UCS2, "\uFFFD😀"},
		{"replacement character", []byte{0xFF, 0xFD, 0, 'a'}, UCS2, "\uFFFDa"},
		{"odd length", []byte{0, 'a', 0}, UCS2, "a\uFFFD"},
		{"byte order mark", []byte{0xFE, 0xFF, 0, 'a'}, UCS2, "a"},
		{"little-endian", []byte{0xFF, 0xFE, 'a', 0, 0x3D, 0xD8, 0x00, 0xDE}, UCS2, "a😀"},
		{"mark within the text", []byte{0, 'a', 0xFE, 0xFF}, UCS2, "a\uFEFF"},
	} {
		if got := Decode(c.data, c.enc); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("hello"), false)
	f.Add([]byte{0x1B, 0x65, 0x1B, 0x1B, 0x1B}, false)
	f.Add([]byte{0xFF, 0xFE, 0x3D, 0xD8, 0x00, 0xDE, 1}, true)
	f.Add([]byte{0xDE, 0x00, 0xD8, 0x3D}, true)
	f.Fuzz(func(t *testing.T, data []byte, wide bool) {
		enc := GSM7
		if wide {
			enc = UCS2
		}
		text := Decode(data, enc)
		if !utf8.ValidString(text) {
			t.Fatalf("Decode(% x) = %q", data, text)
		}
		if utf8.RuneCountInString(text) > len(data) {
			t.Fatalf("Decode(% x) grew to %q", data, text)
		}
	})
}
