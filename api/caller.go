package api

import "context"

// Caller is who made a request and where it belongs. Every resource belongs
// to a pair of Account and Region.
type Caller struct {
	Account     string // 12 digits
	Region      string // of the request's signature
	RequestID   string // UUID, as in the header x-amzn-RequestId
	AccessKeyID string
}

type callerKey struct{}

// WithCaller returns a context that carries the caller.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom returns the caller of the request; its zero value where there
// is none.
func CallerFrom(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
