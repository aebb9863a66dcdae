package inbound

import (
	"time"

	"heliograph/resource/keyword"
)

// Rules are the operator's.
type Rules struct {
	Texts keyword.Texts // what HELP and STOP answer where nobody changed it
	// OptOutWords act as STOP, beside those of OptOutWords().
	OptOutWords []string
	// WholeMessage lets a word opt out only where the text says nothing else.
	WholeMessage bool
	// PartsWait is how long after the last part that came the missing ones are
	// waited for.
	PartsWait time.Duration
	// RepliesPerHour is how often a number answers a person by itself.
	RepliesPerHour int
}

// OptOutWords are the words that opt out on every number and pool, as on the
// service. They are of English and French.
func OptOutWords() []string {
	return []string{"ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE"}
}
