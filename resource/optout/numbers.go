package optout

import (
	"context"
	"errors"
	"slices"
	"time"

	"heliograph/api"
	"heliograph/country"
	"heliograph/resource"
)

// PutOptedOutNumber puts a destination on a list, by the customer and not by the
// person. One that is there stays as it is.
func (s *Service) PutOptedOutNumber(ctx context.Context, in *api.PutOptedOutNumberInput) (*api.PutOptedOutNumberOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	list, number, err := v.onList(in.OptOutListName, in.OptedOutNumber)
	if err != nil {
		return nil, err
	}
	e, err := s.Entries.PutOptedOut(ctx, v.Scope, list.Name, Entry{Number: number, At: s.Now()})
	if errors.Is(err, ErrNoList) {
		return nil, noList(list.Name)
	}
	if err != nil {
		return nil, err
	}
	return &api.PutOptedOutNumberOutput{
		OptOutListArn: v.arn(list.Name), OptOutListName: list.Name,
		OptedOutNumber: e.Number, OptedOutTimestamp: api.At(e.At), EndUserOptedOut: e.ByEndUser,
	}, nil
}

// DeleteOptedOutNumber takes a destination off a list, once within the days that
// the limits say.
func (s *Service) DeleteOptedOutNumber(ctx context.Context, in *api.DeleteOptedOutNumberInput) (*api.DeleteOptedOutNumberOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	list, number, err := v.onList(in.OptOutListName, in.OptedOutNumber)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	e, err := s.Entries.DeleteOptedOut(ctx, v.Scope, list.Name, number, now, now.Add(-s.optInWait()))
	switch {
	case errors.Is(err, ErrNotOnList):
		return nil, notOnList(list.Name, number)
	case errors.Is(err, ErrOptedInNow):
		return nil, api.Invalid(api.ValidationExceptionReasonPhoneNumberCannotBeOptedIn,
			"The destination was taken off a list within the last days that the operator's opt_in_days says: wait, or let the person opt in.", "OptedOutNumber")
	case err != nil:
		return nil, err
	}
	return &api.DeleteOptedOutNumberOutput{
		OptOutListArn: v.arn(list.Name), OptOutListName: list.Name,
		OptedOutNumber: e.Number, OptedOutTimestamp: api.At(e.At), EndUserOptedOut: e.ByEndUser,
	}, nil
}

// optInWait is for how long a destination that was taken off a list is not taken
// off one again.
func (s *Service) optInWait() time.Duration {
	const day = 24 * time.Hour
	return time.Duration(s.Limits().OptInDays) * day
}

// DescribeOptedOutNumbers lists the numbers on a list, oldest first, or those that
// are asked for.
func (s *Service) DescribeOptedOutNumbers(ctx context.Context, in *api.DescribeOptedOutNumbersInput) (*api.DescribeOptedOutNumbersOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	list, err := v.named("OptOutListName", in.OptOutListName)
	if err != nil {
		return nil, err
	}
	asked, err := each164("OptedOutNumbers", in.OptedOutNumbers)
	if err != nil {
		return nil, err
	}
	filters, err := resource.FiltersOf(in.Filters, func(f api.OptedOutFilter) resource.Filter {
		return resource.Filter{Name: string(f.Name), Values: f.Values}
	}, nil)
	if err != nil {
		return nil, err
	}
	l := resource.Listing{
		Scope: v.Scope, Operation: api.DescribeOptedOutNumbers.Name, Selection: []any{list.Name, asked, filters},
		Token: in.NextToken, Size: in.MaxResults,
	}
	var page []Entry
	var next string
	if len(asked) > 0 {
		page, next, err = s.askedFor(ctx, l, list.Name, asked, filters)
	} else {
		page, next, err = s.page(ctx, l, list.Name, filters)
	}
	if err != nil {
		return nil, err
	}
	return v.numbers(list.Name, page, next), nil
}

// numbers is a page as it is answered: whose it is stands on each.
func (v *view) numbers(list string, page []Entry, next string) *api.DescribeOptedOutNumbersOutput {
	out := &api.DescribeOptedOutNumbersOutput{OptOutListArn: v.arn(list), OptOutListName: list, NextToken: next}
	for _, e := range page {
		out.OptedOutNumbers = append(out.OptedOutNumbers, api.OptedOutNumberInformation{
			OptedOutNumber: e.Number, OptedOutTimestamp: api.At(e.At), EndUserOptedOut: e.ByEndUser,
		})
	}
	return out
}

// askedFor lists numbers that were named, which all have to be there.
func (s *Service) askedFor(ctx context.Context, l resource.Listing, list string, asked []string, filters resource.Filters) ([]Entry, string, error) {
	found, err := s.Entries.OptedOutNumbers(ctx, l.Scope, list, asked)
	if err != nil {
		return nil, "", err
	}
	for _, number := range asked {
		if !slices.ContainsFunc(found, func(e Entry) bool { return e.Number == number }) {
			return nil, "", notOnList(list, number)
		}
	}
	slices.SortStableFunc(found, func(a, b Entry) int { return a.At.Compare(b.At) })
	return resource.Page(s.Pages, l, found, placeOf, func(e Entry) bool { return filters.Match(e.property) })
}

// page reads a page of a list.
func (s *Service) page(ctx context.Context, l resource.Listing, list string, filters resource.Filters) ([]Entry, string, error) {
	after, size, err := s.Pages.Start(l)
	if err != nil {
		return nil, "", err
	}
	r := Range{Scope: l.Scope, List: list, After: Entry{Number: after.Key, At: after.At}, Limit: size + 1}
	customers, persons := filters.Match(Entry{}.property), filters.Match(Entry{ByEndUser: true}.property)
	switch {
	case !customers && !persons:
		return nil, "", nil
	case customers != persons:
		r.ByEndUser = &persons
	}
	read, err := s.Entries.OptedOutRange(ctx, r)
	if err != nil {
		return nil, "", err
	}
	return resource.Cut(s.Pages, l, read, size, placeOf)
}

func placeOf(e Entry) resource.Place { return resource.Place{Key: e.Number, At: e.At} }

// property is what a filter is about.
func (e Entry) property(string) []string { return resource.Switch(e.ByEndUser) }

// onList finds the list and reads the number that a request names.
func (v *view) onList(list, number string) (List, string, error) {
	found, err := v.named("OptOutListName", list)
	if err != nil {
		return List{}, "", err
	}
	number, err = e164("OptedOutNumber", number)
	return found, number, err
}

// e164 is a number as lists hold it and as a text is addressed.
func e164(member, text string) (string, error) {
	n, err := country.Parse(text)
	if err != nil {
		return "", api.Invalid(api.ValidationExceptionReasonCannotParse,
			"Give a phone number in E.164 form, such as +12065550142.", member)
	}
	return n.E164, nil
}

// each164 reads numbers, each once.
func each164(member string, texts []string) ([]string, error) {
	numbers := make([]string, 0, len(texts))
	for _, text := range texts {
		number, err := e164(member, text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	return numbers, nil
}

func noList(name string) error {
	return api.NotFound(api.ResourceTypeOptOutList, name, "DescribeOptOutLists lists the opt-out lists of this account and Region.")
}

func notOnList(list, number string) error {
	return api.NotFound(api.ResourceTypeOptedOutNumber, number, "DescribeOptedOutNumbers lists the numbers on "+list+".")
}
