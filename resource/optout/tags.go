package optout

import (
	"context"

	"heliograph/resource"
)

// Tags gives the ARN and the tags of the list that an ARN of the caller's scope
// names. Errors: ResourceNotFoundException.
func (s *Service) Tags(ctx context.Context, a resource.ARN) (string, []resource.Tag, error) {
	v, err := s.view(ctx)
	if err != nil {
		return "", nil, err
	}
	list, err := v.named("ResourceArn", v.arn(a.Tail))
	return v.arn(list.Name), list.Tags, err
}

// Retag rewrites the tags of the list that an ARN of the caller's scope names.
// Errors: ResourceNotFoundException, those of rewrite, api.ErrStale.
func (s *Service) Retag(ctx context.Context, a resource.ARN, rewrite func([]resource.Tag) ([]resource.Tag, error)) error {
	v, err := s.view(ctx)
	if err != nil {
		return err
	}
	list, err := v.named("ResourceArn", v.arn(a.Tail))
	if err != nil {
		return err
	}
	if list.Tags, err = rewrite(list.Tags); err != nil {
		return err
	}
	return s.Store.ChangeOptOutLists(ctx, Change{Scope: v.Scope, Revision: v.Revision, Put: []List{list}})
}
