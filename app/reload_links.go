package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"heliograph/config"
)

// linkChange is what a reload makes of the carriers.
type linkChange struct {
	links   []*link         // all of the new configuration, in its order
	former  map[*link]*link // whose place a new one takes
	added   []*link         // under names that there were not
	removed []*link         // whose names are gone
	renewed []*link         // that get another login
}

// planLinks compares the carriers in use with the configured ones, makes what is
// new, and starts the centres among it: all that can fail.
func (a *App) planLinks(ctx context.Context, configured []config.Carrier) (*linkChange, error) {
	c := &linkChange{former: map[*link]*link{}}
	left := slices.Clone(a.road.links)
	for _, line := range configured {
		var had *link
		if i := slices.IndexFunc(left, func(l *link) bool { return l.configured.Name == line.Name }); i >= 0 {
			had = left[i] // before Delete, which clears what it leaves behind
			left = slices.Delete(left, i, i+1)
		}
		if err := a.planLink(ctx, c, line, had); err != nil {
			return nil, errors.Join(err, c.giveUp(ctx))
		}
	}
	c.removed = left
	return c, nil
}

// planLink plans one carrier; had is the one of its name, if any.
func (a *App) planLink(ctx context.Context, c *linkChange, line config.Carrier, had *link) error {
	if had != nil && had.connects(line) {
		c.links = append(c.links, had)
		return nil
	}
	if had != nil && had.renews(line) {
		return c.renew(had, line)
	}
	if had != nil && had.moves(line) {
		return fmt.Errorf("carrier %s: a change of listen or logins of a simulated carrier needs a restart", line.Name)
	}
	l, err := a.newLink(line, had)
	if err != nil {
		return err
	}
	c.links = append(c.links, l)
	if had != nil {
		c.former[l] = had
	} else {
		c.added = append(c.added, l)
	}
	if had != nil && had.centre == l.centre {
		return nil
	}
	if err := l.startCentre(ctx); err != nil {
		return fmt.Errorf("carrier %s: %w", line.Name, err)
	}
	return nil
}

// giveUp stops the centres of a plan that is not carried out.
func (c *linkChange) giveUp(ctx context.Context) error {
	var errs []error
	stop := func(l, had *link) {
		if had == nil || had.centre != l.centre {
			errs = append(errs, l.stopCentre(ctx))
		}
	}
	for _, l := range c.added {
		stop(l, nil)
	}
	for l, had := range c.former {
		stop(l, had)
	}
	return errors.Join(errs...)
}

// changeLinks carries a plan out and says what changed. Carriers that stay keep
// their sessions. One that is replaced hands over before the next one begins:
// many networks let an account bind only once.
func (a *App) changeLinks(ctx context.Context, c *linkChange) []string {
	r := a.road
	old := r.links
	r.links = c.links
	restored := r.fleet.reloaded(c.links)
	for _, l := range c.added {
		a.begin(ctx, l)
	}
	changes := make([]string, len(old))
	var handing sync.WaitGroup
	for i, l := range old {
		handing.Go(func() { changes[i] = a.handOver(ctx, l, c) })
	}
	handing.Wait()
	a.keepScreen()
	for _, l := range old {
		if l.centre != nil && !slices.ContainsFunc(r.links, func(n *link) bool { return n.centre == l.centre }) {
			a.complain(ctx, l, l.stopCentre(ctx))
		}
	}
	for _, l := range c.added {
		changes = append(changes, "carrier "+l.configured.Name+" added")
	}
	changes = append(changes, c.renewLogins()...)
	return slices.DeleteFunc(append(changes, restored...), func(s string) bool { return s == "" })
}

// handOver ends a carrier that is replaced or removed, and says so.
func (a *App) handOver(ctx context.Context, l *link, c *linkChange) string {
	name := l.configured.Name
	if slices.Contains(c.removed, l) {
		if a.retire(ctx, l) {
			return a.abandon(ctx, name)
		}
		return "carrier " + name + " removed"
	}
	for next, former := range c.former {
		if former != l {
			continue
		}
		if a.retire(ctx, l) {
			a.begin(ctx, next)
		}
		return "carrier " + name + " replaced"
	}
	return ""
}

// begin starts a carrier, with what waits for it on disk.
func (a *App) begin(ctx context.Context, l *link) {
	a.complain(ctx, l, errors.Join(l.Carrier.Start(ctx), a.road.dispatcher.Add(l.Link)))
}

// retire ends a carrier: it takes up nothing more, what is under way is awaited
// and recorded. False means that the server stops before that is done.
func (a *App) retire(ctx context.Context, l *link) bool {
	ended := a.road.dispatcher.Retire(l.configured.Name)
	drain, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	a.complain(ctx, l, l.Carrier.Stop(drain))
	for {
		select {
		case <-ended:
			return ctx.Err() == nil
		case <-ctx.Done():
			return false
		case <-time.After(drainTime):
			a.options.Log.WarnContext(ctx, "what a carrier answered is still not on disk", "carrier", l.configured.Name)
		}
	}
}

// abandon says how many messages wait for a carrier that is gone.
func (a *App) abandon(ctx context.Context, name string) string {
	change := "carrier " + name + " removed"
	waiting, err := a.road.dispatcher.Abandon(ctx, name)
	if err != nil {
		a.options.Log.ErrorContext(ctx, "the messages that wait for a carrier cannot be counted", "carrier", name, "error", err)
	}
	if waiting > 0 {
		a.options.Log.WarnContext(ctx, "messages wait for a carrier that is gone; they go over other carriers of their routes, or stay until it is back or they expire",
			"carrier", name, "messages", waiting)
		change += fmt.Sprintf(" (messages that wait for it: %d)", waiting)
	}
	return change
}

// keepScreen gives the simulator API another centre where its own is gone.
func (a *App) keepScreen() {
	shown := a.road.screen.Load().centre
	for _, l := range a.road.links {
		if l.centre == shown {
			return
		}
	}
	for _, l := range a.road.links {
		if l.centre != nil {
			a.show(l.centre)
			return
		}
	}
}

func (a *App) complain(ctx context.Context, l *link, err error) {
	if err != nil && ctx.Err() == nil {
		a.options.Log.WarnContext(ctx, "a carrier did not change in order", "carrier", l.configured.Name, "error", err)
	}
}
