package app

import (
	"net/http"
	"testing"

	"heliograph/config"
)

// TestASenderIsToldWhatBecameOfItsMessage asks with the keys of the sender, of
// another account and of the operator.
func TestASenderIsToldWhatBecameOfItsMessage(t *testing.T) {
	r := run(t, t.TempDir(), config.Default(), nil)
	id := r.must("SendTextMessage", map[string]any{"DestinationPhoneNumber": "+12065550199", "MessageBody": "mine"})["MessageId"].(string)
	r.ended(id)
	for _, c := range []struct {
		key, path string
		want      int
	}{
		{"test", id, http.StatusOK}, // the operator's key sees all
		{"test", id + "?account=000000000000", http.StatusOK},
		{"test", id + "?account=111122223333", http.StatusNotFound},
		{"111122223333", id, http.StatusNotFound},
		{"test", "none", http.StatusNotFound},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.ConsoleURL()+"/simulator/v1/messages/"+c.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth(c.key, "test")
		status, answer := r.exchange(request)
		if status != c.want || status == http.StatusOK && (answer["state"] != "DELIVERED" || answer["endedAt"] == nil || answer["acceptedAt"] == nil) {
			t.Errorf("%s asks for %s: %d %v", c.key, c.path, status, answer)
		}
	}
}
