package optout

import (
	"context"

	"heliograph/account"
	"heliograph/api"
	"heliograph/resource"
)

// Change is what an operation does to a scope's opt-out lists, applied in one
// transaction.
type Change struct {
	Scope    resource.Scope
	Revision resource.Revision // of the view that the rules were checked against
	Once     *api.Once         // the call's idempotency row, nil = no token
	Put      []List            // Default for its tags
	Drop     []string          // Default to forget its tags
}

// Store keeps opt-out lists.
type Store interface {
	// OptOutLists is all that a scope holds now.
	OptOutLists(ctx context.Context, s resource.Scope) (*View, error)
	// ChangeOptOutLists applies a change. Errors: api.ErrStale when the scope
	// is no longer at the revision, api.ErrTokenTaken when the idempotency row
	// exists.
	ChangeOptOutLists(ctx context.Context, c Change) error
}

// Users know what uses opt-out lists.
type Users interface {
	// OptOutListUser is the id of a number or a pool that uses a list, "" when
	// none does, and the revision of the scope at which that was so.
	OptOutListUser(ctx context.Context, s resource.Scope, list string) (id string, at resource.Revision, err error)
}

// Accounts know when accounts were made.
type Accounts interface {
	Account(ctx context.Context, id string) (account.Account, bool, error)
}
