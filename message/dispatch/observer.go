package dispatch

import "heliograph/message"

// Observer follows what becomes of messages. It is told within the road of the
// message and must be quick.
type Observer interface {
	// Submitted tells of a part that a carrier took, before that is on record.
	Submitted(m *message.Message, s message.Submission)
}
