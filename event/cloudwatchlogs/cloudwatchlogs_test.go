package cloudwatchlogs_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"heliograph/event"
	"heliograph/event/awscall/awstest"
	"heliograph/event/cloudwatchlogs"
)

const group = "arn:aws:logs:eu-west-3:111122223333:log-group:sms/events:*"

func now() time.Time { return time.Date(2026, 5, 20, 9, 30, 0, 0, time.UTC) }

func deliveries(n int) (list []event.Delivery) {
	for i := range n {
		list = append(list, event.Delivery{ID: fmt.Sprint(i), MessageID: fmt.Sprint(i), At: now().Add(-time.Duration(i) * time.Second), Record: fmt.Appendf(nil, `{"n":%d}`, i)})
	}
	return list
}

// put is the body of PutLogEvents and CreateLogStream.
type put struct {
	LogGroupName, LogStreamName string
	LogEvents                   []struct {
		Message   string
		Timestamp int64
	}
}

// service has one log group; streams begin to exist when they are made.
type service struct {
	t       testing.TB
	mu      sync.Mutex
	streams map[string]bool
	written []string
	answer  string // of PutLogEvents
}

func (s *service) handle(r awstest.Request) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var in put
	r.Read(s.t, &in)
	if !strings.HasPrefix(r.Target, "Logs_20140328.") || in.LogGroupName != "sms/events" {
		s.t.Errorf("%s to %s", r.Target, in.LogGroupName)
	}
	switch {
	case r.Action == "CreateLogStream" && s.streams[in.LogStreamName]:
		return 400, `{"__type":"ResourceAlreadyExistsException","message":"there is one"}`
	case r.Action == "CreateLogStream":
		s.streams[in.LogStreamName] = true
		return 200, ""
	case !s.streams[in.LogStreamName]:
		return 400, `{"__type":"ResourceNotFoundException","message":"The specified log stream does not exist."}`
	}
	s.check(in)
	return 200, s.answer
}

// check holds a call against every limit of the API.
func (s *service) check(in put) {
	size := 0
	for i, e := range in.LogEvents {
		size += len(e.Message) + 26
		if i > 0 && e.Timestamp < in.LogEvents[i-1].Timestamp {
			s.t.Errorf("event %d is before the one ahead of it", i)
		}
		if at := time.UnixMilli(e.Timestamp); now().Sub(at) > 14*24*time.Hour || at.Sub(now()) > 2*time.Hour {
			s.t.Errorf("an event of %v", at)
		}
		s.written = append(s.written, e.Message)
	}
	span := in.LogEvents[len(in.LogEvents)-1].Timestamp - in.LogEvents[0].Timestamp
	if size > 1<<20 || len(in.LogEvents) > 10_000 || span > (24*time.Hour).Milliseconds() {
		s.t.Errorf("%d events, %d bytes, over %d ms", len(in.LogEvents), size, span)
	}
}

func start(t testing.TB) (*service, *awstest.Server) {
	s := &service{t: t, streams: map[string]bool{}, answer: "{}"}
	return s, awstest.Start(t, "logs", s.handle)
}

func sink(c aws.Config) event.Sink { return cloudwatchlogs.New(c, group, "node:1", now) }

func TestTheStreamIsMadeOnceForANodeAndADay(t *testing.T) {
	s, server := start(t)
	one := sink(server.Config(awstest.Patience))
	for range 2 {
		if got := awstest.Said(one.Deliver(t.Context(), deliveries(2))); got != "taken taken" {
			t.Fatal(got)
		}
	}
	var made []string
	for _, r := range server.Requests() {
		made = append(made, r.Action)
	}
	if fmt.Sprint(made) != "[PutLogEvents CreateLogStream PutLogEvents PutLogEvents]" || !s.streams["2026/05/20/node-1"] {
		t.Errorf("%v, streams %v", made, s.streams)
	}
	if got := strings.Join(s.written[:2], " "); got != `{"n":1} {"n":0}` {
		t.Errorf("written %s, want them by time", got)
	}
}

func TestCallsAreWithinTheLimits(t *testing.T) {
	s, server := start(t)
	list := deliveries(12_000)
	list[0].Record = bytes.Repeat([]byte("x"), 1<<20-26) // a call of its own
	list[1].Record = bytes.Repeat([]byte("x"), 1<<20-25)
	list[2].At = now().Add(-13 * 24 * time.Hour)
	list[3].At = now().Add(-14*24*time.Hour - time.Second)
	list[4].At = now().Add(119 * time.Minute)
	list[5].At = now().Add(121 * time.Minute)
	errs := sink(server.Config(awstest.Patience)).Deliver(t.Context(), list)
	if got := awstest.Said(errs[:7]); got != "taken refused taken refused taken later taken" || len(s.written) != 11_997 {
		t.Errorf("%s, %d written", got, len(s.written))
	}
	if event.After(errs[5]) != time.Minute {
		t.Errorf("ahead: %v", errs[5])
	}
	if strings.Contains(awstest.Said(errs[7:]), "again") {
		t.Error("some are to be tried again")
	}
}

// The service takes the rest of a call and says by index what it did not.
func TestWhatWasNotTakenIsToldByEvent(t *testing.T) {
	for answer, want := range map[string]string{
		`{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}`:                               "taken taken taken refused",
		`{"rejectedLogEventsInfo":{"expiredLogEventEndIndex":2}}`:                              "taken taken refused refused",
		`{"rejectedLogEventsInfo":{"tooNewLogEventStartIndex":3}}`:                             "again taken taken taken",
		`{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,"tooNewLogEventStartIndex":2}}`:  "again again taken refused",
		`{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":9,"tooNewLogEventStartIndex":-5}}`: "refused refused refused refused",
		`{"nextSequenceToken":"49"}`:                                                           "taken taken taken taken",
	} {
		s, server := start(t)
		s.answer = answer
		// The deliveries are newest first: the API's indexes are of the order by time.
		if got := awstest.Said(sink(server.Config(awstest.Patience)).Deliver(t.Context(), deliveries(4))); got != want {
			t.Errorf("%s: %s", answer, got)
		}
	}
}

func TestOnlyWhatIsOfTheEventIsFinal(t *testing.T) {
	for _, c := range []struct{ code, text, want string }{
		{"InvalidParameterException", "Log event too large: 262170 bytes exceeds limit of 262144", "refused taken taken"},
		{"InvalidParameterException", "1 validation error detected: Value at 'logGroupName'", "again again again"},
		{"ResourceNotFoundException", "The specified log group does not exist.", "again again again"},
		{"AccessDeniedException", "User is not authorized", "again again again"},
		{"ThrottlingException", "Rate exceeded", "again again again"},
		{"DataAlreadyAcceptedException", "The given batch of log events has already been accepted.", "taken taken taken"},
	} {
		server := awstest.Start(t, "logs", func(r awstest.Request) (int, string) {
			var in put
			r.Read(t, &in)
			bad := slices.ContainsFunc(in.LogEvents, func(e struct {
				Message   string
				Timestamp int64
			}) bool {
				return strings.Contains(e.Message, `"n":0`)
			})
			if strings.HasPrefix(c.want, "refused") && !bad {
				return 200, "{}"
			}
			return 400, fmt.Sprintf(`{"__type":%q,"message":%q}`, c.code, c.text)
		})
		errs := sink(server.Config(awstest.Patience)).Deliver(t.Context(), deliveries(3))
		if got := awstest.Said(errs); got != c.want {
			t.Errorf("%s: %s: %v", c.code, got, errs)
		}
	}
}

func TestTroubleOfTheGroupIsTriedAgain(t *testing.T) {
	s := &service{t: t, streams: map[string]bool{}, answer: "{}"}
	awstest.Chaos(t, "logs", s.handle, sink, deliveries(5))
}

func TestReachable(t *testing.T) {
	for _, c := range []struct {
		body   string
		status int
		want   string
	}{
		{``, 200, "<nil>"},
		{`{"__type":"ResourceAlreadyExistsException","message":"there is one"}`, 400, "<nil>"},
		{`{"__type":"ResourceNotFoundException","message":"no such group"}`, 400, "ResourceNotFoundException: no such group"},
		{`{"__type":"AccessDeniedException","message":"no"}`, 400, "AccessDeniedException: no"},
		{`{"__type":"UnknownOperationException"}`, 400, "<nil>"},
	} {
		server := awstest.Start(t, "logs", func(awstest.Request) (int, string) { return c.status, c.body })
		if got := fmt.Sprint(sink(server.Config(awstest.Patience)).Reachable(t.Context())); got != c.want {
			t.Errorf("%s: %s", c.body, got)
		}
	}
}
