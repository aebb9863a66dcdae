package origination

import (
	"context"

	"heliograph/api"
	"heliograph/resource"
)

// Change is what an operation does to a scope's identities: the store applies
// all of it in one transaction, or none.
type Change struct {
	Scope    resource.Scope
	Revision resource.Revision // of the view that the rules were checked against
	Once     *api.Once         // the call's idempotency row, nil = no token

	PutNumbers  []PhoneNumber
	PutSenders  []SenderID
	PutPools    []Pool // with all their members
	DropNumbers []string
	DropSenders []SenderKey
	DropPools   []string

	Lease   []Stock  // taken from the inventory: api.ErrStale when one is leased already
	Return  []string // numbers given back: inventory ones become free, fictitious ones vanish
	Applied []string // keys of configuration lines that this change applies for the first time
	Unapply []string // keys of those that count as never applied from now on
	// CopyKeywords gives pools the keywords of their first number.
	CopyKeywords []KeywordCopy
	Override     bool // provisioning by the operator: the revision is not compared
}

// KeywordCopy names a number whose keywords a pool takes over.
type KeywordCopy struct{ From, To string }

// SenderKey names a sender ID within a scope.
type SenderKey struct {
	Text           string // upper case
	ISOCountryCode string
}

// Stock is a number in the operator's inventory, or a fictitious one.
type Stock struct {
	Number         string // E.164 with +, or a short code's digits
	ISOCountryCode string
	Type           api.NumberType
	MessageType    api.MessageType // "" = either
	Capabilities   []api.NumberCapability
	MonthlyPrice   string // "" = "1.00"
	Provisions     []Provision
	Fictitious     bool
}

// Store keeps identities. Every view is immutable and may be cached.
type Store interface {
	// Identities is all that a scope holds now.
	Identities(ctx context.Context, s resource.Scope) (*View, error)
	// ChangeIdentities applies a change. Errors: api.ErrStale when the scope is
	// no longer at the revision or a number was leased meanwhile,
	// api.ErrTokenTaken when the idempotency row exists.
	ChangeIdentities(ctx context.Context, c Change) error
	// FreeStock is the operator's inventory that is not leased, by number.
	FreeStock(ctx context.Context) ([]Stock, error)
	// Leased says which of these numbers are leased to somebody.
	Leased(ctx context.Context, numbers []string) (map[string]resource.Scope, error)
}

// Keywords compare what texts from handsets set off.
type Keywords interface {
	// SameKeywords says whether two numbers or pools have the same keywords, and
	// the revision of the scope at which that was so.
	SameKeywords(ctx context.Context, s resource.Scope, a, b string) (same bool, at resource.Revision, err error)
}
