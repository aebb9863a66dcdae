package origination

import (
	"context"
	"strings"

	"heliograph/api"
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

// KeywordHolder finds the number or the pool that a request names by id or ARN,
// and gives its ARN, whether it is a toll-free number of the US, where the
// network answers some words itself, and the revision of the scope at which that
// was so.
func (s *Service) KeywordHolder(ctx context.Context, scope resource.Scope, text string) (arn string, network bool, at resource.Revision, err error) {
	v, err := s.Store.Identities(ctx, scope)
	if err != nil {
		return "", false, 0, err
	}
	const member = "OriginationIdentity"
	if a, _ := resource.ParseARN(text); a.Kind == string(api.ResourceTypePool) || strings.HasPrefix(text, PoolPrefix) {
		p, err := v.namedPool(member, text)
		return v.poolARN(p.ID), false, v.Revision, err
	}
	n, err := v.namedNumber(member, text)
	return v.numberARN(n.ID), n.NetworkOptsOut(), v.Revision, err
}

// NetworkOptsOut says whether the network itself opts people out of a number and
// answers them, as it does for toll-free numbers of the US.
func (n PhoneNumber) NetworkOptsOut() bool {
	return n.Type == api.NumberTypeTollFree && n.ISOCountryCode == "US"
}
