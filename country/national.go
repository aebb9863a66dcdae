package country

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// National is what follows the calling code of an E.164 number with its plus
// sign, without a trunk prefix: "+33612345678" gives "612345678". False means
// that the number has no calling code of a country.
func National(e164 string) (digits string, ok bool) {
	if !strings.HasPrefix(e164, "+") || !wellFormed(e164[1:]) {
		return "", false
	}
	plan, national := numbering().split(e164)
	return national, plan != nil && national != ""
}

// FromNational is the number that digits without a calling code are in a country,
// with a trunk prefix or without: "0612345678" in FR is "+33612345678". False
// means that they are none.
func FromNational(digits, iso string) (Number, bool) {
	if strings.Trim(digits, "0123456789") != "" {
		return Number{}, false
	}
	parsed, err := phonenumbers.Parse(digits, iso)
	if err != nil {
		return Number{}, false
	}
	n, err := Parse(phonenumbers.Format(parsed, phonenumbers.E164))
	return n, err == nil
}

// InUse says whether a number is of a range that is in use; others have a length
// that their numbering plan knows, and no more.
func (n Number) InUse() bool {
	parsed, err := phonenumbers.Parse(n.E164, "")
	return err == nil && phonenumbers.IsValidNumber(parsed)
}
