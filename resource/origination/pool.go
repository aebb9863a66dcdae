package origination

import (
	"context"
	"slices"

	"heliograph/api"
	"heliograph/resource"
)

// CreatePool makes a pool of its first identity and takes its settings over.
func (s *Service) CreatePool(ctx context.Context, in *api.CreatePoolInput) (*api.CreatePoolOutput, error) {
	tags, err := s.Limits().NewTags(in.Tags)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	first, err := v.namedIdentity(in.OriginationIdentity, in.IsoCountryCode)
	if err != nil {
		return nil, err
	}
	if err := resource.Room(len(v.Pools), s.Limits().Pools, api.ServiceQuotaExceededExceptionReasonPoolsPerAccount); err != nil {
		return nil, err
	}
	p := Pool{
		ID: s.newID(PoolPrefix), MessageType: in.MessageType, Status: api.PoolStatusActive,
		Settings: Settings{OptOutList: resource.DefaultOptOutList}, Tags: tags, CreatedAt: s.Now(),
	}
	set(&p.DeletionProtection, in.DeletionProtectionEnabled)
	if first.number != nil {
		p.Settings = first.number.Settings
	}
	c, err := s.join(ctx, v, p, first)
	if err != nil {
		return nil, err
	}
	out := v.poolCreated(p)
	c.Once = api.OnceFrom(ctx, out)
	return out, s.Store.ChangeIdentities(ctx, c)
}

// DescribePools lists the pools of the scope.
func (s *Service) DescribePools(ctx context.Context, in *api.DescribePoolsInput) (*api.DescribePoolsOutput, error) {
	shared, err := resource.Shared(in.Owner, len(in.PoolIds), "PoolIds")
	if err != nil {
		return nil, err
	}
	filters, err := resource.FiltersOf(in.Filters, func(f api.PoolFilter) resource.Filter {
		return resource.Filter{Name: string(f.Name), Values: f.Values}
	}, resource.Enumerations{
		string(api.PoolFilterNameStatus):      resource.Values(api.PoolStatusCreating, api.PoolStatusActive, api.PoolStatusDeleting),
		string(api.PoolFilterNameMessageType): messageTypeValues(),
	})
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	asked := make([]string, len(in.PoolIds))
	for i, text := range in.PoolIds {
		p, err := v.namedPool("PoolIds", text)
		if err != nil {
			return nil, err
		}
		asked[i] = p.ID
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: v.Scope, Operation: api.DescribePools.Name, Selection: []any{asked, in.Filters, in.Owner},
		Token: in.NextToken, Size: in.MaxResults,
	}, v.Pools, poolPlace, func(p Pool) bool {
		return !shared && (len(asked) == 0 || slices.Contains(asked, p.ID)) && filters.Match(p.property)
	})
	if err != nil {
		return nil, err
	}
	out := &api.DescribePoolsOutput{NextToken: next}
	for _, p := range page {
		out.Pools = append(out.Pools, v.poolInformation(p))
	}
	return out, nil
}

func poolPlace(p Pool) resource.Place { return resource.Place{Key: p.ID, At: p.CreatedAt} }

// property is what a pool has under a filter's name.
func (p Pool) property(name string) []string {
	switch api.PoolFilterName(name) {
	case api.PoolFilterNameStatus:
		return resource.Values(p.Status)
	case api.PoolFilterNameMessageType:
		return resource.Values(p.MessageType)
	case api.PoolFilterNameSharedRoutesEnabled:
		return resource.Switch(p.SharedRoutes)
	case api.PoolFilterNameDeletionProtectionEnabled:
		return resource.Switch(p.DeletionProtection)
	}
	return p.Settings.property(name)
}

// UpdatePool changes the settings that hold for all members while they are
// members; the members' own records stay as they are.
func (s *Service) UpdatePool(ctx context.Context, in *api.UpdatePoolInput) (*api.UpdatePoolOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	p, err := v.namedPool("PoolId", in.PoolId)
	if err != nil {
		return nil, err
	}
	if err := p.checkActive(); err != nil {
		return nil, err
	}
	was := p.Settings
	p.Settings, err = v.changed(was, settingsUpdate{
		in.TwoWayEnabled, in.TwoWayChannelArn, in.TwoWayChannelRole, in.SelfManagedOptOutsEnabled, in.OptOutListName})
	if err != nil {
		return nil, err
	}
	for _, member := range v.Members(p) {
		if member.Number == nil {
			continue
		}
		if err := checkTwoWayCountry(p.Settings, member.Number.ISOCountryCode); err != nil {
			return nil, err
		}
	}
	if err := s.checkChannel(ctx, was, p.Settings); err != nil {
		return nil, err
	}
	set(&p.SharedRoutes, in.SharedRoutesEnabled)
	set(&p.DeletionProtection, in.DeletionProtectionEnabled)
	c := v.change(nil)
	c.PutPools = []Pool{p}
	return v.poolUpdated(p), s.Store.ChangeIdentities(ctx, c)
}

// DeletePool dissolves a pool; its members stay with the account.
func (s *Service) DeletePool(ctx context.Context, in *api.DeletePoolInput) (*api.DeletePoolOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	p, err := v.namedPool("PoolId", in.PoolId)
	if err != nil {
		return nil, err
	}
	if p.DeletionProtection {
		return nil, api.Conflict(api.ConflictExceptionReasonDeletionProtectionEnabled, api.ResourceTypePool, p.ID,
			"Switch its deletion protection off with UpdatePool first.")
	}
	if err := p.checkActive(); err != nil {
		return nil, err
	}
	c := v.change(nil)
	c.DropPools = []string{p.ID}
	for _, n := range v.Numbers {
		if n.PoolID == p.ID {
			n.PoolID = ""
			c.PutNumbers = append(c.PutNumbers, n)
		}
	}
	p.Status = api.PoolStatusDeleting
	return v.poolDeleted(p), s.Store.ChangeIdentities(ctx, c)
}

func (p Pool) checkActive() error {
	if p.Status == api.PoolStatusActive {
		return nil
	}
	return api.Conflict(api.ConflictExceptionReasonResourceNotActive, api.ResourceTypePool, p.ID, "Wait until the pool is ACTIVE.")
}

// namedPool finds the pool that a member of the request names by id or ARN.
func (v *View) namedPool(member, text string) (Pool, error) {
	id, err := v.Scope.Resolve(api.ResourceTypePool, member, text)
	if err != nil {
		return Pool{}, err
	}
	p, ok := v.PoolByID(id)
	if !ok {
		return Pool{}, api.NotFound(api.ResourceTypePool, id, "DescribePools lists the pools of this account and Region.")
	}
	return p, nil
}
