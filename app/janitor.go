package app

import (
	"context"
	"time"

	"heliograph/store"
)

// startJanitor deletes beside all else what nobody needs any more.
func (a *App) startJanitor(ctx context.Context) {
	j := &store.Janitor{DB: a.store, Kept: a.kept, Now: a.options.Now, Log: a.options.Log}
	j.Start(ctx)
	a.later(j.Stop)
}

// kept is how long what people did is kept, as in force.
func (a *App) kept() store.Kept {
	file := a.force.Load().file
	return store.Kept{Texts: file.Inbound.Keep.Of(), OptIns: time.Duration(file.Limits.OptInDays) * 24 * time.Hour}
}
