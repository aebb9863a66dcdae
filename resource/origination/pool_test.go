package origination_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

const poolARN = "arn:aws:sms-voice:us-east-1:000000000000:pool/"

// Rule(CreatePool): a pool of a sender ID starts active with the Default opt-out list and all switches off.
// Rule(DescribePools): shows what was created, oldest first.
func TestNewPoolOfASenderID(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	a := c.OK("CreatePool", `{"OriginationIdentity":"MyShop","IsoCountryCode":"FR","MessageType":"TRANSACTIONAL","Tags":[{"Key":"k","Value":"v"}]}`)
	id := a.Text("PoolId")
	want := `{"PoolId":"` + id + `","PoolArn":"` + poolARN + id + `","Status":"ACTIVE","MessageType":"TRANSACTIONAL","TwoWayEnabled":false,
		"TwoWayChannelArn":null,"TwoWayChannelRole":null,"SelfManagedOptOutsEnabled":false,"OptOutListName":"Default",
		"SharedRoutesEnabled":false,"DeletionProtectionEnabled":false`
	h.Expect(a, want+`,"Tags":[{"Key":"k","Value":"v"}]}`)
	h.Expect(c.OK("DescribePools", `{}`).List("Pools")[0], want+`,"Tags":null}`)
	if !strings.HasPrefix(id, "pool-") || len(id) != 37 || a["CreatedTimestamp"] == nil {
		t.Error(a)
	}
}

// Rule(CreatePool): a pool takes the settings of its first number over, but not its deletion protection; the number shows its pool.
// Rule(DescribePhoneNumbers): a number in a pool shows the pool's id.
func TestPoolInheritsFromItsFirstNumber(t *testing.T) {
	h, c := open(t)
	id := number(c, `,"DeletionProtectionEnabled":true`)
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","TwoWayChannelRole":"`+role+`","SelfManagedOptOutsEnabled":true}`)
	a := c.OK("CreatePool", `{"OriginationIdentity":"`+id+`","IsoCountryCode":"US","MessageType":"TRANSACTIONAL"}`)
	h.Expect(a, `{"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","TwoWayChannelRole":"`+role+`","SelfManagedOptOutsEnabled":true,
		"OptOutListName":"Default","DeletionProtectionEnabled":false,"SharedRoutesEnabled":false}`)
	h.Expect(c.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers")[0], `{"PoolId":"`+a.Text("PoolId")+`"}`)
}

// Rule(CreatePool): the first identity has to fit the message type; a number of another pool is refused, as is a pending one.
// Rule(CreatePool): the number of pools is limited, and tags are checked.
func TestPoolsAreRefused(t *testing.T) {
	_, c := open(t, func(s *origination.Service) { s.Limits = small })
	id := number(c, "")
	body := func(identity, iso, kind, more string) string {
		return `{"OriginationIdentity":"` + identity + `","IsoCountryCode":"` + iso + `","MessageType":"` + kind + `"` + more + `}`
	}
	c.Refused("CreatePool", body(id, "US", "PROMOTIONAL", ""), "Conflict MESSAGE_TYPE_MISMATCH phone-number "+id)
	sender(c, "MyShop")
	c.Refused("CreatePool", body("MyShop", "FR", "PROMOTIONAL", ""), "Conflict MESSAGE_TYPE_MISMATCH sender-id MYSHOP/FR")
	c.Refused("CreatePool", body("MyShop", "FR", "TRANSACTIONAL", `,"Tags":[{"Key":"aws:","Value":""}]`), "Validation INVALID_PARAMETER Tags[0].Key")
	pending := c.OK("RequestPhoneNumber", request("US", "TOLL_FREE", "TRANSACTIONAL", "SMS", "")).Text("PhoneNumberId")
	c.Refused("CreatePool", body(pending, "US", "TRANSACTIONAL", ""), "Conflict RESOURCE_NOT_ACTIVE phone-number "+pending)
	pool(c, id, "US")
	c.Refused("CreatePool", body(id, "US", "TRANSACTIONAL", ""), "Conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number "+id)
	pool(c, "MyShop", "FR")
	pool(c, "MyShop", "FR")
	c.Refused("CreatePool", body("MyShop", "FR", "TRANSACTIONAL", ""), "ServiceQuotaExceeded POOLS_PER_ACCOUNT")
}

// Rule(CreatePool): a repeat with the same token answers the same pool, also at the same moment.
func TestConcurrentCreatesWithOneTokenCreateOnePool(t *testing.T) {
	_, c := open(t)
	id := number(c, "")
	answers := make([]resourcetest.Answer, 6)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() {
			answers[i] = c.Call("CreatePool", `{"OriginationIdentity":"`+id+`","MessageType":"TRANSACTIONAL","ClientToken":"t"}`)
		})
	}
	calls.Wait()
	for _, a := range answers {
		if a.Text("PoolId") == "" || a.Text("PoolId") != answers[0].Text("PoolId") {
			t.Errorf("%v is not %v", a, answers[0])
		}
	}
}

// identities are the three operations that name an identity, with a pool.
func identities(c resourcetest.Client, poolID string) map[string]func(identity, iso, want string) {
	calls := map[string]func(identity, iso, want string){}
	for operation, more := range map[string]string{
		"CreatePool":                      `"MessageType":"TRANSACTIONAL"`,
		"AssociateOriginationIdentity":    `"PoolId":"` + poolID + `"`,
		"DisassociateOriginationIdentity": `"PoolId":"` + poolID + `"`,
	} {
		calls[operation] = func(identity, iso, want string) {
			body := `{"OriginationIdentity":"` + identity + `",` + more
			if iso != "" {
				body += `,"IsoCountryCode":"` + iso + `"`
			}
			c.Refused(operation, body+"}", want)
		}
	}
	return calls
}

// Rule(CreatePool, AssociateOriginationIdentity, DisassociateOriginationIdentity): a sender ID, by text or ARN, needs a country; so does a phone number's ARN.
// Rule(CreatePool, AssociateOriginationIdentity, DisassociateOriginationIdentity): the country given has to be the phone number's.
// Rule(CreatePool, AssociateOriginationIdentity, DisassociateOriginationIdentity): an identity that the account does not have is not found; an ARN of another kind, account or Region is invalid.
func TestIdentitiesAreNamedWithTheirCountry(t *testing.T) {
	_, c := open(t)
	sender(c, "MyShop")
	id, arn := number(c, ""), "arn:aws:sms-voice:us-east-1:000000000000:phone-number/"
	p := pool(c, id, "US")
	absent := strings.Repeat("0", 32)
	for _, refused := range identities(c, p) {
		refused("MyShop", "", "Validation INVALID_ARN senderId")
		refused("Unknown", "", "Validation INVALID_ARN senderId")
		refused(senderARN, "", "Validation INVALID_ARN senderId")
		refused(arn+id, "", "Validation INVALID_PARAMETER IsoCountryCode")
		refused(arn+id, "FR", "Validation COUNTRY_CODE_MISMATCH IsoCountryCode")
		refused(id, "FR", "Validation COUNTRY_CODE_MISMATCH IsoCountryCode")
		refused("MyShop", "DE", "ResourceNotFound sender-id MYSHOP/DE")
		refused("12065550142", "US", "ResourceNotFound sender-id 12065550142/US")
		refused(strings.Replace(senderARN, "MYSHOP", "OTHER", 1), "FR", "ResourceNotFound sender-id OTHER/FR")
		refused("phone-"+absent, "US", "ResourceNotFound phone-number phone-"+absent)
		refused("phone-"+absent, "", "ResourceNotFound phone-number phone-"+absent)
		refused("rcs-"+absent, "US", "ResourceNotFound rcs-agent rcs-"+absent)
		refused(p, "US", "Validation INVALID_PARAMETER OriginationIdentity")
		refused(poolARN+p, "US", "Validation INVALID_ARN OriginationIdentity")
		refused(strings.Replace(arn, "us-east-1", "eu-west-1", 1)+id, "US", "Validation INVALID_ARN OriginationIdentity")
		refused(strings.Replace(senderARN, "000000000000", "111122223333", 1), "FR", "Validation INVALID_ARN OriginationIdentity")
		refused(strings.Replace(senderARN, "sms-voice", "sns", 1), "FR", "Validation INVALID_ARN OriginationIdentity")
	}
}

// Rule(DescribePools, UpdatePool, DeletePool, AssociateOriginationIdentity, DisassociateOriginationIdentity, ListPoolOriginationIdentities): a pool is named by its id or ARN; an unknown one is not found, a foreign ARN is invalid, empty text is missing.
func TestPoolIsNamedByIDOrARN(t *testing.T) {
	_, c := open(t)
	sender(c, "MyShop")
	p := pool(c, "MyShop", "FR")
	for _, operation := range []string{"UpdatePool", "DeletePool", "AssociateOriginationIdentity", "DisassociateOriginationIdentity", "ListPoolOriginationIdentities", "DescribePools"} {
		body := func(id string) string { return `{"PoolId":"` + id + `"}` }
		member := "PoolId"
		switch {
		case strings.HasSuffix(operation, "associateOriginationIdentity"), operation == "AssociateOriginationIdentity":
			body = func(id string) string {
				return `{"PoolId":"` + id + `","OriginationIdentity":"MyShop","IsoCountryCode":"FR"}`
			}
		case operation == "DescribePools":
			body = func(id string) string { return `{"PoolIds":["` + id + `"]}` }
			member = "PoolIds"
		}
		c.Refused(operation, body("pool-x"), "ResourceNotFound pool pool-x")
		c.Refused(operation, body(poolARN+"pool-x"), "ResourceNotFound pool pool-x")
		c.Refused(operation, body(""), "Validation MISSING_PARAMETER "+member)
		for _, part := range []string{"us-east-1 eu-west-1", "000000000000 111122223333", "pool phone-number", "sms-voice sns"} {
			was, is, _ := strings.Cut(part, " ")
			c.Refused(operation, body(strings.Replace(poolARN, was, is, 1)+p), "Validation INVALID_ARN "+member)
		}
	}
	for _, id := range []string{p, poolARN + p} {
		c.OK("DescribePools", `{"PoolIds":["`+id+`"]}`)
		c.OK("UpdatePool", `{"PoolId":"`+id+`"}`)
		c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+id+`"}`)
	}
	c.OK("DeletePool", `{"PoolId":"`+poolARN+p+`"}`)
}

// Rule(DescribePools): Owner and ids exclude each other; nothing is shared by others.
// Rule(DescribePools): filters all hold, with any of their values; a switch is true or false.
// Rule(DescribePools): pages are as large as asked, oldest first; a token holds for its listing.
func TestPoolFiltersAndPages(t *testing.T) {
	_, c := open(t)
	c.OK("RequestSenderId", `{"SenderId":"MyShop","IsoCountryCode":"FR","MessageTypes":["TRANSACTIONAL","PROMOTIONAL"]}`)
	a := pool(c, "MyShop", "FR")
	b := c.OK("CreatePool", `{"OriginationIdentity":"MyShop","IsoCountryCode":"FR","MessageType":"PROMOTIONAL","DeletionProtectionEnabled":true}`).Text("PoolId")
	c.OK("UpdatePool", `{"PoolId":"`+a+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","SelfManagedOptOutsEnabled":true,"SharedRoutesEnabled":true}`)
	for body, want := range map[string]string{
		``:                                    a + " " + b,
		`"Owner":"SELF"`:                      a + " " + b,
		`"Owner":"SHARED"`:                    "",
		filter("status", "ACTIVE"):            a + " " + b,
		filter("status", "DELETING"):          "",
		filter("message-type", "PROMOTIONAL"): b,
		filter("two-way-enabled", "true"):     a,
		filter("self-managed-opt-outs-enabled", "true"):                      a,
		filter("opt-out-list-name", "Default"):                               a + " " + b,
		filter("shared-routes-enabled", "false"):                             b,
		filter("deletion-protection-enabled", "true"):                        b,
		filter("two-way-channel-arn", channel):                               a,
		`"PoolIds":["` + b + `"],` + filter("message-type", "TRANSACTIONAL"): "",
		`"Filters":[` + one("message-type", "PROMOTIONAL", "TRANSACTIONAL") + `,` + one("two-way-enabled", "false") + `]`: b,
	} {
		if got := c.OK("DescribePools", "{"+body+"}").Column("Pools", "PoolId"); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	c.Refused("DescribePools", "{"+filter("shared-routes-enabled", "1")+"}", "Validation INVALID_FILTER_VALUES Filters")
	c.Refused("DescribePools", `{"Owner":"SHARED","PoolIds":["`+a+`"]}`, "Validation PARAMETERS_CANNOT_BE_USED_TOGETHER Owner PoolIds")
	first := c.OK("DescribePools", `{"MaxResults":1}`)
	third := pool(c, "MyShop", "FR")
	token := `"NextToken":"` + first.Text("NextToken") + `"`
	if got := first.Column("Pools", "PoolId") + " " + c.OK("DescribePools", `{`+token+`}`).Column("Pools", "PoolId"); got != a+" "+b+" "+third {
		t.Error(got)
	}
	c.Refused("DescribePools", `{`+filter("status", "ACTIVE")+`,`+token+`}`, "Validation INVALID_NEXT_TOKEN NextToken")
}

// Rule(UpdatePool): changes only what is given, for the pool; the members' own records stay, and hold again when they leave.
func TestUpdatePoolLeavesMembersAsTheyAre(t *testing.T) {
	h, c := open(t)
	a, b := number(c, ""), number(c, "")
	p := pool(c, a, "US")
	c.OK("AssociateOriginationIdentity", `{"PoolId":"`+p+`","OriginationIdentity":"`+b+`","IsoCountryCode":"US"}`)
	h.Expect(c.OK("UpdatePool", `{"PoolId":"`+p+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","SharedRoutesEnabled":true}`),
		`{"PoolId":"`+p+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","SharedRoutesEnabled":true,"SelfManagedOptOutsEnabled":false,"Status":"ACTIVE"}`)
	h.Expect(c.OK("UpdatePool", `{"PoolId":"`+p+`"}`), `{"TwoWayEnabled":true,"SharedRoutesEnabled":true,"DeletionProtectionEnabled":false}`)
	h.Expect(c.OK("DescribePhoneNumbers", `{"PhoneNumberIds":["`+a+`"]}`).List("PhoneNumbers")[0], `{"TwoWayEnabled":false,"PoolId":"`+p+`"}`)

	v, err := h.DB.Identities(t.Context(), c.Scope)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := v.NumberByID(a)
	if !v.SettingsOf(n).TwoWay || n.Settings.TwoWay {
		t.Errorf("%+v holds for %+v", v.SettingsOf(n), n)
	}
	c.OK("DisassociateOriginationIdentity", `{"PoolId":"`+p+`","OriginationIdentity":"`+a+`","IsoCountryCode":"US"}`)
	h.Expect(c.OK("DescribePhoneNumbers", `{"PhoneNumberIds":["`+a+`"]}`).List("PhoneNumbers")[0], `{"TwoWayEnabled":false,"PoolId":null}`)
	c.Refused("AssociateOriginationIdentity", `{"PoolId":"`+p+`","OriginationIdentity":"`+a+`"}`, "Conflict TWO_WAY_CONFIG_MISMATCH phone-number "+a)
}

// Rule(UpdatePool): two-way needs a channel, and countries of its numbers where people can answer; self-managed opt-outs need two-way; the opt-out list has to exist.
func TestUpdatePoolRules(t *testing.T) {
	_, c := open(t)
	sender(c, "MyShop")
	p := pool(c, "MyShop", "FR")
	refused := func(more, want string) {
		t.Helper()
		c.Refused("UpdatePool", `{"PoolId":"`+p+`",`+more+`}`, want)
	}
	refused(`"TwoWayEnabled":true`, "Validation TWO_WAY_CHANNEL_NOT_PRESENT TwoWayChannelArn")
	refused(`"SelfManagedOptOutsEnabled":true`, "Validation TWO_WAY_NOT_ENABLED SelfManagedOptOutsEnabled")
	refused(`"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`.fifo"`, "Validation INVALID_PARAMETER TwoWayChannelArn")
	refused(`"TwoWayEnabled":true,"TwoWayChannelArn":"connect.us-east-1.amazonaws.com"`, "Validation MISSING_PARAMETER TwoWayChannelRole")
	refused(`"OptOutListName":"None"`, "ResourceNotFound opt-out-list None")
	c.OK("UpdatePool", `{"PoolId":"`+p+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","SelfManagedOptOutsEnabled":true,"OptOutListName":"Default"}`)

	p = pool(c, c.OK("RequestPhoneNumber", request("AR", "LONG_CODE", "TRANSACTIONAL", "VOICE", "")).Text("PhoneNumberId"), "AR")
	refused(`"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`"`, "Validation TWO_WAY_NOT_SUPPORTED_IN_COUNTRY TwoWayEnabled")
}

// Rule(DeletePool): a protected pool is kept; deleted it answers DELETING and is gone; its members stay with the account, with their own settings.
func TestDeletePoolFreesItsMembers(t *testing.T) {
	h, c := open(t)
	id := number(c, "")
	p := c.OK("CreatePool", `{"OriginationIdentity":"`+id+`","MessageType":"TRANSACTIONAL","DeletionProtectionEnabled":true}`).Text("PoolId")
	c.Refused("DeletePool", `{"PoolId":"`+p+`"}`, "Conflict DELETION_PROTECTION_ENABLED pool "+p)
	h.Expect(c.OK("UpdatePool", `{"PoolId":"`+p+`","DeletionProtectionEnabled":false,"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`"}`),
		`{"DeletionProtectionEnabled":false}`)
	h.Expect(c.OK("DeletePool", `{"PoolId":"`+p+`"}`), `{"PoolId":"`+p+`","PoolArn":"`+poolARN+p+`","Status":"DELETING","TwoWayEnabled":true,"MessageType":"TRANSACTIONAL"}`)
	c.Refused("DescribePools", `{"PoolIds":["`+p+`"]}`, "ResourceNotFound pool "+p)
	c.Refused("DeletePool", `{"PoolId":"`+p+`"}`, "ResourceNotFound pool "+p)
	h.Expect(c.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers")[0], `{"PhoneNumberId":"`+id+`","PoolId":null,"TwoWayEnabled":false}`)
	pool(c, id, "US")
}

// Rule(CreatePool, AssociateOriginationIdentity, UpdatePool): what was answered is still there after a restart.
func TestPoolsOutliveARestart(t *testing.T) {
	h, c := open(t)
	sender(c, "MyShop")
	p := pool(c, number(c, ""), "US")
	c.OK("AssociateOriginationIdentity", `{"PoolId":"`+p+`","OriginationIdentity":"MyShop","IsoCountryCode":"FR"}`)
	c.OK("UpdatePool", `{"PoolId":"`+p+`","SharedRoutesEnabled":true}`)
	look := func() string {
		return fmt.Sprint(c.OK("DescribePools", `{}`), c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+p+`"}`), c.OK("DescribePhoneNumbers", `{}`))
	}
	before := look()
	h.Restart()
	if after := look(); after != before {
		t.Errorf("%s\nafter the restart\n%s", before, after)
	}
}
