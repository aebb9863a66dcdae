package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the names of time zones, for computers that have no list of them

	"github.com/goccy/go-yaml/ast"
)

// Receipts is what a carrier's delivery receipts are like, where they are not by the book (SMPP 3.4 Appendix B).
type Receipts struct {
	// How a receipt is known from a text: esm_class (by its type bits, or by both receipted_message_id and message_state), tlv (by receipted_message_id alone, too), text (by its form, too: anybody could then forge one).
	Detection string `yaml:"detection" rule:"oneof=esm_class|tlv|text default=esm_class"`
	// What a receipt speaks for: its part, or all parts of the message that were submitted.
	Per string `yaml:"per" rule:"oneof=part|message default=part"`
	// Whether there are receipts at all. Without, none is asked for, and a message is SUCCESSFUL when the carrier has taken it.
	Expected bool `yaml:"expected" rule:"default=true"`
	// Zone of the dates in receipts, such as Europe/Paris. They are kept beside a part; its events bear the time of arrival.
	Timezone string `yaml:"timezone" rule:"is=zone default=UTC"`
	// What ACCEPTD means: more will follow, or the last word of a carrier that hears nothing of handsets, SUCCESSFUL.
	Acceptd string `yaml:"acceptd" rule:"oneof=intermediate|final_success default=intermediate"`
	// The carrier's error codes, leading zeros and case aside, and the states that they mean: INVALID, INVALID_MESSAGE, UNREACHABLE, CARRIER_UNREACHABLE, BLOCKED, CARRIER_BLOCKED, SPAM, UNKNOWN, TTL_EXPIRED. They count in receipts of failure.
	Errors map[string]string `yaml:"errors" rule:"oneof=INVALID|INVALID_MESSAGE|UNREACHABLE|CARRIER_UNREACHABLE|BLOCKED|CARRIER_BLOCKED|SPAM|UNKNOWN|TTL_EXPIRED"`
	// Regular expression (RE2) for the text of receipts in a form of their own, with named groups id, stat, err, done and mccmnc (the recipient's mobile country and network code), id or stat at least: (?P<id>\w+). A text that it does not match is read in the usual form.
	Pattern string `yaml:"pattern" rule:"is=receipt"`
	// Tag of an optional parameter of receipts that bears the recipient's mobile country and network code as five or six digits, 1 to 0xFFFF. What the pattern says goes before. Absent means none does.
	NetworkTLV int `yaml:"network_tlv" rule:"min=1 max=65535"`
}

// isZone checks the name of a time zone.
func isZone(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return fmt.Errorf("%q is no time zone such as Europe/Paris", s)
	}
	return nil
}

// isReceiptPattern checks the regular expression of a receipt's text.
func isReceiptPattern(s string) error {
	pattern, err := regexp.Compile(s)
	if err != nil {
		return fmt.Errorf("is no regular expression: %w", err)
	}
	names := pattern.SubexpNames()
	for _, name := range names {
		if name != "" && !slices.Contains([]string{"id", "stat", "err", "done", "mccmnc"}, name) {
			return fmt.Errorf("has a group named %q; there are id, stat, err, done, mccmnc", name)
		}
	}
	if !slices.Contains(names, "id") && !slices.Contains(names, "stat") {
		return errors.New("has neither a group named id nor one named stat: write (?P<id>…)")
	}
	return nil
}

// table fills a map of texts; the rule is for the values.
func (d *decoder) table(n ast.Node, v reflect.Value, path string, r rules) {
	pairs, ok := d.pairs(n, path)
	if !ok {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, pair := range pairs {
		key := keyOf(pair)
		at := join(path, key)
		d.note(at, pair.Key)
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(pair.Value, value, at, r)
		v.SetMapIndex(reflect.ValueOf(key), value)
	}
}

// receipts checks that no code of a carrier means two things.
func (d *decoder) receipts(r *Receipts, at string) {
	codes := d.once()
	for _, code := range slices.Sorted(maps.Keys(r.Errors)) {
		codes.use(at+".errors."+code, "code "+strings.ToUpper(strings.TrimLeft(code, "0")))
	}
}
