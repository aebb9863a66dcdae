package api

import "context"

// Once is the record of a call with a ClientToken. The store method that
// creates the resource writes it in its own transaction, so that the resource
// and the record exist both or not at all; it answers ErrTokenTaken where
// (Account, Region, Operation, Token) is already recorded.
type Once struct {
	Account   string
	Region    string
	Operation string
	Token     string   // as the client gave it
	Hash      [32]byte // SHA-256 of the parameters without the token
	Answer    []byte   // body of the answer
}

// Answer is an output of an operation.
type Answer interface{ encode(*encoder) }

type onceKey struct{}

// WithOnce returns a context that carries the token of the call; its Answer
// is not known yet.
func WithOnce(ctx context.Context, o Once) context.Context {
	return context.WithValue(ctx, onceKey{}, o)
}

// OnceFrom returns the record to write along with what the call creates, with
// out as its answer, or nil when the call has no token. A handler calls it
// when out is complete.
func OnceFrom(ctx context.Context, out Answer) *Once {
	o, ok := ctx.Value(onceKey{}).(Once)
	if !ok {
		return nil
	}
	o.Answer = EncodeAnswer(out)
	return &o
}
