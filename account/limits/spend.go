package limits

import (
	"context"
	"fmt"

	"heliograph/api"
	"heliograph/resource"
)

// unlimited is the model's highest limit, in US dollars a month: what accounts
// see for which the operator enforces none.
const unlimited = 1_000_000_000

// DescribeSpendLimits tells what the account may spend in a calendar month
// (UTC) in the Region, by channel, in US dollars.
func (s *Service) DescribeSpendLimits(ctx context.Context, in *api.DescribeSpendLimitsInput) (*api.DescribeSpendLimitsOutput, error) {
	text, err := s.text(ctx)
	if err != nil {
		return nil, err
	}
	all := []api.SpendLimit{text}
	for _, name := range []api.SpendLimitName{
		api.SpendLimitNameVoiceMessageMonthlySpendLimit, api.SpendLimitNameMediaMessageMonthlySpendLimit,
		api.SpendLimitNameNotifyMessageMonthlySpendLimit, api.SpendLimitNameRcsMessageMonthlySpendLimit,
	} {
		all = append(all, api.SpendLimit{Name: name, EnforcedLimit: unlimited, MaxLimit: unlimited})
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: resource.ScopeOf(ctx), Operation: api.DescribeSpendLimits.Name, Token: in.NextToken, Size: in.MaxResults,
	}, all, func(l api.SpendLimit) resource.Place { return place(l.Name) }, every)
	return &api.DescribeSpendLimitsOutput{SpendLimits: page, NextToken: next}, err
}

// SetTextMessageSpendLimitOverride lowers the limit for texts below the
// operator's, or sets it anew.
func (s *Service) SetTextMessageSpendLimitOverride(ctx context.Context, in *api.SetTextMessageSpendLimitOverrideInput) (*api.SetTextMessageSpendLimitOverrideOutput, error) {
	most, err := s.most(ctx)
	if err != nil {
		return nil, err
	}
	if in.MonthlyLimit > most {
		return nil, api.Invalid(api.ValidationExceptionReasonRequestedSpendLimitHigherThanServiceLimit,
			fmt.Sprintf("Give at most %d US dollars, or ask the operator to raise this maximum.", most), "MonthlyLimit")
	}
	limit := in.MonthlyLimit
	return &api.SetTextMessageSpendLimitOverrideOutput{MonthlyLimit: &limit},
		s.Overrides.PutTextSpendOverride(ctx, resource.ScopeOf(ctx), &limit)
}

// DeleteTextMessageSpendLimitOverride lets the operator's limit hold again and
// answers it. Nothing set is no error.
func (s *Service) DeleteTextMessageSpendLimitOverride(ctx context.Context, _ *api.DeleteTextMessageSpendLimitOverrideInput) (*api.DeleteTextMessageSpendLimitOverrideOutput, error) {
	most, err := s.most(ctx)
	if err != nil {
		return nil, err
	}
	return &api.DeleteTextMessageSpendLimitOverrideOutput{MonthlyLimit: &most},
		s.Overrides.PutTextSpendOverride(ctx, resource.ScopeOf(ctx), nil)
}

// text is the limit for texts: the lower of the operator's and the customer's
// own one, which outlives a change of the operator's.
func (s *Service) text(ctx context.Context) (api.SpendLimit, error) {
	most, err := s.most(ctx)
	if err != nil {
		return api.SpendLimit{}, err
	}
	limit := api.SpendLimit{Name: api.SpendLimitNameTextMessageMonthlySpendLimit, EnforcedLimit: most, MaxLimit: most}
	own, err := s.Overrides.TextSpendOverride(ctx, resource.ScopeOf(ctx))
	if own != nil {
		limit.EnforcedLimit, limit.Overridden = min(*own, most), true
	}
	return limit, err
}

// most is the operator's limit for texts.
func (s *Service) most(ctx context.Context) (int64, error) {
	caller, err := s.caller(ctx)
	if err != nil || caller.TextSpendLimit == nil {
		return unlimited, err
	}
	return *caller.TextSpendLimit, nil
}
