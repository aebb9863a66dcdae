package compat

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"heliograph/event"
	"heliograph/event/webhook"
)

// TestTheVerificationOfThePageKnowsOurRequests runs the program of docs/events.md
// on what a webhook received, as it was and changed.
func TestTheVerificationOfThePageKnowsOurRequests(t *testing.T) {
	var headers map[string]string
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		headers = map[string]string{}
		for name := range r.Header {
			headers[strings.ToLower(name)] = r.Header.Get(name)
		}
		text, _ := io.ReadAll(r.Body)
		body = string(text)
	}))
	defer server.Close()
	for _, envelope := range []bool{false, true} {
		sink := webhook.New(webhook.Settings{
			URL: server.URL, Secret: "whsec-é", Envelope: envelope, Timeout: patience, Now: time.Now,
			Target: event.Target{ARN: "arn:aws:sns:us-east-1:111122223333:receipts"},
		})
		d := event.Delivery{ID: "1", MessageID: "1", Type: "TEXT_DELIVERED", At: time.Now(), Record: []byte(`{"text":"é <b>"}`)}
		if err := sink.Deliver(t.Context(), []event.Delivery{d})[0]; err != nil {
			t.Fatal(err)
		}
		sink.Close()
		if got := verdicts(t, headers, body); got != "True False False False False" {
			t.Errorf("as it was, other secret, other body, no signature, an hour later: %s", got)
		}
	}
}

// verdicts are those of the page's program.
func verdicts(t *testing.T, headers map[string]string, body string) string {
	t.Helper()
	request, err := json.Marshal(map[string]any{"headers": headers, "body": body})
	if err != nil {
		t.Fatal(err)
	}
	program := string(exampleOf(t, "../docs/events.md", "python")) + fmt.Sprintf(`
import json
request = json.loads(%q)
headers, body = request["headers"], request["body"].encode()
unsigned = {name: value for name, value in headers.items() if name != "heliograph-signature"}
print(
    verify("whsec-é", headers, body),
    verify("another", headers, body),
    verify("whsec-é", headers, body + b" "),
    verify("whsec-é", unsigned, body),
    verify("whsec-é", headers, body, now=lambda: time.time() + 3600),
)
`, request)
	out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", program).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}
