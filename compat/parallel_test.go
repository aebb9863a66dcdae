package compat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
)

const (
	tenants = 200
	rounds  = 2

	// All tenants send to the same two handsets and have a rule for the same
	// prefix, which is that of the second.
	sharedHandset = "+14155550123"
	ruledHandset  = "+13125550123"
	ruledPrefix   = "+1312"
)

// fate is a rule's outcome and the state in which a text ends by it.
type fate struct{ outcome, state string }

func fates() []fate {
	return []fate{
		{"DELIVERED", "DELIVERED"}, {"BLOCKED", "BLOCKED"}, {"UNDELIVERABLE", "UNREACHABLE"},
		{"EXPIRED", "TTL_EXPIRED"}, {"REJECTED", "INVALID_MESSAGE"},
	}
}

// exceptions are those that the tenants' faults of DescribePools answer.
func exceptions() []string {
	return []string{"ThrottlingException", "InternalServerException", "AccessDeniedException", "ValidationException", "ResourceNotFoundException"}
}

// tenant is a test with a twelve-digit account of its own.
type tenant struct {
	s       *server
	sdk     *sms.Client
	account string
	i       int
	leased  *sync.Map // number → the account that holds it now
}

// TestTwoHundredAccountsDoNotSeeEachOther runs two hundred tests at the same
// time against one `dev` server, each on an account of its own: same names,
// tokens, handsets, prefixes and operations, other outcomes. Each sees exactly
// what is its own, also after it was reset half-way.
func TestTwoHundredAccountsDoNotSeeEachOther(t *testing.T) {
	s := dev(t, "--empty")
	begun := time.Now()
	var running sync.WaitGroup
	var leased sync.Map
	for i := range tenants {
		running.Go(func() {
			account := fmt.Sprintf("9000%08d", i)
			n := &tenant{s: s, sdk: goSDK(s, account, "test"), account: account, i: i, leased: &leased}
			if err := n.run(context.Background()); err != nil {
				t.Errorf("account %s: %v", account, err)
			}
		})
	}
	running.Wait()
	figure(t, "%d accounts at the same time, %d rounds each, took %.1f s", tenants, rounds, time.Since(begun).Seconds())
	if t.Failed() {
		t.Logf("%s", s.log)
	}
}

func (n *tenant) run(ctx context.Context) error {
	for round := range rounds {
		if err := n.round(ctx, round); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		if err := n.reset(ctx); err != nil {
			return fmt.Errorf("reset after round %d: %w", round, err)
		}
	}
	return nil
}

// round does what a test does: set up, send, look, and count what there is.
func (n *tenant) round(ctx context.Context, round int) error {
	number, err := n.setUp(ctx, round)
	if err != nil {
		return err
	}
	if other, taken := n.leased.LoadOrStore(number, n.account); taken {
		return fmt.Errorf("it got %s, which account %s holds", number, other)
	}
	defer n.leased.Delete(number)
	fate := fates()[(n.i+round)%len(fates())]
	ruled, err := n.send(ctx, ruledHandset, number, "ruled", round)
	if err != nil {
		return err
	}
	for _, what := range []string{"one", "two"} {
		if _, err := n.send(ctx, sharedHandset, number, what, round); err != nil {
			return err
		}
	}
	return errors.Join(
		n.sees(sharedHandset, number, n.body("one", round), n.body("two", round)),
		n.meetsFault(ctx, exceptions()[(n.i+round)%len(exceptions())]),
		n.holds(ctx, number),
		n.ended(ruled, fate.state),
		n.seesRuled(fate, number, round),
	)
}

// setUp makes the tenant's resources, its rule and its fault. Names and tokens
// are the same for all.
func (n *tenant) setUp(ctx context.Context, round int) (number string, err error) {
	_, err = n.sdk.CreateConfigurationSet(ctx, &sms.CreateConfigurationSetInput{
		ConfigurationSetName: aws.String("tests"), ClientToken: aws.String("the-same"),
	})
	if err != nil {
		return "", err
	}
	leased, err := n.sdk.RequestPhoneNumber(ctx, &sms.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeTollFree,
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, ClientToken: aws.String("the-same"),
	})
	if err != nil {
		return "", err
	}
	rule := map[string]string{"prefix": ruledPrefix, "outcome": fates()[(n.i+round)%len(fates())].outcome}
	fault := map[string]any{"operation": "DescribePools", "exception": exceptions()[(n.i+round)%len(exceptions())]}
	return aws.ToString(leased.PhoneNumber), errors.Join(
		n.call(http.MethodPut, "/rules", map[string]any{"rules": []any{rule}}, nil),
		n.call(http.MethodPut, "/faults", map[string]any{"faults": []any{fault}}, nil),
	)
}

func (n *tenant) body(what string, round int) string {
	return fmt.Sprintf("%s of %s, round %d", what, n.account, round)
}

func (n *tenant) send(ctx context.Context, to, from, what string, round int) (id string, err error) {
	out, err := n.sdk.SendTextMessage(ctx, &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(to), OriginationIdentity: aws.String(from),
		MessageBody: aws.String(n.body(what, round)), ConfigurationSetName: aws.String("tests"),
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.MessageId), nil
}

// messages reads the tenant's messages of a handset, and waits for more than
// are known.
func (n *tenant) messages(handset string, after int64, wait string) ([]handsetMessage, error) {
	var answer struct{ Messages []handsetMessage }
	path := fmt.Sprintf("/handsets/%s/messages?after=%d&wait=%s", url.PathEscape(handset), after, wait)
	err := n.call(http.MethodGet, path, nil, &answer)
	return answer.Messages, err
}

// sees wants exactly these texts on a handset, all from the tenant's number.
func (n *tenant) sees(handset, number string, bodies ...string) error {
	var shown []string
	deadline := time.Now().Add(patience)
	for after := int64(0); len(shown) < len(bodies); {
		list, err := n.messages(handset, after, "30s")
		if err != nil || len(list) == 0 && time.Now().After(deadline) {
			return errors.Join(err, fmt.Errorf("%s shows %v, want %v", handset, shown, bodies))
		}
		for _, m := range list {
			if m.From != number {
				return fmt.Errorf("%s shows a text from %s, want %s", handset, m.From, number)
			}
			shown, after = append(shown, m.Body), m.ID
		}
	}
	slices.Sort(shown)
	if !slices.Equal(shown, bodies) {
		return fmt.Errorf("%s shows %v, want %v", handset, shown, bodies)
	}
	return nil
}

// seesRuled looks at the handset that the rules are for: it shows the tenant's
// text only where its own rule says so.
func (n *tenant) seesRuled(f fate, number string, round int) error {
	if f.outcome == "DELIVERED" {
		return n.sees(ruledHandset, number, n.body("ruled", round))
	}
	list, err := n.messages(ruledHandset, 0, "0s")
	if err != nil || len(list) > 0 {
		return errors.Join(err, fmt.Errorf("%s shows %v by the rule %s", ruledHandset, list, f.outcome))
	}
	return nil
}

// meetsFault wants the tenant's own exception once, and no other.
func (n *tenant) meetsFault(ctx context.Context, exception string) error {
	once := func(o *sms.Options) { o.Retryer = aws.NopRetryer{} }
	_, err := n.sdk.DescribePools(ctx, &sms.DescribePoolsInput{}, once)
	var got smithy.APIError
	if !errors.As(err, &got) || got.ErrorCode() != exception {
		return fmt.Errorf("DescribePools answers %v, want %s", err, exception)
	}
	_, err = n.sdk.DescribePools(ctx, &sms.DescribePoolsInput{}, once)
	return err
}

// holds wants the tenant to have exactly its own resources.
func (n *tenant) holds(ctx context.Context, numbers ...string) error {
	sets, err := n.sdk.DescribeConfigurationSets(ctx, &sms.DescribeConfigurationSetsInput{})
	if err != nil {
		return err
	}
	for _, set := range sets.ConfigurationSets {
		if arn := aws.ToString(set.ConfigurationSetArn); !strings.Contains(arn, ":"+n.account+":") {
			return fmt.Errorf("it has %s", arn)
		}
	}
	leased, err := n.sdk.DescribePhoneNumbers(ctx, &sms.DescribePhoneNumbersInput{})
	if err != nil {
		return err
	}
	var held []string
	for _, p := range leased.PhoneNumbers {
		held = append(held, aws.ToString(p.PhoneNumber))
	}
	if len(sets.ConfigurationSets) != len(numbers) || !slices.Equal(held, numbers) {
		return fmt.Errorf("it has %d configuration sets and the numbers %v, want %v", len(sets.ConfigurationSets), held, numbers)
	}
	return nil
}

// ended wants the message to end in a state; the operator knows it.
func (n *tenant) ended(id, want string) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		state := messageState{}
		if err := n.s.as(rootKey, rootSecret, http.MethodGet, "/operator/v1/messages/"+id, nil, &state); err != nil {
			return err
		}
		if state.EndedAt == nil {
			continue
		}
		if state.State != want {
			return fmt.Errorf("the ruled message ended %s, want %s: %v", state.State, want, state.Why)
		}
		return nil
	}
	return fmt.Errorf("message %s did not end", id)
}

// reset empties the account, and nothing else.
func (n *tenant) reset(ctx context.Context) error {
	left := map[string]any{"operation": "SendTextMessage", "exception": "ThrottlingException", "count": 3}
	if err := n.call(http.MethodPut, "/faults", map[string]any{"faults": []any{left}}, nil); err != nil {
		return err
	}
	if err := n.call(http.MethodPost, "/reset", nil, nil); err != nil {
		return err
	}
	for path, want := range map[string]string{"/handsets": `{"handsets":[]}`, "/rules": `{"rules":[]}`, "/faults": `{"faults":[]}`} {
		var got json.RawMessage
		if err := n.call(http.MethodGet, path, nil, &got); err != nil || string(got) != want {
			return errors.Join(err, fmt.Errorf("%s has %s", path, got))
		}
	}
	return n.holds(ctx)
}

// call speaks to the simulator API with the tenant's key.
func (n *tenant) call(method, path string, in, out any) error {
	return n.s.as(n.account, "test", method, "/simulator/v1"+path, in, out)
}

// as speaks to the console port with a key; any answer but 2xx is an error.
func (s *server) as(key, secret, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.console+path, &body)
	if err != nil {
		return err
	}
	request.SetBasicAuth(key, secret)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: HTTP %d", method, path, answer.StatusCode)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(out)
}
