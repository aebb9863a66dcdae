package awsjson

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"heliograph/api"
)

// maxRuns is how often a handler may run because a record changed under it.
const maxRuns = 10

// call is one request whose shape is right.
type call struct {
	mux   *Mux
	op    *api.Operation
	run   func(context.Context) ([]byte, error)
	token string // empty where the call has none
	hash  [sha256.Size]byte
}

// serve runs the handler, at most once for a token: a repeat of a call that
// succeeded gets the first answer.
func (c *call) serve(ctx context.Context) ([]byte, error) {
	if c.token == "" {
		return c.runUntilFresh(ctx)
	}
	answer, found, err := c.first(ctx)
	if found || err != nil {
		return answer, err
	}
	caller := api.CallerFrom(ctx)
	answer, failure := c.runUntilFresh(api.WithOnce(ctx, api.Once{
		Account: caller.Account, Region: caller.Region, Operation: c.op.Name, Token: c.token, Hash: c.hash,
	}))
	if failure == nil {
		return answer, nil
	}
	// Another call with the token may have succeeded meanwhile: then this
	// failure (the name is taken, the token is taken) is its doing.
	answer, found, err = c.first(ctx)
	if found {
		return answer, err
	}
	return nil, errors.Join(failure, err)
}

// first returns the answer of the first call with the token. With other
// parameters than these it is found and an error.
func (c *call) first(ctx context.Context) (answer []byte, found bool, err error) {
	caller := api.CallerFrom(ctx)
	hash, answer, found, err := c.mux.server.Tokens.LookupToken(ctx, caller.Account, caller.Region, c.op.Name, c.token)
	if err != nil {
		return nil, false, fmt.Errorf("awsjson: look up a client token: %w", err)
	}
	if found && hash != c.hash {
		return nil, true, api.Invalid(api.ValidationExceptionReasonInvalidParameter,
			"The ClientToken was used with other parameters. Use a new one.", "ClientToken")
	}
	return answer, found, nil
}

// runUntilFresh runs the handler again while its store says that what it had
// read has changed.
func (c *call) runUntilFresh(ctx context.Context) (answer []byte, err error) {
	for range maxRuns {
		answer, err = c.run(ctx)
		if !errors.Is(err, api.ErrStale) {
			return answer, err
		}
	}
	return nil, fmt.Errorf("awsjson: %d runs: %w", maxRuns, err)
}
