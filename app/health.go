package app

import (
	"context"
	"fmt"
	"time"

	"heliograph/carrier/smsc"
	"heliograph/message"
	"heliograph/message/health"
	"heliograph/message/receipt"
	"heliograph/message/route"
	"heliograph/operator"
)

// grace is how long a carrier may be without a connection before messages are
// accepted for another one: sessions that are bound anew are no outage.
const grace = 5 * time.Second

// router chooses by the configuration in force and by how carriers do now.
func (a *App) router() route.Router {
	m := a.road.monitor
	return route.Router{Carriers: a.routes, Up: a.road.fleet.up, Delivery: m.Carriers(), Senders: m.Identities()}
}

// newMonitor follows messages while the configuration has rules of health.
func (a *App) newMonitor() *health.Monitor {
	return &health.Monitor{Now: a.options.Now, Turned: a.turned, Rules: func() (health.Rules, bool) {
		h := a.force.Load().file.Health
		if h == nil {
			return health.Rules{}, false
		}
		return health.Rules{
			Minimum: h.Minimum, Window: h.Window.Of(), Ratio: float64(h.ReceiptRatio), Latency: h.ReceiptLatency.Of(),
		}, true
	}}
}

// turned logs what the choice will do from now on.
func (a *App) turned(identity bool, s health.Standing) {
	kind := "carrier"
	if identity {
		kind = "sender"
	}
	if s.Well {
		a.options.Log.Info("messages are reported delivered again: it is no longer passed over", kind, s.Name, "country", s.Country)
		return
	}
	a.options.Log.Warn("too few messages are reported delivered in time: it is passed over where another can be used",
		kind, s.Name, "country", s.Country, "judged", s.Judged, "arrived", s.Arrived)
}

// undelivered are the countries where a carrier takes messages that are not
// reported delivered, a sentence each.
func (f *fleet) undelivered(name string) []string {
	var list []string
	for _, s := range f.road.monitor.Carriers().List() {
		if s.Name == name && !s.Well {
			list = append(list, fmt.Sprintf("Too few of the messages that it took to %s were reported delivered in time: other carriers of a route are preferred there until that is over, and one message in 50 tries it.", s.Country))
		}
	}
	return list
}

// deliveries is what is reported of a carrier's messages, by country.
func (f *fleet) deliveries(name string) (list []operator.Delivery) {
	for _, s := range f.road.monitor.Carriers().List() {
		if s.Name == name {
			list = append(list, operator.Delivery{
				Country: s.Country, Well: s.Well, Judged: s.Judged, Arrived: s.Arrived, Waiting: s.Waiting, Latency: s.Latency.Seconds(),
			})
		}
	}
	return list
}

// up says whether a carrier has a connection, or had one a moment ago.
func (f *fleet) up(name string) bool {
	l := f.link(name)
	if l == nil {
		return false
	}
	c := paced(l)
	return c.Bound() > 0 || recent(c.Status(), f.options.Now())
}

// recent says whether a bind came down, or began to be tried, within the grace.
func recent(s smsc.Status, now time.Time) bool {
	for _, b := range s.Binds {
		if b.State == smsc.BindDown && (b.Since.IsZero() || now.Sub(b.Since) < grace) {
			return true
		}
	}
	return false
}

// watchedReceipts keeps receipts and lets the monitor see them.
type watchedReceipts struct {
	receipt.Store
	monitor *health.Monitor
}

// Receipt implements receipt.Store.
func (w watchedReceipts) Receipt(ctx context.Context, r message.Receipt) (message.Match, error) {
	found, err := w.Store.Receipt(ctx, r)
	if err == nil {
		w.monitor.Receipt(r)
	}
	return found, err
}
