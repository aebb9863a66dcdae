package event

import (
	"context"
	"errors"
	"time"
)

// Delivery is an event as it is handed over to a target.
type Delivery struct {
	// ID names the event: the same however often it is handed over, so that a
	// consumer can tell a repeat.
	ID string
	// MessageID is of the message, or of what the handset sent: the events of one
	// are in order.
	MessageID string
	Type      string    // in the API's words, such as TEXT_DELIVERED; "" = what a handset sent
	At        time.Time // when it happened
	Record    []byte    // JSON
}

// Capacity is what a target takes at once.
type Capacity struct {
	Batch int // events in a call
	Calls int // calls at the same time
}

// Sink hands events over to one target. Its calls may run at the same time.
type Sink interface {
	Capacity() Capacity
	// Deliver hands events over, each of another message, and says of each what
	// became of it: nil when the target has it, a *Refusal when it never will,
	// any other error when it is worth trying again.
	Deliver(ctx context.Context, list []Delivery) []error
	// Reachable is nil where the target can be written to, or says why not.
	Reachable(ctx context.Context) error
}

// Refusal is of an event that the target will not take, however often it is
// tried.
type Refusal struct{ Err error }

// Error says what the target said.
func (r *Refusal) Error() string { return "refused: " + r.Err.Error() }

// Unwrap is what the target said.
func (r *Refusal) Unwrap() error { return r.Err }

// After is how long an error asks to wait, 0 = does not.
func After(err error) time.Duration {
	var later *Later
	if errors.As(err, &later) {
		return later.After
	}
	return 0
}
