package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"heliograph/account"
	"heliograph/audit"
	"heliograph/config"
	"heliograph/metrics"
)

// RootReset is what ResetRoot did.
type RootReset struct {
	KeyID       string   // of the new root key
	Credentials string   // the file that holds it
	Removed     []string // ids of the root keys that work no more
}

// ResetRoot replaces the root keys of the operator's account in a data folder
// that no server runs on: it takes the folder's lock. The new key is in the
// credentials file alone.
func ResetRoot(ctx context.Context, settings config.Settings, now func() time.Time) (reset RootReset, err error) {
	settings.ConsoleListen = "127.0.0.1:0" // not listened to; a public one would want the file's tls
	a := &App{options: Options{
		Settings: settings, File: config.Default(), Now: now, Log: slog.New(slog.DiscardHandler),
		Env: func(string) (string, bool) { return "", false },
	}, metrics: metrics.New(), closing: make(chan struct{})}
	if _, err := os.Stat(a.database()); errors.Is(err, fs.ErrNotExist) {
		return reset, fmt.Errorf("data folder %s has no database: no server has run on it", settings.Data)
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		err = errors.Join(err, a.Stop(stop))
	}()
	err = a.openFolder(ctx)
	if errors.Is(err, errInUse) {
		return reset, fmt.Errorf("%w: stop it first; while it runs, its operator makes keys with: heliograph credentials create", err)
	}
	if err == nil {
		err = a.openStore(ctx)
	}
	if err == nil {
		// Also the way out of a first start that was cut off before its account.
		err = a.openAccounts(ctx)
	}
	if err != nil {
		return reset, err
	}
	ctx = audit.With(ctx, audit.Entry{Origin: audit.Offline, Account: account.Operator, Action: "ResetRootKey"})
	reset.Credentials = a.credentials()
	reset.KeyID, reset.Removed, err = a.accounts.ResetRoot(ctx, reset.Credentials)
	return reset, err
}
