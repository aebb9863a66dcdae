package awsjson

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"heliograph/api"
	"heliograph/api/fault"
	"heliograph/api/sigv4"
)

var testKey = sigv4.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}

// gate authenticates with one key; its Region is the account's number too.
type gate struct{ verifier sigv4.Verifier }

func (gate) Secret(_ context.Context, id string) (string, bool, error) {
	return testKey.SecretAccessKey, id == testKey.AccessKeyID, nil
}

func (g gate) Authenticate(ctx context.Context, r *http.Request, body []byte) (api.Caller, error) {
	id, err := g.verifier.Verify(ctx, r, body)
	return api.Caller{Account: "111122223333", Region: id.Region, AccessKeyID: id.AccessKeyID}, err
}

// tokens is a TokenStore; Add is what a creating store method does.
type tokens struct {
	mu   sync.Mutex
	rows map[[4]string]*api.Once
}

func (s *tokens) LookupToken(_ context.Context, account, region, operation, token string) ([32]byte, []byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.rows[[4]string{account, region, operation, token}]; o != nil {
		return o.Hash, o.Answer, true, nil
	}
	return [32]byte{}, nil, false, nil
}

func (s *tokens) Add(o *api.Once) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := [4]string{o.Account, o.Region, o.Operation, o.Token}
	if s.rows[key] != nil {
		return api.ErrTokenTaken
	}
	s.rows[key] = o
	return nil
}

// server is a Mux behind a real HTTP server.
type server struct {
	*Mux
	http   *httptest.Server
	tokens *tokens
	faults *fault.Book
	log    *bytes.Buffer
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{tokens: &tokens{rows: map[[4]string]*api.Once{}}, faults: fault.NewBook(), log: &bytes.Buffer{}}
	s.Mux = NewMux(Server{
		Authenticator: gate{sigv4.Verifier{Secrets: gate{}, Now: time.Now}},
		Tokens:        s.tokens,
		Faults:        s.faults,
		Logger:        slog.New(slog.NewTextHandler(s.log, nil)),
		Now:           time.Now,
	})
	s.http = httptest.NewServer(s.Mux)
	t.Cleanup(s.http.Close)
	return s
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	body   struct {
		Type         string `json:"__type"`
		Message      string
		Reason       string
		ResourceType string
		RequestID    string `json:"RequestId"`
		Fields       []struct{ Name, Message string }
	}
}

// request makes a signed request; change may spoil it before it is signed.
func (s *server) request(t testing.TB, operation, body string, change func(*http.Request)) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.http.URL+"/", bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", TargetPrefix+operation)
	if change != nil {
		change(r)
	}
	if err := sigv4.Sign(r, []byte(body), testKey, "eu-west-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *server) send(t testing.TB, r *http.Request) answer {
	t.Helper()
	resp, err := s.http.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	if err := json.Unmarshal(text, &a.body); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return a
}

func (s *server) call(t testing.TB, operation, body string) answer {
	t.Helper()
	return s.send(t, s.request(t, operation, body, nil))
}

// wants checks an exception as SDKs read it: header, __type and status.
func (a answer) wants(t testing.TB, exception, reason string) {
	t.Helper()
	status := http.StatusBadRequest
	if exception == api.InternalServerException {
		status = http.StatusInternalServerError
	}
	if a.status != status || a.body.Type != exception || a.header.Get("X-Amzn-ErrorType") != exception || a.body.Reason != reason {
		t.Errorf("%d %s, want %s %s", a.status, a.text, exception, reason)
	}
	if a.body.Message == "" {
		t.Errorf("no Message: %s", a.text)
	}
}
