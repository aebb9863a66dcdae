package event

import (
	"errors"
	"fmt"
	"time"
)

// Limits are of one call to a target.
type Limits struct {
	Events int           // in a call
	Bytes  int           // in a call
	Each   int           // bytes of one record
	Frame  int           // bytes that count with each record
	Span   time.Duration // from the first event of a call to any other, 0 = any
}

// Deliver hands a list over in calls within the limits and says of each event
// what became of it; a record that no call can hold is a *Refusal. The call
// gives an error for each event, or the one for which it failed as a whole. A
// call that was a *Refusal is made again with each half, so that one bad event
// takes no other with it.
func (l Limits) Deliver(list []Delivery, call func([]Delivery) ([]error, error)) []error {
	errs := make([]error, len(list))
	for start := 0; start < len(list); {
		if size := len(list[start].Record); size > l.Each {
			errs[start] = &Refusal{fmt.Errorf("the record has %d bytes, and the target takes %d", size, l.Each)}
			start++
			continue
		}
		end := l.end(list, start)
		copy(errs[start:end], halved(list[start:end], call))
		start = end
	}
	return errs
}

// end is where the call must end that begins with an event.
func (l Limits) end(list []Delivery, start int) int {
	bytes := 0
	for i := start; i < len(list); i++ {
		size := len(list[i].Record)
		bytes += size + l.Frame
		late := l.Span > 0 && list[i].At.Sub(list[start].At) > l.Span
		if i > start && (i-start == l.Events || bytes > l.Bytes || size > l.Each || late) {
			return i
		}
	}
	return len(list)
}

func halved(list []Delivery, call func([]Delivery) ([]error, error)) []error {
	errs, err := call(list)
	var refusal *Refusal
	switch {
	case err == nil:
		return errs
	case errors.As(err, &refusal) && len(list) > 1:
		half := len(list) / 2
		return append(halved(list[:half], call), halved(list[half:], call)...)
	}
	return All(list, err)
}

// All says the same of each event.
func All(list []Delivery, err error) []error {
	errs := make([]error, len(list))
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// Later is of an event that the target asks not to be given again before some
// time is over.
type Later struct {
	After time.Duration
	Err   error
}

// Error says what the target said.
func (l *Later) Error() string { return l.Err.Error() }

// Unwrap is what the target said.
func (l *Later) Unwrap() error { return l.Err }
