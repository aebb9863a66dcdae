package country

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

func TestParseGivesE164AndCountry(t *testing.T) {
	for _, c := range []struct{ in, e164, iso string }{
		{"+12065550142", "+12065550142", "US"},
		{"12065550142", "+12065550142", "US"},
		{"+14165550142", "+14165550142", "CA"},
		{"+17875550142", "+17875550142", "PR"},
		{"+18765550142", "+18765550142", "JM"},
		{"+16715550142", "+16715550142", "GU"},
		{"+15555550142", "+15555550142", "US"}, // no such area code
		{"+18885550142", "+18885550142", "US"}, // toll-free
		{"+79161234567", "+79161234567", "RU"},
		{"+77011234567", "+77011234567", "KZ"},
		{"+447700900001", "+447700900001", "GB"}, // reserved for fiction
		{"+447911123456", "+447911123456", "GG"},
		{"+447797712345", "+447797712345", "JE"},
		{"+447624123456", "+447624123456", "IM"},
		{"+4402079460000", "+442079460000", "GB"}, // trunk prefix
		{"+4740612345", "+4740612345", "NO"},
		{"+4779123456", "+4779123456", "SJ"},
		{"+61412345678", "+61412345678", "AU"},
		{"+61891641234", "+61891641234", "CX"},
		{"+262692123456", "+262692123456", "RE"},
		{"+262639012345", "+262639012345", "YT"},
		{"+590690001234", "+590690001234", "GP"},
		{"+5995181234", "+5995181234", "CW"}, // unassigned range: main country
		{"+5993181234", "+5993181234", "BQ"},
		{"+37866123456", "+37866123456", "SM"},
		{"+390612345678", "+390612345678", "IT"}, // keeps its zero
		{"+38344123456", "+38344123456", "XK"},
		{"+919812345678", "+919812345678", "IN"},
		{"+33700000000", "+33700000000", "FR"},
		{"+5491123456789", "+5491123456789", "AR"},
		{"+5491112345678", "+5491112345678", "AR"},
	} {
		n, err := Parse(c.in)
		if err != nil || n != (Number{c.e164, c.iso}) {
			t.Errorf("Parse(%q) = %+v, %v; want %s %s", c.in, n, err, c.e164, c.iso)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		in   string
		want error
	}{
		{"", ErrNotPossible},
		{"+", ErrNotPossible},
		{"++12065550142", ErrNotPossible},
		{"+02065550142", ErrNotPossible},
		{"02065550142", ErrNotPossible},
		{"+1 206 555 0142", ErrNotPossible},
		{"+1206555014", ErrNotPossible},
		{"+120655501422", ErrNotPossible},
		{"+15550142", ErrNotPossible}, // without its area code
		{"+1", ErrNotPossible},
		{"+44", ErrNotPossible},
		{"12345", ErrNotPossible},
		{"SENDER", ErrNotPossible},
		{"+٣٣7000000", ErrNotPossible}, // digits, but not ASCII ones
		{"+12345678901234567890", ErrNotPossible},
		{"+9991234567", ErrUnknownCountry},
		{"+80012345678", ErrUnknownCountry},
		{"+883510012345", ErrUnknownCountry},
	} {
		n, err := Parse(c.in)
		if !errors.Is(err, c.want) || n != (Number{}) {
			t.Errorf("Parse(%q) = %+v, %v; want %v", c.in, n, err, c.want)
		}
	}
}

func TestParseKnowsEveryListedCountry(t *testing.T) {
	for _, r := range All() {
		kind := phonenumbers.MOBILE
		if r.ISO == "IM" {
			kind = phonenumbers.FIXED_LINE // its example of a mobile number lies in a British range
		}
		example := phonenumbers.GetExampleNumberForType(r.ISO, kind)
		n, err := Parse(phonenumbers.Format(example, phonenumbers.E164))
		if err != nil || n.ISO != r.ISO {
			t.Errorf("%s: %+v, %v", r.ISO, n, err)
		}
	}
}

// The plans must never say anything else than libphonenumber does.
func TestPlansAgreeWithLibrary(t *testing.T) {
	codes := make([]int, 0, 300)
	for code := range 1000 {
		if numbering()[code] != nil {
			codes = append(codes, code)
		}
	}
	codes = append(codes, 1, 1, 1, 1, 7, 44, 44, 47, 61, 262, 590, 599, 800, 999)
	rapid.Check(t, func(t *rapid.T) {
		number := fmt.Sprintf("+%d%s", rapid.SampledFrom(codes).Draw(t, "code"),
			rapid.StringMatching(`[0-9]{3,12}`).Draw(t, "national"))
		if rapid.Bool().Draw(t, "nanp") {
			number = "+1" + rapid.StringMatching(`[2-9][0-9]{2}[2-9][0-9]{6}`).Draw(t, "area")
		}
		agree(t, number)
	})
}

func TestPlansAgreeOnEveryAreaCode(t *testing.T) {
	for area := 200; area < 1000; area++ {
		for _, rest := range []string{"5550142", "2345678", "1234567", "9012345"} {
			agree(t, fmt.Sprintf("+1%d%s", area, rest))
		}
	}
	for prefix := range 1000 {
		for _, format := range []string{"+447%03d123456", "+7%03d1234567", "+614%03d12345", "+61%03d123456", "+262%03d123456", "+590%03d123456", "+599%03d1234", "+47%03d12345", "+358%03d12345", "+212%03d123456"} {
			agree(t, fmt.Sprintf(format, prefix))
		}
	}
}

type failer interface{ Fatalf(string, ...any) }

func agree(t failer, number string) {
	fast, ok := numbering().parse(number)
	if !ok {
		return
	}
	slow, err := parseSlowly(number)
	if err != nil || fast != slow {
		t.Fatalf("%s: plans say %+v, the library %+v, %v", number, fast, slow, err)
	}
}

func TestMaskHidesTheMiddle(t *testing.T) {
	for in, want := range map[string]string{
		"+12065550142": "+1206*****42",
		"+37282720792": "+3728*****92",
		"+2904123":     "******23",
		"12345":        "***45",
		"1":            "1",
		"":             "",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"+12065550142", "447911123456", "+4402079460000", "+541115123456", "+390612345678", "+80012345678", "+1", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		n, err := Parse(in)
		if err != nil {
			if !errors.Is(err, ErrNotPossible) && !errors.Is(err, ErrUnknownCountry) {
				t.Fatalf("Parse(%q): untyped error %v", in, err)
			}
			return
		}
		if n.E164[0] != '+' || !wellFormed(n.E164[1:]) || len(n.ISO) != 2 {
			t.Fatalf("Parse(%q) = %+v", in, n)
		}
		agree(t, n.E164)
	})
}

func BenchmarkParse(b *testing.B) {
	for _, number := range []string{"+12065550142", "+14165550142", "+18765550142", "+447860019066", "+919812345678", "33755512501", "+5491123456789"} {
		b.Run(number, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(number); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseLibrary(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseSlowly("+12065550142"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	metadata, _ := phonenumbers.MetadataCollection()
	countries := make(map[string]*phonenumbers.PhoneMetadata)
	for _, m := range metadata.GetMetadata() {
		countries[m.GetId()] = m
	}
	for b.Loop() {
		for code := range phonenumbers.GetSupportedCallingCodes() {
			newPlan(code, countries)
		}
	}
}
