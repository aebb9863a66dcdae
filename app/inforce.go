package app

import (
	"heliograph/config"
	"heliograph/message"
	"heliograph/message/limit"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/keyword"
)

// inForce is what the configuration file says, as the parts of the server read
// it. A value is never changed once it is in use: a reload brings a new one, so
// that nobody sees half of a change.
type inForce struct {
	file      *config.File
	carriers  []config.Carrier // the file's, and the internal simulated one
	limits    resource.Limits
	prices    map[string]message.MicroUSD // of a message part, by country
	routes    *route.Carriers
	simulated map[string]bool // names of carriers that lead to a centre of our own
	texts     keyword.Texts   // what HELP and STOP answer
	parts     *limit.Rules    // of message parts per second, and quiet hours; nil = none
}

// interpret reads a loaded file.
func (a *App) interpret(file *config.File) *inForce {
	f := &inForce{
		file: file, carriers: withSimulator(file.Carriers), limits: quotas(file.Limits), prices: prices(file.Prices),
		simulated: map[string]bool{}, parts: partLimits(file), texts: keywordTexts(file.Keywords),
	}
	f.routes = routing(file, f.carriers)
	if file.NetworkLookup != nil {
		f.routes.Networks = lookups{a.lookup, f.routes.Networks}
	}
	for _, c := range f.carriers {
		f.simulated[c.Name] = c.Type == config.Simulator
	}
	return f
}

// quotas are the operator's, and the published one where the file has none.
func quotas(l config.Limits) resource.Limits {
	limits := resource.DefaultLimits()
	limits.ConfigurationSets = l.ConfigurationSetsPerAccount
	limits.EventDestinations = l.EventDestinationsPerConfigurationSet
	limits.OptOutLists = l.OptOutListsPerAccount
	limits.KeywordsPerPhoneNumber = l.KeywordsPerPhoneNumber
	limits.KeywordsPerPool = l.KeywordsPerPool
	limits.OptInDays = l.OptInDays
	limits.TagsPerResource = l.TagsPerResource
	limits.PhoneNumbers = l.PhoneNumbersPerAccount
	limits.SenderIDs = l.SenderIDsPerAccount
	limits.Pools = l.PoolsPerAccount
	limits.IdentitiesPerPool = l.OriginationIdentitiesPerPool
	return limits
}

// prices of a message part by country; none = free.
func prices(list []config.Price) map[string]message.MicroUSD {
	byCountry := make(map[string]message.MicroUSD, len(list))
	for _, p := range list {
		byCountry[p.Country] = message.MicroUSD(p.TextPart)
	}
	return byCountry
}

// limits are the quotas in force.
func (a *App) limits() resource.Limits { return a.force.Load().limits }

// inventory says whether the operator leases numbers of the file.
func (a *App) inventory() bool { return len(a.force.Load().file.Numbers) > 0 }

// price of a message part to a country.
func (a *App) price(country string) message.MicroUSD { return a.force.Load().prices[country] }

// routes are the carriers and routes to choose from.
func (a *App) routes() *route.Carriers { return a.force.Load().routes }

// carrierNames are those that identities may be provisioned on.
func (a *App) carrierNames() []string {
	var names []string
	for _, c := range a.force.Load().carriers {
		names = append(names, c.Name)
	}
	return names
}
