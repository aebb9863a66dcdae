package app

import (
	"heliograph/api"
	"heliograph/config"
	"heliograph/message/lookup"
	"heliograph/message/route"
)

// routesOf are the file's routes as the choice reads them.
func routesOf(file *config.File) []route.Route {
	routes := make([]route.Route, len(file.Routes))
	for i := range file.Routes {
		line := &file.Routes[i]
		r := route.Route{
			Line: file.RouteLine(i), Countries: line.Countries, Networks: line.Networks,
			Prefixes: line.Prefixes, Identities: line.Identities,
		}
		for _, t := range line.MessageTypes {
			r.Types = append(r.Types, api.MessageType(t))
		}
		for _, group := range line.InOrder() {
			var weighted []route.Weighted
			for _, w := range group {
				weighted = append(weighted, route.Weighted{Carrier: w.Name, Weight: w.Weight})
			}
			r.Groups = append(r.Groups, weighted)
		}
		routes[i] = r
	}
	return routes
}

// networksOf is the file's table of mobile networks; nil = it has none.
func networksOf(list []config.Network) route.Lookup {
	if len(list) == 0 {
		return nil
	}
	table := make(route.Prefixes, len(list))
	for _, n := range list {
		table[n.Prefix] = n.MCCMNC
	}
	return table
}

// lookups ask the service first, which knows of ported numbers, and the table else.
type lookups struct {
	service *lookup.Source
	table   route.Lookup // nil = there is none
}

// Network implements route.Lookup.
func (l lookups) Network(e164 string) (mccmnc string, known bool) {
	if mccmnc, known = l.service.Network(e164); known || l.table == nil {
		return mccmnc, known
	}
	return l.table.Network(e164)
}

// lookupOf is the service of the file; nil = it has none.
func lookupOf(l *config.NetworkLookup) *lookup.Settings {
	if l == nil {
		return nil
	}
	return &lookup.Settings{
		URL: l.URL, Authorization: l.Authorization.Reveal(), MCCMNC: l.MCCMNC, MCC: l.MCC, MNC: l.MNC,
		Timeout: l.Timeout.Of(), Keep: l.Keep.Of(), Most: l.Cache,
	}
}

// warnOf logs what the file may hardly mean.
func (a *App) warnOf(file *config.File) {
	for _, w := range file.Warnings() {
		a.options.Log.Warn("the configuration says what is hardly meant", "line", w.Line, "field", w.Path, "warning", w.Text)
	}
}

// network gives the mobile network of a number, by the table in force.
func (a *App) network(e164 string) (mccmnc string, known bool) {
	if table := a.routes().Networks; table != nil {
		return table.Network(e164)
	}
	return "", false
}
