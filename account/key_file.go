package account

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// maxKeyFile bounds a key file, in octets.
const maxKeyFile = 64 << 10

// LoadKeyFile reads a key file. With create, a file that does not exist is made
// with one random key, readable by its owner alone. A file that everybody may
// read is refused.
func LoadKeyFile(path string, create bool) (*Keyring, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		if err := createKeyFile(path); err != nil {
			return nil, fmt.Errorf("account: make the key file: %w", err)
		}
		info, err = os.Stat(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("account: put back the key file that this database was encrypted under, or name it with --key-file: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("account: key file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeyFile {
		return nil, fmt.Errorf("account: the key file %s is no plain file of at most 64 KiB", path)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("account: the key file %s is open to everybody; do chmod 600 %s", path, path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("account: key file: %w", err)
	}
	ring, err := ParseKeys(content)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, path)
	}
	return ring, nil
}

// createKeyFile writes a new key. Another process that makes the file at the
// same moment wins or loses whole: what is there is never overwritten.
func createKeyFile(path string) error {
	raw := make([]byte, keySize)
	rand.Read(raw)
	text := "# Keys that secrets are encrypted under, the current one first. Keep a copy apart from the database.\n" +
		base64.StdEncoding.EncodeToString(raw) + "\n"
	draft, err := writeDraft(path, text)
	if err != nil {
		return err
	}
	defer os.Remove(draft)
	if err := os.Link(draft, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(path)
}

// writeDraft writes a file of mode 0600 beside path, on disk when it returns.
func writeDraft(path, text string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), err
}

// syncFolder makes a new name in a file's folder survive a crash.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
