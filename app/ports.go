package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api/awsjson"
	"heliograph/api/botocore"
	"heliograph/carrier/simulator"
	"heliograph/operator"
)

// openPorts opens both listeners; they answer after Start.
func (a *App) openPorts(context.Context) error {
	settings := a.options.Settings
	certificate, err := newCertificate(a.options.File.TLS)
	if err != nil {
		return err
	}
	a.certificate = certificate
	mux := awsjson.NewMux(awsjson.Server{
		Authenticator: account.NewAuthenticator(a.accounts, a.options.Now),
		Tokens:        a.store,
		Faults:        a.faults,
		Rates:         a.requestRates(),
		Counter:       a.metrics,
		Logger:        a.options.Log,
		Now:           a.options.Now,
	})
	if err := a.registerOperations(mux); err != nil {
		return err
	}
	if a.api, err = listen(settings.Listen, mux, certificate, a.options.Log); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	a.later(func(context.Context) error { return closed(a.api.Close()) })
	if a.console, err = listen(settings.ConsoleListen, a.consoleHandler(), certificate, a.options.Log); err != nil {
		return fmt.Errorf("--console-listen: %w", err)
	}
	a.later(func(context.Context) error { return closed(a.console.Close()) })
	return nil
}

// consoleHandler is what the console port answers.
func (a *App) consoleHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { tell(w, http.StatusOK, "status", "alive") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle(botocore.Root, botocore.Handler())
	mux.Handle("GET /metrics", a.accounts.MetricsAuth(a.metrics.Handler()))
	mux.Handle("/operator/v1/", a.accounts.OperatorAuth(operator.Handler(a.operatorParts())))
	mux.Handle(simulator.Root+"/", a.accounts.BasicAuth(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.road.screen.Load().ServeHTTP(w, r)
	})))
	return mux
}

func (a *App) simulatorConsole() simulator.Console {
	return simulator.Console{
		Account: caller,
		Message: a.standing,
		Faults:  a.faults,
		Reset:   a.resetAccount,
		Closing: a.closing,
	}
}

// standing is what the simulator tells the sender of a message.
func (a *App) standing(ctx context.Context, messageID string) (simulator.Standing, bool, error) {
	id, err := uuid.Parse(messageID)
	if err != nil {
		return simulator.Standing{}, false, nil //nolint:nilerr // no UUID is no message of ours
	}
	m, found, err := a.store.Message(ctx, id)
	if err != nil || !found {
		return simulator.Standing{}, false, err
	}
	return simulator.Standing{Account: m.Scope.Account, State: m.State.String(), AcceptedAt: m.AcceptedAt, EndedAt: m.EndedAt}, true, nil
}

// caller is the account whose key a console request bears.
func caller(r *http.Request) string {
	found, _ := account.FromContext(r.Context())
	return found.ID
}

// ready says whether the server can accept: its database answers.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	if err := a.store.Ready(r.Context()); err != nil {
		tell(w, http.StatusServiceUnavailable, "error", err.Error())
		return
	}
	tell(w, http.StatusOK, "status", "ready")
}

// tell answers one member of JSON.
func tell(w http.ResponseWriter, status int, name, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that is gone needs no answer.
	_ = json.NewEncoder(w).Encode(map[string]string{name: text})
}

func (a *App) operatorParts() operator.Parts {
	parts := operator.Parts{
		Messages: a.store, Audit: a.store, Provisioner: a.identities.Provisioner, Accounts: a.accounts,
		Carriers: a.carrierNames, Fleet: a.road.fleet, Queue: a.road.fleet, Trace: a.road.fleet.tracer,
		Chooser: a.chooser(), Network: a.network, OptOuts: a.store,
		Events: operator.Events{Journal: a.store, Teller: a.teller, Troubles: a.events.Troubles, Hurry: a.events.Hurry},
		Now:    a.options.Now, Log: a.options.Log,
	}
	if a.options.Settings.Config != "" {
		parts.Reload = func(ctx context.Context) (operator.Reloaded, error) {
			changes, err := a.Reload(ctx)
			return operator.Reloaded{Changes: changes}, err
		}
	}
	return parts
}

// closed forgives that a port is closed already: its server does that.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
