package dispatch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrStopping says that the dispatcher takes no further carrier.
var ErrStopping = errors.New("dispatch: stopping")

// Retire takes up no more messages of a carrier: they stay on disk, in their
// order, for a carrier of that name to come (Add), or until they expire
// (Abandon). It does not wait: the channel is closed when what is under way is
// on record. A message that waits for a connection or for room in a window does
// so until the carrier is stopped, which its owner does next.
func (d *Dispatcher) Retire(name string) (ended <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.lanes[name]
	if l == nil {
		over := make(chan struct{})
		close(over)
		return over
	}
	delete(d.lanes, name)
	d.leaving[name] = l
	l.stop()
	return l.ended
}

// Add begins to send over a carrier, with what waits for its name on disk. One
// of the same name must have been retired, and that have ended: a part that is
// under way there is on disk as not sent. The error is ErrStopping.
func (d *Dispatcher) Add(link Link) error {
	name := link.Carrier.Name()
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.quit:
		return ErrStopping
	default:
	}
	if d.lanes[name] != nil {
		return fmt.Errorf("dispatch: a carrier named %s is there already", name)
	}
	delete(d.stranded, name)
	hold(link.Carrier, d.onHold[name])
	l := newLane(d, link)
	d.lanes[name] = l
	l.start()
	return nil
}

// Abandon takes over what waits on disk for a retired carrier that does not come
// back: it goes over another carrier of its route, or is ended when its time to
// live is over. It says how many messages that are.
func (d *Dispatcher) Abandon(ctx context.Context, name string) (waiting int, err error) {
	d.mu.Lock()
	d.stranded[name] = struct{}{}
	d.mu.Unlock()
	counts, err := d.Backlog.QueuedByCarrier(ctx)
	return counts[name], err
}

// abandoned are the names of carriers whose messages nobody else ends.
func (d *Dispatcher) abandoned() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Sorted(maps.Keys(d.stranded))
}
