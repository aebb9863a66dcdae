// Package inbound takes texts that handsets send: it keeps each part as it came,
// puts parts together (3GPP TS 23.040 §9.2.3.24), and does what the text asks
// for: by its first words it is answered, and the sender opts out or in; the
// number's two-way channel hears of it.
//
// What follows from a text is one change of the store. What was kept and not
// concluded when the server stopped is taken up again when it starts.
//
// Left out: pictures (MMS), and telling apart two texts that say the same from
// one that the network delivered twice while the server ran.
package inbound

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/keyword"
	"heliograph/resource/origination"
)

// Leases tell who holds a number.
type Leases interface {
	// Leased says which of these numbers are leased to somebody.
	Leased(ctx context.Context, numbers []string) (map[string]resource.Scope, error)
}

// Parts keep what handsets sent until it is concluded.
type Parts interface {
	// PutInbound writes a part; it is durable when nil is returned.
	PutInbound(ctx context.Context, in message.Inbound) error
	// KeptInbound reads all parts that are kept, in the order in which they came.
	KeptInbound(ctx context.Context) ([]message.Inbound, error)
	// DropInbound forgets a part.
	DropInbound(ctx context.Context, id message.ID) error
	// PurgeInbound forgets texts of one part, and parts of others, that were
	// concluded before a time each.
	PurgeInbound(ctx context.Context, texts, parts time.Time) error
}

// Views give what a scope holds. Every view is immutable.
type Views interface {
	Identities(ctx context.Context, s resource.Scope) (*origination.View, error)
	Keywords(ctx context.Context, s resource.Scope) (*keyword.View, error)
}

// Conversations keep what was said.
type Conversations interface {
	// Conclude writes what follows from a text, in one commit; false means that no
	// reply is to be sent. A text that was concluded before changes nothing.
	// Errors: api.ErrStale where the list of an opt-out or opt-in is not the
	// number's any more.
	Conclude(ctx context.Context, c message.Conclusion) (replied bool, err error)
	// AutomaticReplies are what a number answered a person since a time, newest
	// first.
	AutomaticReplies(ctx context.Context, s resource.Scope, number, person string, since time.Time) ([]message.Answered, error)
	// LastMessage finds the last message that a number sent to a person.
	LastMessage(ctx context.Context, s resource.Scope, number, person string) (message.ID, bool, error)
}

// Replier makes messages that answer.
type Replier interface {
	// Reply makes a message from a number, by its id, and neither stores nor sends
	// it. Errors of the API say what forbids it.
	Reply(ctx context.Context, s resource.Scope, number, to, body string) (*message.Message, error)
}

// Queue takes a message that is on disk on its way; it does not wait.
type Queue interface {
	Enqueue(m *message.Message)
}

// Service takes inbound texts.
type Service struct {
	Leases        Leases
	Parts         Parts
	Views         Views
	Conversations Conversations
	Replier       Replier
	Queue         Queue
	Rules         func() Rules // in force now
	Now           func() time.Time
	Log           *slog.Logger

	stray  atomic.Int64
	nobody atomic.Int64
	aside  atomic.Int64
	said   sync.Map // what is logged once of a carrier
	lanes  lanes
}

// Inbound keeps a text. Nil means that the carrier may acknowledge it. A text
// to a number that nobody holds is counted and not kept: a carrier that is not
// told so would send it again and again.
func (s *Service) Inbound(ctx context.Context, in carrier.Inbound) error {
	to, scope, held, err := s.recipient(ctx, &in)
	if err != nil {
		return err
	}
	if !held {
		s.stray.Add(1)
		s.once(in.Carrier, "texts come for numbers that nobody holds; they are counted and thrown away")
		return nil
	}
	in.To = to
	from, err := s.sender(ctx, &in, scope)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("inbound: message id: %w", err)
	}
	part := message.Inbound{ID: id, Scope: scope, Carrier: in.Carrier, From: from, To: to, Segment: in.Segment, At: in.At}
	if s.lanes.redelivered(&part) {
		leaves, err := s.optsOut(ctx, &part)
		if err != nil || !leaves {
			return err
		}
	}
	if err := s.Parts.PutInbound(ctx, part); err != nil {
		return err
	}
	s.lanes.put(part)
	return nil
}

// optsOut says whether a whole text may opt out. To do so twice is harmless; to
// take one that is said again for a redelivery is not.
func (s *Service) optsOut(ctx context.Context, part *message.Inbound) (bool, error) {
	words, err := s.Views.Keywords(ctx, part.Scope)
	if err != nil {
		return false, fmt.Errorf("inbound: keywords: %w", err)
	}
	rules := s.Rules()
	e := &ears{keywords: words.Keywords, optOuts: rules.optOutWords(), whole: rules.WholeMessage}
	return e.hear(single(part).Body).action == api.KeywordActionOptOut, nil
}

// Stray is how many texts since the start were for nobody's number.
func (s *Service) Stray() int64 { return s.stray.Load() }

// Nobody is how many texts since the start were from senders that look like
// telephone numbers and are none: they cannot opt out and are not answered.
func (s *Service) Nobody() int64 { return s.nobody.Load() }

// once warns of what a carrier does, the first time.
func (s *Service) once(carrier, what string) {
	if _, again := s.said.LoadOrStore(carrier+" "+what, true); !again {
		s.Log.Warn(what, "carrier", carrier)
	}
}
