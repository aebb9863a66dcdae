package dispatch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/message/limit"
)

// limited puts limits in force on a bench that has not started.
func (b *bench) limited(s limit.Settings) (change func(limit.Settings)) {
	var rules atomic.Pointer[limit.Rules]
	change = func(s limit.Settings) { rules.Store(limit.New(s)) }
	change(s)
	b.Limiter = limit.NewLimiter(rules.Load)
	return change
}

func by(identity string) func(*message.Message) {
	return func(m *message.Message) { m.Origin.Identity, m.Origin.Wire = strings.ToUpper(identity), identity }
}

func to(number string) func(*message.Message) { return func(m *message.Message) { m.To = number } }

func promotional(m *message.Message) { m.Type = api.MessageTypePromotional }

func rateOf(of limit.Dimension, value string, n int) limit.Rate {
	return limit.Rate{Of: of, Value: value, PartsPerSecond: n}
}

// fuss is messages of several identities, countries, recipients and types as a
// property draws them.
type fuss struct {
	b   *bench
	ids map[string]*message.Message
	all []*message.Message
}

func (f *fuss) accept(t *testing.T, draw int) {
	m := text(t, by(fmt.Sprint("Shop", draw%3)), func(m *message.Message) {
		m.Country = []string{"FR", "DE"}[draw/3%2]
		m.To = fmt.Sprint("+3361234560", draw/6%3)
		if draw/18%2 == 1 {
			promotional(m)
		}
		if draw/36%5 == 0 {
			long(m)
		}
	})
	f.ids[m.ID.String()] = m
	f.all = append(f.all, m)
	f.b.Enqueue(f.b.disk.accept(m))
}

// Rule(SendTextMessage): whatever is limited and however messages come, no limiter is exceeded, each part goes once, and what comes from one identity to one recipient goes in order.
// Proves(limit): whatever is limited and however messages come, no limiter is exceeded, and each part goes once and in order.
func TestNoLimiterIsExceededAndEveryMessageGoesOnceInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rates := []limit.Rate{}
		for _, r := range []limit.Rate{
			rateOf(limit.Identity, "SHOP0", 2), rateOf(limit.Identity, "SHOP1", 20), rateOf(limit.Account, "", 30),
			rateOf(limit.Country, "FR", 5), rateOf(limit.Recipient, limit.Each, 3), rateOf(limit.Identity, limit.Each, 40),
		} {
			if rapid.Bool().Draw(rt, "limits") {
				rates = append(rates, r)
			}
		}
		slots := rapid.IntRange(1, 4).Draw(rt, "slots")
		memory := rapid.IntRange(2, 60).Draw(rt, "memory")
		draws := rapid.SliceOfN(rapid.IntRange(0, 359), 1, 120).Draw(rt, "messages")
		synctest.Test(t, func(t *testing.T) {
			b := newBench(&network{slots: slots}, memory)
			b.limited(limit.Settings{Rates: rates, Published: len(rates) == 0})
			b.start(t)
			f := &fuss{b: b, ids: map[string]*message.Message{}}
			for i, draw := range draws {
				f.accept(t, draw)
				if i%7 == 0 {
					elapse(time.Duration(draw) * time.Millisecond)
				}
			}
			elapse(30 * time.Minute)
			synctest.Wait()
			f.everyPartOnceInOrder(rt, slots == 1)
			f.withinRates(rt, rates)
			b.stop(t)
		})
	})
}

// Rule(SendTextMessage): however limits change while messages come, each part goes once and in order.
// Proves(limit): limits that change while messages wait lose nothing.
func TestChangingLimitsLoseNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		slots := rapid.IntRange(1, 4).Draw(rt, "slots")
		memory := rapid.IntRange(2, 60).Draw(rt, "memory")
		steps := rapid.SliceOfN(rapid.IntRange(0, 399), 1, 120).Draw(rt, "steps")
		synctest.Test(t, func(t *testing.T) {
			b := newBench(&network{slots: slots}, memory)
			change := b.limited(limit.Settings{PartsPerSecond: 5})
			b.start(t)
			f := &fuss{b: b, ids: map[string]*message.Message{}}
			for _, step := range steps {
				if step < 360 {
					f.accept(t, step)
					continue
				}
				all := []limit.Settings{
					{}, {PartsPerSecond: 3}, {Published: true}, night(),
					{Rates: []limit.Rate{rateOf(limit.Country, "FR", 2), rateOf(limit.Recipient, limit.Each, 2)}},
				}
				change(all[step%len(all)])
				elapse(time.Duration(step) * 10 * time.Millisecond)
			}
			change(limit.Settings{})
			elapse(10 * time.Minute)
			synctest.Wait()
			f.everyPartOnceInOrder(rt, slots == 1)
			b.stop(t)
		})
	})
}

func (f *fuss) everyPartOnceInOrder(t *rapid.T, ordered bool) {
	sent := map[string]int{}
	last := map[string]string{}
	for _, p := range f.b.net.submissions() {
		m := f.ids[p.MessageID]
		if sent[p.MessageID]++; p.Number != sent[p.MessageID] {
			t.Fatalf("part %d goes as the %d. of its message", p.Number, sent[p.MessageID])
		}
		road := fmt.Sprint(m.Origin.Identity, m.Country, m.To, m.Type)
		if ordered && last[road] > p.MessageID {
			t.Fatalf("%s after %s of the same road", p.MessageID, last[road])
		}
		last[road] = p.MessageID
	}
	for _, m := range f.all {
		if sent[m.ID.String()] != m.Parts || f.b.disk.state(m.ID) != message.Submitted {
			t.Fatalf("%d of %d parts were sent, message is %s", sent[m.ID.String()], m.Parts, f.b.disk.state(m.ID))
		}
	}
}

func (f *fuss) withinRates(t *rapid.T, rates []limit.Rate) {
	for _, r := range rates {
		at := map[string][]time.Time{}
		for i, p := range f.b.net.submissions() {
			key := map[limit.Dimension]string{
				limit.Identity: strings.ToUpper(p.From), limit.Account: "", limit.Country: p.Country, limit.Recipient: p.To,
			}[r.Of]
			if r.Value == limit.Each || r.Value == key {
				at[key] = append(at[key], f.b.net.at[i])
			}
		}
		for key, times := range at {
			if r.Of == limit.Identity && r.Value == limit.Each && key != "SHOP2" {
				continue // another rate may name it
			}
			burst := max(1, float64(r.PartsPerSecond)/10)
			for i := range times {
				for j := i; j < len(times); j++ {
					if most := float64(r.PartsPerSecond)*times[j].Sub(times[i]).Seconds() + burst; float64(j-i+1) > most+0.001 {
						t.Fatalf("%s %s: %d parts in %v, at most %v may go", r.Of, key, j-i+1, times[j].Sub(times[i]), most)
					}
				}
			}
		}
	}
}

// Rule(SendTextMessage): an identity that is limited holds up no other, though its backlog is larger than the memory, and goes at its full rate meanwhile.
// Proves(limit): each identity has a lane: a limited one holds up no other, though its backlog is larger than memory, and goes in order.
func TestLimitedIdentityHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{slots: 2}, 40)
		b.limited(limit.Settings{Rates: []limit.Rate{rateOf(limit.Identity, "Slow", 10)}})
		b.start(t)
		var slow []message.ID
		for range 1500 {
			slow = append(slow, b.accept(t, by("Slow")))
		}
		for range 100 {
			elapse(time.Second)
			code := b.accept(t, by("Fast"))
			synctest.Wait()
			if s := b.disk.state(code); s != message.Submitted {
				t.Errorf("a message of another identity is %s", s)
			}
		}
		elapse(time.Minute)
		synctest.Wait()
		seen, next := b.net.submissions(), 0
		for _, p := range seen {
			if p.From == "Slow" {
				if p.MessageID != slow[next].String() {
					t.Errorf("message %d is out of its order", next)
				}
				next++
			}
		}
		if next != len(slow) {
			t.Errorf("%d of %d went in 160 s at 10 per second", next, len(slow))
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): while both wait, transactional messages go before promotional ones, of which at least every tenth goes.
// Proves(limit): transactional goes before promotional, of which at least every tenth goes.
func TestTransactionalGoesBeforePromotionalWhichDoesNotStarve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{answer: func(context.Context, carrier.Part) error {
			elapse(100 * time.Millisecond)
			return nil
		}}, 0)
		b.start(t)
		for range 50 {
			b.accept(t, promotional)
		}
		for range 100 {
			b.accept(t)
		}
		elapse(time.Minute)
		synctest.Wait()
		seen := b.net.submissions()
		waited, soon := 0, 0
		for i, p := range seen {
			waited++
			if p.Promotional {
				waited = 0
			} else if i < 113 { // a hundred, a tenth more, and what went before they came
				soon++
			}
			if waited > fair && i < 110 {
				t.Errorf("submission %d is the %d. transactional one while promotional ones wait", i, waited)
			}
		}
		if soon != 100 || len(seen) != 150 {
			t.Errorf("%d transactional messages were among the first, %d messages went", soon, len(seen))
		}
		b.stop(t)
	})
}

// Proves(limit): identities take turns.
func TestIdentitiesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{answer: func(context.Context, carrier.Part) error {
			elapse(100 * time.Millisecond)
			return nil
		}}, 0)
		b.start(t)
		for range 50 {
			b.accept(t, by("Many"))
		}
		b.accept(t, by("Few"))
		elapse(300 * time.Millisecond)
		if seen := b.net.submissions(); !slices.ContainsFunc(seen, func(p carrier.Part) bool { return p.From == "Few" }) {
			t.Errorf("after %d submissions the other identity had no turn", len(seen))
		}
		b.stop(t)
	})
}

// night is quiet from 20:00 to 08:00 UTC for what goes to France.
func night() limit.Settings {
	return limit.Settings{Quiet: []limit.Hours{{Countries: []string{"FR"}, From: 20 * time.Hour, To: 8 * time.Hour, Zone: time.UTC}}}
}

// Rule(SendTextMessage): in quiet hours messages are held, not failed; they go when the hours end, and end TTL_EXPIRED with the reason when their time to live does before.
// Proves(limit): quiet hours hold messages until they end; one whose time to live ends before is TTL_EXPIRED with that reason.
func TestQuietHoursHoldMessagesUntilTheyEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // begins at midnight UTC
		b := newBench(&network{slots: 2}, 4)
		b.limited(night())
		b.start(t)
		held, abroad := b.accept(t), b.accept(t, func(m *message.Message) { m.Country = "DE" })
		short := b.accept(t, lives(time.Hour))
		spilled := b.accept(t, lives(time.Hour))
		for range 20 {
			b.accept(t)
		}
		elapse(8*time.Hour - time.Second)
		synctest.Wait()
		if n := len(b.net.submissions()); n != 1 || b.disk.state(abroad) != message.Submitted || b.disk.state(held) != message.Queued {
			t.Errorf("%d messages went, the other country's is %s", n, b.disk.state(abroad))
		}
		for _, id := range []message.ID{short, spilled} {
			if p := b.disk.parts(id)[0]; p.State != message.Expired || p.Code != codeQuietHours {
				t.Errorf("what had an hour ended %+v", p)
			}
		}
		elapse(10 * time.Second)
		synctest.Wait()
		if n := len(b.net.submissions()); n != 22 || b.disk.state(held) != message.Submitted {
			t.Errorf("%d messages went in the morning", n)
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): what waits for a carrier's connection when quiet hours begin is not handed over before they end.
// Proves(limit): what waits for a connection when quiet hours begin is held until they end.
func TestQuietHoursBeginWhileTheCarrierIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connected := make(chan struct{})
		b := newBench(&network{answer: func(ctx context.Context, p carrier.Part) error {
			select {
			case <-connected:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}, 0)
		b.limited(night())
		elapse(19 * time.Hour)
		b.start(t)
		id := b.accept(t)
		elapse(2 * time.Hour)
		close(connected)
		asked := len(b.net.submissions())
		elapse(10 * time.Hour)
		if n := len(b.net.submissions()); n != asked || b.disk.state(id) != message.Queued {
			t.Errorf("submitted in the night; message is %s", b.disk.state(id))
		}
		elapse(2 * time.Hour)
		synctest.Wait()
		if p := b.disk.parts(id)[0]; p.State != message.Submitted || p.Attempts != 1 {
			t.Errorf("in the morning: %+v", p)
		}
		b.stop(t)
	})
}

// TestLimitsChangeWhileMessagesWait lifts limits, and sets others, without a
// restart.
// Proves(limit): limits are lifted and set without a restart.
func TestLimitsChangeWhileMessagesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{slots: 2}, 0)
		change := b.limited(limit.Settings{PartsPerSecond: 1})
		b.start(t)
		for n := range 200 {
			b.accept(t, by(fmt.Sprint("Shop", n%2)), to(fmt.Sprint("+336123456", 10+n%5)))
		}
		elapse(10 * time.Second)
		count := func() int {
			synctest.Wait()
			return len(b.net.submissions())
		}
		if n := count(); n < 10 || n > 11 {
			t.Errorf("%d went in 10 s at 1 per second", n)
		}
		change(limit.Settings{Rates: []limit.Rate{rateOf(limit.Recipient, limit.Each, 1)}})
		elapse(10 * time.Second)
		if n := count(); n < 50 || n > 70 {
			t.Errorf("%d went after 10 s at 1 per second to each of 5", n)
		}
		change(limit.Settings{})
		elapse(2 * time.Second)
		if n := count(); n != 200 {
			t.Errorf("%d went without limits", n)
		}
		b.stop(t)
	})
}

// TestBindingLimitersAreNamed reads what an operator is told of.
// Proves(limit): the limiters that hold messages now are named, with how many, and recipients masked.
func TestBindingLimitersAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		s := night()
		s.Rates = []limit.Rate{rateOf(limit.Identity, "Slow", 1), rateOf(limit.Recipient, "+4915112345678", 1)}
		change := b.limited(s)
		b.start(t)
		german := func(m *message.Message) { m.Country, m.To = "DE", "+4915112345678" }
		for range 5 {
			b.accept(t, by("Slow"), german, to("+4915100000000"))
			b.accept(t)
		}
		for range 3 {
			b.accept(t, german)
		}
		synctest.Wait()
		binds := func(want ...string) {
			t.Helper()
			var names []string
			for _, bound := range b.Binding("acme") {
				names = append(names, fmt.Sprint(bound.Limiter, " ", bound.Messages))
			}
			if !slices.Equal(names, want) {
				t.Errorf("%q, want %q", names, want)
			}
		}
		binds("quiet hours FR TRANSACTIONAL 5", "identity SLOW 4", "recipient +4915*******78 2")
		change(limit.Settings{Rates: []limit.Rate{rateOf(limit.Recipient, limit.Each, 1)}})
		elapse(1100 * time.Millisecond) // a tick, by which one more went to each
		for range 4 {
			b.accept(t, to("+4915199999999"))
		}
		synctest.Wait()
		binds("4 recipients 11")
		if b.Binding("nobody") != nil {
			t.Error("limiters of a carrier that is not there")
		}
		b.stop(t)
	})
}
