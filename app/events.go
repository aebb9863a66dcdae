package app

import (
	"cmp"
	"context"
	"strings"

	"heliograph/event"
	"heliograph/event/outbox"
	"heliograph/message"
	"heliograph/metrics"
	"heliograph/resource/origination"
)

// buildEvents makes what tells customers' programs of their messages; nothing
// runs yet.
func (a *App) buildEvents(context.Context) error {
	a.teller = event.Teller{Sender: a.spelledSender, Network: a.network}
	a.events = outbox.New(outbox.Settings{
		Store: a.store, Sink: a.sinks.Sink, Record: a.teller.Record, Log: a.options.Log, Now: a.options.Now,
	})
	a.metrics.Add(
		metrics.Gauge("events_waiting", "Events that wait for their target, by its ARN.", "target", a.waiting),
		metrics.Gauge("events_lag_seconds", "How long ago the oldest event happened that waits for a target, by its ARN.", "target", a.lag),
		metrics.Gauge("events_dead", "Events that their target did not get, by its ARN, until they are replayed.", "target", a.store.DeadCounts),
	)
	return nil
}

// waiting counts the events that wait, by target.
func (a *App) waiting(ctx context.Context) (map[string]float64, error) {
	return a.lags(ctx, func(before float64, l event.Lag) float64 { return before + float64(l.Waiting) })
}

// lag is how long events wait, in seconds, by target.
func (a *App) lag(ctx context.Context) (map[string]float64, error) {
	now := a.options.Now()
	return a.lags(ctx, func(before float64, l event.Lag) float64 { return max(before, now.Sub(l.Since).Seconds()) })
}

func (a *App) lags(ctx context.Context, add func(before float64, l event.Lag) float64) (map[string]float64, error) {
	list, err := a.store.Lags(ctx)
	values := map[string]float64{}
	for _, l := range list {
		values[l.Target.ARN] = add(values[l.Target.ARN], l)
	}
	return values, err
}

// startEvents hands over what waits. Stopped after the carriers, so that what
// their last answers make is handed over too, or stays on disk.
func (a *App) startEvents() {
	a.later(func(context.Context) error { a.sinks.Close(); return nil })
	a.events.Start()
	a.later(a.events.Stop)
}

// spelledSender is the origination identity of a message as its owner spells it,
// which a carrier's wire may not. What the owner has released since is told as
// the wire had it.
func (a *App) spelledSender(ctx context.Context, m *message.Message) (string, error) {
	if m.Why.Spelling != "" || m.Origin.Identity == "" {
		return cmp.Or(m.Why.Spelling, m.Origin.Wire), nil
	}
	view, err := a.identities.Identities(ctx, m.Scope)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(m.Origin.Identity, origination.NumberPrefix) {
		n, _ := view.NumberByID(m.Origin.Identity)
		return cmp.Or(n.Number, m.Origin.Wire), nil
	}
	s, _ := view.Sender(m.Origin.Identity, m.Country)
	return cmp.Or(s.Spelling, m.Origin.Wire), nil
}
