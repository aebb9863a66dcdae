package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"heliograph/api"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

var (
	shop  = resource.Scope{Account: "111122223333", Region: "us-east-1"}
	shop2 = resource.Scope{Account: "111122223333", Region: "eu-west-1"}
)

func identities(t *testing.T, f *fixture, s resource.Scope) *origination.View {
	t.Helper()
	view, err := f.Identities(t.Context(), s)
	must(t, err)
	return view
}

// everything is one identity of each kind with every field set.
func everything() origination.Change {
	settings := origination.Settings{TwoWay: true, TwoWayChannelARN: "arn:x", TwoWayChannelRole: "arn:r", SelfManagedOptOut: true, OptOutList: "Default"}
	return origination.Change{
		Scope: shop,
		PutNumbers: []origination.PhoneNumber{{ID: "phone-1", Number: "+12065550142", ISOCountryCode: "US", Type: api.NumberTypeLongCode,
			MessageType: api.MessageTypeTransactional, Capabilities: []api.NumberCapability{api.NumberCapabilitySms, api.NumberCapabilityVoice},
			Status: api.NumberStatusActive, MonthlyPrice: "1.00", Settings: settings, International: true, DeletionProtection: true,
			PoolID: "pool-1", RegistrationID: "registration-1", Fictitious: true,
			Provisions: []origination.Provision{{Carrier: "acme", As: "12065550142"}},
			Tags:       []resource.Tag{{Key: "a", Value: "b"}}, CreatedAt: noon}},
		PutSenders: []origination.SenderID{{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "IN",
			MessageTypes: []api.MessageType{api.MessageTypeTransactional}, Registered: true, RegistrationID: "registration-2",
			DeletionProtection: true, Provisions: []origination.Provision{{Carrier: "acme"}}, Tags: []resource.Tag{{Key: "c"}}, CreatedAt: noon}},
		PutPools: []origination.Pool{{ID: "pool-1", MessageType: api.MessageTypeTransactional, Status: api.PoolStatusActive,
			Settings: settings, SharedRoutes: true, DeletionProtection: true, CreatedAt: noon,
			Members: []origination.Member{{PhoneNumberID: "phone-1", JoinedAt: noon}, {SenderID: "SENDER", ISOCountryCode: "IN", JoinedAt: noon}}}},
		Applied: []string{"line 1"},
	}
}

func testIdentitiesComeBackWhole(t *testing.T, f *fixture) {
	c := everything()
	must(t, f.ChangeIdentities(t.Context(), c))
	want := &origination.View{Scope: shop, Revision: 1, Numbers: c.PutNumbers, Senders: c.PutSenders, Pools: c.PutPools,
		OptOuts: []string{resource.DefaultOptOutList}}
	if got := identities(t, f, shop); !reflect.DeepEqual(got, want) {
		t.Errorf("view\n%+v, want\n%+v", got, want)
	}
	if got := identities(t, f, shop2); len(got.Numbers)+len(got.Senders)+len(got.Pools) != 0 || got.Revision != 0 {
		t.Errorf("the other Region has %+v", got)
	}
	if lines, err := f.AppliedLines(t.Context()); err != nil || !lines["line 1"] {
		t.Errorf("applied lines = %v, %v", lines, err)
	}
	drop := origination.Change{Scope: shop, Revision: 1, DropNumbers: []string{"phone-1"}, DropPools: []string{"pool-1"},
		DropSenders: []origination.SenderKey{{Text: "SENDER", ISOCountryCode: "IN"}}}
	must(t, f.ChangeIdentities(t.Context(), drop))
	if got := identities(t, f, shop); len(got.Numbers)+len(got.Senders)+len(got.Pools) != 0 || got.Revision != 2 {
		t.Errorf("after dropping: %+v", got)
	}
}

func testStaleRevisionIsRefused(t *testing.T, f *fixture) {
	must(t, f.ChangeIdentities(t.Context(), everything()))
	if err := f.ChangeIdentities(t.Context(), everything()); !errors.Is(err, api.ErrStale) {
		t.Errorf("a change of revision 0 at revision 1: %v", err)
	}
	ahead := origination.Change{Scope: shop2, Revision: 7}
	if err := f.ChangeIdentities(t.Context(), ahead); !errors.Is(err, api.ErrStale) {
		t.Errorf("a change of revision 7 at revision 0: %v", err)
	}
	override := everything()
	override.Override, override.Revision = true, 40
	must(t, f.ChangeIdentities(t.Context(), override))
	sets := configset.Change{Scope: shop, Revision: 1, Put: []configset.Set{{Name: "a"}}}
	if err := f.ChangeConfigurationSets(t.Context(), sets); !errors.Is(err, api.ErrStale) {
		t.Errorf("configuration sets have a revision of their own: %v", err)
	}
}

// testRacingChangesAllLand has many callers add a sender ID by reading, changing
// and trying again when stale; no change may be lost.
func testRacingChangesAllLand(t *testing.T, f *fixture) {
	const callers = 24
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for {
				view, err := f.Identities(t.Context(), shop)
				if err != nil {
					t.Error(err)
					return
				}
				err = f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Revision: view.Revision,
					PutSenders: []origination.SenderID{{Text: fmt.Sprint("S", i), ISOCountryCode: "FR", CreatedAt: noon.Add(time.Duration(view.Revision) * time.Second)}}})
				if err == nil {
					return
				}
				if !errors.Is(err, api.ErrStale) {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if view := identities(t, f, shop); len(view.Senders) != callers || view.Revision != callers {
		t.Errorf("%d sender IDs at revision %d, want %d", len(view.Senders), view.Revision, callers)
	}
}

func testOneTokenCreatesOnce(t *testing.T, f *fixture) {
	errs := make(chan error, 2)
	for _, text := range []string{"ONE", "TWO"} {
		go func() {
			errs <- f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Override: true,
				Once:       &api.Once{Account: shop.Account, Region: shop.Region, Operation: "RequestSenderId", Token: "t", Hash: [32]byte{9}, Answer: []byte(text)},
				PutSenders: []origination.SenderID{{Text: text, ISOCountryCode: "FR", CreatedAt: noon}}})
		}()
	}
	a, b := <-errs, <-errs
	if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), api.ErrTokenTaken) {
		t.Fatalf("two calls with one token: %v, %v", a, b)
	}
	view := identities(t, f, shop)
	hash, answer, found, err := f.LookupToken(t.Context(), shop.Account, shop.Region, "RequestSenderId", "t")
	must(t, err)
	if len(view.Senders) != 1 || !found || string(answer) != view.Senders[0].Text || hash != [32]byte{9} {
		t.Errorf("sender IDs %v, answer %q, %v", view.Senders, answer, found)
	}
	if _, _, found, err := f.LookupToken(t.Context(), shop.Account, shop2.Region, "RequestSenderId", "t"); err != nil || found {
		t.Errorf("the token in another Region: %v, %v", found, err)
	}
}

func stockNumbers(t *testing.T, f *fixture) (numbers []string) {
	t.Helper()
	free, err := f.FreeStock(t.Context())
	must(t, err)
	for _, s := range free {
		numbers = append(numbers, s.Number)
	}
	return numbers
}

func testOneOfTwoLeasesWins(t *testing.T, f *fixture) {
	stock := origination.Stock{Number: "+12065550142", ISOCountryCode: "US", Type: api.NumberTypeLongCode,
		Capabilities: []api.NumberCapability{api.NumberCapabilitySms}, Provisions: []origination.Provision{{Carrier: "acme"}}}
	must(t, f.PutStock(t.Context(), []origination.Stock{stock}, true))
	free, err := f.FreeStock(t.Context())
	must(t, err)
	if len(free) != 1 || !reflect.DeepEqual(free[0], stock) {
		t.Fatalf("free stock = %+v", free)
	}
	invented := origination.Stock{Number: "+33700000001", Fictitious: true}
	for _, s := range []origination.Stock{stock, invented} {
		errs := make(chan error, 2)
		for _, scope := range []resource.Scope{shop, shop2} {
			go func() {
				errs <- f.ChangeIdentities(t.Context(), origination.Change{Scope: scope, Override: true, Lease: []origination.Stock{s}})
			}()
		}
		a, b := <-errs, <-errs
		if (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), api.ErrStale) {
			t.Errorf("two leases of %s: %v, %v", s.Number, a, b)
		}
	}
	leased, err := f.Leased(t.Context(), []string{stock.Number, invented.Number, "+1"})
	must(t, err)
	if len(leased) != 2 || leased[stock.Number].Account != shop.Account {
		t.Errorf("leased = %v", leased)
	}
	for _, scope := range []resource.Scope{shop, shop2} {
		must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: scope, Override: true, Return: []string{stock.Number, invented.Number}}))
	}
	if got := stockNumbers(t, f); !reflect.DeepEqual(got, []string{stock.Number}) {
		t.Errorf("free after return = %v", got)
	}
	unknown := origination.Change{Scope: shop, Override: true, Lease: []origination.Stock{{Number: "+19"}}}
	if err := f.ChangeIdentities(t.Context(), unknown); !errors.Is(err, api.ErrStale) {
		t.Errorf("lease of a number that left the inventory: %v", err)
	}
}

func testWithdrawnStockLeavesOrIsMarked(t *testing.T, f *fixture) {
	a, b := origination.Stock{Number: "+1206"}, origination.Stock{Number: "+1207"}
	must(t, f.PutStock(t.Context(), []origination.Stock{a, b}, true))
	must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Lease: []origination.Stock{a},
		PutNumbers: []origination.PhoneNumber{{ID: "phone-a", Number: a.Number}}}))
	if view := identities(t, f, shop); view.Numbers[0].Withdrawn {
		t.Error("withdrawn from the start")
	}
	must(t, f.PutStock(t.Context(), nil, true))
	if view := identities(t, f, shop); !view.Numbers[0].Withdrawn {
		t.Error("a leased number is not marked withdrawn")
	}
	if free := stockNumbers(t, f); len(free) != 0 {
		t.Errorf("free = %v", free)
	}
	a.Provisions = []origination.Provision{{Carrier: "acme"}}
	must(t, f.PutStock(t.Context(), []origination.Stock{a}, true))
	view := identities(t, f, shop)
	if view.Numbers[0].Withdrawn || !reflect.DeepEqual(view.Numbers[0].Provisions, a.Provisions) {
		t.Errorf("back in the inventory: %+v", view.Numbers[0])
	}
	must(t, f.PutStock(t.Context(), nil, true))
	must(t, f.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Revision: 1, DropNumbers: []string{"phone-a"}, Return: []string{a.Number}}))
	if free := stockNumbers(t, f); len(free) != 0 {
		t.Errorf("a withdrawn number came back: %v", free)
	}
}

func testConfigurationSetsComeBackWhole(t *testing.T, f *fixture) {
	yes := true
	sets := []configset.Set{
		{Name: "first", DefaultSenderID: "SeNdEr", DefaultType: api.MessageTypePromotional, DefaultFeedback: &yes, Tags: []resource.Tag{{Key: "a"}}, CreatedAt: noon},
		{Name: "a later one", CreatedAt: noon.Add(time.Second)},
	}
	must(t, f.ChangeConfigurationSets(t.Context(), configset.Change{Scope: shop, Put: sets}))
	view, err := f.ConfigurationSets(t.Context(), shop)
	must(t, err)
	if !reflect.DeepEqual(view, &configset.View{Scope: shop, Revision: 1, Sets: sets}) {
		t.Errorf("view = %+v", view)
	}
	must(t, f.ChangeConfigurationSets(t.Context(), configset.Change{Scope: shop, Revision: 1, Drop: []string{"first"}}))
	view, err = f.ConfigurationSets(t.Context(), shop)
	must(t, err)
	if len(view.Sets) != 1 {
		t.Errorf("sets after dropping = %+v", view.Sets)
	}
}
