package accept_test

import (
	"context"
	"testing"
	"time"

	"heliograph/account"
	"heliograph/api"
	"heliograph/message"
	"heliograph/message/accept"
	"heliograph/message/route"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

// nowhere answers at once and keeps nothing.
type nowhere struct{ view origination.View }

func (n *nowhere) Identities(context.Context, resource.Scope) (*origination.View, error) {
	return &n.view, nil
}

func (n *nowhere) ConfigurationSets(context.Context, resource.Scope) (*configset.View, error) {
	return &configset.View{}, nil
}

func (n *nowhere) Account(context.Context, string) (account.Account, bool, error) {
	return account.Account{Tier: account.Production}, true, nil
}

func (n *nowhere) Accept(context.Context, *message.Message) error { return nil }

func (n *nowhere) CheckSpend(context.Context, *message.Message) error { return nil }

func (n *nowhere) OptedOut(context.Context, *message.Message) (bool, error) { return false, nil }

func (n *nowhere) RecentInvocation(context.Context, resource.Scope, string, uint64, time.Time) (message.ID, bool, error) {
	return message.ID{}, false, nil
}

func (n *nowhere) Enqueue(*message.Message) {}

// BenchmarkSendTextMessage is what accepting costs beside the wire and the disk.
func BenchmarkSendTextMessage(b *testing.B) {
	n := &nowhere{view: origination.View{Scope: scope, Senders: []origination.SenderID{
		{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "FR"},
	}}}
	carriers := &route.Carriers{All: []route.Carrier{{Name: "acme"}}}
	s := accept.Service{
		Views: n, Accounts: n, Store: n, Queue: n, Now: time.Now,
		Router: route.Router{Carriers: func() *route.Carriers { return carriers }},
		Price:  func(string) message.MicroUSD { return 0 },
	}
	ctx := api.WithCaller(b.Context(), api.Caller{Account: owner, Region: region, InvocationID: "one"})
	in := &api.SendTextMessageInput{DestinationPhoneNumber: "+33700000000", OriginationIdentity: "SENDER", MessageBody: "Your code is 123456"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.SendTextMessage(ctx, in); err != nil {
			b.Fatal(err)
		}
	}
}
