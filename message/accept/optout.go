package accept

import (
	"context"
	"fmt"

	"heliograph/message"
)

// optedOut is the API's error where the recipient is on the message's opt-out
// list.
func (s *Service) optedOut(ctx context.Context, m *message.Message) error {
	out, err := s.Store.OptedOut(ctx, m)
	if err != nil {
		return fmt.Errorf("accept: opt-out list: %w", err)
	}
	if out {
		return m.OptedOut()
	}
	return nil
}

// optedOutOr is the error of a check that failed, unless the recipient opted out:
// that goes before it.
func (s *Service) optedOutOr(ctx context.Context, c *call, failed error) error {
	if c.chosen.OptOutList == "" { // it was not reached
		return failed
	}
	if err := s.optedOut(ctx, c.message()); err != nil {
		return err
	}
	return failed
}
