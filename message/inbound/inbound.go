// Package inbound takes texts that handsets send and keeps them, part by part
// as they came, with the scope that holds the number they were sent to.
//
// Left out: putting parts together (3GPP TS 23.040 §9.2.3.24), keywords and
// their replies, opt-out words, and the two-way channel.
package inbound

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/resource"
)

// Leases tell who holds a number.
type Leases interface {
	// Leased says which of these numbers are leased to somebody.
	Leased(ctx context.Context, numbers []string) (map[string]resource.Scope, error)
}

// Store keeps inbound texts.
type Store interface {
	// PutInbound writes a part; it is durable when nil is returned.
	PutInbound(ctx context.Context, in message.Inbound) error
}

// Service takes inbound texts.
type Service struct {
	Leases Leases
	Store  Store

	stray atomic.Int64
}

// Inbound keeps a text. Nil means that the carrier may acknowledge it. A text
// to a number that nobody holds is counted and not kept: a carrier that is not
// told so would send it again and again.
func (s *Service) Inbound(ctx context.Context, in carrier.Inbound) error {
	holders, err := s.Leases.Leased(ctx, []string{in.To})
	if err != nil {
		return fmt.Errorf("inbound: who holds the number: %w", err)
	}
	scope, held := holders[in.To]
	if !held {
		s.stray.Add(1)
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("inbound: message id: %w", err)
	}
	return s.Store.PutInbound(ctx, message.Inbound{
		ID: id, Scope: scope, Carrier: in.Carrier, From: in.From, To: in.To, Segment: in.Segment, At: in.At,
	})
}

// Stray is how many texts since the start were for nobody's number.
func (s *Service) Stray() int64 { return s.stray.Load() }
