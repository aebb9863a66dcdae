package config

import "time"

// Keywords are what the first words of texts from handsets set off, on every number and pool.
type Keywords struct {
	// What HELP answers where the customer has not changed it. Absent means a sentence of the server's own.
	Help string `yaml:"help" rule:"max=1600"`
	// What STOP, and every other word that opts out, answers where the customer has not changed it. Absent means a sentence of the server's own.
	Stop string `yaml:"stop" rule:"max=1600"`
	// Words that opt out beside ARRET, CANCEL, END, OPT-OUT, OPTOUT, QUIT, REMOVE, STOP, TD and UNSUBSCRIBE, in any case, such as REVOKE.
	OptOutWords []string `yaml:"opt_out_words" rule:"max=30"`
	// How a text opts out: `first_word`, as on the service, when it begins with such a word; `whole_message` when it says nothing else.
	OptOutMatch string `yaml:"opt_out_match" rule:"oneof=first_word|whole_message default=first_word"`
}

// Inbound is how texts from handsets are taken.
type Inbound struct {
	// How long after the last part of a text that came the missing ones are waited for; then the text goes on without them. At least a second, at most a day.
	PartsWait Duration `yaml:"parts_wait" rule:"default=10m"`
	// Most automatic answers of a number to one person in an hour: two systems that answer each other end there. 0 means none are sent.
	RepliesPerHour int `yaml:"replies_per_hour" rule:"min=0 max=1000 default=5"`
}

// inbound checks the bounds of its span of time.
func (d *decoder) inbound(f *File) {
	const path = "inbound.parts_wait"
	if err := between(f.Inbound.PartsWait.Of(), time.Second); err != nil && d.has(path) {
		d.fail(path, "%s", err)
	}
}
