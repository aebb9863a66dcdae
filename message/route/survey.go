package route

import (
	"heliograph/country"
	"heliograph/message"
)

// Survey is what the route of a message holds.
type Survey struct {
	Network   string // the destination's, mobile country and network code (ITU-T E.212); "" = not known
	Simulated bool   // a published simulator destination, which no route serves
	Line      int    // of the route in the configuration file, 0 = the file has no routes
	Groups    [][]Stop
}

// Stop is a carrier of a route and how it does now.
type Stop struct {
	Carrier string
	Weight  int
	Up      bool // it has a connection
	Well    bool // what it takes to the country is reported delivered as it should be
}

// Survey tells of the route that a message was given, and how its carriers do
// now.
func (r Router) Survey(m *message.Message) Survey {
	c, s := r.Carriers(), Survey{Line: m.Why.Route}
	if c.Networks != nil {
		s.Network, _ = c.Networks.Network(m.To)
	}
	if _, _, s.Simulated = country.SimulatorDestination(m.To); s.Simulated {
		return s
	}
	d := r.destination(m.To, m.Type, 0)
	d.rules.ISO = m.Country
	for i := range c.Routes {
		if c.Routes[i].Line != m.Why.Route {
			continue
		}
		for _, group := range c.Routes[i].Groups {
			stops := make([]Stop, len(group))
			for i, w := range group {
				ails := d.ails(w.Carrier)
				stops[i] = Stop{w.Carrier, w.Weight, ails != down, r.Delivery == nil || r.Delivery.Well(w.Carrier, m.Country)}
			}
			s.Groups = append(s.Groups, stops)
		}
		break
	}
	return s
}
