package app

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// drainTime bounds an orderly stop.
const drainTime = 10 * time.Second

// Serve runs a server until ctx ends, then drains and stops within ten
// seconds.
func Serve(ctx context.Context, options Options) error {
	a, err := New(ctx, options)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	if a.written {
		fmt.Fprintf(options.Stdout, "The root key of account 000000000000 is in %s\n", a.credentials())
	}
	a.printAddresses()
	if options.Reload != nil {
		a.reloads(options.Reload)
	}
	return a.wait(ctx)
}

// wait holds until ctx ends or a port fails, and stops the server.
func (a *App) wait(ctx context.Context) error {
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-a.failed:
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(failed, a.Stop(drain))
}
