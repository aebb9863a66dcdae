package resource

import (
	"context"
	"errors"
	"sync"
	"testing"

	"heliograph/api"
)

func as(account string) context.Context {
	return api.WithCaller(context.Background(), api.Caller{Account: account, Region: "us-east-1"})
}

func TestChangesOfAScopeTakeTurns(t *testing.T) {
	var turns Turns
	inside, most := 0, 0
	handler := InTurn(&turns, func(context.Context, *int) (*int, error) {
		inside++ // the race detector tells when two are here
		most = max(most, inside)
		inside--
		return nil, nil
	})
	var calls sync.WaitGroup
	for range 50 {
		calls.Go(func() {
			if _, err := handler(as("000000000000"), nil); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if most != 1 || len(turns.of) != 0 {
		t.Errorf("%d at once, %d queues left", most, len(turns.of))
	}
}

func TestScopesDoNotWaitForEachOther(t *testing.T) {
	var turns Turns
	other := InTurn(&turns, func(context.Context, *int) (*int, error) { return nil, nil })
	outer := InTurn(&turns, func(context.Context, *int) (*int, error) { return other(as("111122223333"), nil) })
	if _, err := outer(as("000000000000"), nil); err != nil {
		t.Error(err)
	}
}

func TestWaitingForATurnEndsWithTheRequest(t *testing.T) {
	var turns Turns
	handler := InTurn(&turns, func(context.Context, *int) (*int, error) {
		ctx, cancel := context.WithCancel(as("000000000000"))
		cancel()
		if _, err := turns.take(ctx, ScopeOf(ctx)); !errors.Is(err, context.Canceled) {
			t.Errorf("a second turn: %v", err)
		}
		return nil, nil
	})
	if _, err := handler(as("000000000000"), nil); err != nil || len(turns.of) != 0 {
		t.Errorf("%v, %d queues left", err, len(turns.of))
	}
}
