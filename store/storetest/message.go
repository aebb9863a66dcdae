package storetest

import (
	"time"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

// Message is a message as it is accepted, with every field set that has a
// meaning then.
func Message(id message.ID, parts int) *message.Message {
	seconds, fraction := id.Time().UnixTime()
	accepted := time.Unix(seconds, fraction).UTC().Truncate(time.Millisecond)
	return &message.Message{
		ID: id, Scope: shop, To: "+919876543210", Country: "IN", Type: api.MessageTypeTransactional, Carrier: "acme",
		Origin: message.Origin{Kind: carrier.Alphanumeric, Identity: "SENDER", Wire: "Sender", Pool: "pool-1"},
		Body:   "Your code is 123456.", Encoding: gsm.UCS2, Parts: parts, Reference: 65535, ConfigurationSet: "set",
		Context: map[string]string{"order": "1"}, Parameters: map[string]string{"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"},
		Feedback: true, OptOutList: "list", InvocationID: "4f1c5f4e-0000-4000-8000-000000000001", RequestHash: 1<<63 + 5,
		Why:        message.Why{Asked: "SENDER_ID", Chosen: "EXPLICIT", Candidates: []message.Considered{{Identity: "SENDER", Kind: carrier.Alphanumeric}}},
		AcceptedAt: accepted, ExpiresAt: accepted.Add(72 * time.Hour),
	}
}
