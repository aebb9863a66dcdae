package keyword_test

import (
	"fmt"
	"strings"
	"testing"

	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/resource/keyword"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

// open serves keywords and what has them: at most 3 for a number, 2 for a pool.
func open(t *testing.T) (*resourcetest.House, resourcetest.Client) {
	t.Helper()
	h := resourcetest.Open(t, func(h *resourcetest.House, m *awsjson.Mux) {
		limits := func() resource.Limits {
			l := resource.DefaultLimits()
			l.KeywordsPerPhoneNumber, l.KeywordsPerPool = 3, 2
			return l
		}
		turns := new(resource.Turns)
		identities := &origination.Service{Store: h.DB, Now: h.Now, Limits: limits, Pages: h.Pages, Turns: turns, ApproveAll: true}
		words := &keyword.Service{Store: h.DB, Identities: identities, Texts: func() keyword.Texts { return keyword.Texts{Help: "Ask us.", Stop: "Bye."} },
			Now: h.Now, Limits: limits, Pages: h.Pages, Turns: turns}
		identities.Keywords = words
		identities.Register(m)
		words.Register(m)
	})
	return h, h.Client("000000000000", "us-east-1")
}

func number(c resourcetest.Client, kind, more string) string {
	return c.OK("RequestPhoneNumber", `{"IsoCountryCode":"US","MessageType":"TRANSACTIONAL","NumberCapabilities":["SMS"],"NumberType":"`+kind+`"`+more+`}`).Text("PhoneNumberId")
}

func pool(c resourcetest.Client, number string) string {
	return c.OK("CreatePool", `{"OriginationIdentity":"`+number+`","MessageType":"TRANSACTIONAL"}`).Text("PoolId")
}

// put is a request of PutKeyword; more is JSON of further members.
func put(identity, word, more string) string {
	return fmt.Sprintf(`{"OriginationIdentity":"%s","Keyword":"%s","KeywordMessage":"So be it."%s}`, identity, word, more)
}

func of(identity string) string { return `{"OriginationIdentity":"` + identity + `"}` }

func words(c resourcetest.Client, identity string) string {
	return c.OK("DescribeKeywords", of(identity)).Column("Keywords", "Keyword")
}

// Rule(DescribeKeywords): HELP and STOP are on every number and pool from the start, with the operator's texts, and stand first.
func TestHelpAndStopAreThereFromTheStart(t *testing.T) {
	h, c := open(t)
	id := number(c, "LONG_CODE", "")
	for _, identity := range []string{id, pool(c, id)} {
		d := c.OK("DescribeKeywords", of(identity))
		h.Expect(d, `{"OriginationIdentity":"`+identity+`","NextToken":null}`)
		if got := d.Column("Keywords", "Keyword"); got != "HELP STOP" {
			t.Fatalf("%s has %q", identity, got)
		}
		h.Expect(d.List("Keywords")[0], `{"KeywordMessage":"Ask us.","KeywordAction":"AUTOMATIC_RESPONSE"}`)
		h.Expect(d.List("Keywords")[1], `{"KeywordMessage":"Bye.","KeywordAction":"OPT_OUT"}`)
	}
}

// Rule(PutKeyword): a keyword is given in any case and kept in upper case, with blanks inside; a new one answers unless it says otherwise, and an existing one keeps its action.
// Rule(PutKeyword, DescribeKeywords, DeleteKeyword): a number or a pool is named by id or ARN; the answer has both.
func TestKeywordIsPutAndReplaced(t *testing.T) {
	h, c := open(t)
	id := number(c, "LONG_CODE", "")
	arn := "arn:aws:sms-voice:us-east-1:000000000000:phone-number/" + id
	h.Expect(c.OK("PutKeyword", put(arn, "win a Prize", "")), `{"OriginationIdentity":"`+id+`","OriginationIdentityArn":"`+arn+`",
		"Keyword":"WIN A PRIZE","KeywordMessage":"So be it.","KeywordAction":"AUTOMATIC_RESPONSE"}`)
	c.OK("PutKeyword", put(id, "join", `,"KeywordAction":"OPT_IN"`))
	h.Expect(c.OK("PutKeyword", put(id, "JOIN", "")), `{"KeywordAction":"OPT_IN"}`)
	h.Expect(c.OK("PutKeyword", put(id, "Join", `,"KeywordAction":"OPT_OUT"`)), `{"KeywordAction":"OPT_OUT"}`)
	h.Restart()
	if got := words(c, arn); got != "HELP STOP WIN A PRIZE JOIN" {
		t.Errorf("keywords %q", got)
	}
	h.Expect(c.OK("DeleteKeyword", `{"OriginationIdentity":"`+arn+`","Keyword":"win a prize"}`),
		`{"OriginationIdentity":"`+id+`","Keyword":"WIN A PRIZE","KeywordMessage":"So be it.","KeywordAction":"AUTOMATIC_RESPONSE"}`)
	c.Refused("DeleteKeyword", `{"OriginationIdentity":"`+id+`","Keyword":"win a prize"}`, "ResourceNotFound keyword WIN A PRIZE")
}

// Rule(PutKeyword): of HELP and STOP the message changes and the action does not.
// Rule(DeleteKeyword): HELP and STOP cannot be deleted.
func TestHelpAndStopStay(t *testing.T) {
	h, c := open(t)
	number := number(c, "LONG_CODE", "")
	for _, id := range []string{number, pool(c, number)} {
		h.Expect(c.OK("PutKeyword", put(id, "stop", `,"KeywordAction":"OPT_OUT"`)), `{"Keyword":"STOP","KeywordMessage":"So be it.","KeywordAction":"OPT_OUT"}`)
		h.Expect(c.OK("PutKeyword", put(id, "Help", "")), `{"Keyword":"HELP","KeywordAction":"AUTOMATIC_RESPONSE"}`)
		c.Refused("PutKeyword", put(id, "Stop", `,"KeywordAction":"AUTOMATIC_RESPONSE"`), "Conflict RESOURCE_MODIFICATION_NOT_ALLOWED keyword STOP")
		c.Refused("PutKeyword", put(id, "HELP", `,"KeywordAction":"OPT_OUT"`), "Conflict RESOURCE_MODIFICATION_NOT_ALLOWED keyword HELP")
		for _, word := range []string{"STOP", "help"} {
			c.Refused("DeleteKeyword", `{"OriginationIdentity":"`+id+`","Keyword":"`+word+`"}`, "Conflict RESOURCE_DELETION_NOT_ALLOWED keyword "+strings.ToUpper(word))
		}
		d := c.OK("DescribeKeywords", of(id))
		if got := d.Column("Keywords", "Keyword") + " " + d.Column("Keywords", "KeywordMessage"); got != "HELP STOP So be it. So be it." {
			t.Errorf("%s has %q", id, got)
		}
	}
}

// Rule(PutKeyword, DescribeKeywords, DeleteKeyword): keywords that are heard as one are one.
func TestSpellingsOfAKeywordAreOne(t *testing.T) {
	h, c := open(t)
	id := number(c, "LONG_CODE", "")
	c.OK("PutKeyword", put(id, "win a prize", ""))
	for _, same := range []string{"Win  a prize", "ＷＩＮ A PRIZE"} {
		h.Expect(c.OK("PutKeyword", put(id, same, "")), `{"Keyword":"WIN A PRIZE"}`)
	}
	c.Refused("PutKeyword", put(id, "ｓｔｏｐ", `,"KeywordAction":"OPT_IN"`), "Conflict RESOURCE_MODIFICATION_NOT_ALLOWED keyword STOP")
	if got := words(c, id); got != "HELP STOP WIN A PRIZE" {
		t.Errorf("%s", got)
	}
	c.OK("DeleteKeyword", `{"OriginationIdentity":"`+id+`","Keyword":"win   a prize"}`)
	if got := words(c, id); got != "HELP STOP" {
		t.Errorf("%s", got)
	}
	free := number(c, "TOLL_FREE", "")
	c.Refused("PutKeyword", put(free, "ＳＴＡＲＴ", ""), "Conflict RESOURCE_MODIFICATION_NOT_ALLOWED keyword ＳＴＡＲＴ")
}

// Rule(PutKeyword): a keyword has no blanks at its ends and at most 30 characters.
// Rule(PutKeyword): the number of keywords of a number, and of a pool, is limited; HELP, STOP and a replacement need no room.
// Rule(PutKeyword, DescribeKeywords, DeleteKeyword): what names no number or pool is not found; a foreign ARN is invalid.
func TestKeywordsAreRefused(t *testing.T) {
	_, c := open(t)
	id := number(c, "LONG_CODE", "")
	for _, bad := range []string{" A", "A ", strings.Repeat("A", 31), ""} {
		if got := c.Call("PutKeyword", put(id, bad, "")).Failure(); !strings.HasPrefix(got, "Validation INVALID_PARAMETER Keyword") && !strings.HasPrefix(got, "Validation INVALID_PARAMETER") {
			t.Errorf("%q: %s", bad, got)
		}
	}
	group := pool(c, number(c, "LONG_CODE", ""))
	for of, room := range map[string]int{id: 3, group: 2} {
		for i := range room {
			c.OK("PutKeyword", put(of, fmt.Sprint("K", i), ""))
		}
		c.OK("PutKeyword", put(of, "K0", ""))
		c.OK("PutKeyword", put(of, "HELP", ""))
	}
	c.Refused("PutKeyword", put(id, "more", ""), "ServiceQuotaExceeded KEYWORDS_PER_PHONE_NUMBER")
	c.Refused("PutKeyword", put(group, "more", ""), "ServiceQuotaExceeded KEYWORDS_PER_POOL")
	for operation, body := range map[string]func(string) string{
		"PutKeyword": func(id string) string { return put(id, "A", "") }, "DescribeKeywords": of,
		"DeleteKeyword": func(id string) string { return `{"OriginationIdentity":"` + id + `","Keyword":"A"}` },
	} {
		c.Refused(operation, body("phone-none"), "ResourceNotFound phone-number phone-none")
		c.Refused(operation, body("pool-none"), "ResourceNotFound pool pool-none")
		c.Refused(operation, body("arn:aws:sms-voice:eu-west-1:000000000000:phone-number/"+id), "Validation INVALID_ARN OriginationIdentity")
	}
	c.Refused("DescribeKeywords", `{"OriginationIdentity":"`+id+`","Keywords":["K0","K9"]}`, "ResourceNotFound keyword K9")
}

// Rule(PutKeyword): on a toll-free number of the US the network opts out: what it answers cannot be chosen, nor another word that opts out.
func TestNetworkOptsOutOfTollFreeNumbers(t *testing.T) {
	_, c := open(t)
	id := number(c, "TOLL_FREE", "")
	for _, word := range []string{"STOP", "unstop", "START"} {
		c.Refused("PutKeyword", put(id, word, ""), "Conflict RESOURCE_MODIFICATION_NOT_ALLOWED keyword "+strings.ToUpper(word))
	}
	c.Refused("PutKeyword", put(id, "leave", `,"KeywordAction":"OPT_OUT"`), "Conflict RESOURCE_MODIFICATION_NOT_ALLOWED keyword LEAVE")
	c.OK("PutKeyword", put(id, "HELP", ""))
}

// Rule(DescribeKeywords): the filter keyword-action chooses; pages hold MaxResults entries, and a token holds for its listing.
func TestKeywordsAreListed(t *testing.T) {
	_, c := open(t)
	id := number(c, "LONG_CODE", "")
	c.OK("PutKeyword", put(id, "LEAVE", `,"KeywordAction":"OPT_OUT"`))
	c.OK("PutKeyword", put(id, "JOIN", `,"KeywordAction":"OPT_IN"`))
	filtered := func(values string) string {
		return c.OK("DescribeKeywords", `{"OriginationIdentity":"`+id+`","Filters":[{"Name":"keyword-action","Values":[`+values+`]}]}`).Column("Keywords", "Keyword")
	}
	if got := filtered(`"OPT_OUT"`) + "|" + filtered(`"OPT_IN","AUTOMATIC_RESPONSE"`); got != "STOP LEAVE|HELP JOIN" {
		t.Errorf("filters give %q", got)
	}
	c.Refused("DescribeKeywords", `{"OriginationIdentity":"`+id+`","Filters":[{"Name":"keyword-action","Values":["none"]}]}`, "Validation INVALID_FILTER_VALUES Filters")
	seen, token := "", ""
	for range 4 {
		d := c.OK("DescribeKeywords", `{"OriginationIdentity":"`+id+`","MaxResults":1`+token+`}`)
		seen += d.Column("Keywords", "Keyword") + " "
		token = `,"NextToken":"` + d.Text("NextToken") + `"`
	}
	if seen != "HELP STOP LEAVE JOIN " {
		t.Errorf("pages show %q", seen)
	}
	c.Refused("DescribeKeywords", `{"OriginationIdentity":"`+id+`","NextToken":"made up"}`, "Validation INVALID_NEXT_TOKEN NextToken")
}

// Rule(CreatePool): a pool takes the keywords of its first number over, and has its own from then on.
// Rule(AssociateOriginationIdentity, RequestPhoneNumber): a number enters a pool with the pool's keywords only.
// Rule(ReleasePhoneNumber, DeletePool): the keywords go with the number, and with the pool.
func TestKeywordsOfPoolsAndTheirNumbers(t *testing.T) {
	h, c := open(t)
	first, second := number(c, "LONG_CODE", ""), number(c, "LONG_CODE", "")
	c.OK("PutKeyword", put(first, "JOIN", `,"KeywordAction":"OPT_IN"`))
	group := pool(c, first)
	if got := words(c, group); got != "HELP STOP JOIN" {
		t.Errorf("the pool has %q", got)
	}
	join := `{"PoolId":"` + group + `","OriginationIdentity":"` + second + `"}`
	mismatch := "Conflict KEYWORD_MISMATCH phone-number " + second
	c.Refused("AssociateOriginationIdentity", join, mismatch)
	c.OK("PutKeyword", put(second, "JOIN", ""))
	c.Refused("AssociateOriginationIdentity", join, mismatch) // another action
	c.OK("PutKeyword", put(second, "JOIN", `,"KeywordAction":"OPT_IN"`))
	c.OK("PutKeyword", put(group, "STOP", ""))
	c.Refused("AssociateOriginationIdentity", join, mismatch) // another text of STOP
	c.OK("PutKeyword", put(second, "STOP", ""))
	c.OK("AssociateOriginationIdentity", join)
	asked := c.Call("RequestPhoneNumber", `{"IsoCountryCode":"US","MessageType":"TRANSACTIONAL","NumberCapabilities":["SMS"],"NumberType":"LONG_CODE","PoolId":"`+group+`"}`)
	if got := asked.Failure(); !strings.HasPrefix(got, "Conflict KEYWORD_MISMATCH phone-number ") {
		t.Errorf("a new number: %s", got)
	}
	c.OK("PutKeyword", put(group, "MORE", ""))
	if got := words(c, first); got != "HELP STOP JOIN" {
		t.Errorf("the number has %q", got)
	}
	c.OK("DeletePool", `{"PoolId":"`+group+`"}`)
	c.OK("ReleasePhoneNumber", `{"PhoneNumberId":"`+first+`"}`)
	left, err := h.DB.Keywords(t.Context(), c.Scope)
	if err != nil || len(left.Keywords) != 2 || left.Keywords[0].Identity != second {
		t.Errorf("left %+v, %v", left, err)
	}
}
