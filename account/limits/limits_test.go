package limits_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"heliograph/account"
	"heliograph/account/limits"
	"heliograph/api/awsjson"
	"heliograph/api/model"
	"heliograph/resource"
	"heliograph/resource/resourcetest"
)

const (
	shop    = "111122223333" // 50 US dollars of texts a month
	trial   = "222233334444" // in the sandbox, no limit
	region  = "us-east-1"
	another = "eu-west-1"
)

// some is what every scope has.
type some struct{}

func (some) Used(context.Context, resource.Scope) (limits.Used, error) {
	return limits.Used{PhoneNumbers: 1, Pools: 2, ConfigurationSets: 3, OptOutLists: 4, SenderIDs: 5}, nil
}

// open serves the operations to a shop of 50 US dollars and a trial account.
func open(t *testing.T) *resourcetest.House {
	t.Helper()
	h := resourcetest.Open(t, func(h *resourcetest.House, m *awsjson.Mux) {
		quotas := resource.DefaultLimits()
		quotas.Pools = 7
		(&limits.Service{
			Accounts: h.DB, Counts: some{}, Overrides: h.DB, Pages: h.Pages,
			Limits: func() resource.Limits { return quotas },
		}).Register(m)
	})
	operatorGrants(t, h, 50)
	put(t, h, account.Account{ID: trial, Tier: account.Sandbox})
	return h
}

// operatorGrants sets the operator's limit for the shop.
func operatorGrants(t *testing.T, h *resourcetest.House, limit int64) {
	t.Helper()
	put(t, h, account.Account{ID: shop, Tier: account.Production, TextSpendLimit: &limit})
}

func put(t *testing.T, h *resourcetest.House, a account.Account) {
	t.Helper()
	if err := h.DB.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// Rule(DescribeAccountAttributes): shows ACCOUNT_TIER alone: no default protect configuration can be set.
func TestAttributesShowTheTier(t *testing.T) {
	h := open(t)
	for id, tier := range map[string]string{shop: "PRODUCTION", trial: "SANDBOX"} {
		a := h.Client(id, region).OK("DescribeAccountAttributes", `{}`)
		h.Expect(a, `{"NextToken":null,"AccountAttributes":[{"Name":"ACCOUNT_TIER","Value":"`+tier+`"}]}`)
	}
}

// Rule(DescribeAccountLimits): shows every quota of the model with what is used, the operator's quotas in force, and the published ones of what is not built.
func TestAccountLimitsShowUseAndQuota(t *testing.T) {
	h := open(t)
	got := map[string]string{}
	for _, l := range h.Client(shop, region).OK("DescribeAccountLimits", `{}`).List("AccountLimits") {
		got[l.Text("Name")] = fmt.Sprint(l["Used"], " of ", l["Max"])
	}
	want := map[string]string{
		"PHONE_NUMBERS": "1 of 25", "POOLS": "2 of 7", "CONFIGURATION_SETS": "3 of 25", "OPT_OUT_LISTS": "4 of 25",
		"SENDER_IDS": "5 of 200", "REGISTRATIONS": "0 of 25", "REGISTRATION_ATTACHMENTS": "0 of 25",
		"VERIFIED_DESTINATION_NUMBERS": "0 of 10",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v\nwant\n%v", got, want)
	}
}

// Rule(DescribeAccountLimits, DescribeSpendLimits): no name of the model is left out.
func TestEveryLimitOfTheModelIsShown(t *testing.T) {
	h := open(t)
	facts, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ operation, list, enumeration string }{
		{"DescribeAccountLimits", "AccountLimits", "AccountLimitName"},
		{"DescribeSpendLimits", "SpendLimits", "SpendLimitName"},
	} {
		var names []string
		for _, l := range h.Client(shop, region).OK(c.operation, `{}`).List(c.list) {
			names = append(names, l.Text("Name"))
		}
		if want := facts.Shape(c.enumeration).Enum; !slices.Equal(names, want) {
			t.Errorf("%s shows %v, want %v", c.operation, names, want)
		}
	}
}

// Rule(DescribeAccountAttributes, DescribeAccountLimits, DescribeSpendLimits): pages hold MaxResults entries; a token holds for its listing.
func TestLimitPages(t *testing.T) {
	h := open(t)
	c := h.Client(shop, region)
	for _, l := range []struct {
		operation, list string
		entries         int
	}{
		{"DescribeAccountAttributes", "AccountAttributes", 1},
		{"DescribeAccountLimits", "AccountLimits", 8},
		{"DescribeSpendLimits", "SpendLimits", 5},
	} {
		whole := c.OK(l.operation, `{}`).List(l.list)
		var paged []resourcetest.Answer
		body := `{"MaxResults":1}`
		for range l.entries {
			page := c.OK(l.operation, body)
			paged = append(paged, page.List(l.list)...)
			body = `{"MaxResults":1,"NextToken":"` + page.Text("NextToken") + `"}`
		}
		if body != `{"MaxResults":1,"NextToken":""}` || len(whole) != l.entries || fmt.Sprint(paged) != fmt.Sprint(whole) {
			t.Errorf("%s: pages %v of %v, then %s", l.operation, paged, whole, body)
		}
		c.Refused(l.operation, `{"NextToken":"made up"}`, "Validation INVALID_NEXT_TOKEN NextToken")
	}
	token := `{"NextToken":"` + c.OK("DescribeSpendLimits", `{"MaxResults":2}`).Text("NextToken") + `"}`
	c.OK("DescribeSpendLimits", token)
	c.Refused("DescribeAccountLimits", token, "Validation INVALID_NEXT_TOKEN NextToken")
	h.Client(shop, another).Refused("DescribeSpendLimits", token, "Validation INVALID_NEXT_TOKEN NextToken")
}

// spend is the limit for texts that a caller sees: enforced, highest, whether
// overridden.
func spend(c resourcetest.Client) string {
	return shown(c.OK("DescribeSpendLimits", `{}`).List("SpendLimits")[0])
}

func shown(l resourcetest.Answer) string {
	return fmt.Sprintf("%s: %.0f of %.0f, %v", l.Text("Name"), l["EnforcedLimit"], l["MaxLimit"], l["Overridden"])
}

const text = "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT: "

func expectSpend(t *testing.T, c resourcetest.Client, want string) {
	t.Helper()
	if got := spend(c); got != text+want {
		t.Errorf("%s, want %s", got, text+want)
	}
}

// Rule(DescribeSpendLimits): MaxLimit is the operator's limit for texts, and the model's highest where the operator has none.
// Rule(DescribeSpendLimits): the channels that are not sent are shown with the model's highest limit, not overridden.
func TestSpendLimitsShowTheOperators(t *testing.T) {
	h := open(t)
	c := h.Client(shop, region)
	expectSpend(t, c, "50 of 50, false")
	expectSpend(t, h.Client(trial, region), "1000000000 of 1000000000, false")
	for i, l := range c.OK("DescribeSpendLimits", `{}`).List("SpendLimits")[1:] {
		name := []string{"VOICE", "MEDIA", "NOTIFY", "RCS"}[i]
		if want := name + "_MESSAGE_MONTHLY_SPEND_LIMIT: 1000000000 of 1000000000, false"; shown(l) != want {
			t.Errorf("%s, want %s", shown(l), want)
		}
	}
}

// Rule(SetTextMessageSpendLimitOverride): becomes the enforced limit, of one account in one Region.
// Rule(SetTextMessageSpendLimitOverride): beyond the operator's limit, REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT; beyond the model's, INVALID_PARAMETER.
// Rule(DeleteTextMessageSpendLimitOverride): answers the limit that is enforced again, also with none set.
func TestOverrideIsEnforcedUntilDeleted(t *testing.T) {
	h := open(t)
	c := h.Client(shop, region)
	h.Expect(c.OK("DeleteTextMessageSpendLimitOverride", `{}`), `{"MonthlyLimit":50}`)
	for _, limit := range []string{"0", "1", "50", "20"} {
		h.Expect(c.OK("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":`+limit+`}`), `{"MonthlyLimit":`+limit+`}`)
		expectSpend(t, c, limit+" of 50, true")
	}
	c.Refused("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":51}`,
		"Validation REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT MonthlyLimit")
	c.Refused("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":1000000001}`, "Validation INVALID_PARAMETER MonthlyLimit")
	c.Refused("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":-1}`, "Validation INVALID_PARAMETER MonthlyLimit")
	c.Refused("SetTextMessageSpendLimitOverride", `{}`, "Validation MISSING_PARAMETER MonthlyLimit")
	expectSpend(t, c, "20 of 50, true")
	expectSpend(t, h.Client(shop, another), "50 of 50, false")

	free := h.Client(trial, region)
	free.OK("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":1000000000}`)
	expectSpend(t, free, "1000000000 of 1000000000, true")

	h.Expect(c.OK("DeleteTextMessageSpendLimitOverride", `{}`), `{"MonthlyLimit":50}`)
	expectSpend(t, c, "50 of 50, false")
}

// Rule(DescribeSpendLimits): an override above a limit that the operator lowered later stays, and the lower limit is enforced.
func TestOverrideOutlivesALowerLimitOfTheOperator(t *testing.T) {
	h := open(t)
	c := h.Client(shop, region)
	c.OK("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":40}`)
	operatorGrants(t, h, 30)
	expectSpend(t, c, "30 of 30, true")
	h.Expect(c.OK("DeleteTextMessageSpendLimitOverride", `{}`), `{"MonthlyLimit":30}`)
	c.OK("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":20}`)
	operatorGrants(t, h, 100)
	expectSpend(t, c, "20 of 100, true")
}

// Rule(SetTextMessageSpendLimitOverride, DeleteTextMessageSpendLimitOverride): what was answered is still there after a restart.
func TestOverridesOutliveARestart(t *testing.T) {
	h := open(t)
	c, elsewhere := h.Client(shop, region), h.Client(shop, another)
	c.OK("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":20}`)
	elsewhere.OK("SetTextMessageSpendLimitOverride", `{"MonthlyLimit":10}`)
	elsewhere.OK("DeleteTextMessageSpendLimitOverride", `{}`)
	h.Restart()
	expectSpend(t, c, "20 of 50, true")
	expectSpend(t, elsewhere, "50 of 50, false")
}
