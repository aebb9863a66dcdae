package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"heliograph/event"
	"heliograph/event/webhook"
	"heliograph/resource"
)

const topic = "arn:aws:sns:eu-west-3:111122223333:receipts"

func now() time.Time { return time.Date(2026, 5, 20, 9, 30, 0, 123_000_000, time.UTC) }

func delivery() event.Delivery {
	return event.Delivery{ID: "event-1", MessageID: "message-1", Type: "TEXT_DELIVERED", At: now().Add(-time.Minute), Record: []byte(`{"context":{"a":"<é>"}}`)}
}

func settings(url string) webhook.Settings {
	return webhook.Settings{URL: url, Timeout: time.Minute, Now: now, Target: event.Target{Scope: resource.Scope{Account: "111122223333", Region: "eu-west-3"}, ARN: topic}}
}

// received is a request that an endpoint got.
type received struct {
	http.Header
	body string
}

// posted gives what an endpoint gets of a delivery.
func posted(t *testing.T, change func(*webhook.Settings), d event.Delivery) received {
	t.Helper()
	var got received
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = received{r.Header, string(body)}
		if r.Method != http.MethodPost || r.RequestURI != "/sms?shop=1" {
			t.Errorf("%s %s", r.Method, r.RequestURI)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	s := settings(server.URL + "/sms?shop=1")
	change(&s)
	sink := webhook.New(s)
	defer sink.Close()
	if errs := sink.Deliver(t.Context(), []event.Delivery{d}); len(errs) != 1 || errs[0] != nil {
		t.Fatal(errs)
	}
	return got
}

func (r received) have(t *testing.T, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := r.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
}

func TestTheRecordIsPostedAsItIs(t *testing.T) {
	got := posted(t, func(s *webhook.Settings) {
		s.Headers, s.Authorization = map[string]string{"X-Tenant": "shop"}, "Bearer abc"
	}, delivery())
	got.have(t, map[string]string{
		"Content-Type": "application/json", "Heliograph-Event-Id": "event-1", "Heliograph-Target": topic, "User-Agent": "heliograph",
		"X-Tenant": "shop", "Authorization": "Bearer abc", "Heliograph-Signature": "", "Ce-Id": "", "Heliograph-Timestamp": "1779269400",
	})
	if got.body != `{"context":{"a":"<é>"}}` {
		t.Errorf("body %s", got.body)
	}
}

func TestCloudEventsAreHeaders(t *testing.T) {
	d := delivery()
	for kind, want := range map[string]string{"TEXT_DELIVERED": "TEXT_DELIVERED", "": "INBOUND_MESSAGE"} {
		d.Type = kind
		got := posted(t, func(s *webhook.Settings) { s.CloudEvents = true }, d)
		got.have(t, map[string]string{
			"Ce-Specversion": "1.0", "Ce-Id": "event-1", "Ce-Source": topic, "Ce-Type": want, "Ce-Subject": "message-1",
			"Ce-Time": "2026-05-20T09:29:00.123Z", "Content-Type": "application/json",
		})
	}
}

func TestTheEnvelopeIsThatOfSNS(t *testing.T) {
	got := posted(t, func(s *webhook.Settings) { s.Envelope = true }, delivery())
	got.have(t, map[string]string{
		"Content-Type": "text/plain; charset=UTF-8", "X-Amz-Sns-Message-Type": "Notification", "X-Amz-Sns-Message-Id": "event-1",
		"X-Amz-Sns-Topic-Arn": topic, "X-Amz-Sns-Subscription-Arn": topic + ":heliograph",
	})
	want := `{"Type":"Notification","MessageId":"event-1","TopicArn":"` + topic + `","Message":"{\"context\":{\"a\":\"<é>\"}}",` +
		`"Timestamp":"2026-05-20T09:29:00.123Z","SignatureVersion":"1","Signature":"","SigningCertURL":"","UnsubscribeURL":""}`
	if got.body != want {
		t.Errorf("got  %s\nwant %s", got.body, want)
	}
	envelope := struct{ Message string }{}
	if err := json.Unmarshal([]byte(got.body), &envelope); err != nil || envelope.Message != string(delivery().Record) {
		t.Errorf("message %s, %v", envelope.Message, err)
	}
}

// The signature is made here by the words of the documentation alone.
func TestRequestsAreSigned(t *testing.T) {
	for _, envelope := range []bool{false, true} {
		got := posted(t, func(s *webhook.Settings) { s.Secret, s.Envelope = "whsec", envelope }, delivery())
		mac := hmac.New(sha256.New, []byte("whsec"))
		fmt.Fprintf(mac, "%s.%s", got.Get("Heliograph-Timestamp"), got.body)
		if want := "v1=" + hex.EncodeToString(mac.Sum(nil)); got.Get("Heliograph-Signature") != want {
			t.Errorf("signature %s, want %s", got.Get("Heliograph-Signature"), want)
		}
	}
}

// said is what a sink says of one delivery.
func said(sink *webhook.Sink) (string, error) {
	err := sink.Deliver(context.Background(), []event.Delivery{delivery()})[0]
	var refusal *event.Refusal
	var later *event.Later
	switch {
	case err == nil:
		return "taken", nil
	case errors.As(err, &refusal):
		return "refused", err
	case errors.As(err, &later):
		return "later " + later.After.String(), err
	}
	return "again", err
}

func TestStatusesSayWhatBecameOfAnEvent(t *testing.T) {
	for _, c := range []struct {
		status int
		after  string
		want   string
	}{
		{200, "", "taken"}, {201, "", "taken"}, {204, "", "taken"}, {299, "", "taken"},
		{400, "", "refused"}, {413, "", "refused"}, {422, "", "refused"}, {400, "5", "refused"},
		{301, "", "again"}, {304, "", "again"}, {307, "", "again"}, {401, "", "again"}, {403, "", "again"}, {404, "", "again"},
		{405, "", "again"}, {408, "", "again"}, {409, "", "again"}, {410, "", "again"}, {425, "", "again"}, {429, "", "again"},
		{500, "", "again"}, {502, "", "again"}, {503, "", "again"}, {504, "", "again"},
		{429, "7", "later 7s"}, {503, "Wed, 20 May 2026 09:31:00 GMT", "later 59.877s"}, {503, "Wed, 20 May 2026 09:29:00 GMT", "again"},
		{503, "soon", "again"}, {503, "-1", "again"}, {429, "86400", "later 1h0m0s"}, {429, "9999999999", "again"},
	} {
		elsewhere := false
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			elsewhere = elsewhere || r.URL.Path == "/elsewhere"
			w.Header().Set("Location", "/elsewhere")
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.WriteHeader(c.status)
		}))
		got, err := said(webhook.New(settings(server.URL)))
		if got != c.want || err != nil && err.Error() != fmt.Sprintf("HTTP %d", c.status) && got != "refused" {
			t.Errorf("%d %s: %s, %v", c.status, c.after, got, err)
		}
		if elsewhere {
			t.Errorf("%d was followed", c.status)
		}
		server.Close()
	}
}

func TestTroubleOfTheEndpointIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
		tells  string
	}{
		"slow": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then is the client seen to leave
			<-r.Context().Done()
		}, "again", "no answer: "},
		"cut": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "again", "no answer: "},
		"cut within the body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "O")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "taken", ""}, // it has said 200
		"no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			connection, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = io.WriteString(connection, "220 mail.example ESMTP\r\n")
			_ = connection.Close()
		}, "again", "no answer: "},
		"endless header": {func(w http.ResponseWriter, _ *http.Request) {
			for i := range 100 {
				w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("x", 4<<10))
			}
		}, "again", "no answer: "},
		"endless body": {func(w http.ResponseWriter, _ *http.Request) {
			for line := strings.Repeat("x", 8<<10); ; {
				if _, err := io.WriteString(w, line); err != nil {
					return
				}
			}
		}, "taken", ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			defer server.Close()
			s := settings(server.URL + "/?token=s3cret")
			if name == "slow" {
				s.Timeout = 200 * time.Millisecond
			}
			sink := webhook.New(s)
			defer sink.Close()
			got, err := said(sink)
			if got != c.want || err != nil && !strings.HasPrefix(err.Error(), c.tells) {
				t.Errorf("%s, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the URL is told: %v", err)
			}
		})
	}
	server := httptest.NewServer(http.NotFoundHandler())
	sink := webhook.New(settings(server.URL))
	if err := sink.Reachable(t.Context()); err != nil {
		t.Errorf("an endpoint that is there: %v", err)
	}
	server.Close()
	if got, err := said(sink); got != "again" || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("killed: %s, %v", got, err)
	}
	if err := sink.Reachable(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("killed: %v", err)
	}
}

func TestTheCertificateIsChecked(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	s := settings(server.URL)
	if got, err := said(webhook.New(s)); got != "again" || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without its authority: %s, %v", got, err)
	}
	s.CA = x509.NewCertPool()
	s.CA.AddCert(server.Certificate())
	sink := webhook.New(s)
	defer sink.Close()
	if got, err := said(sink); got != "taken" {
		t.Errorf("with it: %s, %v", got, err)
	}
}
