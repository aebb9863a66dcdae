package compat

import (
	"errors"
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// terraform makes the calls that Terraform's AWS provider makes for its
// resources of this service, in its order and with its members: what it writes
// always, what it leaves out, how it waits and how it reads back. The values are
// those of its acceptance tests.
type terraform struct {
	t *testing.T
	c *sms.Client
}

func newTerraform(t *testing.T) terraform {
	t.Helper()
	return terraform{t, goSDK(dev(t, "--empty"), "111122223333", "test")}
}

// steady reads twice: a plan after an apply must find nothing to change.
func steady[T any](tf terraform, read func() (T, error)) T {
	tf.t.Helper()
	first, err := read()
	if err != nil {
		tf.t.Fatal(err)
	}
	second, err := read()
	if err != nil {
		tf.t.Fatal(err)
	}
	if !reflect.DeepEqual(first, second) {
		tf.t.Errorf("the second read gives %+v, the first gave %+v", second, first)
	}
	return first
}

// must stops the test at an error.
func must[T any](tf terraform, answer T, err error) T {
	tf.t.Helper()
	if err != nil {
		tf.t.Fatal(err)
	}
	return answer
}

func (tf terraform) ok(err error) {
	tf.t.Helper()
	if err != nil {
		tf.t.Fatal(err)
	}
}

// same compares what was read with what a resource's state holds.
func same(tf terraform, what string, got, want any) {
	tf.t.Helper()
	if !reflect.DeepEqual(got, want) {
		tf.t.Errorf("%s is %+v, want %+v", what, got, want)
	}
}

// until calls a waiter's read until it is content.
func (tf terraform) until(what string, content func() bool) {
	tf.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if content() {
			return
		}
	}
	tf.t.Fatalf("%s did not come about", what)
}

// gone says whether a read or a delete tells that there is nothing: the
// provider then drops the resource from its state.
func gone(err error) bool {
	var missing *types.ResourceNotFoundException
	return errors.As(err, &missing)
}

// conflict checks the reason of a refusal that the provider looks at.
func (tf terraform) conflict(err error, want types.ConflictExceptionReason) {
	tf.t.Helper()
	var refused *types.ConflictException
	if !errors.As(err, &refused) || refused.Reason != want {
		tf.t.Errorf("%v, want a ConflictException with %s", err, want)
	}
}

func (tf terraform) invalid(err error, want types.ValidationExceptionReason) {
	tf.t.Helper()
	var refused *types.ValidationException
	if !errors.As(err, &refused) || refused.Reason != want {
		tf.t.Errorf("%v, want a ValidationException with %s", err, want)
	}
}

// tags reads a resource's tags as each refresh does.
func (tf terraform) tags(arn *string) map[string]string {
	tf.t.Helper()
	return steady(tf, func() (map[string]string, error) {
		out, err := tf.c.ListTagsForResource(tf.t.Context(), &sms.ListTagsForResourceInput{ResourceArn: arn})
		if err != nil {
			return nil, err
		}
		found := map[string]string{}
		for _, tag := range out.Tags {
			found[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		return found, nil
	})
}

// retag removes what is no longer wanted, then writes what is new or changed.
func (tf terraform) retag(arn *string, wanted map[string]string) {
	tf.t.Helper()
	current := tf.tags(arn)
	var removed []string
	for key := range current {
		if _, stays := wanted[key]; !stays {
			removed = append(removed, key)
		}
	}
	if len(removed) > 0 {
		_, err := tf.c.UntagResource(tf.t.Context(), &sms.UntagResourceInput{ResourceArn: arn, TagKeys: removed})
		tf.ok(err)
	}
	changed := maps.Clone(wanted)
	maps.DeleteFunc(changed, func(key, value string) bool { return current[key] == value })
	if len(changed) > 0 {
		_, err := tf.c.TagResource(tf.t.Context(), &sms.TagResourceInput{ResourceArn: arn, Tags: tagsOf(changed)})
		tf.ok(err)
	}
	same(tf, "tags", tf.tags(arn), wanted)
}

func tagsOf(values map[string]string) []types.Tag {
	var list []types.Tag
	for key, value := range values {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return list
}

// retagThrice goes through the steps of the provider's tests of tags.
func (tf terraform) retagThrice(arn *string) {
	tf.t.Helper()
	same(tf, "tags at creation", tf.tags(arn), map[string]string{"key1": "value1"})
	tf.retag(arn, map[string]string{"key1": "value1updated", "key2": "value2"})
	tf.retag(arn, map[string]string{"key2": "value2"})
	tf.retag(arn, map[string]string{})
}

var firstTag = []types.Tag{{Key: aws.String("key1"), Value: aws.String("value1")}}

// TestTerraformConfigurationSet creates, sets, changes and removes the defaults,
// and deletes twice. The default sender ID is echoed as it was written.
func TestTerraformConfigurationSet(t *testing.T) {
	tf, name := newTerraform(t), aws.String("tf-acc-test-set")
	ctx := t.Context()
	read := func() (types.ConfigurationSetInformation, error) {
		out, err := tf.c.DescribeConfigurationSets(ctx, &sms.DescribeConfigurationSetsInput{ConfigurationSetNames: []string{*name}})
		if err != nil {
			return types.ConfigurationSetInformation{}, err
		}
		return out.ConfigurationSets[0], nil
	}
	made, err := tf.c.CreateConfigurationSet(ctx, &sms.CreateConfigurationSetInput{
		ClientToken: aws.String("terraform-20261124000000000000000001"), ConfigurationSetName: name, Tags: firstTag})
	must(tf, made, err)
	empty := steady(tf, read)
	same(tf, "ARN", empty.ConfigurationSetArn, made.ConfigurationSetArn)
	same(tf, "default sender ID", empty.DefaultSenderId, (*string)(nil))
	tf.retagThrice(made.ConfigurationSetArn)
	for _, value := range []string{"example", "Updated", "example"} {
		_, err := tf.c.SetDefaultSenderId(ctx, &sms.SetDefaultSenderIdInput{ConfigurationSetName: name, SenderId: &value})
		tf.ok(err)
		same(tf, "default sender ID", aws.ToString(steady(tf, read).DefaultSenderId), value)
	}
	for _, value := range []types.MessageType{types.MessageTypeTransactional, types.MessageTypePromotional} {
		_, err := tf.c.SetDefaultMessageType(ctx, &sms.SetDefaultMessageTypeInput{ConfigurationSetName: name, MessageType: value})
		tf.ok(err)
		same(tf, "default message type", steady(tf, read).DefaultMessageType, value)
	}
	_, err = tf.c.DeleteDefaultSenderId(ctx, &sms.DeleteDefaultSenderIdInput{ConfigurationSetName: name})
	tf.ok(err)
	_, err = tf.c.DeleteDefaultMessageType(ctx, &sms.DeleteDefaultMessageTypeInput{ConfigurationSetName: name})
	tf.ok(err)
	same(tf, "the set without defaults", steady(tf, read), empty)
	remove := func() error {
		_, err := tf.c.DeleteConfigurationSet(ctx, &sms.DeleteConfigurationSetInput{ConfigurationSetName: name})
		return err
	}
	tf.ok(remove())
	if _, err := read(); !gone(err) || !gone(remove()) {
		t.Errorf("the deleted set: %v", err)
	}
}

// TestTerraformOptOutList creates, tags and deletes a list; nothing of it can be
// changed.
func TestTerraformOptOutList(t *testing.T) {
	tf := newTerraform(t)
	made := tf.optOutList("tf-acc-test-list")
	read := func() (types.OptOutListInformation, error) { return tf.readOptOutList("tf-acc-test-list") }
	same(tf, "ARN", steady(tf, read).OptOutListArn, made)
	tf.retagThrice(made)
	remove := func() error {
		_, err := tf.c.DeleteOptOutList(t.Context(), &sms.DeleteOptOutListInput{OptOutListName: aws.String("tf-acc-test-list")})
		return err
	}
	tf.ok(remove())
	if _, err := read(); !gone(err) || !gone(remove()) {
		t.Errorf("the deleted list: %v", err)
	}
}

// optOutList creates a list and gives its ARN.
func (tf terraform) optOutList(name string) *string {
	tf.t.Helper()
	made, err := tf.c.CreateOptOutList(tf.t.Context(), &sms.CreateOptOutListInput{
		ClientToken: aws.String("terraform-" + name), OptOutListName: &name, Tags: firstTag})
	return must(tf, made, err).OptOutListArn
}

func (tf terraform) readOptOutList(name string) (types.OptOutListInformation, error) {
	out, err := tf.c.DescribeOptOutLists(tf.t.Context(), &sms.DescribeOptOutListsInput{OptOutListNames: []string{name}})
	if err != nil {
		return types.OptOutListInformation{}, err
	}
	return out.OptOutLists[0], nil
}

// TestTerraformSenderID requests one in mixed case, reads it under the case of
// the answer and imports it under another, changes its protection, and replaces
// it: the new request comes right after the release.
func TestTerraformSenderID(t *testing.T) {
	tf, gb, ctx := newTerraform(t), aws.String("GB"), t.Context()
	read := func(name string) func() (types.SenderIdInformation, error) {
		return func() (types.SenderIdInformation, error) { return tf.readSenderID(name) }
	}
	made, err := tf.c.RequestSenderId(ctx, &sms.RequestSenderIdInput{ClientToken: aws.String("terraform-1"),
		SenderId: aws.String("TfBasic"), IsoCountryCode: gb, DeletionProtectionEnabled: aws.Bool(false), Tags: firstTag})
	must(tf, made, err)
	same(tf, "sender ID", aws.ToString(made.SenderId), "TFBASIC")
	state := steady(tf, read("TFBASIC"))
	same(tf, "ARN", state.SenderIdArn, made.SenderIdArn)
	same(tf, "price", state.MonthlyLeasingPrice, made.MonthlyLeasingPrice)
	same(tf, "message types", state.MessageTypes, made.MessageTypes)
	same(tf, "registration", state.RegistrationId, (*string)(nil))
	for _, imported := range []string{"tfbasic", "TfBasic"} {
		same(tf, "import as "+imported, steady(tf, read(imported)), state)
	}
	tf.retagThrice(made.SenderIdArn)
	protect := func(on bool) {
		t.Helper()
		_, err := tf.c.UpdateSenderId(ctx, &sms.UpdateSenderIdInput{SenderId: aws.String("TfBasic"), IsoCountryCode: gb, DeletionProtectionEnabled: &on})
		tf.ok(err)
		same(tf, "protection", steady(tf, read("TFBASIC")).DeletionProtectionEnabled, on)
	}
	release := func() error {
		_, err := tf.c.ReleaseSenderId(ctx, &sms.ReleaseSenderIdInput{SenderId: aws.String("TfBasic"), IsoCountryCode: gb})
		return err
	}
	protect(true)
	tf.conflict(release(), types.ConflictExceptionReasonDeletionProtectionEnabled)
	protect(false)
	same(tf, "the unprotected sender ID", steady(tf, read("TFBASIC")), state)
	tf.ok(release())
	if _, err := tf.readSenderID("TFBASIC"); !gone(err) || !gone(release()) {
		t.Errorf("the released sender ID: %v", err)
	}
	both := []types.MessageType{types.MessageTypePromotional, types.MessageTypeTransactional}
	made, err = tf.c.RequestSenderId(ctx, &sms.RequestSenderIdInput{ClientToken: aws.String("terraform-2"),
		SenderId: aws.String("TfBasic"), IsoCountryCode: gb, DeletionProtectionEnabled: aws.Bool(false), MessageTypes: both})
	must(tf, made, err)
	same(tf, "message types", steady(tf, read("TFBASIC")).MessageTypes, made.MessageTypes)
	same(tf, "number of message types", len(made.MessageTypes), 2)
}

func (tf terraform) readSenderID(name string) (types.SenderIdInformation, error) {
	out, err := tf.c.DescribeSenderIds(tf.t.Context(), &sms.DescribeSenderIdsInput{
		SenderIds: []types.SenderIdAndCountry{{SenderId: &name, IsoCountryCode: aws.String("GB")}}})
	if err != nil {
		return types.SenderIdInformation{}, err
	}
	return out.SenderIds[0], nil
}
