package app

import (
	"context"
	"errors"

	"heliograph/api"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

// resetAccount empties what an account holds and forgets what it spent, in `dev`
// alone: elsewhere a reset of the simulator touches no customer's resources. The
// operator's account starts again with what `dev` gives it.
func (a *App) resetAccount(ctx context.Context, id string) error {
	if !a.options.Dev {
		return nil
	}
	scopes, err := a.store.Scopes(ctx, id)
	if err != nil {
		return err
	}
	for _, scope := range scopes {
		if err := a.resetScope(ctx, scope); err != nil {
			return err
		}
	}
	if err := a.store.ForgetSpend(ctx, id); err != nil {
		return err
	}
	return a.store.ForgetTokens(ctx, id)
}

// resets bounds how often a scope is emptied while others change it who take no
// turns, as provisioning does.
const resets = 10

func (a *App) resetScope(ctx context.Context, scope resource.Scope) error {
	return a.turns.Run(ctx, scope, func() (err error) {
		for range resets {
			if err = a.emptyScope(ctx, scope); !errors.Is(err, api.ErrStale) {
				break
			}
		}
		return err
	})
}

// emptyScope drops all that a scope holds. Errors: api.ErrStale when somebody
// changed the scope meanwhile.
func (a *App) emptyScope(ctx context.Context, scope resource.Scope) error {
	held, err := a.store.Identities(ctx, scope)
	if err != nil {
		return err
	}
	change := origination.Change{Scope: scope, Revision: held.Revision, Unapply: []string{seedLine(scope)}}
	for _, n := range held.Numbers {
		change.DropNumbers = append(change.DropNumbers, n.ID)
		change.Return = append(change.Return, n.Number)
	}
	for _, s := range held.Senders {
		change.DropSenders = append(change.DropSenders, origination.SenderKey{Text: s.Text, ISOCountryCode: s.ISOCountryCode})
	}
	for _, p := range held.Pools {
		change.DropPools = append(change.DropPools, p.ID)
	}
	if err := a.store.ChangeIdentities(ctx, change); err != nil {
		return err
	}
	a.seeded.again(scope)
	if err := a.store.PutTextSpendOverride(ctx, scope, nil); err != nil {
		return err
	}
	sets, err := a.store.ConfigurationSets(ctx, scope)
	if err != nil {
		return err
	}
	drop := configset.Change{Scope: scope, Revision: sets.Revision}
	for _, s := range sets.Sets {
		drop.Drop = append(drop.Drop, s.Name)
	}
	if err := a.store.ChangeConfigurationSets(ctx, drop); err != nil {
		return err
	}
	return a.resetLists(ctx, scope)
}
