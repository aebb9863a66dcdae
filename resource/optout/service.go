package optout

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heliograph/api"
	"heliograph/resource"
)

// Service performs the operations on opt-out lists and the numbers on them.
type Service struct {
	Store    Store
	Entries  Entries
	Users    Users
	Accounts Accounts
	Now      func() time.Time
	Limits   func() resource.Limits // in force now
	Pages    *resource.Pages
	Turns    *resource.Turns // shared by all that changes scopes; nil = its own
}

// CreateOptOutList makes a list with nobody on it.
func (s *Service) CreateOptOutList(ctx context.Context, in *api.CreateOptOutListInput) (*api.CreateOptOutListOutput, error) {
	limits := s.Limits()
	tags, err := limits.NewTags(in.Tags)
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	if _, taken := v.find(in.OptOutListName); taken {
		return nil, api.Conflict(api.ConflictExceptionReasonResourceAlreadyExists, api.ResourceTypeOptOutList,
			in.OptOutListName, "Choose another name: the account has this opt-out list already.")
	}
	if err := resource.Room(v.Count(), limits.OptOutLists, api.ServiceQuotaExceededExceptionReasonOptOutListsPerAccount); err != nil {
		return nil, err
	}
	list := List{Name: in.OptOutListName, Tags: tags, CreatedAt: s.Now()}
	out := &api.CreateOptOutListOutput{
		OptOutListArn: v.arn(list.Name), OptOutListName: list.Name,
		Tags: resource.TagsOut(tags), CreatedTimestamp: api.At(list.CreatedAt),
	}
	return out, s.Store.ChangeOptOutLists(ctx, Change{
		Scope: v.Scope, Revision: v.Revision, Once: api.OnceFrom(ctx, out), Put: []List{list},
	})
}

// DescribeOptOutLists lists the lists of the scope, Default first.
func (s *Service) DescribeOptOutLists(ctx context.Context, in *api.DescribeOptOutListsInput) (*api.DescribeOptOutListsOutput, error) {
	shared, err := resource.Shared(in.Owner, len(in.OptOutListNames), "OptOutListNames")
	if err != nil {
		return nil, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	asked := make([]string, len(in.OptOutListNames))
	for i, text := range in.OptOutListNames {
		list, err := v.named("OptOutListNames", text)
		if err != nil {
			return nil, err
		}
		asked[i] = list.Name
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: v.Scope, Operation: api.DescribeOptOutLists.Name, Selection: []any{asked, in.Owner},
		Token: in.NextToken, Size: in.MaxResults,
	}, v.all(), place, func(list List) bool {
		return !shared && (len(asked) == 0 || slices.Contains(asked, list.Name))
	})
	if err != nil {
		return nil, err
	}
	out := &api.DescribeOptOutListsOutput{NextToken: next}
	for _, list := range page {
		out.OptOutLists = append(out.OptOutLists, api.OptOutListInformation{
			OptOutListArn: v.arn(list.Name), OptOutListName: list.Name, CreatedTimestamp: api.At(list.CreatedAt),
		})
	}
	return out, nil
}

func place(l List) resource.Place { return resource.Place{Key: l.Name, At: l.CreatedAt} }

// DeleteOptOutList deletes a list that nothing uses.
func (s *Service) DeleteOptOutList(ctx context.Context, in *api.DeleteOptOutListInput) (*api.DeleteOptOutListOutput, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	list, err := v.named("OptOutListName", in.OptOutListName)
	if err != nil {
		return nil, err
	}
	if list.Name == resource.DefaultOptOutList {
		return nil, api.Conflict(api.ConflictExceptionReasonResourceDeletionNotAllowed, api.ResourceTypeOptOutList, list.Name,
			"Leave it: every account needs the list Default.")
	}
	if err := s.checkUnused(ctx, v, list.Name); err != nil {
		return nil, err
	}
	out := &api.DeleteOptOutListOutput{
		OptOutListArn: v.arn(list.Name), OptOutListName: list.Name, CreatedTimestamp: api.At(list.CreatedAt),
	}
	return out, s.Store.ChangeOptOutLists(ctx, Change{Scope: v.Scope, Revision: v.Revision, Drop: []string{list.Name}})
}

// checkUnused refuses to delete a list that something uses. What was seen of
// the users has to be of the view's revision: then the store refuses the change
// if one of them takes the list meanwhile.
func (s *Service) checkUnused(ctx context.Context, v *view, name string) error {
	user, at, err := s.Users.OptOutListUser(ctx, v.Scope, name)
	switch {
	case err != nil:
		return err
	case at != v.Revision:
		return api.ErrStale
	case user != "":
		return api.Conflict(api.ConflictExceptionReasonResourceNotEmpty, api.ResourceTypeOptOutList, name,
			"Give "+user+", which uses it, another opt-out list first.")
	}
	return nil
}

// view is what a scope holds, with when its Default was made.
type view struct {
	*View
	began time.Time
}

// view is what the caller's scope holds now.
func (s *Service) view(ctx context.Context) (*view, error) {
	scope := resource.ScopeOf(ctx)
	owner, known, err := s.Accounts.Account(ctx, scope.Account)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, fmt.Errorf("optout: there is no account %s", scope.Account)
	}
	v, err := s.Store.OptOutLists(ctx, scope)
	return &view{v, owner.CreatedAt}, err
}

// all are the scope's lists, Default first.
func (v *view) all() []List {
	first := List{Name: resource.DefaultOptOutList, Tags: v.DefaultTags, CreatedAt: v.began}
	return append([]List{first}, v.Lists...)
}

func (v *view) find(name string) (List, bool) {
	lists := v.all()
	at := slices.IndexFunc(lists, func(l List) bool { return l.Name == name })
	if at < 0 {
		return List{}, false
	}
	return lists[at], true
}

func (v *view) arn(name string) string {
	return v.Scope.ARN(string(api.ResourceTypeOptOutList), name)
}

// named finds the list that a member of a request names, by name or ARN.
func (v *view) named(member, text string) (List, error) {
	name, err := v.Scope.Resolve(api.ResourceTypeOptOutList, member, text)
	if err != nil {
		return List{}, err
	}
	list, ok := v.find(name)
	if !ok {
		return List{}, noList(name)
	}
	return list, nil
}
