package country

import "testing"

func TestNationalTakesTheCallingCodeOff(t *testing.T) {
	for number, want := range map[string]string{
		"+33612345678": "612345678", "+12065550142": "2065550142", "+919812345678": "9812345678", "+390612345678": "0612345678",
	} {
		if got, ok := National(number); got != want || !ok {
			t.Errorf("%s: %q, %v; want %q", number, got, ok, want)
		}
	}
	for _, number := range []string{"+999123", "", "+", "+help", "70707"} {
		if got, ok := National(number); ok {
			t.Errorf("%q: %q", number, got)
		}
	}
}

func TestNationalDigitsBecomeANumber(t *testing.T) {
	for _, c := range [][3]string{
		{"0612345678", "FR", "+33612345678"}, {"612345678", "FR", "+33612345678"}, {"2065550142", "US", "+12065550142"},
		{"12065550142", "US", "+12065550142"}, {"9812345678", "IN", "+919812345678"},
		{"20123456", "DK", "+4520123456"}, {"91234567", "SG", "+6591234567"},
		{"88222", "US", ""}, {"12345678", "FR", ""}, {"SHOP", "FR", ""}, {"1234567890123", "FR", ""}, {"612345678", "??", ""},
	} {
		if got, _ := FromNational(c[0], c[1]); got.E164 != c[2] {
			t.Errorf("%s in %s: %q, want %q", c[0], c[1], got.E164, c[2])
		}
	}
}

func TestRangesInUse(t *testing.T) {
	for number, want := range map[string]bool{"+4520123456": true, "+14525550100": false, "+6591234567": true, "+13812345678": false, "+8613812345678": true} {
		if n, err := Parse(number); err != nil || n.InUse() != want {
			t.Errorf("%s: %v, %v", number, n.InUse(), err)
		}
	}
}
