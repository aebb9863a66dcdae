package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"heliograph/app"
	"heliograph/cli"
	"heliograph/config"
)

// settingFlags are the flags of `serve` and `dev`. Each has an environment
// form, HELIOGRAPH_ and its name in capitals.
type settingFlags struct {
	Data          string `help:"Folder of the database, the key file and the root key; serve: ./heliograph-data, dev: a temporary one (HELIOGRAPH_DATA)." placeholder:"DIR"`
	Listen        string `help:"Address of the API; default 127.0.0.1:7788 (HELIOGRAPH_LISTEN)." placeholder:"ADDR"`
	ConsoleListen string `help:"Address of the operator and simulator API, of metrics and health checks; default 127.0.0.1:7789 (HELIOGRAPH_CONSOLE_LISTEN)." placeholder:"ADDR"`
	Config        string `help:"Configuration file, as in docs/config.md (HELIOGRAPH_CONFIG)." placeholder:"FILE"`
	Database      string `help:"Database; SQLite in the data folder is the one that is built (HELIOGRAPH_DATABASE)." placeholder:"URL"`
	KeyFile       string `help:"File of the keys that secrets are encrypted under; default DIR/key (HELIOGRAPH_KEY_FILE)." placeholder:"FILE"`
}

// options resolves flags, environment and defaults, and loads the file.
func (f settingFlags) options(env cli.Environment) (app.Options, error) {
	settings, err := config.Settings{
		Data: f.Data, Listen: f.Listen, ConsoleListen: f.ConsoleListen,
		Config: f.Config, Database: f.Database, KeyFile: f.KeyFile,
	}.Resolve(os.LookupEnv)
	if err != nil {
		return app.Options{}, cli.Usagef("%v", err)
	}
	file := config.Default()
	if settings.Config != "" {
		if file, err = config.Load(settings.Config); err != nil {
			return app.Options{}, err
		}
	}
	return app.Options{
		Settings: settings, File: file, Env: os.LookupEnv, Program: os.Args[0], Stdout: env.Stdout, Now: time.Now,
		Log: logger(env.Stderr, slog.LevelInfo),
	}, nil
}

func logger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

type serveCommand struct{ settingFlags }

// Help stands below the flags.
func (serveCommand) Help() string {
	return `A flag wins over its variable. The first start makes the operator's account and writes its root key to
DIR/credentials. SIGTERM drains and stops within ten seconds, a second one at once. SIGHUP reloads the
configuration file and the certificates: a valid file is applied whole, an invalid one leaves the old one in
force, and the log says why. Examples:

    heliograph serve
    heliograph serve --data /var/lib/heliograph --config /etc/heliograph.yaml`
}

// Run serves until a signal comes.
func (c serveCommand) Run(ctx context.Context, env cli.Environment) error {
	hangups := make(chan os.Signal, 1) // one that waits stands for all that come meanwhile
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	options, err := c.options(env)
	if err != nil {
		return err
	}
	options.Reload = hangups
	return app.Serve(ctx, options)
}

type devCommand struct {
	settingFlags
	Empty   bool     `help:"The operator's account starts with nothing."`
	Command []string `arg:"" optional:"" help:"After --: a program to run with the environment set; its exit status is that of heliograph."`
}

// Help stands below the flags.
func (devCommand) Help() string {
	return `Without a data folder everything is gone at the end. Examples:

    heliograph dev
    heliograph dev --data ./try --config heliograph.yaml     ("heliograph reload" applies a changed file)
    heliograph dev --listen 127.0.0.1:0 --console-listen 127.0.0.1:0 -- pytest -q`
}

// Run serves until a signal comes, its terminal closes, or the command after --
// ends.
func (c devCommand) Run(ctx context.Context, env cli.Environment) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	options, err := c.options(env)
	if err != nil {
		return err
	}
	if _, set := os.LookupEnv("HELIOGRAPH_DATA"); c.Data == "" && !set {
		options.Settings.Data = "" // a temporary folder
		if c.KeyFile == "" {
			options.Settings.KeyFile = ""
		}
	}
	if !config.Loopback(options.Settings.Listen) {
		fmt.Fprintf(env.Stderr, "Warning: %s is not loopback, and the keys of dev are known to everybody.\n", options.Settings.Listen)
	}
	options.Seed = !c.Empty
	options.Log = logger(env.Stderr, slog.LevelWarn)
	return app.Dev(ctx, options, c.Command)
}
