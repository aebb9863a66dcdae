package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/account"
	"heliograph/api/fault"
	"heliograph/config"
	"heliograph/event"
	"heliograph/event/outbox"
	"heliograph/message/lookup"
	"heliograph/metrics"
	"heliograph/resource"
	"heliograph/store"
	"heliograph/store/sqlite"
)

// Options say what to run.
type Options struct {
	Settings config.Settings // resolved: flags, environment, defaults
	File     *config.File    // loaded, or config.Default()
	Dev      bool            // keys "test" and twelve digits; registrations approve themselves
	Seed     bool            // the operator's account starts with a number, a pool and a sender ID
	Env      func(string) (string, bool)
	Log      *slog.Logger
	Program  string // how the program was called, for the lines to paste
	Stdout   io.Writer
	Now      func() time.Time
	Reload   <-chan os.Signal // each reloads the configuration file; nil = none comes
}

// App is one running server.
type App struct {
	options     Options
	store       *store.DB
	accounts    *account.Directory
	ring        *account.Keyring
	identities  identities
	lookup      *lookup.Source // of mobile networks
	seeded      seeded
	faults      *fault.Book
	metrics     *metrics.Metrics
	turns       resource.Turns // of all that changes scopes
	force       atomic.Pointer[inForce]
	road        *road
	teller      event.Teller
	events      *outbox.Pump
	sinks       *sinks
	certificate *certificate // of both ports, nil without TLS
	api         *listener
	console     *listener
	undo        []func(context.Context) error // in the order of construction
	closing     chan struct{}                 // closed when Stop begins
	leave       sync.Once
	failed      chan error
	written     bool // the root key was made and written at this start
}

// New opens the data folder and the store and builds every part; nothing is
// listened to yet. When it fails, what was built is taken down again.
func New(ctx context.Context, options Options) (*App, error) {
	a := &App{options: options, faults: fault.NewBook(), metrics: metrics.New(), failed: make(chan error, 2), closing: make(chan struct{})}
	if options.Dev {
		if err := examplePrices(options.File); err != nil {
			return nil, err
		}
	}
	a.lookup = lookup.New(options.Now, options.Log)
	a.lookup.Use(lookupOf(options.File.NetworkLookup))
	a.force.Store(a.interpret(options.File))
	a.sinks = newSinks(a)
	for _, step := range []func(context.Context) error{
		a.openFolder, a.openStore, a.openAccounts, a.provision, a.buildRoad, a.buildEvents, a.openPorts,
	} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
		}
	}
	return a, nil
}

// later notes how a part is taken down.
func (a *App) later(undo func(context.Context) error) { a.undo = append(a.undo, undo) }

func (a *App) openFolder(context.Context) error {
	if err := a.options.File.Allows(a.options.Settings); err != nil {
		return err
	}
	unlock, err := lockFolder(a.options.Settings.Data)
	if err != nil {
		return err
	}
	a.later(func(context.Context) error { return unlock() })
	first, err := a.firstStart()
	if err != nil {
		return err
	}
	a.ring, err = account.LoadKeyFile(a.options.Settings.KeyFile, first)
	return err
}

// firstStart makes the database's file, readable by its owner alone, where the
// folder has none. Only then is a key file made: a new key could not open what
// an old one sealed.
func (a *App) firstStart() (bool, error) {
	file, err := os.OpenFile(a.database(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		info, err := os.Stat(a.database())
		return err == nil && info.Size() == 0, err // empty: the first start got no further
	}
	if err != nil {
		return false, fmt.Errorf("data folder: %w", err)
	}
	return true, file.Close()
}

// database is the file of the store.
func (a *App) database() string { return filepath.Join(a.options.Settings.Data, "heliograph.db") }

func (a *App) openStore(ctx context.Context) error {
	db, err := sqlite.Open(a.database())
	if err != nil {
		return err
	}
	db.Watch(a.metrics)
	if err := db.Start(ctx); err != nil {
		return err
	}
	a.store = db
	a.later(db.Stop)
	return a.ring.Check(ctx, db)
}

func (a *App) openAccounts(ctx context.Context) error {
	a.accounts = account.NewDirectory(a.store, a.ring, a.options.Dev, a.options.Now)
	var err error
	a.written, err = a.accounts.Begin(ctx, account.RootFrom(a.options.Env), a.credentials())
	return err
}

// credentials is the file that the first start writes the root key to.
func (a *App) credentials() string { return filepath.Join(a.options.Settings.Data, "credentials") }

// Start begins: carriers connect, what is on disk is dispatched, ports answer.
func (a *App) Start(ctx context.Context) error {
	a.lookup.Start(ctx)
	a.later(a.lookup.Stop)
	a.startJanitor(ctx)
	a.startEvents()
	if err := a.road.start(ctx, a.later); err != nil {
		return errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
	}
	for _, port := range []*listener{a.console, a.api} {
		go port.serve(func(err error) { a.failed <- err })
		a.later(port.stop)
	}
	return nil
}

// Stop takes everything down in the reverse order of its construction, bounded
// by ctx: the ports close first, so nothing new is accepted. No part may take
// more than half of the time that is left: whatever hangs, there is some for the
// store, which comes last. Further calls do nothing.
func (a *App) Stop(ctx context.Context) error {
	a.leave.Do(func() { close(a.closing) })
	var errs []error
	for i := len(a.undo) - 1; i >= 0; i-- {
		errs = append(errs, withinHalf(ctx, a.undo[i]))
	}
	a.undo = nil
	return errors.Join(errs...)
}

func withinHalf(ctx context.Context, undo func(context.Context) error) error {
	if end, bounded := ctx.Deadline(); bounded {
		half, cancel := context.WithTimeout(ctx, time.Until(end)/2)
		defer cancel()
		ctx = half
	}
	return undo(ctx)
}

// Failed tells when a port stopped answering by itself.
func (a *App) Failed() <-chan error { return a.failed }

// APIURL is where the API answers, e.g. "http://127.0.0.1:7788".
func (a *App) APIURL() string { return a.api.url() }

// ConsoleURL is where the operator and simulator API answer.
func (a *App) ConsoleURL() string { return a.console.url() }

// SMSCAddr is where SMPP clients bind to the simulated carrier.
func (a *App) SMSCAddr() string { return a.road.screen.Load().centre.Addr().String() }

// printAddresses tells where the server answers: other programs read these
// lines too.
func (a *App) printAddresses() {
	fmt.Fprintf(a.options.Stdout, "SMSC     %s   (simulated carrier, SMPP 3.4)\n", a.SMSCAddr())
	fmt.Fprintf(a.options.Stdout, "API      %s\n", a.APIURL())
	fmt.Fprintf(a.options.Stdout, "Console  %s   (/simulator/v1, /operator/v1, /metrics, /healthz, /readyz)\n", a.ConsoleURL())
}
