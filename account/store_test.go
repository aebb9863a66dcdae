package account

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"
)

// noon is the tests' time.
func noon() time.Time { return time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC) }

// memory is a Store in memory; it counts what reaches it.
type memory struct {
	mu       sync.Mutex
	accounts map[string]Account
	keys     map[string]SealedKey
	values   map[string][]byte
	puts     int // of accounts
	looks    int // for keys
	fails    bool
}

var errAway = errors.New("the database is away")

func newMemory() *memory {
	return &memory{accounts: map[string]Account{}, keys: map[string]SealedKey{}, values: map[string][]byte{}}
}

func (m *memory) lock() (unlock func(), err error) {
	m.mu.Lock()
	if m.fails {
		return m.mu.Unlock, errAway
	}
	return m.mu.Unlock, nil
}

func (m *memory) PutAccount(_ context.Context, a Account) error {
	unlock, err := m.lock()
	defer unlock()
	m.puts++
	m.accounts[a.ID] = a
	return err
}

func (m *memory) Account(_ context.Context, id string) (Account, bool, error) {
	unlock, err := m.lock()
	defer unlock()
	a, ok := m.accounts[id]
	return a, ok, err
}

func (m *memory) Accounts(context.Context) ([]Account, error) {
	unlock, err := m.lock()
	defer unlock()
	return slices.SortedFunc(maps.Values(m.accounts), func(a, b Account) int { return cmpText(a.ID, b.ID) }), err
}

func cmpText(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

func (m *memory) PutKey(_ context.Context, k SealedKey) error {
	unlock, err := m.lock()
	defer unlock()
	m.keys[k.ID] = k
	return err
}

func (m *memory) Key(_ context.Context, id string) (SealedKey, bool, error) {
	unlock, err := m.lock()
	defer unlock()
	m.looks++
	k, ok := m.keys[id]
	return k, ok, err
}

func (m *memory) Keys(_ context.Context, owner string) ([]SealedKey, error) {
	unlock, err := m.lock()
	defer unlock()
	var keys []SealedKey
	for _, k := range m.keys {
		if k.Account == owner {
			keys = append(keys, k)
		}
	}
	return keys, err
}

func (m *memory) DropKey(_ context.Context, id string) error {
	unlock, err := m.lock()
	defer unlock()
	delete(m.keys, id)
	return err
}

func (m *memory) ServerValue(_ context.Context, name string) ([]byte, bool, error) {
	unlock, err := m.lock()
	defer unlock()
	v, ok := m.values[name]
	return v, ok, err
}

func (m *memory) PutServerValueOnce(_ context.Context, name string, value []byte) ([]byte, error) {
	unlock, err := m.lock()
	defer unlock()
	if _, ok := m.values[name]; !ok {
		m.values[name] = value
	}
	return m.values[name], err
}

// ring is a keyring of one key made of one octet.
func ring(t *testing.T, octets ...byte) *Keyring {
	t.Helper()
	k, err := ParseKeys([]byte(keyLines(octets...)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
