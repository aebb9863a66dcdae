package origination_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"heliograph/api"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

func member(poolID, identity, iso string) string {
	return `{"PoolId":"` + poolID + `","OriginationIdentity":"` + identity + `","IsoCountryCode":"` + iso + `"}`
}

// Rule(AssociateOriginationIdentity): the plain text of a sender ID that the account has for the country is enough, in any case; the answer names pool, identity and country.
// Rule(ListPoolOriginationIdentities): shows a sender ID with the capability SMS and without a number.
func TestAssociateSenderIDByItsText(t *testing.T) {
	h, c := open(t)
	p := pool(c, number(c, ""), "US")
	place(t, h, c, origination.Change{PutSenders: []origination.SenderID{registered(h, "SENDER", "IN")}})
	const arn = "arn:aws:sms-voice:us-east-1:000000000000:sender-id/SENDER/IN"
	h.Expect(c.OK("AssociateOriginationIdentity", member(p, "Sender", "IN")), `{"PoolId":"`+p+`","PoolArn":"`+poolARN+p+`",
		"OriginationIdentity":"SENDER","OriginationIdentityArn":"`+arn+`","IsoCountryCode":"IN"}`)
	list := c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+p+`"}`)
	h.Expect(list, `{"PoolId":"`+p+`","PoolArn":"`+poolARN+p+`"}`)
	h.Expect(list.List("OriginationIdentities")[1], `{"OriginationIdentity":"SENDER","OriginationIdentityArn":"`+arn+`","IsoCountryCode":"IN",
		"NumberCapabilities":["SMS"],"PhoneNumber":null}`)
}

// Rule(AssociateOriginationIdentity, DisassociateOriginationIdentity): a header of six digits that the operator provisioned for India is found by its text.
func TestAssociateSixDigitsForIndia(t *testing.T) {
	h, c := open(t)
	p := pool(c, number(c, ""), "US")
	place(t, h, c, origination.Change{PutSenders: []origination.SenderID{registered(h, "123456", "IN")}})
	h.Expect(c.OK("AssociateOriginationIdentity", member(p, "123456", "IN")), `{"OriginationIdentity":"123456","IsoCountryCode":"IN"}`)
	c.OK("DisassociateOriginationIdentity", member(p, "123456", "IN"))
}

// Rule(CreatePool, AssociateOriginationIdentity, DisassociateOriginationIdentity): the country in a sender ID's ARN wins over IsoCountryCode.
func TestCountryOfASenderIDsARNWins(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	p := c.OK("CreatePool", `{"OriginationIdentity":"`+senderARN+`","IsoCountryCode":"DE","MessageType":"TRANSACTIONAL"}`).Text("PoolId")
	h.Expect(c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+p+`"}`).List("OriginationIdentities")[0], `{"OriginationIdentity":"MYSHOP","IsoCountryCode":"FR"}`)
	h.Expect(c.OK("DisassociateOriginationIdentity", member(p, senderARN, "DE")), `{"IsoCountryCode":"FR","OriginationIdentityArn":"`+senderARN+`"}`)
	h.Expect(c.OK("AssociateOriginationIdentity", member(p, senderARN, "GB")), `{"IsoCountryCode":"FR"}`)
}

// Rule(AssociateOriginationIdentity): a number sits in at most one pool, a sender ID in many; neither twice in one.
// Rule(ListPoolOriginationIdentities): shows a number by its id with its digits.
func TestNumberSitsInOnePoolSenderIDInMany(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	a, b := number(c, ""), number(c, "")
	p, q := pool(c, a, "US"), pool(c, b, "US")
	c.Refused("AssociateOriginationIdentity", member(p, a, "US"), "Conflict RESOURCE_ALREADY_ASSOCIATED phone-number "+a)
	c.Refused("AssociateOriginationIdentity", member(q, a, "US"), "Conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number "+a)
	c.OK("AssociateOriginationIdentity", member(p, "MyShop", "FR"))
	c.OK("AssociateOriginationIdentity", member(q, "MyShop", "FR"))
	c.Refused("AssociateOriginationIdentity", member(q, "myshop", "FR"), "Conflict RESOURCE_ALREADY_ASSOCIATED sender-id MYSHOP/FR")
	digits := c.OK("DescribePhoneNumbers", `{"PhoneNumberIds":["`+a+`"]}`).List("PhoneNumbers")[0].Text("PhoneNumber")
	h.Expect(c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+p+`"}`).List("OriginationIdentities")[0],
		`{"OriginationIdentity":"`+a+`","OriginationIdentityArn":"arn:aws:sms-voice:us-east-1:000000000000:phone-number/`+a+`",
		"IsoCountryCode":"US","PhoneNumber":"`+digits+`","NumberCapabilities":["SMS"]}`)
}

// Rule(AssociateOriginationIdentity): a member's message type, two-way settings, self-managed opt-outs and opt-out list are the pool's; of a sender ID only the message type counts.
func TestMembersMatchTheirPool(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	base := origination.PhoneNumber{ISOCountryCode: "US", Type: api.NumberTypeLongCode, MessageType: api.MessageTypeTransactional,
		Capabilities: []api.NumberCapability{api.NumberCapabilitySms}, Status: api.NumberStatusActive,
		Settings: origination.Settings{TwoWay: true, TwoWayChannelARN: channel, SelfManagedOptOut: true, OptOutList: "Default"}}
	variants := []struct {
		change func(n *origination.PhoneNumber)
		reason string
	}{
		{func(*origination.PhoneNumber) {}, ""},
		{func(n *origination.PhoneNumber) { n.Capabilities = []api.NumberCapability{api.NumberCapabilityVoice} }, ""},
		{func(n *origination.PhoneNumber) { n.ISOCountryCode = "CA" }, ""},
		{func(n *origination.PhoneNumber) { n.DeletionProtection = true }, ""},
		{func(n *origination.PhoneNumber) { n.MessageType = api.MessageTypePromotional }, "MESSAGE_TYPE_MISMATCH"},
		{func(n *origination.PhoneNumber) { n.Settings.TwoWay, n.Settings.SelfManagedOptOut = false, false }, "TWO_WAY_CONFIG_MISMATCH"},
		{func(n *origination.PhoneNumber) { n.Settings.TwoWayChannelARN = otherChannel }, "TWO_WAY_CONFIG_MISMATCH"},
		{func(n *origination.PhoneNumber) { n.Settings.TwoWayChannelRole = role }, "TWO_WAY_CONFIG_MISMATCH"},
		{func(n *origination.PhoneNumber) { n.Settings.SelfManagedOptOut = false }, "SELF_MANAGED_OPT_OUTS_MISMATCH"},
		{func(n *origination.PhoneNumber) { n.Settings.OptOutList = "Another" }, "OPT_OUT_LIST_MISMATCH"},
		{func(n *origination.PhoneNumber) { n.Status = api.NumberStatusPending }, "RESOURCE_NOT_ACTIVE"},
	}
	var numbers []origination.PhoneNumber
	for i, v := range variants {
		n := base
		n.ID, n.Number, n.CreatedAt = "phone-"+strings.Repeat(string(rune('a'+i)), 32), "+1206555010"+string(rune('a'+i)), h.Now()
		v.change(&n)
		numbers = append(numbers, n)
	}
	place(t, h, c, origination.Change{PutNumbers: numbers})
	p := pool(c, numbers[0].ID, "US")
	for i, v := range variants[1:] {
		n := numbers[i+1]
		want := ""
		if v.reason != "" {
			want = "Conflict " + v.reason + " phone-number " + n.ID
		}
		c.Refused("AssociateOriginationIdentity", member(p, "arn:aws:sms-voice:us-east-1:000000000000:phone-number/"+n.ID, n.ISOCountryCode), want)
	}
	c.OK("AssociateOriginationIdentity", member(p, "MyShop", "FR"))
	c.OK("RequestSenderId", `{"SenderId":"Promo","IsoCountryCode":"FR","MessageTypes":["PROMOTIONAL"]}`)
	c.Refused("AssociateOriginationIdentity", member(p, "Promo", "FR"), "Conflict MESSAGE_TYPE_MISMATCH sender-id PROMO/FR")
}

// Rule(UpdatePool, AssociateOriginationIdentity, DisassociateOriginationIdentity, DeletePool): only an active pool is changed.
func TestPoolHasToBeActive(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	const p = "pool-00000000000000000000000000000001"
	place(t, h, c, origination.Change{PutPools: []origination.Pool{{ID: p, MessageType: api.MessageTypeTransactional, Status: api.PoolStatusCreating,
		Settings: origination.Settings{OptOutList: "Default"}, CreatedAt: h.Now()}}})
	const refused = "Conflict RESOURCE_NOT_ACTIVE pool " + p
	c.Refused("UpdatePool", `{"PoolId":"`+p+`"}`, refused)
	c.Refused("DeletePool", `{"PoolId":"`+p+`"}`, refused)
	c.Refused("AssociateOriginationIdentity", member(p, "MyShop", "FR"), refused)
	c.Refused("DisassociateOriginationIdentity", member(p, "MyShop", "FR"), refused)
}

// Rule(AssociateOriginationIdentity): the number of identities in a pool is limited.
func TestIdentitiesPerPoolAreLimited(t *testing.T) {
	_, c := open(t, func(s *origination.Service) { s.Limits = small })
	p := pool(c, number(c, ""), "US")
	for range 2 {
		c.OK("AssociateOriginationIdentity", member(p, number(c, ""), "US"))
	}
	sender(c, "MyShop")
	const full = "ServiceQuotaExceeded ORIGINATION_IDENTITIES_PER_POOL"
	c.Refused("AssociateOriginationIdentity", member(p, "MyShop", "FR"), full)
	c.Refused("AssociateOriginationIdentity", member(p, number(c, ""), "US"), full)
}

// Rule(DisassociateOriginationIdentity): what is not in the pool is refused; the last number stays, the last sender ID may leave.
// Rule(DisassociateOriginationIdentity): the answer names pool, identity and country.
func TestLastNumberStaysLastSenderIDMayLeave(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	a, b := number(c, ""), number(c, "")
	p := pool(c, a, "US")
	c.Refused("DisassociateOriginationIdentity", member(p, b, "US"), "Conflict PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL phone-number "+b)
	c.Refused("DisassociateOriginationIdentity", member(p, "MyShop", "FR"), "Conflict PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL sender-id MYSHOP/FR")
	c.OK("AssociateOriginationIdentity", member(p, "MyShop", "FR"))
	c.Refused("DisassociateOriginationIdentity", member(p, a, "US"), "Conflict LAST_PHONE_NUMBER phone-number "+a)
	c.OK("AssociateOriginationIdentity", member(p, b, "US"))
	h.Expect(c.OK("DisassociateOriginationIdentity", member(p, a, "US")), `{"PoolId":"`+p+`","PoolArn":"`+poolARN+p+`","OriginationIdentity":"`+a+`","IsoCountryCode":"US"}`)
	c.Refused("DisassociateOriginationIdentity", member(p, b, "US"), "Conflict LAST_PHONE_NUMBER phone-number "+b)
	h.Expect(c.OK("DescribePhoneNumbers", `{"PhoneNumberIds":["`+a+`"]}`).List("PhoneNumbers")[0], `{"PoolId":null}`)
	c.OK("DisassociateOriginationIdentity", member(p, "myshop", "FR"))

	q := pool(c, "MyShop", "FR")
	h.Expect(c.OK("DisassociateOriginationIdentity", member(q, "MyShop", "FR")), `{"OriginationIdentity":"MYSHOP","OriginationIdentityArn":"`+senderARN+`"}`)
	if left := c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+q+`"}`).List("OriginationIdentities"); len(left) != 0 {
		t.Error(left)
	}
	c.OK("AssociateOriginationIdentity", member(q, a, "US"))
}

// Rule(AssociateOriginationIdentity): of two calls for one number at the same moment one succeeds, the other is refused.
func TestTwoPoolsRaceForOneNumber(t *testing.T) {
	_, c := open(t)
	n := number(c, "")
	pools := []string{pool(c, number(c, ""), "US"), pool(c, number(c, ""), "US")}
	answers := make([]resourcetest.Answer, 2)
	var calls sync.WaitGroup
	for i, p := range pools {
		calls.Go(func() { answers[i] = c.Call("AssociateOriginationIdentity", member(p, n, "US")) })
	}
	calls.Wait()
	failures := []string{answers[0].Failure(), answers[1].Failure()}
	slices.Sort(failures)
	if failures[0] != "" || failures[1] != "Conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number "+n {
		t.Errorf("%q", failures)
	}
	won := pools[0]
	if answers[0].Failure() != "" {
		won = pools[1]
	}
	if got := c.OK("DescribePhoneNumbers", `{"PhoneNumberIds":["`+n+`"]}`).Column("PhoneNumbers", "PoolId"); got != won {
		t.Errorf("the number is in %s, not in %s", got, won)
	}
}

// Rule(AssociateOriginationIdentity, DisassociateOriginationIdentity): a repeat with the same token answers the same and changes nothing.
func TestMembershipWithATokenChangesOnce(t *testing.T) {
	_, c := open(t)
	sender(c, "MyShop")
	p := pool(c, number(c, ""), "US")
	body := strings.TrimSuffix(member(p, "MyShop", "FR"), "}") + `,"ClientToken":"t"}`
	for _, operation := range []string{"AssociateOriginationIdentity", "DisassociateOriginationIdentity"} {
		c.OK(operation, body)
		c.OK(operation, body)
	}
	if left := c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+p+`"}`).List("OriginationIdentities"); len(left) != 1 {
		t.Error(left)
	}
}

// Rule(ListPoolOriginationIdentities): filters all hold; pages follow the order of joining and name the pool each time; a token holds for its pool.
func TestMemberFiltersAndPages(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	a := c.OK("RequestPhoneNumber", request("US", "LONG_CODE", "TRANSACTIONAL", "SMS,VOICE", "")).Text("PhoneNumberId")
	p := pool(c, a, "US")
	c.OK("AssociateOriginationIdentity", member(p, "MyShop", "FR"))
	b := number(c, "")
	for body, want := range map[string]string{
		filter("iso-country-code", "FR"):          "MYSHOP",
		filter("iso-country-code", "FR", "US"):    a + " MYSHOP",
		filter("number-capability", "VOICE"):      a,
		filter("number-capability", "SMS", "MMS"): a + " MYSHOP",
		filter("number-capability", "MMS"):        "",
		`"Filters":[` + one("number-capability", "SMS") + `,` + one("iso-country-code", "US") + `]`: a,
	} {
		if got := c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+p+`",`+body+`}`).Column("OriginationIdentities", "OriginationIdentity"); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	first := c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+p+`","MaxResults":1}`)
	c.OK("AssociateOriginationIdentity", member(p, b, "US"))
	token := `"NextToken":"` + first.Text("NextToken") + `"`
	rest := c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+poolARN+p+`",`+token+`}`)
	h.Expect(rest, `{"PoolId":"`+p+`","PoolArn":"`+poolARN+p+`","NextToken":null}`)
	if got := rest.Column("OriginationIdentities", "OriginationIdentity"); got != "MYSHOP "+b {
		t.Error(got)
	}
	q := pool(c, "MyShop", "FR")
	c.Refused("ListPoolOriginationIdentities", `{"PoolId":"`+q+`",`+token+`}`, "Validation INVALID_NEXT_TOKEN NextToken")
}
