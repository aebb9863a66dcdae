package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// frozen starts a server on a file whose clock stands still.
func frozen(t *testing.T, content string) *running {
	t.Helper()
	at := time.Now()
	return run(t, t.TempDir(), configured(t, content), func(o *Options) { o.Now = func() time.Time { return at } })
}

// allowed counts the calls of an operation that are not throttled, of so many,
// whatever else they answer.
func (r *running) allowed(operation string, input map[string]any, calls int) (n int) {
	r.t.Helper()
	for range calls {
		if _, answer := r.call(operation, input); answer["__type"] != "ThrottlingException" {
			n++
		}
	}
	return n
}

// Rule(DescribePools, DescribeSenderIds): each operation of an account takes the operator's requests per second, and answers ThrottlingException beyond.
// Proves(limit): requests per second of each operation of an account.
func TestRequestsPerSecondOfTheFile(t *testing.T) {
	r := frozen(t, "limits: { api_requests_per_second: 3 }\n")
	for _, operation := range []string{"DescribePools", "DescribeSenderIds"} {
		if n := r.allowed(operation, map[string]any{}, 5); n != 3 {
			t.Errorf("%d of 5 calls of %s were taken, want 3", n, operation)
		}
	}
}

// Rule(DescribePools, PutOptedOutNumber, ListTagsForResource, SendTextMessage): published request rates are 1 per second, 10 for opted-out numbers and lists of tags; what sends is not counted.
// Proves(limit): published request rates when `published_rates` is on.
func TestPublishedRequestRates(t *testing.T) {
	r := frozen(t, "limits: { published_rates: true }\n")
	number := map[string]any{"OptOutListName": "Default", "OptedOutNumber": "+33612345678"}
	text := map[string]any{"DestinationPhoneNumber": "+14254147755", "MessageBody": "Hello"}
	for _, c := range []struct {
		operation string
		input     map[string]any
		want      int
	}{{"DescribePools", map[string]any{}, 1}, {"PutOptedOutNumber", number, 10}, {"SendTextMessage", text, 15}} {
		if n := r.allowed(c.operation, c.input, 15); n != c.want {
			t.Errorf("%d of 15 calls of %s were taken, want %d", n, c.operation, c.want)
		}
	}
}

// Rule(SendTextMessage): message parts per second of an account are held to the file's figure from the caller to the wire, and a reload lifts them.
// Proves(limit): through the real server: message parts per second from the caller to the handset, lifted by a reload.
func TestMessagePartsPerSecondOfTheFile(t *testing.T) {
	const to = "+33612346077"
	s := runFile(t, "limits: { message_parts_per_second: 4 }\n")
	send := func(n int) {
		for i := range n {
			s.must("SendTextMessage", map[string]any{
				"DestinationPhoneNumber": to, "MessageBody": fmt.Sprint("text ", i), "OriginationIdentity": "ACME"})
		}
	}
	begun := time.Now()
	send(5)
	after, seen := "0", 0
	for seen < 5 {
		for _, m := range s.handset(to, after) {
			after = fmt.Sprint(int64(m["id"].(float64)))
			if want := fmt.Sprint("text ", seen); m["body"] != want {
				t.Errorf("%v came in the place of %s", m["body"], want)
			}
			seen++
		}
	}
	if took := time.Since(begun); took < 500*time.Millisecond {
		t.Errorf("five texts at 4 per second took %v", took)
	}
	s.applies("prices: []\n", "[limits]")
	send(5)
	for seen < 10 {
		for _, m := range s.handset(to, after) {
			after = fmt.Sprint(int64(m["id"].(float64)))
			seen++
		}
	}
}

// Rule(SendTextMessage): quiet hours of the file hold a message for its country and type, which goes when a reload lifts them.
// Proves(limit): through the real server: quiet hours hold a promotional text to their country and are lifted by a reload.
func TestQuietHoursOfTheFile(t *testing.T) {
	s := runFile(t, "quiet_hours: [{ countries: [FR], message_types: [PROMOTIONAL], from: \"00:00\", to: \"00:00\", zone: Europe/Paris }]\n")
	send := func(kind string) string {
		id, _ := s.must("SendTextMessage", map[string]any{"DestinationPhoneNumber": "+33612346078", "MessageBody": kind,
			"OriginationIdentity": "ACME", "MessageType": kind})["MessageId"].(string)
		return id
	}
	held := send("PROMOTIONAL")
	if m := s.ended(send("TRANSACTIONAL")); m["state"] != "DELIVERED" {
		t.Errorf("the other type is %v", m["state"])
	}
	if _, m := s.console(http.MethodGet, "/operator/v1/messages/"+held, ""); m["state"] != "QUEUED" {
		t.Errorf("in quiet hours it is %v", m["state"])
	}
	bound := s.road.dispatcher.Binding("simulator")
	if len(bound) != 1 || !strings.HasPrefix(bound[0].Limiter, "quiet hours FR PROMOTIONAL") || bound[0].Messages != 1 {
		t.Errorf("limiters that bind: %+v", bound)
	}
	s.applies("prices: []\n", "[quiet_hours]")
	if m := s.ended(held); m["state"] != "DELIVERED" {
		t.Errorf("afterwards it is %v", m["state"])
	}
}
