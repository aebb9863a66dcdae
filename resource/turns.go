package resource

import (
	"context"
	"fmt"
	"sync"
)

// Turns lets changes of one scope happen one after the other. Their store
// compares revisions, so that of many at the same moment only one would succeed
// and the others would run in vain; with turns that is left to what other
// nodes do. All kinds of resources share a scope's revision, so they share its
// turns. The zero value is ready.
type Turns struct {
	mu sync.Mutex
	of map[Scope]*turn
}

// turn is the queue of a scope.
type turn struct {
	busy  chan struct{} // holds one while somebody has the turn
	users int           // who has the turn and who waits for it
}

// InTurn makes a handler wait for its scope's turn. It fails when the request
// ends before.
func InTurn[In, Out any](t *Turns, handler func(context.Context, *In) (*Out, error)) func(context.Context, *In) (*Out, error) {
	return func(ctx context.Context, in *In) (out *Out, err error) {
		err = t.Run(ctx, ScopeOf(ctx), func() error {
			out, err = handler(ctx, in)
			return err
		})
		return out, err
	}
}

// Run waits for a scope's turn and does something in it. It fails when the
// context ends before.
func (t *Turns) Run(ctx context.Context, s Scope, do func() error) error {
	done, err := t.take(ctx, s)
	if err != nil {
		return err
	}
	defer done()
	return do()
}

func (t *Turns) take(ctx context.Context, s Scope) (done func(), err error) {
	mine := t.enter(s)
	select {
	case mine.busy <- struct{}{}:
	case <-ctx.Done():
		t.leave(s, mine)
		return nil, fmt.Errorf("resource: wait for the turn of %s: %w", s.Account, ctx.Err())
	}
	return func() {
		<-mine.busy
		t.leave(s, mine)
	}, nil
}

func (t *Turns) enter(s Scope) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[Scope]*turn{}
	}
	if t.of[s] == nil {
		t.of[s] = &turn{busy: make(chan struct{}, 1)}
	}
	t.of[s].users++
	return t.of[s]
}

// leave forgets the queue with its last user.
func (t *Turns) leave(s Scope, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine.users--; mine.users == 0 {
		delete(t.of, s)
	}
}
