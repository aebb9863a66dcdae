package gsm

import (
	"testing"

	"github.com/warthog618/sms/encoding/gsm7/charset"
	"pgregory.net/rapid"
)

// header is a user data header that names shift tables.
func header(single, locking byte) []byte {
	return []byte{6, elementSingle, 1, single, elementLocking, 1, locking}
}

func TestNationalTablesAgainstAnOracle(t *testing.T) {
	for language := range byte(15) {
		plain, escaped := charset.NewDecoder(int(language)), charset.NewExtDecoder(int(language))
		for code := range byte(128) {
			if want, known := plain[code]; known && code != escape {
				if got := Join([]Segment{{UDH: header(0, language), Data: []byte{code}}}); got != string(want) {
					t.Errorf("locking table %d has %q at %#x, want %q", language, got, code, want)
				}
			}
			if want, known := escaped[code]; known && language >= 1 && language <= 13 {
				if got := Join([]Segment{{UDH: header(language, 0), Data: []byte{escape, code}}}); got != string(want) {
					t.Errorf("single table %d has %q at %#x, want %q", language, got, code, want)
				}
			}
		}
	}
}

func TestShiftTablesHoldForTheirPart(t *testing.T) {
	for _, c := range []struct {
		name  string
		parts []Segment
		want  string
	}{
		{"a Turkish word", []Segment{{UDH: header(1, 1), Data: []byte{'a', 0x0C, 'a', 0x07, escape, 's'}}}, "ağaış"},
		{"an escape cut in two", []Segment{{UDH: header(1, 0), Data: []byte{escape}}, {UDH: header(1, 0), Data: []byte{'g'}}}, "ğ"},
		{"another table in the second part", []Segment{{UDH: header(1, 0), Data: []byte{escape, 'g'}}, {Data: []byte{escape, 'e'}}}, "ğ€"},
		{"an unknown language", []Segment{{UDH: header(99, 99), Data: []byte{0x0C, escape, 'e'}}}, "ø€"},
	} {
		if got := Join(c.parts); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEveryOctetIsReadWithEveryTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		Join([]Segment{{UDH: header(rapid.Byte().Draw(t, "single"), rapid.Byte().Draw(t, "locking")), Data: data}})
	})
}
