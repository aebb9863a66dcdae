package dispatch

import (
	"context"
	"errors"
	"fmt"

	"heliograph/message"
)

// Why a part was kept back right before it would have been handed over.
var (
	errOptedOut  = errors.New("dispatch: the recipient opted out")
	errUnchecked = errors.New("dispatch: the opt-out list cannot be read")
)

// consent keeps a part back whose recipient opted out since the message was
// accepted. The list is read for each part: what another node, or an operator's
// import, put on it must count as well, and nothing in memory can tell. It is a
// look-up by the key, and a part waits for a session, for its pace and for a
// network anyway.
func (l *lane) consent(ctx context.Context, m *message.Message) error {
	out, err := l.Store.OptedOut(ctx, m)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errUnchecked, err)
	case out:
		return errOptedOut
	}
	return nil
}
