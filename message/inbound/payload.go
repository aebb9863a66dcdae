package inbound

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"heliograph/message"
)

// notice is what a two-way channel hears of a text, its keys in the published
// order.
type notice struct {
	OriginationNumber          string `json:"originationNumber"`
	DestinationNumber          string `json:"destinationNumber"`
	MessageKeyword             string `json:"messageKeyword"`
	MessageBody                string `json:"messageBody"`
	InboundMessageID           string `json:"inboundMessageId"`
	PreviousPublishedMessageID string `json:"previousPublishedMessageId,omitempty"`
}

// Differs(UpdatePhoneNumber, UpdatePool): messageKeyword of a text that begins with no keyword is KEYWORD_ and the account's
// id; what the service writes there is not published.

// payload is what the channel hears of a text.
func (s *Service) payload(ctx context.Context, c *message.Conclusion) (string, error) {
	t := &c.Text
	n := notice{OriginationNumber: t.From, DestinationNumber: t.To, MessageKeyword: c.Keyword, MessageBody: t.Body, InboundMessageID: t.ID.String()}
	if n.MessageKeyword == "" {
		n.MessageKeyword = "KEYWORD_" + t.Scope.Account
	}
	last, found, err := s.Conversations.LastMessage(ctx, t.Scope, c.Number, t.From)
	if err != nil {
		return "", fmt.Errorf("inbound: last message: %w", err)
	}
	if found {
		n.PreviousPublishedMessageID = last.String()
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(n); err != nil {
		return "", fmt.Errorf("inbound: payload: %w", err)
	}
	return string(bytes.TrimSuffix(out.Bytes(), []byte("\n"))), nil
}
