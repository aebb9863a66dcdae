package operator

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"heliograph/config"
	"heliograph/message"
	"heliograph/message/route"
)

// Messages finds messages.
type Messages interface {
	// Message finds a message with its parts.
	Message(ctx context.Context, id message.ID) (*message.Message, bool, error)
}

// messageShown is a message as the operator sees it: all but its text. The
// full destination is shown to the operator alone and stands in no log.
type messageShown struct {
	ID               string            `json:"id"`
	Account          string            `json:"account"`
	Region           string            `json:"region"`
	From             string            `json:"from"`
	FromKind         string            `json:"fromKind"`
	Identity         string            `json:"originationIdentity,omitempty"`
	Pool             string            `json:"poolId,omitempty"`
	To               string            `json:"to"`
	Country          string            `json:"country"`
	Carrier          string            `json:"carrier"`
	MessageType      string            `json:"messageType"`
	State            string            `json:"state"`
	Code             string            `json:"code,omitempty"`
	Encoding         string            `json:"encoding"`
	Parts            []partShown       `json:"parts"`
	Price            string            `json:"price"` // US dollars, of all parts
	ConfigurationSet string            `json:"configurationSet,omitempty"`
	Context          map[string]string `json:"context,omitempty"`
	AcceptedAt       time.Time         `json:"acceptedAt"`
	ExpiresAt        time.Time         `json:"expiresAt"`
	EndedAt          time.Time         `json:"endedAt,omitzero"`
	Why              []string          `json:"why"`
}

type partShown struct {
	Number           int       `json:"number"`
	State            string    `json:"state"`
	Code             string    `json:"code,omitempty"`
	CarrierMessageID string    `json:"carrierMessageId,omitempty"`
	Attempts         int       `json:"attempts"`
	SubmittedAt      time.Time `json:"submittedAt,omitzero"`
	EndedAt          time.Time `json:"endedAt,omitzero"`
}

// message answers what became of a message, and why it went as it went.
func (p Parts) message(r *http.Request) (int, any, error) {
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil {
		return 0, nil, invalid("a message id is a UUID, as SendTextMessage answered it")
	}
	m, ok, err := p.Messages.Message(r.Context(), id)
	if err != nil {
		return 0, nil, err
	}
	if !ok {
		return 0, nil, unknown("there is no message with this id")
	}
	return http.StatusOK, show(m), nil
}

func show(m *message.Message) messageShown {
	shown := messageShown{
		ID: m.ID.String(), Account: m.Scope.Account, Region: m.Scope.Region,
		From: m.Origin.Wire, FromKind: string(m.Origin.Kind), Identity: m.Origin.Identity, Pool: m.Origin.Pool,
		To: m.To, Country: m.Country, Carrier: m.Carrier, MessageType: string(m.Type),
		State: m.State.String(), Code: m.Code, Encoding: m.Encoding.String(),
		Price: config.MicroUSD(m.Price).String(), ConfigurationSet: m.ConfigurationSet, Context: m.Context,
		AcceptedAt: m.AcceptedAt, ExpiresAt: m.ExpiresAt, EndedAt: m.EndedAt,
		Parts: make([]partShown, len(m.PartLog)), Why: route.Explain(m.Why),
	}
	for i, part := range m.PartLog {
		shown.Parts[i] = partShown{
			Number: part.Number, State: part.State.String(), Code: part.Code, CarrierMessageID: part.CarrierMessageID,
			Attempts: part.Attempts, SubmittedAt: part.SubmittedAt, EndedAt: part.EndedAt,
		}
	}
	return shown
}
