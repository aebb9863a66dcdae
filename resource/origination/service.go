package origination

import (
	"context"
	"sync"
	"time"

	"heliograph/api"
	"heliograph/resource"
)

// Service performs the operations on phone numbers, sender IDs and pools.
type Service struct {
	Store    Store
	Keywords Keywords // nil = none are compared
	Now      func() time.Time
	Limits   func() resource.Limits // in force now
	Pages    *resource.Pages
	Turns    *resource.Turns // shared by all that changes scopes; nil = its own
	// Names makes the id of a new resource out of its prefix; nil =
	// resource.NewID.
	Names func(prefix string) string
	// Inventory says whether the operator has configured phone numbers. Where
	// there are none (or it is nil), numbers are leased from the fictitious
	// ranges.
	Inventory func() bool
	// ApproveAll takes every registration for known and approved, and so
	// makes every number active at once.
	ApproveAll bool
	// Channels are asked when two-way messages are switched on, or go elsewhere;
	// nil = none is asked.
	Channels Channels

	// leasing lets one request at a time choose a number: all scopes lease
	// from the same inventory.
	leasing sync.Mutex
}

// Channels tell whether two-way messages can be written to a channel.
type Channels interface {
	// Reachable is nil, or says why not. Nil is also the answer where it is not
	// known.
	Reachable(ctx context.Context, arn string) error
}

// view is what the caller's scope holds now.
func (s *Service) view(ctx context.Context) (*View, error) {
	return s.Store.Identities(ctx, resource.ScopeOf(ctx))
}

// change starts a change that rests on a view.
func (v *View) change(once *api.Once) Change {
	return Change{Scope: v.Scope, Revision: v.Revision, Once: once}
}

func (s *Service) newID(prefix string) string {
	if s.Names == nil {
		return resource.NewID(prefix)
	}
	return s.Names(prefix)
}

// set overwrites a switch when the request gives it.
func set(to *bool, given *bool) {
	if given != nil {
		*to = *given
	}
}
