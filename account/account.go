// Package account holds who calls: accounts, their access keys and tiers.
// Secrets are kept recoverable, because a Signature Version 4 check needs the
// plain secret, and encrypted under the server's key file (AES-256-GCM).
// Policies of keys are left out.
package account

import "time"

// Operator is the first account, the provider's own.
const Operator = "000000000000"

// Tier is what an account may reach.
type Tier string

// The tiers of the API's ACCOUNT_TIER attribute.
const (
	Sandbox    Tier = "SANDBOX"
	Production Tier = "PRODUCTION"
)

// Account is a customer of the server.
type Account struct {
	ID             string // twelve digits
	Name           string
	Tier           Tier
	TextSpendLimit *int64 // whole US dollars per calendar month (UTC); nil = none enforced
	CreatedAt      time.Time
}

// Key is an access key. Secret is plain here and encrypted in the store.
type Key struct {
	ID        string
	Account   string
	Secret    string
	Root      bool
	CreatedAt time.Time
}
