package optout_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"heliograph/resource"
	"heliograph/resource/optout"
	"heliograph/resource/resourcetest"
)

const onDefault = `{"OptOutListName":"Default","OptedOutNumber":"%s"}`

func put(c resourcetest.Client, list, number string) resourcetest.Answer {
	return c.OK("PutOptedOutNumber", fmt.Sprintf(`{"OptOutListName":"%s","OptedOutNumber":"%s"}`, list, number))
}

// byPerson puts a number on Default as a person's own opt-out does.
func byPerson(t *testing.T, h *house, c resourcetest.Client, number string) {
	t.Helper()
	e := optout.Entry{Number: number, At: h.Now(), ByEndUser: true}
	if _, err := h.DB.PutOptedOut(t.Context(), c.Scope, "Default", e); err != nil {
		t.Fatal(err)
	}
}

// Rule(PutOptedOutNumber): a number is taken with or without its plus sign and answered in E.164 with it; EndUserOptedOut is false.
// Rule(PutOptedOutNumber): a number that is on the list already keeps its entry, also where the person opted out.
// Rule(PutOptedOutNumber, DescribeOptedOutNumbers, DeleteOptedOutNumber): a list is named by its name or its ARN; Default is there from the start, and lists are apart.
func TestNumberIsPutOnAList(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", named)
	first := put(c, "Default", "12065550142")
	h.Expect(first, `{"OptOutListName":"Default","OptOutListArn":"`+arns+`Default","OptedOutNumber":"+12065550142","EndUserOptedOut":false}`)
	again := put(c, arns+"Default", "+12065550142")
	if fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("put again: %v, not %v", again, first)
	}
	byPerson(t, h, c, "+12065550142")
	h.Expect(put(c, "Default", "+12065550142"), fmt.Sprintf(`{"EndUserOptedOut":true,"OptedOutTimestamp":%v}`, first["OptedOutTimestamp"]))
	if got := c.OK("DescribeOptedOutNumbers", named).List("OptedOutNumbers"); len(got) != 0 {
		t.Errorf("the other list has %v", got)
	}
	put(c, arnA, "+447700900001")
	h.Expect(c.OK("DescribeOptedOutNumbers", named), `{"OptOutListName":"A","OptOutListArn":"`+arnA+`","NextToken":null}`)
	if got := c.OK("DescribeOptedOutNumbers", named).Column("OptedOutNumbers", "OptedOutNumber"); got != "+447700900001" {
		t.Errorf("A has %q", got)
	}
	other := h.Client("111122223333", "us-east-1").OK("DescribeOptedOutNumbers", `{"OptOutListName":"Default"}`)
	h.Expect(other, `{"OptOutListArn":"arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/Default"}`)
	if got := other.List("OptedOutNumbers"); len(got) != 0 {
		t.Errorf("another account has %v", got)
	}
}

// Rule(PutOptedOutNumber, DescribeOptedOutNumbers, DeleteOptedOutNumber): an unknown list is not found, a foreign ARN is invalid, and what is no phone number cannot be parsed.
func TestOptedOutNumbersAreRefused(t *testing.T) {
	_, c := open(t)
	foreign := "arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/Default"
	for _, operation := range []string{"PutOptedOutNumber", "DeleteOptedOutNumber"} {
		c.Refused(operation, `{"OptOutListName":"X","OptedOutNumber":"+12065550142"}`, "ResourceNotFound opt-out-list X")
		c.Refused(operation, `{"OptOutListName":"`+foreign+`","OptedOutNumber":"+12065550142"}`, "Validation INVALID_ARN OptOutListName")
		c.Refused(operation, fmt.Sprintf(onDefault, "+1206"), "Validation CANNOT_PARSE OptedOutNumber")
		c.Refused(operation, fmt.Sprintf(onDefault, "0123"), "Validation INVALID_PARAMETER OptedOutNumber")
		c.Refused(operation, `{"OptOutListName":"Default"}`, "Validation MISSING_PARAMETER OptedOutNumber")
	}
	c.Refused("DescribeOptedOutNumbers", `{"OptOutListName":"X"}`, "ResourceNotFound opt-out-list X")
	c.Refused("DescribeOptedOutNumbers", `{"OptOutListName":"Default","OptedOutNumbers":["+1206"]}`, "Validation CANNOT_PARSE OptedOutNumbers")
	c.Refused("DescribeOptedOutNumbers", `{"OptOutListName":"Default","MaxResults":101}`, "Validation INVALID_PARAMETER MaxResults")
}

// Rule(DeleteOptedOutNumber): answers what the entry was, and the number is off the list; one that is not on it is not found.
// Rule(DeleteOptedOutNumber): a destination is taken off once in 30 days, across lists and restarts, and the operator may set other days or none.
func TestNumberIsTakenOffOnceInThirtyDays(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", named)
	number := fmt.Sprintf(onDefault, "+12065550142")
	c.Refused("DeleteOptedOutNumber", number, "ResourceNotFound opted-out-number +12065550142")
	byPerson(t, h, c, "+12065550142")
	was := put(c, "Default", "+12065550142")
	h.Expect(c.OK("DeleteOptedOutNumber", fmt.Sprintf(onDefault, "12065550142")), fmt.Sprintf(
		`{"OptOutListName":"Default","OptedOutNumber":"+12065550142","EndUserOptedOut":true,"OptedOutTimestamp":%v}`, was["OptedOutTimestamp"]))
	c.Refused("DeleteOptedOutNumber", number, "ResourceNotFound opted-out-number +12065550142")

	put(c, "A", "+12065550142")
	again := `{"OptOutListName":"A","OptedOutNumber":"+12065550142"}`
	const refused = "Validation PHONE_NUMBER_CANNOT_BE_OPTED_IN OptedOutNumber"
	h.Restart()
	h.Clock = h.Clock.Add(29 * 24 * time.Hour)
	c.Refused("DeleteOptedOutNumber", again, refused)
	other := h.Client("000000000000", "eu-west-1")
	put(other, "Default", "+12065550142")
	other.OK("DeleteOptedOutNumber", number)
	h.Clock = h.Clock.Add(24 * time.Hour)
	c.OK("DeleteOptedOutNumber", again)

	put(c, "A", "+12065550142")
	c.Refused("DeleteOptedOutNumber", again, refused)
	h.optInDays = 0
	c.OK("DeleteOptedOutNumber", again)
}

// Rule(DescribeOptedOutNumbers): numbers that are asked for all have to be on the list.
// Rule(DescribeOptedOutNumbers): end-user-opted-out tells persons from customers, in any case; another value is refused.
func TestOptedOutNumbersAreChosen(t *testing.T) {
	h, c := open(t)
	put(c, "Default", "+12065550142")
	byPerson(t, h, c, "+12065550143")
	put(c, "Default", "+12065550144")
	shown := func(more string) string {
		return c.OK("DescribeOptedOutNumbers", `{"OptOutListName":"Default"`+more+`}`).Column("OptedOutNumbers", "OptedOutNumber")
	}
	filter := func(values string) string {
		return `,"Filters":[{"Name":"end-user-opted-out","Values":[` + values + `]}]`
	}
	for more, want := range map[string]string{
		"":                       "+12065550142 +12065550143 +12065550144",
		filter(`"true"`):         "+12065550143",
		filter(`"FALSE"`):        "+12065550142 +12065550144",
		filter(`"true","false"`): "+12065550142 +12065550143 +12065550144",
		`,"OptedOutNumbers":["12065550144","+12065550143","+12065550144"]`:                                              "+12065550143 +12065550144",
		`,"OptedOutNumbers":["+12065550144","+12065550143"]` + filter(`"true"`):                                         "+12065550143",
		`,"Filters":[{"Name":"end-user-opted-out","Values":["true"]},{"Name":"end-user-opted-out","Values":["false"]}]`: "",
	} {
		if got := shown(more); got != want {
			t.Errorf("%s shows %q, want %q", more, got, want)
		}
	}
	c.Refused("DescribeOptedOutNumbers", `{"OptOutListName":"Default","OptedOutNumbers":["+12065550142","+12065550199"]}`,
		"ResourceNotFound opted-out-number +12065550199")
	c.Refused("DescribeOptedOutNumbers", `{"OptOutListName":"Default"`+filter(`"yes"`)+`}`, "Validation INVALID_FILTER_VALUES Filters")
}

// Rule(DescribeOptedOutNumbers): pages hold MaxResults entries, oldest first, with the list on each; numbers that come and go meanwhile move nothing.
func TestOptedOutNumberPages(t *testing.T) {
	h, c := open(t)
	for i := range 5 {
		put(c, "Default", fmt.Sprintf("+1206555014%d", 9-i))
	}
	page := func(token string) resourcetest.Answer {
		body := `{"OptOutListName":"Default","MaxResults":2`
		if token != "" {
			body += `,"NextToken":"` + token + `"`
		}
		answer := c.OK("DescribeOptedOutNumbers", body+`}`)
		h.Expect(answer, `{"OptOutListName":"Default","OptOutListArn":"`+arns+`Default"}`)
		return answer
	}
	first := page("")
	c.OK("DeleteOptedOutNumber", fmt.Sprintf(onDefault, "+12065550148"))
	put(c, "Default", "+12065550140")
	second := page(first.Text("NextToken"))
	h.Restart()
	rest := page(second.Text("NextToken"))
	seen := ""
	for _, p := range []resourcetest.Answer{first, second, rest} {
		seen += p.Column("OptedOutNumbers", "OptedOutNumber") + "|"
	}
	if seen != "+12065550149 +12065550148|+12065550147 +12065550146|+12065550145 +12065550140|" || rest.Text("NextToken") != "" {
		t.Errorf("pages show %s", seen)
	}
	token := `,"NextToken":"` + first.Text("NextToken") + `"}`
	c.OK("CreateOptOutList", named)
	for _, other := range []string{`{"OptOutListName":"A"`, `{"OptOutListName":"Default","Filters":[{"Name":"end-user-opted-out","Values":["true"]}]`} {
		c.Refused("DescribeOptedOutNumbers", other+token, "Validation INVALID_NEXT_TOKEN NextToken")
	}
}

// Rule(DeleteOptOutList): the numbers on a list go with it; a list of the same name that comes later has none.
func TestNumbersGoWithTheirList(t *testing.T) {
	_, c := open(t)
	c.OK("CreateOptOutList", named)
	put(c, "A", "+12065550142")
	put(c, "Default", "+12065550143")
	c.OK("DeleteOptOutList", named)
	c.Refused("PutOptedOutNumber", `{"OptOutListName":"A","OptedOutNumber":"+12065550142"}`, gone)
	c.Refused("DescribeOptedOutNumbers", named, gone)
	c.OK("CreateOptOutList", named)
	for list, want := range map[string]string{"A": "", "Default": "+12065550143"} {
		if got := c.OK("DescribeOptedOutNumbers", `{"OptOutListName":"`+list+`"}`).Column("OptedOutNumbers", "OptedOutNumber"); got != want {
			t.Errorf("%s has %q", list, got)
		}
	}
}

// Rule(PutOptedOutNumber): a list that is deleted at the same moment is not found, and keeps nobody.
func TestNumberIsPutOnAListThatIsDeletedMeanwhile(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", named)
	h.lists.Entries = &late{Entries: h.DB, before: func() { c.OK("DeleteOptOutList", named) }}
	c.Refused("PutOptedOutNumber", `{"OptOutListName":"A","OptedOutNumber":"+12065550142"}`, gone)
}

// late does something before a number is put.
type late struct {
	optout.Entries
	before func()
}

func (l *late) PutOptedOut(ctx context.Context, s resource.Scope, list string, e optout.Entry) (optout.Entry, error) {
	l.before()
	return l.Entries.PutOptedOut(ctx, s, list, e)
}

// Rule(PutOptedOutNumber, DeleteOptedOutNumber, DescribeOptedOutNumbers): whatever is done in whatever order, pages of any size show each number on the list once, in the order of their times.
func TestPagesShowWhoIsOnTheList(t *testing.T) {
	h, c := open(t)
	h.optInDays = 0
	rapid.Check(t, func(t *rapid.T) {
		if err := h.DB.EmptyOptOuts(context.Background(), c.Scope); err != nil {
			t.Fatal(err)
		}
		var want []string
		for range rapid.IntRange(0, 25).Draw(t, "steps") {
			number := fmt.Sprintf("+120655501%02d", rapid.IntRange(0, 12).Draw(t, "number"))
			on := slices.Contains(want, number)
			switch {
			case rapid.Bool().Draw(t, "put"):
				put(c, "Default", number)
				if !on {
					want = append(want, number)
				}
			case on:
				c.OK("DeleteOptedOutNumber", fmt.Sprintf(onDefault, number))
				want = slices.DeleteFunc(want, func(n string) bool { return n == number })
			}
		}
		size := rapid.IntRange(1, 5).Draw(t, "size")
		var got []string
		for token, first := "", true; first || token != ""; first = false {
			body := fmt.Sprintf(`{"OptOutListName":"Default","MaxResults":%d`, size)
			if token != "" {
				body += `,"NextToken":"` + token + `"`
			}
			page := c.OK("DescribeOptedOutNumbers", body+`}`)
			for _, entry := range page.List("OptedOutNumbers") {
				got = append(got, entry.Text("OptedOutNumber"))
			}
			token = page.Text("NextToken")
		}
		if !slices.Equal(got, want) {
			t.Fatalf("pages of %d show %v, want %v", size, got, want)
		}
	})
}
