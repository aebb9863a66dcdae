package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// errInUse says that the lock is taken.
var errInUse = errors.New("is in use by another server")

// lockFolder makes the data folder and takes its lock, so that two servers
// never write one database. The lock goes with the process.
func lockFolder(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		_ = file.Close()
		return nil, fmt.Errorf("data folder %s %w", dir, errInUse)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock on data folder %s: %w", dir, err)
	}
	return file.Close, nil
}
