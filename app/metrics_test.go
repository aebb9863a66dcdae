package app

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"heliograph/audit"
	"heliograph/config"
)

// scrape reads /metrics with a key.
func (r *running) scrape(key, secret string) (status int, text string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.ConsoleURL()+"/metrics", http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	if key != "" {
		request.SetBasicAuth(key, secret)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// TestMetricsCountWhatHappened sends three texts and looks at every kind of
// metric; none has a number, an account or an id in it.
func TestMetricsCountWhatHappened(t *testing.T) {
	r := run(t, t.TempDir(), config.Default(), nil)
	r.console(http.MethodPut, "/simulator/v1/rules", `{"rules":[{"prefix":"+12065550100","outcome":"UNDELIVERABLE"}]}`)
	for _, to := range []string{"+12065550199", "+12065550199", "+12065550100"} {
		sent := r.must("SendTextMessage", map[string]any{"DestinationPhoneNumber": to, "MessageBody": "counted"})
		r.ended(sent["MessageId"].(string))
	}
	r.call("DescribePools", map[string]any{"PoolIds": []string{"pool-00000000000000000000000000000000"}})
	status, text := r.scrape("test", "test")
	for end := time.Now().Add(patience); lacking(text) != "" && time.Now().Before(end); { // counts come right after what they count
		status, text = r.scrape("test", "test")
	}
	if lacks := lacking(text); status != http.StatusOK || lacks != "" {
		t.Errorf("HTTP %d, lacks %s", status, lacks)
	}
	for _, name := range []string{"heliograph_commit_seconds_count", "heliograph_writes_total", "go_goroutines", "process_start_time_seconds"} {
		if !regexp.MustCompile(`(?m)^` + name + ` [1-9]`).MatchString(text) {
			t.Errorf("%s counts nothing", name)
		}
	}
	if private := regexp.MustCompile(`\+?1206555|000000000000"|pool-|phone-`).FindString(text); private != "" {
		t.Errorf("a label tells %s", private)
	}
	if t.Failed() {
		t.Log(text)
	}
}

// lacking is what does not stand in the metrics of TestMetricsCountWhatHappened.
func lacking(text string) string {
	for _, want := range []string{
		`heliograph_messages_accepted_total{country="US"} 3`,
		`heliograph_messages_ended_total{country="US",state="DELIVERED"} 2`,
		`heliograph_messages_ended_total{country="US",state="UNREACHABLE"} 1`,
		`heliograph_parts_submitted_total{carrier="simulator"} 3`,
		`heliograph_queue_messages{carrier="simulator",place="memory"} 0`,
		`heliograph_queue_messages{carrier="simulator",place="disk"} 0`,
		`heliograph_binds_up{carrier="simulator"} 1`,
		`heliograph_requests_total{exception="",operation="SendTextMessage"} 3`,
		`heliograph_requests_total{exception="ResourceNotFoundException",operation="DescribePools"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			return want
		}
	}
	receipts := 0 // some may be here before the submission that they are of
	for _, found := range regexp.MustCompile(`(?m)^heliograph_receipts_total{carrier="simulator",matched="(?:true|false)"} (\d+)$`).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(found[1])
		receipts += n
	}
	if receipts != 3 {
		return "3 receipts"
	}
	return ""
}

// TestMetricsNameWhatHoldsACarrier pauses one.
func TestMetricsNameWhatHoldsACarrier(t *testing.T) {
	r := run(t, t.TempDir(), config.Default(), nil)
	r.must("DescribePools", map[string]any{})
	if status, answer := r.console(http.MethodPost, "/operator/v1/carriers/simulator/pause", `{}`); status >= 300 {
		t.Fatalf("%d %v", status, answer)
	}
	if _, text := r.scrape("test", "test"); !strings.Contains(text, `heliograph_carrier_limited{carrier="simulator",limiter="paused"} 1`+"\n") {
		t.Error(text)
	}
}

// TestAMetricsKeyReadsMetricsAlone makes one and tries it everywhere.
func TestAMetricsKeyReadsMetricsAlone(t *testing.T) {
	r := run(t, t.TempDir(), config.Default(), nil)
	status, key := r.console(http.MethodPost, "/operator/v1/metrics-keys", "")
	if status != http.StatusCreated || key["root"] != false {
		t.Fatalf("%d %v", status, key)
	}
	id, secret := key["accessKeyId"].(string), key["secretAccessKey"].(string)
	for _, c := range []struct {
		name, key, secret string
		want              int
	}{
		{"nobody", "", "", http.StatusUnauthorized}, {"wrong secret", id, "wrong", http.StatusUnauthorized},
		{"metrics key", id, secret, http.StatusOK}, {"root key", "test", "test", http.StatusOK},
		{"customer's root key", "111122223333", "test", http.StatusForbidden},
	} {
		if got, text := r.scrape(c.key, c.secret); got != c.want || c.want != http.StatusOK && strings.Contains(text, "heliograph_") {
			t.Errorf("%s: HTTP %d, want %d", c.name, got, c.want)
		}
	}
	for _, path := range []string{"/operator/v1/carriers", "/simulator/v1/handsets"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.ConsoleURL()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth(id, secret)
		if status, _ := r.exchange(request); status != http.StatusUnauthorized {
			t.Errorf("%s: HTTP %d", path, status)
		}
	}
	if !slices.ContainsFunc(r.audited(), func(e audit.Entry) bool { return e.Action == "CreateMetricsKey" && e.AccessKeyID == "test" }) {
		t.Errorf("the audit has %+v", r.audited())
	}
}

// TestMetricsTellWhatWaitsForTargets has a target that is gone when events are to
// be handed over.
func TestMetricsTellWhatWaitsForTargets(t *testing.T) {
	r := runFile(t, "")
	r.watched()
	r.applies("sinks: [ { match: \"*\", type: webhook, url: \"http://127.0.0.1:1\" } ]\n", "[sinks]")
	id := r.must("SendTextMessage", in{"DestinationPhoneNumber": "+12065550199", "MessageBody": "hi", "ConfigurationSetName": "set"})["MessageId"].(string)
	r.ended(id)
	const waiting = `heliograph_events_waiting{target="arn:aws:sns:us-east-1:000000000000:events"} 3`
	for end := time.Now().Add(patience); ; {
		_, text := r.scrape("test", "test")
		if strings.Contains(text, waiting) && strings.Contains(text, `heliograph_events_lag_seconds{target="arn:aws:sns:us-east-1:000000000000:events"}`) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no metric tells what waits: %s", text)
		}
	}
}
