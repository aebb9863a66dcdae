package operator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/audit"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/operator"
)

// accept puts a message into the store and gives its id.
func (h *house) accept(t *testing.T, to string) string {
	t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	h.acceptAs(t, id, to)
	return id
}

func (h *house) acceptAs(t *testing.T, id, to string) {
	t.Helper()
	must(t, h.Accept(t.Context(), &message.Message{
		ID: uuid.MustParse(id), Scope: shop, To: to, Country: "FR", Type: api.MessageTypeTransactional, Carrier: "acme", Parts: 1,
		Origin: message.Origin{Kind: carrier.Alphanumeric, Identity: "SHOP", Wire: "Shop"}, Body: "your code is 123456",
		Context: map[string]string{"order": "o-77"}, Parameters: map[string]string{"IN_ENTITY_ID": "e-88"},
		AcceptedAt: noon(), ExpiresAt: noon().Add(time.Hour),
	}))
}

// looks are the lines of the audit that tell of looking at messages.
func (h *house) looks(t *testing.T) (lines []map[string]any) {
	t.Helper()
	for _, action := range []string{"ReadMessages", "ReadMessage"} {
		_, answer := h.call(t, "GET", "/operator/v1/audit?action="+action, "")
		for _, e := range answer["entries"].([]any) {
			lines = append(lines, e.(map[string]any))
		}
	}
	return lines
}

func TestMessagesAreMaskedWithoutAReason(t *testing.T) {
	h := open(t, t.TempDir())
	id := h.accept(t, "+33612345678")
	for _, path := range []string{"/messages", "/messages?to=%2B33612345678", "/messages/" + id} {
		status, answer := h.call(t, "GET", "/operator/v1"+path, "")
		text, err := json.Marshal(answer)
		must(t, err)
		if status != http.StatusOK || !strings.Contains(string(text), "+3361*****78") || !strings.Contains(string(text), id) {
			t.Errorf("%s: %d %s", path, status, text)
		}
		for _, hidden := range []string{"33612345678", "123456", "o-77", "e-88"} {
			if strings.Contains(string(text), hidden) {
				t.Errorf("%s shows %s: %s", path, hidden, text)
			}
		}
	}
	if looks := h.looks(t); len(looks) != 0 {
		t.Errorf("masked messages left %v", looks)
	}
}

func TestReasonShowsMessagesAndIsKept(t *testing.T) {
	id := uuid.Must(uuid.NewV7()).String()
	for path, want := range map[string]string{
		"/messages?to=%2B33612345678&reason=ticket+4711": `ReadMessages ROOT "ticket 4711" [message/` + id + `] {"since":"24h","to":"+3361*****78"}`,
		"/messages/" + id + "?reason=ticket+4711":        `ReadMessage ROOT "ticket 4711" [message/` + id + `] `,
	} {
		h := open(t, t.TempDir())
		h.acceptAs(t, id, "+33612345678")
		h.accept(t, "+33612345679")
		status, answer := h.call(t, "GET", "/operator/v1"+path, "")
		text, err := json.Marshal(answer)
		must(t, err)
		for _, shown := range []string{"33612345678", "123456", "o-77", "e-88", `"masked":false`} {
			if status != http.StatusOK || !strings.Contains(string(text), shown) {
				t.Errorf("%s shows no %s: %d %s", path, shown, status, text)
			}
		}
		looks := h.looks(t)
		if len(looks) != 1 {
			t.Fatalf("%s left %v", path, looks)
		}
		got := fmt.Sprintf("%s %s %q %s %s", looks[0]["action"], looks[0]["accessKeyId"], looks[0]["reason"], looks[0]["targets"], looks[0]["parameters"])
		if got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

// deaf is an audit that cannot be written.
type deaf struct{ operator.AuditLog }

// Audit refuses every line.
func (deaf) Audit(context.Context, audit.Entry) error { return errors.New("the disk is full") }

func TestNothingIsShownWhenTheLookCannotBeNoted(t *testing.T) {
	h := openWith(t, t.TempDir(), func(p *operator.Parts) { p.Audit = deaf{} })
	id := h.accept(t, "+33612345678")
	for _, path := range []string{"/messages?reason=ticket", "/messages/" + id + "?reason=ticket"} {
		if status, answer := h.call(t, "GET", "/operator/v1"+path, ""); status != http.StatusInternalServerError || len(answer) != 1 {
			t.Errorf("%s: %d %v", path, status, answer)
		}
	}
}

func TestSearchIsFollowedByNext(t *testing.T) {
	h := open(t, t.TempDir())
	var want, got []string
	for i := range 7 {
		want = append([]string{h.accept(t, fmt.Sprintf("+3361234567%d", i))}, want...)
	}
	path := "/operator/v1/messages?limit=3&state=QUEUED&account=" + shop.Account + "&region=" + shop.Region
	for next := ""; ; path = strings.Split(path, "&after=")[0] + "&after=" + next {
		_, answer := h.call(t, "GET", path, "")
		for _, m := range answer["messages"].([]any) {
			got = append(got, m.(map[string]any)["id"].(string))
		}
		if answer["next"] == nil {
			break
		}
		next = answer["next"].(string)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSearchesAreRefusedWithAReason(t *testing.T) {
	h := open(t, t.TempDir())
	for query, want := range map[string]string{
		"messages?limit=0":                            "limit is 1 to 1000",
		"messages?limit=1001":                         "limit is 1 to 1000",
		"messages?limit=x":                            "limit is 1 to 1000",
		"messages?to=+1206":                           "to is a number such as +12065550142, its plus sign written %2B",
		"messages?to=SENDER":                          "to is a number such as +12065550142, its plus sign written %2B",
		"messages?state=GONE":                         "state is one of QUEUED, PENDING,",
		"messages?since=yesterday":                    "since is a time such as 2026-05-29T12:00:00Z, or a duration such as 24h",
		"messages?until=-3h":                          "until is a time such as",
		"messages?after=1":                            "after is the next of an earlier answer",
		"messages?reason=":                            "the query parameter reason is empty: leave it out",
		"messages?reason=+x+":                         "a reason has at least three letters or digits, and at most 500 octets of UTF-8",
		"messages?reason=+++++":                       "a reason has at least three letters or digits",
		"messages?reason=......":                      "a reason has at least three letters or digits",
		"messages?reason=%E2%80%8B%E2%80%8B%E2%80%8B": "a reason has at least three letters or digits",
		"messages?reason=%00%00%00":                   "a reason has at least three letters or digits",
		"messages?reason=abc%ff":                      "a reason has at least three letters or digits",
		"messages?to=":                                "the query parameter to is empty",
		"messages?to=%2B1206&account=%zz":             "the query cannot be read",
		"messages?account=1;to=%2B1206":               "the query cannot be read",
		"messages?reason=ab&reason=c":                 "given twice",
		"messages?number=1":                           "there is no query parameter number here",
		"audit?before=x":                              "before is the next of an earlier answer",
		"audit?since=0001-01-01T00:00:00Z":            "since is a time such as",
	} {
		status, answer := h.call(t, "GET", "/operator/v1/"+query, "")
		if status != http.StatusBadRequest || !strings.Contains(fmt.Sprint(answer["error"]), want) {
			t.Errorf("%s: %d %v, want %s", query, status, answer, want)
		}
	}
}

func TestAuditIsReadNewestFirstByPages(t *testing.T) {
	h := open(t, t.TempDir())
	for range 5 {
		h.call(t, "POST", "/operator/v1/accounts/"+shop.Account+"/keys", "")
	}
	var ids []string
	path := "/operator/v1/audit?limit=2&action=CreateAccessKey&account=" + shop.Account
	for before := ""; ; path = strings.Split(path, "&before=")[0] + "&before=" + before {
		_, answer := h.call(t, "GET", path, "")
		for _, e := range answer["entries"].([]any) {
			ids = append(ids, fmt.Sprint(e.(map[string]any)["id"]))
		}
		if answer["next"] == nil {
			break
		}
		before = fmt.Sprint(answer["next"])
	}
	if len(ids) != 5 || ids[0] <= ids[4] {
		t.Errorf("ids %v", ids)
	}
}

// TestEachChangeOfTheOperatorIsNoted names the operator's key, what was changed
// and whose it is, and no secret.
// Proves(limit): night shift: provisioning, keys and reloads by the operator are in the audit.
func TestEachChangeOfTheOperatorIsNoted(t *testing.T) {
	h := open(t, t.TempDir())
	h.provision(t, "accounts:\n- { id: \"222233334444\", name: new }\nnumbers:\n- { number: \"+12065550142\", type: LONG_CODE }\n"+fmt.Sprintf(sender, "FILED", ""))
	h.senders(t, shop)
	_, made := h.call(t, "POST", "/operator/v1/accounts/"+shop.Account+"/keys", "")
	key := made["accessKeyId"].(string)
	h.call(t, "DELETE", "/operator/v1/accounts/"+shop.Account+"/keys/"+key, "")
	h.call(t, "DELETE", "/operator/v1/accounts/"+shop.Account+"/keys/"+key, "")
	h.call(t, "POST", "/operator/v1/provision/sender-ids", `{"account":"111122223333","region":"eu-west-3","senderId":"Sender","country":"IN"}`)
	_, number := h.call(t, "POST", "/operator/v1/provision/phone-numbers", `{"account":"111122223333","region":"eu-west-3","number":"+12065550142"}`)
	h.call(t, "POST", "/operator/v1/reload", "")
	_, answer := h.call(t, "GET", "/operator/v1/audit", "")
	var got []string
	for _, e := range answer["entries"].([]any) {
		line := e.(map[string]any)
		got = append(got, fmt.Sprint(line["origin"], " ", line["action"], " ", line["accessKeyId"], " ", line["account"], "/", line["region"], " ", line["targets"], " ", line["parameters"]))
	}
	want := []string{
		`operator Reload ROOT / [configuration/prices] `,
		`operator ProvisionPhoneNumber ROOT 111122223333/eu-west-3 [phone-number/` + number["phoneNumberId"].(string) + `] {"account":"111122223333","number":"+12065550142","region":"eu-west-3"}`,
		`operator ProvisionSenderId ROOT 111122223333/eu-west-3 [sender-id/SENDER/IN] {"account":"111122223333","country":"IN","region":"eu-west-3","senderId":"Sender"}`,
		`operator DeleteAccessKey ROOT 111122223333/ [access-key/` + key + `] `,
		`operator CreateAccessKey ROOT 111122223333/ [access-key/` + key + `] `,
		`file ProvisionSenderId  111122223333/eu-west-3 [sender-id/FILED/IN] `,
		`file ProvisionInventory  / [inventory/+12065550142] `,
		`file ProvisionAccount  222233334444/ [account/222233334444] `,
		`file Start  000000000000/ [access-key/ROOT] `,
		`file Start  000000000000/ [account/000000000000] `,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestReloadTellsWhatChangedOrWhyNot(t *testing.T) {
	for name, c := range map[string]struct {
		reload func(context.Context) (operator.Reloaded, error)
		status int
		want   string
	}{
		"no file": {nil, http.StatusNotFound, "map[error:the server was started without a configuration file]"},
		"applied": {func(context.Context) (operator.Reloaded, error) {
			return operator.Reloaded{Changes: []string{"prices"}}, nil
		},
			http.StatusOK, "map[changes:[prices]]"},
		"the same": {func(context.Context) (operator.Reloaded, error) { return operator.Reloaded{}, nil }, http.StatusOK, "map[changes:[]]"},
		"invalid":  {func(context.Context) (operator.Reloaded, error) { return operator.Reloaded{}, fmt.Errorf("line 3") }, http.StatusConflict, "map[error:line 3]"},
	} {
		h := openWith(t, t.TempDir(), func(p *operator.Parts) { p.Reload = c.reload })
		status, answer := h.call(t, "POST", "/operator/v1/reload", "")
		if status != c.status || fmt.Sprint(answer) != c.want {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
}
