package configset

import (
	"context"

	"heliograph/api"
)

// SetDefaultSenderId sets the sender ID that messages of the set go with where
// nothing better fits. No country is given, so there is nothing to check it
// against: the account need not have it.
func (s *Service) SetDefaultSenderId(ctx context.Context, in *api.SetDefaultSenderIdInput) (*api.SetDefaultSenderIdOutput, error) {
	before, arn, err := s.change(ctx, in.ConfigurationSetName, func(set *Set) { set.DefaultSenderID = in.SenderId })
	return &api.SetDefaultSenderIdOutput{
		ConfigurationSetArn: arn, ConfigurationSetName: before.Name, SenderId: in.SenderId,
	}, err
}

// DeleteDefaultSenderId removes the default and answers what it was, nothing
// when there was none.
func (s *Service) DeleteDefaultSenderId(ctx context.Context, in *api.DeleteDefaultSenderIdInput) (*api.DeleteDefaultSenderIdOutput, error) {
	before, arn, err := s.change(ctx, in.ConfigurationSetName, func(set *Set) { set.DefaultSenderID = "" })
	return &api.DeleteDefaultSenderIdOutput{
		ConfigurationSetArn: arn, ConfigurationSetName: before.Name, SenderId: before.DefaultSenderID,
	}, err
}

// SetDefaultMessageType sets the type of messages that name none.
func (s *Service) SetDefaultMessageType(ctx context.Context, in *api.SetDefaultMessageTypeInput) (*api.SetDefaultMessageTypeOutput, error) {
	before, arn, err := s.change(ctx, in.ConfigurationSetName, func(set *Set) { set.DefaultType = in.MessageType })
	return &api.SetDefaultMessageTypeOutput{
		ConfigurationSetArn: arn, ConfigurationSetName: before.Name, MessageType: in.MessageType,
	}, err
}

// DeleteDefaultMessageType removes the default and answers what it was, nothing
// when there was none.
func (s *Service) DeleteDefaultMessageType(ctx context.Context, in *api.DeleteDefaultMessageTypeInput) (*api.DeleteDefaultMessageTypeOutput, error) {
	before, arn, err := s.change(ctx, in.ConfigurationSetName, func(set *Set) { set.DefaultType = "" })
	return &api.DeleteDefaultMessageTypeOutput{
		ConfigurationSetArn: arn, ConfigurationSetName: before.Name, MessageType: before.DefaultType,
	}, err
}

// SetDefaultMessageFeedbackEnabled says whether messages of the set wait for
// the sender's feedback.
func (s *Service) SetDefaultMessageFeedbackEnabled(ctx context.Context, in *api.SetDefaultMessageFeedbackEnabledInput) (*api.SetDefaultMessageFeedbackEnabledOutput, error) {
	before, arn, err := s.change(ctx, in.ConfigurationSetName, func(set *Set) { set.DefaultFeedback = in.MessageFeedbackEnabled })
	return &api.SetDefaultMessageFeedbackEnabledOutput{
		ConfigurationSetArn: arn, ConfigurationSetName: before.Name, MessageFeedbackEnabled: in.MessageFeedbackEnabled,
	}, err
}

// change rewrites a set that a request names, and gives the set as it was.
func (s *Service) change(ctx context.Context, text string, rewrite func(*Set)) (before Set, arn string, err error) {
	v, err := s.view(ctx)
	if err != nil {
		return Set{}, "", err
	}
	before, err = v.named("ConfigurationSetName", text)
	if err != nil {
		return Set{}, "", err
	}
	after := before
	rewrite(&after)
	err = s.Store.ChangeConfigurationSets(ctx, Change{Scope: v.Scope, Revision: v.Revision, Put: []Set{after}})
	return before, v.arn(before.Name), err
}
