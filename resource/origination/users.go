package origination

import (
	"context"

	"heliograph/resource"
)

// OptOutListUser is the id of a number or a pool that uses a list, "" when none
// does, and the revision of the scope at which that was so. A number in a pool
// uses its own list too: it returns to it.
func (s *Service) OptOutListUser(ctx context.Context, scope resource.Scope, list string) (string, resource.Revision, error) {
	v, err := s.Store.Identities(ctx, scope)
	if err != nil {
		return "", 0, err
	}
	for _, n := range v.Numbers {
		if n.Settings.OptOutList == list {
			return n.ID, v.Revision, nil
		}
	}
	for _, p := range v.Pools {
		if p.Settings.OptOutList == list {
			return p.ID, v.Revision, nil
		}
	}
	return "", v.Revision, nil
}
