package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"

	"heliograph/audit"
	"heliograph/config"
)

// Reasons for which nothing is reloaded.
var (
	errNoFile   = errors.New("the server was started without a configuration file: there is nothing to reload")
	errStopping = errors.New("the server is stopping")
)

// Reload reads the configuration file again and puts it in force as a whole. It
// says what changed, a section or a carrier each; nothing may have. The error
// says why the old configuration stays in force. Only one reload goes on at a
// time; the end of ctx does not cut it short, that of the server does. Flags and
// variables are not read again.
func (a *App) Reload(ctx context.Context) ([]string, error) {
	a.road.changing.Lock()
	defer a.road.changing.Unlock()
	ctx, cancel := a.untilStop(ctx)
	defer cancel()
	changes, err := a.reload(ctx)
	var faults config.Errors
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			a.options.Log.ErrorContext(ctx, "the configuration is not reloaded, the old one stays in force", "error", fault)
		}
	case err != nil:
		a.options.Log.ErrorContext(ctx, "the configuration is not reloaded, the old one stays in force", "error", err)
	case len(changes) == 0:
		a.options.Log.InfoContext(ctx, "configuration reloaded: nothing has changed")
	}
	for _, change := range changes {
		a.options.Log.InfoContext(ctx, "configuration reloaded", "change", change)
	}
	return changes, err
}

// untilStop is a context that ends when the server begins to stop.
func (a *App) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	go func() {
		select {
		case <-a.closing:
			cancel(errStopping)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// reload is called under road.changing.
func (a *App) reload(ctx context.Context) ([]string, error) {
	select {
	case <-a.closing:
		return nil, errStopping
	default:
	}
	next, err := a.readAgain()
	if err != nil {
		return nil, err
	}
	links, err := a.planLinks(ctx, next.carriers)
	if err != nil {
		return nil, err
	}
	now := a.force.Load()
	if provisioning(now.file, next.file) {
		if err := a.identities.Provision(ctx, next.file); err != nil {
			return nil, errors.Join(err, links.giveUp(ctx))
		}
	}
	changes := next.sections(now)
	if next.certificate != nil && !reflect.DeepEqual(next.certificate.Certificate, a.certificate.Load().Certificate) {
		a.certificate.Store(next.certificate)
		changes = append(changes, "tls certificate")
	}
	if before := a.force.Load().file.NetworkLookup; !reflect.DeepEqual(before, next.file.NetworkLookup) {
		a.lookup.Use(lookupOf(next.file.NetworkLookup))
	}
	a.force.Store(&next.inForce)
	a.events.Hurry()
	a.warnOf(next.file)
	return append(changes, a.changeLinks(ctx, links)...), nil
}

// candidate is a configuration that was read and found valid.
type candidate struct {
	inForce
	certificate *tls.Certificate // nil without TLS
}

// readAgain loads the file and what it names.
func (a *App) readAgain() (*candidate, error) {
	if a.options.Settings.Config == "" {
		return nil, errNoFile
	}
	file, err := config.Load(a.options.Settings.Config)
	if err != nil {
		return nil, err
	}
	if (file.TLS == nil) != (a.certificate == nil) {
		return nil, fmt.Errorf("%s: tls: turning TLS on or off needs a restart", a.options.Settings.Config)
	}
	if a.options.Dev {
		if err := examplePrices(file); err != nil {
			return nil, err
		}
	}
	next := &candidate{inForce: *a.interpret(file)}
	if file.TLS == nil {
		return next, nil
	}
	certificate, err := file.TLS.Certificate()
	if err != nil {
		return nil, fmt.Errorf("%s: tls: %w", a.options.Settings.Config, err)
	}
	next.certificate = &certificate
	return next, nil
}

// provisioning says whether two files differ in what is put into accounts.
func provisioning(old, next *config.File) bool {
	return !reflect.DeepEqual(
		[]any{old.Accounts, old.Numbers, old.SenderIDs}, []any{next.Accounts, next.Numbers, next.SenderIDs})
}

// sections names the parts of the file, save carriers, that differ.
func (f *inForce) sections(old *inForce) []string {
	var changed []string
	for _, section := range []struct {
		name      string
		old, next any
	}{
		{"accounts", old.file.Accounts, f.file.Accounts},
		{"routes", old.file.Routes, f.file.Routes},
		{"health", old.file.Health, f.file.Health},
		{"networks", old.file.Networks, f.file.Networks},
		{"network_lookup", old.file.NetworkLookup, f.file.NetworkLookup},
		{"numbers", old.file.Numbers, f.file.Numbers},
		{"sender_ids", old.file.SenderIDs, f.file.SenderIDs},
		{"shared_identities", old.file.SharedIdentities, f.file.SharedIdentities},
		{"prices", old.file.Prices, f.file.Prices},
		{"limits", old.file.Limits, f.file.Limits},
		{"quiet_hours", old.file.QuietHours, f.file.QuietHours},
		{"sinks", old.file.Sinks, f.file.Sinks},
	} {
		if !reflect.DeepEqual(section.old, section.next) {
			changed = append(changed, section.name)
		}
	}
	for _, c := range f.file.Carriers {
		had := slices.IndexFunc(old.file.Carriers, func(o config.Carrier) bool { return o.Name == c.Name })
		if had >= 0 && old.file.Carriers[had].UnregisteredSender != c.UnregisteredSender {
			changed = append(changed, "carrier "+c.Name+": unregistered_sender")
		}
	}
	return changed
}

// reloads begins to reload at signals.
func (a *App) reloads(signals <-chan os.Signal) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.reloadOn(signals)
	}()
	a.later(func(ctx context.Context) error {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// reloadOn reloads at each signal until the server stops.
func (a *App) reloadOn(signals <-chan os.Signal) {
	entry := audit.Entry{Origin: audit.File, Action: "Reload"}
	ctx := audit.With(context.Background(), entry)
	for {
		select {
		case <-a.closing:
			return
		case <-signals:
		}
		changes, err := a.Reload(ctx)
		if err != nil {
			continue // Reload has logged it
		}
		for _, change := range changes {
			entry.Targets = append(entry.Targets, "configuration/"+change)
		}
		if err := a.store.Audit(ctx, entry); err != nil {
			a.options.Log.Error("the reload is not in the audit", "error", err)
		}
		entry.Targets = nil
	}
}
