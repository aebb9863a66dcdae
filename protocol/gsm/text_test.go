package gsm

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// characters for drawn texts: every kind that counts or joins differently.
var (
	gsmCharacters  = []rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà\f^{}\\[~]|€")
	plainUnicode   = []rune("çşğıİ`\t’“”–…\u00a0ΑΒαбвгक中文日本語한글")
	surrogatePairs = []rune("😀🚀𝄞𠮷")
	joiners        = []rune{0x200D, 0x200C, 0xFE0F, 0x0301, 0x094D, 0x1F3FD, 0x1F469, 0x1F1E9, 0x1F1EA, 0xE0067, '\r', '\n'}
)

func drawText(sets ...[]rune) *rapid.Generator[string] {
	var all []rune
	for _, set := range sets {
		all = append(all, set...)
	}
	return rapid.Custom(func(t *rapid.T) string {
		// A drawn run makes texts long enough for many parts.
		runs := rapid.SliceOfN(rapid.StringOfN(rapid.SampledFrom(all), 1, 40, -1), 0, 12).Draw(t, "runs")
		repeat := rapid.IntRange(1, 6).Draw(t, "repeat")
		return strings.Repeat(strings.Join(runs, ""), repeat)
	})
}

func TestDetectTakesUCS2ForAnythingOutsideTheTables(t *testing.T) {
	for text, want := range map[string]Encoding{
		"":                             GSM7,
		"Hello, world!":                GSM7,
		string(gsmCharacters):          GSM7,
		"price 5 €":                    GSM7,
		"\f":                           GSM7,
		"`":                            UCS2, // ASCII, but in neither table
		"\t":                           UCS2,
		"\x1b":                         UCS2,
		"\x00":                         UCS2,
		"ç":                            UCS2, // only the capital is in the table
		"Α":                            UCS2, // Greek capital alpha is not folded to A
		"\u2126":                       UCS2, // the ohm sign is not omega
		"it’s":                         UCS2,
		"naïve":                        UCS2,
		"n\u0303":                      UCS2, // decomposed ñ
		"😀":                            UCS2,
		"\xff":                         UCS2,
		strings.Repeat("a", 200) + "ş": UCS2,
	} {
		if got := Detect(text); got != want {
			t.Errorf("Detect(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestEncodingString(t *testing.T) {
	if GSM7.String() != "GSM" || UCS2.String() != "UCS2" || Encoding(7).String() != "Encoding(7)" {
		t.Error("encodings are named wrongly")
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		name, text   string
		enc          Encoding
		units, parts int
	}{
		{"empty", "", GSM7, 0, 1},
		{"160 septets", strings.Repeat("a", 160), GSM7, 160, 1},
		{"161 septets", strings.Repeat("a", 161), GSM7, 161, 2},
		{"180 septets", strings.Repeat("a", 180), GSM7, 180, 2},
		{"80 euros", strings.Repeat("€", 80), GSM7, 160, 1},
		{"80 euros and one more septet", strings.Repeat("€", 80) + "a", GSM7, 161, 2},
		{"2×153-1", strings.Repeat("a", 305), GSM7, 305, 2},
		{"2×153", strings.Repeat("a", 306), GSM7, 306, 2},
		{"2×153+1", strings.Repeat("a", 307), GSM7, 307, 3},
		{"10×153-1", strings.Repeat("a", 1529), GSM7, 1529, 10},
		{"10×153", strings.Repeat("a", 1530), GSM7, 1530, 10},
		{"10×153+1", strings.Repeat("a", 1531), GSM7, 1531, 11},
		{"euro on the border", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), GSM7, 306, 3},
		{"euro before the border", strings.Repeat("a", 151) + "€" + strings.Repeat("a", 153), GSM7, 306, 2},
		{"only euros", strings.Repeat("€", 153), GSM7, 306, 3},
		{"70 units", strings.Repeat("中", 70), UCS2, 70, 1},
		{"71 units", strings.Repeat("中", 71), UCS2, 71, 2},
		{"130 with a curly quote", strings.Repeat("a", 129) + "’", UCS2, 130, 2},
		{"2×67", strings.Repeat("中", 134), UCS2, 134, 2},
		{"2×67+1", strings.Repeat("中", 135), UCS2, 135, 3},
		{"35 emoji", strings.Repeat("😀", 35), UCS2, 70, 1},
		{"36 emoji", strings.Repeat("😀", 36), UCS2, 72, 2},
		{"emoji on the border", strings.Repeat("中", 66) + "😀" + strings.Repeat("中", 66), UCS2, 134, 3},
		{"67 emoji", strings.Repeat("😀", 67), UCS2, 134, 3},
		{"630 units", strings.Repeat("中", 630), UCS2, 630, 10},
	} {
		enc, units, parts := Count(c.text)
		if enc != c.enc || units != c.units || parts != c.parts {
			t.Errorf("%s: %v, %d units, %d parts; want %v, %d, %d", c.name, enc, units, parts, c.enc, c.units, c.parts)
		}
	}
}

func TestFitsTenGSMPartsOr630Units(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"ten parts", strings.Repeat("a", MaxGSMSeptets), true},
		{"one septet more", strings.Repeat("a", MaxGSMSeptets+1), false},
		{"1530 septets in eleven parts", strings.Repeat("€", MaxGSMSeptets/2), false},
		{"ten parts of euros", strings.Repeat("€", 760), true},
		{"630 units", strings.Repeat("中", MaxUCS2Units), true},
		{"one unit more", strings.Repeat("中", MaxUCS2Units+1), false},
		{"315 emoji", strings.Repeat("😀", 315), true},
		{"316 emoji", strings.Repeat("😀", 316), false},
		{"one curly quote", strings.Repeat("a", 630) + "’", false},
	} {
		if got := Fits(c.text); got != c.want {
			t.Errorf("%s: Fits = %v", c.name, got)
		}
	}
}

func BenchmarkCount(b *testing.B) { benchmark(b, func(text string) { Count(text) }) }

func benchmark(b *testing.B, f func(text string)) {
	for _, c := range []struct{ name, text string }{
		{"GSM1", strings.Repeat("Your code is 123456. ", 5)},
		{"GSM10", strings.Repeat("Your code is 123456 € ", 66)},
		{"UCS2x1", strings.Repeat("Код 123456. ", 5)},
		{"UCS2x9", strings.Repeat("Код 123456 😀", 42)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f(c.text)
			}
		})
	}
}
