package country

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// ErrNotPossible is wrapped by Parse's error for text that is no phone number,
// or has a length that its numbering plan does not know.
var ErrNotPossible = errors.New("not a possible phone number")

// ErrUnknownCountry is wrapped by Parse's error for a calling code that is not
// assigned, or belongs to no country (+800, +870, +883).
var ErrUnknownCountry = errors.New("phone number of no known country")

// Number is a phone number and the country of its range.
type Number struct {
	E164 string // with its plus sign: "+12065550142"
	// ISO is the country or territory of the number's range; the main
	// country of its calling code where the range is not in use.
	ISO string
}

// maxDigits bounds what the API takes as a number: a plus sign, which may be
// missing, then 2 to 19 digits of which the first is no zero.
const maxDigits = 19

// Parse reads an international number, with or without its plus sign. A
// national trunk prefix after the calling code is taken out ("+440..."). Errors
// wrap ErrNotPossible or ErrUnknownCountry and show the number masked.
func Parse(number string) (Number, error) {
	if !wellFormed(strings.TrimPrefix(number, "+")) {
		return Number{}, fmt.Errorf("country: %w", ErrNotPossible)
	}
	if number[0] != '+' {
		number = "+" + number
	}
	if n, ok := numbering().parse(number); ok {
		return n, nil
	}
	return parseSlowly(number)
}

func wellFormed(digits string) bool {
	if len(digits) < 2 || len(digits) > maxDigits || digits[0] == '0' {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// parseSlowly asks libphonenumber about an international number. It defines
// what is right; plans only answer the plain cases sooner.
func parseSlowly(number string) (Number, error) {
	parsed, err := phonenumbers.Parse(number, "")
	if errors.Is(err, phonenumbers.ErrInvalidCountryCode) {
		return Number{}, fmt.Errorf("country: %s: %w", Mask(number), ErrUnknownCountry)
	}
	// A local-only length is refused: a number without its area code
	// reaches nobody from abroad.
	if err != nil || phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE {
		return Number{}, fmt.Errorf("country: %s: %w", Mask(number), ErrNotPossible)
	}
	iso := phonenumbers.GetRegionCodeForNumber(parsed)
	if iso == "" {
		iso = phonenumbers.GetRegionCodeForCountryCode(int(parsed.GetCountryCode()))
	}
	if iso == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY || iso == phonenumbers.UNKNOWN_REGION {
		return Number{}, fmt.Errorf("country: %s: %w", Mask(number), ErrUnknownCountry)
	}
	return Number{E164: phonenumbers.Format(parsed, phonenumbers.E164), ISO: iso}, nil
}

// Mask returns a number as logs may show it: the first five characters and the
// last two digits ("+1206*****42"), of a short code the last two digits only.
func Mask(e164 string) string {
	shown := 5
	if len(e164) < shown+4 {
		shown = 0
	}
	hidden := max(0, len(e164)-shown-2)
	return e164[:shown] + strings.Repeat("*", hidden) + e164[shown+hidden:]
}
