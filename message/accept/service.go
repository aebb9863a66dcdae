package accept

import (
	"context"
	"time"

	"heliograph/account"
	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

// Views give what a scope holds. Every view is immutable.
type Views interface {
	Identities(ctx context.Context, s resource.Scope) (*origination.View, error)
	ConfigurationSets(ctx context.Context, s resource.Scope) (*configset.View, error)
}

// Accounts tell what an account may reach.
type Accounts interface {
	Account(ctx context.Context, id string) (account.Account, bool, error)
}

// Router chooses what a message comes from and which carrier takes it.
type Router interface {
	Resolve(identity string, v *origination.View) (message.Named, error)
	Choose(q message.Request, v *origination.View, set *configset.Set) (message.Decision, error)
}

// Store keeps messages.
type Store interface {
	// Accept writes a message; it is durable when nil is returned. Once it
	// waits to be written the end of ctx is ignored: nil must follow a commit,
	// or nobody would hand the message to the queue. Errors of the API:
	// ConflictException DESTINATION_PHONE_NUMBER_OPTED_OUT where the recipient is
	// on the message's opt-out list, as of the commit, before
	// ServiceQuotaExceededException MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT.
	Accept(ctx context.Context, m *message.Message) error
	// CheckSpend answers as Accept would, and writes nothing.
	CheckSpend(ctx context.Context, m *message.Message) error
	// OptedOut says whether the recipient is on the message's opt-out list now.
	OptedOut(ctx context.Context, m *message.Message) (bool, error)
	// RecentInvocation finds the message that an earlier attempt of the same
	// call of an SDK made since a time.
	RecentInvocation(ctx context.Context, s resource.Scope, invocationID string, requestHash uint64, since time.Time) (message.ID, bool, error)
}

// Sticky keeps which identity a destination knows.
type Sticky interface {
	// StickyChoice finds the last choice for a destination among the
	// identities of a pool ("" = of none).
	StickyChoice(ctx context.Context, s resource.Scope, pool, destination string) (message.Sticky, bool, error)
	// PutStickyChoice replaces the choice. It does not wait: the choice is on
	// disk when a write that was begun later is, except under heavy load.
	PutStickyChoice(ctx context.Context, choice message.Sticky) error
}

// Queue takes a message that is on disk on its way; it does not wait.
type Queue interface {
	Enqueue(m *message.Message)
}

// Service answers the operations that send.
type Service struct {
	Views    Views
	Accounts Accounts
	Router   Router
	Store    Store
	Sticky   Sticky
	Queue    Queue
	// Price is what one message part to a country costs.
	Price func(country string) message.MicroUSD
	Now   func() time.Time

	references references
	attempts   attempts
}

// Register registers the operations with the server.
func (s *Service) Register(m *awsjson.Mux) {
	awsjson.Handle(m, api.SendTextMessage, s.SendTextMessage)
}
