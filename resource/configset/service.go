package configset

import (
	"context"
	"slices"
	"time"

	"heliograph/api"
	"heliograph/resource"
)

// Service performs the operations on configuration sets.
type Service struct {
	Store  Store
	Now    func() time.Time
	Limits func() resource.Limits // in force now
	Pages  *resource.Pages
	Turns  *resource.Turns // shared by all that changes scopes; nil = its own
	// Targets are asked before a destination is made or moved; nil = none is
	// asked.
	Targets Targets
}

// CreateConfigurationSet makes a set without any default.
func (s *Service) CreateConfigurationSet(ctx context.Context, in *api.CreateConfigurationSetInput) (*api.CreateConfigurationSetOutput, error) {
	tags, err := s.Limits().NewTags(in.Tags)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	if _, taken := v.Named(in.ConfigurationSetName); taken {
		return nil, api.Conflict(api.ConflictExceptionReasonResourceAlreadyExists, api.ResourceTypeConfigurationSet,
			in.ConfigurationSetName, "Choose another name: the account has this configuration set already.")
	}
	if err := resource.Room(len(v.Sets), s.Limits().ConfigurationSets, api.ServiceQuotaExceededExceptionReasonConfigurationSetsPerAccount); err != nil {
		return nil, err
	}
	set := Set{Name: in.ConfigurationSetName, Tags: tags, CreatedAt: s.Now()}
	out := &api.CreateConfigurationSetOutput{
		ConfigurationSetArn: v.arn(set.Name), ConfigurationSetName: set.Name,
		Tags: resource.TagsOut(tags), CreatedTimestamp: api.At(set.CreatedAt),
	}
	return out, s.Store.ChangeConfigurationSets(ctx, Change{
		Scope: v.Scope, Revision: v.Revision, Once: api.OnceFrom(ctx, out), Put: []Set{set},
	})
}

// DescribeConfigurationSets lists the sets of the scope.
func (s *Service) DescribeConfigurationSets(ctx context.Context, in *api.DescribeConfigurationSetsInput) (*api.DescribeConfigurationSetsOutput, error) {
	filters, err := resource.FiltersOf(in.Filters, func(f api.ConfigurationSetFilter) resource.Filter {
		return resource.Filter{Name: string(f.Name), Values: f.Values}
	}, resource.Enumerations{
		string(api.ConfigurationSetFilterNameDefaultMessageType): resource.Values(api.MessageTypeTransactional, api.MessageTypePromotional),
	})
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	asked := make([]string, len(in.ConfigurationSetNames))
	for i, text := range in.ConfigurationSetNames {
		set, err := v.named("ConfigurationSetNames", text)
		if err != nil {
			return nil, err
		}
		asked[i] = set.Name
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: v.Scope, Operation: api.DescribeConfigurationSets.Name, Selection: []any{asked, in.Filters},
		Token: in.NextToken, Size: in.MaxResults,
	}, v.Sets, place, func(set Set) bool {
		return (len(asked) == 0 || slices.Contains(asked, set.Name)) && filters.Match(set.property)
	})
	if err != nil {
		return nil, err
	}
	out := &api.DescribeConfigurationSetsOutput{NextToken: next}
	for _, set := range page {
		out.ConfigurationSets = append(out.ConfigurationSets, api.ConfigurationSetInformation{
			ConfigurationSetArn: v.arn(set.Name), ConfigurationSetName: set.Name, EventDestinations: set.destinations(),
			DefaultMessageType: set.DefaultType, DefaultSenderId: set.DefaultSenderID,
			DefaultMessageFeedbackEnabled: set.DefaultFeedback, CreatedTimestamp: api.At(set.CreatedAt),
		})
	}
	return out, nil
}

func place(s Set) resource.Place { return resource.Place{Key: s.Name, At: s.CreatedAt} }

// property is what a set has under a filter's name. Protect configurations are
// left out, so that their filter keeps no set.
func (s Set) property(name string) []string {
	switch api.ConfigurationSetFilterName(name) {
	case api.ConfigurationSetFilterNameDefaultMessageType:
		return resource.Values(s.DefaultType)
	case api.ConfigurationSetFilterNameDefaultSenderId:
		return resource.Values(s.DefaultSenderID)
	case api.ConfigurationSetFilterNameDefaultMessageFeedbackEnabled:
		return resource.Switch(s.DefaultFeedback != nil && *s.DefaultFeedback)
	case api.ConfigurationSetFilterNameEventDestinationName:
		return s.destinationNames()
	case api.ConfigurationSetFilterNameMatchingEventTypes:
		return s.eventTypes()
	}
	return nil
}

// DeleteConfigurationSet deletes a set and answers what it held.
func (s *Service) DeleteConfigurationSet(ctx context.Context, in *api.DeleteConfigurationSetInput) (*api.DeleteConfigurationSetOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	set, err := v.named("ConfigurationSetName", in.ConfigurationSetName)
	if err != nil {
		return nil, err
	}
	out := &api.DeleteConfigurationSetOutput{
		ConfigurationSetArn: v.arn(set.Name), ConfigurationSetName: set.Name, EventDestinations: set.destinations(),
		DefaultMessageType: set.DefaultType, DefaultSenderId: set.DefaultSenderID,
		DefaultMessageFeedbackEnabled: set.DefaultFeedback, CreatedTimestamp: api.At(set.CreatedAt),
	}
	return out, s.Store.ChangeConfigurationSets(ctx, Change{Scope: v.Scope, Revision: v.Revision, Drop: []string{set.Name}})
}

// view is what the caller's scope holds now.
func (s *Service) view(ctx context.Context) (*View, error) {
	return s.Store.ConfigurationSets(ctx, resource.ScopeOf(ctx))
}

func (v *View) arn(name string) string {
	return v.Scope.ARN(string(api.ResourceTypeConfigurationSet), name)
}

// named finds the set that a member of a request names, by name or ARN.
func (v *View) named(member, text string) (Set, error) {
	name, err := v.Scope.Resolve(api.ResourceTypeConfigurationSet, member, text)
	if err != nil {
		return Set{}, err
	}
	set, ok := v.Named(name)
	if !ok {
		return Set{}, api.NotFound(api.ResourceTypeConfigurationSet, name,
			"DescribeConfigurationSets lists the configuration sets of this account and Region.")
	}
	return set, nil
}
