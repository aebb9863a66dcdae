package config

import (
	"strings"
	"testing"
)

func TestSettingsAreTakenFromFlagEnvironmentDefault(t *testing.T) {
	env := map[string]string{"HELIOGRAPH_DATA": "/env", "HELIOGRAPH_LISTEN": "127.0.0.1:1", "HELIOGRAPH_CONFIG": "", "HELIOGRAPH_DATABASE": ""}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	s, err := Settings{Listen: "127.0.0.1:2"}.Resolve(lookup)
	want := Settings{Data: "/env", Listen: "127.0.0.1:2", ConsoleListen: "127.0.0.1:7789", KeyFile: "/env/key"}
	if err != nil || s != want {
		t.Errorf("got %+v, %v", s, err)
	}
	s, err = Settings{KeyFile: "k"}.Resolve(func(string) (string, bool) { return "", false })
	want = Settings{Data: "./heliograph-data", Listen: "127.0.0.1:7788", ConsoleListen: "127.0.0.1:7789", KeyFile: "k"}
	if err != nil || s != want {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestSettingsRefuseWhatIsNotBuilt(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	for _, c := range []struct {
		s    Settings
		want string
	}{
		{Settings{Database: "postgres://u:hunter2@h/d"}, "--database: PostgreSQL is not built; leave the setting out to use SQLite in the data folder"},
		{Settings{Database: "mysql://u:hunter2@h/d"}, "--database: unknown kind of database; leave the setting out to use SQLite in the data folder"},
		{Settings{Listen: "7788"}, `--listen: "7788" is not HOST:PORT`},
		{Settings{ConsoleListen: "localhost:http"}, `--console-listen: "localhost:http" has no port from 0 to 65535`},
	} {
		if _, err := c.s.Resolve(none); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v", c.s, err)
		}
	}
}

func TestConsoleBeyondLoopbackNeedsTLS(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, ":1": false, "0.0.0.0:1": false, "192.0.2.1:1": false, "example.org:1": false} {
		err := Default().Allows(Settings{ConsoleListen: address})
		if (err == nil) != want {
			t.Errorf("%s without tls: %v", address, err)
		}
		if err != nil && !strings.Contains(err.Error(), "needs tls") {
			t.Errorf("%s: %v", address, err)
		}
		if err := (&File{TLS: &TLS{}}).Allows(Settings{ConsoleListen: address}); err != nil {
			t.Errorf("%s with tls: %v", address, err)
		}
	}
}
