package app

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	"heliograph/carrier"
	"heliograph/carrier/simulator"
	"heliograph/message"
	"heliograph/message/dispatch"
	"heliograph/message/health"
	"heliograph/message/inbound"
	"heliograph/message/limit"
	"heliograph/message/receipt"
	"heliograph/metrics"
)

// road is what messages travel on after they are accepted: simulated centres,
// carriers, the dispatcher, and the way back.
type road struct {
	directory  *directory
	network    *simulator.Network // what all centres share
	back       reports
	dispatcher *dispatch.Dispatcher
	fleet      *fleet
	monitor    *health.Monitor
	simulated  func(carrier string) bool // leads to a centre
	screen     atomic.Pointer[screen]
	accepted   func(*message.Message) // counts

	// changing is held while carriers come, go or stop, and guards links.
	changing sync.Mutex
	links    []*link // in the order of the file
}

// screen is the centre that the simulator API speaks for. Handsets and rules are
// those of all centres.
type screen struct {
	http.Handler
	centre *simulator.SMSC
}

// reports joins the two halves of what carriers report.
type reports struct {
	*receipt.Service
	inbound *inbound.Service
}

// Late takes the answer to a part that was in doubt.
func (r reports) Late(ctx context.Context, l carrier.Late) error { return r.Service.Late(ctx, l) }

// Inbound takes a text from a handset.
func (r reports) Inbound(ctx context.Context, in carrier.Inbound) error {
	return r.inbound.Inbound(ctx, in)
}

// Enqueue takes an accepted message on its way, and tells the simulated
// network whose it is before that can ask.
func (r *road) Enqueue(m *message.Message) {
	r.accepted(m)
	if r.simulated(m.Carrier) {
		r.directory.remember(m.ID, m.Scope.Account)
	}
	r.dispatcher.Enqueue(m)
}

// buildRoad makes centres, carriers and the dispatcher; nothing runs yet.
func (a *App) buildRoad(ctx context.Context) error {
	a.warnOf(a.force.Load().file)
	fleet, monitor := newFleet(a), a.newMonitor()
	r := &road{
		directory: newDirectory(a.store, a.identities), network: &simulator.Network{},
		back:      reports{&receipt.Service{Store: watchedReceipts{fleet.receipts, monitor}}, a.newInbound()},
		accepted:  a.metrics.Accepted,
		simulated: func(carrier string) bool { return a.force.Load().simulated[carrier] },
	}
	r.fleet, r.monitor, a.road = fleet, monitor, r
	r.back.inbound.Queue, r.back.inbound.Replier = r, a.chooser().Service
	var links []dispatch.Link
	for _, c := range a.force.Load().carriers {
		l, err := a.newLink(c, nil)
		if err != nil {
			return err
		}
		if l.centre != nil && r.screen.Load() == nil {
			a.show(l.centre)
		}
		r.links, links = append(r.links, l), append(links, l.Link)
	}
	r.dispatcher = dispatch.New(dispatch.Settings{
		Store: a.store, Backlog: a.store, Links: links, Observer: observers{monitor, a.metrics}, Rerouter: rerouter{a},
		Limiter: limit.NewLimiter(a.partLimits), Log: a.options.Log, Now: a.options.Now,
	})
	a.metrics.Add(metrics.Carriers(fleet), metrics.Gauge("inbound_trouble",
		"Texts from handsets since the start to nobody's number (recipient) and from what is no telephone number (sender), and people whose texts cannot be concluded now (aside).",
		"kind", a.inboundTrouble))
	return fleet.pauseAsBefore(ctx)
}

// show makes a centre the one that the simulator API speaks for.
func (a *App) show(centre *simulator.SMSC) {
	a.road.screen.Store(&screen{centre.Handler(a.simulatorConsole()), centre})
}

// start brings the road up: centres, what is on disk, carriers. Carriers come
// last because they are stopped first: what waits for a connection is turned
// away and stays on disk, and what is under way is awaited and recorded.
func (r *road) start(ctx context.Context, later func(func(context.Context) error)) error {
	r.changing.Lock()
	defer r.changing.Unlock()
	later(r.stopCentres)
	for _, l := range r.links {
		if err := l.startCentre(ctx); err != nil {
			return err
		}
	}
	if err := r.dispatcher.Start(ctx); err != nil {
		return err
	}
	later(r.dispatcher.Stop)
	if err := r.back.inbound.Start(ctx); err != nil {
		return err
	}
	later(r.back.inbound.Stop)
	later(r.stopCarriers)
	for _, l := range r.links {
		if err := l.Carrier.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stopCarriers stops all at once: each may have answers to wait for.
func (r *road) stopCarriers(ctx context.Context) error {
	return r.each(func(l *link) error { return l.Carrier.Stop(ctx) })
}

func (r *road) stopCentres(ctx context.Context) error {
	return r.each(func(l *link) error { return l.stopCentre(ctx) })
}

func (r *road) each(do func(*link) error) error {
	r.changing.Lock()
	defer r.changing.Unlock()
	errs := make([]error, len(r.links))
	var all sync.WaitGroup
	for i, l := range r.links {
		all.Go(func() { errs[i] = do(l) })
	}
	all.Wait()
	return errors.Join(errs...)
}
