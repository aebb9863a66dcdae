package event

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"heliograph/api"
	"heliograph/country"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

// Teller writes the records of events.
type Teller struct {
	// Sender is the origination identity of a message as its owner spells it:
	// E.164 with +, a short code, a sender ID.
	Sender func(ctx context.Context, m *message.Message) (string, error)
	// Network gives the mobile country and network code (ITU-T E.212) of a number
	// whose receipt told none.
	Network func(e164 string) (mccmnc string, known bool)
}

// textRecord is the record of a text's event, its members in the published order.
type textRecord struct {
	EventType                string            `json:"eventType"`
	EventVersion             string            `json:"eventVersion"`
	EventTimestamp           int64             `json:"eventTimestamp"` // milliseconds
	IsFinal                  bool              `json:"isFinal"`
	OriginationPhoneNumber   string            `json:"originationPhoneNumber"`
	DestinationPhoneNumber   string            `json:"destinationPhoneNumber"`
	ISOCountryCode           string            `json:"isoCountryCode"`
	IsInternationalSend      bool              `json:"isInternationalSend"`
	MCC                      string            `json:"mcc,omitempty"`
	MNC                      string            `json:"mnc,omitempty"`
	MessageID                string            `json:"messageId"`
	MessageRequestTimestamp  int64             `json:"messageRequestTimestamp"` // milliseconds
	MessageEncoding          string            `json:"messageEncoding"`
	MessageType              string            `json:"messageType"`
	MessageStatus            string            `json:"messageStatus"`
	MessageStatusDescription string            `json:"messageStatusDescription"`
	Context                  map[string]string `json:"context,omitempty"`
	TotalMessageParts        int               `json:"totalMessageParts"`
	TotalMessagePrice        json.RawMessage   `json:"totalMessagePrice"` // US dollars
	TotalCarrierFee          json.RawMessage   `json:"totalCarrierFee"`   // US dollars
}

const (
	eventVersion = "1.0"
	textPrefix   = "TEXT_"
)

// Final says whether nothing more is expected after an event of a type. A text
// that a carrier has taken counts as final, as published, though a delivery is
// told of once more.
func Final(kind string) bool {
	return kind != string(api.EventTypeTextQueued) && kind != string(api.EventTypeTextPending)
}

// Record is the published JSON of an event.
func (t Teller) Record(ctx context.Context, e Event) ([]byte, error) {
	if e.Payload != "" {
		return []byte(e.Payload), nil
	}
	m := e.Message
	if m == nil {
		return nil, &Refusal{fmt.Errorf("message %s is gone", e.MessageID)}
	}
	sender, err := t.Sender(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("event: sender of message %s: %w", e.MessageID, err)
	}
	status := strings.TrimPrefix(e.Type, textPrefix)
	record := textRecord{
		EventType: e.Type, EventVersion: eventVersion, EventTimestamp: e.At.UnixMilli(), IsFinal: Final(e.Type),
		OriginationPhoneNumber: sender, DestinationPhoneNumber: m.To, ISOCountryCode: m.Country,
		IsInternationalSend: international(sender, m.Country),
		MessageID:           m.ID.String(), MessageRequestTimestamp: m.AcceptedAt.UnixMilli(),
		MessageEncoding: encoding(m.Encoding), MessageType: string(m.Type),
		MessageStatus: status, MessageStatusDescription: describe(status, m.Code), Context: m.Context,
		TotalMessageParts: m.Parts, TotalMessagePrice: dollars(m.Price), TotalCarrierFee: dollars(0),
	}
	record.MCC, record.MNC = t.network(m)
	return plain(record)
}

// plain is JSON that keeps <, > and & as they are.
func plain(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// network is the recipient's, by the receipt, else by the table; "" = not known.
// The first three digits are the country's (ITU-T E.212).
func (t Teller) network(m *message.Message) (mcc, mnc string) {
	known := m.Network
	if known == "" && t.Network != nil {
		known, _ = t.Network(m.To)
	}
	if len(known) < 5 {
		return "", ""
	}
	return known[:3], known[3:]
}

// international says whether a number sends to another country than its own.
func international(sender, iso string) bool {
	if !strings.HasPrefix(sender, "+") {
		return false
	}
	from, err := country.Parse(sender)
	return err == nil && from.ISO != iso
}

func encoding(e gsm.Encoding) string {
	if e == gsm.UCS2 {
		return "Unicode"
	}
	return "GSM"
}

// dollars is a sum as a JSON number that shows it is none of whole dollars: 0.0,
// 0.00581.
func dollars(sum message.MicroUSD) json.RawMessage {
	text := strings.TrimRight(fmt.Sprintf("%d.%06d", sum/1_000_000, sum%1_000_000), "0")
	if strings.HasSuffix(text, ".") {
		text += "0"
	}
	return json.RawMessage(text)
}

// descriptions are what the records say of a status. The service publishes those
// of SUCCESSFUL and DELIVERED; the others are what Amazon SNS says of its texts.
var descriptions = map[string]string{
	"QUEUED":              "Message is queued",
	"PENDING":             "Message is being sent",
	"SUCCESSFUL":          "Message has been accepted by phone carrier",
	"DELIVERED":           "Message has been accepted by phone",
	"INVALID":             "Invalid phone number",
	"INVALID_MESSAGE":     "Message body is invalid",
	"UNREACHABLE":         "Phone is currently unreachable/unavailable",
	"CARRIER_UNREACHABLE": "Phone carrier is currently unreachable/unavailable",
	"BLOCKED":             "Phone has blocked SMS",
	"CARRIER_BLOCKED":     "Phone carrier has blocked this message",
	"SPAM":                "Blocked as spam by phone carrier",
	"TTL_EXPIRED":         "Time to live of the message has passed",
	"UNKNOWN":             "Unknown error attempting to reach phone",
}

// describe says in words what a status means, after the code that led to it.
func describe(status, code string) string {
	if code == message.CodeOptedOut && status == message.Blocked.String() {
		return "Phone number is opted out"
	}
	return descriptions[status]
}
