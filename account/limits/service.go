package limits

import (
	"cmp"
	"context"
	"fmt"

	"heliograph/account"
	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Accounts tell an account's tier and the operator's limit of its spend.
type Accounts interface {
	Account(ctx context.Context, id string) (account.Account, bool, error)
}

// Used is how many resources of the kinds that are counted a scope has.
type Used struct {
	PhoneNumbers      int
	Pools             int
	ConfigurationSets int
	OptOutLists       int // the Default one counts
	SenderIDs         int
}

// Counts tell what a scope has now.
type Counts interface {
	Used(ctx context.Context, s resource.Scope) (Used, error)
}

// Overrides keep the monthly limits for texts that customers set for
// themselves, in whole US dollars; nil is none.
type Overrides interface {
	TextSpendOverride(ctx context.Context, s resource.Scope) (*int64, error)
	// PutTextSpendOverride is durable when it returns, and holds for the next
	// message that is accepted.
	PutTextSpendOverride(ctx context.Context, s resource.Scope, limit *int64) error
}

// Service performs the operations on attributes and limits.
type Service struct {
	Accounts  Accounts
	Counts    Counts
	Overrides Overrides
	Limits    func() resource.Limits // in force now
	Pages     *resource.Pages
}

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	awsjson.Handle(m, api.DescribeAccountAttributes, s.DescribeAccountAttributes)
	awsjson.Handle(m, api.DescribeAccountLimits, s.DescribeAccountLimits)
	awsjson.Handle(m, api.DescribeSpendLimits, s.DescribeSpendLimits)
	awsjson.Handle(m, api.SetTextMessageSpendLimitOverride, s.SetTextMessageSpendLimitOverride)
	awsjson.Handle(m, api.DeleteTextMessageSpendLimitOverride, s.DeleteTextMessageSpendLimitOverride)
}

// DescribeAccountAttributes tells the account's tier. A default protect
// configuration is shown when one is set, which cannot be done here.
func (s *Service) DescribeAccountAttributes(ctx context.Context, in *api.DescribeAccountAttributesInput) (*api.DescribeAccountAttributesOutput, error) {
	caller, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	all := []api.AccountAttribute{{Name: api.AccountAttributeNameAccountTier, Value: string(cmp.Or(caller.Tier, account.Production))}}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: resource.ScopeOf(ctx), Operation: api.DescribeAccountAttributes.Name, Token: in.NextToken, Size: in.MaxResults,
	}, all, func(a api.AccountAttribute) resource.Place { return place(a.Name) }, every)
	return &api.DescribeAccountAttributesOutput{AccountAttributes: page, NextToken: next}, err
}

// DescribeAccountLimits counts what the account has in the Region beside what
// it may have.
func (s *Service) DescribeAccountLimits(ctx context.Context, in *api.DescribeAccountLimitsInput) (*api.DescribeAccountLimitsOutput, error) {
	scope := resource.ScopeOf(ctx)
	used, err := s.Counts.Used(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("limits: counts of %s: %w", scope.Account, err)
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: scope, Operation: api.DescribeAccountLimits.Name, Token: in.NextToken, Size: in.MaxResults,
	}, quotas(used, s.Limits()), func(l api.AccountLimit) resource.Place { return place(l.Name) }, every)
	return &api.DescribeAccountLimitsOutput{AccountLimits: page, NextToken: next}, err
}

// The published quotas of what is not built; of none there is any.
const (
	registrations              = 25
	registrationAttachments    = 25
	verifiedDestinationNumbers = 10
)

// quotas are all of the model's, in its order.
func quotas(used Used, l resource.Limits) []api.AccountLimit {
	limit := func(name api.AccountLimitName, used, most int) api.AccountLimit {
		return api.AccountLimit{Name: name, Used: int64(used), Max: int64(most)}
	}
	return []api.AccountLimit{
		limit(api.AccountLimitNamePhoneNumbers, used.PhoneNumbers, l.PhoneNumbers),
		limit(api.AccountLimitNamePools, used.Pools, l.Pools),
		limit(api.AccountLimitNameConfigurationSets, used.ConfigurationSets, l.ConfigurationSets),
		limit(api.AccountLimitNameOptOutLists, used.OptOutLists, l.OptOutLists),
		limit(api.AccountLimitNameSenderIds, used.SenderIDs, l.SenderIDs),
		limit(api.AccountLimitNameRegistrations, 0, registrations),
		limit(api.AccountLimitNameRegistrationAttachments, 0, registrationAttachments),
		limit(api.AccountLimitNameVerifiedDestinationNumbers, 0, verifiedDestinationNumbers),
	}
}

// caller is the account that calls, without attributes where it is unknown.
func (s *Service) caller(ctx context.Context) (account.Account, error) {
	id := resource.ScopeOf(ctx).Account
	a, _, err := s.Accounts.Account(ctx, id)
	if err != nil {
		return a, fmt.Errorf("limits: account %s: %w", id, err)
	}
	return a, nil
}

// place of an entry: these lists are the model's, and have no age.
func place[N ~string](name N) resource.Place { return resource.Place{Key: string(name)} }

func every[T any](T) bool { return true }
