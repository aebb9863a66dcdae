package awsjson

import (
	"context"

	"heliograph/api"
)

// Rates knows how many requests callers may make.
type Rates interface {
	// Allow counts a request of an account in a Region; false means that it is one
	// too many.
	Allow(account, region, operation string) bool
}

// throttled is the refusal of a request that is one too many, nil where it is not.
func (m *Mux) throttled(ctx context.Context, op *api.Operation) error {
	if m.server.Rates == nil {
		return nil
	}
	if caller := api.CallerFrom(ctx); !m.server.Rates.Allow(caller.Account, caller.Region, op.Name) {
		return api.Throttled("The account makes more requests per second than the operator of this server allows. Wait a moment and try again.")
	}
	return nil
}
