package app

import (
	"slices"

	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/country"
	"heliograph/message/route"
	"heliograph/resource/origination"
)

// gatewayLogin is what the gateway binds to a simulated centre as. Nobody else
// gets it: receipts go to any session of the login that they are for.
const gatewayLogin = "heliograph-own"

// devSMSC is where `dev` lets SMPP clients bind when nobody else is there.
const devSMSC = "127.0.0.1:2775"

// sharedShortCode is the fictitious sender of the simulated network for
// messages that have no identity of their own.
const sharedShortCode = "70707"

// withSimulator adds an internal simulated carrier where the file has none:
// what goes to a published simulator destination must never reach a paying
// carrier.
func withSimulator(configured []config.Carrier) []config.Carrier {
	if slices.ContainsFunc(configured, func(c config.Carrier) bool { return c.Type == config.Simulator }) {
		return configured
	}
	internal := config.Default().Carriers[0]
	for slices.ContainsFunc(configured, func(c config.Carrier) bool { return c.Name == internal.Name }) {
		internal.Name = "internal-" + internal.Name
	}
	return append(slices.Clone(configured), internal)
}

// routing is the file's routes as the choice reads them. The internal simulated
// carrier that the file does not have is not among the carriers to choose from.
func routing(file *config.File, all []config.Carrier) *route.Carriers {
	r := &route.Carriers{}
	for i, c := range all {
		if c.Type == config.Simulator && r.Simulator == "" {
			r.Simulator = c.Name
		}
		if i < len(file.Carriers) {
			r.All = append(r.All, choosable(c))
		}
		if c.Type == config.Simulator && i < len(file.Carriers) {
			r.Shared = append(r.Shared, fictitiousShared(c.Name)...)
		}
	}
	r.Routes, r.Networks = routesOf(file), networksOf(file.Networks)
	for _, s := range file.SharedIdentities {
		shared := route.Shared{Country: s.Country, Identity: s.Identity}
		for _, p := range s.Carriers {
			shared.Provisions = append(shared.Provisions, origination.Provision{Carrier: p.Name, As: p.As})
		}
		r.Shared = append(r.Shared, shared)
	}
	return r
}

func choosable(c config.Carrier) route.Carrier {
	action, substitute := c.Unregistered()
	return route.Carrier{Name: c.Name, Unregistered: route.Action(action), Substitute: substitute, Simulated: c.Type == config.Simulator}
}

// fictitiousShared are the shared senders of a simulated network: one in every
// country that has shared routes.
func fictitiousShared(name string) []route.Shared {
	var list []route.Shared
	for _, rules := range country.All() {
		if !rules.NoSharedRoutes {
			list = append(list, route.Shared{
				Country: rules.ISO, Identity: sharedShortCode, Provisions: []origination.Provision{{Carrier: name}},
			})
		}
	}
	return list
}

// smscSettings are those of a carrier of type smpp.
func (a *App) smscSettings(c config.Carrier) (smsc.Settings, error) {
	settings := smsc.Settings{
		Name: c.Name, Address: c.Address, SystemID: c.SystemID, Password: c.Password.Reveal(),
		SystemType: c.SystemType, Binds: c.Binds, Window: c.Window, Throughput: c.Throughput,
		IDs: smsc.IDType(c.MsgIDType), Validity: smsc.ValidityFormat(c.ValidityFormat),
		Trace: a.road.fleet.tracer, Log: a.options.Log, Now: a.options.Now,
	}
	if err := outgoing(&settings, c); err != nil {
		return settings, err
	}
	a.receipts(&settings, c)
	if t := c.Timers; t != nil {
		settings.EnquireInterval, settings.ResponseTimeout = t.Enquire.Of(), t.Response.Of()
	}
	var err error
	settings.Connection, err = connection(c)
	return settings, err
}
