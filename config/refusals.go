package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// InDoubt is what becomes of a part that a carrier may have taken: the
// connection was lost, or no answer came in time.
type InDoubt struct {
	// resend, which may show the text twice, or fail, which ends the message as UNKNOWN.
	Transactional string `yaml:"transactional" rule:"oneof=resend|fail default=resend"`
	// The same for promotional messages.
	Promotional string `yaml:"promotional" rule:"oneof=resend|fail default=resend"`
}

// Statuses are the command_status values that a key of `errors` stands for: one, or
// a range such as 0x400-0x4FF, in decimal or, with 0x, in hexadecimal (SMPP 3.4
// §5.1.3).
func Statuses(key string) (first, last uint32, err error) {
	from, to, isRange := strings.Cut(key, "-")
	if !isRange {
		to = from
	}
	a, err := strconv.ParseUint(strings.TrimSpace(from), 0, 32)
	b, err2 := strconv.ParseUint(strings.TrimSpace(to), 0, 32)
	if err != nil || err2 != nil || a == 0 || b < a {
		return 0, 0, fmt.Errorf("%q is no command_status such as 0x400, nor a range such as 0x400-0x4FF", key)
	}
	return uint32(a), uint32(b), nil
}

// statuses is a key of errors.
type statuses struct {
	path        string
	first, last uint32
}

// against says whether two keys speak of the same status, and neither is a
// narrower range within the other, which would go before.
func (s statuses) against(other statuses) bool {
	apart := s.last < other.first || other.last < s.first
	within := s.first >= other.first && s.last <= other.last || other.first >= s.first && other.last <= s.last
	return !apart && (!within || s.last-s.first == other.last-other.first)
}

// refusals checks that every key of errors is a status or a range, and that none
// speaks against another.
func (d *decoder) refusals(c *Carrier, at string) {
	var known []statuses
	for _, key := range slices.Sorted(maps.Keys(c.Errors)) {
		s := statuses{path: at + ".errors." + key}
		var err error
		if s.first, s.last, err = Statuses(key); err != nil {
			d.fail(s.path, "%s", err)
			continue
		}
		if i := slices.IndexFunc(known, s.against); i >= 0 {
			d.fail(s.path, "the same stands in line %d (%s)", d.lines[known[i].path], known[i].path)
		}
		known = append(known, s)
	}
}
