package config

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// MicroUSD is a sum in millionths of a US dollar.
type MicroUSD int64

var moneyPattern = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,5})?$`)

// ParseUSD reads US dollars in decimal text, at most six digits before the
// point and five after it, exactly.
func ParseUSD(text string) (MicroUSD, error) {
	if !moneyPattern.MatchString(text) {
		return 0, errors.New(`want US dollars in quotes with at most five digits after the point, such as "0.00581"`)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	fraction += strings.Repeat("0", 6-len(fraction))
	sum, err := strconv.ParseInt(whole+fraction, 10, 64)
	return MicroUSD(sum), err
}

// String gives the sum in decimal text without needless zeros.
func (m MicroUSD) String() string {
	text := strconv.FormatInt(int64(m)/1e6, 10)
	fraction := strings.TrimRight(strconv.FormatInt(1e6+int64(m)%1e6, 10)[1:], "0")
	if fraction == "" {
		return text
	}
	return text + "." + fraction
}
