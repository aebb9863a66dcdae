package config

import (
	"fmt"
	"net"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"heliograph/country"
)

// rules are the limits of a field, as its `rule` tag states them.
type rules struct {
	required  bool
	oneof     []string // allowed values
	is        string   // a named check
	min, max  *int64   // of an integer, or the most characters of a text
	byDefault string
}

// rulesOf reads a field's tag.
func rulesOf(f reflect.StructField) rules {
	var r rules
	for _, word := range strings.Fields(f.Tag.Get("rule")) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "required":
			r.required = true
		case "oneof":
			r.oneof = strings.Split(value, "|")
		case "is":
			r.is = value
		case "min":
			r.min = number(value)
		case "max":
			r.max = number(value)
		case "default":
			r.byDefault = value
		default:
			panic("config: field " + f.Name + " has the unknown rule " + word)
		}
	}
	return r
}

// number reads a bound; bounds are constants of this package.
func number(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("config: a bound is no number: " + text)
	}
	return &n
}

var (
	environmentPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	accountPattern     = regexp.MustCompile(`^[0-9]{12}$`)
	namePattern        = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	regionPattern      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	numberPattern      = regexp.MustCompile(`^(\+[1-9][0-9]{6,14}|[0-9]{3,8})$`)
	senderPattern      = regexp.MustCompile(`^([A-Za-z0-9_-]{0,10}[A-Za-z][A-Za-z0-9_-]{0,10}|[0-9]{6})$`)
	addressPattern     = regexp.MustCompile(`^(\+[1-9][0-9]{6,14}|[0-9]{3,15}|[!-~]([ -~]{0,9}[!-~])?)$`)
)

// text checks a text against the rules. Its errors may show the text: secrets
// do not pass here.
func (r rules) text(d *decoder, s string) error {
	if r.oneof != nil && !slices.Contains(r.oneof, s) {
		return fmt.Errorf("%q is not one of %s", s, strings.Join(r.oneof, ", "))
	}
	if r.max != nil && int64(len([]rune(s))) > *r.max {
		return fmt.Errorf("is longer than %d characters", *r.max)
	}
	if r.is == "" {
		return nil
	}
	return named(d, r.is, s)
}

// integer checks an integer against the rules.
func (r rules) integer(n int64) error {
	switch {
	case r.oneof != nil && !slices.Contains(r.oneof, strconv.FormatInt(n, 10)):
		return fmt.Errorf("%d is not one of %s", n, strings.Join(r.oneof, ", "))
	case r.min != nil && n < *r.min:
		return fmt.Errorf("%d is less than %d", n, *r.min)
	case r.max != nil && n > *r.max:
		return fmt.Errorf("%d is more than %d", n, *r.max)
	}
	return nil
}

// named applies one of the checks that tags name.
func named(d *decoder, check, s string) error {
	switch check {
	case "country":
		return isCountry(s)
	case "hostport":
		return isHostPort(s)
	case "file":
		return isFile(d.beside(s))
	case "gsm":
		return isGSM(s)
	case "numbering":
		return isNumbering(s)
	case "regexp":
		return isRegexp(s)
	case "dlt":
		return isDLT(s)
	case "zone":
		return isZone(s)
	case "receipt":
		return isReceiptPattern(s)
	case "clock":
		return isClock(s)
	case "ip":
		return isIP(s)
	case "price":
		_, err := ParseUSD(s)
		return err
	case "unregistered":
		return isUnregistered(s)
	case "lookup":
		return isLookup(s)
	case "mccmnc":
		return isMCCMNC(s)
	case "prefix":
		return isPrefix(s)
	case "identity":
		return isIdentity(s)
	case "target":
		return isTarget(s)
	case "url":
		return isURL(s)
	case "header":
		return isHeaderValue(s)
	default:
		return isPattern(check, s)
	}
}

// isPattern checks the formats that a regular expression tells.
func isPattern(check, s string) error {
	pattern, want := accountPattern, "twelve digits in quotes"
	switch check {
	case "account":
	case "name":
		pattern, want = namePattern, "letters, digits, dashes and underscores, at most 64"
	case "region":
		pattern, want = regionPattern, "a Region such as us-east-1"
	case "number":
		pattern, want = numberPattern, `a number such as "+12065550142", or a short code's digits`
	case "sender":
		pattern, want = senderPattern, "1 to 11 letters, digits, dashes and underscores with at least one letter, or six digits"
	case "address":
		pattern, want = addressPattern, "a number with +, a short code, or at most 11 ASCII characters"
	default:
		panic("config: no check is named " + check)
	}
	if !pattern.MatchString(s) || check == "sender" && len(s) > 11 {
		return fmt.Errorf("%q is not %s", s, want)
	}
	return nil
}

// isHostPort checks an address to connect to or to listen on.
func isHostPort(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%q is not HOST:PORT", s)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n > 65535 {
		return fmt.Errorf("%q has no port from 0 to 65535", s)
	}
	return nil
}

// isFile checks that a file can be read.
func isFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	return f.Close()
}

// isUnregistered checks what a carrier does with unregistered sender IDs.
func isUnregistered(s string) error {
	if s == "refuse" || s == "pass" {
		return nil
	}
	if text, ok := strings.CutPrefix(s, "substitute:"); ok {
		return isPattern("address", text)
	}
	return fmt.Errorf("%q is not refuse, pass or substitute:TEXT", s)
}

// Loopback says whether an address to listen on can be reached from this
// computer alone. A name is not looked up: only "localhost" counts.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// isCountry checks an ISO 3166-1 alpha-2 code.
func isCountry(s string) error {
	if _, ok := country.Lookup(s); !ok {
		return fmt.Errorf("%q is no ISO 3166-1 alpha-2 code of a country that texts can reach", s)
	}
	return nil
}

// CheckRegion checks the form of a Region's name.
func CheckRegion(s string) error { return isPattern("region", s) }
