package route

import (
	"errors"
	"testing"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource/origination"
)

// Rule(SendTextMessage, UpdatePhoneNumber, UpdatePool): the opt-out list that counts is the pool's for its members, however they were chosen, the number's own for a number in no pool, and Default for sender IDs and shared senders.
func TestOptOutListIsThatOfWhatIsSentFrom(t *testing.T) {
	listed := func(list, pool string) func(*origination.PhoneNumber) {
		return func(n *origination.PhoneNumber) { n.Settings.OptOutList, n.PoolID = list, pool }
	}
	v := &origination.View{
		Scope: scope,
		Numbers: []origination.PhoneNumber{
			number(longUS, "+12065550101", "US", api.NumberTypeLongCode, listed("own", "")),
			number(tollFree, "+18335550102", "US", api.NumberTypeTollFree, listed("own", pool)),
		},
		Senders: []origination.SenderID{{Text: "SHOP", Spelling: "Shop", ISOCountryCode: "FR"}},
		Pools: []origination.Pool{
			{ID: pool, MessageType: api.MessageTypeTransactional, Status: api.PoolStatusActive, SharedRoutes: true,
				Settings: origination.Settings{OptOutList: "team"}, Members: []origination.Member{{PhoneNumberID: tollFree}}},
		},
	}
	carriers := &Carriers{All: []Carrier{{Name: "acme"}}, Shared: []Shared{{Country: "FR", Identity: "70707"}}}
	r := Router{Carriers: func() *Carriers { return carriers }}
	for _, c := range []struct {
		identity, to, country string
		kind                  api.MessageType
		want                  string
		refused               bool
	}{
		{longUS, "+12065550199", "US", "", "own", false},
		{tollFree, "+12065550199", "US", "", "team", false},
		{pool, "+12065550199", "US", "", "team", false},
		{pool, "+33700000000", "FR", "", "team", false}, // a shared sender
		{"", "+12065550199", "US", "", "team", false},   // the toll-free number
		{"Shop", "+33700000000", "FR", "", "Default", false},
		{"Other", "+33700000000", "FR", "", "Default", false},
		{"", "+33700000000", "FR", "", "Default", false},
		{longUS, "+33700000000", "FR", "", "own", true},
		{pool, "+12065550199", "US", api.MessageTypePromotional, "team", true},
		{"Shop", "+12065550199", "US", "", "Default", true},
		{"", "+12065550199", "US", api.MessageTypePromotional, "", true}, // nothing fits, and nothing has a list
	} {
		named, err := r.Resolve(c.identity, v)
		if err != nil {
			t.Fatal(err)
		}
		m, err := r.Choose(message.Request{Named: named, To: c.to, Country: c.country, Type: c.kind}, v, nil)
		var refused *api.Error
		if m.OptOutList != c.want || errors.As(err, &refused) != c.refused {
			t.Errorf("%q to %s: list %q, %v; want %q", c.identity, c.to, m.OptOutList, err, c.want)
		}
	}
}
