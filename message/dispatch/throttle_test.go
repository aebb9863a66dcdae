package dispatch

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/message"
)

// over makes a dispatcher of other carriers on the bench's disk.
func (b *bench) over(links ...Link) *bench {
	s := b.Settings
	s.Links = links
	b.Dispatcher = New(s)
	return b
}

func benchOf(c *scripted) *bench { return newBench(&network{}, 0).over(Link{Carrier: c}) }

// Rule(SendTextMessage): a carrier that throttles is paused as a whole; what it refused waits at the head of its queue, and goes first and in order afterwards.
// Proves(error): throttle: what was refused goes first and in order after the pause.
func TestThrottledMessagesGoFirstAndInOrderAfterThePause(t *testing.T) {
	for _, slots := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			c := newScripted("acme", slots)
			b := benchOf(c)
			var asked atomic.Int32
			c.answer = func(carrier.Part) error {
				if asked.Add(1) <= 3 {
					c.pause(4 * time.Second)
					return refusal(carrier.Throttled, "ESME_RTHROTTLED")
				}
				return nil
			}
			b.start(t)
			var ids []message.ID
			for range 8 {
				ids = append(ids, b.accept(t))
			}
			elapse(3 * time.Second)
			if n := len(c.handed()); n > slots {
				t.Errorf("%d parts were handed over before and during the first pause", n)
			}
			if s := b.Standing("acme"); s.InFlight != 0 || s.Waiting != 8 {
				t.Errorf("during the pause: %+v", s)
			}
			elapse(time.Minute)
			synctest.Wait()
			var got []string
			for _, p := range c.took() {
				got = append(got, p.MessageID)
			}
			for i, id := range ids {
				if slots == 1 && (i >= len(got) || got[i] != id.String()) || !slices.Contains(got, id.String()) {
					t.Errorf("%d slots: message %d is not where it belongs in %v", slots, i, got)
				}
			}
			if len(got) != 8 {
				t.Errorf("%d parts were taken", len(got))
			}
			b.stop(t)
		})
	}
}

// Rule(SendTextMessage): where the carrier's queue is full, one message waits 5 to 30 seconds and the others go on; the part that was refused goes next.
// Proves(error): throttle: ESME_RMSGQFUL holds one message for about 5, 10, 20, 30 seconds while others go; the refused part goes next.
func TestFullQueueHoldsBackOneMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted("acme", 1)
		b := benchOf(c)
		full := 3
		c.answer = func(p carrier.Part) error {
			if p.Number == 2 {
				if full--; full >= 0 {
					return refusal(carrier.QueueFull, "ESME_RMSGQFUL")
				}
			}
			return nil
		}
		b.start(t)
		first, second := b.accept(t, long), b.accept(t)
		elapse(time.Second)
		if s := b.disk.state(second); s != message.Submitted {
			t.Errorf("the other message is %s", s)
		}
		began := time.Now()
		for b.disk.state(first) == message.Queued {
			elapse(time.Second)
		}
		// About 5, 10 and 20 s, spread by a quarter and rounded up to a tick.
		if took := time.Since(began); took < 25*time.Second || took > 47*time.Second {
			t.Errorf("three waits took %v", took)
		}
		want := []string{
			fmt.Sprint(first, " 1"), fmt.Sprint(first, " 2"), fmt.Sprint(second, " 1"),
			fmt.Sprint(first, " 2"), fmt.Sprint(first, " 2"), fmt.Sprint(first, " 2"), fmt.Sprint(first, " 3"),
		}
		if got := c.handed(); !slices.Equal(got, want) {
			t.Errorf("handed over: %v, want %v", got, want)
		}
		b.stop(t)
	})
}

// Proves(error): throttle: a message whose time to live ends during a pause is TTL_EXPIRED with the carrier's code.
func TestTimeToLiveEndsDuringAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted("acme", 1)
		b := benchOf(c)
		c.answer = func(carrier.Part) error {
			c.pause(30 * time.Second)
			return refusal(carrier.Throttled, "ESME_RTHROTTLED")
		}
		b.start(t)
		id := b.accept(t, lives(20*time.Second))
		elapse(22 * time.Second)
		synctest.Wait()
		if p := b.disk.parts(id)[0]; p.State != message.Expired || p.Code != "ESME_RTHROTTLED" {
			t.Errorf("%+v", p)
		}
		b.stop(t)
	})
}
