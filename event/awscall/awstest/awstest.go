// Package awstest is a server for tests that receives the requests of the AWS
// SDK: it verifies their signatures, and answers what a test says or misbehaves.
// It holds no service's state.
package awstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"heliograph/api/sigv4"
	"heliograph/event"
	"heliograph/event/awscall"
)

// Patience is the time of a call that is meant to be answered; no answer takes so
// long, on a slow machine neither.
const Patience = time.Minute

const (
	keyID  = "AKIAEVENTSEXAMPLE001"
	secret = "secret-of-the-sink"
	region = "eu-west-3"
)

// Request is what a server received.
type Request struct {
	Action string // the operation, as in PutRecordBatch
	Target string // X-Amz-Target, "" in the Query protocol
	Body   []byte
}

// Form is the body of a request in the Query protocol.
func (r Request) Form() url.Values {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil {
		panic(err)
	}
	return form
}

// Read takes the body of a request in JSON apart.
func (r Request) Read(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		t.Errorf("%s: %v", r.Action, err)
	}
}

// Server receives requests.
type Server struct {
	URL string

	t       testing.TB
	service string
	server  *httptest.Server
	mu      sync.Mutex
	answer  http.HandlerFunc
	handle  func(Request) (status int, body string)
	got     []Request
}

// Start starts a server of a service by its signing name; every request is
// answered by handle.
func Start(t testing.TB, service string, handle func(Request) (status int, body string)) *Server {
	t.Helper()
	s := &Server{t: t, service: service, handle: handle}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.server.URL
	t.Cleanup(s.server.Close)
	return s
}

// Kill closes the server.
func (s *Server) Kill() { s.server.Close() }

// Requests are those that were received.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// Secret implements sigv4.SecretSource.
func (s *Server) Secret(_ context.Context, id string) (string, bool, error) {
	return secret, id == keyID, nil
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	verifier := sigv4.Verifier{Secrets: s, Now: time.Now, Service: s.service}
	who, err := verifier.Verify(r.Context(), r, body)
	if err != nil || who.Region != region {
		s.t.Errorf("signature of a request: %v, for %s", err, who.Region)
	}
	got := Request{Target: r.Header.Get("X-Amz-Target"), Body: body}
	if _, got.Action, _ = strings.Cut(got.Target, "."); got.Action == "" {
		got.Action = got.Form().Get("Action")
	}
	s.mu.Lock()
	s.got = append(s.got, got)
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	status, text := s.handle(got)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// Config is that of a client of the server.
func (s *Server) Config(timeout time.Duration) aws.Config {
	s.t.Helper()
	c, closing, err := awscall.Load(s.t.Context(), awscall.Settings{
		Endpoint: s.URL, Region: region, AccessKeyID: keyID, SecretAccessKey: secret, Timeout: timeout,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(closing)
	return c
}

// Said is what was said of deliveries, a word each: taken, refused, later or
// again.
func Said(errs []error) string {
	words := make([]string, len(errs))
	for i, err := range errs {
		words[i] = word(err)
	}
	return strings.Join(words, " ")
}

func word(err error) string {
	var refusal *event.Refusal
	var later *event.Later
	switch {
	case err == nil:
		return "taken"
	case errors.As(err, &refusal):
		return "refused"
	case errors.As(err, &later):
		return "later"
	}
	return "again"
}

// Chaos lets a server misbehave in all ways and checks that every event is to be
// tried again each time, and is taken once the server is well.
func Chaos(t *testing.T, service string, handle func(Request) (int, string), build func(aws.Config) event.Sink, list []event.Delivery) {
	t.Helper()
	again := strings.TrimSuffix(strings.Repeat("again ", len(list)), " ")
	for name, answer := range troubles() {
		t.Run(name, func(t *testing.T) {
			s := Start(t, service, handle)
			s.misbehave(answer)
			timeout := Patience
			if name == "slow" {
				timeout = 200 * time.Millisecond
			}
			sink := build(s.Config(timeout))
			if got := sink.Deliver(t.Context(), list); Said(got) != again {
				t.Errorf("%s: %v", Said(got), got)
			} else if text := got[0].Error(); strings.Contains(text, "127.0.0.1:") && !strings.Contains(text, "dial") && !strings.Contains(text, "read") {
				t.Errorf("the error tells more than the trouble: %s", text)
			}
			s.misbehave(nil)
			if got := build(s.Config(Patience)).Deliver(t.Context(), list); strings.Contains(Said(got), "again") {
				t.Errorf("after it: %v", got)
			}
		})
	}
	t.Run("killed", func(t *testing.T) {
		s := Start(t, service, handle)
		sink := build(s.Config(Patience))
		s.Kill()
		if got := sink.Deliver(t.Context(), list); Said(got) != again {
			t.Errorf("%s: %v", Said(got), got)
		}
	})
}

func (s *Server) misbehave(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// troubles are the ways of a server that is not well.
func troubles() map[string]http.HandlerFunc {
	say := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	exception := func(code string) string {
		return fmt.Sprintf(`{"__type":%q,"message":"no","Error":{"Code":%q}}`, code, code)
	}
	return map[string]http.HandlerFunc{
		"500":       say(500, "application/x-amz-json-1.1", exception("InternalFailure")),
		"503":       say(503, "text/html", "<html>busy</html>"),
		"429":       say(429, "application/x-amz-json-1.1", exception("ThrottlingException")),
		"throttled": say(400, "application/x-amz-json-1.1", exception("ThrottlingException")),
		"forbidden": say(403, "application/x-amz-json-1.1", exception("AccessDeniedException")),
		"garbage":   say(200, "text/html", "<html><body>It works!"),
		"binary":    say(200, "application/octet-stream", "\x00\xff\x00\xff"),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
			panic(http.ErrAbortHandler)
		},
	}
}
