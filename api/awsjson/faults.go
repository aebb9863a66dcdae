package awsjson

import (
	"context"
	"net/http"
	"time"

	"heliograph/api"
	"heliograph/api/fault"
)

// Faults knows what test authors want to happen to calls.
type Faults interface {
	// Next takes the fault that the account's call of an operation meets;
	// false where there is none.
	Next(account, operation string) (fault.Fault, bool)
}

// injected is an exception that somebody asked for. An
// InternalServerException among them is no failure of ours.
type injected struct{ exception *api.Error }

func (e injected) Error() string { return e.exception.Error() }
func (e injected) Unwrap() error { return e.exception }

// meet serves a call whose shape is right, unless a fault is set for it. It
// stands where the service throttles: after signature and shape, before
// idempotency and handler. A cut ends the connection over HTTP/1.1, the stream
// over HTTP/2.
func (m *Mux) meet(ctx context.Context, op *api.Operation, serve func(context.Context) ([]byte, error)) ([]byte, error) {
	if err := m.throttled(ctx, op); err != nil {
		return nil, err
	}
	if m.server.Faults == nil {
		return serve(ctx)
	}
	f, set := m.server.Faults.Next(api.CallerFrom(ctx).Account, op.Name)
	if !set {
		return serve(ctx)
	}
	// A caller who went away while held gets no answer, nor does what it asked.
	if !held(ctx, f.Delay) || f.Cut == fault.CutBefore {
		panic(http.ErrAbortHandler)
	}
	if e := f.Err(); e != nil {
		return nil, injected{e}
	}
	answer, err := serve(ctx)
	if f.Cut == fault.CutAfter {
		panic(http.ErrAbortHandler)
	}
	return answer, err
}

// held waits; false where the caller has gone or the server stops meanwhile.
func held(ctx context.Context, delay time.Duration) bool {
	if delay <= 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
