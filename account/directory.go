package account

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"heliograph/audit"
)

// devSecret is the secret of dev's own keys, devKey the operator's among them.
const (
	devKey    = "test"
	devSecret = "test"
)

// Directory looks accounts and keys up for every request, from memory once they
// have been seen. All changes of them go through it. It is safe for concurrent
// use.
type Directory struct {
	store Store
	ring  *Keyring
	dev   bool
	now   func() time.Time

	making   sync.Mutex // of dev's accounts, one at a time
	revoking sync.Mutex // of keys, one at a time

	mu       sync.RWMutex
	changes  int // what was read before a change may be old, and is not kept
	keys     map[string]Key
	accounts map[string]Account
}

// NewDirectory makes a directory. With dev, the key "test" is the operator's
// and twelve digits are a key of the account of that number, all with the
// secret "test".
func NewDirectory(store Store, ring *Keyring, dev bool, now func() time.Time) *Directory {
	return &Directory{store: store, ring: ring, dev: dev, now: now, keys: map[string]Key{}, accounts: map[string]Account{}}
}

// Secret is the plain secret of an access key, for checking signatures.
func (d *Directory) Secret(ctx context.Context, accessKeyID string) (string, bool, error) {
	key, ok, err := d.Key(ctx, accessKeyID)
	return key.Secret, ok, err
}

// Key finds an access key by its id. That a key is found does not mean that its
// account exists: see Admit.
func (d *Directory) Key(ctx context.Context, id string) (Key, bool, error) {
	if key, ok := d.devKey(id); ok {
		return key, true, nil
	}
	d.mu.RLock()
	key, ok := d.keys[id]
	changes := d.changes
	d.mu.RUnlock()
	if ok {
		return key, true, nil
	}
	sealed, ok, err := d.store.Key(ctx, id)
	if err != nil || !ok {
		return Key{}, false, err
	}
	secret, err := d.ring.Open(sealed.Secret, sealed.ID)
	if err != nil {
		return Key{}, false, fmt.Errorf("account: secret of the access key %s: %w", id, err)
	}
	key = Key{ID: sealed.ID, Account: sealed.Account, Secret: string(secret), Root: sealed.Root, CreatedAt: sealed.CreatedAt}
	d.keep(changes, func() { d.keys[id] = key })
	return key, true, nil
}

// Account finds an account by its twelve digits.
func (d *Directory) Account(ctx context.Context, id string) (Account, bool, error) {
	d.mu.RLock()
	a, ok := d.accounts[id]
	changes := d.changes
	d.mu.RUnlock()
	if ok {
		return a, true, nil
	}
	a, ok, err := d.store.Account(ctx, id)
	if err != nil || !ok {
		return Account{}, false, err
	}
	d.keep(changes, func() { d.accounts[id] = a })
	return a, true, nil
}

// Accounts lists all accounts by id.
func (d *Directory) Accounts(ctx context.Context) ([]Account, error) { return d.store.Accounts(ctx) }

// Keys lists the access keys of an account by id, sealed.
func (d *Directory) Keys(ctx context.Context, account string) ([]SealedKey, error) {
	return d.store.Keys(ctx, account)
}

// Admit gives the account of a key whose secret the caller has proved to know.
// In dev it makes the account of twelve digits on their first use, once.
func (d *Directory) Admit(ctx context.Context, key Key) (Account, error) {
	a, ok, err := d.Account(ctx, key.Account)
	if err != nil || ok {
		return a, err
	}
	if _, dev := d.devKey(key.ID); !dev {
		return Account{}, fmt.Errorf("account: the access key %s belongs to account %s, which does not exist", key.ID, key.Account)
	}
	d.making.Lock()
	defer d.making.Unlock()
	if a, ok, err = d.store.Account(ctx, key.Account); err != nil || ok {
		return a, err
	}
	a = Account{ID: key.Account, Name: "dev", Tier: Production, CreatedAt: d.now()}
	ctx = audit.With(ctx, audit.Entry{Origin: audit.File, Action: "FirstUse", AccessKeyID: key.ID})
	return a, d.PutAccount(ctx, a)
}

// PutAccount writes an account.
func (d *Directory) PutAccount(ctx context.Context, a Account) error {
	return d.change(d.store.PutAccount(ctx, a), func() { delete(d.accounts, a.ID) })
}

// PutKey writes an access key, its secret sealed.
func (d *Directory) PutKey(ctx context.Context, k Key) error {
	sealed := SealedKey{ID: k.ID, Account: k.Account, Secret: d.ring.Seal([]byte(k.Secret), k.ID), Root: k.Root, CreatedAt: k.CreatedAt}
	return d.change(d.store.PutKey(ctx, sealed), func() { delete(d.keys, k.ID) })
}

// DropKey removes an access key; the next request with it is refused.
func (d *Directory) DropKey(ctx context.Context, id string) error {
	return d.change(d.store.DropKey(ctx, id), func() { delete(d.keys, id) })
}

// What Revoke refuses.
var (
	ErrNoKey       = errors.New("account: no such access key")
	ErrLastRootKey = errors.New("account: the last root key of the operator's account")
)

// Revoke removes an access key of an account as DropKey does: ErrNoKey when the
// account has none of that id. The operator's last root key stays, also when
// several are revoked at once, since without it nobody could make another:
// ErrLastRootKey.
func (d *Directory) Revoke(ctx context.Context, owner, id string) error {
	d.revoking.Lock()
	defer d.revoking.Unlock()
	keys, err := d.store.Keys(ctx, owner)
	if err != nil {
		return err
	}
	found, others := false, 0
	for _, k := range keys {
		if k.ID == id {
			found = true
		} else if k.Root {
			others++
		}
	}
	switch {
	case !found:
		return ErrNoKey
	case owner == Operator && others == 0:
		return ErrLastRootKey
	}
	return d.DropKey(ctx, id)
}

// DevKey says whether an id is one of dev's own keys.
func (d *Directory) DevKey(id string) bool {
	_, ok := d.devKey(id)
	return ok
}

func (d *Directory) devKey(id string) (Key, bool) {
	switch {
	case !d.dev:
		return Key{}, false
	case id == devKey:
		return Key{ID: id, Account: Operator, Secret: devSecret, Root: true}, true
	case twelveDigits(id):
		return Key{ID: id, Account: id, Secret: devSecret, Root: true}, true
	}
	return Key{}, false
}

func twelveDigits(id string) bool {
	for _, r := range id {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(id) == 12
}

// keep remembers what was read, unless something was changed since the reading
// began: what was read may then be old.
func (d *Directory) keep(changes int, put func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changes == changes {
		put()
	}
}

// change forgets what was written, also when the writing failed: it may have
// happened all the same.
func (d *Directory) change(err error, forget func()) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes++
	forget()
	return err
}
