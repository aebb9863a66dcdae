package app

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

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
	waits := &lags{read: a.store.Lags, now: a.options.Now}
	a.metrics.Add(
		metrics.Gauge("events_waiting", "Events that wait for their target, by its ARN.", "target", waits.waiting),
		metrics.Gauge("events_lag_seconds", "How long ago the oldest event happened that waits for a target, by its ARN.", "target", waits.oldest),
		metrics.Gauge("events_dead", "Events that their target did not get, by its ARN, until they are replayed.", "target", a.store.DeadCounts),
	)
	return nil
}

// lagFresh is for how long what waits is not counted again: with millions of
// events that takes a while, and two metrics want it.
const lagFresh = 5 * time.Second

// lags remembers what waits for targets.
type lags struct {
	read func(context.Context) ([]event.Lag, error)
	now  func() time.Time

	mu   sync.Mutex
	at   time.Time
	list []event.Lag
}

// waiting counts the events that wait, by target.
func (l *lags) waiting(ctx context.Context) (map[string]float64, error) {
	return l.by(ctx, func(before float64, lag event.Lag) float64 { return before + float64(lag.Waiting) })
}

// oldest is how long events wait, in seconds, by target.
func (l *lags) oldest(ctx context.Context) (map[string]float64, error) {
	return l.by(ctx, func(before float64, lag event.Lag) float64 { return max(before, l.now().Sub(lag.Since).Seconds()) })
}

func (l *lags) by(ctx context.Context, add func(before float64, lag event.Lag) float64) (map[string]float64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); now.Sub(l.at) > lagFresh {
		list, err := l.read(ctx)
		if err != nil {
			return nil, err
		}
		l.list, l.at = list, now
	}
	values := map[string]float64{}
	for _, lag := range l.list {
		values[lag.Target.ARN] = add(values[lag.Target.ARN], lag)
	}
	return values, nil
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
