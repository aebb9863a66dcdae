package gsm

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/warthog618/sms/encoding/gsm7"
	"pgregory.net/rapid"
)

func TestPackedTextBearsFillBitsAfterItsHeader(t *testing.T) {
	for _, c := range []struct {
		name, text string
		header     int
		want       string
	}{
		{"nothing", "", 0, ""},
		{"hello", "hello", 0, "e8329bfd06"},
		{"eight septets fill seven octets", "hellohel", 0, "e8329bfd4697d9"},
		{"one fill bit after six octets", "hi", 6, "d069"},
		{"no fill bits after seven octets", "hi", 7, "e834"},
		{"seven bits left over are a carriage return", "1234567", 0, "31d98c56b3dd1a"},
	} {
		septets, err := Encode(c.text, GSM7)
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(AppendPacked(nil, septets, c.header)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPackAgreesWithOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		septets := rapid.SliceOfN(rapid.ByteRange(0, 127), 1, 170).Draw(t, "septets")
		header := rapid.SampledFrom([]int{0, 6, 7, 4, 12}).Draw(t, "header")
		fill := int(fillBits(header))
		got := AppendPacked(nil, septets, header)
		want := gsm7.Pack7Bit(septets, fill)
		if (len(septets)*septetBits+fill)%octetBits == 1 {
			want[len(want)-1] |= padding << 1
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("% x behind %d octets: % x, the oracle says % x", septets, header, got, want)
		}
	})
}

func TestUnpackReversesPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		septets := rapid.SliceOfN(rapid.ByteRange(0, 127), 0, 170).Draw(t, "septets")
		septets = append(septets, 'x') // a carriage return there could be padding
		header := rapid.SampledFrom([]int{0, 6, 7, 4, 12}).Draw(t, "header")
		if got := Unpack(AppendPacked(nil, septets, header), header); !bytes.Equal(got, septets) {
			t.Fatalf("% x behind %d octets became % x", septets, header, got)
		}
	})
}

func TestPackedPartsFit140Octets(t *testing.T) {
	for _, width := range []ReferenceWidth{Reference8, Reference16} {
		for _, part := range Split(strings.Repeat("a", 400), 7, width) {
			if n := len(AppendPacked(part.UDH, part.Data, len(part.UDH))); n > 140 {
				t.Errorf("width %d: %d octets", width, n)
			}
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte("\xe8\x32\x9b\xfd\x06"), 0)
	f.Add([]byte{0xd0}, 6)
	f.Fuzz(func(t *testing.T, packed []byte, header int) {
		header = int(uint8(header))
		for _, s := range Unpack(packed, header) {
			if s > 127 {
				t.Fatalf("septet %x", s)
			}
		}
	})
}
