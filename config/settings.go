package config

import (
	"errors"
	"path/filepath"
	"strings"
)

// Settings are what `serve` takes from flags and from the environment. The
// file has none of them: it alone owns carriers, routes, prices, limits and
// tls, so that two sources never speak of one thing.
type Settings struct {
	// Folder of the database, the key file and the first account's credentials.
	Data string
	// Address of the API port.
	Listen string
	// Address of the console port: operator, simulator and health.
	ConsoleListen string
	// Configuration file. Absent means the defaults.
	Config string
	// Database URL. Only SQLite in the data folder is built: leave it out.
	Database string
	// File of the keys that secrets are encrypted under. Absent means `key` in the data folder.
	KeyFile string
}

// Resolve fills in, for every setting that no flag gave, the environment
// variable (HELIOGRAPH_ and the flag's name in capitals), else the default. An
// empty variable counts as unset.
func (s Settings) Resolve(env func(string) (string, bool)) (Settings, error) {
	for _, one := range []struct {
		value    *string
		variable string
		fallback string
	}{
		{&s.Data, "HELIOGRAPH_DATA", "./heliograph-data"},
		{&s.Listen, "HELIOGRAPH_LISTEN", "127.0.0.1:7788"},
		{&s.ConsoleListen, "HELIOGRAPH_CONSOLE_LISTEN", "127.0.0.1:7789"},
		{&s.Config, "HELIOGRAPH_CONFIG", ""},
		{&s.Database, "HELIOGRAPH_DATABASE", ""},
		{&s.KeyFile, "HELIOGRAPH_KEY_FILE", ""},
	} {
		if *one.value == "" {
			*one.value, _ = env(one.variable)
		}
		if *one.value == "" {
			*one.value = one.fallback
		}
	}
	if s.KeyFile == "" {
		s.KeyFile = filepath.Join(s.Data, "key")
	}
	return s, s.check()
}

// check refuses what is not built. The URL is not shown: it may hold a password.
func (s Settings) check() error {
	scheme, _, _ := strings.Cut(s.Database, ":")
	switch {
	case scheme == "postgres", scheme == "postgresql":
		return errors.New("--database: PostgreSQL is not built; leave the setting out to use SQLite in the data folder")
	case s.Database != "":
		return errors.New("--database: unknown kind of database; leave the setting out to use SQLite in the data folder")
	}
	for flag, address := range map[string]string{"--listen": s.Listen, "--console-listen": s.ConsoleListen} {
		if err := isHostPort(address); err != nil {
			return errors.New(flag + ": " + err.Error())
		}
	}
	return nil
}

// Allows checks the settings against the file: a console listener that is not
// on loopback shows messages to whoever listens in, so it wants tls.
func (f *File) Allows(s Settings) error {
	if f.TLS == nil && !Loopback(s.ConsoleListen) {
		return errors.New("--console-listen: " + s.ConsoleListen + " is not on loopback and needs tls in the configuration file")
	}
	return nil
}
