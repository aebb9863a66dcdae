package app

import (
	"context"
	"fmt"

	"heliograph/carrier"
	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/message"
	"heliograph/message/dispatch"
	"heliograph/protocol/smpp"
)

// rerouter finds other carriers for messages by the routes and identities of the
// moment.
type rerouter struct{ app *App }

// Next is the carrier that takes a message in the place of its own and of those
// that were tried. One without a connection is none: the message would wait
// there as well.
func (r rerouter) Next(ctx context.Context, m *message.Message, tried []string) (message.Hop, bool, error) {
	view, err := r.app.identities.Identities(ctx, m.Scope)
	if err != nil {
		return message.Hop{}, false, fmt.Errorf("app: another carrier: %w", err)
	}
	hop, ok := r.app.router().Next(m, tried, view)
	return hop, ok && !hop.Down, nil
}

// doubt is what becomes of parts that a carrier may have taken.
func doubt(c config.Carrier) dispatch.Doubt {
	if c.InDoubt == nil {
		return dispatch.Doubt{}
	}
	return dispatch.Doubt{
		FailTransactional: c.InDoubt.Transactional == "fail", FailPromotional: c.InDoubt.Promotional == "fail",
	}
}

// refusals are what a carrier's refusals mean. The file was checked.
func refusals(c config.Carrier, settings *smsc.Settings) error {
	settings.QueueFullPauses = c.QueueFull == "bind"
	for key, meaning := range c.Errors {
		first, last, err := config.Statuses(key)
		if err != nil {
			return fmt.Errorf("carrier %s: errors: %w", c.Name, err)
		}
		settings.Errors = append(settings.Errors, smsc.Meaning{
			First: smpp.Status(first), Last: smpp.Status(last), Failure: carrier.Failure(meaning),
		})
	}
	return nil
}
