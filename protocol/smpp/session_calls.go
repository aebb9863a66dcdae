package smpp

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const maxSequence = 0x7FFFFFFF // SMPP 3.4 §5.1.4

// call is one request that waits for its answer. Those of the window are used
// again and again.
type call struct {
	id        CommandID
	deadline  time.Time
	answered  chan struct{} // holds one token when response or err is set
	response  Response
	err       error
	abandoned bool // nobody waits, the answer only frees the slot
	control   bool // not of the window: bind, unbind, enquire_link
}

// calls are the unanswered requests of a session: at most window of them, known by
// sequence number.
type calls struct {
	free    chan *call
	closing chan struct{}

	mu       sync.Mutex
	pending  map[uint32]*call
	sequence uint32
	closed   bool
	failed   error
}

func (c *calls) init(window int) {
	c.free = make(chan *call, window)
	for range window {
		c.free <- &call{answered: make(chan struct{}, 1)}
	}
	c.closing = make(chan struct{})
	c.pending = make(map[uint32]*call, window)
}

// acquire waits for a free slot of the window.
func (c *calls) acquire(ctx context.Context) (*call, error) {
	select {
	case <-c.closing:
		return nil, ErrClosed
	default:
	}
	select {
	case k := <-c.free:
		return k, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-c.closing:
		return nil, ErrClosed
	}
}

func (c *calls) release(k *call) {
	if k.control {
		return
	}
	k.response, k.err, k.abandoned = nil, nil, false
	c.free <- k
}

// register gives a request its sequence number before it is written: a fast answer
// must find it. Numbers that are still waited for are left out.
func (c *calls) register(k *call, id CommandID, deadline time.Time) (uint32, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed != nil {
		return 0, fmt.Errorf("%w: %w", ErrClosed, c.failed)
	}
	for taken := true; taken; {
		c.sequence = c.sequence%maxSequence + 1
		_, taken = c.pending[c.sequence]
	}
	k.id, k.deadline = id, deadline
	c.pending[c.sequence] = k
	return c.sequence, nil
}

// forget takes back a request that was not written; false when it is settled
// already.
func (c *calls) forget(sequence uint32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, waiting := c.pending[sequence]
	delete(c.pending, sequence)
	return waiting
}

// waiting is the request that waits under a sequence number, 0 for none.
func (c *calls) waiting(sequence uint32) CommandID {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.pending[sequence]; k != nil {
		return k.id
	}
	return 0
}

// unanswered is how many requests wait for an answer of the peer.
func (c *calls) unanswered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending)
}

// oldest is the deadline that runs out first of the requests of the window; zero
// when none is unanswered.
func (c *calls) oldest() (deadline time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.pending {
		if !k.control && (deadline.IsZero() || k.deadline.Before(deadline)) {
			deadline = k.deadline
		}
	}
	return deadline
}

// settle hands the outcome to whoever waits; false is an answer that nobody waits
// for any more.
func (c *calls) settle(sequence uint32, response Response, err error) bool {
	c.mu.Lock()
	k := c.pending[sequence]
	delete(c.pending, sequence)
	c.mu.Unlock()
	if k != nil {
		c.finish(k, response, err)
	}
	return k != nil
}

// finish is for a call that is in pending no more.
func (c *calls) finish(k *call, response Response, err error) {
	if k.abandoned {
		c.release(k)
		return
	}
	if response != nil && response.CommandID() != k.id.Response() && response.CommandID() != CommandGenericNack {
		response, err = nil, fmt.Errorf("%w: %w", ErrNoResponse, ErrUnexpectedResponse)
	}
	k.response, k.err = response, err
	k.answered <- struct{}{}
}

// await waits for the outcome. When ctx ends first the slot stays taken until the
// answer or the response timer: the peer still counts the request.
func (c *calls) await(ctx context.Context, sequence uint32, k *call) (Response, error) {
	select {
	case <-k.answered:
	case <-ctx.Done():
		c.mu.Lock()
		if c.pending[sequence] == k {
			k.abandoned = true
			c.mu.Unlock()
			return nil, fmt.Errorf("%w: %w", ErrNoResponse, context.Cause(ctx))
		}
		c.mu.Unlock()
		<-k.answered
	}
	response, err := k.response, k.err
	c.release(k)
	return response, err
}

// expire settles what has waited beyond its deadline and says when the next one is
// due, zero when nothing waits.
func (c *calls) expire(now time.Time) (next time.Time) {
	var late map[uint32]*call
	c.mu.Lock()
	for sequence, k := range c.pending {
		switch {
		case !k.deadline.After(now):
			delete(c.pending, sequence)
			if late == nil {
				late = map[uint32]*call{}
			}
			late[sequence] = k
		case next.IsZero() || k.deadline.Before(next):
			next = k.deadline
		}
	}
	c.mu.Unlock()
	for sequence, k := range late {
		c.finish(k, nil, &Unanswered{sequence})
	}
	return next
}

// close lets no new request in.
func (c *calls) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		close(c.closing)
	}
}

// wait takes all slots of the window, which are then free for good.
func (c *calls) wait(ctx context.Context, ended <-chan struct{}) error {
	for range cap(c.free) {
		select {
		case <-c.free:
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return ErrClosed
		}
	}
	return nil
}

// failAll ends every request with the session.
func (c *calls) failAll(cause error) {
	c.close()
	c.mu.Lock()
	c.failed = cause
	pending := c.pending
	c.pending = nil
	c.mu.Unlock()
	for _, k := range pending {
		c.finish(k, nil, fmt.Errorf("%w: %w", ErrNoResponse, cause))
	}
}
