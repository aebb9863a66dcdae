package compat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
)

const (
	tokenRounds  = 8 // each with a kill
	tokenCallers = 8 // with one token
)

// creation is an operation with a ClientToken; other asks for something else.
type creation struct {
	name string
	call func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error)
}

// place is what the creations of one round work on.
type place struct {
	round      int
	join, left string // pools
	set        string // configuration set
}

func (p place) named(text string) *string { return aws.String(fmt.Sprintf("%s%d", text, p.round)) }

// either gives the second where something else is asked for.
func either(other bool, one, two *string) *string {
	if other {
		return two
	}
	return one
}

// creations are all built operations that take a ClientToken: checkCreations
// holds them against the model.
func (p place) creations() []creation {
	fr := aws.String("FR")
	return []creation{
		{"CreateConfigurationSet", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.CreateConfigurationSet(ctx, &sms.CreateConfigurationSetInput{
				ClientToken: token, ConfigurationSetName: either(other, p.named("set"), p.named("other"))})
		}},
		{"CreateEventDestination", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.CreateEventDestination(ctx, &sms.CreateEventDestinationInput{ClientToken: token, ConfigurationSetName: &p.set,
				EventDestinationName: either(other, p.named("events"), p.named("other")), MatchingEventTypes: []types.EventType{types.EventTypeAll},
				SnsDestination: &types.SnsDestination{TopicArn: aws.String("arn:aws:sns:us-east-1:000000000000:events")}})
		}},
		{"CreateOptOutList", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.CreateOptOutList(ctx, &sms.CreateOptOutListInput{ClientToken: token, OptOutListName: either(other, p.named("list"), p.named("other"))})
		}},
		{"CreatePool", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.CreatePool(ctx, &sms.CreatePoolInput{ClientToken: token, OriginationIdentity: p.named("STAY"), IsoCountryCode: fr,
				MessageType: types.MessageTypeTransactional, DeletionProtectionEnabled: &other})
		}},
		{"RequestPhoneNumber", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.RequestPhoneNumber(ctx, &sms.RequestPhoneNumberInput{ClientToken: token, IsoCountryCode: aws.String("US"),
				MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeLongCode,
				NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, DeletionProtectionEnabled: &other})
		}},
		{"RequestSenderId", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.RequestSenderId(ctx, &sms.RequestSenderIdInput{
				ClientToken: token, SenderId: p.named("NEW"), IsoCountryCode: either(other, fr, aws.String("GB"))})
		}},
		{"AssociateOriginationIdentity", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.AssociateOriginationIdentity(ctx, &sms.AssociateOriginationIdentityInput{ClientToken: token, PoolId: &p.join,
				OriginationIdentity: either(other, p.named("MOVE"), p.named("NEW")), IsoCountryCode: fr})
		}},
		{"DisassociateOriginationIdentity", func(ctx context.Context, c *sms.Client, token *string, other bool) (any, error) {
			return c.DisassociateOriginationIdentity(ctx, &sms.DisassociateOriginationIdentityInput{ClientToken: token, PoolId: &p.left,
				OriginationIdentity: either(other, p.named("MOVE"), p.named("STAY")), IsoCountryCode: fr})
		}},
	}
}

// newPlace makes a configuration set, two sender IDs and two pools with the one
// that stays; the pool to leave has both.
func newPlace(t *testing.T, c *sms.Client, round int) place {
	t.Helper()
	p, fr := place{round: round, set: fmt.Sprint("events-of-", round)}, aws.String("FR")
	if _, err := c.CreateConfigurationSet(t.Context(), &sms.CreateConfigurationSetInput{ConfigurationSetName: &p.set}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"STAY", "MOVE"} {
		if _, err := c.RequestSenderId(t.Context(), &sms.RequestSenderIdInput{SenderId: p.named(name), IsoCountryCode: fr}); err != nil {
			t.Fatal(err)
		}
	}
	for _, pool := range []*string{&p.join, &p.left} {
		made, err := c.CreatePool(t.Context(), &sms.CreatePoolInput{
			OriginationIdentity: p.named("STAY"), IsoCountryCode: fr, MessageType: types.MessageTypeTransactional})
		if err != nil {
			t.Fatal(err)
		}
		*pool = aws.ToString(made.PoolId)
	}
	if _, err := c.AssociateOriginationIdentity(t.Context(), &sms.AssociateOriginationIdentityInput{
		PoolId: &p.left, OriginationIdentity: p.named("MOVE"), IsoCountryCode: fr}); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestOneTokenMakesOneResourceThroughCrashes has eight callers use one token of
// each creating operation at once, while the server is killed at a random moment
// and restarted; the callers repeat until they have an answer. All get the same
// one, there is one resource, and the token stays taken after the restart.
func TestOneTokenMakesOneResourceThroughCrashes(t *testing.T) {
	checkCreations(t)
	s := serve(t, t.TempDir())
	client := goSDK(s, rootKey, rootSecret)
	once := sms.New(client.Options(), func(o *sms.Options) { o.Retryer = aws.NopRetryer{} })
	answers := map[string]string{} // token → answer
	var places []place
	for round := range tokenRounds {
		p := newPlace(t, client, round)
		places = append(places, p)
		run := &crashRound{t: t, client: once, place: p, moment: make(chan struct{}), up: make(chan struct{}), answers: answers}
		s = run.through(s)
	}
	for _, p := range places {
		for _, op := range p.creations() {
			token := p.token(op)
			if again, err := op.call(t.Context(), client, token, false); err != nil || asText(t, again) != answers[*token] {
				t.Errorf("%s: repeated later gave %s, %v; want %s", op.name, asText(t, again), err, answers[*token])
			}
			_, err := op.call(t.Context(), client, token, true)
			var invalid *types.ValidationException
			if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || aws.ToString(invalid.Fields[0].Name) != "ClientToken" {
				t.Errorf("%s: the token with other parameters gave %v", op.name, err)
			}
		}
	}
	checkMade(t, client, places)
}

// checkCreations fails where an operation that is built and takes a ClientToken
// is not among the creations, or another is.
func checkCreations(t *testing.T) {
	t.Helper()
	m := readModel(t)
	var want, got []string
	for _, name := range builtOperations(t, m) {
		if m.has(m.operation(name).Input, "ClientToken") {
			want = append(want, name)
		}
	}
	for _, op := range (place{}).creations() {
		got = append(got, op.name)
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("creations are %v, want %v", got, want)
	}
}

func (p place) token(op creation) *string { return aws.String(fmt.Sprintf("%s-%d", op.name, p.round)) }

// crashRound is one kill amidst the calls of one place.
type crashRound struct {
	t      *testing.T
	client *sms.Client
	place  place
	events atomic.Int64  // calls made and answered
	moment chan struct{} // closed when the server is to be killed
	up     chan struct{} // closed when it is back

	mu      sync.Mutex
	answers map[string]string
}

// through runs the round and gives the restarted server.
func (r *crashRound) through(s *server) *server {
	r.t.Helper()
	operations := r.place.creations()
	kill := 1 + rand.Int64N(int64(2*tokenCallers*len(operations)))
	var callers sync.WaitGroup
	for _, op := range operations {
		for range tokenCallers {
			callers.Go(func() { r.insist(op, kill) })
		}
	}
	select {
	case <-r.moment:
	case <-time.After(patience):
		r.t.Fatal("the callers did not come to the moment of the kill")
	}
	s = s.restart()
	close(r.up)
	callers.Wait()
	r.t.Logf("round %d: killed at event %d", r.place.round, kill)
	return s
}

// insist repeats a call until there is an answer and compares it with the
// others'.
func (r *crashRound) insist(op creation, kill int64) {
	token := r.place.token(op)
	for {
		r.event(kill)
		out, err := op.call(r.t.Context(), r.client, token, false)
		r.event(kill)
		var refused smithy.APIError
		if errors.As(err, &refused) {
			r.t.Errorf("%s: %v", op.name, err)
			return
		}
		if err == nil {
			r.compare(op, *token, asText(r.t, out))
			return
		}
		select {
		case <-r.up:
		case <-r.t.Context().Done():
			return
		}
	}
}

// event counts up to the moment of the kill.
func (r *crashRound) event(kill int64) {
	if r.events.Add(1) == kill {
		close(r.moment)
	}
}

func (r *crashRound) compare(op creation, token, answer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if first, known := r.answers[token]; known && first != answer {
		r.t.Errorf("%s: one caller got %s, another %s", op.name, first, answer)
	}
	r.answers[token] = answer
}

func asText(t *testing.T, out any) string {
	text, err := json.Marshal(out)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// checkMade counts what the rounds made: one resource a token.
func checkMade(t *testing.T, c *sms.Client, places []place) {
	t.Helper()
	ctx, rounds := t.Context(), len(places)
	sets, err := c.DescribeConfigurationSets(ctx, &sms.DescribeConfigurationSetsInput{})
	if err != nil || len(sets.ConfigurationSets) != 2*rounds {
		t.Fatalf("configuration sets: %v, %v", sets, err)
	}
	destinations := 0
	for _, set := range sets.ConfigurationSets {
		destinations += len(set.EventDestinations)
	}
	if destinations != rounds {
		t.Errorf("%d event destinations", destinations)
	}
	lists, err := c.DescribeOptOutLists(ctx, &sms.DescribeOptOutListsInput{})
	if err != nil || len(lists.OptOutLists) != rounds+1 {
		t.Errorf("opt-out lists with Default: %v, %v", lists, err)
	}
	numbers, err := c.DescribePhoneNumbers(ctx, &sms.DescribePhoneNumbersInput{})
	if err != nil || len(numbers.PhoneNumbers) != rounds {
		t.Errorf("phone numbers: %v, %v", numbers, err)
	}
	senders, err := c.DescribeSenderIds(ctx, &sms.DescribeSenderIdsInput{})
	if err != nil || len(senders.SenderIds) != 3*rounds {
		t.Errorf("sender IDs: %v, %v", senders, err)
	}
	pools, err := c.DescribePools(ctx, &sms.DescribePoolsInput{})
	if err != nil || len(pools.Pools) != 3*rounds {
		t.Errorf("pools: %v, %v", pools, err)
	}
	for _, p := range places {
		for pool, want := range map[string]int{p.join: 2, p.left: 1} {
			members, err := c.ListPoolOriginationIdentities(ctx, &sms.ListPoolOriginationIdentitiesInput{PoolId: &pool})
			if err != nil || len(members.OriginationIdentities) != want {
				t.Errorf("members of %s: %v, %v; want %d", pool, members, err, want)
			}
		}
	}
}
