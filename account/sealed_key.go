package account

import "time"

// SealedKey is an access key as the store keeps it: the secret is encrypted
// under the key file, in the form that Keyring.Seal writes.
type SealedKey struct {
	ID        string // the access key id, e.g. "AKIA…"
	Account   string // the twelve digits of the account that it belongs to
	Secret    []byte // sealed: opaque to the store
	Root      bool   // may do everything its account may, and use the console port
	CreatedAt time.Time
}
