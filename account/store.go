package account

import "context"

// Store keeps accounts, access keys and the server's own values. Every write is
// durable when the method returns.
type Store interface {
	// PutAccount writes an account, replacing one of the same id.
	PutAccount(ctx context.Context, a Account) error
	// Account finds an account by its twelve digits.
	Account(ctx context.Context, id string) (Account, bool, error)
	// Accounts lists all accounts by id.
	Accounts(ctx context.Context) ([]Account, error)
	// PutKey writes an access key, replacing one of the same id.
	PutKey(ctx context.Context, k SealedKey) error
	// Key finds an access key by its id.
	Key(ctx context.Context, id string) (SealedKey, bool, error)
	// Keys lists the access keys of an account by id.
	Keys(ctx context.Context, account string) ([]SealedKey, error)
	// DropKey removes an access key; an unknown one is no error.
	DropKey(ctx context.Context, id string) error
	ServerStore
}

// ServerStore keeps what the server itself must find again after a restart,
// such as the check value of its key file.
type ServerStore interface {
	// ServerValue finds a value by name.
	ServerValue(ctx context.Context, name string) ([]byte, bool, error)
	// PutServerValueOnce writes a value unless there is one already, and gives
	// the one that holds afterwards.
	PutServerValueOnce(ctx context.Context, name string, value []byte) ([]byte, error)
}
