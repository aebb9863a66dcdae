package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/config"
)

func TestDatabaseIsReadableByItsOwnerAlone(t *testing.T) {
	folder := t.TempDir()
	run(t, folder, config.Default(), nil)
	for _, name := range []string{"heliograph.db", "heliograph.db-wal", "key", "credentials"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// TestLostKeyFileIsNotReplaced starts on a database whose key file is gone: a
// new key could open nothing, and would hide that the old one is missed.
func TestLostKeyFileIsNotReplaced(t *testing.T) {
	folder := t.TempDir()
	s := run(t, folder, config.Default(), nil)
	s.stop()
	key := filepath.Join(folder, "key")
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	_, err := New(t.Context(), s.options)
	if err == nil || !strings.Contains(err.Error(), "put back the key file") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a new key file was made")
	}
}

func TestPortInUseSaysWhichFlag(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	options := s.options
	options.Settings.Data = t.TempDir()
	options.Settings.KeyFile = filepath.Join(options.Settings.Data, "key")
	options.Settings.Listen = s.api.Addr().String()
	_, err := New(t.Context(), options)
	if err == nil || err.Error() != "--listen: "+options.Settings.Listen+" is in use by another program: stop that, or choose another address" {
		t.Errorf("got %v", err)
	}
}
