package accept

import (
	"context"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
)

// Trial runs the checks and the choice of a request as SendTextMessage would,
// and stores and sends nothing. Without a body the checks of body and price are
// left out, and the price is that of one part. What an account spent is left out.
// The message bears why it would go as it would, as far as the checks came, also
// where an error of the API forbids it.
func (s *Service) Trial(ctx context.Context, scope resource.Scope, in *api.SendTextMessageInput) (*message.Message, error) {
	c := &call{in: in, scope: scope, now: s.Now(), trial: true}
	for _, step := range s.steps() {
		if err := step(ctx, c); err != nil {
			return c.message(), s.optedOutOr(ctx, c, err)
		}
	}
	m := c.message()
	if err := s.optedOut(ctx, m); err != nil {
		return m, err
	}
	if m.Price = s.Price(c.to.ISO); m.Body == "" {
		return m, nil
	}
	if err := c.body(m); err != nil {
		return m, err
	}
	m.Price *= message.MicroUSD(m.Parts)
	return m, c.price(m.Price)
}
