package origination_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"heliograph/country"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

const senderARN = "arn:aws:sms-voice:us-east-1:000000000000:sender-id/MYSHOP/FR"

// Rule(RequestSenderId): a sender ID is answered in upper case, unregistered, at 0.00, TRANSACTIONAL when no type is named.
// Rule(DescribeSenderIds): shows what was requested, oldest first.
func TestRequestedSenderIDIsAnsweredInUpperCase(t *testing.T) {
	h, c := open(t)
	a := c.OK("RequestSenderId", `{"SenderId":"MyShop","IsoCountryCode":"FR","Tags":[{"Key":"k","Value":"v"}]}`)
	want := `{"SenderId":"MYSHOP","SenderIdArn":"` + senderARN + `","IsoCountryCode":"FR","MessageTypes":["TRANSACTIONAL"],
		"MonthlyLeasingPrice":"0.00","DeletionProtectionEnabled":false,"Registered":false,"RegistrationId":null`
	h.Expect(a, want+`,"Tags":[{"Key":"k","Value":"v"}]}`)
	c.OK("RequestSenderId", `{"SenderId":"B","IsoCountryCode":"FR","MessageTypes":["PROMOTIONAL","TRANSACTIONAL"],"DeletionProtectionEnabled":true}`)
	list := c.OK("DescribeSenderIds", `{}`).List("SenderIds")
	h.Expect(list[0], want+`,"Tags":null}`)
	h.Expect(list[1], `{"SenderId":"B","MessageTypes":["PROMOTIONAL","TRANSACTIONAL"],"DeletionProtectionEnabled":true}`)
}

// Rule(RequestSenderId): the wire keeps the spelling first given.
func TestSenderIDKeepsTheSpellingFirstGiven(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	v, err := h.DB.Identities(context.Background(), c.Scope)
	if err != nil || len(v.Senders) != 1 || v.Senders[0].Spelling != "MyShop" {
		t.Errorf("%+v, %v", v, err)
	}
}

// Rule(RequestSenderId): needs a letter, has no dash at either end, and none at all in France.
// Rule(RequestSenderId): each text is taken once per country, in any case.
func TestSenderIDFormat(t *testing.T) {
	_, c := open(t)
	for _, ok := range []string{"A", "a-b", "A_B", "1A", "ABCDEFGHIJK"} {
		c.OK("RequestSenderId", `{"SenderId":"`+ok+`","IsoCountryCode":"DE"}`)
	}
	for _, no := range []string{"123456", "-AB", "AB-", "-", "___", "1-2", "ABCDEFGHIJKL", "A B", ""} {
		c.Refused("RequestSenderId", `{"SenderId":"`+no+`","IsoCountryCode":"DE"}`, "Validation INVALID_PARAMETER SenderId")
	}
	c.Refused("RequestSenderId", `{"SenderId":"A-B","IsoCountryCode":"FR"}`, "Validation INVALID_PARAMETER SenderId")
	c.Refused("RequestSenderId", `{"SenderId":"A-b","IsoCountryCode":"DE"}`, "Conflict RESOURCE_ALREADY_EXISTS sender-id A-B/DE")
	c.OK("RequestSenderId", `{"SenderId":"A-b","IsoCountryCode":"GB"}`)
}

// Rule(RequestSenderId): countries that need a registration, or have no sender IDs, are refused; GB is allowed.
func TestSenderIDByCountry(t *testing.T) {
	_, c := open(t, func(s *origination.Service) { s.Limits = room(1000) })
	want := map[country.Request]string{
		country.RequestAllowed:           "",
		country.RequestNeedsRegistration: "Validation SENDER_ID_REQUIRES_REGISTRATION IsoCountryCode",
		country.RequestUnsupported:       "Validation SENDER_ID_NOT_SUPPORTED IsoCountryCode",
	}
	for _, rules := range country.All() {
		c.Refused("RequestSenderId", `{"SenderId":"SHOP","IsoCountryCode":"`+rules.ISO+`"}`, want[rules.RequestSenderID])
	}
	for iso, reason := range map[string]country.Request{"GB": country.RequestAllowed, "IN": country.RequestNeedsRegistration,
		"US": country.RequestUnsupported, "ZZ": country.RequestUnsupported} {
		c.Refused("RequestSenderId", `{"SenderId":"OTHER","IsoCountryCode":"`+iso+`"}`, want[reason])
	}
}

// Rule(RequestSenderId): the number of sender IDs is limited, and tags are.
func TestSenderIDQuota(t *testing.T) {
	_, c := open(t, func(s *origination.Service) { s.Limits = small })
	for i := range 4 {
		sender(c, fmt.Sprintf("S%d", i))
	}
	c.Refused("RequestSenderId", `{"SenderId":"S5","IsoCountryCode":"FR"}`, "ServiceQuotaExceeded SENDER_IDS_PER_ACCOUNT")
	c.Refused("RequestSenderId", `{"SenderId":"S5","IsoCountryCode":"FR","Tags":[{"Key":"aws:k","Value":""}]}`, "Validation INVALID_PARAMETER Tags[0].Key")
}

// Rule(RequestSenderId): a repeat with the same token answers the same and takes one; without a token it is a conflict.
func TestConcurrentRequestsWithOneTokenTakeOneSenderID(t *testing.T) {
	_, c := open(t)
	answers := make([]resourcetest.Answer, 6)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() {
			answers[i] = c.Call("RequestSenderId", `{"SenderId":"Shop","IsoCountryCode":"FR","ClientToken":"t"}`)
		})
	}
	calls.Wait()
	for _, a := range answers {
		if a.Text("SenderId") != "SHOP" {
			t.Error(a)
		}
	}
	c.Refused("RequestSenderId", `{"SenderId":"Shop","IsoCountryCode":"FR"}`, "Conflict RESOURCE_ALREADY_EXISTS sender-id SHOP/FR")
	c.Refused("RequestSenderId", `{"SenderId":"Shop","IsoCountryCode":"DE","ClientToken":"t"}`, "Validation INVALID_PARAMETER ClientToken")
}

// Rule(RequestSenderId, RequestPhoneNumber): many requests at the same moment all succeed, up to the quota and no further.
func TestManyRequestsAtTheSameMoment(t *testing.T) {
	_, c := open(t, func(s *origination.Service) { s.Limits = room(20) })
	failures := make(chan string, 60)
	var calls sync.WaitGroup
	for i := range 30 {
		calls.Go(func() {
			failures <- c.Call("RequestSenderId", fmt.Sprintf(`{"SenderId":"S%d","IsoCountryCode":"FR"}`, i)).Failure()
		})
		calls.Go(func() {
			failures <- c.Call("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", "")).Failure()
		})
	}
	calls.Wait()
	close(failures)
	count := map[string]int{}
	for f := range failures {
		count[f]++
	}
	if count[""] != 40 || count["ServiceQuotaExceeded SENDER_IDS_PER_ACCOUNT"] != 10 || count["ServiceQuotaExceeded PHONE_NUMBERS_PER_ACCOUNT"] != 10 {
		t.Error(count)
	}
}

// Rule(DescribeSenderIds, UpdateSenderId, ReleaseSenderId): a sender ID is found in any case, by text or ARN, with its country; what the ARN says and the country have to agree.
// Rule(DescribeSenderIds, UpdateSenderId, ReleaseSenderId): an unknown one is not found; a foreign ARN is invalid.
func TestSenderIDIsNamedByTextOrARNAndCountry(t *testing.T) {
	_, c := open(t)
	sender(c, "MyShop")
	for _, operation := range []string{"DescribeSenderIds", "UpdateSenderId", "ReleaseSenderId"} {
		member := "SenderId"
		if operation == "DescribeSenderIds" {
			member = "SenderIds"
		}
		body := func(text, iso string) string {
			pair := `{"SenderId":"` + text + `","IsoCountryCode":"` + iso + `"}`
			if operation == "DescribeSenderIds" {
				return `{"SenderIds":[` + pair + `]}`
			}
			return pair
		}
		c.Refused(operation, body("MYSHOP", "DE"), "ResourceNotFound sender-id MYSHOP/DE")
		c.Refused(operation, body("Other", "FR"), "ResourceNotFound sender-id OTHER/FR")
		c.Refused(operation, body(strings.Replace(senderARN, "MYSHOP", "X", 1), "FR"), "ResourceNotFound sender-id X/FR")
		c.Refused(operation, body(senderARN, "DE"), "Validation COUNTRY_CODE_MISMATCH IsoCountryCode")
		for _, part := range []string{"us-east-1 eu-west-1", "000000000000 111122223333", "sender-id pool", "sms-voice sns"} {
			was, is, _ := strings.Cut(part, " ")
			c.Refused(operation, body(strings.Replace(senderARN, was, is, 1), "FR"), "Validation INVALID_ARN "+member)
		}
		if operation != "ReleaseSenderId" {
			c.OK(operation, body("mySHOP", "FR"))
		}
		c.OK(operation, body(senderARN, "FR"))
	}
}

// Rule(DescribeSenderIds): Owner and pairs exclude each other; nothing is shared by others.
// Rule(DescribeSenderIds): filters all hold, with any of their values; a sender ID matches in any case; a switch is true or false.
func TestSenderIDFilters(t *testing.T) {
	h, c := open(t)
	sender(c, "One")
	c.OK("RequestSenderId", `{"SenderId":"Two","IsoCountryCode":"DE","MessageTypes":["PROMOTIONAL"],"DeletionProtectionEnabled":true}`)
	place(t, h, c, origination.Change{PutSenders: []origination.SenderID{registered(h, "SENDER", "IN")}})
	for body, want := range map[string]string{
		``:                                             "ONE TWO SENDER",
		`"Owner":"SELF"`:                               "ONE TWO SENDER",
		`"Owner":"SHARED"`:                             "",
		filter("sender-id", "tWo"):                     "TWO",
		filter("sender-id", "one", "SENDER"):           "ONE SENDER",
		filter("iso-country-code", "IN", "FR"):         "ONE SENDER",
		filter("message-type", "PROMOTIONAL"):          "TWO SENDER",
		filter("message-type", "TRANSACTIONAL"):        "ONE SENDER",
		filter("deletion-protection-enabled", "true"):  "TWO",
		filter("deletion-protection-enabled", "FALSE"): "ONE SENDER",
		filter("registered", "true"):                   "SENDER",
		filter("registered", "true", "false"):          "ONE TWO SENDER",
		`"Filters":[` + one("registered", "false") + `,` + one("iso-country-code", "DE") + `]`:                                                             "TWO",
		`"SenderIds":[{"SenderId":"One","IsoCountryCode":"FR"},{"SenderId":"TWO","IsoCountryCode":"DE"}],` + filter("deletion-protection-enabled", "true"): "TWO",
	} {
		if got := c.OK("DescribeSenderIds", "{"+body+"}").Column("SenderIds", "SenderId"); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	c.Refused("DescribeSenderIds", "{"+filter("registered", "yes")+"}", "Validation INVALID_FILTER_VALUES Filters")
	c.Refused("DescribeSenderIds", `{"Owner":"SELF","SenderIds":[{"SenderId":"One","IsoCountryCode":"FR"}]}`,
		"Validation PARAMETERS_CANNOT_BE_USED_TOGETHER Owner SenderIds")
}

// one is a filter, filter the member with one filter.
func one(name string, values ...string) string {
	return `{"Name":"` + name + `","Values":["` + strings.Join(values, `","`) + `"]}`
}

func filter(name string, values ...string) string {
	return `"Filters":[` + one(name, values...) + `]`
}

// Rule(DescribeSenderIds): pages are as large as asked, oldest first; a token holds for its listing and its Region, and after a restart.
func TestSenderIDPages(t *testing.T) {
	h, c := open(t)
	for _, text := range []string{"Z", "M", "B"} {
		sender(c, text)
	}
	first := c.OK("DescribeSenderIds", `{"MaxResults":2}`)
	sender(c, "A")
	h.Restart()
	token := `"NextToken":"` + first.Text("NextToken") + `"`
	rest := c.OK("DescribeSenderIds", `{"MaxResults":2,`+token+`}`)
	if got := first.Column("SenderIds", "SenderId") + " " + rest.Column("SenderIds", "SenderId"); got != "Z M B A" {
		t.Error(got)
	}
	const refused = "Validation INVALID_NEXT_TOKEN NextToken"
	c.Refused("DescribeSenderIds", `{`+filter("sender-id", "Z")+`,`+token+`}`, refused)
	c.Refused("DescribeSenderIds", `{"Owner":"SELF",`+token+`}`, refused)
	c.Refused("DescribePhoneNumbers", `{`+token+`}`, refused)
	h.Client("000000000000", "eu-west-1").Refused("DescribeSenderIds", `{`+token+`}`, refused)
}

// Rule(UpdateSenderId): changes the deletion protection and nothing else; an empty update answers the present state.
func TestUpdateSenderIDChangesProtectionOnly(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	h.Expect(c.OK("UpdateSenderId", `{"SenderId":"myshop","IsoCountryCode":"FR","DeletionProtectionEnabled":true}`),
		`{"SenderId":"MYSHOP","SenderIdArn":"`+senderARN+`","DeletionProtectionEnabled":true,"Registered":false,"MessageTypes":["TRANSACTIONAL"],"MonthlyLeasingPrice":"0.00"}`)
	h.Expect(c.OK("UpdateSenderId", `{"SenderId":"MyShop","IsoCountryCode":"FR"}`), `{"DeletionProtectionEnabled":true}`)
	h.Expect(c.OK("DescribeSenderIds", `{}`).List("SenderIds")[0], `{"DeletionProtectionEnabled":true}`)
}

// Rule(ReleaseSenderId): a protected one is kept; released it is gone and can be requested again.
func TestReleaseSenderIDRefusedWhileProtected(t *testing.T) {
	h, c := open(t)
	c.OK("RequestSenderId", `{"SenderId":"MyShop","IsoCountryCode":"FR","DeletionProtectionEnabled":true}`)
	const shop = `{"SenderId":"MyShop","IsoCountryCode":"FR"}`
	c.Refused("ReleaseSenderId", shop, "Conflict DELETION_PROTECTION_ENABLED sender-id MYSHOP/FR")
	c.OK("UpdateSenderId", `{"SenderId":"MyShop","IsoCountryCode":"FR","DeletionProtectionEnabled":false}`)
	h.Expect(c.OK("ReleaseSenderId", shop), `{"SenderId":"MYSHOP","SenderIdArn":"`+senderARN+`","IsoCountryCode":"FR","MessageTypes":["TRANSACTIONAL"],"Registered":false}`)
	c.Refused("ReleaseSenderId", shop, "ResourceNotFound sender-id MYSHOP/FR")
	sender(c, "MyShop")
}

// Rule(ReleaseSenderId): one that is in a pool is kept.
func TestReleaseSenderIdRefusedWhileInPool(t *testing.T) {
	_, c := open(t)
	sender(c, "MyShop")
	id := pool(c, "MyShop", "FR")
	const shop = `{"SenderId":"MyShop","IsoCountryCode":"FR"}`
	c.Refused("ReleaseSenderId", shop, "Conflict SENDER_ID_ASSOCIATED_TO_POOL sender-id MYSHOP/FR")
	c.OK("DeletePool", `{"PoolId":"`+id+`"}`)
	c.OK("ReleaseSenderId", shop)
}
