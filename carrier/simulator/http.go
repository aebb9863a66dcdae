package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"heliograph/account"
	"heliograph/country"
)

// Root is where the simulator API lives.
const Root = "/simulator/v1"

// Bounds of a request.
const (
	longestWait = 60 * time.Second // longer waits are cut to it
	largestBody = 1 << 20          // octets

	accountDigits = 12
)

// Console is what the simulator API needs of its surroundings.
type Console struct {
	// Account says whose key a request bears. The request has passed
	// authentication.
	Account func(*http.Request) string
	// Reset empties what else belongs to an account when it asks for a reset;
	// nil = nothing else does. Its context tells the audit who asked.
	Reset func(ctx context.Context, account string) error
	// Message tells what became of a message of the API, and whose it is; found is
	// false where there is none. Nil = nobody knows.
	Message func(ctx context.Context, messageID string) (what Standing, found bool, err error)
	// Faults keeps the faults of accounts; nil = there are none to set.
	Faults Faults
	// Closing is closed when the server is about to stop: nobody waits for a
	// message any longer. Nil = never.
	Closing <-chan struct{}
}

// Handler serves the simulator API below Root. An account sees its own
// messages, rules and faults. The operator's sees all messages and chooses an account
// with ?account=; what it changes is its own unless it chooses.
func (c *SMSC) Handler(console Console) http.Handler {
	mux := http.NewServeMux()
	serve := func(pattern string, h func(*request) (status int, answer any, err error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			respond(w, r, console, h)
		})
	}
	serve("GET "+Root+"/handsets", c.listHandsets)
	serve("DELETE "+Root+"/handsets", c.clearAll)
	serve("GET "+Root+"/handsets/{number}/messages", c.listMessages)
	serve("POST "+Root+"/handsets/{number}/messages", c.reply)
	serve("DELETE "+Root+"/handsets/{number}/messages", c.clearOne)
	serve("GET "+Root+"/handsets/{number}/messages/latest", c.latest)
	serve("GET "+Root+"/messages/{id}", func(r *request) (int, any, error) { return standing(r, console.Message) })
	serve("GET "+Root+"/rules", c.getRules)
	serve("PUT "+Root+"/rules", c.putRules)
	if book := console.Faults; book != nil {
		serve("GET "+Root+"/faults", func(r *request) (int, any, error) { return getFaults(r, book) })
		serve("PUT "+Root+"/faults", func(r *request) (int, any, error) { return putFaults(r, book) })
	}
	serve("POST "+Root+"/reset", func(r *request) (int, any, error) { return c.reset(r, console) })
	serve("/", func(r *request) (int, any, error) {
		return 0, nil, problem(http.StatusNotFound, "the simulator has no %s %s", r.Method, r.URL.Path)
	})
	return mux
}

// request is a request and whose it is.
type request struct {
	*http.Request
	caller  string // the key's account
	chosen  string // ?account=, "" = none
	closing <-chan struct{}
}

// sees is the account whose messages are shown, "" = everybody's.
func (r *request) sees() string {
	if r.chosen == "" && r.caller != account.Operator {
		return r.caller
	}
	return r.chosen
}

// owns is the account whose things are changed.
func (r *request) owns() string {
	if r.chosen == "" {
		return r.caller
	}
	return r.chosen
}

// httpError is an error that the caller of the API is told, with its status.
type httpError struct {
	status int
	text   string
}

func (e *httpError) Error() string { return e.text }

func problem(status int, format string, args ...any) error {
	return &httpError{status, fmt.Sprintf(format, args...)}
}

func respond(w http.ResponseWriter, r *http.Request, console Console, h func(*request) (int, any, error)) {
	in := &request{Request: r, caller: console.Account(r), chosen: r.URL.Query().Get("account"), closing: console.Closing}
	if in.chosen != "" && (len(in.chosen) != accountDigits || !digits(in.chosen)) {
		write(w, http.StatusBadRequest, failure("account="+in.chosen+" is no account: it has twelve digits"))
		return
	}
	if in.chosen != "" && in.caller != account.Operator && in.caller != in.chosen {
		write(w, http.StatusForbidden, failure("only the operator's account chooses an account"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestBody)
	status, answer, err := h(in)
	if err != nil {
		status, answer = explain(err)
	}
	write(w, status, answer)
}

func explain(err error) (int, any) {
	var known *httpError
	if errors.As(err, &known) {
		return known.status, failure(known.text)
	}
	return http.StatusInternalServerError, failure("the simulator cannot reach its store")
}

func failure(text string) any { return map[string]string{"error": text} }

func write(w http.ResponseWriter, status int, answer any) {
	if answer == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	// The client is gone when this fails; there is nobody to tell.
	_ = encoder.Encode(answer)
}

// decode reads a JSON body strictly.
func (r *request) decode(into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return problem(http.StatusBadRequest, "the body cannot be read: %v", err)
	}
	return nil
}

// number is the handset in the path.
func (r *request) number() (string, error) {
	n, err := country.Parse(r.PathValue("number"))
	if err != nil {
		return "", problem(http.StatusBadRequest, "the path names no phone number such as +12065550142")
	}
	return n.E164, nil
}

// waits is how long the answer may be held.
func (r *request) waits() (time.Duration, error) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, problem(http.StatusBadRequest, "wait=%s is no duration such as 5s", text)
	}
	return min(d, longestWait), nil
}
