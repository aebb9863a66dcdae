package simulator

import (
	"context"
	"fmt"
	"sync"

	"heliograph/protocol/smpp"
)

// Bounds of the way to the disk.
const (
	waitingTexts = 1024 // beyond it sessions are read no further
	batchTexts   = 500  // written as one
	batchesAhead = 2    // under way at once: one is gathered while another is synced
)

// intake gathers submissions of all sessions in the order in which they came,
// so that many share one commit and no session waits for another.
type intake struct {
	waiting chan *submission
	done    chan struct{}

	gate   sync.RWMutex // held for reading while a session puts
	closed bool
}

func newIntake() *intake {
	return &intake{waiting: make(chan *submission, waitingTexts), done: make(chan struct{})}
}

func (i *intake) put(s *submission) {
	i.gate.RLock()
	defer i.gate.RUnlock()
	if i.closed {
		s.answer(smpp.StatusSysErr, "")
		return
	}
	i.waiting <- s
}

// run commits until the intake is closed and empty. commit judges a batch at
// once, in order, and returns what remains to be done beside the next one.
func (i *intake) run(commit func([]*submission) (finish func())) {
	defer close(i.done)
	var under sync.WaitGroup
	ahead := make(chan struct{}, batchesAhead)
	for first := range i.waiting {
		ahead <- struct{}{}
		finish := commit(i.batch(first))
		under.Go(func() {
			finish()
			<-ahead
		})
	}
	under.Wait()
}

// batch takes whatever waits behind first.
func (i *intake) batch(first *submission) []*submission {
	batch := []*submission{first}
	for len(batch) < batchTexts {
		select {
		case s, ok := <-i.waiting:
			if !ok {
				return batch
			}
			batch = append(batch, s)
		default:
			return batch
		}
	}
	return batch
}

// close refuses what comes from now on and waits until the rest is answered.
func (i *intake) close(ctx context.Context) error {
	i.gate.Lock()
	if !i.closed {
		i.closed = true
		close(i.waiting)
	}
	i.gate.Unlock()
	select {
	case <-i.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("simulator: texts are still being written: %w", ctx.Err())
	}
}

// commit judges a batch and returns the rest: the write and the answers.
func (c *SMSC) commit(batch []*submission) (finish func()) {
	ctx := context.Background() // what was taken is written, whoever has gone
	verdicts := make([]*verdict, 0, len(batch))
	for _, s := range batch {
		verdicts = append(verdicts, c.judge(ctx, s))
	}
	return func() { c.conclude(ctx, verdicts) }
}

// conclude writes what was judged and answers: after the commit, and before
// any receipt.
func (c *SMSC) conclude(ctx context.Context, verdicts []*verdict) {
	changes := make([]*Change, 0, len(verdicts))
	for _, v := range verdicts {
		if v.err == nil && !v.change.empty() {
			changes = append(changes, &v.change)
		}
	}
	var failed error
	if len(changes) > 0 {
		failed = c.settings.Store.SaveHandsets(ctx, changes)
	}
	if failed != nil {
		c.settings.Log.Error("simulated carrier cannot write", "error", failed)
	}
	for _, v := range verdicts {
		switch {
		case v.err != nil:
			c.refuse(v)
		case failed != nil:
			c.undo(v)
			v.sub.answer(smpp.StatusSysErr, "")
		default:
			c.written(v)
			v.sub.answer(smpp.StatusOK, v.id)
			c.publish(&v.change)
		}
	}
}

func (c *SMSC) refuse(v *verdict) {
	st := statusOf(v.err)
	if st == smpp.StatusSysErr {
		c.settings.Log.Error("simulated carrier cannot judge a text", "error", v.err)
	}
	v.sub.answer(st, "")
}

// publish lets those who wait know what is on disk now.
func (c *SMSC) publish(ch *Change) {
	for _, d := range ch.Deliveries {
		c.outbox(d.System).put(d)
	}
	if ch.Message != nil {
		c.bell.ring(ch.Message.Account, ch.Message.Handset)
	}
}
