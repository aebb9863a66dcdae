package simulator

import (
	"context"
	"time"

	"heliograph/carrier"
)

// Kept is how many messages the store keeps over all handsets; older ones go.
const Kept = 100_000

// Journal is what the centre keeps on disk. A nil error means that the write
// is durable.
type Journal interface {
	// SaveHandsets writes changes in order as one transaction, sets the IDs
	// in them, and drops messages beyond Kept.
	SaveHandsets(ctx context.Context, changes []*Change) error
	// SettleHandsets forgets deliveries that clients acknowledged, and the
	// parts of smsc that came before staleBefore.
	SettleHandsets(ctx context.Context, smsc string, deliveries []int64, staleBefore time.Time) error
	// HandsetBacklog reads what the centre named smsc left behind.
	HandsetBacklog(ctx context.Context, smsc string) (Backlog, error)
	// SaveHandsetRules replaces the rules of an account.
	SaveHandsetRules(ctx context.Context, account string, rules []Rule) error
}

// Screens reads what handsets show.
type Screens interface {
	// Handsets lists the handsets with messages of an account ("" = of all)
	// by number.
	Handsets(ctx context.Context, account string) ([]Handset, error)
	// HandsetMessages lists messages in the order of their IDs.
	HandsetMessages(ctx context.Context, q Query) ([]Message, error)
	// ClearHandsets deletes the messages of an account ("" = of all) on a
	// handset ("" = on all).
	ClearHandsets(ctx context.Context, account, number string) error
}

// Store keeps what survives a crash.
type Store interface {
	Journal
	Screens
}

// Directory is what the network knows of senders. It is asked for every
// message, so answers come from memory.
type Directory interface {
	// MessageAccount is the account of a message by the API's message id,
	// "" when there is no such message.
	MessageAccount(ctx context.Context, messageID string) (account string, err error)
	// SenderRegistered says whether an account's sender ID, in the wire's
	// spelling, is registered with the networks of a country (ISO 3166-1
	// alpha-2).
	SenderRegistered(ctx context.Context, account, senderID, country string) (bool, error)
	// NumberKind is the kind and the holder of a phone number (E.164 with +)
	// or short code; the kind is "" for nobody's.
	NumberKind(ctx context.Context, number string) (kind carrier.AddressKind, account string, err error)
}
