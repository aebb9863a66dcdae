package compat

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

const topic = "arn:aws:sns:us-east-1:111122223333:tf-acc-test"

// number requests a SIMULATOR number as the provider's tests do and waits until
// it is active. The provider writes the protection and the list always.
func (tf terraform) number(token, list string, protected bool) types.PhoneNumberInformation {
	tf.t.Helper()
	made, err := tf.c.RequestPhoneNumber(tf.t.Context(), &sms.RequestPhoneNumberInput{ClientToken: &token,
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeSimulator,
		NumberCapabilities:        []types.NumberCapability{types.NumberCapabilitySms, types.NumberCapabilityVoice},
		DeletionProtectionEnabled: &protected, OptOutListName: &list, Tags: firstTag})
	must(tf, made, err)
	return tf.activeNumber(*made.PhoneNumberId)
}

func (tf terraform) activeNumber(id string) types.PhoneNumberInformation {
	tf.t.Helper()
	tf.until("an active number", func() bool {
		state, err := tf.readNumber(id)
		return must(tf, state, err).Status == types.NumberStatusActive
	})
	return steady(tf, func() (types.PhoneNumberInformation, error) { return tf.readNumber(id) })
}

// readNumber reads by id or ARN.
func (tf terraform) readNumber(id string) (types.PhoneNumberInformation, error) {
	out, err := tf.c.DescribePhoneNumbers(tf.t.Context(), &sms.DescribePhoneNumbersInput{PhoneNumberIds: []string{id}})
	if err != nil {
		return types.PhoneNumberInformation{}, err
	}
	return out.PhoneNumbers[0], nil
}

// release releases a number and waits until it is gone or shown as deleted.
func (tf terraform) release(id *string) {
	tf.t.Helper()
	remove := func() error {
		_, err := tf.c.ReleasePhoneNumber(tf.t.Context(), &sms.ReleasePhoneNumberInput{PhoneNumberId: id})
		return err
	}
	tf.ok(remove())
	tf.until("the end of a number", func() bool {
		state, err := tf.readNumber(*id)
		return gone(err) || must(tf, state, err).Status == types.NumberStatusDeleted
	})
	if err := remove(); !gone(err) {
		tf.t.Errorf("releasing again: %v", err)
	}
}

// TestTerraformPhoneNumber requests one with everything, two-way by a second
// call, writes every member of the update at once, false ones too, and releases.
func TestTerraformPhoneNumber(t *testing.T) {
	tf, ctx := newTerraform(t), t.Context()
	tf.optOutList("tf-acc-test-list")
	state := tf.number("terraform-1", "tf-acc-test-list", true)
	id := state.PhoneNumberId
	tf.retagThrice(state.PhoneNumberArn)

	// After the request the provider writes what the request does not take.
	_, err := tf.c.UpdatePhoneNumber(ctx, &sms.UpdatePhoneNumberInput{PhoneNumberId: id,
		SelfManagedOptOutsEnabled: aws.Bool(false), TwoWayChannelArn: aws.String(topic), TwoWayEnabled: aws.Bool(true)})
	tf.ok(err)
	twoWay := tf.activeNumber(*id)
	same(tf, "two-way channel", aws.ToString(twoWay.TwoWayChannelArn), topic)
	same(tf, "two-way", twoWay.TwoWayEnabled, true)
	state.TwoWayChannelArn, state.TwoWayEnabled = twoWay.TwoWayChannelArn, true
	same(tf, "all else", twoWay, state)

	_, err = tf.c.ReleasePhoneNumber(ctx, &sms.ReleasePhoneNumberInput{PhoneNumberId: id})
	tf.conflict(err, types.ConflictExceptionReasonDeletionProtectionEnabled)
	for _, step := range []sms.UpdatePhoneNumberInput{
		{DeletionProtectionEnabled: aws.Bool(false), OptOutListName: aws.String("tf-acc-test-list"), SelfManagedOptOutsEnabled: aws.Bool(false),
			TwoWayChannelArn: aws.String(topic), TwoWayEnabled: aws.Bool(true)},
		{DeletionProtectionEnabled: aws.Bool(false), OptOutListName: aws.String("Default"), SelfManagedOptOutsEnabled: aws.Bool(false),
			TwoWayEnabled: aws.Bool(false)},
	} {
		step.PhoneNumberId = id
		for range 2 { // the provider's update makes the call twice
			_, err := tf.c.UpdatePhoneNumber(ctx, &step)
			tf.ok(err)
		}
		got := tf.activeNumber(*id)
		same(tf, "protection", got.DeletionProtectionEnabled, false)
		same(tf, "opt-out list", got.OptOutListName, step.OptOutListName)
		same(tf, "self-managed opt-outs", got.SelfManagedOptOutsEnabled, false)
		same(tf, "two-way", got.TwoWayEnabled, *step.TwoWayEnabled)
		same(tf, "two-way channel", got.TwoWayChannelArn, step.TwoWayChannelArn)
		same(tf, "price", got.MonthlyLeasingPrice, state.MonthlyLeasingPrice)
		same(tf, "import by id", tf.record(*id), got)
	}
	tf.release(id)
	_, err = tf.c.DeleteOptOutList(ctx, &sms.DeleteOptOutListInput{OptOutListName: aws.String("tf-acc-test-list")})
	tf.ok(err)
}

func (tf terraform) record(id string) types.PhoneNumberInformation {
	tf.t.Helper()
	state, err := tf.readNumber(id)
	return must(tf, state, err)
}

// TestTerraformPool goes through a pool of numbers: the first ARN in order
// creates it, the others are associated, its settings are updated, a member is
// exchanged, and it is deleted. The members' own records stay as they were.
func TestTerraformPool(t *testing.T) {
	tf, ctx := newTerraform(t), t.Context()
	tf.optOutList("tf-acc-test-list")
	var numbers []types.PhoneNumberInformation
	for i := range 3 {
		numbers = append(numbers, tf.number(fmt.Sprintf("terraform-%d", i), "Default", false))
	}
	first, second, third := *numbers[0].PhoneNumberArn, *numbers[1].PhoneNumberArn, *numbers[2].PhoneNumberArn
	described, err := tf.c.DescribePhoneNumbers(ctx, &sms.DescribePhoneNumbersInput{PhoneNumberIds: []string{first, second, third}})
	same(tf, "numbers described by ARN", must(tf, described, err).PhoneNumbers, numbers)

	_, err = tf.c.CreatePool(ctx, &sms.CreatePoolInput{OriginationIdentity: &first, MessageType: types.MessageTypeTransactional})
	tf.invalid(err, types.ValidationExceptionReasonInvalidParameter) // the country is missing
	made, err := tf.c.CreatePool(ctx, &sms.CreatePoolInput{ClientToken: aws.String("terraform-pool"), OriginationIdentity: &first,
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, Tags: firstTag})
	id := must(tf, made, err).PoolId
	state := tf.activePool(*id)
	same(tf, "ARN", state.PoolArn, made.PoolArn)
	same(tf, "protection", state.DeletionProtectionEnabled, false)
	same(tf, "opt-out list", aws.ToString(state.OptOutListName), "Default")
	tf.retagThrice(made.PoolArn)
	tf.associate(id, second)
	tf.members(id, first, second)

	before := tf.record(first)
	_, err = tf.c.UpdatePool(ctx, &sms.UpdatePoolInput{PoolId: id, OptOutListName: aws.String("tf-acc-test-list"),
		SelfManagedOptOutsEnabled: aws.Bool(true), SharedRoutesEnabled: aws.Bool(true), TwoWayEnabled: aws.Bool(true),
		TwoWayChannelArn: aws.String(topic), DeletionProtectionEnabled: aws.Bool(true)})
	tf.ok(err)
	updated := tf.activePool(*id)
	same(tf, "opt-out list", aws.ToString(updated.OptOutListName), "tf-acc-test-list")
	same(tf, "two-way channel", aws.ToString(updated.TwoWayChannelArn), topic)
	same(tf, "switches", []bool{updated.SelfManagedOptOutsEnabled, updated.SharedRoutesEnabled, updated.TwoWayEnabled, updated.DeletionProtectionEnabled},
		[]bool{true, true, true, true})
	same(tf, "the member's own record", tf.record(first), before)

	_, err = tf.c.DeletePool(ctx, &sms.DeletePoolInput{PoolId: id})
	tf.conflict(err, types.ConflictExceptionReasonDeletionProtectionEnabled)
	_, err = tf.c.UpdatePool(ctx, &sms.UpdatePoolInput{PoolId: id, OptOutListName: aws.String("Default"),
		SelfManagedOptOutsEnabled: aws.Bool(false), SharedRoutesEnabled: aws.Bool(false), TwoWayEnabled: aws.Bool(false),
		DeletionProtectionEnabled: aws.Bool(false)})
	tf.ok(err)
	same(tf, "the pool with its first settings", tf.activePool(*id), state)
	tf.exchange(id, first, second, third)
	_, err = tf.c.ReleasePhoneNumber(ctx, &sms.ReleasePhoneNumberInput{PhoneNumberId: numbers[2].PhoneNumberId})
	tf.conflict(err, types.ConflictExceptionReasonPhoneNumberAssociatedToPool)
	tf.deletePool(id)
	for _, number := range numbers {
		same(tf, "a former member", tf.record(*number.PhoneNumberArn), number)
		tf.release(number.PhoneNumberId)
	}
}

// exchange replaces the first two members by a third one: what is new is
// associated before what is old is disassociated.
func (tf terraform) exchange(pool *string, first, second, third string) {
	tf.t.Helper()
	tf.associate(pool, third)
	for _, old := range []string{first, second} {
		tf.ok(tf.disassociate(pool, old))
	}
	tf.members(pool, third)
	tf.conflict(tf.disassociate(pool, first), types.ConflictExceptionReasonPhoneNumberNotAssociatedToPool)
	tf.conflict(tf.disassociate(pool, third), types.ConflictExceptionReasonLastPhoneNumber)
}

func (tf terraform) associate(pool *string, arn string) {
	tf.t.Helper()
	_, err := tf.c.AssociateOriginationIdentity(tf.t.Context(), &sms.AssociateOriginationIdentityInput{
		PoolId: pool, OriginationIdentity: &arn, IsoCountryCode: aws.String("US")})
	tf.ok(err)
}

func (tf terraform) disassociate(pool *string, arn string) error {
	_, err := tf.c.DisassociateOriginationIdentity(tf.t.Context(), &sms.DisassociateOriginationIdentityInput{
		PoolId: pool, OriginationIdentity: &arn, IsoCountryCode: aws.String("US")})
	return err
}

// members waits until the pool's identities are the wanted ones.
func (tf terraform) members(pool *string, want ...string) {
	tf.t.Helper()
	read := func() ([]string, error) {
		var found []string
		pages := sms.NewListPoolOriginationIdentitiesPaginator(tf.c, &sms.ListPoolOriginationIdentitiesInput{PoolId: pool})
		for pages.HasMorePages() {
			page, err := pages.NextPage(tf.t.Context())
			if err != nil {
				return nil, err
			}
			for _, identity := range page.OriginationIdentities {
				found = append(found, aws.ToString(identity.OriginationIdentityArn))
			}
		}
		slices.Sort(found)
		return found, nil
	}
	slices.Sort(want)
	tf.until("the pool's members", func() bool { return slices.Equal(steady(tf, read), want) })
}

func (tf terraform) activePool(id string) types.PoolInformation {
	tf.t.Helper()
	tf.until("an active pool", func() bool {
		state, err := tf.readPool(id)
		return must(tf, state, err).Status == types.PoolStatusActive
	})
	return steady(tf, func() (types.PoolInformation, error) { return tf.readPool(id) })
}

func (tf terraform) readPool(id string) (types.PoolInformation, error) {
	out, err := tf.c.DescribePools(tf.t.Context(), &sms.DescribePoolsInput{PoolIds: []string{id}})
	if err != nil {
		return types.PoolInformation{}, err
	}
	return out.Pools[0], nil
}

func (tf terraform) deletePool(id *string) {
	tf.t.Helper()
	remove := func() error {
		_, err := tf.c.DeletePool(tf.t.Context(), &sms.DeletePoolInput{PoolId: id})
		return err
	}
	tf.ok(remove())
	tf.until("the end of a pool", func() bool {
		_, err := tf.readPool(*id)
		return gone(err)
	})
	if err := remove(); !gone(err) {
		tf.t.Errorf("deleting again: %v", err)
	}
}

// TestTerraformPoolOfSenderIDs creates a pool by the ARN of a sender ID: with
// its country, since without one the service refuses it.
func TestTerraformPoolOfSenderIDs(t *testing.T) {
	tf, ctx, gb := newTerraform(t), t.Context(), aws.String("GB")
	sender, err := tf.c.RequestSenderId(ctx, &sms.RequestSenderIdInput{SenderId: aws.String("TfPool"), IsoCountryCode: gb,
		MessageTypes: []types.MessageType{types.MessageTypeTransactional}})
	must(tf, sender, err)
	create := func(country *string) (*sms.CreatePoolOutput, error) {
		return tf.c.CreatePool(ctx, &sms.CreatePoolInput{OriginationIdentity: sender.SenderIdArn, IsoCountryCode: country, MessageType: types.MessageTypeTransactional})
	}
	_, err = create(nil)
	tf.invalid(err, types.ValidationExceptionReasonInvalidArn)
	pool, err := create(gb)
	must(tf, pool, err)
	tf.activePool(*pool.PoolId)
	tf.members(pool.PoolId, *sender.SenderIdArn)
	tf.deletePool(pool.PoolId)
}

// TestTerraformDescribesFiveAtOnce describes by lists of five, as the provider
// cuts them; six are refused.
func TestTerraformDescribesFiveAtOnce(t *testing.T) {
	tf, ctx := newTerraform(t), t.Context()
	var numbers []string
	var senders []types.SenderIdAndCountry
	for i := range 6 {
		numbers = append(numbers, *tf.number(fmt.Sprintf("terraform-%d", i), "Default", false).PhoneNumberArn)
		sender, err := tf.c.RequestSenderId(ctx, &sms.RequestSenderIdInput{SenderId: aws.String(fmt.Sprintf("TfSender%d", i)), IsoCountryCode: aws.String("GB")})
		senders = append(senders, types.SenderIdAndCountry{SenderId: must(tf, sender, err).SenderId, IsoCountryCode: aws.String("GB")})
	}
	found, err := tf.c.DescribePhoneNumbers(ctx, &sms.DescribePhoneNumbersInput{PhoneNumberIds: numbers[:5]})
	same(tf, "numbers", len(must(tf, found, err).PhoneNumbers), 5)
	named, err := tf.c.DescribeSenderIds(ctx, &sms.DescribeSenderIdsInput{SenderIds: senders[:5]})
	same(tf, "sender IDs", len(must(tf, named, err).SenderIds), 5)

	_, err = tf.c.DescribePhoneNumbers(ctx, &sms.DescribePhoneNumbersInput{PhoneNumberIds: numbers})
	tf.invalid(err, types.ValidationExceptionReasonInvalidParameter)
	_, err = tf.c.DescribeSenderIds(ctx, &sms.DescribeSenderIdsInput{SenderIds: senders})
	tf.invalid(err, types.ValidationExceptionReasonInvalidParameter)
	six := []string{"a", "b", "c", "d", "e", "f"}
	_, err = tf.c.DescribePools(ctx, &sms.DescribePoolsInput{PoolIds: six})
	tf.invalid(err, types.ValidationExceptionReasonInvalidParameter)
	_, err = tf.c.DescribeConfigurationSets(ctx, &sms.DescribeConfigurationSetsInput{ConfigurationSetNames: six})
	tf.invalid(err, types.ValidationExceptionReasonInvalidParameter)
	_, err = tf.c.DescribeOptOutLists(ctx, &sms.DescribeOptOutListsInput{OptOutListNames: six})
	tf.invalid(err, types.ValidationExceptionReasonInvalidParameter)
}
