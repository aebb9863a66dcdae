package country

import "strings"

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
