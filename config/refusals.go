package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// InDoubt is what becomes of a part that a carrier may have taken: the
// connection was lost, or no answer came in time.
type InDoubt struct {
	// resend, which may show the text twice, or fail, which ends the message as UNKNOWN.
	Transactional string `yaml:"transactional" rule:"oneof=resend|fail default=resend"`
	// The same for promotional messages.
	Promotional string `yaml:"promotional" rule:"oneof=resend|fail default=resend"`
}

// Status is a command_status as a key of `errors` writes it, in decimal or, with
// 0x, in hexadecimal (SMPP 3.4 §5.1.3).
func Status(key string) (uint32, error) {
	n, err := strconv.ParseUint(key, 0, 32)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is no command_status such as 0x400", key)
	}
	return uint32(n), nil
}

// refusals checks that every key of errors is a status, and that none stands
// twice.
func (d *decoder) refusals(c *Carrier, at string) {
	codes := d.once()
	for _, key := range slices.Sorted(maps.Keys(c.Errors)) {
		path := at + ".errors." + key
		n, err := Status(key)
		if err != nil {
			d.fail(path, "%s", err)
			continue
		}
		codes.use(path, strconv.FormatUint(uint64(n), 10))
	}
}
