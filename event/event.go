// Package event says what happens to messages, and what handsets send, as the
// customers' programs are told: which events there are, the records that the
// Pinpoint SMS and Voice v2 API publishes of them, and the contract of the sinks
// that hand them over.
//
// Left out: voice, media and RCS records; the road from the database to a sink
// (package outbox) and how a target is spoken to (the packages of the sinks).
package event

import (
	"cmp"
	"time"

	"heliograph/message"
	"heliograph/resource"
)

// Target is where events go: what an ARN names, for an account in a Region.
type Target struct {
	Scope resource.Scope
	ARN   string
}

// Key names an event on its way to one destination.
type Key struct {
	Target      Target
	MessageID   message.ID
	Place       int    // among the events of the message
	Destination string // name of the event destination, "" = a two-way channel
}

// Entry is an event on its way.
type Entry struct {
	Key
	Event
}

// Event is what happened to a message, or came from a handset.
type Event struct {
	MessageID        message.ID
	Place            int
	Scope            resource.Scope
	ConfigurationSet string
	Type             string // in the API's words, such as TEXT_DELIVERED
	At               time.Time
	Payload          string           // of what a handset sent, "" otherwise
	Message          *message.Message // without its parts; nil where there is none
}

// Settlement is what became of an entry: its target has it, or will not get it.
type Settlement struct {
	Key
	Cause string    // why it will not, "" = it has it
	At    time.Time // of giving up
}

// Lag is what waits for a target.
type Lag struct {
	Target  Target
	Waiting int
	Since   time.Time // when the oldest of them happened
}

// Dead is an event that its target did not get.
type Dead struct {
	Key
	Type   string
	At     time.Time
	DeadAt time.Time
	Cause  string
}

// Mark is a point in the order of events by time.
type Mark struct {
	At        time.Time
	MessageID message.ID
	Place     int
}

// Search chooses events of the journal.
type Search struct {
	Account   string     // "" = all
	MessageID message.ID // zero = all
	Limit     int
}

// Inbound is the type that what a handset sent is named by.
const Inbound = "INBOUND"

// ID names the event: the same however often it is handed over.
func (e Event) ID() string { return e.MessageID.String() + "/" + cmp.Or(e.Type, Inbound) }
