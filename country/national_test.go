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
