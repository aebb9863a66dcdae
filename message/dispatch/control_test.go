package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/carrier"
	"heliograph/message"
)

func (d *disk) untaken(id message.ID, name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.messages[id]
	for _, p := range m.PartLog {
		if p.State != message.Queued {
			return false
		}
	}
	return m.Carrier == name
}

func (d *disk) Reroute(_ context.Context, r message.Reroute) error {
	if !d.untaken(r.ID, r.From) {
		return message.ErrTaken
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		return errors.New("disk full")
	}
	m := d.messages[r.ID]
	m.Carrier, m.Origin.Wire = r.To, r.Wire
	if r.Why != nil {
		m.Why = *r.Why
	}
	return nil
}

// other is a second network of the bench.
type other struct{ *network }

func (other) Name() string { return "other" }

// slow takes a moment for each part.
func slow(context.Context, carrier.Part) error {
	elapse(10 * time.Millisecond)
	return nil
}

// Rule(SendTextMessage): of a paused carrier nothing is taken up, what is in flight ends, and messages wait until their time is over; resumed, it goes on in order.
// Proves(limit): night shift: a paused carrier takes up nothing and ends what is in flight, which is its drain.
func TestPausedCarrierTakesUpNothingAndEndsWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{slots: 2, answer: slow}, 0)
		b.start(t)
		first, second := b.accept(t, long), b.accept(t)
		elapse(time.Millisecond)
		b.Pause("acme")
		waits, dies := b.accept(t), b.accept(t, lives(time.Minute))
		if s := b.Standing("acme"); s != (Standing{Paused: true, InFlight: 2, Waiting: 2}) {
			t.Errorf("paused: %+v", s)
		}
		elapse(2 * time.Minute)
		synctest.Wait()
		for id, want := range map[message.ID]message.State{
			first: message.Submitted, second: message.Submitted, waits: message.Queued, dies: message.Expired,
		} {
			if got := b.disk.state(id); got != want {
				t.Errorf("message is %s, want %s", got, want)
			}
		}
		if s := b.Standing("acme"); s != (Standing{Paused: true, Waiting: 1}) {
			t.Errorf("drained: %+v", s)
		}
		<-b.Retire("acme")
		if err := b.Add(Link{Carrier: b.net}); err != nil { // replaced, and paused all the same
			t.Fatal(err)
		}
		elapse(time.Minute)
		if s := b.disk.state(waits); s != message.Queued {
			t.Errorf("a carrier in the place of a paused one sends: message is %s", s)
		}
		b.Resume("acme")
		elapse(time.Second)
		if s := b.disk.state(waits); s != message.Submitted {
			t.Errorf("resumed: message is %s", s)
		}
		b.stop(t)
	})
}

// holdable is a network without a connection that gives back what waits for one.
type holdable struct {
	*network
	once sync.Once
	held chan struct{}
}

func (h *holdable) Hold(held bool) {
	if held {
		h.once.Do(func() { close(h.held) })
	}
}

func (h *holdable) Submit(ctx context.Context, _ carrier.Part) (string, error) {
	select {
	case <-h.held:
		return "", carrier.ErrHeld
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Rule(SendTextMessage): a paused carrier without a connection gives back what it had taken up, so that its queue can be moved; what was moved goes over the other one, once and in order.
// Proves(limit): night shift: the queue of a dead carrier is moved.
func TestQueueOfADeadCarrierIsMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := &holdable{network: &network{slots: 3}, held: make(chan struct{})}
		b := newBench(dead.network, 4)
		b.lanes["acme"].Carrier = dead
		taken := other{&network{}}
		b.start(t)
		if err := b.Add(Link{Carrier: taken}); err != nil {
			t.Fatal(err)
		}
		var ids []message.ID
		for i := range 10 { // some in memory, most on disk
			ids = append(ids, b.accept(t, func(m *message.Message) { m.Country = []string{"FR", "IN"}[i/9] }))
		}
		elapse(2 * time.Second)
		b.Pause("acme")
		synctest.Wait()
		if s := b.Standing("acme"); s.InFlight != 0 || !s.Paused {
			t.Errorf("paused without a connection: %+v", s)
		}
		step := MoveStep{From: "acme", To: "other", Limit: 3, Fit: func(_ context.Context, m *message.Message) (message.Hop, string) {
			if m.Country == "IN" {
				return message.Hop{}, "its sender is not known there"
			}
			return message.Hop{Wire: "Alias", Spelling: "Shop"}, ""
		}}
		moved, left := 0, map[string]int{}
		for more := true; more; {
			done, err := b.Move(t.Context(), step)
			if err != nil {
				t.Fatal(err)
			}
			moved, step.After, more = moved+done.Moved, done.Next, done.More
			for reason, n := range done.Left {
				left[reason] += n
			}
		}
		if moved != 9 || fmt.Sprint(left) != "map[its sender is not known there:1]" {
			t.Errorf("moved %d, left %v", moved, left)
		}
		elapse(time.Minute)
		seen := taken.submissions()
		for i, p := range seen {
			why := b.disk.why(ids[i])
			if p.MessageID != ids[i].String() || p.From != "Alias" || tells(why) != "acme MOVED 1" || why.Spelling != "Shop" || why.Moves() != 0 {
				t.Errorf("message %d: %+v, %+v", i, p, why)
			}
		}
		if n := len(seen); n != 9 || b.disk.state(ids[9]) != message.Queued {
			t.Errorf("%d went over the other carrier", n)
		}
		if _, err := b.Move(t.Context(), MoveStep{From: "acme", To: "nobody", Limit: 1}); err == nil {
			t.Error("moved to nobody")
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a cancelled message ends as UNKNOWN with the code CANCELLED and is never sent, however workers, disk and operator meet.
// Proves(limit): night shift: a cancelled message is never sent.
func TestCancelledMessageIsNeverSent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		memory := rapid.IntRange(2, 40).Draw(rt, "memory")
		waits := rapid.SliceOfN(rapid.IntRange(0, 12), 20, 20).Draw(rt, "waits")
		full := rapid.IntRange(0, 20).Draw(rt, "full")
		synctest.Test(t, func(t *testing.T) {
			b := newBench(&network{slots: 2, answer: slow}, memory)
			b.start(t)
			var ids []message.ID
			for range waits {
				ids = append(ids, b.accept(t))
			}
			errs := make([]error, len(ids))
			var cancelling sync.WaitGroup
			for i, id := range ids {
				cancelling.Go(func() {
					elapse(time.Duration(waits[i]) * 10 * time.Millisecond)
					b.disk.mu.Lock()
					b.disk.full = i == full
					b.disk.mu.Unlock()
					errs[i] = b.Cancel(t.Context(), id, "acme")
				})
			}
			cancelling.Wait()
			b.disk.mu.Lock()
			b.disk.full = false
			b.disk.mu.Unlock()
			elapse(5 * time.Minute)
			synctest.Wait()
			sent := map[string]int{}
			for _, p := range b.net.submissions() {
				sent[p.MessageID]++
			}
			for i, id := range ids {
				part := b.disk.parts(id)[0]
				cancelled := errs[i] == nil && part.State == message.Unknown && part.Code == "CANCELLED" && sent[id.String()] == 0
				went := errs[i] != nil && part.State == message.Submitted && sent[id.String()] == 1
				if !cancelled && !went {
					rt.Errorf("message %d: %v, %+v, sent %d times", i, errs[i], part, sent[id.String()])
				}
			}
			b.stop(t)
		})
	})
}

// Proves(limit): night shift: what a carrier may have taken is not cancelled.
func TestWhatACarrierMayHaveTakenIsNotCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var answered, refuse atomic.Bool
		b := newBench(&network{answer: func(_ context.Context, p carrier.Part) error {
			if !answered.Swap(true) {
				return refusal(carrier.InDoubt, "")
			}
			if p.Number == 2 && refuse.Load() {
				return refusal(carrier.Transient, "ESME_RSYSERR")
			}
			return nil
		}}, 0)
		b.start(t)
		id := b.accept(t)
		elapse(10 * time.Millisecond)
		if err := b.Cancel(t.Context(), id, "acme"); !errors.Is(err, ErrInDoubt) {
			t.Errorf("in doubt: %v", err)
		}
		elapse(time.Minute)
		if err := b.Cancel(t.Context(), id, "acme"); !errors.Is(err, message.ErrTaken) {
			t.Errorf("taken: %v", err)
		}
		refuse.Store(true)
		half := b.accept(t, long)
		elapse(10 * time.Millisecond)
		if err := b.Cancel(t.Context(), half, "acme"); !errors.Is(err, message.ErrTaken) {
			t.Errorf("taken in part: %v", err)
		}
		refuse.Store(false)
		elapse(time.Minute)
		if s := b.disk.state(half); s != message.Submitted {
			t.Errorf("the rest of a message that was not cancelled is %s", s)
		}
		stranded := b.accept(t, func(m *message.Message) { m.Carrier = "gone" })
		if err := b.Cancel(t.Context(), stranded, "gone"); err != nil || b.disk.state(stranded) != message.Unknown {
			t.Errorf("of a carrier that is not there: %v", err)
		}
		b.stop(t)
	})
}
