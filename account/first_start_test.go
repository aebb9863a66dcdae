package account

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestFirstStartMakesTheOperatorAndItsRootKey(t *testing.T) {
	store, path := newMemory(), filepath.Join(t.TempDir(), "credentials")
	d := NewDirectory(store, ring(t, 1), false, noon)
	written, err := d.Begin(t.Context(), Root{}, path)
	if err != nil || !written {
		t.Fatalf("written %v, %v", written, err)
	}
	if a := store.accounts[Operator]; a.Tier != Production || a.TextSpendLimit != nil {
		t.Errorf("operator = %+v", a)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fields := regexp.MustCompile(`^\[default\]\naws_access_key_id = (AKIA[A-Z2-7]{16})\naws_secret_access_key = ([A-Za-z0-9+/]{40})\n$`).FindSubmatch(content)
	if fields == nil {
		t.Fatal("the credentials file is not in the AWS format")
	}
	if secret, ok, err := d.Secret(t.Context(), string(fields[1])); err != nil || !ok || secret != string(fields[2]) {
		t.Errorf("the written key is not known: %v, %v", ok, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if written, err = NewDirectory(store, ring(t, 1), false, noon).Begin(t.Context(), Root{}, path); err != nil || written {
		t.Errorf("second start: written %v, %v", written, err)
	}
}

func TestRootKeyOfTheEnvironmentReplacesTheOneBefore(t *testing.T) {
	store, path := newMemory(), filepath.Join(t.TempDir(), "credentials")
	d := NewDirectory(store, ring(t, 1), false, noon)
	if _, err := d.Begin(t.Context(), Root{}, path); err != nil {
		t.Fatal(err)
	}
	if err := d.PutKey(t.Context(), Key{ID: "MADE", Account: Operator, Secret: "s", Root: true}); err != nil {
		t.Fatal(err)
	}
	for _, root := range []Root{{"ROOT1", "secret-1"}, {"ROOT1", "secret-2"}, {"ROOT2", "secret-3"}} {
		written, err := d.Begin(t.Context(), root, path)
		if err != nil || written {
			t.Fatalf("written %v, %v", written, err)
		}
		if secret, ok, _ := d.Secret(t.Context(), root.ID); !ok || secret != root.Secret {
			t.Errorf("%s is not known", root.ID)
		}
		if _, ok := store.keys["MADE"]; !ok || len(store.keys) != 2 {
			t.Errorf("%d keys are left", len(store.keys))
		}
	}
}

func TestRootKeyOfTheEnvironmentIsChecked(t *testing.T) {
	store := newMemory()
	d := NewDirectory(store, ring(t, 1), false, noon)
	if err := d.PutKey(t.Context(), Key{ID: "TAKEN", Account: "111122223333", Secret: "s"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		root Root
		want string
	}{
		{Root{ID: "ROOT"}, "set both"},
		{Root{Secret: "hunter2"}, "set both"},
		{Root{ID: "a/b", Secret: "hunter2"}, "letters, digits and underscores"},
		{Root{ID: "ROOT", Secret: "hunter2 \n"}, "printable ASCII"},
		{Root{ID: "TAKEN", Secret: "hunter2"}, "is a key of account 111122223333 already"},
	} {
		_, err := d.Begin(t.Context(), c.root, filepath.Join(t.TempDir(), "credentials"))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", c.root.ID, err)
		}
	}
}

func TestRootIsReadFromTheEnvironment(t *testing.T) {
	env := map[string]string{"HELIOGRAPH_ROOT_ACCESS_KEY_ID": "ROOT", "HELIOGRAPH_ROOT_SECRET_ACCESS_KEY": "s"}
	if got := RootFrom(func(n string) (string, bool) { v, ok := env[n]; return v, ok }); got != (Root{"ROOT", "s"}) {
		t.Errorf("got %s", got.ID)
	}
}
