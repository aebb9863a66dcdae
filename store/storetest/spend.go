package storetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
)

// dollar is in the unit of prices.
const dollar = message.MicroUSD(1_000_000)

// grant sets the operator's limit of an account, in US dollars.
func grant(t *testing.T, f *fixture, id string, limit int64) {
	t.Helper()
	must(t, f.PutAccount(t.Context(), account.Account{ID: id, Tier: account.Production, TextSpendLimit: &limit}))
}

func override(t *testing.T, f *fixture, s resource.Scope, limit *int64) {
	t.Helper()
	must(t, f.PutTextSpendOverride(t.Context(), s, limit))
}

// priced is a message of a scope that costs something.
func priced(t *testing.T, s resource.Scope, price message.MicroUSD) *message.Message {
	t.Helper()
	m := newMessage(t, 1)
	m.Scope, m.Price = s, price
	return m
}

// wantSpend says whether a message is accepted; a check has to say the same
// before.
func wantSpend(t *testing.T, f *fixture, m *message.Message, accepted bool) {
	t.Helper()
	checked, err := f.CheckSpend(t.Context(), m), f.Accept(t.Context(), m)
	if overSpent(checked) != overSpent(err) || overSpent(err) == accepted || checked != nil && !overSpent(checked) || err != nil && !overSpent(err) {
		t.Errorf("a message of %v: check says %v, accepting %v; accepted should be %v", m.Price, checked, err, accepted)
	}
}

func overSpent(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Reason == string(api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText)
}

func testSpendOverrideHoldsFromTheNextMessage(t *testing.T, f *fixture) {
	elsewhere := resource.Scope{Account: shop.Account, Region: "eu-north-1"}
	one, none := int64(1), int64(0)
	wantSpend(t, f, priced(t, shop, 5*dollar), true) // no limit at all
	override(t, f, shop, &none)
	wantSpend(t, f, priced(t, shop, 1), false)
	wantSpend(t, f, priced(t, shop, 0), true)
	wantSpend(t, f, priced(t, elsewhere, dollar), true)
	override(t, f, shop, nil)
	wantSpend(t, f, priced(t, shop, dollar), true)
	grant(t, f, shop.Account, 8)
	override(t, f, shop, &one)
	wantSpend(t, f, priced(t, shop, 1), false) // six were spent
	f.DB = f.start(t)
	wantSpend(t, f, priced(t, shop, 1), false)
	next := priced(t, shop, dollar)
	next.AcceptedAt = next.AcceptedAt.AddDate(0, 1, 0)
	wantSpend(t, f, next, true)
	override(t, f, shop, nil)
	wantSpend(t, f, priced(t, shop, 2*dollar), true)
	wantSpend(t, f, priced(t, shop, 1), false)
	many := int64(100)
	override(t, f, shop, &many) // of a time when the operator granted more
	wantSpend(t, f, priced(t, shop, 1), false)
}

func testSpendOverrideIsReadBack(t *testing.T, f *fixture) {
	limit, twenty := func() *int64 {
		limit, err := f.TextSpendOverride(t.Context(), shop)
		must(t, err)
		return limit
	}, int64(20)
	if got := limit(); got != nil {
		t.Errorf("before: %d", *got)
	}
	override(t, f, shop, nil)
	override(t, f, shop, &twenty)
	f.DB = f.start(t)
	if got := limit(); got == nil || *got != 20 {
		t.Errorf("set: %v", got)
	}
	if scopes, err := f.Scopes(t.Context(), shop.Account); err != nil || len(scopes) != 1 || scopes[0] != shop {
		t.Errorf("the account has something in %v, %v; want %v", scopes, err, shop)
	}
	override(t, f, shop, nil)
	if got := limit(); got != nil {
		t.Errorf("removed: %d", *got)
	}
}

// testAcceptedPricesNeverExceedTheLimit sends many priced messages at once and
// compares the sum of what was accepted with the lower of the two limits.
func testAcceptedPricesNeverExceedTheLimit(t *testing.T, f *fixture) {
	rapid.Check(t, func(r *rapid.T) {
		scope := resource.Scope{Account: uuid.NewString()[:12], Region: "us-east-1"}
		operator := rapid.Int64Range(0, 4).Draw(r, "operator's limit")
		own := rapid.Int64Range(0, 5).Draw(r, "own limit")
		prices := rapid.SliceOfN(rapid.Int64Range(0, int64(dollar)), 1, 20).Draw(r, "prices")
		grant(t, f, scope.Account, operator)
		override(t, f, scope, &own)
		accepted := acceptAll(t, f, scope, prices)
		var sum, least message.MicroUSD
		for i, ok := range accepted {
			price := message.MicroUSD(prices[i])
			switch {
			case ok:
				sum += price
			case price == 0:
				r.Fatal("a message that costs nothing was refused")
			case least == 0 || price < least:
				least = price
			}
		}
		limit := message.MicroUSD(min(operator, own)) * dollar
		if sum > limit || least > 0 && sum+least <= limit {
			r.Fatalf("accepted for %v of %v, and refused one of %v", sum, limit, least)
		}
	})
}

// acceptAll says which of the messages that were sent at once were accepted.
func acceptAll(t *testing.T, f *fixture, s resource.Scope, prices []int64) []bool {
	t.Helper()
	accepted := make([]bool, len(prices))
	var all sync.WaitGroup
	for i, price := range prices {
		m := priced(t, s, message.MicroUSD(price))
		all.Go(func() {
			err := f.Accept(t.Context(), m)
			if accepted[i] = err == nil; err != nil && !overSpent(err) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return accepted
}
