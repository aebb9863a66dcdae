package origination_test

import (
	"context"
	"testing"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

// small are limits that tests reach.
func small() resource.Limits {
	l := resource.DefaultLimits()
	l.SenderIDs, l.PhoneNumbers, l.Pools, l.IdentitiesPerPool = 4, 6, 3, 3
	return l
}

// room is for so many sender IDs and numbers.
func room(n int) func() resource.Limits {
	l := resource.DefaultLimits()
	l.SenderIDs, l.PhoneNumbers = n, n
	return func() resource.Limits { return l }
}

// open serves identities; adjust may change the service before it serves.
func open(t *testing.T, adjust ...func(*origination.Service)) (*resourcetest.House, resourcetest.Client) {
	t.Helper()
	h := resourcetest.Open(t, func(h *resourcetest.House, m *awsjson.Mux) {
		s := &origination.Service{Store: h.DB, Now: h.Now, Limits: resource.DefaultLimits, Pages: h.Pages}
		for _, a := range adjust {
			a(s)
		}
		s.Register(m)
	})
	return h, h.Client("000000000000", "us-east-1")
}

// place puts records into a scope as the operator does.
func place(t *testing.T, h *resourcetest.House, c resourcetest.Client, what origination.Change) {
	t.Helper()
	what.Scope, what.Override = c.Scope, true
	if err := h.DB.ChangeIdentities(context.Background(), what); err != nil {
		t.Fatal(err)
	}
}

// number requests a transactional number for texts in the US, or as body
// says, and gives its id.
func number(c resourcetest.Client, more string) string {
	return c.OK("RequestPhoneNumber", `{"IsoCountryCode":"US","MessageType":"TRANSACTIONAL","NumberCapabilities":["SMS"],"NumberType":"LONG_CODE"`+more+`}`).Text("PhoneNumberId")
}

// pool creates a transactional pool with a first identity and gives its id.
func pool(c resourcetest.Client, identity, country string) string {
	return c.OK("CreatePool", `{"OriginationIdentity":"`+identity+`","IsoCountryCode":"`+country+`","MessageType":"TRANSACTIONAL"}`).Text("PoolId")
}

// sender requests a sender ID for France.
func sender(c resourcetest.Client, text string) {
	c.OK("RequestSenderId", `{"SenderId":"`+text+`","IsoCountryCode":"FR"}`)
}

// registered is a sender ID as an operator provisions it.
func registered(h *resourcetest.House, text, country string) origination.SenderID {
	return origination.SenderID{
		Text: text, Spelling: text, ISOCountryCode: country, Registered: true, CreatedAt: h.Now(),
		MessageTypes: []api.MessageType{api.MessageTypeTransactional, api.MessageTypePromotional},
	}
}

const (
	channel      = "arn:aws:sns:us-east-1:000000000000:inbound"
	otherChannel = "arn:aws:sns:us-east-1:000000000000:another"
	role         = "arn:aws:iam::000000000000:role/inbound"
)
