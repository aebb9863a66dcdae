// Package fault holds the faults that test authors set for an account: which
// calls of the API are answered with an exception instead of being served, are
// held for a while, or lose their connection. So client code is tried against
// every exception of the model, and against networks that break before and
// after a change has happened.
//
// Faults hold for the next calls of an account in all Regions. They are kept in
// memory on purpose: they belong to the test that set them, and a restart ends
// them. Left out: faults by chance, by Region or by a request's parameters, and
// exceptions that the operation does not declare.
package fault

import (
	"time"

	"heliograph/api"
)

// Bounds of a fault and of an account's list.
const (
	MaxFaults = 1000
	MaxCount  = 1_000_000
	MaxDelay  = 60 * time.Second
)

// Cut says when the connection of a call is closed without an answer.
type Cut string

// The two moments of a cut.
const (
	CutBefore Cut = "before" // the call is not served
	CutAfter  Cut = "after"  // the call is served: what it changed is kept
)

// Fault is what happens to the next calls of one operation. Each call meets one
// fault at most: the first of the list that is for its operation. It is first
// held for Delay; then the connection is cut, or the Exception is the answer,
// or, without either, the call is served.
type Fault struct {
	Operation string        // name, as in "SendTextMessage"
	Exception string        // one that the operation declares, or "" with a Delay or a Cut
	Reason    string        // of the exception's enumeration; "" = one that fits
	Count     int           // calls that are left, 1 to MaxCount
	Delay     time.Duration // 0 to MaxDelay
	Cut       Cut           // "" = none

	ResourceType api.ResourceType // of exceptions that name a resource; "" = the operation's
	ResourceID   string           // same; "" = DefaultResourceID

	fields []string // that a ValidationException complains about
}

// DefaultResourceID is the resource that an exception names when the fault says
// nothing of it.
const DefaultResourceID = "set-by-a-fault"

const remedy = "This fault was set at /simulator/v1/faults."

// Err is the exception that the call is answered with; nil where the fault has
// none.
func (f Fault) Err() *api.Error {
	if f.Exception == "" {
		return nil
	}
	e := &api.Error{
		Exception: f.Exception, Reason: f.Reason, ResourceType: f.ResourceType, ResourceID: f.ResourceID, Remedy: remedy,
	}
	for _, name := range f.fields {
		e.Fields = append(e.Fields, api.Field{Name: name, Message: remedy})
	}
	return e
}
