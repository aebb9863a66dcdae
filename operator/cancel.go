package operator

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"heliograph/audit"
	"heliograph/message"
	"heliograph/message/dispatch"
)

// Queue is what waits for carriers.
type Queue interface {
	// Cancel ends a message that waits for a carrier: it is never sent
	// afterwards. The errors that leave it as it is are message.ErrTaken,
	// dispatch.ErrUnderWay and dispatch.ErrInDoubt.
	Cancel(ctx context.Context, id message.ID, carrier string) error
	// MoveQueue gives another carrier messages that wait for one, a step of at
	// most so many.
	MoveQueue(ctx context.Context, from, to string, limit int, after string) (Moved, error)
	// InFlight is how many messages of a carrier are taken up.
	InFlight(carrier string) int
}

type cancelAsked struct {
	Reason string `json:"reason"` // kept in the audit
}

// cancelTries is how often a message that goes from carrier to carrier is
// followed.
const cancelTries = 3

// cancelMessage ends a message of which no part was taken.
func (p Parts) cancelMessage(r *http.Request) (any, error) {
	asks := cancelAsked{}
	r, err := read(r, &asks)
	if err != nil {
		return nil, err
	}
	reason := strings.TrimSpace(asks.Reason)
	if said(reason) < shortestReason || len(reason) > longestReason || !utf8.ValidString(reason) {
		return nil, invalid("reason says why, in at least three letters or digits and at most 500 octets of UTF-8; it is kept in the audit")
	}
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return nil, invalid("a message id is a UUID, as SendTextMessage answered it")
	}
	m, err := p.cancel(r.Context(), id)
	if err != nil {
		return nil, err
	}
	entry, _ := audit.From(r.Context())
	entry.Account, entry.Region, entry.Reason = m.Scope.Account, m.Scope.Region, reason
	return p.show(m, true), p.note(r.WithContext(audit.With(r.Context(), entry)), "message/"+m.ID.String())
}

// cancel ends a message where it waits now, and gives it as it is afterwards.
func (p Parts) cancel(ctx context.Context, id message.ID) (*message.Message, error) {
	for range cancelTries {
		m, found, err := p.Messages.Message(ctx, id)
		switch {
		case err != nil:
			return nil, err
		case !found:
			return nil, unknown("there is no message with this id")
		case m.State.Final():
			return nil, conflict("the message has ended: it is " + m.State.String())
		case taken(m):
			return nil, conflict("carrier " + m.Carrier + " has taken a part of it: what a carrier has cannot be called back")
		case m.Why.InDoubt(m.Carrier):
			return nil, conflict("it is not cancelled: carrier " + m.Carrier + " may have taken it, since its last attempt was not answered; it is sent there again, or expires")
		}
		err = p.Queue.Cancel(ctx, id, m.Carrier)
		switch {
		case errors.Is(err, message.ErrTaken):
			continue // something happened to it in between
		case errors.Is(err, dispatch.ErrUnderWay):
			return nil, conflict("it is not cancelled: " + err.Error() + "; if it waits for a connection, pause carrier " + m.Carrier + " first")
		case errors.Is(err, dispatch.ErrInDoubt):
			return nil, conflict("it is not cancelled: " + err.Error())
		case err != nil:
			return nil, err
		}
		m, _, err = p.Messages.Message(ctx, id)
		return m, err
	}
	return nil, conflict("it is not cancelled: it is on its way from one carrier to another; try again")
}

// taken says whether a carrier has a part of a message.
func taken(m *message.Message) bool {
	for i := range m.PartLog {
		if m.PartLog[i].State != message.Queued {
			return true
		}
	}
	return false
}
