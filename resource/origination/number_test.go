package origination_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"heliograph/api"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

// request is a request for a number: country, type, message type and
// capabilities parted by commas.
func request(country, kind, messageType, capabilities, more string) string {
	return `{"IsoCountryCode":"` + country + `","NumberType":"` + kind + `","MessageType":"` + messageType + `","NumberCapabilities":["` +
		strings.ReplaceAll(capabilities, ",", `","`) + `"]` + more + `}`
}

// inventory are three numbers of an operator.
func inventory(s *origination.Service) { s.Inventory = func() bool { return true } }

func stock(t *testing.T, h *resourcetest.House) {
	t.Helper()
	sms, voice := api.NumberCapabilitySms, api.NumberCapabilityVoice
	carriers := []origination.Provision{{Carrier: "acme"}}
	err := h.DB.PutStock(t.Context(), []origination.Stock{
		{Number: "+12065550142", ISOCountryCode: "US", Type: api.NumberTypeLongCode, MessageType: api.MessageTypeTransactional,
			Capabilities: []api.NumberCapability{sms}, Provisions: carriers},
		{Number: "+12065550143", ISOCountryCode: "US", Type: api.NumberTypeLongCode, Capabilities: []api.NumberCapability{sms, voice}, MonthlyPrice: "2.50"},
		{Number: "+12065550144", ISOCountryCode: "US", Type: api.NumberTypeTenDlc, Capabilities: []api.NumberCapability{sms}},
		{Number: "+18335550100", ISOCountryCode: "US", Type: api.NumberTypeTollFree, Capabilities: []api.NumberCapability{sms}},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
}

// Rule(RequestPhoneNumber): a leased number is active, has the Default opt-out list, all switches off, and what was asked for.
// Rule(DescribePhoneNumbers): shows what was requested, oldest first.
func TestRequestedNumberHasTheDefaults(t *testing.T) {
	h, c := open(t)
	a := c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS,VOICE", `,"Tags":[{"Key":"k","Value":"v"}]`))
	id := a.Text("PhoneNumberId")
	want := `{"PhoneNumberId":"` + id + `","PhoneNumberArn":"arn:aws:sms-voice:us-east-1:000000000000:phone-number/` + id + `",
		"PhoneNumber":"` + a.Text("PhoneNumber") + `","Status":"ACTIVE","IsoCountryCode":"US","MessageType":"TRANSACTIONAL",
		"NumberCapabilities":["SMS","VOICE"],"NumberType":"LONG_CODE","MonthlyLeasingPrice":"1.00","TwoWayEnabled":false,
		"TwoWayChannelArn":null,"TwoWayChannelRole":null,"SelfManagedOptOutsEnabled":false,"OptOutListName":"Default",
		"InternationalSendingEnabled":false,"DeletionProtectionEnabled":false,"PoolId":null,"RegistrationId":null`
	h.Expect(a, want+`,"Tags":[{"Key":"k","Value":"v"}]}`)
	h.Expect(c.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers")[0], want+`,"Tags":null}`)
	if !strings.HasPrefix(id, "phone-") || len(id) != 38 || a["CreatedTimestamp"] == nil {
		t.Error(a)
	}
	b := c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "PROMOTIONAL", "SMS,SMS", `,"DeletionProtectionEnabled":true,
		"OptOutListName":"arn:aws:sms-voice:us-east-1:000000000000:opt-out-list/Default"`))
	h.Expect(b, `{"DeletionProtectionEnabled":true,"OptOutListName":"Default","MessageType":"PROMOTIONAL","NumberCapabilities":["SMS"],"Tags":[]}`)
	if a.Text("PhoneNumber") == b.Text("PhoneNumber") {
		t.Error("one number twice")
	}
}

// Rule(RequestPhoneNumber): with no inventory configured, numbers come from fictitious ranges of the country.
// Rule(RequestPhoneNumber): where no number fits the country, the type and the capabilities, none is found.
func TestNumbersByCountryAndType(t *testing.T) {
	_, c := open(t)
	for _, r := range []struct{ country, kind, messageType, capabilities, prefix string }{
		{"US", "LONG_CODE", "PROMOTIONAL", "SMS,VOICE,MMS", "+1"},
		{"CA", "LONG_CODE", "TRANSACTIONAL", "SMS,MMS", "+1"},
		{"PR", "LONG_CODE", "TRANSACTIONAL", "SMS", "+178755501"},
		{"GB", "LONG_CODE", "TRANSACTIONAL", "SMS", "+447700900"},
		{"IN", "LONG_CODE", "TRANSACTIONAL", "SMS", "+91"},
		{"BR", "LONG_CODE", "TRANSACTIONAL", "VOICE", "+55"},
		{"US", "TOLL_FREE", "TRANSACTIONAL", "SMS,VOICE,MMS", "+1833555"},
		{"US", "SIMULATOR", "TRANSACTIONAL", "SMS,VOICE", "+1"},
		{"US", "SIMULATOR", "TRANSACTIONAL", "SMS,MMS", ""},
		{"US", "SIMULATOR", "PROMOTIONAL", "SMS", ""},
		{"GB", "SIMULATOR", "TRANSACTIONAL", "SMS", ""},
		{"GB", "TOLL_FREE", "TRANSACTIONAL", "SMS", ""},
		{"CA", "TEN_DLC", "TRANSACTIONAL", "SMS", ""},
		{"US", "LONG_CODE", "TRANSACTIONAL", "RCS", ""},
		{"GB", "LONG_CODE", "TRANSACTIONAL", "SMS,MMS", ""},
		{"BR", "LONG_CODE", "TRANSACTIONAL", "SMS", ""},
		{"CN", "LONG_CODE", "TRANSACTIONAL", "SMS", ""},
		{"ZZ", "LONG_CODE", "TRANSACTIONAL", "SMS", ""},
	} {
		body := request(r.country, r.kind, r.messageType, r.capabilities, "")
		if r.prefix == "" {
			c.Refused("RequestPhoneNumber", body, "ResourceNotFound phone-number "+r.country+"/"+r.kind)
		} else if got := c.OK("RequestPhoneNumber", body).Text("PhoneNumber"); !strings.HasPrefix(got, r.prefix) {
			t.Errorf("%s gives %s", body, got)
		}
	}
	c.Refused("RequestPhoneNumber", request("US", "SHORT_CODE", "TRANSACTIONAL", "SMS", ""), "Validation INVALID_PARAMETER NumberType")
}

// Rule(RequestPhoneNumber): without inventory a toll-free number stays pending and a 10DLC one needs a known registration; both are active where registrations are approved by themselves.
// Rule(RequestPhoneNumber): a registration that is not known is not found.
func TestNumbersThatWaitForARegistration(t *testing.T) {
	h, c := open(t)
	a := c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "TRANSACTIONAL", "SMS", ""))
	h.Expect(a, `{"Status":"PENDING"}`)
	h.Expect(c.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers")[0], `{"Status":"PENDING"}`)
	c.Refused("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", ""), "ResourceNotFound registration")
	for _, kind := range []string{"TEN_DLC", "TOLL_FREE", "LONG_CODE"} {
		c.Refused("RequestPhoneNumber", request("US", kind, "TRANSACTIONAL", "SMS", `,"RegistrationId":"registration-1"`),
			"ResourceNotFound registration registration-1")
	}
	c.Refused("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS",
		`,"RegistrationId":"arn:aws:sms-voice:us-east-1:000000000000:pool/registration-1"`), "Validation INVALID_ARN RegistrationId")

	h, c = open(t, func(s *origination.Service) { s.ApproveAll = true })
	h.Expect(c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "TRANSACTIONAL", "SMS", "")), `{"Status":"ACTIVE"}`)
	h.Expect(c.OK("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", "")), `{"Status":"ACTIVE","RegistrationId":null}`)
	h.Expect(c.OK("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS",
		`,"RegistrationId":"arn:aws:sms-voice:us-east-1:000000000000:registration/registration-1"`)), `{"Status":"ACTIVE","RegistrationId":"registration-1"}`)
}

// Rule(RequestPhoneNumber): with an inventory, numbers are leased from it alone, each to one account, and active at once at its price; SIMULATOR numbers never come from it.
// Rule(ReleasePhoneNumber): a number of the inventory can be leased again.
func TestNumbersAreLeasedFromTheInventory(t *testing.T) {
	h, c := open(t, inventory)
	stock(t, h)
	one := c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", ""))
	h.Expect(one, `{"PhoneNumber":"+12065550142","MonthlyLeasingPrice":"1.00","Status":"ACTIVE"}`)
	h.Expect(c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "PROMOTIONAL", "SMS", "")),
		`{"PhoneNumber":"+12065550143","MonthlyLeasingPrice":"2.50","NumberCapabilities":["SMS"]}`)
	other := h.Client("111122223333", "us-east-1")
	other.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", ""), "ResourceNotFound phone-number US/LONG_CODE")
	other.Refused("RequestPhoneNumber", request("GB", "LONG_CODE", "TRANSACTIONAL", "SMS", ""), "ResourceNotFound phone-number GB/LONG_CODE")
	h.Expect(c.OK("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", "")), `{"PhoneNumber":"+12065550144","Status":"ACTIVE"}`)
	h.Expect(c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "TRANSACTIONAL", "SMS", "")), `{"PhoneNumber":"+18335550100","Status":"ACTIVE"}`)
	c.OK("RequestPhoneNumber", request("US", "SIMULATOR", "TRANSACTIONAL", "SMS", ""))

	c.OK("ReleasePhoneNumber", `{"PhoneNumberId":"`+one.Text("PhoneNumberId")+`"}`)
	again := other.OK("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", ""))
	h.Expect(again, `{"PhoneNumber":"+12065550142"}`)
	v, err := h.DB.Identities(t.Context(), other.Scope)
	if err != nil || len(v.Numbers) != 1 || v.Numbers[0].Fictitious || len(v.Numbers[0].Provisions) != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}

// Rule(RequestPhoneNumber): accounts that request at the same moment get different numbers of the inventory, and none once it is empty.
func TestAccountsRaceForTheInventory(t *testing.T) {
	h, c := open(t, inventory)
	stock(t, h)
	failures := make(chan string, 20)
	var calls sync.WaitGroup
	for i := range cap(failures) {
		calls.Go(func() {
			c := h.Client(fmt.Sprintf("%012d", i), "us-east-1")
			failures <- c.Call("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", "")).Failure()
		})
	}
	calls.Wait()
	close(failures)
	count := map[string]int{}
	for f := range failures {
		count[f]++
	}
	if count[""] != 2 || count["ResourceNotFound phone-number US/LONG_CODE"] != 18 {
		t.Error(count)
	}
	h.Restart()
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", ""), "ResourceNotFound phone-number US/LONG_CODE")
}

// Rule(RequestPhoneNumber): at most one preference, for TEN_DLC in the US only, chooses among the free numbers.
func TestNumberPreference(t *testing.T) {
	h, c := open(t, func(s *origination.Service) { s.ApproveAll = true })
	prefer := func(kind, digits string) string {
		return `,"NumberPreference":[{"PreferenceType":["` + kind + `"],"Filter":["` + digits + `"]}]`
	}
	for _, p := range []struct{ kind, digits, want string }{
		{"ExactMatch", "+12065550142", "+12065550142"}, {"EndsWith", "0143", "0143"},
		{"StartsWith", "1213", "+1213"}, {"Contains", "4105550", "4105550"},
	} {
		got := c.OK("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", prefer(p.kind, p.digits))).Text("PhoneNumber")
		if !strings.Contains(got, p.want) {
			t.Errorf("%+v: %s", p, got)
		}
	}
	const none = "ResourceNotFound phone-number US/TEN_DLC"
	c.Refused("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", prefer("ExactMatch", "12065550142")), none)
	h.Client("111122223333", "eu-west-1").Refused("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", prefer("ExactMatch", "12065550142")), none)
	c.Refused("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", prefer("StartsWith", "44")), none)
	const refused = "Validation INVALID_PARAMETER NumberPreference"
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", prefer("StartsWith", "1")), refused)
	c.Refused("RequestPhoneNumber", request("CA", "TEN_DLC", "TRANSACTIONAL", "SMS", prefer("StartsWith", "1")), refused)
	two := `,"NumberPreference":[{"PreferenceType":["Contains"],"Filter":["1"]},{"PreferenceType":["Contains"],"Filter":["2"]}]`
	c.Refused("RequestPhoneNumber", request("US", "TEN_DLC", "TRANSACTIONAL", "SMS", two), refused)
}

// Rule(RequestPhoneNumber, UpdatePhoneNumber): only US toll-free numbers send abroad.
func TestInternationalSending(t *testing.T) {
	h, c := open(t)
	const on, refused = `,"InternationalSendingEnabled":true`, "Validation INTERNATIONAL_SENDING_NOT_SUPPORTED InternationalSendingEnabled"
	h.Expect(c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "TRANSACTIONAL", "SMS", on)), `{"InternationalSendingEnabled":true}`)
	for _, kind := range []string{"LONG_CODE", "SIMULATOR", "TEN_DLC"} {
		c.Refused("RequestPhoneNumber", request("US", kind, "TRANSACTIONAL", "SMS", on), refused)
	}
	c.Refused("RequestPhoneNumber", request("GB", "LONG_CODE", "TRANSACTIONAL", "SMS", on), refused)
	id := number(c, `,"InternationalSendingEnabled":false`)
	c.Refused("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`"`+on+`}`, refused)
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","InternationalSendingEnabled":false}`)
	free := c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "TRANSACTIONAL", "SMS", "")).Text("PhoneNumberId")
	h.Expect(c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+free+`"`+on+`}`), `{"InternationalSendingEnabled":true}`)
}

// Rule(RequestPhoneNumber): the opt-out list has to exist, tags are checked, and the number of numbers is limited.
func TestNumberRequestsAreRefused(t *testing.T) {
	_, c := open(t, func(s *origination.Service) { s.Limits = small })
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", `,"OptOutListName":"None"`), "ResourceNotFound opt-out-list None")
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS",
		`,"OptOutListName":"arn:aws:sms-voice:us-east-1:000000000000:pool/Default"`), "Validation INVALID_ARN OptOutListName")
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", `,"Tags":[{"Key":"a","Value":""},{"Key":"a","Value":""}]`),
		"Validation INVALID_PARAMETER Tags[1].Key")
	for range 6 {
		number(c, "")
	}
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", ""), "ServiceQuotaExceeded PHONE_NUMBERS_PER_ACCOUNT")
}

// Rule(RequestPhoneNumber): a repeat with the same token answers the same number.
func TestRequestPhoneNumberWithOneTokenLeasesOnce(t *testing.T) {
	h, c := open(t)
	body := request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", `,"ClientToken":"t"`)
	first := c.OK("RequestPhoneNumber", body)
	h.Restart()
	if again := c.OK("RequestPhoneNumber", body); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("%v is not %v", again, first)
	}
	if all := c.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers"); len(all) != 1 {
		t.Error(all)
	}
}

// Rule(RequestPhoneNumber): a number may be requested into a pool, by the pool's rules, and is then a member.
// Rule(RequestPhoneNumber): the pool may be left out; an empty one is MISSING_PARAMETER.
func TestRequestPhoneNumberIntoAPool(t *testing.T) {
	h, c := open(t)
	id := pool(c, number(c, ""), "US")
	in := `,"PoolId":"` + id + `"`
	n := c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", in))
	h.Expect(n, `{"PoolId":"`+id+`"}`)
	c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "TRANSACTIONAL", "SMS", `,"PoolId":"arn:aws:sms-voice:us-east-1:000000000000:pool/`+id+`"`))
	if all := c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+id+`"}`).List("OriginationIdentities"); len(all) != 3 {
		t.Error(all)
	}
	if got := c.Call("RequestPhoneNumber", request("US", "LONG_CODE", "PROMOTIONAL", "SMS", in)).Text("Reason"); got != "MESSAGE_TYPE_MISMATCH" {
		t.Error(got)
	}
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", `,"PoolId":"pool-x"`), "ResourceNotFound pool pool-x")
	h.Expect(c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", "")), `{"PoolId":null}`)
	h.Expect(c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", `,"PoolId":null`)), `{"PoolId":null}`)
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", `,"PoolId":""`), "Validation MISSING_PARAMETER PoolId")
	c.Refused("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS", `,"PoolId":7`), "Validation INVALID_PARAMETER PoolId")
	if all := c.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers"); len(all) != 5 {
		t.Errorf("%d numbers: a refused request has leased one", len(all))
	}
}

// Rule(DescribePhoneNumbers, UpdatePhoneNumber, ReleasePhoneNumber): a number is named by its id or ARN; an unknown one is not found, a foreign ARN is invalid.
func TestNumberIsNamedByIDOrARN(t *testing.T) {
	_, c := open(t)
	id := number(c, "")
	const arn = "arn:aws:sms-voice:us-east-1:000000000000:phone-number/"
	for _, operation := range []string{"DescribePhoneNumbers", "UpdatePhoneNumber", "ReleasePhoneNumber"} {
		member, body := "PhoneNumberId", func(id string) string { return `{"PhoneNumberId":"` + id + `"}` }
		if operation == "DescribePhoneNumbers" {
			member, body = "PhoneNumberIds", func(id string) string { return `{"PhoneNumberIds":["` + id + `"]}` }
		}
		c.Refused(operation, body("phone-x"), "ResourceNotFound phone-number phone-x")
		c.Refused(operation, body(arn+"phone-x"), "ResourceNotFound phone-number phone-x")
		for _, part := range []string{"us-east-1 eu-west-1", "000000000000 111122223333", "phone-number pool", "sms-voice sns"} {
			was, is, _ := strings.Cut(part, " ")
			c.Refused(operation, body(strings.Replace(arn, was, is, 1)+id), "Validation INVALID_ARN "+member)
		}
		if operation != "ReleasePhoneNumber" {
			c.OK(operation, body(id))
		}
		c.OK(operation, body(arn+id))
	}
}

// Rule(DescribePhoneNumbers): Owner and ids exclude each other; nothing is shared by others.
// Rule(DescribePhoneNumbers): filters all hold, with any of their values; a switch is true or false.
func TestNumberFilters(t *testing.T) {
	_, c := open(t)
	a := number(c, "")
	b := c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "PROMOTIONAL", "SMS,VOICE", `,"DeletionProtectionEnabled":true`)).Text("PhoneNumberId")
	g := c.OK("RequestPhoneNumber", request("GB", "LONG_CODE", "TRANSACTIONAL", "SMS", "")).Text("PhoneNumberId")
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+g+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","SelfManagedOptOutsEnabled":true}`)
	for body, want := range map[string][]string{
		``:                                              {a, b, g},
		`"Owner":"SELF"`:                                {a, b, g},
		`"Owner":"SHARED"`:                              nil,
		filter("status", "PENDING"):                     {b},
		filter("iso-country-code", "US"):                {a, b},
		filter("message-type", "TRANSACTIONAL"):         {a, g},
		filter("number-capability", "VOICE"):            {b},
		filter("number-capability", "VOICE", "SMS"):     {a, b, g},
		filter("number-type", "LONG_CODE"):              {a, g},
		filter("two-way-enabled", "true"):               {g},
		filter("two-way-enabled", "false"):              {a, b},
		filter("self-managed-opt-outs-enabled", "true"): {g},
		filter("opt-out-list-name", "Default"):          {a, b, g},
		filter("opt-out-list-name", "Other"):            nil,
		filter("deletion-protection-enabled", "true"):   {b},
		filter("two-way-channel-arn", channel):          {g},
		`"PhoneNumberIds":["` + a + `","` + b + `"]`:    {a, b},
		`"PhoneNumberIds":["` + a + `","` + b + `"],` + filter("status", "PENDING"):                      {b},
		`"Filters":[` + one("iso-country-code", "US") + `,` + one("message-type", "TRANSACTIONAL") + `]`: {a},
	} {
		if got := c.OK("DescribePhoneNumbers", "{"+body+"}").Column("PhoneNumbers", "PhoneNumberId"); got != strings.Join(want, " ") {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	c.Refused("DescribePhoneNumbers", "{"+filter("two-way-enabled", "maybe")+"}", "Validation INVALID_FILTER_VALUES Filters")
	c.Refused("DescribePhoneNumbers", `{"Owner":"SELF","PhoneNumberIds":["`+a+`"]}`, "Validation PARAMETERS_CANNOT_BE_USED_TOGETHER Owner PhoneNumberIds")
	c.Refused("DescribePhoneNumbers", `{"PhoneNumberIds":["`+a+`","phone-x"]}`, "ResourceNotFound phone-number phone-x")
	six := strings.Repeat(`"`+a+`",`, 5) + `"` + a + `"`
	c.Refused("DescribePhoneNumbers", `{"PhoneNumberIds":[`+six+`]}`, "Validation INVALID_PARAMETER PhoneNumberIds")
}

// Rule(DescribePhoneNumbers): every number is shown once, oldest first, while numbers are added between the pages.
func TestNumberPagesStayWhileNumbersAreAdded(t *testing.T) {
	_, c := open(t)
	var want []string
	for range 5 {
		want = append(want, number(c, ""))
	}
	var got []string
	for body := `{"MaxResults":2}`; body != ""; {
		a := c.OK("DescribePhoneNumbers", body)
		got = append(got, strings.Fields(a.Column("PhoneNumbers", "PhoneNumberId"))...)
		body = ""
		if token := a.Text("NextToken"); token != "" {
			body = `{"MaxResults":2,"NextToken":"` + token + `"}`
		}
		if len(want) < 8 {
			want = append(want, number(c, ""))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("shown\n%v, want\n%v", got, want)
	}
}
