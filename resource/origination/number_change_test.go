package origination_test

import (
	"fmt"
	"testing"

	"heliograph/api"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

// Rule(UpdatePhoneNumber): changes only what is given; an empty update answers the present state.
// Rule(UpdatePhoneNumber): the channel shows while two-way is on, and comes back when it is switched on again.
func TestUpdatePhoneNumberChangesWhatIsGiven(t *testing.T) {
	h, c := open(t)
	id := number(c, "")
	update := func(more string) resourcetest.Answer {
		return c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`"`+more+`}`)
	}
	h.Expect(update(""), `{"TwoWayEnabled":false,"OptOutListName":"Default","Status":"ACTIVE","PoolId":null}`)
	h.Expect(update(`,"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","TwoWayChannelRole":"`+role+`"`),
		`{"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","TwoWayChannelRole":"`+role+`","SelfManagedOptOutsEnabled":false}`)
	h.Expect(update(`,"SelfManagedOptOutsEnabled":true,"DeletionProtectionEnabled":true`),
		`{"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","SelfManagedOptOutsEnabled":true,"DeletionProtectionEnabled":true}`)
	h.Expect(update(`,"TwoWayEnabled":false,"SelfManagedOptOutsEnabled":false`), `{"TwoWayEnabled":false,"TwoWayChannelArn":null,"TwoWayChannelRole":null}`)
	h.Expect(update(`,"TwoWayEnabled":true`), `{"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`"}`)
	h.Expect(c.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers")[0],
		`{"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`","DeletionProtectionEnabled":true,"SelfManagedOptOutsEnabled":false}`)
}

// Rule(UpdatePhoneNumber): two-way needs a channel, which is a standard SNS topic, or Amazon Connect with a role; self-managed opt-outs need two-way.
// Rule(UpdatePhoneNumber): two-way needs a country where people can answer.
func TestTwoWayRules(t *testing.T) {
	_, c := open(t)
	id := number(c, "")
	refused := func(more, want string) {
		t.Helper()
		c.Refused("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`",`+more+`}`, want)
	}
	refused(`"TwoWayEnabled":true`, "Validation TWO_WAY_CHANNEL_NOT_PRESENT TwoWayChannelArn")
	refused(`"SelfManagedOptOutsEnabled":true`, "Validation TWO_WAY_NOT_ENABLED SelfManagedOptOutsEnabled")
	refused(`"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`.fifo"`, "Validation INVALID_PARAMETER TwoWayChannelArn")
	refused(`"TwoWayEnabled":true,"TwoWayChannelArn":"arn:aws:sqs:us-east-1:000000000000:queue"`, "Validation INVALID_PARAMETER TwoWayChannelArn")
	refused(`"TwoWayChannelArn":"text-of-twenty-characters"`, "Validation INVALID_PARAMETER TwoWayChannelArn")
	refused(`"TwoWayEnabled":true,"TwoWayChannelArn":"connect.us-east-1.amazonaws.com"`, "Validation MISSING_PARAMETER TwoWayChannelRole")
	refused(`"OptOutListName":"None"`, "ResourceNotFound opt-out-list None")
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","TwoWayEnabled":true,"TwoWayChannelArn":"connect.us-east-1.amazonaws.com","TwoWayChannelRole":"`+role+`"}`)
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","SelfManagedOptOutsEnabled":true}`)
	refused(`"TwoWayEnabled":false`, "Validation TWO_WAY_NOT_ENABLED SelfManagedOptOutsEnabled")

	simulator := c.OK("RequestPhoneNumber", request("US", "SIMULATOR", "TRANSACTIONAL", "SMS", "")).Text("PhoneNumberId")
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+simulator+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`"}`)
	id = c.OK("RequestPhoneNumber", request("AR", "LONG_CODE", "TRANSACTIONAL", "VOICE", "")).Text("PhoneNumberId")
	refused(`"TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`"`, "Validation TWO_WAY_NOT_SUPPORTED_IN_COUNTRY TwoWayEnabled")
}

// Rule(UpdatePhoneNumber, ReleasePhoneNumber): a number in a pool is neither changed nor released.
func TestNumberInAPoolIsLeftAlone(t *testing.T) {
	_, c := open(t)
	id := number(c, "")
	p := pool(c, id, "US")
	c.Refused("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","DeletionProtectionEnabled":true}`, "Conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number "+id)
	c.Refused("ReleasePhoneNumber", `{"PhoneNumberId":"`+id+`"}`, "Conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number "+id)
	c.OK("DeletePool", `{"PoolId":"`+p+`"}`)
	c.OK("ReleasePhoneNumber", `{"PhoneNumberId":"`+id+`"}`)
}

// Rule(ReleasePhoneNumber): a protected number is kept; released it is answered DELETED and is gone.
// Rule(ReleasePhoneNumber): short codes are not released.
func TestReleasePhoneNumber(t *testing.T) {
	h, c := open(t)
	id := number(c, `,"DeletionProtectionEnabled":true`)
	release := `{"PhoneNumberId":"` + id + `"}`
	c.Refused("ReleasePhoneNumber", release, "Conflict DELETION_PROTECTION_ENABLED phone-number "+id)
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","DeletionProtectionEnabled":false}`)
	h.Expect(c.OK("ReleasePhoneNumber", release), `{"PhoneNumberId":"`+id+`","Status":"DELETED","NumberType":"LONG_CODE","OptOutListName":"Default"}`)
	c.Refused("DescribePhoneNumbers", `{"PhoneNumberIds":["`+id+`"]}`, "ResourceNotFound phone-number "+id)
	c.Refused("ReleasePhoneNumber", release, "ResourceNotFound phone-number "+id)

	const short = "phone-00000000000000000000000000000001"
	place(t, h, c, origination.Change{PutNumbers: []origination.PhoneNumber{{ID: short, Number: "24680", ISOCountryCode: "US",
		Type: api.NumberTypeShortCode, MessageType: api.MessageTypeTransactional, Status: api.NumberStatusActive, CreatedAt: h.Now()}}})
	c.Refused("ReleasePhoneNumber", `{"PhoneNumberId":"`+short+`"}`, "Validation PHONE_NUMBER_CANNOT_BE_RELEASED PhoneNumberId")
}

// Rule(RequestPhoneNumber, UpdatePhoneNumber): what was answered is still there after a restart; each account and Region has its own.
func TestNumbersOutliveARestart(t *testing.T) {
	h, c := open(t)
	id := number(c, "")
	c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","TwoWayEnabled":true,"TwoWayChannelArn":"`+channel+`"}`)
	before := fmt.Sprint(c.OK("DescribePhoneNumbers", `{}`))
	h.Restart()
	if after := fmt.Sprint(c.OK("DescribePhoneNumbers", `{}`)); after != before {
		t.Errorf("%s\nafter the restart\n%s", before, after)
	}
	for _, other := range []resourcetest.Client{h.Client("111122223333", "us-east-1"), h.Client("000000000000", "eu-west-1")} {
		if all := other.OK("DescribePhoneNumbers", `{}`).List("PhoneNumbers"); len(all) != 0 {
			t.Errorf("%v sees %v", other.Scope, all)
		}
	}
}
