package app

import (
	"context"

	"heliograph/operator"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// identities are what scopes hold, after what the operator, or `dev`, promises
// them was put there.
type identities struct {
	*operator.Provisioner
	app *App
}

// Identities is the view of a scope.
func (i identities) Identities(ctx context.Context, s resource.Scope) (*origination.View, error) {
	if err := i.app.seedScope(ctx, s); err != nil {
		return nil, err
	}
	return i.Provisioner.Identities(ctx, s)
}

// provision applies the file's accounts and numbers.
func (a *App) provision(ctx context.Context) error {
	provisioner := operator.NewProvisioner(a.store, a.accounts, a.options.Now)
	a.identities = identities{provisioner, a}
	return provisioner.Provision(ctx, a.force.Load().file)
}
