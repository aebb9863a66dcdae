package optout_test

import (
	"fmt"
	"sync"
	"testing"

	"heliograph/resource/resourcetest"
)

// Rule(CreateOptOutList): the answer shows the list's ARN and tags.
// Rule(DescribeOptOutLists): the list Default is in every account and Region from the start, as old as the account, and stands first.
func TestDefaultListStandsFirst(t *testing.T) {
	h, c := open(t)
	a := c.OK("CreateOptOutList", `{"OptOutListName":"A","Tags":[{"Key":"k","Value":"v"}]}`)
	h.Expect(a, `{"OptOutListName":"A","OptOutListArn":"`+arnA+`","Tags":[{"Key":"k","Value":"v"}]}`)
	h.Expect(c.OK("CreateOptOutList", `{"OptOutListName":"B"}`), `{"Tags":[]}`)
	d := c.OK("DescribeOptOutLists", `{}`)
	h.Expect(d, `{"NextToken":null}`)
	if got := d.Column("OptOutLists", "OptOutListName"); got != "Default A B" {
		t.Errorf("lists %q", got)
	}
	h.Expect(d.List("OptOutLists")[0], fmt.Sprintf(`{"OptOutListName":"Default","OptOutListArn":"%sDefault","CreatedTimestamp":%d}`, arns, began.Unix()))
	h.Expect(d.List("OptOutLists")[1], `{"OptOutListName":"A","OptOutListArn":"`+arnA+`","CreatedTimestamp":`+fmt.Sprint(a["CreatedTimestamp"])+`}`)
	other := h.Client("111122223333", "eu-west-1").OK("DescribeOptOutLists", `{}`)
	if got := other.Column("OptOutLists", "OptOutListArn"); got != "arn:aws:sms-voice:eu-west-1:111122223333:opt-out-list/Default" {
		t.Errorf("another account has %q", got)
	}
}

// Rule(CreateOptOutList): a name is taken once in an account and Region, Default from the start; names differ by case.
// Rule(CreateOptOutList): the number of opt-out lists is limited, and Default counts.
// Rule(CreateOptOutList): tag keys are distinct and not reserved.
func TestOptOutListsAreRefused(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", named)
	c.Refused("CreateOptOutList", named, "Conflict RESOURCE_ALREADY_EXISTS opt-out-list A")
	c.Refused("CreateOptOutList", `{"OptOutListName":"Default"}`, "Conflict RESOURCE_ALREADY_EXISTS opt-out-list Default")
	c.OK("CreateOptOutList", `{"OptOutListName":"a"}`)
	h.Client("000000000000", "eu-west-1").OK("CreateOptOutList", named)
	h.Client("111122223333", "us-east-1").OK("CreateOptOutList", named)
	c.Refused("CreateOptOutList", `{"OptOutListName":"T","Tags":[{"Key":"k","Value":"1"},{"Key":"k","Value":"2"}]}`,
		"Validation INVALID_PARAMETER Tags[1].Key")
	c.Refused("CreateOptOutList", `{"OptOutListName":"T","Tags":[{"Key":"AWS:k","Value":"1"}]}`, "Validation INVALID_PARAMETER Tags[0].Key")
	c.Refused("CreateOptOutList", `{"OptOutListName":"`+arnA+`"}`, "Validation INVALID_PARAMETER OptOutListName")
	c.OK("CreateOptOutList", `{"OptOutListName":"B"}`)
	c.Refused("CreateOptOutList", `{"OptOutListName":"C"}`, "ServiceQuotaExceeded OPT_OUT_LISTS_PER_ACCOUNT")
	c.OK("DeleteOptOutList", named)
	c.OK("CreateOptOutList", `{"OptOutListName":"C"}`)
}

// Rule(CreateOptOutList): a repeat with the same token answers the same and creates once, also at the same moment and after a restart.
func TestConcurrentCreatesWithOneTokenCreateOneList(t *testing.T) {
	h, c := open(t)
	answers := make([]resourcetest.Answer, 8)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() { answers[i] = c.Call("CreateOptOutList", `{"OptOutListName":"A","ClientToken":"t"}`) })
	}
	calls.Wait()
	for _, a := range answers {
		if fmt.Sprint(a) != fmt.Sprint(answers[0]) || a.Failure() != "" {
			t.Errorf("%v is not %v", a, answers[0])
		}
	}
	h.Restart()
	if again := c.OK("CreateOptOutList", `{"OptOutListName":"A","ClientToken":"t"}`); fmt.Sprint(again) != fmt.Sprint(answers[0]) {
		t.Errorf("after the restart %v", again)
	}
	c.Refused("CreateOptOutList", `{"OptOutListName":"B","ClientToken":"t"}`, "Validation INVALID_PARAMETER ClientToken")
	if got := c.OK("DescribeOptOutLists", `{}`).Column("OptOutLists", "OptOutListName"); got != "Default A" {
		t.Errorf("lists %q", got)
	}
}

// Rule(DescribeOptOutLists, DeleteOptOutList): a list is named by its name or its ARN; an unknown one is not found, a foreign ARN is invalid.
func TestOptOutListIsNamedByNameOrARN(t *testing.T) {
	_, c := open(t)
	c.OK("CreateOptOutList", named)
	for operation, form := range map[string][2]string{
		"DescribeOptOutLists": {"OptOutListNames", `{"OptOutListNames":["%s"]}`},
		"DeleteOptOutList":    {"OptOutListName", `{"OptOutListName":"%s"}`},
	} {
		body := func(name string) string { return fmt.Sprintf(form[1], name) }
		c.Refused(operation, body("X"), "ResourceNotFound opt-out-list X")
		c.Refused(operation, body(arns+"a"), "ResourceNotFound opt-out-list a")
		for _, foreign := range []string{
			"arn:aws:sms-voice:eu-west-1:000000000000:opt-out-list/A",
			"arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/A",
			"arn:aws:sms-voice:us-east-1:000000000000:pool/A", "arn:aws:sns:us-east-1:000000000000:opt-out-list/A",
		} {
			c.Refused(operation, body(foreign), "Validation INVALID_ARN "+form[0])
		}
	}
	found := c.OK("DescribeOptOutLists", `{"OptOutListNames":["`+arnA+`","Default","A"]}`)
	if got := found.Column("OptOutLists", "OptOutListName"); got != "Default A" {
		t.Errorf("found %q", got)
	}
	c.OK("DeleteOptOutList", `{"OptOutListName":"`+arnA+`"}`)
}

// Rule(DescribeOptOutLists): an owner and names cannot be given together; other accounts share nothing.
func TestOptOutListOwner(t *testing.T) {
	_, c := open(t)
	for owner, want := range map[string]int{"SELF": 1, "SHARED": 0} {
		if got := c.OK("DescribeOptOutLists", `{"Owner":"`+owner+`"}`).List("OptOutLists"); len(got) != want {
			t.Errorf("%s: %v", owner, got)
		}
		c.Refused("DescribeOptOutLists", `{"Owner":"`+owner+`","OptOutListNames":["Default"]}`,
			"Validation PARAMETERS_CANNOT_BE_USED_TOGETHER Owner OptOutListNames")
	}
}

// Rule(DescribeOptOutLists): pages hold MaxResults entries, oldest first, and stay while lists are added; a token holds for its listing.
func TestOptOutListPages(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", `{"OptOutListName":"Z"}`)
	c.OK("CreateOptOutList", `{"OptOutListName":"M"}`)
	first := c.OK("DescribeOptOutLists", `{"MaxResults":1}`)
	second := c.OK("DescribeOptOutLists", `{"MaxResults":1,"NextToken":"`+first.Text("NextToken")+`"}`)
	c.OK("CreateOptOutList", named)
	h.Restart()
	token := `"NextToken":"` + second.Text("NextToken") + `"`
	rest := c.OK("DescribeOptOutLists", `{`+token+`}`)
	seen := ""
	for _, page := range []resourcetest.Answer{first, second, rest} {
		seen += page.Column("OptOutLists", "OptOutListName") + "|"
	}
	if seen != "Default|Z|M A|" {
		t.Errorf("pages show %q", seen)
	}
	h.Expect(rest, `{"NextToken":null}`)
	const refused = "Validation INVALID_NEXT_TOKEN NextToken"
	c.Refused("DescribeOptOutLists", `{"OptOutListNames":["Z"],`+token+`}`, refused)
	c.Refused("DescribeOptOutLists", `{"Owner":"SELF",`+token+`}`, refused)
	c.Refused("DescribeOptOutLists", `{"NextToken":"made up"}`, refused)
	h.Client("000000000000", "eu-west-1").Refused("DescribeOptOutLists", `{`+token+`}`, refused)
}

// Rule(DeleteOptOutList): answers what the list was, and it is gone; Default stays.
func TestDefaultListStays(t *testing.T) {
	h, c := open(t)
	made := c.OK("CreateOptOutList", named)
	h.Expect(c.OK("DeleteOptOutList", named), `{"OptOutListName":"A","OptOutListArn":"`+arnA+`","CreatedTimestamp":`+fmt.Sprint(made["CreatedTimestamp"])+`}`)
	c.Refused("DeleteOptOutList", named, gone)
	c.Refused("DescribeOptOutLists", `{"OptOutListNames":["A"]}`, gone)
	for _, name := range []string{"Default", arns + "Default"} {
		c.Refused("DeleteOptOutList", `{"OptOutListName":"`+name+`"}`, "Conflict RESOURCE_DELETION_NOT_ALLOWED opt-out-list Default")
	}
	c.Refused("DeleteOptOutList", `{"OptOutListName":"default"}`, "ResourceNotFound opt-out-list default")
}

// Rule(CreateOptOutList, DeleteOptOutList): what was answered is still so after a restart.
func TestOptOutListsOutliveARestart(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", named)
	c.OK("CreateOptOutList", `{"OptOutListName":"B"}`)
	id := number(c, `,"OptOutListName":"B"`)
	c.OK("DeleteOptOutList", named)
	before := fmt.Sprint(c.OK("DescribeOptOutLists", `{}`))
	h.Restart()
	if after := fmt.Sprint(c.OK("DescribeOptOutLists", `{}`)); after != before {
		t.Errorf("%s\nafter the restart\n%s", before, after)
	}
	c.Refused("DeleteOptOutList", `{"OptOutListName":"B"}`, "Conflict RESOURCE_NOT_EMPTY opt-out-list B")
	c.OK("ReleasePhoneNumber", `{"PhoneNumberId":"`+id+`"}`)
	c.OK("DeleteOptOutList", `{"OptOutListName":"B"}`)
}
