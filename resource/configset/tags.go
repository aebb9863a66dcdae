package configset

import (
	"context"

	"heliograph/resource"
)

// Tags gives the ARN and the tags of the set that an ARN of the caller's scope
// names. Errors: ResourceNotFoundException.
func (s *Service) Tags(ctx context.Context, a resource.ARN) (string, []resource.Tag, error) {
	v, err := s.view(ctx)
	if err != nil {
		return "", nil, err
	}
	set, err := v.named("ResourceArn", v.arn(a.Tail))
	return v.arn(set.Name), set.Tags, err
}

// Retag rewrites the tags of the set that an ARN of the caller's scope names.
// Errors: ResourceNotFoundException, those of rewrite, api.ErrStale.
func (s *Service) Retag(ctx context.Context, a resource.ARN, rewrite func([]resource.Tag) ([]resource.Tag, error)) error {
	v, err := s.view(ctx)
	if err != nil {
		return err
	}
	set, err := v.named("ResourceArn", v.arn(a.Tail))
	if err != nil {
		return err
	}
	if set.Tags, err = rewrite(set.Tags); err != nil {
		return err
	}
	return s.Store.ChangeConfigurationSets(ctx, Change{Scope: v.Scope, Revision: v.Revision, Put: []Set{set}})
}
