package dispatch

import (
	"context"
	"errors"
	"sync"

	"heliograph/message"
)

// Reasons for which a message that waits is neither cancelled nor moved.
var (
	// ErrUnderWay says that a worker has taken the message up, or that its
	// carrier is being replaced.
	ErrUnderWay = errors.New("it is being handed over at this moment")
	// ErrInDoubt says that the carrier may have taken the message: the
	// connection was lost, or the answer did not come.
	ErrInDoubt = errors.New("the carrier may have taken it: its last attempt was not answered")
)

// codeCancelled is of a message that the operator cancelled.
const codeCancelled = "CANCELLED"

// Cancel ends a message that waits for a carrier and of which no part was taken:
// it is not sent afterwards. Of the states it gets Unknown, the one that says
// nothing about handset, network and text; the code tells. The errors are
// ErrUnderWay, ErrInDoubt and message.ErrTaken, which leave it as it is.
func (d *Dispatcher) Cancel(ctx context.Context, id message.ID, name string) error {
	e := message.Ending{ID: id, State: message.Unknown, Code: codeCancelled, At: d.Now(), Untaken: name}
	return d.withdrawing(name, id, func() error { return d.Store.Ended(context.WithoutCancel(ctx), e) })
}

// withdrawing does what takes a message from a carrier, while no worker of it
// can take the message up.
func (d *Dispatcher) withdrawing(name string, id message.ID, do func() error) error {
	d.mu.RLock()
	l, leaving := d.lanes[name], d.leaving[name]
	if l == nil {
		defer d.mu.RUnlock() // no lane comes while this goes on
		if leaving != nil && !over(leaving.ended) {
			return ErrUnderWay
		}
		return do()
	}
	d.mu.RUnlock()
	j, ok := l.withdraw(id)
	if !ok {
		return ErrUnderWay
	}
	err := ErrInDoubt
	if j == nil || !j.Why.InDoubt(name) {
		err = do()
	}
	l.settle(id, j, err)
	return err
}

func over(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// withdraw takes a message that waits out of the lane, and lets nobody load it
// until settle: neither this lane nor one that replaces it, which comes when this
// one has ended. False: a worker has taken it up, it has not arrived, or the lane
// ends, and it is not known what is under way. The job is nil when the message
// waits on disk.
func (l *lane) withdraw(id message.ID) (j *job, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping {
		return nil, false
	}
	if !l.here(id) {
		l.held[id] = struct{}{}
		l.tasks.Add(1)
		return nil, true
	}
	if j = l.queue.withdraw(id); j == nil {
		j = remove(&l.delayed, id)
	}
	if j == nil {
		return nil, false
	}
	l.tasks.Add(1)
	return j, true
}

// settle ends a withdrawal: the message is gone, or waits as before; of one that
// was taken in part the rest still waits.
func (l *lane) settle(id message.ID, j *job, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.tasks.Done()
	switch {
	case err == nil && j != nil:
		l.release(j)
		l.left[id] = l.Now()
	case err == nil:
		delete(l.held, id)
		l.left[id] = l.Now() // the disk may have been read before
	case j == nil:
		delete(l.held, id)
		l.missed(nil, id) // whoever reads the disk has passed it over
		l.hasRoom()
	case j.at.After(l.Now()):
		l.delayed = append(l.delayed, j)
	default:
		l.queue.front(j)
		l.work.Signal()
	}
}

func remove(list *[]*job, id message.ID) *job {
	for i, j := range *list {
		if j.ID != id {
			continue
		}
		copy((*list)[i:], (*list)[i+1:])
		(*list)[len(*list)-1] = nil
		*list = (*list)[:len(*list)-1]
		return j
	}
	return nil
}

// MoveStep is one step of a move of a carrier's queue.
type MoveStep struct {
	From, To string     // names of carriers
	After    message.ID // what an earlier step ended with
	Limit    int        // at most so many messages, 1 to 1,000
	// Fit says how To takes a message, or why it may not go there.
	Fit func(ctx context.Context, m *message.Message) (hop message.Hop, reason string)
}

// MovedStep is what a step of a move did.
type MovedStep struct {
	Moved int
	Left  map[string]int // messages that stay, by reason
	Next  message.ID     // After of the next step
	More  bool           // there may be more
}

// Reasons for which a message stays when its carrier's queue is moved.
const (
	stayPartTaken = "a part of it was taken: parts of one message never go over two carriers"
	stayGone      = "it waits no more"
)

// movedTogether is how many messages are written at the same time: the store
// writes together what comes together.
const movedTogether = 128

// Move gives another carrier the messages that wait for one and of which no part
// was taken, in order. The error is of the disk, or says that there is no
// carrier To.
func (d *Dispatcher) Move(ctx context.Context, step MoveStep) (MovedStep, error) {
	d.mu.RLock()
	target := d.lanes[step.To]
	d.mu.RUnlock()
	if target == nil {
		return MovedStep{}, errors.New("dispatch: there is no carrier " + step.To)
	}
	list, err := d.Store.QueuedMessages(ctx, step.From, step.After, step.Limit)
	done := MovedStep{Left: map[string]int{}, Next: step.After, More: len(list) == step.Limit}
	for len(list) > 0 && err == nil && ctx.Err() == nil {
		n := min(movedTogether, len(list))
		err = d.moveSome(ctx, step, list[:n], &done)
		done.Next, list = list[n-1].ID, list[n:]
	}
	return done, errors.Join(err, ctx.Err())
}

func (d *Dispatcher) moveSome(ctx context.Context, step MoveStep, list []*message.Message, done *MovedStep) error {
	next := make([]*message.Message, len(list))
	errs := make([]error, len(list))
	var batch sync.WaitGroup
	for i, m := range list {
		batch.Go(func() { next[i], errs[i] = d.moveOne(ctx, step, m) })
	}
	batch.Wait()
	var failed []error
	for i, err := range errs {
		var stays stay
		switch {
		case err == nil:
			done.Moved++
			d.arrive(next[i])
		case errors.As(err, &stays):
			done.Left[string(stays)]++
		case errors.Is(err, message.ErrTaken):
			done.Left[stayGone]++
		case errors.Is(err, ErrUnderWay), errors.Is(err, ErrInDoubt):
			done.Left[err.Error()]++
		default:
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// stay is why a message does not go to another carrier.
type stay string

func (s stay) Error() string { return string(s) }

// moveOne gives one message to another carrier, and is the message as that one
// has it.
func (d *Dispatcher) moveOne(ctx context.Context, step MoveStep, m *message.Message) (*message.Message, error) {
	if begun(m) {
		return nil, stay(stayPartTaken)
	}
	if m.Why.InDoubt(step.From) {
		return nil, ErrInDoubt
	}
	hop, reason := step.Fit(ctx, m)
	if reason != "" {
		return nil, stay(reason)
	}
	hop.Carrier = step.To
	next := as(m, message.Tried{Carrier: step.From, Code: message.TriedMoved}, hop)
	return next, d.withdrawing(step.From, m.ID, d.commit(ctx, next, step.From))
}
