package compat

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/smithy-go"
)

// TestEveryBuiltOperationWithGoSDK makes the life cycle's calls with the Go
// SDK, its paginators and its typed exceptions.
func TestEveryBuiltOperationWithGoSDK(t *testing.T) {
	m := readModel(t)
	s := lifecycleServer(t)
	c := &goClient{t: t, m: m, sdk: goSDK(s, rootKey, rootSecret)}
	built := builtOperations(t, m)
	r := runSteps(t, s, c, readSteps(t), built)
	r.check(t, m, built)
	r.Declared = meet(t, s, m, c, m.declared(r.Known))
	r.checkDeclared(t, m)
}

// client is an official client that Go code drives.
type client interface {
	known() []string
	call(operation string, in map[string]any) (answer, exception map[string]any, wrong []string)
	pages(operation string, in map[string]any) []map[string]any
}

// runSteps makes the calls of the life cycle. Left out are operations that the
// client does not have or that are not built, and what needs their answers.
func runSteps(t testing.TB, s *server, c client, steps []call, built []string) *report {
	t.Helper()
	r := &report{Known: c.known(), Vars: map[string]any{}}
	for _, st := range steps {
		in, lacks := st.input(r.Vars)
		switch {
		case !slices.Contains(r.Known, st.Op):
			r.Steps = append(r.Steps, callResult{Skipped: "the client has no " + st.Op})
			continue
		case !slices.Contains(built, st.Op) || lacks:
			r.Steps = append(r.Steps, callResult{Skipped: "needs what is not built"})
			continue
		}
		if st.Fault != nil {
			s.inject(st.Op, *st.Fault)
		}
		result := callResult{}
		if st.Pages != nil {
			result.Pages = c.pages(st.Op, in)
		} else {
			result.Answer, result.Error, result.Wrong = c.call(st.Op, in)
		}
		if result.Error == nil {
			r.Exercised = append(r.Exercised, st.Op)
		}
		for name, member := range st.Save {
			r.Vars[name] = result.Answer[member]
			if result.Error == nil && r.Vars[name] == nil {
				result.Wrong = append(result.Wrong, "no "+member+", which later steps need")
			}
		}
		r.Steps = append(r.Steps, result)
	}
	return r
}

// input is what the step sends; lacks says that an answer it needs was never
// given.
func (s call) input(vars map[string]any) (in map[string]any, lacks bool) {
	in = substitute(s.In, vars).(map[string]any)
	var find func(value any)
	find = func(value any) {
		switch v := value.(type) {
		case nil:
			lacks = true
		case []any:
			for _, entry := range v {
				find(entry)
			}
		}
	}
	for _, value := range in {
		find(value)
	}
	return in, lacks
}

// goClient calls the Go SDK's methods by name.
type goClient struct {
	t   *testing.T
	m   *apiModel
	sdk *sms.Client
}

func (c *goClient) known() []string {
	var names []string
	client := reflect.TypeOf(c.sdk)
	for _, o := range c.m.Operations {
		if _, ok := client.MethodByName(o.Name); ok {
			names = append(names, o.Name)
		}
	}
	return names
}

func (c *goClient) call(operation string, in map[string]any) (answer, exception map[string]any, wrong []string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	method := reflect.ValueOf(c.sdk).MethodByName(operation)
	input := reflect.New(method.Type().In(1).Elem())
	convert(c.t, in, input.Interface())
	once := func(o *sms.Options) { o.RetryMaxAttempts = 1 }
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), input, reflect.ValueOf(once)})
	if err, failed := results[1].Interface().(error); failed {
		return nil, goException(c.t, err), nil
	}
	out := results[0].Elem()
	return asObject(c.t, out.Interface()), nil, c.misshapen(operation, c.m.byName[c.m.operation(operation).Output], out)
}

// misshapen says which required members, lists and times of an answer the SDK
// did not get.
func (c *goClient) misshapen(at string, shape *apiShape, value reflect.Value) []string {
	var wrong []string
	for _, member := range shape.Members {
		field, of := value.FieldByName(member.Name), c.m.byName[member.Shape]
		name := at + "." + member.Name
		switch {
		case !field.IsValid():
			continue // newer than the SDK
		case of.Kind == "list" && field.IsNil():
			wrong = append(wrong, name+" is no list")
		case slices.Contains(shape.Required, member.Name) && field.IsZero() && field.Kind() != reflect.Bool && field.Kind() != reflect.Int64:
			wrong = append(wrong, name+" is missing")
		case of.Kind == "timestamp" && !field.IsNil() && time.Since(*field.Interface().(*time.Time)).Abs() > time.Hour:
			wrong = append(wrong, name+" is not of now")
		case of.Kind == "list" && c.m.byName[of.Element].Kind == "structure":
			for i := range field.Len() {
				wrong = append(wrong, c.misshapen(name, c.m.byName[of.Element], field.Index(i))...)
			}
		}
	}
	return wrong
}

// convert fills a struct of the SDK from JSON members, or the reverse.
func convert(t testing.TB, from, to any) {
	t.Helper()
	text, err := json.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatal(err)
	}
}

func asObject(t testing.TB, value any) map[string]any {
	t.Helper()
	object := map[string]any{}
	convert(t, value, &object)
	return object
}

// goException names the SDK's type of the error and gives its members.
func goException(t testing.TB, err error) map[string]any {
	t.Helper()
	var (
		denied   *types.AccessDeniedException
		conflict *types.ConflictException
		internal *types.InternalServerException
		missing  *types.ResourceNotFoundException
		quota    *types.ServiceQuotaExceededException
		throttle *types.ThrottlingException
		invalid  *types.ValidationException
		api      smithy.APIError
	)
	if !errors.As(err, &api) {
		t.Fatalf("no exception of the API: %v", err)
	}
	var typed any
	switch {
	case errors.As(err, &denied):
		typed = denied
	case errors.As(err, &conflict):
		typed = conflict
	case errors.As(err, &internal):
		typed = internal
	case errors.As(err, &missing):
		typed = missing
	case errors.As(err, &quota):
		typed = quota
	case errors.As(err, &throttle):
		typed = throttle
	case errors.As(err, &invalid):
		typed = invalid
	default:
		t.Fatalf("an exception without a type: %v", err)
	}
	object := asObject(t, typed)
	object["name"] = api.ErrorCode()
	return object
}

// pager is a paginator of the SDK.
type pager[O any] interface {
	HasMorePages() bool
	NextPage(ctx context.Context, options ...func(*sms.Options)) (*O, error)
}

func collect[O any](t testing.TB, p pager[O]) (pages []map[string]any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for p.HasMorePages() {
		page, err := p.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, asObject(t, page))
	}
	return pages
}

// pages reads with the SDK's paginator, one entry a page.
func (c *goClient) pages(operation string, in map[string]any) []map[string]any {
	c.t.Helper()
	one := aws.Int32(1)
	switch operation {
	case "DescribeAccountAttributes":
		return collect(c.t, sms.NewDescribeAccountAttributesPaginator(c.sdk, &sms.DescribeAccountAttributesInput{MaxResults: one}))
	case "DescribeAccountLimits":
		return collect(c.t, sms.NewDescribeAccountLimitsPaginator(c.sdk, &sms.DescribeAccountLimitsInput{MaxResults: one}))
	case "DescribeConfigurationSets":
		return collect(c.t, sms.NewDescribeConfigurationSetsPaginator(c.sdk, &sms.DescribeConfigurationSetsInput{MaxResults: one}))
	case "DescribeKeywords":
		identity := aws.String(in["OriginationIdentity"].(string))
		return collect(c.t, sms.NewDescribeKeywordsPaginator(c.sdk, &sms.DescribeKeywordsInput{OriginationIdentity: identity, MaxResults: one}))
	case "DescribeOptOutLists":
		return collect(c.t, sms.NewDescribeOptOutListsPaginator(c.sdk, &sms.DescribeOptOutListsInput{MaxResults: one}))
	case "DescribeOptedOutNumbers":
		list := aws.String(in["OptOutListName"].(string))
		return collect(c.t, sms.NewDescribeOptedOutNumbersPaginator(c.sdk, &sms.DescribeOptedOutNumbersInput{OptOutListName: list, MaxResults: one}))
	case "DescribePhoneNumbers":
		return collect(c.t, sms.NewDescribePhoneNumbersPaginator(c.sdk, &sms.DescribePhoneNumbersInput{MaxResults: one}))
	case "DescribePools":
		return collect(c.t, sms.NewDescribePoolsPaginator(c.sdk, &sms.DescribePoolsInput{MaxResults: one}))
	case "DescribeSenderIds":
		return collect(c.t, sms.NewDescribeSenderIdsPaginator(c.sdk, &sms.DescribeSenderIdsInput{MaxResults: one}))
	case "DescribeSpendLimits":
		return collect(c.t, sms.NewDescribeSpendLimitsPaginator(c.sdk, &sms.DescribeSpendLimitsInput{MaxResults: one}))
	case "ListPoolOriginationIdentities":
		pool := aws.String(in["PoolId"].(string))
		return collect(c.t, sms.NewListPoolOriginationIdentitiesPaginator(c.sdk, &sms.ListPoolOriginationIdentitiesInput{PoolId: pool},
			func(o *sms.ListPoolOriginationIdentitiesPaginatorOptions) { o.Limit = 1 }))
	}
	c.t.Errorf("%s has no paginator here: add it", operation)
	return nil
}
