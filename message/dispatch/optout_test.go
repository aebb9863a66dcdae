package dispatch

import (
	"testing"
	"testing/synctest"
	"time"

	"heliograph/message"
)

// Rule(SendTextMessage): a message whose recipient opted out ends TEXT_BLOCKED with OPTED_OUT when its turn comes; the confirmation of an opt-out goes.
func TestOptedOutIsNotHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.disk.optOut("+33700000000")
		b.start(t)
		id := b.accept(t, long)
		confirmed := b.accept(t, func(m *message.Message) { m.Confirmation = true })
		other := b.accept(t, func(m *message.Message) { m.To = "+33700000001" })
		synctest.Wait()
		for _, p := range b.disk.parts(id) {
			if p.State != message.Blocked || p.Code != message.CodeOptedOut || p.Attempts != 0 {
				t.Errorf("part %+v", p)
			}
		}
		for _, id := range []message.ID{confirmed, other} {
			if s := b.disk.state(id); s != message.Submitted {
				t.Errorf("what may go is %s", s)
			}
		}
		if n := len(b.net.submissions()); n != 2 {
			t.Errorf("%d submissions", n)
		}
		b.stop(t)
	})
}

// TestUnreadableListHoldsMessagesBack goes on when the database does.
func TestUnreadableListHoldsMessagesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.disk.unread = true
		b.start(t)
		id := b.accept(t)
		elapse(10 * time.Second)
		synctest.Wait()
		if s := b.disk.state(id); s != message.Queued || len(b.net.submissions()) != 0 {
			t.Errorf("the message is %s after %d submissions", s, len(b.net.submissions()))
		}
		b.disk.mu.Lock()
		b.disk.unread = false
		b.disk.mu.Unlock()
		elapse(5 * time.Second)
		synctest.Wait()
		if p := b.disk.parts(id)[0]; p.State != message.Submitted || p.Attempts != 1 {
			t.Errorf("the part is %+v", p)
		}
		b.stop(t)
	})
}
