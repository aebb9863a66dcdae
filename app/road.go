package app

import (
	"context"
	"errors"
	"sync"

	"heliograph/carrier"
	"heliograph/carrier/simulator"
	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/message"
	"heliograph/message/dispatch"
	"heliograph/message/inbound"
	"heliograph/message/receipt"
	"heliograph/message/route"
	"heliograph/protocol/gsm"
)

// road is what messages travel on after they are accepted: simulated centres,
// carriers, the dispatcher, and the way back.
type road struct {
	directory  *directory
	centres    []*simulator.SMSC // the first one's handsets are the simulator API's
	simulated  map[string]bool   // names of carriers that lead to a centre
	links      []dispatch.Link
	dispatcher *dispatch.Dispatcher
	routes     *route.Carriers
}

// reports joins the two halves of what carriers report.
type reports struct {
	*receipt.Service
	inbound *inbound.Service
}

// Inbound takes a text from a handset.
func (r reports) Inbound(ctx context.Context, in carrier.Inbound) error {
	return r.inbound.Inbound(ctx, in)
}

// Enqueue takes an accepted message on its way, and tells the simulated
// network whose it is before that can ask.
func (r *road) Enqueue(m *message.Message) {
	if r.simulated[m.Carrier] {
		r.directory.remember(m.ID, m.Scope.Account)
	}
	r.dispatcher.Enqueue(m)
}

// buildRoad makes centres, carriers and the dispatcher; nothing runs yet.
func (a *App) buildRoad(context.Context) error {
	r := &road{directory: newDirectory(a.store, a.identities), simulated: map[string]bool{}}
	a.road = r
	back := reports{&receipt.Service{Store: a.store}, &inbound.Service{Leases: a.store, Store: a.store}}
	configured := withSimulator(a.options.File.Carriers)
	for _, c := range configured {
		link, err := a.link(c, back)
		if err != nil {
			return err
		}
		r.links = append(r.links, link)
	}
	r.routes = routing(a.options.File, configured)
	r.dispatcher = dispatch.New(dispatch.Settings{
		Store: a.store, Backlog: a.store, Links: r.links, Log: a.options.Log, Now: a.options.Now,
	})
	return nil
}

// link makes a carrier, and the centre behind it where that is simulated.
func (a *App) link(c config.Carrier, back carrier.Reports) (dispatch.Link, error) {
	width := gsm.Reference8
	if c.Reference == 16 {
		width = gsm.Reference16
	}
	settings, err := a.smscSettings(c)
	if err != nil {
		return dispatch.Link{}, err
	}
	if c.Type == config.Simulator {
		a.simulate(c, &settings)
	}
	return dispatch.Link{Carrier: smsc.New(settings, back), Width: width}, nil
}

// start brings the road up: centres, what is on disk, carriers. Carriers come
// last because they are stopped first: what waits for a connection is turned
// away and stays on disk, and what is under way is awaited and recorded.
func (r *road) start(ctx context.Context, later func(func(context.Context) error)) error {
	for _, centre := range r.centres {
		if err := centre.Start(ctx); err != nil {
			return err
		}
		later(centre.Stop)
	}
	if err := r.dispatcher.Start(ctx); err != nil {
		return err
	}
	later(r.dispatcher.Stop)
	later(r.stopCarriers)
	for _, link := range r.links {
		if err := link.Carrier.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stopCarriers stops all at once: each may have answers to wait for.
func (r *road) stopCarriers(ctx context.Context) error {
	errs := make([]error, len(r.links))
	var stopping sync.WaitGroup
	for i, link := range r.links {
		stopping.Go(func() { errs[i] = link.Carrier.Stop(ctx) })
	}
	stopping.Wait()
	return errors.Join(errs...)
}
