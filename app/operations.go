package app

import (
	"heliograph/api/awsjson"
	"heliograph/message/accept"
	"heliograph/message/feedback"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/keyword"
	"heliograph/resource/origination"
)

// registerOperations puts every built operation on the API port.
func (a *App) registerOperations(mux *awsjson.Mux) error {
	pages, err := resource.NewPages(a.ring.Derive("page tokens"))
	if err != nil {
		return err
	}
	turns := &a.turns
	identities := &origination.Service{
		Store: a.identities, Now: a.options.Now, Limits: a.limits, Pages: pages, Turns: turns,
		Inventory: a.inventory, ApproveAll: a.options.Dev, Channels: channels{a.sinks},
	}
	words := &keyword.Service{
		Store: a.store, Identities: identities, Texts: a.keywordTexts,
		Now: a.options.Now, Limits: a.limits, Pages: pages, Turns: turns,
	}
	identities.Keywords = words
	identities.Register(mux)
	words.Register(mux)
	sets := &configset.Service{Store: a.store, Now: a.options.Now, Limits: a.limits, Pages: pages, Turns: turns, Targets: targets{a.sinks}}
	sets.Register(mux)
	a.registerListsAndTags(mux, identities, sets)
	sending := &accept.Service{
		Views: views{a.identities, a.store}, Accounts: a.accounts, Store: a.store, Sticky: a.store, Now: a.options.Now,
		Router: a.router(),
		Queue:  a.road,
		Price:  a.price,
	}
	sending.Register(mux)
	(&feedback.Service{Store: a.store}).Register(mux)
	a.accountLimits(a.limits, pages).Register(mux)
	return nil
}

// views join what a message can come from and the configuration sets.
type views struct {
	identities
	configset.Store
}
