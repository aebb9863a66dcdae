package simulator

import (
	"cmp"
	"container/heap"
	"context"
	"sync"
	"time"
)

// A delivery that a client did not take is sent again after a pause that
// doubles.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// outbox holds what one login's receivers have yet to take, by due time.
type outbox struct {
	now  func() time.Time
	wake chan struct{} // holds one token: somebody should look

	mu      sync.Mutex
	waiting byDueTime
}

func newOutbox(now func() time.Time) *outbox {
	return &outbox{now: now, wake: make(chan struct{}, 1)}
}

func (o *outbox) put(deliveries ...*Delivery) {
	if len(deliveries) == 0 {
		return
	}
	o.mu.Lock()
	for _, d := range deliveries {
		heap.Push(&o.waiting, d)
	}
	o.mu.Unlock()
	o.look()
}

// putBack queues a delivery that failed for after its pause.
func (o *outbox) putBack(d *Delivery) {
	pause := longestPause
	if d.attempts < 5 {
		pause = firstPause << d.attempts
	}
	d.attempts++
	d.DueAt = o.now().Add(pause)
	o.put(d)
}

func (o *outbox) look() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// next waits for a delivery that is due. ok is false when ctx ended first.
func (o *outbox) next(ctx context.Context) (d *Delivery, ok bool) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		d, pause := o.take()
		if d != nil {
			return d, true
		}
		timer.Reset(pause)
		select {
		case <-o.wake:
		case <-timer.C:
		case <-ctx.Done():
			o.look() // another receiver takes over the watch
			return nil, false
		}
	}
}

// take gives the first delivery if it is due, else how long it is until one
// may be.
func (o *outbox) take() (*Delivery, time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 {
		return nil, time.Hour
	}
	if pause := o.waiting[0].DueAt.Sub(o.now()); pause > 0 {
		return nil, pause
	}
	d, _ := heap.Pop(&o.waiting).(*Delivery)
	if len(o.waiting) > 0 {
		o.look()
	}
	return d, 0
}

// byDueTime is a heap, of equal times in the order of writing.
type byDueTime []*Delivery

func (h byDueTime) Len() int { return len(h) }
func (h byDueTime) Less(i, j int) bool {
	return cmp.Or(h[i].DueAt.Compare(h[j].DueAt), cmp.Compare(h[i].ID, h[j].ID)) < 0
}
func (h byDueTime) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is for package heap.
func (h *byDueTime) Push(x any) {
	if d, ok := x.(*Delivery); ok {
		*h = append(*h, d)
	}
}

// Pop is for package heap.
func (h *byDueTime) Pop() any {
	last := len(*h) - 1
	d := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return d
}
