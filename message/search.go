package message

import "time"

// Search says which messages are looked for; members that are not set choose
// all.
type Search struct {
	To      string // E.164 with +
	State   *State
	Account string
	Region  string
	Since   time.Time // accepted then or later
	Until   time.Time // accepted before
	After   ID        // an earlier answer's Next: go on from there
	Limit   int       // at most so many messages
	Rows    int       // at most so many messages are looked at
}

// Found is what a search gives, the newest first.
type Found struct {
	Messages []*Message
	Next     ID        // the search has not looked beyond this one; zero = it has looked at all
	Back     time.Time // how far back it has looked
}

// StateNamed finds a state by the name that String gives it.
func StateNamed(name string) (State, bool) {
	for i, n := range names {
		if n == name {
			return State(i), true
		}
	}
	return 0, false
}

// StateNames are the names of all states, in the order of their numbers.
func StateNames() []string { return append([]string(nil), names[:]...) }
