package app

import (
	"context"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
	"heliograph/resource/tagging"
)

// registerListsAndTags puts the operations on opt-out lists, and on the tags of
// every kind, on the API port.
func (a *App) registerListsAndTags(mux *awsjson.Mux, identities *origination.Service, sets *configset.Service) {
	lists := &optout.Service{
		Store: a.store, Entries: a.store, Users: identities, Accounts: a.accounts,
		Now: a.options.Now, Limits: sets.Limits, Pages: sets.Pages, Turns: sets.Turns,
	}
	lists.Register(mux)
	tags := &tagging.Service{Limits: sets.Limits, Turns: sets.Turns, Holders: map[api.ResourceType]tagging.Holder{
		api.ResourceTypeConfigurationSet: sets,
		api.ResourceTypeOptOutList:       lists,
		api.ResourceTypePhoneNumber:      identities,
		api.ResourceTypePool:             identities,
		api.ResourceTypeSenderId:         identities,
	}}
	tags.Register(mux)
}

// resetLists drops a scope's opt-out lists, the tags of Default, and who is on any.
func (a *App) resetLists(ctx context.Context, scope resource.Scope) error {
	held, err := a.store.OptOutLists(ctx, scope)
	if err != nil {
		return err
	}
	drop := optout.Change{Scope: scope, Revision: held.Revision}
	if len(held.DefaultTags) > 0 {
		drop.Drop = append(drop.Drop, resource.DefaultOptOutList)
	}
	for _, list := range held.Lists {
		drop.Drop = append(drop.Drop, list.Name)
	}
	if err := a.store.ChangeOptOutLists(ctx, drop); err != nil {
		return err
	}
	return a.store.EmptyOptOuts(ctx, scope)
}
