package api

import "context"

// Caller is who made a request and where it belongs. Every resource belongs
// to a pair of Account and Region.
type Caller struct {
	Account     string // 12 digits
	Region      string // of the request's signature
	RequestID   string // UUID, as in the header x-amzn-RequestId
	AccessKeyID string
	// InvocationID is the SDK's own number of the call, the same for all its
	// attempts (header amz-sdk-invocation-id); "" where the client sent none.
	InvocationID string
	Attempt      int // of the call, 1-based (header amz-sdk-request); 0 = not told
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
