package account

import (
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestKeysAreFoundAndKeptSealed(t *testing.T) {
	store := newMemory()
	d := NewDirectory(store, ring(t, 1), false, noon)
	key := Key{ID: "AKIA1", Account: "111122223333", Secret: "plain-secret", Root: true, CreatedAt: noon()}
	if err := d.PutKey(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(store.keys["AKIA1"].Secret), "plain-secret") {
		t.Error("the secret is not encrypted")
	}
	for range 3 {
		if got, ok, err := d.Key(t.Context(), "AKIA1"); err != nil || !ok || got != key {
			t.Fatalf("got %+v, %v, %v", got, ok, err)
		}
	}
	if store.looks != 1 {
		t.Errorf("the store was asked %d times", store.looks)
	}
	if _, ok, err := d.Secret(t.Context(), "AKIA2"); ok || err != nil {
		t.Errorf("an unknown key: %v, %v", ok, err)
	}
}

func TestADroppedKeyEndsAtOnce(t *testing.T) {
	d := NewDirectory(newMemory(), ring(t, 1), false, noon)
	for range 50 {
		if err := d.PutKey(t.Context(), Key{ID: "AKIA1", Account: Operator, Secret: "s", Root: true}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, _, err := d.Key(t.Context(), "AKIA1"); err != nil {
					t.Error(err)
				}
			})
		}
		if err := d.DropKey(t.Context(), "AKIA1"); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if _, ok, _ := d.Key(t.Context(), "AKIA1"); ok {
			t.Fatal("a dropped key is still found")
		}
	}
}

func TestDevKeysAreDevsAlone(t *testing.T) {
	for _, dev := range []bool{true, false} {
		d := NewDirectory(newMemory(), ring(t, 1), dev, noon)
		for id, owner := range map[string]string{"test": Operator, "111122223333": "111122223333", "000000000000": Operator} {
			key, ok, err := d.Key(t.Context(), id)
			if err != nil || ok != dev || ok && (key.Account != owner || key.Secret != "test" || !key.Root) {
				t.Errorf("dev %v, key %s: %+v, %v, %v", dev, id, key, ok, err)
			}
		}
		for _, id := range []string{"11112222333", "1111222233334", "11112222333x", "TEST", ""} {
			if _, ok, _ := d.Key(t.Context(), id); ok {
				t.Errorf("key %q was found", id)
			}
		}
	}
}

func TestDevAccountIsMadeOnceOnFirstUse(t *testing.T) {
	store := newMemory()
	d := NewDirectory(store, ring(t, 1), true, noon)
	key, _, _ := d.Key(t.Context(), "111122223333")
	if len(store.accounts) != 0 {
		t.Error("the account was made before its secret was proved")
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			a, err := d.Admit(t.Context(), key)
			if err != nil || a.ID != "111122223333" || a.Tier != Production {
				t.Errorf("got %+v, %v", a, err)
			}
		})
	}
	wg.Wait()
	if store.puts != 1 {
		t.Errorf("the account was made %d times", store.puts)
	}
}

func TestAdmitRefusesAKeyOfNoAccount(t *testing.T) {
	d := NewDirectory(newMemory(), ring(t, 1), false, noon)
	if _, err := d.Admit(t.Context(), Key{ID: "AKIA1", Account: "111122223333"}); err == nil {
		t.Error("admitted")
	}
}

func TestAChangedAccountIsSeenAtOnce(t *testing.T) {
	d := NewDirectory(newMemory(), ring(t, 1), false, noon)
	for _, tier := range []Tier{Sandbox, Production} {
		if err := d.PutAccount(t.Context(), Account{ID: Operator, Tier: tier}); err != nil {
			t.Fatal(err)
		}
		if a, ok, err := d.Account(t.Context(), Operator); err != nil || !ok || a.Tier != tier {
			t.Errorf("got %+v, %v, %v", a, ok, err)
		}
	}
}

func TestAFailingStoreIsNoUnknownKey(t *testing.T) {
	store := newMemory()
	store.fails = true
	d := NewDirectory(store, ring(t, 1), false, noon)
	if _, _, err := d.Secret(t.Context(), "AKIA1"); !errors.Is(err, errAway) {
		t.Errorf("got %v", err)
	}
}
