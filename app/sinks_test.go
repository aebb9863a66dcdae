package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"heliograph/event"
	"heliograph/resource"
)

const receipts = "arn:aws:sns:us-east-1:000000000000:receipts"

func receiptsTarget() event.Target {
	return event.Target{Scope: resource.Scope{Account: "000000000000", Region: "us-east-1"}, ARN: receipts}
}

// topics is an SNS server that has the topic receipts, and forbids another.
func topics(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail := func(status int, code string) {
			w.WriteHeader(status)
			fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>", code)
		}
		switch r.FormValue("TopicArn") {
		case receipts:
			fmt.Fprint(w, "<GetTopicAttributesResponse><GetTopicAttributesResult/></GetTopicAttributesResponse>")
		case receipts + "-closed":
			fail(http.StatusForbidden, "AuthorizationError")
		default:
			fail(http.StatusNotFound, "NotFound")
		}
	}))
	t.Cleanup(server.Close)
	t.Setenv("SINK_SECRET", "of-the-sink")
	return server
}

func snsLine(server *httptest.Server) string {
	return fmt.Sprintf("sinks:\n- { match: \"*\", type: sns, endpoint: %q, access_key_id: \"${SINK_SECRET}\", secret_access_key: \"${SINK_SECRET}\" }\n", server.URL)
}

// Rule(CreateEventDestination, UpdateEventDestination): a topic that is missing, forbidden or does not answer is refused where a sink speaks to it; the journal takes every ARN.
// Rule(UpdatePhoneNumber, UpdatePool): so is a two-way channel.
func TestTargetsThatCannotBeWrittenToAreRefused(t *testing.T) {
	server := topics(t)
	r := run(t, t.TempDir(), configured(t, snsLine(server)), nil)
	number, pool := identitiesOf(r)
	r.must("CreateConfigurationSet", map[string]any{"ConfigurationSetName": "set"})
	destination := func(name, arn string) map[string]any {
		return map[string]any{"ConfigurationSetName": "set", "EventDestinationName": name, "MatchingEventTypes": []string{"ALL"}, "SnsDestination": map[string]any{"TopicArn": arn}}
	}
	refused := func(operation string, in map[string]any, tells string) {
		t.Helper()
		if _, out := r.call(operation, in); out["Reason"] != "RESOURCE_NOT_ACCESSIBLE" || !strings.Contains(fmt.Sprint(out), tells) || strings.Contains(fmt.Sprint(out), "assume") {
			t.Errorf("%s: %v", operation, out)
		}
	}
	refused("CreateEventDestination", destination("a", receipts+"-missing"), "NotFound")
	refused("CreateEventDestination", destination("a", receipts+"-closed"), "AuthorizationError")
	r.must("CreateEventDestination", destination("a", receipts))
	update := destination("a", receipts+"-closed")
	delete(update, "MatchingEventTypes")
	refused("UpdateEventDestination", update, "AuthorizationError")
	r.must("CreateEventDestination", map[string]any{"ConfigurationSetName": "set", "EventDestinationName": "logs", "MatchingEventTypes": []string{"ALL"},
		"CloudWatchLogsDestination": map[string]any{"IamRoleArn": "arn:aws:iam::000000000000:role/x", "LogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:none"}})

	refused("UpdatePhoneNumber", map[string]any{"PhoneNumberId": number, "TwoWayEnabled": true, "TwoWayChannelArn": receipts + "-missing"}, "NotFound")
	refused("UpdatePool", map[string]any{"PoolId": pool, "TwoWayEnabled": true, "TwoWayChannelArn": receipts + "-closed"}, "AuthorizationError")
	r.must("UpdatePhoneNumber", map[string]any{"PhoneNumberId": number, "TwoWayEnabled": true, "TwoWayChannelArn": receipts})
	r.must("UpdatePool", map[string]any{"PoolId": pool, "TwoWayEnabled": true, "TwoWayChannelArn": receipts})
	server.Close()
	refused("CreateEventDestination", destination("b", receipts), "connection refused")
	r.must("UpdatePhoneNumber", map[string]any{"PhoneNumberId": number, "SelfManagedOptOutsEnabled": true}) // its channel stays
}

// identitiesOf are a number outside pools, and a pool with another one.
func identitiesOf(r *running) (number, pool string) {
	r.t.Helper()
	lease := map[string]any{"IsoCountryCode": "US", "MessageType": "TRANSACTIONAL", "NumberCapabilities": []string{"SMS"}, "NumberType": "TOLL_FREE"}
	number = r.must("RequestPhoneNumber", lease)["PhoneNumberId"].(string)
	member := r.must("RequestPhoneNumber", lease)["PhoneNumberId"].(string)
	pool = r.must("CreatePool", map[string]any{"OriginationIdentity": member, "IsoCountryCode": "US", "MessageType": "TRANSACTIONAL"})["PoolId"].(string)
	return number, pool
}

func TestTheFirstLineThatTakesATargetMakesItsSink(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "events.jsonl")
	r := runFile(t, "")
	if r.sinks.Sink(receiptsTarget()) != nil {
		t.Fatal("a sink without a line")
	}
	lines := fmt.Sprintf("sinks:\n- { match: \"arn:aws:sns:*:*:receipts\", type: file, path: %s }\n- { match: \"*\", type: webhook, url: \"http://127.0.0.1:1\" }\n", path)
	r.applies(lines, "[sinks]")
	sink := r.sinks.Sink(receiptsTarget())
	if sink == nil || r.sinks.Sink(receiptsTarget()) != sink {
		t.Fatal("a sink is not made once")
	}
	give := func(s event.Sink, id string) error {
		return s.Deliver(t.Context(), []event.Delivery{{ID: id, MessageID: id, Record: []byte("{}")}})[0]
	}
	if err := give(sink, "a"); err != nil {
		t.Fatal(err)
	}
	other := receiptsTarget()
	other.ARN += "-2"
	if err := give(r.sinks.Sink(other), "b"); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("the second line: %v", err)
	}
	r.applies(lines+"prices: [{ country: FR, text_part: \"0.05\" }]\n", "[prices]")
	if r.sinks.Sink(receiptsTarget()) != sink {
		t.Error("a change elsewhere makes a sink anew")
	}
	r.applies(strings.Replace(lines, "type: file", "type: file, keep: 3", 1), "[prices sinks]")
	next := r.sinks.Sink(receiptsTarget())
	if err := give(sink, "c"); err == nil {
		t.Error("the sink of an old configuration takes events")
	}
	if err := give(next, "d"); err != nil {
		t.Error(err)
	}
	written, err := os.ReadFile(path)
	if err != nil || strings.Count(string(written), "\n") != 2 {
		t.Errorf("%s, %v", written, err)
	}
	r.sinks.Close()
}
