// Package receipt turns delivery receipts of carriers (SMPP 3.4 §5.2.28 and
// appendix B) into states of message parts, in whatever order they come: a
// receipt that is here before its submission is on record is kept by the store
// until then.
//
// A carrier's own table of codes is its settings' (carrier.Receipt.Verdict). Left
// out is the progress of calls.
package receipt

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"heliograph/carrier"
	"heliograph/message"
)

// Store keeps what a receipt says.
type Store interface {
	// Receipt records a receipt durably, and says what it found on record.
	Receipt(ctx context.Context, r message.Receipt) (message.Match, error)
	// Submitted records a part that a carrier took.
	Submitted(ctx context.Context, s message.Submission) error
}

// Service takes receipts. Its zero value with a Store works.
type Service struct {
	Store Store
}

// Receipt takes a carrier's receipt. Nil means that it is durable and may be
// acknowledged, also where it matched nothing: a carrier that is not
// acknowledged repeats itself for ever.
func (s *Service) Receipt(ctx context.Context, r carrier.Receipt) error {
	state, told := message.StateNamed(r.Verdict)
	if !told {
		state = State(r.State, r.Code)
	}
	_, err := s.Store.Receipt(ctx, message.Receipt{
		Carrier: r.Carrier, CarrierMessageID: r.MessageID, State: state, Code: r.Code, At: r.At, DoneAt: r.DoneAt, Whole: r.Whole, Network: r.Network,
	})
	if err != nil {
		return fmt.Errorf("receipt: of carrier %s: %w", r.Carrier, err)
	}
	return nil
}

// Late takes a carrier's answer to a part that was in doubt. Where the part has
// ended meanwhile, its receipts still find it.
func (s *Service) Late(ctx context.Context, l carrier.Late) error {
	if l.MessageID == "" {
		return nil // no receipt can find it
	}
	id, err := uuid.Parse(l.Of)
	if err != nil {
		return fmt.Errorf("receipt: late answer of carrier %s: %w", l.Carrier, err)
	}
	return s.Store.Submitted(ctx, message.Submission{
		ID: id, Part: l.Part, Carrier: l.Carrier, CarrierMessageID: l.MessageID, At: l.At, Late: true,
	})
}

// State is the state of a part by a receipt's state and network error code.
// Submitted means that the receipt is an intermediate one.
func State(said carrier.ReceiptState, code string) message.State {
	switch said {
	case carrier.Enroute, carrier.Accepted:
		// Some carriers say ACCEPTED as their last word. Taken as that, it
		// would hide the DELIVERED that follows elsewhere.
		return message.Submitted
	case carrier.Delivered:
		return message.Delivered
	case carrier.Deleted:
		return message.CarrierBlocked
	case carrier.RejectedState:
		return rejected(code)
	case carrier.Expired:
		if state := byCode(code); state == message.Unreachable {
			return state
		}
		return message.Expired
	case carrier.Undeliverable:
		return byCode(code)
	}
	return message.Unknown
}

func rejected(code string) message.State {
	if strings.Contains(strings.ToUpper(code), "SPAM") {
		return message.Spam
	}
	return message.CarrierBlocked
}

// byCode reads a network error code in its usual meaning, that of the errors of
// MAP (3GPP TS 29.002 §17.6.6).
func byCode(code string) message.State {
	switch strings.TrimLeft(strings.TrimSpace(code), "0") {
	case "1", "5", "9", "11": // unknown, unidentified, illegal subscriber; no such service for it
		return message.Invalid
	case "13": // call barred
		return message.Blocked
	case "6", "27", "31", "32": // absent, absent, busy, memory full
		return message.Unreachable
	case "21", "34", "255": // facility not supported, system failure, network error
		return message.CarrierUnreachable
	}
	if upper := strings.ToUpper(code); strings.Contains(upper, "SPAM") {
		return message.Spam
	}
	return message.Unknown
}
