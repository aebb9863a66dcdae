package app

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/protocol/smpp/smpptest"
)

// Rule(SendTextMessage): a paused carrier takes up nothing, also after a restart, until it is resumed.
// Proves(limit): night shift: a pause outlasts a restart until it is resumed; pause, drain and resume are audited with their reason.
func TestPauseOutlastsARestart(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "secret")
	taken := &peers{times: map[string]int{}}
	peer := taken.start(t)
	folder := t.TempDir()
	file := configured(t, "carriers:\n"+line("acme", peer, ""))
	r := run(t, folder, file, nil)
	r.until("acme", func(c map[string]any) bool { return c["state"] == "UP" })
	if c := r.order(http.MethodPost, "/carriers/acme/pause", `{"reason":"maintenance"}`); c["state"] != "PAUSED" || c["limiter"] != "paused" {
		t.Errorf("paused: %v", c)
	}
	id := r.send("after the pause")
	r.stop()
	r = run(t, folder, file, nil)
	c := r.until("acme", func(c map[string]any) bool { return c["bindsUp"] == 1.0 })
	if pause, _ := c["paused"].(map[string]any); c["state"] != "PAUSED" || pause["reason"] != "maintenance" || pause["accessKeyId"] != "test" {
		t.Errorf("after a restart: %v", c)
	}
	if drained := r.order(http.MethodPost, "/carriers/acme/drain?wait=10s", `{"reason":"maintenance, longer"}`); drained["drained"] != true || drained["queued"] != 1.0 {
		t.Errorf("drained: %v", drained)
	}
	for range 3 { // as the command asks how far it is
		r.order(http.MethodPost, "/carriers/acme/drain?wait=0s", `{"reason":"maintenance, longer"}`)
	}
	_, drains := r.console(http.MethodGet, "/operator/v1/audit?action=DrainCarrier", "")
	if n := len(drains["entries"].([]any)); n != 1 {
		t.Errorf("%d lines of one drain", n)
	}
	if n := taken.count("after the pause"); n != 0 {
		t.Errorf("%d went while it was paused", n)
	}
	r.order(http.MethodPost, "/carriers/acme/resume", "")
	r.taken(id)
	_, list := r.console(http.MethodGet, "/operator/v1/audit?limit=5", "")
	for _, want := range []string{"PauseCarrier", "DrainCarrier", "ResumeCarrier", "carrier/acme", "maintenance"} {
		if !strings.Contains(fmt.Sprint(list), want) {
			t.Errorf("no %s in the audit: %v", want, list)
		}
	}
}

func (p *peers) count(text string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.times[text]
}

// taken waits until a carrier has taken a message, and gives it.
func (r *running) taken(id string) map[string]any {
	r.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		_, m := r.console(http.MethodGet, "/operator/v1/messages/"+id, "")
		if m["state"] != "QUEUED" {
			return m
		}
	}
	r.t.Fatalf("message %s was not taken", id)
	return nil
}

// Rule(SendTextMessage): the queue of a carrier goes to another one where the sender is provisioned, and the rest stays, with the reason told.
// Proves(limit): night shift: a queue is moved to where its senders are provisioned, and the rest stays with the reason told.
func TestQueueIsMovedToWhereTheSenderIsKnown(t *testing.T) {
	t.Setenv("CARRIER_PASSWORD", "secret")
	taken := &peers{times: map[string]int{}}
	one, two := taken.start(t), taken.start(t)
	text := "carriers:\n" + line("one", one, "") + line("two", two, "") + "  - { name: sim, type: simulator }\n" +
		"routes: [{ countries: [FR], carriers: [one] }]\n" +
		"sender_ids:\n- { sender_id: BOTH, country: FR, account: \"000000000000\", carriers: [{ name: one }, { name: two, as: ALIAS }] }\n" +
		"- { sender_id: ONLY, country: FR, account: \"000000000000\", carriers: [{ name: one }] }\n"
	s := runFile(t, text)
	s.order(http.MethodPost, "/carriers/one/pause", `{}`)
	goes := s.from("BOTH", "goes")
	stays := s.from("ONLY", "stays")
	moved := s.order(http.MethodPost, "/carriers/one/move", `{"to":"two","limit":1}`)
	if moved["moved"] != 1.0 || moved["next"] == nil {
		t.Errorf("first step: %v", moved)
	}
	moved = s.order(http.MethodPost, "/carriers/one/move", fmt.Sprintf(`{"to":"two","after":%q}`, moved["next"]))
	if fmt.Sprint(moved) != "map[left:[map[count:1 reason:its sender is not provisioned on carrier two]] moved:0]" {
		t.Errorf("second step: %v", moved)
	}
	if m := s.taken(goes); m["carrier"] != "two" || m["from"] != "ALIAS" {
		t.Errorf("moved message: carrier %v from %v", m["carrier"], m["from"])
	}
	if _, m := s.console(http.MethodGet, "/operator/v1/messages/"+stays, ""); m["carrier"] != "one" || m["state"] != "QUEUED" {
		t.Errorf("message that stays: %v on %v", m["state"], m["carrier"])
	}
	_, moves := s.console(http.MethodGet, "/operator/v1/audit?action=MoveQueue", "")
	if entries := moves["entries"].([]any); len(entries) != 1 || !strings.Contains(fmt.Sprint(entries[0]), "carrier/one carrier/two") ||
		!strings.Contains(fmt.Sprint(entries[0]), "accessKeyId:test") {
		t.Errorf("the move in the audit: %v", moves)
	}
	for body, want := range map[string]string{
		`{"to":"sim"}`: "what is for the simulator", `{"to":"one"}`: "wait for one already", `{"to":"nobody"}`: "no carrier is named nobody",
		`{"to":"two","after":"x"}`: "after is the next", `{"to":"two","limit":5000}`: "limit is 1 to 1000",
	} {
		if status, answer := s.console(http.MethodPost, "/operator/v1/carriers/one/move", body); status < 400 || !strings.Contains(fmt.Sprint(answer["error"]), want) {
			t.Errorf("%s: HTTP %d %v", body, status, answer)
		}
	}
}

func (r *running) from(sender, body string) string {
	r.t.Helper()
	return r.must("SendTextMessage", map[string]any{
		"DestinationPhoneNumber": "+33612346099", "MessageBody": body, "OriginationIdentity": sender})["MessageId"].(string)
}

// Proves(limit): night shift: throughput by the operator's order ends with the next reload, and is told as such.
func TestThroughputByTheOperatorEndsWithTheNextReload(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	text := "carriers:\n" + line("acme", taken.start(t), ", throughput: 50")
	s := runFile(t, text)
	c := s.order(http.MethodPut, "/carriers/acme/throughput", `{"partsPerSecond":5}`)
	if c["partsPerSecond"] != 5.0 || !strings.Contains(fmt.Sprint(c["problems"]), "5 parts per second by the operator's order until the next reload or restart; the file says 50") {
		t.Errorf("slowed: %v", c)
	}
	s.applies(text, "[carrier acme: throughput as configured]")
	if c := s.carrier("acme"); c["partsPerSecond"] != 50.0 {
		t.Errorf("after a reload: %v", c["partsPerSecond"])
	}
	s.applies(text, "[]")
	if status, _ := s.console(http.MethodPut, "/operator/v1/carriers/acme/throughput", `{}`); status != http.StatusBadRequest {
		t.Errorf("nothing said: HTTP %d", status)
	}
}

// TestMessagesOfAMissingCarrierAreShownAndMoved takes a carrier that is down out
// of the file while a message waits for it.
// Proves(limit): night shift: messages of a carrier that left the file are shown and moved.
func TestMessagesOfAMissingCarrierAreShownAndMoved(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	two := taken.start(t)
	gone := smpptest.Start(nil)
	gone.Close()
	s := runFile(t, "carriers:\n"+line("one", gone, "")+line("two", two, "")+"routes: [{ carriers: [one] }]\n")
	s.order(http.MethodPost, "/carriers/one/pause", `{}`)
	id := s.send("waits")
	if _, why := s.reload("carriers:\n" + line("two", two, "")); !strings.Contains(why, "carrier one removed") {
		t.Fatalf("reload: %s", why)
	}
	_, list := s.console(http.MethodGet, "/operator/v1/carriers", "")
	if text := fmt.Sprint(list); !strings.Contains(text, "NOT_CONFIGURED") && s.taken(id)["carrier"] != "two" {
		t.Errorf("carriers: %s", text)
	}
	if status, answer := s.console(http.MethodPost, "/operator/v1/carriers/one/move", `{"to":"two"}`); status != http.StatusOK && status != http.StatusNotFound {
		t.Errorf("move: HTTP %d %v", status, answer)
	}
	if m := s.taken(id); m["carrier"] != "two" {
		t.Errorf("went over %v", m["carrier"])
	}
}

// TestCancelledMessagesAreNeverSentThroughARealStore cancels texts while workers
// send them.
// Proves(limit): night shift: of texts cancelled while workers send, none that was cancelled is sent.
func TestCancelledMessagesAreNeverSentThroughARealStore(t *testing.T) {
	taken := &peers{times: map[string]int{}}
	s := runFile(t, "carriers:\n"+line("acme", taken.start(t), ", throughput: 60, window: 2"))
	const texts = 60
	var cancelling sync.WaitGroup
	cancelled, ids := make([]bool, texts), make([]string, texts)
	s.order(http.MethodPost, "/carriers/acme/pause", `{}`) // at least the first one is cancelled in time
	for i := range texts {
		ids[i] = s.send(fmt.Sprint("text ", i))
		cancelling.Go(func() {
			status, answer := s.console(http.MethodPost, "/operator/v1/messages/"+ids[i]+"/cancel", `{"reason":"test"}`)
			cancelled[i] = status == http.StatusOK
			if status != http.StatusOK && status != http.StatusConflict {
				t.Errorf("HTTP %d %v", status, answer)
			}
		})
		if i == 0 {
			cancelling.Wait()
			s.order(http.MethodPost, "/carriers/acme/resume", "")
		}
	}
	cancelling.Wait()
	n := 0
	for i, id := range ids {
		m := s.taken(id)
		sent := taken.count(fmt.Sprint("text ", i))
		switch {
		case cancelled[i] && (m["code"] != "CANCELLED" || m["state"] != "UNKNOWN" || sent != 0):
			t.Errorf("text %d was cancelled: %v %v, sent %d times", i, m["state"], m["code"], sent)
		case !cancelled[i] && sent != 1:
			t.Errorf("text %d was not cancelled: %v, sent %d times", i, m["state"], sent)
		case cancelled[i]:
			n++
		}
	}
	if n == 0 {
		t.Error("none was cancelled in time")
	}
}
