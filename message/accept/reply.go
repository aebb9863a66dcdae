package accept

import (
	"context"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
)

// Reply makes the message that answers somebody from a number, by its id. It is
// checked as any message is, the opt-out list and what the account spent aside,
// which the commit looks at; nothing is stored or sent. Errors: those of
// SendTextMessage.
func (s *Service) Reply(ctx context.Context, scope resource.Scope, number, to, body string) (*message.Message, error) {
	return s.check(ctx, &call{scope: scope, now: s.Now(), in: &api.SendTextMessageInput{
		DestinationPhoneNumber: to, OriginationIdentity: number, MessageBody: body,
	}})
}
