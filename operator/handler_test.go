package operator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/operator"
	"heliograph/protocol/gsm"
)

func newProvisioner(s operator.Store, h *house) *operator.Provisioner {
	return operator.NewProvisioner(s, h.directory, noon)
}

func TestMessageIsShownWithPartsTimesAndWhy(t *testing.T) {
	h := open(t, t.TempDir())
	id := uuid.Must(uuid.NewV7())
	must(t, h.Accept(t.Context(), &message.Message{
		ID: id, Scope: shop, To: "+919876543210", Country: "IN", Type: api.MessageTypeTransactional, Carrier: "acme",
		Origin: message.Origin{Kind: carrier.Alphanumeric, Identity: "SENDER", Wire: "Sender", Pool: "pool-1"},
		Body:   "the secret text", Encoding: gsm.UCS2, Parts: 2, Price: 11620, ConfigurationSet: "set",
		Context: map[string]string{"order": "1"}, AcceptedAt: noon(), ExpiresAt: noon().Add(72 * time.Hour),
		Why: message.Why{Candidates: []message.Considered{{Identity: "SENDER", Kind: carrier.Alphanumeric}}},
	}))
	must(t, h.Submitted(t.Context(), message.Submission{ID: id, Part: 1, Parts: 2, Carrier: "acme", CarrierMessageID: "c-1", Attempts: 1, At: noon().Add(time.Second)}))
	found, err := h.Receipt(t.Context(), message.Receipt{Carrier: "acme", CarrierMessageID: "c-1", State: message.Delivered, At: noon().Add(2 * time.Second)})
	if err != nil || found != message.Matched {
		t.Fatal(found, err)
	}
	status, got := h.call(t, "GET", "/operator/v1/messages/"+id.String()+"?reason=ticket+7", "")
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	why := got["why"].([]any)
	if len(why) == 0 || !strings.Contains(fmt.Sprint(why...), "SENDER") {
		t.Errorf("why = %v", why)
	}
	delete(got, "why")
	text, err := json.Marshal(got)
	must(t, err)
	want := `{"acceptedAt":"2026-05-29T12:00:00Z","account":"111122223333","body":"the secret text","carrier":"acme","configurationSet":"set","context":{"order":"1"},` +
		`"country":"IN","encoding":"UCS2","expiresAt":"2026-06-01T12:00:00Z","from":"Sender","fromKind":"ALPHANUMERIC","id":"` + id.String() + `",` +
		`"masked":false,"messageType":"TRANSACTIONAL","originationIdentity":"SENDER","parts":[` +
		`{"attempts":1,"carrierMessageId":"c-1","endedAt":"2026-05-29T12:00:02Z","number":1,"state":"DELIVERED","submittedAt":"2026-05-29T12:00:01Z"},` +
		`{"attempts":0,"number":2,"state":"QUEUED"}],"poolId":"pool-1","price":"0.01162","region":"eu-west-3","state":"QUEUED","to":"+919876543210"}`
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestRequestsAreRefusedWithAReason(t *testing.T) {
	h := open(t, t.TempDir())
	h.provision(t, "numbers:\n- { number: \"+12065550142\", type: LONG_CODE, message_type: PROMOTIONAL }\n")
	number := `{"account":"111122223333","region":"eu-west-3","number":"+12065550142"`
	senderID := `{"account":"111122223333","region":"eu-west-3","senderId":"SENDER","country":"IN"`
	for _, c := range []struct {
		method, path, body string
		status             int
		text               string
	}{
		{"GET", "/messages/x", "", 400, "a message id is a UUID, as SendTextMessage answered it"},
		{"GET", "/messages/" + uuid.NewString(), "", 404, "there is no message with this id"},
		{"GET", "/nothing", "", 404, "there is nothing under this path, or not with this method"},
		{"POST", "/messages/x", "", 404, "there is nothing under this path, or not with this method"},
		{"POST", "/provision/sender-ids", "", 400, "the body cannot be read: EOF"},
		{"POST", "/provision/sender-ids", senderID + `} {}`, 400, "the body goes on after its JSON object"},
		{"POST", "/provision/sender-ids", senderID + `,"colour":"red"}`, 400, `the body cannot be read: json: unknown field "colour"`},
		{"POST", "/provision/sender-ids", strings.Replace(senderID, `"IN"`, `"US"`, 1) + `}`, 400, "the networks of US carry no sender IDs"},
		{"POST", "/provision/sender-ids", senderID + `,"carriers":[{"name":"nix"}]}`, 400, "no carrier is named nix"},
		{"POST", "/provision/sender-ids", strings.Replace(senderID, "111122223333", "999999999999", 1) + `}`, 404, "there is no account 999999999999: put it into `accounts` of the configuration file"},
		{"POST", "/provision/phone-numbers", strings.Replace(number, "eu-west-3", "", 1) + `}`, 400, `"" is not a Region such as us-east-1`},
		{"POST", "/provision/phone-numbers", number + `,"messageType":"TRANSACTIONAL"}`, 400, "the inventory has this number for PROMOTIONAL alone"},
		{"POST", "/provision/phone-numbers", number + `,"messageType":"X"}`, 400, "messageType is TRANSACTIONAL or PROMOTIONAL"},
		{"POST", "/provision/phone-numbers", strings.Replace(number, "0142", "0143", 1) + `}`, 404, "no free number of the inventory is this one: put it into `numbers` of the configuration file, or see whether it is leased"},
		{"POST", "/accounts/999999999999/keys", "", 404, "there is no account 999999999999: put it into `accounts` of the configuration file"},
		{"GET", "/accounts/999999999999/keys", "", 404, "there is no account 999999999999: put it into `accounts` of the configuration file"},
		{"DELETE", "/accounts/000000000000/keys/NIX", "", 404, "account 000000000000 has no such key"},
		{"DELETE", "/accounts/111122223333/keys/ROOT", "", 404, "account 111122223333 has no such key"},
		{"DELETE", "/accounts/000000000000/keys/ROOT", "", 409, "this is the last root key of the operator's account: make another one first"},
	} {
		status, answer := h.call(t, c.method, "/operator/v1"+c.path, c.body)
		if status != c.status || answer["error"] != c.text {
			t.Errorf("%s %s %s: got %d %v", c.method, c.path, c.body, status, answer["error"])
		}
	}
}

func TestProvisionedSenderIDComesBackAfterItsRelease(t *testing.T) {
	h := open(t, t.TempDir())
	for range 2 {
		status, answer := h.call(t, "POST", "/operator/v1/provision/sender-ids",
			`{"account":"111122223333","region":"eu-west-3","senderId":"Sender","country":"IN","registered":true,"carriers":[{"name":"acme","as":"SNDR"}]}`)
		if status != http.StatusCreated || answer["senderId"] != "Sender" {
			t.Fatalf("got %d %v", status, answer)
		}
		if got := h.senders(t, shop); got != "SENDER/IN/Sender registered=true [TRANSACTIONAL PROMOTIONAL] [{acme SNDR}]" {
			t.Errorf("got %q", got)
		}
		h.release(t)
	}
}

func TestProvisionedNumberIsLeased(t *testing.T) {
	h := open(t, t.TempDir())
	h.provision(t, "numbers:\n- { number: \"+12065550142\", type: LONG_CODE, message_type: PROMOTIONAL }\n")
	body := `{"account":"111122223333","region":"eu-west-3","number":"+12065550142"}`
	status, answer := h.call(t, "POST", "/operator/v1/provision/phone-numbers", body)
	v, err := h.provisioner.Identities(t.Context(), shop)
	must(t, err)
	if status != http.StatusCreated || len(v.Numbers) != 1 || v.Numbers[0].ID != answer["phoneNumberId"] || v.Numbers[0].MessageType != api.MessageTypePromotional {
		t.Fatalf("got %d %v, %+v", status, answer, v.Numbers)
	}
	if status, _ = h.call(t, "POST", "/operator/v1/provision/phone-numbers", body); status != http.StatusNotFound {
		t.Errorf("leased twice: %d", status)
	}
}

func TestKeysAreMadeListedAndRevoked(t *testing.T) {
	h := open(t, t.TempDir())
	path := "/operator/v1/accounts/" + shop.Account + "/keys"
	status, made := h.call(t, "POST", path, "")
	id, secret := fmt.Sprint(made["accessKeyId"]), made["secretAccessKey"]
	if got, ok, err := h.directory.Secret(t.Context(), id); status != http.StatusCreated || err != nil || !ok || got != secret {
		t.Fatalf("got %d, %v, %v", status, ok, err)
	}
	if _, list := h.call(t, "GET", path, ""); fmt.Sprint(list["keys"]) != "[map[accessKeyId:"+id+" createdAt:2026-05-29T12:00:00Z root:true]]" {
		t.Errorf("listed %v", list)
	}
	if status, _ = h.call(t, "DELETE", path+"/"+id, ""); status != http.StatusNoContent {
		t.Errorf("revoked with %d", status)
	}
	if _, ok, _ := h.directory.Secret(t.Context(), id); ok {
		t.Error("a revoked key still works")
	}
	if _, list := h.call(t, "GET", "/operator/v1/accounts", ""); len(list["accounts"].([]any)) != 2 {
		t.Errorf("accounts = %v", list)
	}
}

func TestOtherAccountsAreForbidden(t *testing.T) {
	h := open(t, t.TempDir())
	_, made := h.call(t, "POST", "/operator/v1/accounts/"+shop.Account+"/keys", "")
	for key, want := range map[string]int{fmt.Sprint(made["accessKeyId"]): http.StatusForbidden, "NIX": http.StatusUnauthorized} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/operator/v1/accounts", nil)
		must(t, err)
		r.SetBasicAuth(key, fmt.Sprint(made["secretAccessKey"]))
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != want {
			t.Errorf("key %s: %d, want %d", key, res.StatusCode, want)
		}
	}
}

func TestReadingIsNotLoggedAsAChange(t *testing.T) {
	var log bytes.Buffer
	h := openWith(t, t.TempDir(), func(p *operator.Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	h.call(t, "HEAD", "/operator/v1/accounts", "")
	h.call(t, "GET", "/operator/v1/accounts", "")
	if log.Len() > 0 {
		t.Errorf("logged %s", &log)
	}
	h.call(t, "POST", "/operator/v1/accounts/"+shop.Account+"/keys", "")
	if !strings.Contains(log.String(), "operator changed something") {
		t.Errorf("logged %q", &log)
	}
}

// TestTheLastRootKeyStaysWhoeverRevokes revokes all root keys of the operator
// at the same time.
func TestTheLastRootKeyStaysWhoeverRevokes(t *testing.T) {
	h := open(t, t.TempDir())
	for range 20 {
		for range 4 {
			key := account.GenerateKey()
			key.Account, key.Root = account.Operator, true
			must(t, h.directory.PutKey(t.Context(), key))
		}
		handler := operator.Handler(operator.Parts{Accounts: h.directory, Now: noon})
		keys, err := h.directory.Keys(t.Context(), account.Operator)
		must(t, err)
		var revoking sync.WaitGroup
		for _, k := range keys {
			revoking.Go(func() {
				r := httptest.NewRequest(http.MethodDelete, "/operator/v1/accounts/"+account.Operator+"/keys/"+k.ID, nil)
				handler.ServeHTTP(httptest.NewRecorder(), r)
			})
		}
		revoking.Wait()
		if left, err := h.directory.Keys(t.Context(), account.Operator); err != nil || len(left) != 1 {
			t.Fatalf("%d keys are left, %v", len(left), err)
		}
	}
}
