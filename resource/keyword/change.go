package keyword

import (
	"context"

	"heliograph/resource"
)

// Change is what an operation does to a scope's keywords, applied in one
// transaction.
type Change struct {
	Scope    resource.Scope
	Revision resource.Revision // of the view that the rules were checked against
	Put      []Keyword
	Drop     []Key
}

// Key names a keyword within a scope.
type Key struct{ Identity, Text string }

// Store keeps keywords.
type Store interface {
	// Keywords is all that a scope holds now.
	Keywords(ctx context.Context, s resource.Scope) (*View, error)
	// ChangeKeywords applies a change. Errors: api.ErrStale when the scope is no
	// longer at the revision.
	ChangeKeywords(ctx context.Context, c Change) error
}

// Identities know the numbers and pools that have keywords.
type Identities interface {
	// KeywordHolder finds the number or the pool that a request names by id or
	// ARN, and gives its ARN, whether the network answers some words itself
	// (NetworkWords), and the revision of the scope at which that was so.
	KeywordHolder(ctx context.Context, s resource.Scope, text string) (arn string, network bool, at resource.Revision, err error)
}
