package sqlite_test

import (
	"path/filepath"
	"testing"

	"heliograph/store"
	"heliograph/store/sqlite"
	"heliograph/store/storetest"
)

func TestHandsets(t *testing.T) {
	storetest.RunHandsets(t, func(t *testing.T, dir string) *store.DB {
		db, err := sqlite.Open(filepath.Join(dir, "heliograph.db"))
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}
