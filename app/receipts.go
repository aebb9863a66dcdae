package app

import (
	"heliograph/carrier/smsc"
	"heliograph/config"
)

// receipts sets what a carrier's receipts and message ids are like.
func (a *App) receipts(settings *smsc.Settings, c config.Carrier) {
	settings.Memory = a.store
	if c.Type == config.Simulator {
		settings.IDs = smsc.IDSame // our own centre has nothing to teach
	}
}
