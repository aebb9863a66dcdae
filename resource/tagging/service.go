package tagging

import (
	"cmp"
	"context"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Holder keeps resources of one kind, or of a few, with their tags. It gets
// ARNs of the caller's scope and of its kinds only.
type Holder interface {
	// Tags gives the ARN as the resource itself writes it, and the tags.
	// Errors: ResourceNotFoundException.
	Tags(ctx context.Context, a resource.ARN) (arn string, tags []resource.Tag, err error)
	// Retag puts what rewrite makes of the tags in their place. Errors:
	// ResourceNotFoundException, those of rewrite, api.ErrStale.
	Retag(ctx context.Context, a resource.ARN, rewrite func([]resource.Tag) ([]resource.Tag, error)) error
}

// Service performs the operations on tags.
type Service struct {
	Holders map[api.ResourceType]Holder
	Limits  func() resource.Limits // in force now
	Turns   *resource.Turns        // shared by all that changes scopes; nil = its own
}

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	turns := cmp.Or(s.Turns, new(resource.Turns))
	awsjson.Handle(m, api.TagResource, resource.InTurn(turns, s.TagResource))
	awsjson.Handle(m, api.UntagResource, resource.InTurn(turns, s.UntagResource))
	awsjson.Handle(m, api.ListTagsForResource, s.ListTagsForResource)
}

// TagResource adds tags to a resource; a key that is there already takes the
// new value.
func (s *Service) TagResource(ctx context.Context, in *api.TagResourceInput) (*api.TagResourceOutput, error) {
	holder, a, err := s.named(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &api.TagResourceOutput{}, holder.Retag(ctx, a, func(tags []resource.Tag) ([]resource.Tag, error) {
		return s.Limits().AddTags(tags, in.Tags)
	})
}

// UntagResource takes tags away from a resource; keys that it does not have are
// no error.
func (s *Service) UntagResource(ctx context.Context, in *api.UntagResourceInput) (*api.UntagResourceOutput, error) {
	holder, a, err := s.named(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &api.UntagResourceOutput{}, holder.Retag(ctx, a, func(tags []resource.Tag) ([]resource.Tag, error) {
		return resource.RemoveTags(tags, in.TagKeys)
	})
}

// ListTagsForResource shows the tags of a resource, in the order in which their
// keys were first given.
func (s *Service) ListTagsForResource(ctx context.Context, in *api.ListTagsForResourceInput) (*api.ListTagsForResourceOutput, error) {
	holder, a, err := s.named(ctx, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	arn, tags, err := holder.Tags(ctx, a)
	if err != nil {
		return nil, err
	}
	return &api.ListTagsForResourceOutput{ResourceArn: arn, Tags: resource.TagsOut(tags)}, nil
}

// named finds who holds the resource that an ARN names. Errors: INVALID_ARN for
// an ARN of another service, Region or account, or of what takes no tags;
// ResourceNotFoundException for a kind that this server has none of.
func (s *Service) named(ctx context.Context, text string) (Holder, resource.ARN, error) {
	const member = "ResourceArn"
	a, ok := resource.ParseARN(text)
	kind := api.ResourceType(a.Kind)
	if !ok || !taggable(kind) {
		return nil, a, api.Invalid(api.ValidationExceptionReasonInvalidArn,
			"Give the ARN of a resource that takes tags, such as a phone number, a sender ID, a pool or a configuration set.", member)
	}
	tail, err := resource.ScopeOf(ctx).Resolve(kind, member, text)
	if err != nil {
		return nil, a, err
	}
	holder := s.Holders[kind]
	if holder == nil {
		return nil, a, api.NotFound(kind, tail, "Name a resource of another kind: this server has none of this one.")
	}
	return holder, a, nil
}

// taggable says whether resources of a kind take tags in the API.
func taggable(kind api.ResourceType) bool {
	switch kind {
	case api.ResourceTypeConfigurationSet, api.ResourceTypeOptOutList, api.ResourceTypePhoneNumber, api.ResourceTypePool,
		api.ResourceTypeSenderId, api.ResourceTypeProtectConfiguration, api.ResourceTypeRegistration,
		api.ResourceTypeRegistrationAttachment, api.ResourceTypeVerifiedDestinationNumber, api.ResourceTypeRcsAgent,
		api.ResourceTypeNotifyConfiguration:
		return true
	}
	return false
}
