package app

import (
	"context"
	"slices"

	"heliograph/account/limits"
	"heliograph/resource"
)

// accountLimits answers what an account is and may.
func (a *App) accountLimits(quotas func() resource.Limits, pages *resource.Pages) *limits.Service {
	return &limits.Service{
		Accounts: a.accounts, Counts: counts{views{a.identities, a.store}}, Overrides: a.store, Limits: quotas, Pages: pages,
	}
}

// counts are what scopes have of each kind that is limited.
type counts struct{ views }

// Used counts what a scope has.
func (c counts) Used(ctx context.Context, s resource.Scope) (limits.Used, error) {
	held, err := c.Identities(ctx, s)
	if err != nil {
		return limits.Used{}, err
	}
	sets, err := c.ConfigurationSets(ctx, s)
	if err != nil {
		return limits.Used{}, err
	}
	lists := len(held.OptOuts)
	if !slices.Contains(held.OptOuts, resource.DefaultOptOutList) {
		lists++ // it is there from the start
	}
	return limits.Used{
		PhoneNumbers: len(held.Numbers), Pools: len(held.Pools), SenderIDs: len(held.Senders),
		ConfigurationSets: len(sets.Sets), OptOutLists: lists,
	}, nil
}
