package main

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCarriersAreShownPausedDrainedSlowedAndResumed(t *testing.T) {
	r := startDev(t)
	list := r.must(t, "carriers")
	for !strings.Contains(list, "  1 of 1    ") { // the carrier binds beside the start
		list = r.must(t, "carriers")
	}
	if !strings.Contains(list, "simulator  UP") {
		t.Errorf("list:\n%s", list)
	}
	for line := range strings.Lines(list) {
		if utf8.RuneCountInString(line) > 101 {
			t.Errorf("wider than 100: %s", line)
		}
	}
	if one := r.must(t, "carriers simulator"); !strings.Contains(one, "Every bind is up") {
		t.Errorf("one:\n%s", one)
	}
	if told := r.must(t, "carriers drain simulator --wait 30s --reason maintenance"); told != "carrier simulator is paused and nothing is in flight; 0 queued\n" {
		t.Errorf("drained: %s", told)
	}
	if list := r.must(t, "carriers"); !strings.Contains(list, "simulator  PAUSED") || !strings.Contains(list, "(maintenance)") {
		t.Errorf("paused:\n%s", list)
	}
	if told := r.must(t, "carriers throughput simulator 20"); !strings.Contains(told, "20 message parts per second") {
		t.Errorf("slowed: %s", told)
	}
	if told := r.must(t, "carriers resume simulator"); !strings.Contains(told, "is UP") {
		t.Errorf("resumed: %s", told)
	}
	if record := r.must(t, "audit"); strings.Count(record, "carrier/simulator") != 3 || !strings.Contains(record, "│ maintenance") {
		t.Errorf("audit:\n%s", record)
	}
	for line, want := range map[string]string{
		"carriers pause nobody":                   "no carrier is named nobody: there are simulator",
		"carriers move simulator --to simulator":  "wait for simulator already",
		"carriers throughput simulator 999999999": "partsPerSecond is 1 to 1000000",
		"cancel x --reason ticket":                "a message id is a UUID",
		"trace nobody --reason ticket":            "number is one such as",
	} {
		if status, _, stderr := r.types(t, strings.Fields(line)...); status != 1 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q", line, status, stderr)
		}
	}
}

func TestACancelledMessageIsToldByWhy(t *testing.T) {
	r := startDev(t)
	r.must(t, "carriers pause simulator")
	id := strings.Split(r.must(t, "api send-text-message --destination-phone-number +12065550199 --message-body Wrong"), `"`)[3]
	if told := r.must(t, "cancel "+id+" --reason wrong-people"); !strings.Contains(told, id+" is cancelled: UNKNOWN CANCELLED") {
		t.Errorf("told %s", told)
	}
	if whole := r.must(t, "messages "+id); !strings.Contains(whole, "the operator cancelled it while it waited for carrier simulator") {
		t.Errorf("why:\n%s", whole)
	}
	if status, _, stderr := r.types(t, "cancel", id, "--reason", "again"); status != 1 || !strings.Contains(stderr, "the message has ended: it is UNKNOWN") {
		t.Errorf("cancelled twice: status %d, %q", status, stderr)
	}
	if record := r.must(t, "audit --action CancelMessage"); !strings.Contains(record, "message/"+id) || !strings.Contains(record, "│ wrong-people") {
		t.Errorf("audit:\n%s", record)
	}
}

func TestTraceShowsTheNumbersPDUs(t *testing.T) {
	r := startDev(t)
	done := make(chan string)
	go func() {
		_, stdout, _ := r.types(t, "trace", "+12065550199", "--most", "2", "--reason", "ticket 4711")
		done <- stdout
	}()
	for traced := false; !traced; { // the trace has begun
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.variables["HELIOGRAPH_CONSOLE_URL"]+"/operator/v1/trace", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth(r.variables["AWS_ACCESS_KEY_ID"], r.variables["AWS_SECRET_ACCESS_KEY"])
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		traced = answer.StatusCode == http.StatusOK
	}
	if record := r.must(t, "audit --action StartTrace"); !strings.Contains(record, "number/+1206*****99") {
		t.Errorf("audit:\n%s", record)
	}
	r.must(t, "api send-text-message --destination-phone-number +12065550199 --message-body Secret")
	shown := <-done
	if strings.Count(shown, "\n") != 2 || !strings.Contains(shown, "simulator -> submit_sm ") || !strings.Contains(shown, `"12065550199"`) || strings.Contains(shown, "Secret") {
		t.Errorf("trace:\n%s", shown)
	}
}
