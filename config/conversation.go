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
	// How long the record of a text that came is kept, with its number and its words, such as 720h, which is 30 days; then it is deleted. At least 24h.
	Keep Duration `yaml:"keep" rule:"default=720h"`
}

// inbound checks the bounds of its spans of time.
func (d *decoder) inbound(f *File) {
	const wait, keep = "inbound.parts_wait", "inbound.keep"
	if err := between(f.Inbound.PartsWait.Of(), time.Second); err != nil && d.has(wait) {
		d.fail(wait, "%s", err)
	}
	// A text may be put together for a day before it is concluded.
	if f.Inbound.Keep.Of() < 24*time.Hour && d.has(keep) {
		d.fail(keep, "is less than 24h")
	}
}
