// Package resourcetest serves the operations of resources over the wire to
// their tests: a real server on loopback and a real database in a temporary
// folder. Only signatures are left out: a header says who calls.
package resourcetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/store"
	"heliograph/store/sqlite"
)

// accountHeader and regionHeader say who calls.
const (
	accountHeader = "X-Test-Account"
	regionHeader  = "X-Test-Region"
)

// House is a server with its database.
type House struct {
	t     *testing.T
	file  string
	build func(h *House, m *awsjson.Mux)

	DB    *store.DB
	Pages *resource.Pages
	// Clock is what Now shows; it moves by a second with each look.
	Clock  time.Time
	clock  sync.Mutex
	server *httptest.Server
}

// Open starts a server; build registers the operations on it.
func Open(t *testing.T, build func(h *House, m *awsjson.Mux)) *House {
	t.Helper()
	pages, err := resource.NewPages([]byte("a key of tests"))
	if err != nil {
		t.Fatal(err)
	}
	h := &House{t: t, build: build, Pages: pages, file: filepath.Join(t.TempDir(), "heliograph.db"),
		Clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	h.start()
	t.Cleanup(h.stop)
	return h
}

// Restart stops server and database and starts them again on the same file.
func (h *House) Restart() {
	h.t.Helper()
	h.stop()
	h.start()
}

// Now is the server's clock.
func (h *House) Now() time.Time {
	h.clock.Lock()
	defer h.clock.Unlock()
	h.Clock = h.Clock.Add(time.Second)
	return h.Clock
}

func (h *House) start() {
	h.t.Helper()
	db, err := sqlite.Open(h.file)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := db.Start(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.DB = db
	m := awsjson.NewMux(awsjson.Server{
		Authenticator: headers{}, Tokens: db, Now: h.Now,
		Logger: slog.New(slog.NewTextHandler(h.t.Output(), nil)),
	})
	h.build(h, m)
	h.server = httptest.NewServer(m)
}

func (h *House) stop() {
	h.t.Helper()
	h.server.Close()
	if err := h.DB.Stop(context.Background()); err != nil {
		h.t.Error(err)
	}
}

// headers takes the caller from the request's headers.
type headers struct{}

func (headers) Authenticate(_ context.Context, r *http.Request, _ []byte) (api.Caller, error) {
	return api.Caller{Account: r.Header.Get(accountHeader), Region: r.Header.Get(regionHeader)}, nil
}

// Client is a caller of one account and Region.
type Client struct {
	h     *House
	Scope resource.Scope
}

// Client is the caller of a scope.
func (h *House) Client(account, region string) Client {
	return Client{h, resource.Scope{Account: account, Region: region}}
}

// Answer is the body of an answer; of an error with its exception as __type.
type Answer map[string]any

// Call performs an operation with a JSON body.
func (c Client) Call(operation, body string) Answer {
	c.h.t.Helper()
	answer, err := c.post(operation, body)
	if err != nil {
		c.h.t.Errorf("%s: %v", operation, err)
		return Answer{}
	}
	return answer
}

func (c Client) post(operation, body string) (Answer, error) {
	r, err := http.NewRequestWithContext(c.h.t.Context(), http.MethodPost, c.h.server.URL, bytes.NewBufferString(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Amz-Target", awsjson.TargetPrefix+operation)
	r.Header.Set(accountHeader, c.Scope.Account)
	r.Header.Set(regionHeader, c.Scope.Region)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(resp.Body)
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	var answer Answer
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	_, failed := answer["__type"]
	if failed == (resp.StatusCode == http.StatusOK) {
		return nil, fmt.Errorf("status %d: %s", resp.StatusCode, text)
	}
	return answer, nil
}

// OK performs an operation that has to succeed.
func (c Client) OK(operation, body string) Answer {
	c.h.t.Helper()
	answer := c.Call(operation, body)
	if failure := answer.Failure(); failure != "" {
		c.h.t.Fatalf("%s %s: %s: %v", operation, body, failure, answer["Message"])
	}
	return answer
}

// Refused performs an operation that has to fail as wanted: the exception
// without its last word, the reason, the type of resource and its id, and the
// fields, as far as the exception has them ("Conflict
// LAST_PHONE_NUMBER phone-number phone-1", "Validation INVALID_ARN senderId").
func (c Client) Refused(operation, body, want string) {
	c.h.t.Helper()
	if got := c.Call(operation, body).Failure(); got != want {
		c.h.t.Errorf("%s %s\n got %q\nwant %q", operation, body, got, want)
	}
}

// Failure is an error in short, see Refused; "" for an answer that is none.
func (a Answer) Failure() string {
	exception, _ := a["__type"].(string)
	if exception == "" {
		return ""
	}
	parts := []string{strings.TrimSuffix(exception, "Exception")}
	for _, member := range []string{"Reason", "ResourceType", "ResourceId"} {
		if text, ok := a[member].(string); ok {
			parts = append(parts, text)
		}
	}
	fields, _ := a["Fields"].([]any)
	for _, f := range fields {
		parts = append(parts, f.(map[string]any)["Name"].(string))
	}
	return strings.Join(parts, " ")
}

// Text is a member of an answer that is text.
func (a Answer) Text(member string) string {
	text, _ := a[member].(string)
	return text
}

// List is a member of an answer that is a list of structures.
func (a Answer) List(member string) []Answer {
	entries, _ := a[member].([]any)
	list := make([]Answer, len(entries))
	for i, e := range entries {
		list[i] = e.(map[string]any)
	}
	return list
}

// Column is one member of each structure of a list, joined by blanks.
func (a Answer) Column(list, member string) string {
	var texts []string
	for _, e := range a.List(list) {
		texts = append(texts, fmt.Sprint(e[member]))
	}
	return strings.Join(texts, " ")
}

// Expect compares members of an answer: what names as JSON what they have to
// be, and a member that has to be absent as null.
func (h *House) Expect(a Answer, what string) {
	h.t.Helper()
	var want Answer
	if err := json.Unmarshal([]byte(what), &want); err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
	for member, value := range want {
		got, present := a[member]
		if value == nil && present || value != nil && fmt.Sprint(got) != fmt.Sprint(value) {
			h.t.Errorf("%s is %v, want %v, in %v", member, got, value, a)
		}
	}
}
