package app

import (
	"net/http"
	"testing"

	"heliograph/config"
)

// TestSeveralSimulatedCarriersAreOneNetwork sends over the second of two: who
// waits at the handset is woken, and a rule of the simulator API holds there.
func TestSeveralSimulatedCarriersAreOneNetwork(t *testing.T) {
	file := config.Default()
	file.Carriers = []config.Carrier{
		{Name: "one", Type: config.Simulator, Binds: 1, Window: 10, Reference: 8},
		{Name: "two", Type: config.Simulator, Binds: 1, Window: 10, Reference: 8},
	}
	file.Routes = []config.Route{{Countries: []string{"FR"}, Carriers: []string{"two"}}}
	s := run(t, t.TempDir(), file, nil)
	const rules = `{"rules":[{"prefix":"+3361234","outcome":"UNDELIVERABLE","receiptDelay":"0s"}]}`
	if status, answer := s.console(http.MethodPut, "/simulator/v1/rules", rules); status != http.StatusOK {
		t.Fatalf("HTTP %d %v", status, answer)
	}
	shown := make(chan []map[string]any, 1)
	go func() {
		defer close(shown) // also where the call ends this goroutine
		shown <- s.handset("+33699999999", "0")
	}()
	sent := s.must("SendTextMessage", map[string]any{
		"DestinationPhoneNumber": "+33699999999", "MessageBody": "hello", "OriginationIdentity": "ACME"})["MessageId"].(string)
	if m := s.ended(sent); m["state"] != "DELIVERED" || m["carrier"] != "two" {
		t.Errorf("%v over %v", m["state"], m["carrier"])
	}
	refused := s.must("SendTextMessage", map[string]any{
		"DestinationPhoneNumber": "+33612346070", "MessageBody": "hello", "OriginationIdentity": "ACME"})["MessageId"].(string)
	if m := s.ended(refused); m["state"] != "UNREACHABLE" {
		t.Errorf("the rule does not hold: %v", m["state"])
	}
	if list := <-shown; len(list) != 1 {
		t.Errorf("who waited at the handset saw %v", list)
	}
}
