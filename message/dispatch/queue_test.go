package dispatch

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/message"
	"heliograph/message/limit"
)

// TestFifoIsAListInOrder plays any course beside a plain list.
func TestFifoIsAListInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f fifo[int]
		var want []int
		for n := range rapid.IntRange(0, 300).Draw(t, "steps") {
			switch step := rapid.IntRange(0, 9).Draw(t, "step"); {
			case step < 4:
				f.push(n)
				want = append(want, n)
			case step < 5:
				f.unshift(n)
				want = slices.Insert(want, 0, n)
			case step < 9 && len(want) > 0:
				if got := f.shift(); got != want[0] {
					t.Fatalf("took %d, want %d", got, want[0])
				}
				want = want[1:]
			case step == 9:
				odd := func(i int) bool { return i%2 == 1 }
				f.remove(odd, nil)
				want = slices.DeleteFunc(slices.Clone(want), odd)
			}
			if !slices.Equal(f.list[f.head:], want) || f.len() != len(want) {
				t.Fatalf("holds %v, want %v", f.list[f.head:], want)
			}
		}
	})
}

// Rule(SendTextMessage): a transactional message passes the promotional ones that wait for the same limit.
// Proves(limit): a transactional message passes the promotional ones that wait for the same limit.
func TestTransactionalPassesPromotionalAtALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{slots: 3}, 0)
		b.limited(limit.Settings{PartsPerSecond: 2})
		b.start(t)
		for n := range 300 {
			b.accept(t, promotional, by(fmt.Sprint("Shop", n%30)))
		}
		elapse(10 * time.Second)
		before := len(b.net.submissions())
		for n := range 10 {
			b.accept(t, by(fmt.Sprint("Code", n)))
		}
		elapse(6 * time.Second)
		went := 0
		for _, p := range b.net.submissions()[before:] {
			if !p.Promotional {
				went++
			}
		}
		if went != 10 {
			t.Errorf("%d of 10 transactional messages went in 6 s at 2 per second", went)
		}
		b.stop(t)
	})
}

// TestFlowsAreForgotten lets many identities send once: none stays in memory.
// Proves(limit): identities and recipients that send no more take no memory.
func TestFlowsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{slots: 3}, 0)
		b.limited(limit.Settings{Published: true})
		b.start(t)
		for n := range 500 {
			b.accept(t, by(fmt.Sprint("Shop", n)), to(fmt.Sprint("+336123", 10000+n)))
		}
		elapse(5 * time.Second)
		synctest.Wait()
		l := b.lanes["acme"]
		l.mu.Lock()
		if len(l.queue.flows)+len(l.queue.gates)+len(l.held) > 0 {
			t.Errorf("%d flows, %d gates, %d messages are in memory", len(l.queue.flows), len(l.queue.gates), len(l.held))
		}
		l.mu.Unlock()
		b.stop(t)
	})
}

// Rule(SendTextMessage): identities that are limited hold up no other, though what they have is more than fits into memory.
// Proves(limit): thirty limited identities with more than fits into memory hold up no other.
func TestManyLimitedIdentitiesHoldUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{slots: 2}, 80)
		b.limited(limit.Settings{Rates: []limit.Rate{{Of: limit.Country, Value: "FR", PartsPerSecond: 1}, {Of: limit.Account, Value: "", PartsPerSecond: 20}}})
		b.start(t)
		for range 15 {
			for n := range 30 {
				b.accept(t, by(fmt.Sprint("Shop", n)))
			}
		}
		german := func(m *message.Message) { m.Country = "DE" }
		for range 20 {
			elapse(time.Second)
			b.accept(t, by("Shop1"), german)
			b.accept(t, by("Other"), german)
		}
		elapse(20 * time.Second)
		synctest.Wait()
		went := 0
		for _, p := range b.net.submissions() {
			if p.Country == "DE" {
				went++
			}
		}
		if went != 40 {
			t.Errorf("%d of 40 messages to the other country went", went)
		}
		elapse(10 * time.Minute)
		synctest.Wait()
		if n := len(b.net.submissions()); n != 15*30+40 {
			t.Errorf("%d messages went in the end", n)
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a message that waits on disk goes, also when nothing in memory remembers it.
func TestMessageThatNobodyRemembersGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.start(t)
		id := b.disk.accept(text(t)).ID // as if it had been forgotten
		elapse(30 * time.Second)
		if s := b.disk.state(id); s != message.Queued {
			t.Fatalf("it is %s", s)
		}
		elapse(5 * time.Minute)
		synctest.Wait()
		if s := b.disk.state(id); s != message.Submitted || len(b.net.submissions()) != 1 {
			t.Errorf("it is %s, submitted %d times", s, len(b.net.submissions()))
		}
		b.stop(t)
	})
}
