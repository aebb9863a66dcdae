package app

import (
	"heliograph/api/awsjson"
	"heliograph/config"
	"heliograph/message"
	"heliograph/message/accept"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

// registerOperations puts every built operation on the API port.
func (a *App) registerOperations(mux *awsjson.Mux) error {
	pages, err := resource.NewPages(a.ring.Derive("page tokens"))
	if err != nil {
		return err
	}
	limits := func() resource.Limits { return quotas(a.options.File.Limits) }
	turns := new(resource.Turns)
	identities := &origination.Service{
		Store: a.identities, Now: a.options.Now, Limits: limits, Pages: pages, Turns: turns,
		Inventory:  func() bool { return len(a.options.File.Numbers) > 0 },
		ApproveAll: a.options.Dev,
	}
	identities.Register(mux)
	sets := &configset.Service{Store: a.store, Now: a.options.Now, Limits: limits, Pages: pages, Turns: turns}
	sets.Register(mux)
	a.registerListsAndTags(mux, identities, sets)
	sending := &accept.Service{
		Views: views{a.identities, a.store}, Accounts: a.accounts, Store: a.store, Sticky: a.store, Now: a.options.Now,
		Router: &route.Router{Carriers: func() *route.Carriers { return a.road.routes }},
		Queue:  a.road,
		Price:  prices(a.options.File.Prices),
	}
	sending.Register(mux)
	a.accountLimits(limits, pages).Register(mux)
	return nil
}

// quotas are the operator's, and the published one where the file has none.
func quotas(l config.Limits) resource.Limits {
	limits := resource.DefaultLimits()
	limits.ConfigurationSets = l.ConfigurationSetsPerAccount
	limits.OptOutLists = l.OptOutListsPerAccount
	limits.TagsPerResource = l.TagsPerResource
	limits.PhoneNumbers = l.PhoneNumbersPerAccount
	limits.SenderIDs = l.SenderIDsPerAccount
	limits.Pools = l.PoolsPerAccount
	limits.IdentitiesPerPool = l.OriginationIdentitiesPerPool
	return limits
}

// prices of a message part by country; none = free.
func prices(list []config.Price) func(country string) message.MicroUSD {
	byCountry := make(map[string]message.MicroUSD, len(list))
	for _, p := range list {
		byCountry[p.Country] = message.MicroUSD(p.TextPart)
	}
	return func(country string) message.MicroUSD { return byCountry[country] }
}

// views join what a message can come from and the configuration sets.
type views struct {
	identities
	configset.Store
}
