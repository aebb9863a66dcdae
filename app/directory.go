package app

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// rememberedAccounts is how many of the newest messages' accounts are kept in
// memory: the simulated network asks for each right after it was accepted.
const rememberedAccounts = 4096

// directoryStore is what the simulated network's directory reads.
type directoryStore interface {
	Message(ctx context.Context, id message.ID) (*message.Message, bool, error)
	Leased(ctx context.Context, numbers []string) (map[string]resource.Scope, error)
	Scopes(ctx context.Context, account string) ([]resource.Scope, error)
}

// viewer reads what a scope holds.
type viewer interface {
	Identities(ctx context.Context, s resource.Scope) (*origination.View, error)
}

// directory tells the simulated network about senders.
type directory struct {
	store directoryStore
	views viewer

	mu     sync.Mutex
	recent map[message.ID]string
	order  []message.ID // oldest first
}

func newDirectory(store directoryStore, views viewer) *directory {
	return &directory{store: store, views: views, recent: map[message.ID]string{}}
}

// remember notes whose an accepted message is.
func (d *directory) remember(id message.ID, account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.order) >= rememberedAccounts {
		delete(d.recent, d.order[0])
		d.order = d.order[1:]
	}
	d.recent[id] = account
	d.order = append(d.order, id)
}

// MessageAccount is the account of a message, "" when there is no such message.
func (d *directory) MessageAccount(ctx context.Context, messageID string) (string, error) {
	id, err := uuid.Parse(messageID)
	if err != nil {
		return "", nil //nolint:nilerr // no UUID is no message of ours
	}
	d.mu.Lock()
	account, ok := d.recent[id]
	d.mu.Unlock()
	if ok {
		return account, nil
	}
	m, ok, err := d.store.Message(ctx, id)
	if err != nil || !ok {
		return "", err
	}
	d.remember(id, m.Scope.Account)
	return m.Scope.Account, nil
}

// SenderRegistered says whether a scope of the account holds the sender ID for
// the country as registered.
func (d *directory) SenderRegistered(ctx context.Context, account, senderID, country string) (bool, error) {
	scopes, err := d.store.Scopes(ctx, account)
	if err != nil {
		return false, err
	}
	for _, scope := range scopes {
		view, err := d.views.Identities(ctx, scope)
		if err != nil {
			return false, err
		}
		if sender, ok := view.Sender(senderID, country); ok && sender.Registered {
			return true, nil
		}
	}
	return false, nil
}

// NumberKind is the kind and the holder of a number, "" for nobody's.
func (d *directory) NumberKind(ctx context.Context, number string) (carrier.AddressKind, string, error) {
	leased, err := d.store.Leased(ctx, []string{number})
	if err != nil {
		return "", "", err
	}
	scope, ok := leased[number]
	if !ok {
		return "", "", nil
	}
	view, err := d.views.Identities(ctx, scope)
	if err != nil {
		return "", "", err
	}
	held, ok := view.Number(number)
	if !ok {
		return "", "", nil
	}
	return route.KindOf(held.Type), scope.Account, nil
}
