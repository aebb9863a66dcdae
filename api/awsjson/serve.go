package awsjson

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"heliograph/api"
)

// request is one request on its way through the Mux.
type request struct {
	mux    *Mux
	w      http.ResponseWriter
	r      *http.Request
	id     string
	route  *route // nil until the target is known
	caller api.Caller
}

// ServeHTTP answers one request.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := &request{mux: m, w: w, r: r, id: uuid.NewString()}
	w.Header().Set("X-Amzn-Requestid", q.id)
	w.Header().Set("Date", m.server.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if refused := q.misdirected(); refused != 0 {
		q.fail(refused, api.Protocol(api.UnknownOperationException, "The API is POST / with the operation in X-Amz-Target."))
		return
	}
	answer, err := q.answer()
	if err != nil {
		q.refuse(err)
		return
	}
	q.count("")
	q.write(http.StatusOK, answer)
}

func (q *request) count(exception string) {
	counter, operation := q.mux.server.Counter, ""
	if counter == nil {
		return
	}
	if q.route != nil {
		operation = q.route.op.Name
	}
	counter.Answered(operation, exception)
}

// misdirected returns the status for what is no request of the API, or 0.
func (q *request) misdirected() int {
	switch {
	case q.r.URL.Path != "/":
		return http.StatusNotFound
	case q.r.Method != http.MethodPost:
		q.w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed
	}
	return 0
}

// answer does all that can fail; a panic is one of the failures.
func (q *request) answer() (answer []byte, err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			answer, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	if q.route, err = q.target(); err != nil {
		return nil, err
	}
	if q.caller, err = q.mux.server.Authenticator.Authenticate(q.r.Context(), q.r, body); err != nil {
		return nil, err
	}
	q.complete(&q.caller)
	return q.route.serve(q.audited(api.WithCaller(q.r.Context(), q.caller), body), body)
}

func (q *request) body() ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(q.w, q.r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, api.Invalid(api.ValidationExceptionReasonMaximumSizeExceeded, "Send a body of at most 4 MiB.")
	}
	if err != nil {
		return nil, api.Protocol(api.SerializationException, "The body ended early. Send it again.")
	}
	return body, nil
}

func (q *request) target() (*route, error) {
	unknown := api.Protocol(api.UnknownOperationException, "X-Amz-Target must be "+TargetPrefix+" and the name of an operation, once.")
	targets := q.r.Header.Values("X-Amz-Target")
	if len(targets) != 1 {
		return nil, unknown
	}
	name, ok := strings.CutPrefix(targets[0], TargetPrefix)
	r := q.mux.routes[name]
	if !ok || r == nil {
		return nil, unknown
	}
	return r, nil
}

// complete fills in what the headers say of the call.
func (q *request) complete(c *api.Caller) {
	c.RequestID = q.id
	c.InvocationID = q.r.Header.Get("Amz-Sdk-Invocation-Id")
	c.Attempt = attempt(q.r.Header.Get("Amz-Sdk-Request"))
}

// attempt reads the number of the attempt out of a header as
// "ttl=20260131T093000Z; attempt=2; max=3"; 0 where it has none.
func attempt(header string) int {
	for _, part := range strings.Split(header, ";") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(part), "attempt="); ok {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				return n
			}
		}
	}
	return 0
}

func (q *request) write(status int, body []byte) {
	q.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	q.w.WriteHeader(status)
	if _, err := q.w.Write(body); err != nil {
		q.log(context.WithoutCancel(q.r.Context()), "answer was not taken", err)
	}
}
