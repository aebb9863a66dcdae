package app

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/api"
	"heliograph/config"
	"heliograph/message"
)

// Rule(PutMessageFeedback): keeps the last word that the caller says of a message of its own, and echoes it; a message of nobody, or of another account or Region, is not found.
func TestFeedbackIsKeptWithItsMessage(t *testing.T) {
	s := run(t, t.TempDir(), config.Default(), nil)
	id := s.must("SendTextMessage", in{"DestinationPhoneNumber": "+12065550199", "MessageBody": "code", "MessageFeedbackEnabled": true})["MessageId"].(string)
	if got := s.feedback(id); got != "" {
		t.Errorf("before any feedback: %q", got)
	}
	for _, put := range []struct{ name, status string }{
		{id, "RECEIVED"}, {id, "FAILED"}, {id, "RECEIVED"},
	} {
		answer := s.must("PutMessageFeedback", in{"MessageId": put.name, "MessageFeedbackStatus": put.status})
		if answer["MessageId"] != id || answer["MessageFeedbackStatus"] != put.status {
			t.Errorf("answer %v", answer)
		}
		if got := s.feedback(id); got != put.status {
			t.Errorf("kept %q, want %q", got, put.status)
		}
	}
	other := s.another(t, id)
	for _, name := range []string{"nothing", uuid.NewString(), other} {
		status, answer := s.call("PutMessageFeedback", in{"MessageId": name, "MessageFeedbackStatus": "RECEIVED"})
		if status != 400 || answer["__type"] != "ResourceNotFoundException" || answer["ResourceType"] != "message" {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
}

// another is the id of a copy of a message that belongs to somebody else.
func (r *running) another(t *testing.T, id string) string {
	t.Helper()
	m := *r.message(id)
	m.ID = uuid.Must(uuid.NewV7())
	m.Scope.Account = "111122223333"
	if err := r.store.Accept(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	return m.ID.String()
}

func (r *running) message(id string) *message.Message {
	r.t.Helper()
	m, found, err := r.store.Message(r.t.Context(), uuid.MustParse(id))
	if err != nil || !found {
		r.t.Fatal(found, err)
	}
	return m
}

// feedback is what the operator's API shows of a message's.
func (r *running) feedback(id string) string {
	r.t.Helper()
	return string(r.message(id).FeedbackNow(time.Now()))
}

// Rule(PutMessageFeedback): a message that waits for feedback has FAILED after an hour without; what is put later counts.
func TestSilenceForAnHourIsFailedFeedback(t *testing.T) {
	accepted := time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		asked bool
		put   api.MessageFeedbackStatus
		after time.Duration
		want  api.MessageFeedbackStatus
	}{
		{true, "", 59 * time.Minute, ""},
		{true, "", time.Hour, api.MessageFeedbackStatusFailed},
		{true, api.MessageFeedbackStatusReceived, 2 * time.Hour, api.MessageFeedbackStatusReceived},
		{false, "", 2 * time.Hour, ""},
		{false, api.MessageFeedbackStatusFailed, time.Minute, api.MessageFeedbackStatusFailed},
	} {
		m := message.Message{Feedback: c.asked, FeedbackStatus: c.put, AcceptedAt: accepted}
		if got := m.FeedbackNow(accepted.Add(c.after)); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
