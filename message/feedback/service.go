// Package feedback takes what callers say of their messages: whether the person
// did what a message was for, such as typing a code (PutMessageFeedback of the
// Pinpoint SMS and Voice v2 API). A message that waits for feedback has FAILED
// after an hour without; feedback that comes later still counts.
//
// Left out: the rates that the service makes of it.
package feedback

// Differs(PutMessageFeedback): feedback is kept for a message that did not ask for it, too; the service does not publish
// what it does then.

import (
	"context"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/message"
	"heliograph/resource"
)

// Store keeps messages.
type Store interface {
	Message(ctx context.Context, id message.ID) (*message.Message, bool, error)
	// PutFeedback writes what the caller says of a message; it is durable when nil
	// is returned.
	PutFeedback(ctx context.Context, m *message.Message, status api.MessageFeedbackStatus) error
}

// Service answers the operation.
type Service struct{ Store Store }

// Register registers the operation with the server.
func (s *Service) Register(m *awsjson.Mux) {
	awsjson.Handle(m, api.PutMessageFeedback, s.PutMessageFeedback)
}

// PutMessageFeedback keeps what the caller says, the last word of several.
func (s *Service) PutMessageFeedback(ctx context.Context, in *api.PutMessageFeedbackInput) (*api.PutMessageFeedbackOutput, error) {
	scope := resource.ScopeOf(ctx)
	m, err := s.find(ctx, scope, in.MessageId)
	if err != nil {
		return nil, err
	}
	if err := s.Store.PutFeedback(ctx, m, in.MessageFeedbackStatus); err != nil {
		return nil, err
	}
	return &api.PutMessageFeedbackOutput{MessageId: m.ID.String(), MessageFeedbackStatus: in.MessageFeedbackStatus}, nil
}

// find finds a message of the caller's.
func (s *Service) find(ctx context.Context, scope resource.Scope, text string) (*message.Message, error) {
	missing := api.NotFound(api.ResourceTypeMessage, text, "Give the MessageId that a Send operation answered in this account and Region.")
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, missing
	}
	m, found, err := s.Store.Message(ctx, id)
	if err != nil {
		return nil, err
	}
	if !found || m.Scope != scope {
		return nil, missing
	}
	return m, nil
}
