package message

import (
	"time"

	"heliograph/resource"
)

// Text is what somebody sent from a handset to a number that a scope holds:
// whole, or as much of it as came.
type Text struct {
	ID      ID // of the first of its parts that came
	Scope   resource.Scope
	Carrier string // name
	From    string // E.164 with +, short code, or what else a network has
	To      string
	Body    string
	Parts   []ID      // what it is made of, and repetitions of it
	Missing int       // parts that did not come
	At      time.Time // when the last part came
}

// Conclusion is what follows from a text: all of it happens, in one commit, or
// nothing. Only the reply may be refused alone.
type Conclusion struct {
	Text     Text
	Number   string // id of the number it was sent to, "" = nobody holds it any more
	Keyword  string // that it began with, "" = none
	OptOut   string // name of the list that the sender goes on, "" = none
	OptIn    string // name of the list that the sender comes off, "" = none
	Channel  string // ARN of what hears of it, "" = nothing
	Payload  string // what the channel hears, JSON
	Reply    *Message
	BodyHash uint64 // of the reply's text, see Answered
	At       time.Time
}

// Answered is an automatic reply that was accepted.
type Answered struct {
	At       time.Time
	BodyHash uint64 // of its text, as texts are compared
}
