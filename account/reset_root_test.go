package account

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// crashing is a Store that takes some writes and then no more.
type crashing struct {
	*memory
	left int
}

func (c *crashing) write(do func() error) error {
	if c.left == 0 {
		return errAway
	}
	c.left--
	return do()
}

func (c *crashing) PutKey(ctx context.Context, k SealedKey) error {
	return c.write(func() error { return c.memory.PutKey(ctx, k) })
}

func (c *crashing) DropKey(ctx context.Context, id string) error {
	return c.write(func() error { return c.memory.DropKey(ctx, id) })
}

func (c *crashing) PutServerValueOnce(ctx context.Context, name string, value []byte) (stored []byte, err error) {
	err = c.write(func() error { stored, err = c.memory.PutServerValueOnce(ctx, name, value); return err })
	return stored, err
}

var inFile = regexp.MustCompile(`aws_access_key_id = (\S+)\naws_secret_access_key = (\S+)\n`)

// checkFileKey fails unless the credentials file holds a root key that the
// store knows.
func checkFileKey(t *testing.T, store Store, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fields := inFile.FindSubmatch(content)
	if fields == nil {
		t.Fatalf("no key in %q", content)
	}
	key, ok, err := NewDirectory(store, ring(t, 1), false, noon).Key(t.Context(), string(fields[1]))
	if err != nil || !ok || !key.Root || key.Secret != string(fields[2]) {
		t.Errorf("the file's key is known: %v, root: %v, %v", ok, key.Root, err)
	}
}

func TestResetRootThatIsCutOffLeavesAFileWhoseKeyWorks(t *testing.T) {
	for left := range 10 {
		store, path := newMemory(), filepath.Join(t.TempDir(), "credentials")
		d := NewDirectory(store, ring(t, 1), false, noon)
		if _, err := d.Begin(t.Context(), Root{}, path); err != nil {
			t.Fatal(err)
		}
		if err := d.PutKey(t.Context(), Key{ID: "MADE", Account: Operator, Secret: "s", Root: true}); err != nil {
			t.Fatal(err)
		}
		cut := NewDirectory(&crashing{store, left}, ring(t, 1), false, noon)
		_, removed, err := cut.ResetRoot(t.Context(), path)
		checkFileKey(t, store, path)
		if err == nil {
			if left == 0 || len(removed) != 2 || len(store.keys) != 1 {
				t.Errorf("after %d writes: removed %v, %d keys are left", left, removed, len(store.keys))
			}
			return
		}
	}
	t.Error("a reset makes ten writes and more")
}

func TestResetRootWithoutRoomForTheFileRemovesNoKey(t *testing.T) {
	store, path := newMemory(), filepath.Join(t.TempDir(), "credentials")
	d := NewDirectory(store, ring(t, 1), false, noon)
	if _, err := d.Begin(t.Context(), Root{}, path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.ResetRoot(t.Context(), filepath.Join(t.TempDir(), "none", "credentials")); err == nil {
		t.Error("no error")
	}
	checkFileKey(t, store, path)
}
