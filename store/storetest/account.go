package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"heliograph/account"
	"heliograph/store"
)

// noon is a time without anything below a millisecond, as the store keeps it.
var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func testAccountIsReplaced(t *testing.T, f *fixture) {
	limit := int64(50)
	a := account.Account{ID: account.Operator, Name: "operator", Tier: account.Production, CreatedAt: noon}
	must(t, f.PutAccount(t.Context(), a))
	a.Name, a.Tier, a.TextSpendLimit = "shop", account.Sandbox, &limit
	must(t, f.PutAccount(t.Context(), a))
	got, found, err := f.Account(t.Context(), a.ID)
	must(t, err)
	if !found || !reflect.DeepEqual(got, a) {
		t.Errorf("account = %+v, %v; want %+v", got, found, a)
	}
	if list, err := f.Accounts(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("accounts = %v, %v; want one", list, err)
	}
	if _, found, err := f.Account(t.Context(), "111122223333"); found || err != nil {
		t.Errorf("unknown account: %v, %v", found, err)
	}
}

func testKeyNeedsItsAccount(t *testing.T, f *fixture) {
	k := account.SealedKey{ID: "AKIA1", Account: account.Operator, Secret: []byte{1, 0, 2}, Root: true, CreatedAt: noon}
	if err := f.PutKey(t.Context(), k); err == nil {
		t.Error("a key of an unknown account was taken")
	}
	must(t, f.PutAccount(t.Context(), account.Account{ID: account.Operator, CreatedAt: noon}))
	must(t, f.PutKey(t.Context(), k))
	if got, found, err := f.Key(t.Context(), k.ID); err != nil || !found || !reflect.DeepEqual(got, k) {
		t.Errorf("key = %+v, %v, %v", got, found, err)
	}
	if keys, err := f.Keys(t.Context(), account.Operator); err != nil || len(keys) != 1 {
		t.Errorf("keys = %v, %v", keys, err)
	}
	must(t, f.DropKey(t.Context(), k.ID))
	if _, found, err := f.Key(t.Context(), k.ID); err != nil || found {
		t.Errorf("dropped key: %v, %v", found, err)
	}
}

func testServerValueIsWrittenOnce(t *testing.T, f *fixture) {
	if _, found, err := f.ServerValue(t.Context(), "check"); found || err != nil {
		t.Fatalf("value before: %v, %v", found, err)
	}
	for _, value := range []string{"first", "second"} {
		if stored, err := f.PutServerValueOnce(t.Context(), "check", []byte(value)); err != nil || string(stored) != "first" {
			t.Errorf("stored = %q, %v", stored, err)
		}
	}
}

func testStopFlushesAndRefusesFurther(t *testing.T, f *fixture) {
	must(t, f.Ready(t.Context()))
	for range 2 {
		must(t, f.Stop(t.Context()))
	}
	err := f.PutAccount(t.Context(), account.Account{ID: account.Operator})
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("write after Stop: %v", err)
	}
	if f.Ready(t.Context()) == nil {
		t.Error("a stopped store says that it is ready")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.PutAccount(gone, account.Account{ID: account.Operator}); !errors.Is(err, context.Canceled) {
		t.Errorf("write with an ended context: %v", err)
	}
}

func testReopenedStoreHasWhatWasStored(t *testing.T, f *fixture) {
	must(t, f.PutAccount(t.Context(), account.Account{ID: account.Operator, CreatedAt: noon}))
	again := f.start(t) // the first is abandoned as it is
	if _, found, err := again.Account(t.Context(), account.Operator); err != nil || !found {
		t.Errorf("account after reopening: %v, %v", found, err)
	}
}
