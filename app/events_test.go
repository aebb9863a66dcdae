package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"heliograph/config"
)

// told waits for the records of a message up to one of a type, as the journal has
// them.
func (r *running) told(id, last string) (records []string) {
	r.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		status, answer := r.console(http.MethodGet, "/operator/v1/events?message="+id, "")
		if status != http.StatusOK {
			r.t.Fatalf("HTTP %d %v", status, answer)
		}
		events := answer["events"].([]any)
		if len(events) == 0 || events[len(events)-1].(map[string]any)["type"] != last {
			continue
		}
		return r.records(id)
	}
	r.t.Fatalf("no %s of message %s", last, id)
	return nil
}

// records are those of a message as they are published, octet by octet.
func (r *running) records(id string) (list []string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.ConsoleURL()+"/operator/v1/events?message="+id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	request.SetBasicAuth("test", "test")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	page := struct {
		Events []struct{ Record json.RawMessage }
	}{}
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
		r.t.Fatal(err)
	}
	for _, e := range page.Events {
		list = append(list, string(e.Record))
	}
	return list
}

// watched makes the configuration set "set", whose events go to a topic.
func (r *running) watched() {
	r.t.Helper()
	r.must("CreateConfigurationSet", in{"ConfigurationSetName": "set"})
	r.must("CreateEventDestination", in{
		"ConfigurationSetName": "set", "EventDestinationName": "all", "MatchingEventTypes": []string{"ALL"},
		"SnsDestination": in{"TopicArn": "arn:aws:sns:us-east-1:000000000000:events"},
	})
}

var (
	timestamp = regexp.MustCompile(`"(eventTimestamp|messageRequestTimestamp)":([0-9]+)`)
	messageID = regexp.MustCompile(`"messageId":"[0-9a-f-]{36}"`)
)

// compared is a record with what differs each time replaced.
func compared(record string) string {
	record = timestamp.ReplaceAllString(record, `"$1":0`)
	return messageID.ReplaceAllString(record, `"messageId":"ID"`)
}

// published is the record of an event of the texts of this test, member by member
// in the order of the service's example (AWS End User Messaging SMS user guide,
// "Example event data"); isInternationalSend stands where the guide's page on
// EventBridge shows it.
func published(status string, final bool, network, described string, parts int) string {
	return fmt.Sprintf(`{"eventType":"TEXT_%s","eventVersion":"1.0","eventTimestamp":0,"isFinal":%v,`+
		`"originationPhoneNumber":"+12065550142","destinationPhoneNumber":"+12065550199","isoCountryCode":"US","isInternationalSend":false,%s`+
		`"messageId":"ID","messageRequestTimestamp":0,"messageEncoding":"GSM","messageType":"TRANSACTIONAL",`+
		`"messageStatus":"%s","messageStatusDescription":"%s","context":{"account":"bar"},`+
		`"totalMessageParts":%d,"totalMessagePrice":%s,"totalCarrierFee":0.0}`,
		status, final, network, status, described, parts, map[int]string{1: "0.00581", 2: "0.01162"}[parts])
}

// Rule(SendTextMessage, CreateEventDestination): each outcome of a text is told in records like those that are published, member by member and in that order; those of one message come in the order that they happened.
func TestRecordsOfEachOutcomeAreThosePublished(t *testing.T) {
	const network = `"mcc":"310","mnc":"800",`
	queued := published("QUEUED", false, network, "Message is queued", 1)
	taken := published("SUCCESSFUL", true, network, "Message has been accepted by phone carrier", 1)
	long := strings.Repeat("x", 200)
	cases := []struct {
		body, status, described string
		script                  []string
		untaken                 bool // no carrier had it
	}{
		{"delivered", "DELIVERED", "Message has been accepted by phone", []string{"=1", "id:1 stat:DELIVRD"}, false},
		{"overtaken", "DELIVERED", "Message has been accepted by phone", []string{"id:2 stat:DELIVRD", "=2"}, false},
		{"invalid", "INVALID", "Invalid phone number", []string{"=3", "id:3 stat:UNDELIV err:001"}, false},
		{"invalid message", "INVALID_MESSAGE", "Message body is invalid", []string{"!1"}, true},
		{"unreachable", "UNREACHABLE", "Phone is currently unreachable/unavailable", []string{"=4", "id:4 stat:UNDELIV err:027"}, false},
		{"carrier unreachable", "CARRIER_UNREACHABLE", "Phone carrier is currently unreachable/unavailable", []string{"=5", "id:5 stat:UNDELIV err:034"}, false},
		{"blocked", "BLOCKED", "Phone has blocked SMS", []string{"=6", "id:6 stat:UNDELIV err:013"}, false},
		{"carrier blocked", "CARRIER_BLOCKED", "Phone carrier has blocked this message", []string{"=7", "id:7 stat:REJECTD"}, false},
		{"spam", "SPAM", "Blocked as spam by phone carrier", []string{"=8", "id:8 stat:REJECTD err:SPAM"}, false},
		{"unknown", "UNKNOWN", "Unknown error attempting to reach phone", []string{"=9", "id:9 stat:UNKNOWN"}, false},
		{"expired", "TTL_EXPIRED", "Time to live of the message has passed", []string{"=10", "id:10 stat:EXPIRED err:000"}, false},
	}
	script := map[string][]string{long: {"=p", "id:p stat:DELIVRD"}}
	for _, c := range cases {
		script[c.body] = c.script
	}
	peer := saying(t, script)
	r := runFile(t, "carriers:\n"+line("acme", peer, "")+`
prices: [ { country: US, text_part: "0.00581" } ]
networks: [ { prefix: "+1206555", mccmnc: "310800" } ]
`)
	r.watched()
	for _, c := range cases {
		id := r.eventful(c.body)
		want := []string{queued}
		if !c.untaken {
			want = append(want, taken)
		}
		want = append(want, published(c.status, true, network, c.described, 1))
		r.compare(c.body, r.told(id, "TEXT_"+c.status), want)
	}
}

// eventful sends a text whose events are told.
func (r *running) eventful(body string) (id string) {
	r.t.Helper()
	return r.must("SendTextMessage", in{
		"DestinationPhoneNumber": "+12065550199", "MessageBody": body, "ConfigurationSetName": "set", "Context": in{"account": "bar"},
	})["MessageId"].(string)
}

func (r *running) compare(name string, got, want []string) {
	r.t.Helper()
	var before int64
	for i, record := range got {
		if i >= len(want) || compared(record) != want[i] {
			r.t.Errorf("%s: record %d of %d is\n%s\nwant %q", name, i, len(want), record, want[min(i, len(want)-1)])
			continue
		}
		at := int64(0)
		if _, err := fmt.Sscan(timestamp.FindStringSubmatch(record)[2], &at); err != nil || at < before {
			r.t.Errorf("%s: record %d of time %d comes after %d, %v", name, i, at, before, err)
		}
		before = at
	}
	if len(got) != len(want) {
		r.t.Errorf("%s: %d records, want %d", name, len(got), len(want))
	}
}

// Rule(SendTextMessage): a text of several parts is pending when a carrier has the first, and successful when it has the last.
func TestRecordsOfSeveralParts(t *testing.T) {
	r := runFile(t, "carriers:\n"+line("acme", inParts(t), ", receipts: { per: message }")+"\nprices: [ { country: US, text_part: \"0.00581\" } ]\n")
	r.watched()
	id := r.eventful(strings.Repeat("x", 200))
	r.compare("two parts", r.told(id, "TEXT_DELIVERED"), []string{
		published("QUEUED", false, "", "Message is queued", 2),
		published("PENDING", false, "", "Message is being sent", 2),
		published("SUCCESSFUL", true, "", "Message has been accepted by phone carrier", 2),
		published("DELIVERED", true, "", "Message has been accepted by phone", 2),
	})
}

// Rule(SendTextMessage): to a published simulator destination a text ends in a success event or a failure event, whatever the routes, and costs what others cost.
// Rule(CreateEventDestination): a disabled destination, and one that does not name a type, gets no event of it; TEXT_SENT never comes.
func TestEventsOfSimulatorDestinations(t *testing.T) {
	r := run(t, t.TempDir(), config.Default(), nil)
	r.watched()
	for to, want := range map[string]string{"+14254147755": "TEXT_DELIVERED", "+14254147167": "TEXT_BLOCKED"} {
		id := r.must("SendTextMessage", in{"DestinationPhoneNumber": to, "MessageBody": "hi", "ConfigurationSetName": "set"})["MessageId"].(string)
		if got := r.told(id, want); len(got) != 3 {
			t.Errorf("%s: %q", to, got)
		}
	}
	r.must("UpdateEventDestination", in{"ConfigurationSetName": "set", "EventDestinationName": "all", "MatchingEventTypes": []string{"TEXT_SENT", "TEXT_DELIVERED"}})
	id := r.must("SendTextMessage", in{"DestinationPhoneNumber": "+14254147755", "MessageBody": "hi", "ConfigurationSetName": "set"})["MessageId"].(string)
	if got := r.told(id, "TEXT_DELIVERED"); len(got) != 1 {
		t.Errorf("%q", got)
	}
	r.must("UpdateEventDestination", in{"ConfigurationSetName": "set", "EventDestinationName": "all", "Enabled": false})
	id = r.must("SendTextMessage", in{"DestinationPhoneNumber": "+14254147755", "MessageBody": "hi", "ConfigurationSetName": "set"})["MessageId"].(string)
	r.ended(id)
	if got := r.records(id); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
