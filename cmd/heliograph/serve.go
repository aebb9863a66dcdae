package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"heliograph/app"
	"heliograph/cli"
	"heliograph/config"
)

// settingFlags are the flags of `serve` and `dev`. Each has an environment
// form, HELIOGRAPH_ and its name in capitals.
type settingFlags struct {
	Data          string `help:"Folder of the database, the key file and the root key (HELIOGRAPH_DATA; serve: ./heliograph-data, dev: a temporary one)." placeholder:"DIR"`
	Listen        string `help:"Address of the API (HELIOGRAPH_LISTEN; default 127.0.0.1:7788)." placeholder:"ADDR"`
	ConsoleListen string `help:"Address of the operator and simulator API (HELIOGRAPH_CONSOLE_LISTEN; default 127.0.0.1:7789)." placeholder:"ADDR"`
	Config        string `help:"Configuration file, as in docs/config.md (HELIOGRAPH_CONFIG)." placeholder:"FILE"`
	Database      string `help:"Database URL (HELIOGRAPH_DATABASE; default SQLite in the data folder)." placeholder:"URL"`
	KeyFile       string `help:"File of the keys that secrets are encrypted under (HELIOGRAPH_KEY_FILE; default DIR/key)." placeholder:"FILE"`
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
		Settings: settings, File: file, Env: os.LookupEnv, Stdout: env.Stdout, Now: time.Now, Log: logger(env.Stderr, slog.LevelInfo),
	}, nil
}

func logger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

type serveCommand struct{ settingFlags }

// Run serves until a signal comes.
func (c serveCommand) Run(ctx context.Context, env cli.Environment) error {
	options, err := c.options(env)
	if err != nil {
		return err
	}
	return app.Serve(ctx, options)
}

type devCommand struct {
	settingFlags
	Empty bool `help:"The operator's account starts with nothing."`

	command []string // what follows --
}

// Run serves until a signal comes, or until the command after -- ends.
func (c devCommand) Run(ctx context.Context, env cli.Environment) error {
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
	return app.Dev(ctx, options, c.command)
}
