package dispatch

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/carrier"
	"heliograph/message"
)

// stoppable is a network whose connection comes and goes: Stop turns away what
// waits for it, and lets what was handed over be answered.
type stoppable struct {
	network
	up   chan struct{} // closed when there is a connection
	over chan struct{}
	once sync.Once
}

func newStoppable(log *network, connected bool) *stoppable {
	s := &stoppable{up: make(chan struct{}), over: make(chan struct{})}
	s.slots = log.slots
	if connected {
		close(s.up)
	}
	s.answer = func(ctx context.Context, p carrier.Part) error {
		select {
		case <-s.up:
			_, err := log.Submit(ctx, p)
			return err
		case <-s.over:
			return refusal(carrier.Transient, "")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s
}

func (s *stoppable) Stop(context.Context) error {
	s.once.Do(func() { close(s.over) })
	return nil
}

// replace puts another carrier in the place of one, as its owner does.
func (b *bench) replace(t *rapid.T, old, next *stoppable) {
	ended := b.Retire("acme")
	if err := old.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	<-ended
	if err := b.Add(Link{Carrier: next}); err != nil {
		t.Fatal(err)
	}
}

// Rule(SendTextMessage): a carrier that is replaced while messages come loses none, sends none twice and keeps their order.
func TestReplacedCarrierSendsEachMessageOnceAndInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		slots := rapid.IntRange(1, 4).Draw(rt, "slots")
		memory := rapid.IntRange(2, 50).Draw(rt, "memory")
		steps := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 60).Draw(rt, "steps")
		synctest.Test(t, func(t *testing.T) {
			wire := &network{slots: slots, answer: func(context.Context, carrier.Part) error {
				elapse(7 * time.Millisecond)
				return nil
			}}
			now := newStoppable(wire, true)
			b := newBench(&now.network, memory)
			b.lanes["acme"].Carrier = now
			b.start(t)
			var ids []message.ID
			for _, step := range steps {
				switch {
				case step < 7:
					ids = append(ids, b.accept(t), b.accept(t, long))
				default:
					next := newStoppable(wire, step > 7) // else without a connection
					b.replace(rt, now, next)
					now = next
				}
				elapse(time.Millisecond)
			}
			next := newStoppable(wire, true)
			b.replace(rt, now, next)
			elapse(time.Minute)
			synctest.Wait()
			sentOnce(rt, wire.submissions(), ids, slots == 1)
			b.stop(t)
		})
	})
}

// sentOnce checks that each message's parts were submitted once, and with one
// slot in the order of acceptance.
func sentOnce(t *rapid.T, seen []carrier.Part, ids []message.ID, ordered bool) {
	place := map[string]int{}
	for i, id := range ids {
		place[id.String()] = i
	}
	times, last := map[string]int{}, -1
	for _, p := range seen {
		times[p.MessageID]++
		if ordered && place[p.MessageID] < last {
			t.Fatalf("message %d was sent after message %d", place[p.MessageID], last)
		}
		last = place[p.MessageID]
	}
	for i, id := range ids {
		if want := 1 + 2*(i%2); times[id.String()] != want {
			t.Fatalf("message %d: %d submissions, want %d", i, times[id.String()], want)
		}
	}
}

// Rule(SendTextMessage): a carrier that is taken away leaves its messages on disk; they go when it comes back, and end when their time is over.
func TestRetiredCarrierLeavesItsMessagesOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.start(t)
		<-b.Retire("acme")
		<-b.Retire("nobody")
		kept, lost := b.accept(t), b.accept(t, lives(time.Minute))
		if n, err := b.Abandon(t.Context(), "acme"); n != 2 || err != nil {
			t.Errorf("%d messages wait, %v; want 2", n, err)
		}
		elapse(3 * time.Minute)
		synctest.Wait()
		if k, l := b.disk.state(kept), b.disk.state(lost); k != message.Queued || l != message.Expired {
			t.Errorf("messages are %s and %s", k, l)
		}
		if err := b.Add(Link{Carrier: b.net}); err != nil {
			t.Error(err)
		}
		if err := b.Add(Link{Carrier: b.net}); err == nil {
			t.Error("a second carrier of one name was taken")
		}
		synctest.Wait()
		if s := b.disk.state(kept); s != message.Submitted {
			t.Errorf("message is %s after its carrier came back", s)
		}
		b.stop(t)
		if err := b.Add(Link{Carrier: b.net}); !errors.Is(err, ErrStopping) {
			t.Errorf("a stopped dispatcher took a carrier: %v", err)
		}
	})
}

// TestRetiredLaneRecordsWhatWasUnderWay replaces a carrier while the disk takes
// nothing: the answer is written before the next carrier reads the disk.
func TestRetiredLaneRecordsWhatWasUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.start(t)
		b.disk.mu.Lock()
		b.disk.full = true
		b.disk.mu.Unlock()
		id := b.accept(t)
		synctest.Wait()
		ended := b.Retire("acme")
		elapse(5 * time.Second)
		select {
		case <-ended:
			t.Error("the lane ended before the disk had the answer")
		default:
		}
		b.disk.mu.Lock()
		b.disk.full = false
		b.disk.mu.Unlock()
		<-ended
		if err := b.Add(Link{Carrier: b.net}); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n, s := len(b.net.submissions()), b.disk.state(id); n != 1 || s != message.Submitted {
			t.Errorf("%d submissions, message is %s", n, s)
		}
		b.stop(t)
	})
}
