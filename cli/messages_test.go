package cli

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func messageJSON(id, state, extra string) string {
	return fmt.Sprintf(`{"id":%q,"account":"111122223333","region":"eu-west-3","from":"NEWS","fromKind":"ALPHANUMERIC","originationIdentity":"sender-id/NEWS/FR",
		"to":"+3361*****78","country":"FR","carrier":"acme","messageType":"TRANSACTIONAL","state":%q,"encoding":"GSM","price":"0.05",
		"parts":[{"number":1,"state":%[2]q,"attempts":2,"carrierMessageId":"c-1","submittedAt":"2026-01-02T03:04:05Z"}],
		"acceptedAt":"2026-01-02T03:04:05Z","expiresAt":"2026-01-05T03:04:05Z","why":["first reason","second reason"]%s}`, id, state, extra)
}

func TestMessagesAreATableThatFollowsPages(t *testing.T) {
	f := &fake{answers: map[string]string{}}
	env, out, errs := against(t, f)
	f.answers["GET /operator/v1/messages"] = `{"messages":[` + messageJSON("m-2", "DELIVERED", "") + `],"next":"m-2"}`
	f.answers["GET /operator/v1/messages?after=m-2&limit=1&state=DELIVERED"] = `{"messages":[` + messageJSON("m-1", "DELIVERED", "") + `],"next":"m-1"}`
	if err := Messages(t.Context(), env, MessagesOptions{State: "DELIVERED", Limit: 2}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "ACCEPTED             STATE      FROM  TO            COUNTRY  PARTS  PRICE  ID") ||
		!strings.Contains(lines[1], "DELIVERED  NEWS  +3361*****78  FR       1      0.05   m-2") || !strings.HasSuffix(lines[2], "m-1") {
		t.Errorf("shown:\n%s", out)
	}
	if !strings.Contains(errs.String(), "There are more") || !strings.Contains(errs.String(), "--reason") {
		t.Errorf("remarks: %q", errs)
	}
}

func TestMessagesAskForWhatTheFlagsSay(t *testing.T) {
	f := &fake{answers: map[string]string{"GET /operator/v1/messages": `{"messages":[]}`}}
	env, _, errs := against(t, f)
	err := Messages(t.Context(), env, MessagesOptions{
		To: "33612345678", State: "EXPIRED", Account: "111122223333", Region: "eu-west-3", Since: "2026-05-01",
		Until: "2026-05-02T10:00:00Z", Limit: 5, Reason: "ticket 1",
	})
	if err != nil || !strings.Contains(errs.String(), "No such messages since 2026-05-01") {
		t.Errorf("%q, %v", errs, err)
	}
	asked, err := url.Parse(strings.TrimPrefix(f.asked[0], "GET "))
	if err != nil {
		t.Fatal(err)
	}
	const want = "account=111122223333&limit=5&reason=ticket+1&region=eu-west-3&since=2026-05-01T00%3A00%3A00Z&state=EXPIRED&to=%2B33612345678&until=2026-05-02T10%3A00%3A00Z"
	if got := asked.Query().Encode(); got != want {
		t.Errorf("asked for %s", got)
	}
	errs.Reset()
	if err := Messages(t.Context(), env, MessagesOptions{Limit: 5}); err != nil || !strings.Contains(errs.String(), "No such messages since 24h") {
		t.Errorf("%q, %v", errs, err)
	}
	for _, bad := range []MessagesOptions{{To: "nobody", Limit: 1}, {Limit: 0}, {Since: "soon", Limit: 1}} {
		if err := Messages(t.Context(), env, bad); !IsUsage(err) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestAReasonShowsTextsThatCannotSteerATerminal(t *testing.T) {
	f := &fake{answers: map[string]string{
		"GET /operator/v1/messages": `{"messages":[` + messageJSON("m-1", "DELIVERED", `,"body":"a\u001b[2Jb\nsecond"`) + `]}`,
	}}
	env, out, errs := against(t, f)
	if err := Messages(t.Context(), env, MessagesOptions{Limit: 1, Reason: "ticket 1"}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "m-1\n│ a\ufffd[2Jb\n│ second\n") || errs.Len() > 0 {
		t.Errorf("%q, %q", out, errs)
	}
}

func TestNothingThatOthersWroteSteersATerminal(t *testing.T) {
	whole := messageJSON("m-1", "DELIVERED", `,"body":"x","code":"\u001b[2J","context":{"a":"b\u001b]0;c\nstate"},"parameters":{"IN_ENTITY_ID":"\u009b2J"}`)
	whole = strings.NewReplacer(`"NEWS"`, `"N\u001b[1mS"`, `"c-1"`, `"c\r1"`, `"first reason"`, `"first\u0007reason"`).Replace(whole)
	f := &fake{answers: map[string]string{
		"GET /operator/v1/messages/m-1": whole, "GET /operator/v1/messages": `{"messages":[` + whole + `]}`,
		"GET /operator/v1/audit": `{"entries":[{"at":"2026-01-02T03:04:05Z","action":"A","targets":["t\u001b[2J"],"accessKeyId":"k\nk"}]}`,
	}}
	env, out, _ := against(t, f)
	for _, err := range []error{
		Messages(t.Context(), env, MessagesOptions{ID: "m-1", Limit: 1, Reason: "r"}),
		Messages(t.Context(), env, MessagesOptions{Limit: 1, Reason: "r"}),
		Audit(t.Context(), env, AuditOptions{Limit: 1}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\a\r\u009b") || strings.Contains(out.String(), "\nstate") || strings.Contains(out.String(), "\nk") {
		t.Errorf("%q", out)
	}
	if !strings.Contains(out.String(), "a=b\ufffd]0;c\ufffdstate") || !strings.Contains(out.String(), "c\ufffd1") {
		t.Errorf("%q", out)
	}
}

func TestOneMessageIsShownWholeWithItsWhy(t *testing.T) {
	f := &fake{answers: map[string]string{
		"GET /operator/v1/messages/m-1":                   messageJSON("m-1", "PENDING", ""),
		"GET /operator/v1/messages/m-1?reason=ticket+%26": messageJSON("m-1", "PENDING", `,"body":"Bonjour"`),
	}}
	env, out, errs := against(t, f)
	if err := Messages(t.Context(), env, MessagesOptions{ID: "m-1", Limit: 1}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Message m-1\n", "  from      NEWS (ALPHANUMERIC), sender-id/NEWS/FR\n", "  encoding  GSM, 1 part\n", "  price     0.05 US dollars\n", "  expires   2026-01-05",
		"  PART  STATE    ATTEMPTS  SUBMITTED     ENDED  CARRIER'S ID  CODE\n  1     PENDING  2         ", "  -      c-1           -\n",
		"\nWhy it went so:\n  - first reason\n  - second reason\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if strings.Contains(out.String(), "│") || !strings.Contains(errs.String(), "audit") {
		t.Errorf("without a reason: %q, %q", out, errs)
	}
	out.Reset()
	errs.Reset()
	if err := Messages(t.Context(), env, MessagesOptions{ID: "m-1", Limit: 1, Reason: "ticket &"}); err != nil || !strings.Contains(out.String(), "  │ Bonjour\n") || errs.Len() > 0 {
		t.Errorf("with a reason: %q, %q, %v", out, errs, err)
	}
	out.Reset()
	if err := Messages(t.Context(), env, MessagesOptions{ID: "m-1", Limit: 1, Output: JSON}); err != nil || !strings.Contains(out.String(), `"why": [`) {
		t.Errorf("as JSON: %q, %v", out, err)
	}
	if err := Messages(t.Context(), env, MessagesOptions{ID: "m-9", Limit: 1}); err == nil || err.Error() != "there is nothing here" {
		t.Errorf("an unknown one: %v", err)
	}
}
