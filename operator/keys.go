package operator

import (
	"errors"
	"net/http"
	"time"

	"heliograph/account"
)

type accountsShown struct {
	Accounts []accountShown `json:"accounts"`
}

type accountShown struct {
	ID             string    `json:"id"`
	Name           string    `json:"name"`
	Tier           string    `json:"tier"`
	TextSpendLimit *int64    `json:"textSpendLimitUsd,omitempty"`
	CreatedAt      time.Time `json:"createdAt"`
}

// listAccounts answers all accounts, by id.
func (p Parts) listAccounts(r *http.Request) (any, error) {
	accounts, err := p.Accounts.Accounts(r.Context())
	shown := make([]accountShown, len(accounts))
	for i, a := range accounts {
		shown[i] = accountShown{ID: a.ID, Name: a.Name, Tier: string(a.Tier), TextSpendLimit: a.TextSpendLimit, CreatedAt: a.CreatedAt}
	}
	return accountsShown{shown}, err
}

type keysShown struct {
	Keys []keyShown `json:"keys"`
}

type keyShown struct {
	ID        string    `json:"accessKeyId"`
	Secret    string    `json:"secretAccessKey,omitempty"` // in the answer that made the key, never again
	Root      bool      `json:"root"`
	CreatedAt time.Time `json:"createdAt"`
}

// listKeys answers the keys of an account, without their secrets.
func (p Parts) listKeys(r *http.Request) (any, error) {
	owner := r.PathValue("account")
	if err := p.knownAccount(r, owner); err != nil {
		return nil, err
	}
	keys, err := p.Accounts.Keys(r.Context(), owner)
	shown := make([]keyShown, len(keys))
	for i, k := range keys {
		shown[i] = keyShown{ID: k.ID, Root: k.Root, CreatedAt: k.CreatedAt}
	}
	return keysShown{shown}, err
}

// createKey makes a root key of an account. Its secret is answered once.
func (p Parts) createKey(r *http.Request) (any, error) {
	owner := r.PathValue("account")
	if err := p.knownAccount(r, owner); err != nil {
		return nil, err
	}
	return p.makeKey(r, owner, true)
}

// createMetricsKey makes a key of the operator's account that reads /metrics
// alone: it is no root key. Its secret is answered once.
func (p Parts) createMetricsKey(r *http.Request) (any, error) {
	return p.makeKey(r, account.Operator, false)
}

func (p Parts) makeKey(r *http.Request, owner string, root bool) (any, error) {
	key := account.GenerateKey()
	key.Account, key.Root, key.CreatedAt = owner, root, p.Now()
	err := p.Accounts.PutKey(r.Context(), key)
	return keyShown{ID: key.ID, Secret: key.Secret, Root: root, CreatedAt: key.CreatedAt}, err
}

// dropKey revokes a key. The operator's last root key stays.
func (p Parts) dropKey(r *http.Request) (any, error) {
	owner, id := r.PathValue("account"), r.PathValue("key")
	err := p.Accounts.Revoke(r.Context(), owner, id)
	switch {
	case errors.Is(err, account.ErrNoKey):
		return nil, unknown("account " + owner + " has no such key")
	case errors.Is(err, account.ErrLastRootKey):
		return nil, conflict("this is the last root key of the operator's account: make another one first")
	}
	return nil, err
}
