package optout

import (
	"context"
	"errors"
	"time"

	"heliograph/resource"
)

// Entry is a number on an opt-out list.
type Entry struct {
	Number    string // E.164 with +
	At        time.Time
	ByEndUser bool // the person opted out, not the customer for them
}

// Range is a page of a list: oldest first, of one moment by number.
type Range struct {
	Scope resource.Scope
	List  string
	// ByEndUser chooses those that opted out themselves, or the others; nil = all.
	ByEndUser *bool
	After     Entry // the last one before the page; zero = from the start
	Limit     int
}

// Errors of Entries.
var (
	ErrNoList     = errors.New("optout: there is no such list")
	ErrNotOnList  = errors.New("optout: the number is not on the list")
	ErrOptedInNow = errors.New("optout: the number was taken off a list not long ago")
)

// Entries keeps the numbers that are on lists. Whether a list exists is looked at
// in the transaction that writes: it may go at the same moment.
type Entries interface {
	// OptedOutNumbers finds those of some numbers that are on a list.
	OptedOutNumbers(ctx context.Context, s resource.Scope, list string, numbers []string) ([]Entry, error)
	// OptedOutRange reads a page of a list.
	OptedOutRange(ctx context.Context, r Range) ([]Entry, error)
	// PutOptedOut puts a number on a list and answers the entry, as it was if the
	// number was there. Errors: ErrNoList.
	PutOptedOut(ctx context.Context, s resource.Scope, list string, e Entry) (Entry, error)
	// DeleteOptedOut takes a number off a list and answers what the entry was,
	// unless that was done after `since` already, on whichever list of the scope.
	// Errors: ErrNotOnList, ErrOptedInNow.
	DeleteOptedOut(ctx context.Context, s resource.Scope, list, number string, at, since time.Time) (Entry, error)
}
