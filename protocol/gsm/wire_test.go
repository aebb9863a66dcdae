package gsm

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func lacking(missing string) func(rune) bool {
	return func(r rune) bool { return strings.ContainsRune(missing, r) }
}

func TestTextWithACharacterThatTheCarrierLacksTravelsAsUCS2(t *testing.T) {
	wire := Wire{Lacks: lacking("€Δ")}
	for _, c := range []struct {
		text  string
		want  Encoding
		parts int
	}{
		{"price 5", GSM7, 1},
		{"price 5 €", UCS2, 1},
		{"Δ", UCS2, 1},
		{"ç", UCS2, 1},
		{strings.Repeat("a", 159), GSM7, 1},
		{strings.Repeat("a", 158) + "€", UCS2, 3},
	} {
		parts := wire.Split(c.text, 9)
		if wire.Encoding(c.text) != c.want || parts[0].Encoding != c.want || len(parts) != c.parts {
			t.Errorf("%q: %v in %d parts, want %v in %d", c.text, parts[0].Encoding, len(parts), c.want, c.parts)
		}
		if got, err := Reassemble(parts); err != nil || got != c.text {
			t.Errorf("%q became %q, %v", c.text, got, err)
		}
	}
}

func TestWholeTextIsOnePieceWithoutHeader(t *testing.T) {
	for _, text := range []string{"", "short", strings.Repeat("long ", 300), strings.Repeat("длинно 😀", 60)} {
		parts := Wire{Whole: true}.Split(text, 9)
		if len(parts) != 1 || parts[0].UDH != nil || Decode(parts[0].Data, parts[0].Encoding) != text {
			t.Errorf("%q became %d parts", text, len(parts))
		}
	}
}

// In every way that a carrier can be, no part exceeds 140 octets of user data or
// ends within a pair, and all parts together are the text.
func TestWireKeepsTextAndRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wire := Wire{
			Width: rapid.SampledFrom([]ReferenceWidth{Reference8, Reference16}).Draw(t, "width"),
			Lacks: lacking(rapid.StringOf(rapid.SampledFrom(gsmCharacters)).Draw(t, "missing")),
		}
		text := drawText(gsmCharacters, plainUnicode, surrogatePairs, joiners).Draw(t, "text")
		parts := wire.Split(text, 9)
		if parts == nil {
			return // more than 255 parts
		}
		if got, err := Reassemble(parts); err != nil || got != text {
			t.Fatalf("%q became %q, %v", text, got, err)
		}
		for i, part := range parts {
			data := part.Data
			if part.Encoding == GSM7 {
				data = AppendPacked(nil, part.Data, len(part.UDH))
			}
			if n := len(part.UDH) + len(data); n > 140 {
				t.Fatalf("part %d has %d octets", i+1, n)
			}
			if strings.ContainsRune(Decode(part.Data, part.Encoding), utf8.RuneError) || part.Encoding == GSM7 && strings.HasSuffix(string(part.Data), "\x1b") {
				t.Fatalf("part %d is cut within a pair: % x", i+1, part.Data)
			}
		}
	})
}
