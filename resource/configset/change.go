package configset

import (
	"context"

	"heliograph/api"
	"heliograph/resource"
)

// Change is what an operation does to a scope's configuration sets, applied in
// one transaction.
type Change struct {
	Scope    resource.Scope
	Revision resource.Revision // of the view that the rules were checked against
	Once     *api.Once         // the call's idempotency row, nil = no token
	Put      []Set
	Drop     []string
	About    string // the event destination of the set that changes, for the audit; "" = none
}

// Store keeps configuration sets.
type Store interface {
	// ConfigurationSets is all that a scope holds now.
	ConfigurationSets(ctx context.Context, s resource.Scope) (*View, error)
	// ChangeConfigurationSets applies a change. Errors: api.ErrStale when the
	// scope is no longer at the revision, api.ErrTokenTaken when the
	// idempotency row exists.
	ChangeConfigurationSets(ctx context.Context, c Change) error
}
