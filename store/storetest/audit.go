package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/account"
	"heliograph/api"
	"heliograph/audit"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
)

// by gives a context whose changes are noted under an action.
func by(t *testing.T, action string) context.Context {
	return audit.With(t.Context(), audit.Entry{
		AccessKeyID: "KEY", Origin: audit.Operator, Action: action, Parameters: `{"a":1}`, RequestID: "r-1",
	})
}

// noted lists the lines of the audit, oldest first, as "action account/Region: targets".
func noted(t *testing.T, f *fixture) (lines []string) {
	t.Helper()
	entries, err := f.AuditEntries(t.Context(), audit.Query{Limit: 1000})
	must(t, err)
	for _, e := range slices.Backward(entries) {
		lines = append(lines, fmt.Sprintf("%s %s/%s: %s", e.Action, e.Account, e.Region, strings.Join(e.Targets, " ")))
	}
	return lines
}

func wantNoted(t *testing.T, f *fixture, want ...string) {
	t.Helper()
	if got := noted(t, f); !slices.Equal(got, want) {
		t.Errorf("the audit has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func testChangesAreNotedWithWhatTheyTouch(t *testing.T, f *fixture) {
	in := shop.Account + "/" + shop.Region
	must(t, f.PutAccount(by(t, "PutAccount"), account.Account{ID: shop.Account, Tier: account.Production, CreatedAt: noon}))
	must(t, f.PutKey(by(t, "CreateAccessKey"), account.SealedKey{ID: "K1", Account: shop.Account, Secret: []byte("s"), CreatedAt: noon}))
	must(t, f.DropKey(by(t, "DeleteAccessKey"), "K1"))
	must(t, f.ChangeIdentities(by(t, "RequestSenderId"), origination.Change{Scope: shop, Override: true,
		PutSenders: []origination.SenderID{{Text: "SHOP", ISOCountryCode: "IN", CreatedAt: noon}}}))
	must(t, f.ChangeIdentities(by(t, "CreatePool"), origination.Change{Scope: shop, Override: true,
		PutPools: []origination.Pool{{ID: "pool-1", CreatedAt: noon}}, PutNumbers: []origination.PhoneNumber{{ID: "phone-1", Number: "+12065550142", CreatedAt: noon}}}))
	must(t, f.ChangeIdentities(by(t, "Reset"), origination.Change{Scope: shop, Override: true, DropPools: []string{"pool-1"},
		DropNumbers: []string{"phone-1"}, DropSenders: []origination.SenderKey{{Text: "SHOP", ISOCountryCode: "IN"}}}))
	must(t, f.ChangeConfigurationSets(by(t, "CreateConfigurationSet"), configset.Change{Scope: shop, Revision: 3, Put: []configset.Set{{Name: "set"}}}))
	must(t, f.ChangeOptOutLists(by(t, "CreateOptOutList"), optout.Change{Scope: shop, Revision: 4, Put: []optout.List{{Name: "list"}}}))
	limit := int64(5)
	must(t, f.PutTextSpendOverride(by(t, "SetTextMessageSpendLimitOverride"), shop, &limit))
	wantNoted(t, f,
		"PutAccount "+shop.Account+"/: account/"+shop.Account,
		"CreateAccessKey "+shop.Account+"/: access-key/K1",
		"DeleteAccessKey "+shop.Account+"/: access-key/K1",
		"RequestSenderId "+in+": sender-id/SHOP/IN",
		"CreatePool "+in+": pool/pool-1 phone-number/phone-1",
		"Reset "+in+": pool/pool-1 phone-number/phone-1 sender-id/SHOP/IN",
		"CreateConfigurationSet "+in+": configuration-set/set",
		"CreateOptOutList "+in+": opt-out-list/list",
		"SetTextMessageSpendLimitOverride "+in+": spend-limit/TEXT",
	)
}

func testWhatChangesNothingIsNotNoted(t *testing.T, f *fixture) {
	must(t, f.DropKey(by(t, "DeleteAccessKey"), "nobody's"))
	if err := f.PutKey(by(t, "CreateAccessKey"), account.SealedKey{ID: "K1", Account: "999999999999"}); err == nil {
		t.Error("a key of nobody was taken")
	}
	if err := f.ChangeIdentities(by(t, "CreatePool"), origination.Change{Scope: shop, Revision: 7}); !errors.Is(err, api.ErrStale) {
		t.Errorf("stale: %v", err)
	}
	must(t, f.ChangeIdentities(by(t, "Provision"), origination.Change{Scope: resource.Scope{Account: shop.Account}, Override: true, Applied: []string{"line"}}))
	_, err := f.PutServerValueOnce(by(t, "Start"), "name", []byte{1})
	must(t, err)
	must(t, f.PutAccount(t.Context(), account.Account{ID: shop.Account, CreatedAt: noon}))
	must(t, f.Accept(by(t, "Accept"), message1(t)))
	wantNoted(t, f)
}

func testOneTokenIsNotedOnce(t *testing.T, f *fixture) {
	var all sync.WaitGroup
	for _, text := range []string{"ONE", "TWO", "THREE"} {
		all.Go(func() {
			err := f.ChangeIdentities(by(t, "RequestSenderId"), origination.Change{Scope: shop, Override: true,
				Once:       &api.Once{Account: shop.Account, Region: shop.Region, Operation: "RequestSenderId", Token: "t", Answer: []byte(text)},
				PutSenders: []origination.SenderID{{Text: text, ISOCountryCode: "FR", CreatedAt: noon}}})
			if err != nil && !errors.Is(err, api.ErrTokenTaken) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	view := identities(t, f, shop)
	wantNoted(t, f, "RequestSenderId "+shop.Account+"/"+shop.Region+": sender-id/"+view.Senders[0].Text+"/FR")
}

func testInventoryIsNotedWhenItChanges(t *testing.T, f *fixture) {
	first, second := origination.Stock{Number: "+12065550101", ISOCountryCode: "US"}, origination.Stock{Number: "+12065550102", ISOCountryCode: "US"}
	put := func(stock ...origination.Stock) { must(t, f.PutStock(by(t, "ProvisionInventory"), stock, true)) }
	put(first, second)
	put(first, second)
	first.MonthlyPrice = "2.00"
	put(first)
	wantNoted(t, f, "ProvisionInventory /: inventory/+12065550101 inventory/+12065550102",
		"ProvisionInventory /: inventory/+12065550101 inventory/+12065550102")
}

func testAuditSurvivesAndIsChosen(t *testing.T, f *fixture) {
	begun := time.Now().Add(-time.Second)
	for i := range 5 {
		must(t, f.PutAccount(by(t, fmt.Sprint("Put", i%2)), account.Account{ID: fmt.Sprintf("%012d", i), CreatedAt: noon}))
	}
	must(t, f.Audit(t.Context(), audit.Entry{Origin: audit.Operator, Action: "ReadMessage", Account: "1", Targets: []string{"message/m"}, Reason: "why"}))
	must(t, f.Stop(t.Context()))
	f.DB = f.start(t)
	ask := func(q audit.Query) (ids []int64) {
		entries, err := f.AuditEntries(t.Context(), q)
		must(t, err)
		for _, e := range entries {
			ids = append(ids, e.ID)
		}
		return ids
	}
	for name, c := range map[string]struct {
		q    audit.Query
		want []int64
	}{
		"all":     {audit.Query{Limit: 9}, []int64{6, 5, 4, 3, 2, 1}},
		"limit":   {audit.Query{Limit: 2}, []int64{6, 5}},
		"before":  {audit.Query{Limit: 2, Before: 5}, []int64{4, 3}},
		"action":  {audit.Query{Limit: 9, Action: "Put1"}, []int64{4, 2}},
		"account": {audit.Query{Limit: 9, Account: "000000000002"}, []int64{3}},
		"since":   {audit.Query{Limit: 9, Since: begun}, []int64{6, 5, 4, 3, 2, 1}},
		"until":   {audit.Query{Limit: 9, Until: begun}, nil},
	} {
		if got := ask(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	entries, err := f.AuditEntries(t.Context(), audit.Query{Limit: 2})
	must(t, err)
	look, put := entries[0], entries[1]
	look.At, put.At = time.Time{}, time.Time{}
	same(t, "look", look, audit.Entry{ID: 6, Account: "1", Origin: "operator", Action: "ReadMessage", Targets: []string{"message/m"}, Reason: "why"})
	same(t, "change", put, audit.Entry{ID: 5, Account: "000000000004", AccessKeyID: "KEY", Origin: "operator", Action: "Put0",
		Targets: []string{"account/000000000004"}, Parameters: `{"a":1}`, RequestID: "r-1"})
}
