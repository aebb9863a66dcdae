package inbound

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource/keyword"
	"heliograph/resource/origination"
)

// Differs(UpdatePhoneNumber, UpdatePool): a number answers one person by itself five times an hour at most, unless the
// operator sets another figure, answers nothing that is its own last answer, and nothing that is older than an hour: two
// systems that answer each other end there. The service publishes no figure.
// Differs(UpdatePhoneNumber, UpdatePool): on toll-free numbers of the US, STOP puts the sender on the opt-out list, and
// UNSTOP and START take them off, unanswered, since the network answers; so do the other words that opt out, which are
// answered.

const (
	// staleAfter is the age of a text that is answered no more. An opt-out counts
	// at any age.
	staleAfter = time.Hour
	// repliesSeen is how far back our own last reply is looked for.
	repliesSeen = 24 * time.Hour
)

// staleTries is how often a text is concluded anew because somebody changes its
// number meanwhile.
const staleTries = 5

// conclude does what a text asks for; begins says whether its beginning is there.
// To do it again changes nothing.
func (s *Service) conclude(ctx context.Context, t message.Text, begins bool) error {
	err := s.concludeOnce(ctx, t, begins)
	for n := 1; n < staleTries && errors.Is(err, api.ErrStale); n++ {
		err = s.concludeOnce(ctx, t, begins)
	}
	return err
}

// concludeOnce errs with api.ErrStale where numbers have to be read anew.
func (s *Service) concludeOnce(ctx context.Context, t message.Text, begins bool) error {
	c := message.Conclusion{Text: t, At: s.Now()}
	v, err := s.Views.Identities(ctx, t.Scope)
	if err != nil {
		return fmt.Errorf("inbound: numbers: %w", err)
	}
	// A number may be released while parts are waited for.
	if n, held := v.NumberByE164(t.To); held {
		if err := s.decide(ctx, &c, v, n, begins); err != nil {
			return err
		}
	}
	replied, err := s.Conversations.Conclude(ctx, c)
	if err == nil && replied {
		s.Queue.Enqueue(c.Reply)
	}
	return err
}

// decide says what follows from a text to a number.
func (s *Service) decide(ctx context.Context, c *message.Conclusion, v *origination.View, n origination.PhoneNumber, begins bool) error {
	if strings.HasPrefix(c.Text.From, "+") {
		c.Text.From = international(c.Text.From) // one that an older version kept may not be
	}
	if unread(c.Text.From) {
		s.nobody.Add(1)
		s.once(c.Text.Carrier, "senders of texts cannot be read as telephone numbers; they cannot opt out and are not answered")
	}
	settings, rules := v.SettingsOf(n), s.Rules()
	words, err := s.Views.Keywords(ctx, v.Scope)
	if err != nil {
		return fmt.Errorf("inbound: keywords: %w", err)
	}
	var m match
	if begins {
		m = listen(words.Of(cmp.Or(n.PoolID, n.ID), rules.Texts), n, settings, rules).hear(c.Text.Body)
	}
	// A message of the customer's own is wanted; what it says of opt-outs is theirs.
	changed := words.Changed(cmp.Or(n.PoolID, n.ID), m.word)
	c.Number, c.Keyword = n.ID, m.word
	if n.NetworkOptsOut() && slices.Contains(keyword.NetworkWords(), m.word) {
		m.answer = ""
	}
	if settings.TwoWay {
		c.Channel = settings.TwoWayChannelARN
		if c.Payload, err = s.payload(ctx, c); err != nil {
			return err
		}
	}
	if m.word == "" || settings.SelfManagedOptOut && !m.own && !changed || !personal(c.Text.From) {
		return nil
	}
	switch {
	case settings.SelfManagedOptOut && !m.own:
	case m.action == api.KeywordActionOptOut:
		c.OptOut = settings.OptOutList
	case m.action == api.KeywordActionOptIn:
		c.OptIn = settings.OptOutList
	}
	return s.answer(ctx, c, m, settings, rules)
}

// listen is what hears on a number. What the network answers itself is heard like
// keywords.
func listen(words []keyword.Keyword, n origination.PhoneNumber, settings origination.Settings, rules Rules) *ears {
	e := &ears{keywords: words, optOuts: rules.optOutWords(), whole: rules.WholeMessage, self: settings.SelfManagedOptOut}
	if !n.NetworkOptsOut() || e.self {
		return e
	}
	network := keyword.NetworkWords()
	e.keywords = slices.DeleteFunc(words, func(k keyword.Keyword) bool { return k.Text != keyword.Stop && slices.Contains(network, fold(k.Text)) })
	for _, word := range network {
		if word != keyword.Stop {
			e.keywords = append(e.keywords, keyword.Keyword{Text: word, Action: api.KeywordActionOptIn})
		}
	}
	return e
}

// answer makes the reply, where one is to go.
func (s *Service) answer(ctx context.Context, c *message.Conclusion, m match, settings origination.Settings, rules Rules) error {
	t := &c.Text
	if m.answer == "" || c.At.Sub(t.At) > staleAfter {
		return nil
	}
	past, err := s.Conversations.AutomaticReplies(ctx, t.Scope, c.Number, t.From, c.At.Add(-repliesSeen))
	if err != nil {
		return err
	}
	if looped(past, hash(t.Body), c.At, rules.RepliesPerHour) {
		return nil
	}
	reply, err := s.Replier.Reply(ctx, t.Scope, c.Number, t.From, m.answer)
	var refused *api.Error
	if errors.As(err, &refused) {
		s.Log.Info("a text from a handset is not answered", "account", t.Scope.Account, "number", c.Number, "reason", cmp.Or(refused.Reason, refused.Exception))
		return nil
	}
	if err != nil {
		return err
	}
	reply.OptOutList, reply.Confirmation = settings.OptOutList, c.OptOut != ""
	c.Reply, c.BodyHash = reply, hash(reply.Body)
	return nil
}

// looped says whether another system seems to answer: the text is our own last
// reply, or we replied often enough.
func looped(past []message.Answered, text uint64, now time.Time, perHour int) bool {
	if len(past) > 0 && past[0].BodyHash == text {
		return true
	}
	recent := 0
	for _, a := range past {
		if now.Sub(a.At) < time.Hour {
			recent++
		}
	}
	return recent >= perHour
}

// hash is of a text as texts are compared; it is the same after a restart.
func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(fold(text))) // never fails
	return h.Sum64()
}
