package configset

import (
	"context"
	"slices"

	"heliograph/api"
	"heliograph/resource"
)

// CreateEventDestination adds a destination, enabled, to a set.
func (s *Service) CreateEventDestination(ctx context.Context, in *api.CreateEventDestinationInput) (*api.CreateEventDestinationOutput, error) {
	v, set, err := s.viewOf(ctx, in.ConfigurationSetName)
	if err != nil {
		return nil, err
	}
	d, given, err := targets{in.CloudWatchLogsDestination, in.KinesisFirehoseDestination, in.SnsDestination}.one()
	if err != nil {
		return nil, err
	}
	if !given {
		return nil, api.Invalid(api.ValidationExceptionReasonMissingParameter, "Give one destination.",
			"CloudWatchLogsDestination", "KinesisFirehoseDestination", "SnsDestination")
	}
	if set.place(in.EventDestinationName) >= 0 {
		return nil, api.Conflict(api.ConflictExceptionReasonResourceAlreadyExists, api.ResourceTypeEventDestination,
			in.EventDestinationName, "Choose another name: the configuration set has this event destination already.")
	}
	if err := resource.Room(len(set.Destinations), s.Limits().EventDestinations,
		api.ServiceQuotaExceededExceptionReasonEventDestinationsPerConfigurationSet); err != nil {
		return nil, err
	}
	d.Name, d.Enabled, d.Types = in.EventDestinationName, true, in.MatchingEventTypes
	if err := s.reachable(ctx, d); err != nil {
		return nil, err
	}
	set.Destinations = append(slices.Clone(set.Destinations), d)
	shown := d.out()
	out := &api.CreateEventDestinationOutput{
		ConfigurationSetArn: v.arn(set.Name), ConfigurationSetName: set.Name, EventDestination: &shown,
	}
	return out, s.Store.ChangeConfigurationSets(ctx, Change{
		Scope: v.Scope, Revision: v.Revision, Once: api.OnceFrom(ctx, out), Put: []Set{set}, About: d.Name,
	})
}

// UpdateEventDestination rewrites what the request names of a destination. It
// stays of its kind.
func (s *Service) UpdateEventDestination(ctx context.Context, in *api.UpdateEventDestinationInput) (*api.UpdateEventDestinationOutput, error) {
	v, set, err := s.viewOf(ctx, in.ConfigurationSetName)
	if err != nil {
		return nil, err
	}
	d, err := set.destination(in.EventDestinationName)
	if err != nil {
		return nil, err
	}
	next, given, err := targets{in.CloudWatchLogsDestination, in.KinesisFirehoseDestination, in.SnsDestination}.one()
	if err != nil {
		return nil, err
	}
	if given && next.Kind != d.Kind {
		return nil, api.Conflict(api.ConflictExceptionReasonEventDestinationMismatch, api.ResourceTypeEventDestination, d.Name,
			"Give a destination of the kind that it has, or make another event destination.")
	}
	if given {
		d.ARN, d.Role = next.ARN, next.Role
	}
	if in.Enabled != nil {
		d.Enabled = *in.Enabled
	}
	if in.MatchingEventTypes != nil {
		d.Types = in.MatchingEventTypes
	}
	if given {
		if err := s.reachable(ctx, d); err != nil {
			return nil, err
		}
	}
	set.Destinations = slices.Clone(set.Destinations)
	set.Destinations[set.place(d.Name)] = d
	shown := d.out()
	out := &api.UpdateEventDestinationOutput{
		ConfigurationSetArn: v.arn(set.Name), ConfigurationSetName: set.Name, EventDestination: &shown,
	}
	return out, s.Store.ChangeConfigurationSets(ctx, Change{Scope: v.Scope, Revision: v.Revision, Put: []Set{set}, About: d.Name})
}

// DeleteEventDestination removes a destination and answers what it was.
func (s *Service) DeleteEventDestination(ctx context.Context, in *api.DeleteEventDestinationInput) (*api.DeleteEventDestinationOutput, error) {
	v, set, err := s.viewOf(ctx, in.ConfigurationSetName)
	if err != nil {
		return nil, err
	}
	d, err := set.destination(in.EventDestinationName)
	if err != nil {
		return nil, err
	}
	at := set.place(d.Name)
	set.Destinations = slices.Delete(slices.Clone(set.Destinations), at, at+1)
	shown := d.out()
	out := &api.DeleteEventDestinationOutput{
		ConfigurationSetArn: v.arn(set.Name), ConfigurationSetName: set.Name, EventDestination: &shown,
	}
	return out, s.Store.ChangeConfigurationSets(ctx, Change{Scope: v.Scope, Revision: v.Revision, Put: []Set{set}, About: d.Name})
}

// viewOf is what the scope holds, and the set that a request names in it.
func (s *Service) viewOf(ctx context.Context, name string) (*View, Set, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, Set{}, err
	}
	set, err := v.named("ConfigurationSetName", name)
	return v, set, err
}

func (s Set) destination(name string) (Destination, error) {
	at := s.place(name)
	if at < 0 {
		return Destination{}, api.NotFound(api.ResourceTypeEventDestination, name,
			"DescribeConfigurationSets shows the event destinations of the set.")
	}
	return s.Destinations[at], nil
}

// reachable refuses a destination that nothing can be written to.
func (s *Service) reachable(ctx context.Context, d Destination) error {
	if s.Targets == nil {
		return nil
	}
	err := s.Targets.Reachable(ctx, d)
	if err == nil {
		return nil
	}
	return api.Invalid(api.ValidationExceptionReasonResourceNotAccessible, "Nothing can be written there: "+err.Error()+".", member[d.Kind])
}
