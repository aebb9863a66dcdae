package keyword

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"heliograph/api"
	"heliograph/resource"
)

// Service performs the operations on keywords.
type Service struct {
	Store      Store
	Identities Identities
	Texts      func() Texts // of HELP and STOP, in force now
	Now        func() time.Time
	Limits     func() resource.Limits // in force now
	Pages      *resource.Pages
	Turns      *resource.Turns // shared by all that changes scopes; nil = its own
}

// holder is the number or the pool that a request names, with its keywords.
type holder struct {
	view     *View
	arn      string
	id       string
	kind     api.ResourceType
	network  bool
	keywords []Keyword
}

// holder finds what a request names. Its keywords and itself have to be of one
// revision: then the store refuses the change if it goes meanwhile.
func (s *Service) holder(ctx context.Context, text string) (holder, error) {
	scope := resource.ScopeOf(ctx)
	arn, network, at, err := s.Identities.KeywordHolder(ctx, scope, text)
	if err != nil {
		return holder{}, err
	}
	v, err := s.Store.Keywords(ctx, scope)
	if err != nil {
		return holder{}, err
	}
	if v.Revision != at {
		return holder{}, api.ErrStale
	}
	a, _ := resource.ParseARN(arn)
	return holder{view: v, arn: arn, id: a.Tail, kind: api.ResourceType(a.Kind), network: network, keywords: v.Of(a.Tail, s.Texts())}, nil
}

// Differs(PutKeyword, DescribeKeywords, DeleteKeyword): keywords that are the same in what people write are one keyword, which
// keeps its first spelling: in any case, with one blank or several inside, in letters of usual or full width. What the service
// does there is not published.

// find gives the keyword of a text as texts from handsets are compared with it.
func (h *holder) find(text string) (Keyword, bool) {
	folded := Fold(text)
	at := slices.IndexFunc(h.keywords, func(k Keyword) bool { return Fold(k.Text) == folded })
	if at < 0 {
		return Keyword{}, false
	}
	return h.keywords[at], true
}

// PutKeyword makes a keyword or replaces it. Of HELP and STOP only the message
// changes.
func (s *Service) PutKeyword(ctx context.Context, in *api.PutKeywordInput) (*api.PutKeywordOutput, error) {
	if strings.TrimSpace(in.Keyword) != in.Keyword {
		return nil, api.Invalid(api.ValidationExceptionReasonInvalidParameter,
			"Leave out the blanks before and after the keyword.", "Keyword")
	}
	h, err := s.holder(ctx, in.OriginationIdentity)
	if err != nil {
		return nil, err
	}
	k, known := h.find(in.Keyword)
	if !known {
		if err := s.room(&h); err != nil {
			return nil, err
		}
		k = Keyword{Identity: h.id, Text: strings.ToUpper(in.Keyword), Action: api.KeywordActionAutomaticResponse, CreatedAt: s.Now()}
	}
	if err := h.mayPut(k, in.KeywordAction); err != nil {
		return nil, err
	}
	k.Message = in.KeywordMessage
	if in.KeywordAction != "" {
		k.Action = in.KeywordAction
	}
	out := &api.PutKeywordOutput{
		OriginationIdentityArn: h.arn, OriginationIdentity: h.id,
		Keyword: k.Text, KeywordMessage: k.Message, KeywordAction: k.Action,
	}
	return out, s.Store.ChangeKeywords(ctx, Change{Scope: h.view.Scope, Revision: h.view.Revision, Put: []Keyword{k}})
}

// room says whether one more keyword fits beside those that were put.
func (s *Service) room(h *holder) error {
	limits := s.Limits()
	limit, reason := limits.KeywordsPerPhoneNumber, api.ServiceQuotaExceededExceptionReasonKeywordsPerPhoneNumber
	if h.kind == api.ResourceTypePool {
		limit, reason = limits.KeywordsPerPool, api.ServiceQuotaExceededExceptionReasonKeywordsPerPool
	}
	own := slices.DeleteFunc(slices.Clone(h.keywords), func(k Keyword) bool { return mandatory(k.Text) })
	return resource.Room(len(own), limit, reason)
}

func mandatory(text string) bool { return text == Help || text == Stop }

// mayPut refuses another action for HELP and STOP, and what the network decides.
func (h *holder) mayPut(k Keyword, action api.KeywordAction) error {
	refused := func(remedy string) error {
		return api.Conflict(api.ConflictExceptionReasonResourceModificationNotAllowed, api.ResourceTypeKeyword, k.Text, remedy)
	}
	switch {
	case mandatory(k.Text) && action != "" && action != k.Action:
		return refused("Leave KeywordAction out, or give " + string(k.Action) + ": only the message of this keyword can change.")
	case h.network && (slices.Contains(NetworkWords(), Fold(k.Text)) || action == api.KeywordActionOptOut):
		return refused("Leave it to the network, which opts people out of toll-free numbers of the US and answers them.")
	}
	return nil
}

// DescribeKeywords lists the keywords of a number or a pool, HELP and STOP first.
func (s *Service) DescribeKeywords(ctx context.Context, in *api.DescribeKeywordsInput) (*api.DescribeKeywordsOutput, error) {
	filters, err := resource.FiltersOf(in.Filters, func(f api.KeywordFilter) resource.Filter {
		return resource.Filter{Name: string(f.Name), Values: f.Values}
	}, resource.Enumerations{string(api.KeywordFilterNameKeywordAction): resource.Values(
		api.KeywordActionAutomaticResponse, api.KeywordActionOptOut, api.KeywordActionOptIn)})
	if err != nil {
		return nil, err
	}
	h, err := s.holder(ctx, in.OriginationIdentity)
	if err != nil {
		return nil, err
	}
	asked := make([]string, len(in.Keywords))
	for i, text := range in.Keywords {
		k, err := h.named(text)
		if err != nil {
			return nil, err
		}
		asked[i] = k.Text
	}
	page, next, err := resource.Page(s.Pages, resource.Listing{
		Scope: h.view.Scope, Operation: api.DescribeKeywords.Name, Selection: []any{h.id, asked, in.Filters},
		Token: in.NextToken, Size: in.MaxResults,
	}, h.keywords, place, func(k Keyword) bool {
		return (len(asked) == 0 || slices.Contains(asked, k.Text)) && filters.Match(k.property)
	})
	if err != nil {
		return nil, err
	}
	out := &api.DescribeKeywordsOutput{OriginationIdentityArn: h.arn, OriginationIdentity: h.id, NextToken: next}
	for _, k := range page {
		out.Keywords = append(out.Keywords, api.KeywordInformation{Keyword: k.Text, KeywordMessage: k.Message, KeywordAction: k.Action})
	}
	return out, nil
}

func place(k Keyword) resource.Place { return resource.Place{Key: k.Text, At: k.CreatedAt} }

// property is what a keyword has under a filter's name.
func (k Keyword) property(string) []string { return resource.Values(k.Action) }

// DeleteKeyword deletes a keyword that was put.
func (s *Service) DeleteKeyword(ctx context.Context, in *api.DeleteKeywordInput) (*api.DeleteKeywordOutput, error) {
	h, err := s.holder(ctx, in.OriginationIdentity)
	if err != nil {
		return nil, err
	}
	k, err := h.named(in.Keyword)
	if err != nil {
		return nil, err
	}
	if mandatory(k.Text) {
		return nil, api.Conflict(api.ConflictExceptionReasonResourceDeletionNotAllowed, api.ResourceTypeKeyword, k.Text,
			"Leave it: every number and pool needs HELP and STOP. PutKeyword changes what they answer.")
	}
	out := &api.DeleteKeywordOutput{
		OriginationIdentityArn: h.arn, OriginationIdentity: h.id,
		Keyword: k.Text, KeywordMessage: k.Message, KeywordAction: k.Action,
	}
	return out, s.Store.ChangeKeywords(ctx, Change{Scope: h.view.Scope, Revision: h.view.Revision, Drop: []Key{{h.id, k.Text}}})
}

// named finds the keyword that a request names.
func (h *holder) named(text string) (Keyword, error) {
	k, ok := h.find(text)
	if !ok {
		return Keyword{}, api.NotFound(api.ResourceTypeKeyword, strings.ToUpper(text),
			"DescribeKeywords lists the keywords of "+h.id+".")
	}
	return k, nil
}

// SameKeywords says whether two numbers or pools have the same keywords, and the
// revision of the scope at which that was so.
func (s *Service) SameKeywords(ctx context.Context, scope resource.Scope, a, b string) (bool, resource.Revision, error) {
	v, err := s.Store.Keywords(ctx, scope)
	if err != nil {
		return false, 0, err
	}
	said := func(identity string) map[string]Keyword {
		all := map[string]Keyword{}
		for _, k := range v.Of(identity, s.Texts()) {
			all[k.Text] = Keyword{Message: k.Message, Action: k.Action}
		}
		return all
	}
	return maps.Equal(said(a), said(b)), v.Revision, nil
}
