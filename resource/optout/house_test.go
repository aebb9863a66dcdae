package optout_test

import (
	"testing"
	"time"

	"heliograph/account"
	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

// began is when the accounts of these tests were made.
var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// house is a server of opt-out lists, at most 4 a scope, and of what uses them.
// The two do not share their turns: only revisions keep them apart, as they do
// on two nodes.
type house struct {
	*resourcetest.House
	lists      *optout.Service
	identities *origination.Service
	optInDays  int
}

func open(t *testing.T) (*house, resourcetest.Client) {
	t.Helper()
	all := &house{optInDays: 30}
	all.House = resourcetest.Open(t, func(h *resourcetest.House, m *awsjson.Mux) {
		limits := func() resource.Limits {
			l := resource.DefaultLimits()
			l.OptOutLists = 4
			l.OptInDays = all.optInDays
			return l
		}
		for _, id := range []string{"000000000000", "111122223333"} {
			if err := h.DB.PutAccount(t.Context(), account.Account{ID: id, Tier: account.Production, CreatedAt: began}); err != nil {
				t.Fatal(err)
			}
		}
		all.identities = &origination.Service{Store: h.DB, Now: h.Now, Limits: limits, Pages: h.Pages}
		all.lists = &optout.Service{Store: h.DB, Entries: h.DB, Users: all.identities, Accounts: h.DB, Now: h.Now, Limits: limits, Pages: h.Pages}
		all.identities.Register(m)
		all.lists.Register(m)
	})
	return all, all.Client("000000000000", "us-east-1")
}

// number requests a number and gives its id; more is JSON of further members.
func number(c resourcetest.Client, more string) string {
	return c.OK("RequestPhoneNumber", request(more)).Text("PhoneNumberId")
}

func request(more string) string {
	return `{"IsoCountryCode":"US","MessageType":"TRANSACTIONAL","NumberCapabilities":["SMS"],"NumberType":"LONG_CODE"` + more + `}`
}

// pool creates a pool of a number and gives its id.
func pool(c resourcetest.Client, number string) string {
	return c.OK("CreatePool", `{"OriginationIdentity":"`+number+`","MessageType":"TRANSACTIONAL"}`).Text("PoolId")
}

const (
	named = `{"OptOutListName":"A"}`
	arns  = "arn:aws:sms-voice:us-east-1:000000000000:opt-out-list/"
	arnA  = arns + "A"
	inUse = "Conflict RESOURCE_NOT_EMPTY opt-out-list A"
	gone  = "ResourceNotFound opt-out-list A"
)
