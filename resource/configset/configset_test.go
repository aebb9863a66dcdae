package configset_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/resourcetest"
)

// open serves configuration sets, at most 3 a scope.
func open(t *testing.T) (*resourcetest.House, resourcetest.Client) {
	t.Helper()
	h := resourcetest.Open(t, func(h *resourcetest.House, m *awsjson.Mux) {
		limits := func() resource.Limits {
			l := resource.DefaultLimits()
			l.ConfigurationSets = 3
			return l
		}
		(&configset.Service{Store: h.DB, Now: h.Now, Limits: limits, Pages: h.Pages}).Register(m)
	})
	return h, h.Client("000000000000", "us-east-1")
}

const (
	named = `{"ConfigurationSetName":"A"}`
	arnA  = "arn:aws:sms-voice:us-east-1:000000000000:configuration-set/A"
)

// Rule(CreateConfigurationSet): a new set has no defaults; the answer shows its ARN and tags.
// Rule(DescribeConfigurationSets): a set shows its event destinations even if there are none, and of its defaults those that are set.
func TestNewConfigurationSetHasNoDefaults(t *testing.T) {
	h, c := open(t)
	a := c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"A","Tags":[{"Key":"k","Value":"v"}]}`)
	h.Expect(a, `{"ConfigurationSetName":"A","ConfigurationSetArn":"`+arnA+`","Tags":[{"Key":"k","Value":"v"}]}`)
	if a["CreatedTimestamp"] == nil {
		t.Error("no CreatedTimestamp")
	}
	d := c.OK("DescribeConfigurationSets", `{}`)
	h.Expect(d, `{"NextToken":null}`)
	h.Expect(d.List("ConfigurationSets")[0], `{"ConfigurationSetName":"A","ConfigurationSetArn":"`+arnA+`",
		"EventDestinations":[],"DefaultMessageType":null,"DefaultSenderId":null,"DefaultMessageFeedbackEnabled":null,
		"ProtectConfigurationId":null,"CreatedTimestamp":`+fmt.Sprint(a["CreatedTimestamp"])+`}`)
	h.Expect(c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"B"}`), `{"Tags":[]}`)
}

// Rule(CreateConfigurationSet): a name is taken once in an account and Region; names differ by case.
// Rule(CreateConfigurationSet): the number of configuration sets is limited.
// Rule(CreateConfigurationSet): tag keys are distinct, not reserved, and 50 at most.
func TestConfigurationSetsAreRefused(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	c.Refused("CreateConfigurationSet", named, "Conflict RESOURCE_ALREADY_EXISTS configuration-set A")
	c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"a"}`)
	h.Client("000000000000", "eu-west-1").OK("CreateConfigurationSet", named)
	h.Client("111122223333", "us-east-1").OK("CreateConfigurationSet", named)
	c.Refused("CreateConfigurationSet", `{"ConfigurationSetName":"T","Tags":[{"Key":"k","Value":"1"},{"Key":"k","Value":"2"}]}`,
		"Validation INVALID_PARAMETER Tags[1].Key")
	c.Refused("CreateConfigurationSet", `{"ConfigurationSetName":"T","Tags":[{"Key":"aws:k","Value":"1"}]}`,
		"Validation INVALID_PARAMETER Tags[0].Key")
	var tags []string
	for i := range 51 {
		tags = append(tags, fmt.Sprintf(`{"Key":"k%d","Value":""}`, i))
	}
	c.Refused("CreateConfigurationSet", `{"ConfigurationSetName":"T","Tags":[`+strings.Join(tags, ",")+`]}`, "ServiceQuotaExceeded TAGS_PER_RESOURCE")
	c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"B"}`)
	c.Refused("CreateConfigurationSet", `{"ConfigurationSetName":"C"}`, "ServiceQuotaExceeded CONFIGURATION_SETS_PER_ACCOUNT")
}

// Rule(CreateConfigurationSet): a repeat with the same token answers the same and creates once, also at the same moment.
func TestConcurrentCreatesWithOneTokenCreateOnce(t *testing.T) {
	h, c := open(t)
	answers := make([]resourcetest.Answer, 8)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() {
			answers[i] = c.Call("CreateConfigurationSet", `{"ConfigurationSetName":"A","ClientToken":"t"}`)
		})
	}
	calls.Wait()
	for _, a := range answers {
		if fmt.Sprint(a) != fmt.Sprint(answers[0]) || a.Failure() != "" {
			t.Errorf("%v is not %v", a, answers[0])
		}
	}
	h.Restart()
	c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"A","ClientToken":"t"}`)
	c.Refused("CreateConfigurationSet", `{"ConfigurationSetName":"B","ClientToken":"t"}`, "Validation INVALID_PARAMETER ClientToken")
}

// Rule(DescribeConfigurationSets, DeleteConfigurationSet, SetDefaultSenderId, DeleteDefaultSenderId, SetDefaultMessageType, DeleteDefaultMessageType, SetDefaultMessageFeedbackEnabled): a set is named by its name or its ARN; an unknown one is not found, a foreign ARN is invalid.
func TestConfigurationSetIsNamedByNameOrARN(t *testing.T) {
	_, c := open(t)
	c.OK("CreateConfigurationSet", named)
	for operation, more := range map[string]string{
		"DescribeConfigurationSets": "", "DeleteDefaultSenderId": "", "DeleteDefaultMessageType": "",
		"SetDefaultSenderId": `,"SenderId":"S"`, "SetDefaultMessageType": `,"MessageType":"PROMOTIONAL"`,
		"SetDefaultMessageFeedbackEnabled": `,"MessageFeedbackEnabled":true`, "DeleteConfigurationSet": "",
	} {
		member := "ConfigurationSetName"
		body := func(name string) string { return `{"ConfigurationSetName":"` + name + `"` + more + `}` }
		if operation == "DescribeConfigurationSets" {
			member = "ConfigurationSetNames"
			body = func(name string) string { return `{"ConfigurationSetNames":["` + name + `"]}` }
		}
		c.Refused(operation, body("X"), "ResourceNotFound configuration-set X")
		c.Refused(operation, body(arnA[:len(arnA)-1]+"X"), "ResourceNotFound configuration-set X")
		for _, foreign := range []string{
			"arn:aws:sms-voice:eu-west-1:000000000000:configuration-set/A",
			"arn:aws:sms-voice:us-east-1:111122223333:configuration-set/A",
			"arn:aws:sms-voice:us-east-1:000000000000:pool/A", "arn:aws:sns:us-east-1:000000000000:configuration-set/A",
		} {
			c.Refused(operation, body(foreign), "Validation INVALID_ARN "+member)
		}
		if operation != "DeleteConfigurationSet" {
			c.OK(operation, body("A"))
			c.OK(operation, body(arnA))
		}
	}
	c.OK("DeleteConfigurationSet", `{"ConfigurationSetName":"`+arnA+`"}`)
}

// Rule(SetDefaultSenderId): the text is kept byte for byte, and the account need not have such a sender ID.
// Rule(DeleteDefaultSenderId): answers what was removed; with nothing set it succeeds and leaves the member out.
func TestDefaultSenderIDIsEchoedByteForByte(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	h.Expect(c.OK("DeleteDefaultSenderId", named), `{"ConfigurationSetName":"A","ConfigurationSetArn":"`+arnA+`","SenderId":null}`)
	h.Expect(c.OK("SetDefaultSenderId", `{"ConfigurationSetName":"A","SenderId":"MyShop"}`),
		`{"ConfigurationSetName":"A","ConfigurationSetArn":"`+arnA+`","SenderId":"MyShop"}`)
	h.Expect(c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets")[0], `{"DefaultSenderId":"MyShop"}`)
	c.OK("SetDefaultSenderId", `{"ConfigurationSetName":"A","SenderId":"other_1"}`)
	h.Expect(c.OK("DeleteDefaultSenderId", named), `{"SenderId":"other_1"}`)
	h.Expect(c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets")[0], `{"DefaultSenderId":null}`)
	c.Refused("SetDefaultSenderId", `{"ConfigurationSetName":"A","SenderId":"no blanks"}`, "Validation INVALID_PARAMETER SenderId")
}

// Rule(SetDefaultMessageType): overwrites and echoes.
// Rule(DeleteDefaultMessageType): answers what was removed; with nothing set it succeeds and leaves the member out.
func TestDefaultMessageType(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	h.Expect(c.OK("DeleteDefaultMessageType", named), `{"ConfigurationSetName":"A","MessageType":null}`)
	for _, kind := range []string{"TRANSACTIONAL", "PROMOTIONAL"} {
		h.Expect(c.OK("SetDefaultMessageType", `{"ConfigurationSetName":"A","MessageType":"`+kind+`"}`), `{"MessageType":"`+kind+`"}`)
		h.Expect(c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets")[0], `{"DefaultMessageType":"`+kind+`"}`)
	}
	h.Expect(c.OK("DeleteDefaultMessageType", named), `{"MessageType":"PROMOTIONAL"}`)
	h.Expect(c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets")[0], `{"DefaultMessageType":null}`)
}

// Rule(SetDefaultMessageFeedbackEnabled): overwrites and echoes; a set where it was never set leaves it out.
func TestDefaultMessageFeedback(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	for _, on := range []string{"true", "false"} {
		h.Expect(c.OK("SetDefaultMessageFeedbackEnabled", `{"ConfigurationSetName":"A","MessageFeedbackEnabled":`+on+`}`),
			`{"MessageFeedbackEnabled":`+on+`,"ConfigurationSetArn":"`+arnA+`"}`)
		h.Expect(c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets")[0], `{"DefaultMessageFeedbackEnabled":`+on+`}`)
	}
	c.Refused("SetDefaultMessageFeedbackEnabled", named, "Validation MISSING_PARAMETER MessageFeedbackEnabled")
}

// Rule(DeleteConfigurationSet): always succeeds, answers what the set held, and the set is gone.
func TestDeleteConfigurationSetAnswersWhatItHeld(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	c.OK("SetDefaultSenderId", `{"ConfigurationSetName":"A","SenderId":"Shop"}`)
	c.OK("SetDefaultMessageType", `{"ConfigurationSetName":"A","MessageType":"PROMOTIONAL"}`)
	h.Expect(c.OK("DeleteConfigurationSet", named), `{"ConfigurationSetName":"A","ConfigurationSetArn":"`+arnA+`",
		"EventDestinations":[],"DefaultSenderId":"Shop","DefaultMessageType":"PROMOTIONAL","DefaultMessageFeedbackEnabled":null}`)
	c.Refused("DescribeConfigurationSets", `{"ConfigurationSetNames":["A"]}`, "ResourceNotFound configuration-set A")
	c.Refused("DeleteConfigurationSet", named, "ResourceNotFound configuration-set A")
	if left := c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets"); len(left) != 0 {
		t.Error(left)
	}
}

// Rule(DescribeConfigurationSets): filters all hold, with any of their values; a switch is true or false.
// Rule(DescribeConfigurationSets): names and filters may be given together.
func TestConfigurationSetFilters(t *testing.T) {
	_, c := open(t)
	for _, name := range []string{"A", "B", "C"} {
		c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"`+name+`"}`)
	}
	c.OK("SetDefaultSenderId", `{"ConfigurationSetName":"A","SenderId":"Shop"}`)
	c.OK("SetDefaultSenderId", `{"ConfigurationSetName":"B","SenderId":"Shop"}`)
	c.OK("SetDefaultMessageType", `{"ConfigurationSetName":"B","MessageType":"PROMOTIONAL"}`)
	c.OK("SetDefaultMessageFeedbackEnabled", `{"ConfigurationSetName":"C","MessageFeedbackEnabled":true}`)
	for _, f := range []struct{ body, want string }{
		{`"Filters":[]`, "A B C"},
		{`"Filters":[{"Name":"default-sender-id","Values":["Shop"]}]`, "A B"},
		{`"Filters":[{"Name":"default-sender-id","Values":["Other"]}]`, ""},
		{`"Filters":[{"Name":"default-sender-id","Values":["Shop"]},{"Name":"default-message-type","Values":["TRANSACTIONAL","PROMOTIONAL"]}]`, "B"},
		{`"Filters":[{"Name":"default-message-feedback-enabled","Values":["true"]}]`, "C"},
		{`"Filters":[{"Name":"default-message-feedback-enabled","Values":["false"]}]`, "A B"},
		{`"Filters":[{"Name":"event-destination-name","Values":["E"]}]`, ""},
		{`"Filters":[{"Name":"matching-event-types","Values":["ALL"]}]`, ""},
		{`"Filters":[{"Name":"protect-configuration-id","Values":["protect-1"]}]`, ""},
		{`"ConfigurationSetNames":["A","C","A"],"Filters":[{"Name":"default-sender-id","Values":["Shop"]}]`, "A"},
	} {
		if got := c.OK("DescribeConfigurationSets", "{"+f.body+"}").Column("ConfigurationSets", "ConfigurationSetName"); got != f.want {
			t.Errorf("%s: %q, want %q", f.body, got, f.want)
		}
	}
	c.Refused("DescribeConfigurationSets", `{"Filters":[{"Name":"default-message-type","Values":["FOO"]}]}`,
		"Validation INVALID_FILTER_VALUES Filters")
	c.Refused("DescribeConfigurationSets", `{"Filters":[{"Name":"default-message-feedback-enabled","Values":["maybe"]}]}`,
		"Validation INVALID_FILTER_VALUES Filters")
	c.Refused("DescribeConfigurationSets", `{"ConfigurationSetNames":["A","X"]}`, "ResourceNotFound configuration-set X")
}

// Rule(DescribeConfigurationSets): pages hold MaxResults entries, oldest first, and stay while sets are added; a token holds for its listing.
func TestConfigurationSetPages(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"Z"}`)
	c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"M"}`)
	first := c.OK("DescribeConfigurationSets", `{"MaxResults":1}`)
	c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"A"}`)
	h.Restart()
	token := `"NextToken":"` + first.Text("NextToken") + `"`
	rest := c.OK("DescribeConfigurationSets", `{`+token+`}`)
	if got := first.Column("ConfigurationSets", "ConfigurationSetName") + " " + rest.Column("ConfigurationSets", "ConfigurationSetName"); got != "Z M A" {
		t.Errorf("pages show %q", got)
	}
	h.Expect(rest, `{"NextToken":null}`)
	const refused = "Validation INVALID_NEXT_TOKEN NextToken"
	c.Refused("DescribeConfigurationSets", `{"ConfigurationSetNames":["Z"],`+token+`}`, refused)
	c.Refused("DescribeConfigurationSets", `{"Filters":[{"Name":"default-sender-id","Values":["Shop"]}],`+token+`}`, refused)
	c.Refused("DescribeConfigurationSets", `{"NextToken":"made up"}`, refused)
	h.Client("000000000000", "eu-west-1").Refused("DescribeConfigurationSets", `{`+token+`}`, refused)
	h.Client("111122223333", "us-east-1").Refused("DescribeConfigurationSets", `{`+token+`}`, refused)
}

// Rule(CreateConfigurationSet, SetDefaultSenderId, SetDefaultMessageType, SetDefaultMessageFeedbackEnabled): what was answered is still there after a restart.
func TestConfigurationSetsOutliveARestart(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	c.OK("SetDefaultSenderId", `{"ConfigurationSetName":"A","SenderId":"MyShop"}`)
	c.OK("SetDefaultMessageType", `{"ConfigurationSetName":"A","MessageType":"PROMOTIONAL"}`)
	c.OK("SetDefaultMessageFeedbackEnabled", `{"ConfigurationSetName":"A","MessageFeedbackEnabled":true}`)
	before := fmt.Sprint(c.OK("DescribeConfigurationSets", `{}`))
	h.Restart()
	if after := fmt.Sprint(c.OK("DescribeConfigurationSets", `{}`)); after != before {
		t.Errorf("%s\nafter the restart\n%s", before, after)
	}
	if other := h.Client("111122223333", "us-east-1").OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets"); len(other) != 0 {
		t.Errorf("another account sees %v", other)
	}
}
