package tagging_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/account"
	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
	"heliograph/resource/tagging"
)

// open serves resources of every kind that is built, and their tags.
func open(t *testing.T) (*resourcetest.House, resourcetest.Client) {
	t.Helper()
	h := resourcetest.Open(t, func(h *resourcetest.House, m *awsjson.Mux) {
		born := account.Account{ID: "000000000000", Tier: account.Production, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		if err := h.DB.PutAccount(t.Context(), born); err != nil {
			t.Fatal(err)
		}
		limits, turns := resource.DefaultLimits, new(resource.Turns)
		identities := &origination.Service{Store: h.DB, Now: h.Now, Limits: limits, Pages: h.Pages, Turns: turns}
		sets := &configset.Service{Store: h.DB, Now: h.Now, Limits: limits, Pages: h.Pages, Turns: turns}
		lists := &optout.Service{Store: h.DB, Entries: h.DB, Users: identities, Accounts: h.DB, Now: h.Now, Limits: limits, Pages: h.Pages, Turns: turns}
		tags := &tagging.Service{Limits: limits, Turns: turns, Holders: map[api.ResourceType]tagging.Holder{
			api.ResourceTypeConfigurationSet: sets, api.ResourceTypeOptOutList: lists, api.ResourceTypePhoneNumber: identities,
			api.ResourceTypePool: identities, api.ResourceTypeSenderId: identities,
		}}
		identities.Register(m)
		sets.Register(m)
		lists.Register(m)
		tags.Register(m)
	})
	return h, h.Client("000000000000", "us-east-1")
}

const prefix = "arn:aws:sms-voice:us-east-1:000000000000:"

// made are one resource of each kind, created with the tags that are given as
// JSON: their ARNs, and how each is deleted.
type made struct{ arn, drop, body string }

func everyKind(c resourcetest.Client, tags string) []made {
	list := c.OK("CreateOptOutList", `{"OptOutListName":"L","Tags":`+tags+`}`)
	set := c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"C","Tags":`+tags+`}`)
	sender := c.OK("RequestSenderId", `{"SenderId":"Shop","IsoCountryCode":"FR","Tags":`+tags+`}`)
	number := c.OK("RequestPhoneNumber", `{"IsoCountryCode":"US","MessageType":"TRANSACTIONAL","NumberCapabilities":["SMS"],"NumberType":"LONG_CODE","Tags":`+tags+`}`)
	pool := c.OK("CreatePool", `{"OriginationIdentity":"`+number.Text("PhoneNumberId")+`","MessageType":"TRANSACTIONAL","Tags":`+tags+`}`)
	return []made{
		{list.Text("OptOutListArn"), "DeleteOptOutList", `{"OptOutListName":"L"}`},
		{set.Text("ConfigurationSetArn"), "DeleteConfigurationSet", `{"ConfigurationSetName":"C"}`},
		{sender.Text("SenderIdArn"), "ReleaseSenderId", `{"SenderId":"Shop","IsoCountryCode":"FR"}`},
		{pool.Text("PoolArn"), "DeletePool", `{"PoolId":"` + pool.Text("PoolId") + `"}`},
		{number.Text("PhoneNumberArn"), "ReleasePhoneNumber", `{"PhoneNumberId":"` + number.Text("PhoneNumberId") + `"}`},
	}
}

// tagsOf shows a resource's tags as "k=v …".
func tagsOf(c resourcetest.Client, arn string) string {
	var texts []string
	for _, tag := range c.OK("ListTagsForResource", `{"ResourceArn":"`+arn+`"}`).List("Tags") {
		texts = append(texts, tag.Text("Key")+"="+tag.Text("Value"))
	}
	return strings.Join(texts, " ")
}

func tag(arn, tags string) string { return `{"ResourceArn":"` + arn + `","Tags":` + tags + `}` }

func untag(arn, keys string) string { return `{"ResourceArn":"` + arn + `","TagKeys":` + keys + `}` }

// Rule(CreateOptOutList, CreateConfigurationSet, RequestSenderId, RequestPhoneNumber, CreatePool): tags given at creation are the resource's.
// Rule(TagResource): adds tags and overwrites those with the same key; answers nothing.
// Rule(UntagResource): takes tags away; keys that are not there are no error; answers nothing.
// Rule(ListTagsForResource): shows the ARN and all tags; tags are lost with their resource.
func TestTagsOfEveryKind(t *testing.T) {
	h, c := open(t)
	kinds := everyKind(c, `[{"Key":"k","Value":"v"},{"Key":"empty","Value":""}]`)
	for _, r := range kinds {
		h.Expect(c.OK("ListTagsForResource", `{"ResourceArn":"`+r.arn+`"}`),
			`{"ResourceArn":"`+r.arn+`","Tags":[{"Key":"k","Value":"v"},{"Key":"empty","Value":""}]}`)
		if answer := c.OK("TagResource", tag(r.arn, `[{"Key":"K","Value":"other"},{"Key":"k","Value":"w"}]`)); len(answer) != 0 {
			t.Errorf("%s: TagResource answers %v", r.arn, answer)
		}
		if answer := c.OK("UntagResource", untag(r.arn, `["empty","absent","empty"]`)); len(answer) != 0 {
			t.Errorf("%s: UntagResource answers %v", r.arn, answer)
		}
	}
	h.Restart()
	for _, r := range kinds {
		if got := tagsOf(c, r.arn); got != "k=w K=other" {
			t.Errorf("%s: %q", r.arn, got)
		}
		c.OK("UntagResource", untag(r.arn, `["k","K"]`))
		h.Expect(c.OK("ListTagsForResource", `{"ResourceArn":"`+r.arn+`"}`), `{"Tags":[]}`)
		c.OK("TagResource", tag(r.arn, `[{"Key":"late","Value":"1"}]`))
		c.OK(r.drop, r.body)
		if got := c.Call("ListTagsForResource", `{"ResourceArn":"`+r.arn+`"}`).Failure(); !strings.HasPrefix(got, "ResourceNotFound ") {
			t.Errorf("%s after %s: %q", r.arn, r.drop, got)
		}
	}
	for _, again := range everyKind(c, `[]`) {
		if got := tagsOf(c, again.arn); got != "" {
			t.Errorf("%s: a new resource has %q", again.arn, got)
		}
	}
}

// Rule(TagResource): changes tags alone; members, defaults and settings stay.
func TestTaggingChangesNothingElse(t *testing.T) {
	_, c := open(t)
	kinds := everyKind(c, `[]`)
	c.OK("SetDefaultSenderId", `{"ConfigurationSetName":"C","SenderId":"Shop"}`)
	show := func() string {
		text := fmt.Sprint(c.OK("ListPoolOriginationIdentities", `{"PoolId":"`+kinds[3].arn+`"}`))
		for _, operation := range []string{"DescribeOptOutLists", "DescribeConfigurationSets", "DescribeSenderIds", "DescribePools", "DescribePhoneNumbers"} {
			text += fmt.Sprint(c.OK(operation, `{}`))
		}
		return text
	}
	before := show()
	for _, r := range kinds {
		c.OK("TagResource", tag(r.arn, `[{"Key":"k","Value":"v"}]`))
	}
	if after := show(); after != before {
		t.Errorf("%s\nafter tagging\n%s", before, after)
	}
}

// Rule(TagResource, UntagResource, ListTagsForResource): the list Default takes tags, as any other.
func TestTagsOfTheDefaultList(t *testing.T) {
	h, c := open(t)
	c.OK("TagResource", tag(prefix+"opt-out-list/Default", `[{"Key":"k","Value":"v"}]`))
	h.Restart()
	if got := tagsOf(c, prefix+"opt-out-list/Default"); got != "k=v" {
		t.Errorf("%q", got)
	}
	if got := c.OK("DescribeOptOutLists", `{}`).Column("OptOutLists", "OptOutListName"); got != "Default" {
		t.Errorf("lists %q", got)
	}
	c.OK("UntagResource", untag(prefix+"opt-out-list/Default", `["k"]`))
	h.Expect(c.OK("ListTagsForResource", `{"ResourceArn":"`+prefix+`opt-out-list/Default"}`), `{"Tags":[]}`)
}

// Rule(TagResource, UntagResource, ListTagsForResource): a sender ID is found by an ARN in any case, and answered in upper case.
func TestSenderIDIsTaggedInAnyCase(t *testing.T) {
	h, c := open(t)
	c.OK("RequestSenderId", `{"SenderId":"Shop","IsoCountryCode":"FR"}`)
	c.OK("TagResource", tag(prefix+"sender-id/shop/fr", `[{"Key":"k","Value":"v"},{"Key":"l","Value":""}]`))
	c.OK("UntagResource", untag(prefix+"sender-id/sHOP/FR", `["l"]`))
	h.Expect(c.OK("ListTagsForResource", `{"ResourceArn":"`+prefix+`sender-id/Shop/FR"}`),
		`{"ResourceArn":"`+prefix+`sender-id/SHOP/FR","Tags":[{"Key":"k","Value":"v"}]}`)
	for _, tail := range []string{"SHOP/DE", "SHOP", "/FR", "SHOP/FR/X"} {
		if got := c.Call("ListTagsForResource", `{"ResourceArn":"`+prefix+`sender-id/`+tail+`"}`).Failure(); !strings.HasPrefix(got, "ResourceNotFound sender-id ") {
			t.Errorf("%s: %q", tail, got)
		}
	}
}

// Rule(TagResource, UntagResource, ListTagsForResource): a resource is named by its full ARN in this account and Region; what does not exist is not found.
func TestTaggedResourceIsNamedByItsARN(t *testing.T) {
	_, c := open(t)
	everyKind(c, `[]`)
	const invalid = "Validation INVALID_ARN ResourceArn"
	for arn, want := range map[string]string{
		"arn:aws:sms-voice:eu-west-1:000000000000:configuration-set/C": invalid,
		"arn:aws:sms-voice:us-east-1:111122223333:configuration-set/C": invalid,
		"arn:aws:sns:us-east-1:000000000000:configuration-set/C":       invalid,
		"arn:aws-cn:sms-voice:us-east-1:000000000000:pool/P":           invalid,
		"arn:aws:sms-voice:us-east-1:000000000000:pool":                invalid,
		prefix + "configuration-set/":                                  invalid,
		prefix + "message/0198":                                        invalid,
		prefix + "event-destination/E":                                 invalid,
		prefix + "Pool/P":                                              invalid,
		prefix + "made-up/X":                                           invalid,
		"arn:aws:sms-voice":                                            "Validation INVALID_PARAMETER ResourceArn", // shorter than any
		"configuration-set/CCCCCCCCCCC":                                "Validation INVALID_PARAMETER ResourceArn",
		prefix + "configuration-set/X":                                 "ResourceNotFound configuration-set X",
		prefix + "configuration-set/c":                                 "ResourceNotFound configuration-set c",
		prefix + "opt-out-list/X":                                      "ResourceNotFound opt-out-list X",
		prefix + "pool/pool-1":                                         "ResourceNotFound pool pool-1",
		prefix + "pool/" + prefix + "pool/P":                           "ResourceNotFound pool " + prefix + "pool/P",
		prefix + "phone-number/phone-1":                                "ResourceNotFound phone-number phone-1",
		prefix + "sender-id/NONE/IN":                                   "ResourceNotFound sender-id NONE/IN",
		prefix + "registration/registration-1":                         "ResourceNotFound registration registration-1",
		prefix + "registration-attachment/a":                           "ResourceNotFound registration-attachment a",
		prefix + "verified-destination-number/v":                       "ResourceNotFound verified-destination-number v",
		prefix + "protect-configuration/p":                             "ResourceNotFound protect-configuration p",
		prefix + "rcs-agent/rcs-1":                                     "ResourceNotFound rcs-agent rcs-1",
		prefix + "notify-configuration/nc-1":                           "ResourceNotFound notify-configuration nc-1",
	} {
		c.Refused("TagResource", tag(arn, `[{"Key":"k","Value":"v"}]`), want)
		c.Refused("UntagResource", untag(arn, `["k"]`), want)
		c.Refused("ListTagsForResource", `{"ResourceArn":"`+arn+`"}`, want)
	}
}

// Rule(TagResource): a resource has at most 50 tags, counted with those it has; overwriting adds none.
// Rule(TagResource, UntagResource): keys are not reserved ones; TagResource takes every key once.
func TestTagsAreLimited(t *testing.T) {
	_, c := open(t)
	for _, r := range everyKind(c, `[{"Key":"first","Value":""}]`) {
		c.OK("TagResource", tag(r.arn, numbered(49)))
		c.Refused("TagResource", tag(r.arn, `[{"Key":"more","Value":""}]`), "ServiceQuotaExceeded TAGS_PER_RESOURCE")
		c.Refused("TagResource", tag(r.arn, numbered(51)), "ServiceQuotaExceeded TAGS_PER_RESOURCE")
		c.OK("TagResource", tag(r.arn, `[{"Key":"first","Value":"new"}]`))
		c.Refused("TagResource", tag(r.arn, `[{"Key":"first","Value":"1"},{"Key":"first","Value":"2"}]`), "Validation INVALID_PARAMETER Tags[1].Key")
		c.Refused("TagResource", tag(r.arn, `[{"Key":"aws:x","Value":"1"}]`), "Validation INVALID_PARAMETER Tags[0].Key")
		c.Refused("UntagResource", untag(r.arn, `["first","Aws:x"]`), "Validation INVALID_PARAMETER TagKeys[1]")
		if got := tagsOf(c, r.arn); !strings.HasPrefix(got, "first=new k0= k1=") || strings.Count(got, "=") != 50 {
			t.Errorf("%s: %q", r.arn, got)
		}
	}
}

// numbered are so many tags as JSON.
func numbered(count int) string {
	tags := make([]string, count)
	for i := range tags {
		tags[i] = fmt.Sprintf(`{"Key":"k%d","Value":""}`, i)
	}
	return "[" + strings.Join(tags, ",") + "]"
}

// Rule(TagResource, UntagResource): changes of different kinds at the same moment all land.
func TestConcurrentTagsAllLand(t *testing.T) {
	_, c := open(t)
	kinds := everyKind(c, `[{"Key":"old","Value":""}]`)
	var calls sync.WaitGroup
	for _, r := range kinds {
		for i := range 6 {
			calls.Go(func() {
				for operation, body := range map[string]string{
					"TagResource":   tag(r.arn, fmt.Sprintf(`[{"Key":"k%d","Value":""}]`, i)),
					"UntagResource": untag(r.arn, `["old"]`),
				} {
					if failure := c.Call(operation, body).Failure(); failure != "" {
						t.Errorf("%s %s: %s", operation, body, failure)
					}
				}
			})
		}
	}
	for i := range 12 {
		calls.Go(func() {
			body := fmt.Sprintf(`{"ConfigurationSetName":"N%d"}`, i)
			if failure := c.Call("CreateConfigurationSet", body).Failure(); failure != "" {
				t.Errorf("CreateConfigurationSet: %s", failure)
			}
		})
	}
	calls.Wait()
	for _, r := range kinds {
		if got := tagsOf(c, r.arn); strings.Count(got, "=") != 6 || strings.Contains(got, "old") {
			t.Errorf("%s: %q", r.arn, got)
		}
	}
}
