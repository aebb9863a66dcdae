package config

import (
	"fmt"
	"strings"
)

// Rate limits what goes from or to one account, identity, pool, country or recipient: exactly one of the five stands in a line. In place of the value, "*" means whatever has one, each by itself; lines with a value of their own go before.
type Rate struct {
	// Twelve digits. Without a line `message_parts_per_second` holds.
	Account string `yaml:"account" rule:"is=account"`
	// A number with +, the digits of a short code, a number's id, or a sender ID in any case: the limit is one for all who send from it. "*" means each identity of each account.
	Identity string `yaml:"identity" rule:"max=64"`
	// A pool's id.
	Pool string `yaml:"pool" rule:"max=64"`
	// ISO 3166-1 alpha-2 code of destinations.
	Country string `yaml:"country" rule:"max=2"`
	// E.164 with +.
	Recipient string `yaml:"recipient" rule:"max=16"`
	// Message parts per second.
	PartsPerSecond int `yaml:"parts_per_second" rule:"required min=1 max=100000"`
}

// QuietHours is a time of the day at which messages are held. They go when it ends; one whose time to live ends before ends TTL_EXPIRED with the code QUIET_HOURS. Nothing is handed over in the five seconds before, so that what was is answered.
type QuietHours struct {
	// ISO 3166-1 alpha-2 codes of destinations. Absent means all.
	Countries []string `yaml:"countries" rule:"is=country"`
	// Types of messages. Absent means both.
	MessageTypes []string `yaml:"message_types" rule:"oneof=TRANSACTIONAL|PROMOTIONAL"`
	// HH:MM at which they begin.
	From string `yaml:"from" rule:"required is=clock"`
	// HH:MM at which they end, on the next day when not after `from`; the same as `from` means a whole day.
	To string `yaml:"to" rule:"required is=clock"`
	// Zone of the times, that of the recipients, such as Europe/Paris.
	Zone string `yaml:"zone" rule:"required is=zone"`
	// Days on which they begin: MON, TUE, WED, THU, FRI, SAT, SUN. Absent means every day.
	Days []string `yaml:"days" rule:"oneof=MON|TUE|WED|THU|FRI|SAT|SUN"`
}

// Of is what the line limits: the name of its key, and the value.
func (r Rate) Of() (key, value string) {
	for _, one := range r.keys() {
		if one[1] != "" {
			return one[0], one[1]
		}
	}
	return "", ""
}

func (r Rate) keys() [][2]string {
	return [][2]string{
		{"account", r.Account}, {"identity", r.Identity}, {"pool", r.Pool}, {"country", r.Country}, {"recipient", r.Recipient},
	}
}

// rates checks that each line names one thing, once.
func (d *decoder) rates(f *File) {
	seen := d.once()
	for i, r := range f.Limits.Rates {
		at := fmt.Sprintf("limits.rates[%d]", i)
		var given []string
		for _, one := range r.keys() {
			if d.has(at + "." + one[0]) {
				given = append(given, one[0])
			}
		}
		if len(given) != 1 {
			d.fail(at, "needs exactly one of account, identity, pool, country, recipient")
			continue
		}
		key, value := r.Of()
		if err := r.check(key, value); err != nil {
			d.fail(at+"."+key, "%s", err)
			continue
		}
		if key == "identity" {
			value = strings.ToUpper(value)
		}
		seen.use(at+"."+key, key+" "+value)
	}
}

func (r Rate) check(key, value string) error {
	if value == "" || value == "*" {
		return nil // the decoder has refused the former
	}
	switch key {
	case "country":
		return isCountry(value)
	case "recipient":
		if !strings.HasPrefix(value, "+") {
			return fmt.Errorf("%q does not begin with +", value)
		}
		return isPattern("number", value)
	}
	return nil
}
