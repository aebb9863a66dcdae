package store

import (
	"context"

	"heliograph/api"
	"heliograph/message"
)

// PutFeedback writes what the caller says of a message.
func (db *DB) PutFeedback(ctx context.Context, m *message.Message, status api.MessageFeedbackStatus) error {
	err := db.change(ctx, func(ctx context.Context, tx *tx) error {
		tx.changed(m.Scope) // the message itself keeps it, as it keeps that it was sent
		_, err := tx.exec(ctx, `UPDATE messages SET feedback_status = $1 WHERE id = $2`, string(status), m.ID[:])
		return err
	})
	return wrap(err, "store: feedback on message %s", m.ID)
}
