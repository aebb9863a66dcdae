package account

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// keyLines is a key file of keys that repeat one octet each.
func keyLines(octets ...byte) string {
	var lines []string
	for _, o := range octets {
		lines = append(lines, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{o}, keySize)))
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestEveryKeyOfTheFileOpensAndTheFirstSeals(t *testing.T) {
	sealed := ring(t, 1).Seal([]byte("secret"), "AKIA1")
	both := ring(t, 2, 1)
	if plain, err := both.Open(sealed, "AKIA1"); err != nil || string(plain) != "secret" {
		t.Errorf("an older key's secret: %q, %v", plain, err)
	}
	if _, err := ring(t, 1).Open(both.Seal([]byte("secret"), "AKIA1"), "AKIA1"); !errors.Is(err, ErrOtherKey) {
		t.Errorf("sealed by the first key, opened without it: %v", err)
	}
	if _, err := both.Open(sealed, "AKIA2"); err == nil {
		t.Error("a secret opened for another key id")
	}
}

func TestChangedSealsDoNotOpen(t *testing.T) {
	k := ring(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed := k.Seal(plain, "id")
		if got, err := k.Open(sealed, "id"); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("got %x, %v", got, err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		sealed[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		if _, err := k.Open(sealed, "id"); err == nil {
			t.Fatal("changed bytes opened")
		}
		if _, err := k.Open(sealed[:at], "id"); err == nil {
			t.Fatal("cut bytes opened")
		}
	})
}

func TestAnotherKeyFileIsRefusedAtStart(t *testing.T) {
	store := newMemory()
	if err := ring(t, 1).Check(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	if err := ring(t, 2, 1).Check(t.Context(), store); err != nil {
		t.Errorf("a new key before the old one: %v", err)
	}
	err := ring(t, 2).Check(t.Context(), store)
	if err == nil || !strings.Contains(err.Error(), "not the one that this database was encrypted under") {
		t.Errorf("another key: %v", err)
	}
	store.values[checkName][len(store.values[checkName])-1]++
	if err := ring(t, 1).Check(t.Context(), store); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged check value: %v", err)
	}
}

func TestDerivedKeysDifferByPurposeAndKey(t *testing.T) {
	a, b, c := ring(t, 1).Derive("pages"), ring(t, 1).Derive("tokens"), ring(t, 2).Derive("pages")
	if len(a) != 32 || bytes.Equal(a, b) || bytes.Equal(a, c) || !bytes.Equal(a, ring(t, 1, 2).Derive("pages")) {
		t.Error("derived keys do not follow purpose and current key")
	}
}

func TestKeyFileIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if _, err := LoadKeyFile(path, false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without create: %v", err)
	}
	var wg sync.WaitGroup
	derived := make([][]byte, 8)
	for i := range derived {
		wg.Go(func() {
			k, err := LoadKeyFile(path, true)
			if err != nil {
				t.Error(err)
				return
			}
			derived[i] = k.Derive("x")
		})
	}
	wg.Wait()
	for _, d := range derived {
		if !bytes.Equal(d, derived[0]) {
			t.Error("two starts at once made two keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key*")); len(left) > 0 {
		t.Errorf("drafts left: %v", left)
	}
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeyFile(path, true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("open to everybody: %v", err)
	}
}

func TestKeyFilesAreReadStrictly(t *testing.T) {
	good := keyLines(1)
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "account: the key file holds no key"},
		{"comments alone", "# a\n\n", "account: the key file holds no key"},
		{"no base64", "# a\nhunter2\n", "account: line 2 of the key file is not base64 of 32 octets"},
		{"too short", good + "AAAA\n", "account: line 2 of the key file is not base64 of 32 octets"},
		{"two on a line", strings.TrimSpace(good) + " " + good, "account: line 1 of the key file is not base64 of 32 octets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := ParseKeys([]byte(c.text)); err == nil || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := LoadKeyFile(t.TempDir(), true); err == nil {
		t.Error("a folder was taken as a key file")
	}
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(keyLines(1, 2)))
	f.Add([]byte("# a\r\n" + keyLines(3)))
	f.Add([]byte("AAAA"))
	f.Fuzz(func(t *testing.T, content []byte) {
		k, err := ParseKeys(content)
		if err != nil {
			return
		}
		if plain, err := k.Open(k.Seal([]byte("x"), "y"), "y"); err != nil || string(plain) != "x" {
			t.Errorf("a key that was read does not work: %v", err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	k, err := ParseKeys([]byte(keyLines(1)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(k.Seal([]byte("x"), "other"))
	f.Add([]byte{sealVersion})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := k.Open(sealed, "id"); err == nil {
			t.Error("opened what was never sealed")
		}
	})
}
