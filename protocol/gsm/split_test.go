package gsm

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/warthog618/sms"
	"pgregory.net/rapid"
)

func TestSplitOfOnePartHasNoHeader(t *testing.T) {
	for _, text := range []string{"", "a", strings.Repeat("a", 160), strings.Repeat("中", 70)} {
		parts := Split(text, 1, Reference8)
		if len(parts) != 1 || parts[0].UDH != nil || Decode(parts[0].Data, parts[0].Encoding) != text {
			t.Errorf("Split of %d octets = %v", len(text), parts)
		}
	}
}

func TestSplitWritesHeaders(t *testing.T) {
	text := strings.Repeat("a", 161)
	for i, part := range Split(text, 0x1234, Reference8) {
		if want := []byte{5, 0, 3, 0x34, 2, byte(i + 1)}; !bytes.Equal(part.UDH, want) {
			t.Errorf("8 bits, part %d: % x", i+1, part.UDH)
		}
	}
	for i, part := range Split(text, 0x1234, Reference16) {
		if want := []byte{6, 8, 4, 0x12, 0x34, 2, byte(i + 1)}; !bytes.Equal(part.UDH, want) {
			t.Errorf("16 bits, part %d: % x", i+1, part.UDH)
		}
	}
}

func TestSplitRoomOfParts(t *testing.T) {
	for _, c := range []struct {
		character    string
		width        ReferenceWidth
		octets, many int
	}{
		{"a", Reference8, 153, 306},
		{"a", Reference16, 152, 304},
		{"中", Reference8, 134, 134},
		{"中", Reference16, 132, 132},
	} {
		parts := Split(strings.Repeat(c.character, c.many), 1, c.width)
		if len(parts) != 2 || len(parts[0].Data) != c.octets || len(parts[1].Data) != c.octets {
			t.Errorf("%s, width %d: %d parts, the first of %d octets", c.character, c.width, len(parts), len(parts[0].Data))
		}
		if parts = Split(strings.Repeat(c.character, c.many+1), 1, c.width); len(parts) != 3 {
			t.Errorf("%s, width %d: one more is %d parts", c.character, c.width, len(parts))
		}
	}
}

func TestSplitKeepsCharactersWhole(t *testing.T) {
	for _, c := range []struct{ name, cluster string }{
		{"escape sequence", "€"},
		{"emoji", "😀"},
		{"combining mark", "e\u0301"},
		{"several marks", "o\u0302\u0301\u0323"},
		{"variation selector", "❤\uFE0F"},
		{"emoji modifier", "👍🏽"},
		{"family", "👩\u200D👩\u200D👧\u200D👦"},
		{"flag", "🇩🇪"},
		{"keycap", "1\uFE0F\u20E3"},
		{"subdivision flag", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"},
		{"Devanagari syllable", "कि"},
	} {
		// The filler must not change the encoding of the cluster.
		filler := "a"
		if Detect(c.cluster) == UCS2 {
			filler = "中"
		}
		for pad := range 160 {
			text := strings.Repeat(filler, pad) + strings.Repeat(c.cluster, 3) + strings.Repeat(filler, 160)
			for i, part := range Split(text, 1, Reference8) {
				shown := strings.ReplaceAll(Decode(part.Data, part.Encoding), c.cluster, "")
				if strings.Trim(shown, filler) != "" {
					t.Fatalf("%s behind %d: part %d ends within it: %q", c.name, pad, i+1, shown)
				}
			}
		}
	}
}

func TestSplitCutsFlagsInPairs(t *testing.T) {
	text := "x" + strings.Repeat("🇩🇪🇫🇷", 20)
	for i, part := range Split(text, 1, Reference8) {
		shown := strings.ReplaceAll(strings.ReplaceAll(Decode(part.Data, UCS2), "🇩🇪", ""), "🇫🇷", "")
		if strings.Trim(shown, "x") != "" {
			t.Errorf("part %d tears a flag: %q", i+1, shown)
		}
	}
}

func TestSplitTearsOnlyWhatIsLongerThanAPart(t *testing.T) {
	text := "e" + strings.Repeat("\u0301", 199)
	parts := Split(text, 1, Reference8)
	if len(parts) != 3 || len(parts[0].Data) != 134 {
		t.Fatalf("%d parts, the first of %d octets", len(parts), len(parts[0].Data))
	}
	if got, err := Reassemble(parts); err != nil || got != text {
		t.Errorf("Reassemble = %q, %v", got, err)
	}
}

func TestSplitOfMoreThan255PartsIsNil(t *testing.T) {
	if parts := Split(strings.Repeat("a", 255*153), 1, Reference8); len(parts) != 255 {
		t.Errorf("%d parts, want 255", len(parts))
	}
	if parts := Split(strings.Repeat("a", 255*153+1), 1, Reference8); parts != nil {
		t.Errorf("%d parts cannot be numbered", len(parts))
	}
}

func TestSplitPartsDoNotOverlap(t *testing.T) {
	parts := Split(strings.Repeat("a", 400), 1, Reference8)
	_ = append(parts[0].UDH, 'X')
	_ = append(parts[0].Data, 'X')
	if got, err := Reassemble(parts); err != nil || got != strings.Repeat("a", 400) {
		t.Errorf("an append to one part reached another: %q, %v", got, err)
	}
}

func TestSplitAgreesWithOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(drawText(gsmCharacters), drawText(gsmCharacters, plainUnicode, surrogatePairs)).Draw(t, "text")
		if strings.Contains(text, "\r\n") && Detect(text) == UCS2 {
			text = strings.ReplaceAll(text, "\r\n", "\n") // the oracle knows no clusters
		}
		text = strings.Trim(text, "\x00") + "."
		want, err := sms.Encode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		got := Split(text, 1, Reference8)
		if len(got) != len(want) {
			t.Fatalf("%q: %d parts, the oracle makes %d", text, len(got), len(want))
		}
		for i := range got {
			if !bytes.Equal(got[i].Data, want[i].UD) {
				t.Fatalf("part %d: % x, the oracle says % x", i+1, got[i].Data, want[i].UD)
			}
		}
	})
}

func TestSplitReassembledIsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(drawText(gsmCharacters), drawText(gsmCharacters, plainUnicode, surrogatePairs, joiners), drawText(joiners)).Draw(t, "text")
		width := rapid.SampledFrom([]ReferenceWidth{Reference8, Reference16}).Draw(t, "width")
		ref := rapid.Uint16().Draw(t, "ref")
		if err := checkSplit(text, ref, width); err != nil {
			t.Fatal(err)
		}
	})
}

// checkSplit holds Split against every rule that does not depend on the text.
func checkSplit(text string, ref uint16, width ReferenceWidth) error {
	parts := Split(text, ref, width)
	enc, units, count := Count(text)
	if width == Reference8 && count <= maxParts && len(parts) != count {
		return fmt.Errorf("%q: Count says %d parts, Split makes %d", text, count, len(parts))
	}
	if parts == nil {
		return nil
	}
	total := 0
	for i, part := range parts {
		if part.Encoding != enc || len(part.Data)%octets(enc) != 0 {
			return fmt.Errorf("part %d: %v, %d octets", i+1, part.Encoding, len(part.Data))
		}
		n := len(part.Data) / octets(enc)
		total += n
		if room := limit(enc, width); n == 0 && text != "" || len(parts) > 1 && n > room {
			return fmt.Errorf("part %d holds %d of %d", i+1, n, room)
		}
		if n > 0 && tornEnd(part) {
			return fmt.Errorf("part %d is torn: % x", i+1, part.Data)
		}
		if len(parts) > 1 {
			want := Concat{ref, width == Reference16, uint8(len(parts)), uint8(i + 1)}
			if width == Reference8 {
				want.Ref &= 0xFF
			}
			header, rest, err := ParseUDH(part.UDH)
			if err != nil || header.Concat == nil || *header.Concat != want || len(rest) != 0 {
				return fmt.Errorf("part %d: header % x", i+1, part.UDH)
			}
		}
	}
	if total != units {
		return fmt.Errorf("%d units went in, %d came out", units, total)
	}
	if got, err := Reassemble(parts); err != nil || got != string([]rune(text)) {
		return fmt.Errorf("%q became %q, %w", text, got, err)
	}
	return nil
}

func tornEnd(part Segment) bool {
	if part.Encoding == GSM7 {
		return part.Data[len(part.Data)-1] == escape
	}
	return part.Data[len(part.Data)-2]&0xFC == 0xD8
}

func FuzzSplit(f *testing.F) {
	f.Add("hello", uint16(1), false)
	f.Add(strings.Repeat("a", 152)+"€"+strings.Repeat("b", 160), uint16(0x1234), false)
	f.Add(strings.Repeat("中", 66)+"😀👩\u200D👧"+strings.Repeat("🇩🇪", 40), uint16(255), true)
	f.Add(strings.Repeat("\xe2\x82", 80), uint16(0), true)
	f.Fuzz(func(t *testing.T, text string, ref uint16, wide bool) {
		if strings.HasPrefix(text, "\uFEFF") || strings.HasPrefix(text, "\uFFFE") {
			return // read as byte order marks
		}
		width := Reference8
		if wide {
			width = Reference16
		}
		if err := checkSplit(text, ref, width); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	benchmark(b, func(text string) { Split(text, 7, Reference8) })
}
