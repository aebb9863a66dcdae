package gsm

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestParseUDH(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want *Concat
		rest string
	}{
		{"empty header", []byte{0, 'x'}, nil, "x"},
		{"8-bit reference", []byte{5, 0, 3, 0xAB, 2, 1, 'x'}, &Concat{0xAB, false, 2, 1}, "x"},
		{"16-bit reference", []byte{6, 8, 4, 0xAB, 0xCD, 2, 2, 'x'}, &Concat{0xABCD, true, 2, 2}, "x"},
		{"no text", []byte{5, 0, 3, 1, 1, 1}, &Concat{1, false, 1, 1}, ""},
		{"ports first", []byte{11, 5, 4, 0x0B, 0x84, 0, 0, 0, 3, 7, 3, 2, 'x'}, &Concat{7, false, 3, 2}, "x"},
		{"language shift behind", []byte{8, 0, 3, 7, 3, 2, 0x24, 1, 1, 'x'}, &Concat{7, false, 3, 2}, "x"},
		{"the last one holds", []byte{11, 0, 3, 1, 2, 1, 8, 4, 0, 9, 3, 3}, &Concat{9, true, 3, 3}, ""},
		{"an invalid last one does not", []byte{10, 0, 3, 1, 2, 1, 0, 3, 1, 2, 3}, &Concat{1, false, 2, 1}, ""},
		{"no parts", []byte{5, 0, 3, 1, 0, 0, 'x'}, nil, "x"},
		{"part 0", []byte{5, 0, 3, 1, 2, 0, 'x'}, nil, "x"},
		{"part beyond the last", []byte{5, 0, 3, 1, 2, 3, 'x'}, nil, "x"},
		{"element of another length", []byte{4, 0, 2, 1, 2, 'x'}, nil, "x"},
	} {
		header, rest, err := ParseUDH(c.in)
		if err != nil || string(rest) != c.rest {
			t.Errorf("%s: rest %q, %v", c.name, rest, err)
			continue
		}
		if (header.Concat == nil) != (c.want == nil) || c.want != nil && *header.Concat != *c.want {
			t.Errorf("%s: %+v, want %+v", c.name, header.Concat, c.want)
		}
	}
}

func TestParseUDHRefusesTruncation(t *testing.T) {
	for _, in := range [][]byte{
		nil, {}, {1}, {5, 0, 3, 1, 2}, {1, 0}, {3, 0, 3, 1}, {6, 0, 3, 1, 2, 1, 8}, {255, 0, 3},
	} {
		if header, rest, err := ParseUDH(in); !errors.Is(err, ErrMalformedUDH) || header.Concat != nil || rest != nil {
			t.Errorf("ParseUDH(% x) = %+v, % x, %v", in, header, rest, err)
		}
	}
}

func TestAppendedHeaderParsesToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Uint8Min(1).Draw(t, "total")
		want := Concat{rapid.Uint16().Draw(t, "ref"), true, total, rapid.Uint8Range(1, total).Draw(t, "seq")}
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		header, rest, err := ParseUDH(append(AppendConcat16(nil, want.Ref, want.Total, want.Seq), text...))
		if err != nil || *header.Concat != want || !bytes.Equal(rest, text) {
			t.Fatalf("16 bits: %+v, %v", header.Concat, err)
		}
		want.Wide, want.Ref = false, want.Ref&0xFF
		header, rest, err = ParseUDH(append(AppendConcat8(nil, uint8(want.Ref), want.Total, want.Seq), text...))
		if err != nil || *header.Concat != want || !bytes.Equal(rest, text) {
			t.Fatalf("8 bits: %+v, %v", header.Concat, err)
		}
	})
}

func FuzzParseUDH(f *testing.F) {
	f.Add([]byte{5, 0, 3, 0xAB, 2, 1, 'x'})
	f.Add([]byte{11, 5, 4, 0x0B, 0x84, 0, 0, 8, 4, 7, 3, 3, 2})
	f.Add([]byte{3, 0, 3, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, in []byte) {
		header, rest, err := ParseUDH(in)
		if err != nil {
			return
		}
		if 1+int(in[0])+len(rest) != len(in) {
			t.Fatalf("ParseUDH(% x) left % x", in, rest)
		}
		if c := header.Concat; c != nil && (c.Seq < 1 || c.Seq > c.Total || !c.Wide && c.Ref > 0xFF) {
			t.Fatalf("ParseUDH(% x) = %+v", in, *c)
		}
	})
}
