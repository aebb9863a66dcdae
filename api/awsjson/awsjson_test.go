package awsjson

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heliograph/api"
)

func TestEveryOperationIsRegisteredAndNotBuiltAtFirst(t *testing.T) {
	s := newServer(t)
	if n := len(s.NotBuilt()); n != 110 {
		t.Errorf("%d operations", n)
	}
	Handle(s.Mux, api.DeletePool, func(context.Context, *api.DeletePoolInput) (*api.DeletePoolOutput, error) {
		return &api.DeletePoolOutput{}, nil
	})
	if n := len(s.NotBuilt()); n != 109 {
		t.Errorf("%d operations are left", n)
	}
	defer func() {
		if recover() == nil {
			t.Error("an operation was registered twice")
		}
	}()
	Handle(s.Mux, api.DeletePool, func(context.Context, *api.DeletePoolInput) (*api.DeletePoolOutput, error) { return nil, nil })
}

func TestNotBuiltSaysNotImplementedAfterItsChecks(t *testing.T) {
	s := newServer(t)
	a := s.call(t, "DeletePool", `{"PoolId":"pool-1"}`)
	a.wants(t, api.ValidationException, "UNKNOWN_OPERATION")
	if !strings.Contains(a.body.Message, "not implemented") {
		t.Error(a.body.Message)
	}
	s.call(t, "DeletePool", `{}`).wants(t, api.ValidationException, "MISSING_PARAMETER")
}

func TestProtocolErrors(t *testing.T) {
	s := newServer(t)
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	cases := []struct {
		name, body, exception, reason string
		change                        func(*http.Request)
	}{
		{"no target", `{}`, api.UnknownOperationException, "", func(r *http.Request) { r.Header.Del("X-Amz-Target") }},
		{"two targets", `{}`, api.UnknownOperationException, "", func(r *http.Request) { r.Header.Add("X-Amz-Target", TargetPrefix+"DeletePool") }},
		{"unknown target", `{}`, api.UnknownOperationException, "", header("X-Amz-Target", TargetPrefix+"Nothing")},
		{"prefix alone", `{}`, api.UnknownOperationException, "", header("X-Amz-Target", TargetPrefix)},
		{"other service", `{}`, api.UnknownOperationException, "", header("X-Amz-Target", "AmazonSQS.DeletePool")},
		{"target in lower case", `{}`, api.UnknownOperationException, "", header("X-Amz-Target", TargetPrefix+"deletepool")},
		{"no object", `[]`, api.SerializationException, "", nil},
		{"nothing", ``, api.SerializationException, "", nil},
		{"half an object", `{"PoolId"`, api.SerializationException, "", nil},
		{"name twice", `{"PoolId":"a","PoolId":"b"}`, api.SerializationException, "", nil},
		{"no UTF-8", "{\"PoolId\":\"\xff\"}", api.SerializationException, "", nil},
		{"too large", `{"PoolId":"` + strings.Repeat("a", MaxBody) + `"}`, api.ValidationException, "MAXIMUM_SIZE_EXCEEDED", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s.send(t, s.request(t, "DeletePool", c.body, c.change)).wants(t, c.exception, c.reason)
		})
	}
}

func TestOnlyPostToTheRootIsTheAPI(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/", http.StatusMethodNotAllowed}, {http.MethodPut, "/", http.StatusMethodNotAllowed},
		{http.MethodPost, "/x", http.StatusNotFound}, {http.MethodGet, "/healthz", http.StatusNotFound},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, s.http.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := s.send(t, r); a.status != c.status || a.body.Type != api.UnknownOperationException {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.text)
		}
	}
}

func TestSignatureIsCheckedBeforeShape(t *testing.T) {
	s := newServer(t)
	r := s.request(t, "DeletePool", `{}`, nil)
	r.Header.Del("Authorization")
	s.send(t, r).wants(t, api.MissingAuthenticationTokenException, "")
	r = s.request(t, "DeletePool", `{}`, nil)
	r.Header.Set("X-Amz-Target", TargetPrefix+"DeleteKeyword")
	s.send(t, r).wants(t, api.InvalidSignatureException, "")
}

func TestAnswersCarryRequestIdDateAndType(t *testing.T) {
	s := newServer(t)
	var caller api.Caller
	Handle(s.Mux, api.DeletePool, func(ctx context.Context, in *api.DeletePoolInput) (*api.DeletePoolOutput, error) {
		caller = api.CallerFrom(ctx)
		return &api.DeletePoolOutput{PoolId: in.PoolId}, nil
	})
	a := s.send(t, s.request(t, "DeletePool", `{"PoolId":"pool-1"}`, func(r *http.Request) {
		r.Header.Set("amz-sdk-invocation-id", "inv-1")
		r.Header.Set("amz-sdk-request", "ttl=20260131T093000Z; attempt=2; max=3")
	}))
	want := `{"PoolId":"pool-1","TwoWayEnabled":false,"SelfManagedOptOutsEnabled":false,"SharedRoutesEnabled":false}`
	if a.status != http.StatusOK || a.text != want {
		t.Errorf("%d %s", a.status, a.text)
	}
	id := a.header.Get("x-amzn-RequestId")
	if len(id) != 36 || a.header.Get("Content-Type") != "application/x-amz-json-1.0" {
		t.Errorf("%v", a.header)
	}
	if at, err := http.ParseTime(a.header.Get("Date")); err != nil || time.Since(at) > time.Minute {
		t.Errorf("Date %v, %v", at, err)
	}
	if want := (api.Caller{Account: "111122223333", Region: "eu-west-1", RequestID: id, AccessKeyID: "AKIDEXAMPLE", InvocationID: "inv-1", Attempt: 2}); caller != want {
		t.Errorf("%+v", caller)
	}
}

func TestExceptionsOnTheWire(t *testing.T) {
	s := newServer(t)
	var answer error
	Handle(s.Mux, api.DeletePool, func(context.Context, *api.DeletePoolInput) (*api.DeletePoolOutput, error) { return nil, answer })
	cases := []struct {
		err  error
		want string
	}{
		{api.NotFound(api.ResourceTypePool, "pool-1", "Name a pool."),
			`{"__type":"ResourceNotFoundException","Message":"Resource Not Found - ResourceType=\"pool\" ResourceId=\"pool-1\". Name a pool.","ResourceType":"pool","ResourceId":"pool-1"}`},
		{fmt.Errorf("wrapped: %w", api.Conflict(api.ConflictExceptionReasonDeletionProtectionEnabled, api.ResourceTypePool, "pool-1", "Switch it off.")),
			`{"__type":"ConflictException","Message":"Conflict Occurred - Reason=\"DELETION_PROTECTION_ENABLED\" ResourceType=\"pool\" ResourceId=\"pool-1\". Switch it off.","Reason":"DELETION_PROTECTION_ENABLED","ResourceType":"pool","ResourceId":"pool-1"}`},
		{api.Invalid(api.ValidationExceptionReasonInvalidArn, "Name it.", "a", "b"),
			`{"__type":"ValidationException","Message":"Validation Failed - Reason=\"INVALID_ARN\" Fields=\"a,b\". Name it.","Reason":"INVALID_ARN","Fields":[{"Name":"a","Message":"Name it."},{"Name":"b","Message":"Name it."}]}`},
		{api.Throttled("Wait."), `{"__type":"ThrottlingException","Message":"Rate Exceeded. Wait."}`},
		{api.AccessDenied("", "Ask."), `{"__type":"AccessDeniedException","Message":"Access Denied. Ask."}`},
	}
	for _, c := range cases {
		answer = c.err
		if a := s.call(t, "DeletePool", `{"PoolId":"pool-1"}`); a.text != c.want || a.status != http.StatusBadRequest {
			t.Errorf("got  %s\nwant %s", a.text, c.want)
		}
	}
}

func TestFailuresOfOursAreLoggedAndHidden(t *testing.T) {
	cases := []struct {
		name    string
		handler func() error
		logged  string
	}{
		{"any error", func() error { return errors.New("disk is full") }, "disk is full"},
		{"undeclared exception", func() error { return api.QuotaExceeded(api.ServiceQuotaExceededExceptionReasonPoolsPerAccount, "No.") }, "not declared"},
		{"panic", func() error { panic("index out of range") }, "index out of range"},
		{"always stale", func() error { return fmt.Errorf("pool: %w", api.ErrStale) }, "10 runs"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			Handle(s.Mux, api.DeletePool, func(context.Context, *api.DeletePoolInput) (*api.DeletePoolOutput, error) { return nil, c.handler() })
			a := s.call(t, "DeletePool", `{"PoolId":"pool-1"}`)
			a.wants(t, api.InternalServerException, "")
			id := a.header.Get("x-amzn-RequestId")
			if a.body.RequestID != id || strings.Contains(a.text, c.logged) {
				t.Error(a.text)
			}
			s.http.Close() // the log is complete
			if log := s.log.String(); !strings.Contains(log, c.logged) || !strings.Contains(log, id) || !strings.Contains(log, "DeletePool") {
				t.Error(log)
			}
		})
	}
}

func TestStaleHandlersRunAgain(t *testing.T) {
	s, runs := newServer(t), 0
	Handle(s.Mux, api.DeletePool, func(context.Context, *api.DeletePoolInput) (*api.DeletePoolOutput, error) {
		if runs++; runs < maxRuns {
			return nil, api.ErrStale
		}
		return &api.DeletePoolOutput{}, nil
	})
	if a := s.call(t, "DeletePool", `{"PoolId":"pool-1"}`); a.status != http.StatusOK || runs != maxRuns {
		t.Errorf("%d after %d runs", a.status, runs)
	}
}

// lists creates opt-out lists as a resource's package and its store would.
type lists struct {
	tokens *tokens
	mu     sync.Mutex
	names  map[string]bool
	made   atomic.Int32
	meet   sync.WaitGroup // handlers wait here for each other
}

// createTogether waits until as many calls as were announced have looked for
// their token and found nothing.
func (l *lists) createTogether(ctx context.Context, in *api.CreateOptOutListInput) (*api.CreateOptOutListOutput, error) {
	l.meet.Done()
	l.meet.Wait()
	return l.create(ctx, in)
}

func (l *lists) create(ctx context.Context, in *api.CreateOptOutListInput) (*api.CreateOptOutListOutput, error) {
	out := &api.CreateOptOutListOutput{OptOutListName: in.OptOutListName, OptOutListArn: fmt.Sprintf("arn:%d", l.made.Load())}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.names[in.OptOutListName] {
		return nil, api.Conflict(api.ConflictExceptionReasonResourceAlreadyExists, api.ResourceTypeOptOutList, in.OptOutListName, "Choose another name.")
	}
	if once := api.OnceFrom(ctx, out); once != nil {
		if err := l.tokens.Add(once); err != nil {
			return nil, err
		}
	}
	l.names[in.OptOutListName] = true
	l.made.Add(1)
	return out, nil
}

func newLists(t *testing.T) (*server, *lists) {
	s := newServer(t)
	l := &lists{tokens: s.tokens, names: map[string]bool{}}
	Handle(s.Mux, api.CreateOptOutList, l.create)
	return s, l
}

func TestSameTokenAnswersTheFirstAnswerAgain(t *testing.T) {
	s, l := newLists(t)
	first := s.call(t, "CreateOptOutList", `{"OptOutListName":"a","ClientToken":"t1"}`)
	again := s.call(t, "CreateOptOutList", `{ "ClientToken":"t1", "OptOutListName":"\u0061" }`)
	if first.status != http.StatusOK || again.text != first.text || again.status != http.StatusOK || l.made.Load() != 1 {
		t.Errorf("%s, then %s", first.text, again.text)
	}
	s.call(t, "CreateOptOutList", `{"OptOutListName":"a"}`).wants(t, api.ConflictException, "RESOURCE_ALREADY_EXISTS")
	if a := s.call(t, "CreateOptOutList", `{"OptOutListName":"b","ClientToken":"t2"}`); a.status != http.StatusOK {
		t.Error(a.text)
	}
}

func TestSameTokenWithOtherParametersIsRefused(t *testing.T) {
	s, _ := newLists(t)
	s.call(t, "CreateOptOutList", `{"OptOutListName":"a","ClientToken":"t1"}`)
	a := s.call(t, "CreateOptOutList", `{"OptOutListName":"b","ClientToken":"t1"}`)
	a.wants(t, api.ValidationException, "INVALID_PARAMETER")
	if len(a.body.Fields) != 1 || a.body.Fields[0].Name != "ClientToken" {
		t.Error(a.text)
	}
}

func TestFailedCallsDoNotUseUpTheirToken(t *testing.T) {
	s, l := newLists(t)
	l.names["a"] = true
	s.call(t, "CreateOptOutList", `{"OptOutListName":"a","ClientToken":"t1"}`).wants(t, api.ConflictException, "RESOURCE_ALREADY_EXISTS")
	delete(l.names, "a")
	if a := s.call(t, "CreateOptOutList", `{"OptOutListName":"a","ClientToken":"t1"}`); a.status != http.StatusOK {
		t.Error(a.text)
	}
}

func TestConcurrentCallsWithOneTokenCreateOnce(t *testing.T) {
	const callers = 20
	s := newServer(t)
	l := &lists{tokens: s.tokens, names: map[string]bool{}}
	l.meet.Add(callers)
	Handle(s.Mux, api.CreateOptOutList, l.createTogether)
	texts := make(chan string, callers)
	for range callers {
		r := s.request(t, "CreateOptOutList", `{"OptOutListName":"a","ClientToken":"t1"}`, nil)
		go func() {
			text := ""
			defer func() { texts <- text }() // also where the call ends this goroutine
			text = s.send(t, r).text
		}()
	}
	first := <-texts
	for range callers - 1 {
		if text := <-texts; text != first {
			t.Errorf("%s and %s", first, text)
		}
	}
	if l.made.Load() != 1 || strings.Contains(first, "__type") {
		t.Errorf("%d made, %s", l.made.Load(), first)
	}
}

func TestTokenTakenWithoutAnAnswerIsOurFailure(t *testing.T) {
	s := newServer(t)
	Handle(s.Mux, api.CreateOptOutList, func(context.Context, *api.CreateOptOutListInput) (*api.CreateOptOutListOutput, error) {
		return nil, api.ErrTokenTaken
	})
	s.call(t, "CreateOptOutList", `{"OptOutListName":"a","ClientToken":"t1"}`).wants(t, api.InternalServerException, "")
}

func TestAttemptOfTheHeader(t *testing.T) {
	for header, want := range map[string]int{"": 0, "attempt=1": 1, "attempt=3; max=3": 3, "ttl=x; attempt=2": 2, "attempt=x": 0, "attempt=-1": 0} {
		if got := attempt(header); got != want {
			t.Errorf("attempt(%q) = %d", header, got)
		}
	}
}
