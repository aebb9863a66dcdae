package accept

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/api"
	"heliograph/config"
	"heliograph/country"
	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/origination"
)

const (
	defaultTimeToLive = 72 * time.Hour
	stickyFor         = 25 * time.Hour
	stickyRewrite     = time.Hour // a choice of that age is written anew
)

// call is a request on its way through the checks.
type call struct {
	in     *api.SendTextMessageInput
	scope  resource.Scope
	now    time.Time
	view   *origination.View
	set    *configset.Set // nil = none named
	to     country.Number
	id     message.ID
	named  message.Named
	chosen message.Decision
	sticky message.Sticky // as it was found
	hash   uint64         // of the parameters, where attempts of the call count
	trial  bool           // nothing is sent
}

// SendTextMessage accepts a text, or says why not. The checks run in the API's
// order: configuration set, destination, identity, sandbox, opt-out list, what
// fits the country, body, price, spend limit. The list is looked at by the store
// when it takes the message, so that nobody can opt out in between, and before an
// error of a later check is answered. DryRun runs them all, stores and sends
// nothing, and answers an id all the same.
func (s *Service) SendTextMessage(ctx context.Context, in *api.SendTextMessageInput) (*api.SendTextMessageOutput, error) {
	c := call{in: in, scope: resource.ScopeOf(ctx), now: s.Now()}
	id, err := s.once(ctx, &c)
	if err != nil {
		return nil, err
	}
	return &api.SendTextMessageOutput{MessageId: id.String()}, nil
}

// once gives the message that another attempt of the same call of an SDK made,
// or makes it.
func (s *Service) once(ctx context.Context, c *call) (message.ID, error) {
	caller := api.CallerFrom(ctx)
	if c.in.DryRun || caller.InvocationID == "" || len(caller.InvocationID) > longestInvocation {
		return s.send(ctx, c, "")
	}
	c.hash = hashRequest(c.in)
	key := attemptKey{c.scope, caller.InvocationID, c.hash}
	if id, found, err := s.attempts.begin(ctx, key, c.now); err != nil || found {
		return id, err
	}
	var made message.ID
	defer func() { s.attempts.end(key, caller.Attempt, made, c.now) }()
	if caller.Attempt > 1 {
		// Only a repeated attempt is worth the search.
		id, found, err := s.Store.RecentInvocation(ctx, c.scope, caller.InvocationID, c.hash, c.now.Add(-retryWindow))
		if err != nil || found {
			return id, err
		}
	}
	var err error
	made, err = s.send(ctx, c, caller.InvocationID)
	return made, err
}

// send checks the request and, unless it is a dry run, gives the message to the
// store and then to the queue. Once it waits in the store it is on its way,
// whether the caller hears of it or not.
func (s *Service) send(ctx context.Context, c *call, invocation string) (message.ID, error) {
	m, err := s.check(ctx, c)
	if err != nil {
		return message.ID{}, err
	}
	if c.in.DryRun {
		return m.ID, s.Store.CheckSpend(ctx, m)
	}
	m.InvocationID = invocation
	// Before the message, whose commit is waited for: the caller's next one
	// finds the choice.
	if err := s.remember(ctx, c); err != nil {
		return message.ID{}, err
	}
	if err := s.Store.Accept(ctx, m); err != nil {
		return message.ID{}, err
	}
	s.Queue.Enqueue(m)
	return m.ID, nil
}

// steps are the checks before there is a message.
func (s *Service) steps() [5]func(context.Context, *call) error {
	return [...]func(context.Context, *call) error{s.configurationSet, s.destination, s.identity, s.sandbox, s.choose}
}

// check makes the message, or says what forbids it.
func (s *Service) check(ctx context.Context, c *call) (*message.Message, error) {
	for _, step := range s.steps() {
		if err := step(ctx, c); err != nil {
			return nil, s.optedOutOr(ctx, c, err)
		}
	}
	m := c.message()
	if err := c.body(m); err != nil {
		return nil, s.optedOutOr(ctx, c, err)
	}
	if m.Parts > 1 {
		m.Reference = s.references.next(m.Origin.Wire, m.To)
	}
	m.Price = s.Price(c.to.ISO) * message.MicroUSD(m.Parts)
	if err := c.price(m.Price); err != nil {
		return nil, s.optedOutOr(ctx, c, err)
	}
	return m, nil
}

func (s *Service) configurationSet(ctx context.Context, c *call) error {
	if named := c.in.ConfigurationSetName; named != "" {
		name, err := c.scope.Resolve(api.ResourceTypeConfigurationSet, "ConfigurationSetName", named)
		if err != nil {
			return err
		}
		view, err := s.Views.ConfigurationSets(ctx, c.scope)
		if err != nil {
			return fmt.Errorf("accept: configuration sets: %w", err)
		}
		set, ok := view.Named(name)
		if !ok {
			return api.NotFound(api.ResourceTypeConfigurationSet, name, "Create the configuration set, or name one that exists.")
		}
		c.set = &set
	}
	if id := c.in.ProtectConfigurationId; id != "" {
		return api.NotFound(api.ResourceTypeProtectConfiguration, id, "Leave the protect configuration out: this server has none.")
	}
	return nil
}

func (s *Service) destination(_ context.Context, c *call) error {
	const member = "DestinationPhoneNumber"
	to, err := country.Parse(c.in.DestinationPhoneNumber)
	if errors.Is(err, country.ErrUnknownCountry) {
		return unreachable(member)
	}
	if err != nil {
		return api.Invalid(api.ValidationExceptionReasonCannotParse,
			"Give a phone number in E.164 form, such as +12065550142.", member)
	}
	// A published destination may lie in a range of another country.
	if iso, _, ok := country.SimulatorDestination(to.E164); ok {
		to.ISO = iso
	}
	if _, known := country.Lookup(to.ISO); !known {
		return unreachable(member)
	}
	c.to = to
	return nil
}

func unreachable(member string) error {
	return api.Invalid(api.ValidationExceptionReasonDestinationCountryBlocked,
		"The service reaches nobody in this country: send to another one.", member)
}

func (s *Service) identity(ctx context.Context, c *call) (err error) {
	if c.view, err = s.Views.Identities(ctx, c.scope); err != nil {
		return fmt.Errorf("accept: origination identities: %w", err)
	}
	c.named, err = s.Router.Resolve(c.in.OriginationIdentity, c.view)
	return err
}

// sandbox holds accounts of that tier to the published simulator destinations.
func (s *Service) sandbox(ctx context.Context, c *call) error {
	owner, found, err := s.Accounts.Account(ctx, c.scope.Account)
	if err != nil {
		return fmt.Errorf("accept: account: %w", err)
	}
	if !found || owner.Tier != account.Sandbox {
		return nil
	}
	if _, _, ok := country.SimulatorDestination(c.to.E164); ok {
		return nil
	}
	return api.Conflict(api.ConflictExceptionReasonDestinationPhoneNumberNotVerified,
		api.ResourceTypeVerifiedDestinationNumber, c.to.E164,
		"A sandbox account reaches the published simulator destinations alone: ask the operator for the PRODUCTION tier.")
}

func (s *Service) choose(ctx context.Context, c *call) (err error) {
	if c.id, err = uuid.NewV7(); err != nil {
		return fmt.Errorf("accept: message id: %w", err)
	}
	q := message.Request{
		Named: c.named, Type: c.in.MessageType, To: c.to.E164, Country: c.to.ISO,
		Draw:  binary.BigEndian.Uint64(c.id[8:]) & (1<<62 - 1), // without the UUID's variant
		Trial: c.trial,
	}
	var failed error
	if c.named.Number == nil && c.named.Text == "" {
		q.Recall = func(pool string, state uint64) (known string) {
			known, failed = s.recall(ctx, c, pool, state)
			return known
		}
	}
	c.chosen, err = s.Router.Choose(q, c.view, c.set)
	if err == nil {
		err = failed
	}
	return err
}

func (s *Service) recall(ctx context.Context, c *call, pool string, state uint64) (identity string, err error) {
	last, found, err := s.Sticky.StickyChoice(ctx, c.scope, pool, c.to.E164)
	if err != nil {
		return "", fmt.Errorf("accept: sticky choice: %w", err)
	}
	if !found || last.State != state || c.now.Sub(last.At) > stickyFor {
		return "", nil
	}
	c.sticky = last
	return last.Identity, nil
}

// remember keeps the choice for the destination: only where there was one, and
// it is new or an hour old.
func (s *Service) remember(ctx context.Context, c *call) error {
	d := &c.chosen
	known := c.sticky.Identity == d.Origin.Identity && c.sticky.Identity != ""
	if !d.Equals || d.Origin.Identity == "" || known && c.now.Sub(c.sticky.At) < stickyRewrite {
		return nil
	}
	return s.Sticky.PutStickyChoice(ctx, message.Sticky{
		Scope: c.scope, Pool: d.Origin.Pool, Destination: c.to.E164,
		Identity: d.Origin.Identity, State: d.State, At: c.now,
	})
}

// message is the message that the checks have found so far.
func (c *call) message() *message.Message {
	m := &message.Message{
		ID: c.id, Scope: c.scope, Origin: c.chosen.Origin, To: c.to.E164, Country: c.to.ISO,
		Type: c.chosen.Type, Carrier: c.chosen.Carrier, OptOutList: c.chosen.OptOutList, Body: c.in.MessageBody,
		Context: c.in.Context, Why: c.chosen.Why,
		RequestHash: c.hash, AcceptedAt: c.now, ExpiresAt: c.now.Add(defaultTimeToLive),
	}
	if ttl := c.in.TimeToLive; ttl != nil {
		m.ExpiresAt = c.now.Add(time.Duration(*ttl) * time.Second)
	}
	if c.set != nil {
		m.ConfigurationSet = c.set.Name
		m.Feedback = c.set.DefaultFeedback != nil && *c.set.DefaultFeedback
	}
	if f := c.in.MessageFeedbackEnabled; f != nil {
		m.Feedback = *f
	}
	if n := len(c.in.DestinationCountryParameters); n > 0 {
		m.Parameters = make(map[string]string, n)
		for key, value := range c.in.DestinationCountryParameters {
			m.Parameters[string(key)] = value
		}
	}
	return m
}

// body counts the parts of the text as the service does, whatever the carrier
// makes of it.
func (c *call) body(m *message.Message) error {
	const member = "MessageBody"
	if m.Body == "" {
		return api.Invalid(api.ValidationExceptionReasonMissingParameter, "Give the text of the message.", member)
	}
	if !gsm.Fits(m.Body) {
		return api.Invalid(api.ValidationExceptionReasonMaximumSizeExceeded,
			"Shorten the text to ten parts: 1530 GSM septets, or 630 UTF-16 units where a character is outside the GSM alphabet.", member)
	}
	m.Encoding, _, m.Parts = gsm.Count(m.Body)
	return nil
}

// price compares the price of the whole message with MaxPrice, exactly.
func (c *call) price(price message.MicroUSD) error {
	text := c.in.MaxPrice
	if text == "" {
		return nil
	}
	const member = "MaxPrice"
	// The API allows ".05"; a leading zero changes nothing.
	ceiling, err := config.ParseUSD("0" + text)
	if err != nil {
		return api.Invalid(api.ValidationExceptionReasonInvalidParameter, "Give US dollars such as 0.05.", member)
	}
	if price > message.MicroUSD(ceiling) {
		return api.Invalid(api.ValidationExceptionReasonPriceOverThreshold,
			"Raise MaxPrice or shorten the text: the price is that of the whole message.", member)
	}
	return nil
}
