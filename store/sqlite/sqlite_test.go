package sqlite_test

import (
	"path/filepath"
	"testing"

	"heliograph/store"
	"heliograph/store/sqlite"
	"heliograph/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) *store.DB {
		db, err := sqlite.Open(filepath.Join(dir, "heliograph.db"))
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}
