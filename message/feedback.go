package message

import (
	"time"

	"heliograph/api"
)

// feedbackWait is how long a message waits for the caller's feedback.
const feedbackWait = time.Hour

// FeedbackNow is what stands of a message's feedback: what the caller said; FAILED
// where it was asked for and an hour has passed in silence; "" where none is
// expected, or still is.
func (m *Message) FeedbackNow(now time.Time) api.MessageFeedbackStatus {
	if m.FeedbackStatus != "" || !m.Feedback || now.Sub(m.AcceptedAt) < feedbackWait {
		return m.FeedbackStatus
	}
	return api.MessageFeedbackStatusFailed
}
