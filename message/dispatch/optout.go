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

// distrust pauses a carrier that took a part and did not ask whether it may go: of
// all that waits for it somebody may have opted out. False means that the message
// went back into the queue with what is left of it.
func (l *lane) distrust(j *job) bool {
	l.Log.Error("a carrier sends without asking whether the recipient opted out: it is paused, and is not to be resumed before it is mended",
		"carrier", l.name)
	l.mu.Lock()
	l.paused = true
	l.rest()
	l.mu.Unlock()
	if j.next > j.parts {
		return true
	}
	l.putBack(j)
	return false
}
