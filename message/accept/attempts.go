package accept

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"heliograph/message"
	"heliograph/resource"
)

const (
	retryWindow       = 15 * time.Minute // within which an SDK's attempts of one call make one message
	attemptsKept      = 10_000           // messages of later attempts that are remembered
	longestInvocation = 128              // octets; SDKs send a UUID
)

// attemptKey is what all attempts of one call of an SDK have in common.
type attemptKey struct {
	scope      resource.Scope
	invocation string
	hash       uint64 // of the parameters
}

// attempts keeps the attempts of one call from making two messages while they
// meet in this process: the later waits for the earlier, and a first attempt
// that was overtaken finds the message of the one that overtook it. What ended
// before, or before a restart, is found in the store.
type attempts struct {
	mu       sync.Mutex
	underWay map[attemptKey]chan struct{} // closed at the end; nil while nobody waits
	made     map[attemptKey]attempt
	order    []attempt // what made holds, oldest first
}

// attempt is one that made a message.
type attempt struct {
	key attemptKey
	id  message.ID
	at  time.Time
}

// begin gives the message that another attempt of the call made. Without one
// the caller is the attempt under way, and must call end. It waits while
// another one is, until the context ends.
func (a *attempts) begin(ctx context.Context, key attemptKey, now time.Time) (message.ID, bool, error) {
	for {
		id, wait := a.enter(key, now)
		if wait == nil {
			return id, id != message.ID{}, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return message.ID{}, false, fmt.Errorf("accept: another attempt of the call is under way: %w", ctx.Err())
		}
	}
}

// enter gives what is known of the call: a message, or what to wait for, or
// nothing; then the attempt is the one under way.
func (a *attempts) enter(key attemptKey, now time.Time) (message.ID, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.made) > 0 {
		if known, ok := a.made[key]; ok && now.Sub(known.at) < retryWindow {
			return known.id, nil
		}
	}
	wait, busy := a.underWay[key]
	if !busy {
		if a.underWay == nil {
			a.underWay, a.made = map[attemptKey]chan struct{}{}, map[attemptKey]attempt{}
		}
		a.underWay[key] = nil
		return message.ID{}, nil
	}
	if wait == nil {
		wait = make(chan struct{})
		a.underWay[key] = wait
	}
	return message.ID{}, wait
}

// end lets the next attempt go on. The message that this one made, if any, is
// remembered where another attempt may still ask for it: one that waits, or an
// earlier one, which never searches the store.
func (a *attempts) end(key attemptKey, number int, id message.ID, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	wait := a.underWay[key]
	delete(a.underWay, key)
	if id != (message.ID{}) && (wait != nil || number > 1) {
		a.remember(key, id, now)
	}
	if wait != nil {
		close(wait)
	}
}

func (a *attempts) remember(key attemptKey, id message.ID, now time.Time) {
	for len(a.order) > 0 && (len(a.order) >= attemptsKept || now.Sub(a.order[0].at) >= retryWindow) {
		if oldest := a.order[0]; a.made[oldest.key].id == oldest.id {
			delete(a.made, oldest.key)
		}
		a.order = a.order[1:]
	}
	key.invocation = strings.Clone(key.invocation) // not the whole request
	one := attempt{key: key, id: id, at: now}
	a.made[key] = one
	a.order = append(a.order, one)
}
