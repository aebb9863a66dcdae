package app

import (
	"heliograph/message"
	"heliograph/message/accept"
	"heliograph/message/route"
)

// chooser runs the choice of messages that are not sent. It has no queue and
// writes no choice down.
type chooser struct {
	*accept.Service
	app *App
}

func (a *App) chooser() chooser {
	return chooser{app: a, Service: &accept.Service{
		Views: views{a.identities, a.store}, Accounts: a.accounts, Store: a.store, Sticky: a.store,
		Now: a.options.Now, Router: a.router(), Price: a.price,
	}}
}

// Survey tells of the route that a message was given.
func (c chooser) Survey(m *message.Message) route.Survey { return c.app.router().Survey(m) }
