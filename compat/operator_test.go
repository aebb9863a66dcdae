package compat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// operatorConfig gives the operator's API something to provision and reload.
const operatorConfig = `accounts:
- { id: "111122223333", name: shop }
numbers:
- { number: "+12065550150", type: LONG_CODE }
carriers:
- { name: sim, type: simulator }
- { name: spare, type: simulator }
`

// described is a running server and the description that it gives of its
// operator's API.
type described struct {
	*server
	config   string
	target   *endpoint // of events
	document *openapi3.T
	router   routers.Router
	answered map[string]map[int]bool // statuses by "METHOD /path"
}

// lineType is of bodies of a JSON object a line, which the description knows as
// text.
const lineType = "application/x-ndjson"

// asOperator is the key that requests bear unless told otherwise.
var asOperator = url.UserPassword(rootKey, rootSecret)

func describedServer(t *testing.T) *described {
	t.Helper()
	d := &described{config: filepath.Join(t.TempDir(), "heliograph.yaml"), target: newEndpoint(t), answered: map[string]map[int]bool{}}
	d.write(t, operatorConfig)
	d.server = dev(t, "--config", d.config)
	_, text := d.exchange(t, http.MethodGet, "/operator/v1/openapi.json", "", asOperator)
	var err error
	if d.document, err = openapi3.NewLoader().LoadFromData(text); err != nil {
		t.Fatal(err)
	}
	openapi3filter.RegisterBodyDecoder(lineType, openapi3filter.FileBodyDecoder)
	d.document.Servers = openapi3.Servers{{URL: d.console}}
	if err := d.document.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.router, err = legacy.NewRouter(d.document); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *described) write(t *testing.T, text string) {
	t.Helper()
	text += fmt.Sprintf("sinks:\n- { match: \"arn:aws:sns:*:*:watched\", type: webhook, url: \"http://%s/events\" }\n", d.target.address)
	if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (d *described) request(t *testing.T, method, path, body string, key *url.Userinfo) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.console+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		if strings.Contains(path, "/opt-outs") {
			r.Header.Set("Content-Type", lineType)
		}
	}
	if key != nil {
		secret, _ := key.Password()
		r.SetBasicAuth(key.Username(), secret)
	}
	return r
}

func (d *described) exchange(t *testing.T, method, path, body string, key *url.Userinfo) (*http.Response, []byte) {
	t.Helper()
	answer, err := http.DefaultClient.Do(d.request(t, method, path, body, key))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, text
}

// call makes a request and holds the answer against the description; the
// request too, when it succeeds.
func (d *described) call(t *testing.T, method, path, body string, key *url.Userinfo, want int) map[string]any {
	t.Helper()
	answer, text := d.exchange(t, method, path, body, key)
	if answer.StatusCode != want {
		t.Errorf("%s %s: HTTP %d %s, want %d", method, path, answer.StatusCode, text, want)
	}
	r := d.request(t, method, path, body, key)
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	asked := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
			IncludeResponseStatus: true, MultiError: true,
			AuthenticationFunc: func(context.Context, *openapi3filter.AuthenticationInput) error { return nil },
		},
	}
	if answer.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(t.Context(), asked); err != nil {
			t.Errorf("%s %s: the request is not as described: %v", method, path, err)
		}
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: answer.StatusCode, Header: answer.Header,
		Body: io.NopCloser(bytes.NewReader(text)), Options: asked.Options,
	})
	if err != nil {
		t.Errorf("%s %s: the answer is not as described: %v\n%s", method, path, err, text)
	}
	operation := method + " " + route.Path
	if d.answered[operation] == nil {
		d.answered[operation] = map[int]bool{}
	}
	d.answered[operation][answer.StatusCode] = true
	decoded := map[string]any{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &decoded); err != nil {
			t.Fatal(err)
		}
	}
	return decoded
}

// TestOperatorAnswersAsItsDescriptionSays has another program than the server
// judge the server's own description and, by it, real answers of every endpoint.
func TestOperatorAnswersAsItsDescriptionSays(t *testing.T) {
	d := describedServer(t)
	d.succeed(t)
	d.fail(t)
	inPath := regexp.MustCompile(`\{\w+\}`)
	for path, item := range d.document.Paths.Map() {
		for method, operation := range item.Operations() {
			got := d.answered[method+" "+path]
			failed := slices.DeleteFunc(slices.Sorted(maps.Keys(got)), func(status int) bool { return status < 400 })
			for status := range operation.Responses.Map() {
				if status[0] == '2' && len(got)-len(failed) == 0 {
					t.Errorf("%s %s: no success was seen", method, path)
				}
			}
			d.call(t, method, inPath.ReplaceAllString(path, "x"), "", nil, http.StatusUnauthorized)
			d.call(t, method, inPath.ReplaceAllString(path, "x"), "", url.UserPassword("111122223333", "test"), http.StatusForbidden)
			d.call(t, method, inPath.ReplaceAllString(path, "x")+"?colour=red", "", asOperator, http.StatusBadRequest)
		}
	}
}

// succeed gets each endpoint to do what it is for.
func (d *described) succeed(t *testing.T) {
	t.Helper()
	const root, owner = "/operator/v1", "111122223333"
	id := d.sent(t)
	d.final(id)
	call := func(method, path, body string, want int) map[string]any {
		t.Helper()
		return d.call(t, method, root+path, body, asOperator, want)
	}
	call("GET", "/openapi.json", "", 200)
	call("GET", "/accounts", "", 200)
	made := call("POST", "/accounts/"+owner+"/keys", "", 201)
	call("GET", "/accounts/"+owner+"/keys", "", 200)
	call("DELETE", "/accounts/"+owner+"/keys/"+made["accessKeyId"].(string), "", 204)
	call("POST", "/metrics-keys", "", 201)
	call("POST", "/provision/sender-ids", `{"account":"111122223333","region":"us-east-1","senderId":"Shop","country":"FR"}`, 201)
	call("POST", "/provision/sender-ids", `{"account":"111122223333","region":"us-east-1","senderId":"Shop","country":"IN","registered":true,
		"messageTypes":["TRANSACTIONAL"],"carriers":[{"name":"sim","as":"SHOP"}]}`, 201)
	call("POST", "/provision/phone-numbers", `{"account":"111122223333","region":"us-east-1","number":"+12065550150"}`, 201)
	call("POST", "/opt-outs?account="+owner+"&region=us-east-1", "+14155550177", 200)
	line := call("GET", "/opt-outs?account="+owner+"&region=us-east-1&list=Default&reason=ticket+4711", "", 200)
	if line["number"] != "+14155550177" {
		t.Errorf("exported %v", line)
	}
	call("GET", "/messages", "", 200)
	call("GET", "/messages?to=%2B14155550123&state=DELIVERED&since=1h&limit=1", "", 200)
	found := call("GET", "/messages?to=%2B14155550123&reason=ticket+4711", "", 200)["messages"].([]any)
	if len(found) != 1 || found[0].(map[string]any)["body"] != "described" {
		t.Errorf("found %v", found)
	}
	call("GET", "/messages/"+id, "", 200)
	call("GET", "/messages/"+id+"?reason=ticket+4711", "", 200)
	lines := call("GET", "/audit?limit=3", "", 200)["entries"].([]any)
	if len(lines) != 3 || lines[0].(map[string]any)["reason"] != "ticket 4711" {
		t.Errorf("audit %v", lines)
	}
	d.steer(t, call)
	d.tell(t, call)
	call("POST", "/reload", "", 200)
	d.write(t, operatorConfig+"prices:\n- { country: FR, text_part: \"0.05\" }\n")
	if changes := call("POST", "/reload", "", 200)["changes"]; len(changes.([]any)) == 0 {
		t.Error("a changed file changed nothing")
	}
}

// steer does by night what an operator does with a carrier: watch, hold, empty
// and trace it.
func (d *described) steer(t *testing.T, call func(method, path, body string, want int) map[string]any) {
	t.Helper()
	call("GET", "/carriers", "", 200)
	call("GET", "/carriers/sim", "", 200)
	call("GET", "/route?account=000000000000&region=us-east-1&to=%2B14155550123&body=described", "", 200)
	call("POST", "/trace", `{"number":"+14155550123","for":"1m","reason":"ticket 4711"}`, 201)
	call("POST", "/carriers/sim/pause", `{"reason":"ticket 4711"}`, 200)
	call("POST", "/carriers/sim/drain", `{"reason":"ticket 4711"}`, 200)
	call("PUT", "/carriers/sim/throughput", `{"partsPerSecond":5}`, 200)
	cancelled, moved := d.sent(t), d.sent(t)
	call("POST", "/messages/"+cancelled+"/cancel", `{"reason":"ticket 4711"}`, 200)
	if got := d.final(cancelled); got.State != "UNKNOWN" {
		t.Errorf("the cancelled message is %s", got.State)
	}
	if got := call("POST", "/carriers/sim/move", `{"to":"spare"}`, 200)["moved"]; got != 1.0 {
		t.Errorf("%v messages moved, want 1", got)
	}
	if got := d.final(moved); got.State != "DELIVERED" {
		t.Errorf("the moved message is %s", got.State)
	}
	call("POST", "/carriers/sim/resume", "", 200)
	call("GET", "/trace", "", 200)
	call("DELETE", "/trace", "", 204)
}

// tell looks at events whose target is away, then refuses them, and replays them
// when it is well.
func (d *described) tell(t *testing.T, call func(method, path, body string, want int) map[string]any) {
	t.Helper()
	d.target.be("500")
	watch(t, goSDK(d.server, rootKey, rootSecret))
	id := d.sentBy(t, aws.String("watched"))
	d.final(id)
	if waiting := call("GET", "/events/targets", "", 200)["targets"].([]any); len(waiting) != 1 {
		t.Errorf("events wait for %v, want one target", waiting)
	}
	d.target.be("400")
	dead := []any{}
	for end := time.Now().Add(patience); len(dead) < 3 && time.Now().Before(end); {
		call("POST", "/events/replay", `{"target":"arn:aws:sns:us-east-1:000000000000:nobody"}`, 200) // has what rests tried now
		dead = call("GET", "/events/dead", "", 200)["events"].([]any)
	}
	if len(dead) != 3 {
		t.Errorf("%d events are dead, want 3", len(dead))
	}
	d.target.be("")
	if got := call("POST", "/events/replay", "{}", 200)["replayed"]; got != 3.0 {
		t.Errorf("%v events were replayed, want 3", got)
	}
	d.nothingWaits()
	if told := call("GET", "/events?message="+id, "", 200)["events"].([]any); len(told) != 3 {
		t.Errorf("the journal has %v, want 3 events", told)
	}
	call("GET", "/events?account=000000000000&since=1h&limit=1&reason=ticket+4711", "", 200)
}

// fail gets endpoints to refuse for reasons of their own.
func (d *described) fail(t *testing.T) {
	t.Helper()
	const root = "/operator/v1"
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", "/accounts/999999999999/keys", "", 404},
		{"POST", "/accounts/999999999999/keys", "", 404},
		{"DELETE", "/accounts/111122223333/keys/NIX", "", 404},
		{"POST", "/provision/sender-ids", `{"account":"999999999999","region":"us-east-1","senderId":"Shop","country":"FR"}`, 404},
		{"POST", "/provision/sender-ids", `{`, 400},
		{"POST", "/provision/phone-numbers", `{"account":"111122223333","region":"us-east-1","number":"+12065550199"}`, 404},
		{"POST", "/provision/phone-numbers", `{"account":"111122223333"}`, 400},
		{"GET", "/opt-outs?account=111122223333&region=us-east-1", "", 400},
		{"GET", "/opt-outs?account=111122223333&region=us-east-1&list=none&reason=ticket+4711", "", 404},
		{"POST", "/opt-outs?account=999999999999&region=us-east-1", "+14155550177", 404},
		{"GET", "/messages?limit=0", "", 400},
		{"GET", "/messages?reason=x", "", 400},
		{"GET", "/messages/x", "", 400},
		{"GET", "/messages/00000000-0000-7000-8000-000000000000", "", 404},
		{"GET", "/audit?before=x", "", 400},
		{"GET", "/events?message=x", "", 400},
		{"GET", "/events/dead?limit=0", "", 400},
		{"POST", "/events/replay", `{`, 400},
		{"GET", "/carriers/nix", "", 404},
		{"POST", "/carriers/nix/pause", `{}`, 404},
		{"POST", "/carriers/sim/move", `{"to":"nix"}`, 404},
		{"PUT", "/carriers/sim/throughput", `{"partsPerSecond":-1}`, 400},
		{"GET", "/route", "", 400},
		{"POST", "/trace", `{"number":"+14155550123","for":"1m"}`, 400},
		{"POST", "/messages/00000000-0000-7000-8000-000000000000/cancel", `{"reason":"ticket 4711"}`, 404},
	} {
		if text := d.call(t, c.method, root+c.path, c.body, asOperator, c.want)["error"]; text == "" || text == nil {
			t.Errorf("%s %s: refused without a word", c.method, c.path)
		}
	}
	d.write(t, "colour: red\n")
	d.call(t, "POST", root+"/reload", "", asOperator, 409)
	keys := d.call(t, "GET", root+"/accounts/000000000000/keys", "", asOperator, 200)["keys"].([]any)
	if len(keys) == 1 {
		d.call(t, "DELETE", root+"/accounts/000000000000/keys/"+rootKey, "", asOperator, 409)
	}
}

// sent is the id of a text to a handset.
func (d *described) sent(t *testing.T) string {
	t.Helper()
	return d.sentBy(t, nil)
}

// sentBy sends by a configuration set; nil = by none.
func (d *described) sentBy(t *testing.T, set *string) string {
	t.Helper()
	out, err := goSDK(d.server, rootKey, rootSecret).SendTextMessage(t.Context(), &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String("+14155550123"), MessageBody: aws.String("described"), Context: map[string]string{"order": "1"},
		ConfigurationSetName: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.MessageId)
}

// TestAuditSurvivesAKill ends the process as a power cut would, right after a
// change was answered.
func TestAuditSurvivesAKill(t *testing.T) {
	data := t.TempDir()
	s := serve(t, data)
	key := s.newKey("000000000000")
	s.kill()
	again := serve(t, data)
	answer := struct {
		Entries []struct {
			Action, AccessKeyID string
			Targets             []string
		} `json:"entries"`
	}{}
	if status := again.get("/operator/v1/audit?action=CreateAccessKey", &answer); status != http.StatusOK {
		t.Fatalf("HTTP %d", status)
	}
	if len(answer.Entries) != 1 || answer.Entries[0].AccessKeyID != rootKey || !slices.Equal(answer.Entries[0].Targets, []string{"access-key/" + key[0]}) {
		t.Errorf("the audit has %+v", answer.Entries)
	}
}
