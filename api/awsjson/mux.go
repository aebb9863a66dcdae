// Package awsjson serves the API over AWS JSON 1.0: POST /, the operation in
// X-Amz-Target, a JSON object in and out, exceptions as JSON with their name in
// __type and X-Amzn-ErrorType.
//
// What happens to every request happens here, once and in this order: method
// and path, size of the body, target, signature, limits of the model, rates,
// faults that a test author has set, idempotency token, handler, answer. Left
// out: who a key belongs to (see Authenticator), what an operation does, how many
// requests are too many (see Rates). Header
// size and the time on a connection are the http.Server's to bound
// (MaxHeaderBytes, ReadTimeout, WriteTimeout).
package awsjson

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"heliograph/api"
)

// Differs(all): the published rates of requests per second are enforced where the operator turns `published_rates` on.

// MaxBody is how large the body of a request may be, in octets.
const MaxBody = 4 << 20

// TargetPrefix stands before the operation's name in X-Amz-Target.
const TargetPrefix = "PinpointSMSVoiceV2."

// Authenticator tells who made a request.
type Authenticator interface {
	// Authenticate verifies the request, whose body has been read, and returns
	// the caller; request id, invocation id and attempt are filled in by the
	// Mux. A *sigv4.Error or *api.Error is the answer; any other error becomes
	// InternalServerException.
	Authenticate(ctx context.Context, r *http.Request, body []byte) (api.Caller, error)
}

// TokenStore knows the calls with a ClientToken that succeeded in the last 24
// hours. It is written by the stores of the resources (see api.Once).
type TokenStore interface {
	LookupToken(ctx context.Context, account, region, operation, token string) (hash [sha256.Size]byte, answer []byte, found bool, err error)
}

// Server is what a Mux needs.
type Server struct {
	Authenticator Authenticator
	Tokens        TokenStore
	Faults        Faults           // nil = none is ever set
	Rates         Rates            // nil = nobody is held to any
	Counter       Counter          // nil = nobody counts
	Logger        *slog.Logger     // of failures that are ours; never of bodies
	Now           func() time.Time // of the Date header, by which SDKs correct their clock
}

// Counter counts calls.
type Counter interface {
	// Answered tells of a call that was answered: its operation, "" where it named
	// none, and the exception, "" where it succeeded.
	Answered(operation, exception string)
}

// Mux is the http.Handler of the API. Register operations before serving.
type Mux struct {
	server Server
	routes map[string]*route
}

// route is one operation. serve decodes, calls and encodes.
type route struct {
	op    *api.Operation
	built bool
	serve func(ctx context.Context, body []byte) ([]byte, error)
}

// NewMux makes a Mux on which every operation of the model stands as not
// built: it checks the request and answers ValidationException with
// UNKNOWN_OPERATION and the words "not implemented".
func NewMux(s Server) *Mux {
	m := &Mux{server: s, routes: map[string]*route{}}
	for _, op := range api.Operations() {
		m.routes[op.Name] = &route{op: op, serve: m.notBuilt(op)}
	}
	return m
}

func (m *Mux) notBuilt(op *api.Operation) func(context.Context, []byte) ([]byte, error) {
	refuse := func(context.Context) ([]byte, error) {
		return nil, api.Invalid(api.ValidationExceptionReasonUnknownOperation,
			"The operation "+op.Name+" is not implemented by this server.")
	}
	return func(ctx context.Context, body []byte) ([]byte, error) {
		if err := op.Check(body); err != nil {
			return nil, err
		}
		return m.meet(ctx, op, refuse)
	}
}

// Handle registers what an operation does. When handler runs, the signature
// and every limit of the model have been checked, and ctx carries the caller
// (api.CallerFrom) and, where the call has a token, what api.OnceFrom needs. It
// panics where the operation is registered already.
func Handle[In, Out any](m *Mux, op api.Op[In, Out], handler func(context.Context, *In) (*Out, error)) {
	r := m.routes[op.Name]
	if r.built {
		panic("awsjson: " + op.Name + " is registered twice")
	}
	r.built = true
	r.serve = func(ctx context.Context, body []byte) ([]byte, error) {
		in, err := op.Decode(body)
		if err != nil {
			return nil, err
		}
		c := call{mux: m, op: r.op, run: func(ctx context.Context) ([]byte, error) {
			out, err := handler(ctx, in)
			if err != nil {
				return nil, err
			}
			return op.Encode(out), nil
		}}
		c.token, c.hash = op.Token(in)
		return m.meet(ctx, r.op, c.serve)
	}
}

// NotBuilt returns the operations that have no handler, by name.
func (m *Mux) NotBuilt() []string {
	var names []string
	for name, r := range m.routes {
		if !r.built {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
