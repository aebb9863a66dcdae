package app

import (
	"cmp"
	"context"
	"strings"

	"heliograph/event"
	"heliograph/event/outbox"
	"heliograph/message"
	"heliograph/resource/origination"
)

// buildEvents makes what tells customers' programs of their messages; nothing
// runs yet.
func (a *App) buildEvents(context.Context) error {
	a.teller = event.Teller{Sender: a.spelledSender, Network: a.network}
	a.events = outbox.New(outbox.Settings{
		Store: a.store, Sink: a.sinks.Sink, Record: a.teller.Record, Log: a.options.Log, Now: a.options.Now,
	})
	return nil
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
