package gsm

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestReassembleInAnyOrderAndRepeated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat("Grüße € 😀 ", rapid.IntRange(1, 60).Draw(t, "times"))
		parts := Split(text, 9, Reference8)
		shuffled := rapid.Permutation(parts).Draw(t, "order")
		shuffled = append(shuffled, rapid.SampledFrom(parts).Draw(t, "again"))
		if got, err := Reassemble(shuffled); err != nil || got != text {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

func TestReassembleWithoutHeader(t *testing.T) {
	if got, err := Reassemble([]Segment{{GSM7, nil, []byte("hi")}}); err != nil || got != "hi" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestReassembleSaysWhatIsWrong(t *testing.T) {
	part := func(ref, total, seq uint8) Segment {
		return Segment{GSM7, AppendConcat8(nil, ref, total, seq), []byte("x")}
	}
	wide := Segment{GSM7, AppendConcat16(nil, 1, 2, 2), []byte("x")}
	for _, c := range []struct {
		name  string
		parts []Segment
		want  error
	}{
		{"no parts", nil, ErrIncomplete},
		{"one of two", []Segment{part(1, 2, 2)}, ErrIncomplete},
		{"the same one twice", []Segment{part(1, 2, 2), part(1, 2, 2)}, ErrIncomplete},
		{"another reference", []Segment{part(1, 2, 1), part(2, 2, 2)}, ErrMixedParts},
		{"another total", []Segment{part(1, 2, 1), part(1, 3, 2)}, ErrMixedParts},
		{"another width", []Segment{part(1, 2, 1), wide}, ErrMixedParts},
		{"two without header", []Segment{part(1, 2, 1), {GSM7, nil, []byte("x")}}, ErrMixedParts},
		{"broken header", []Segment{{GSM7, []byte{5, 0}, []byte("x")}}, ErrMalformedUDH},
		{"broken header later", []Segment{part(1, 2, 1), {GSM7, []byte{5, 0}, []byte("x")}}, ErrMalformedUDH},
	} {
		if text, err := Reassemble(c.parts); !errors.Is(err, c.want) || text != "" {
			t.Errorf("%s: %q, %v; want %v", c.name, text, err, c.want)
		}
	}
}

func TestReassembleOfForeignParts(t *testing.T) {
	one, two := AppendConcat8(nil, 1, 2, 1), AppendConcat8(nil, 1, 2, 2)
	for _, c := range []struct {
		name          string
		first, second Segment
		want          string
	}{
		{"cut within an escape sequence", Segment{GSM7, one, []byte{'a', 0x1B}}, Segment{GSM7, two, []byte{0x65}}, "a€"},
		{"cut within a surrogate pair", Segment{UCS2, one, []byte{0xD8, 0x3D}}, Segment{UCS2, two, []byte{0xDE, 0x00}}, "😀"},
		{"two encodings", Segment{GSM7, one, []byte("a")}, Segment{UCS2, two, []byte{0x4E, 0x2D}}, "a中"},
		{"an empty part", Segment{GSM7, one, nil}, Segment{GSM7, two, []byte("a")}, "a"},
	} {
		if got, err := Reassemble([]Segment{c.second, c.first}); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

// FuzzReassemble puts parts with any headers together; a text is valid UTF-8,
// and there is one only when no error says otherwise.
func FuzzReassemble(f *testing.F) {
	f.Add([]byte{5, 0, 3, 7, 2, 1}, []byte("one "), []byte{5, 0, 3, 7, 2, 2}, []byte("two"), false)
	f.Add([]byte{6, 8, 4, 1, 2, 2, 2}, []byte{0xDE, 0}, []byte{6, 8, 4, 1, 2, 2, 1}, []byte{0xD8, 0x3D}, true)
	f.Add([]byte{5, 0, 3, 7, 255, 255}, []byte{0x1B}, []byte{5, 0, 3, 7, 255, 1}, []byte("e"), false)
	f.Add([]byte{0}, []byte("x"), []byte(nil), []byte(nil), false)
	f.Fuzz(func(t *testing.T, first, data, second, rest []byte, wide bool) {
		enc := GSM7
		if wide {
			enc = UCS2
		}
		text, err := Reassemble([]Segment{{UDH: first, Data: data, Encoding: enc}, {UDH: second, Data: rest}})
		known := errors.Is(err, ErrIncomplete) || errors.Is(err, ErrMixedParts) || errors.Is(err, ErrMalformedUDH)
		if err != nil && (!known || text != "") || !utf8.ValidString(text) {
			t.Fatalf("%q, %v", text, err)
		}
	})
}
