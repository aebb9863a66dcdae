package dispatch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

// inOrder is a route over carriers, on each of which the sender has an alias.
type inOrder []string

func (r inOrder) Next(_ context.Context, m *message.Message, tried []string) (message.Hop, bool, error) {
	if m.Origin.Kind == carrier.LongCode {
		return message.Hop{}, false, nil // provisioned on its carrier alone
	}
	for _, name := range r {
		if name != m.Carrier && !slices.Contains(tried, name) {
			return message.Hop{Carrier: name, Wire: "Shop@" + name}, true, nil
		}
	}
	return message.Hop{}, false, nil
}

// routed is a bench with a route over carriers.
func routed(carriers ...*scripted) *bench {
	b := newBench(&network{}, 0)
	var links []Link
	var route inOrder
	for _, c := range carriers {
		links, route = append(links, Link{Carrier: c}), append(route, c.name)
	}
	b.Rerouter = route
	return b.over(links...)
}

func on(name string) func(*message.Message) { return func(m *message.Message) { m.Carrier = name } }

func tells(w message.Why) string {
	var list []string
	for _, t := range w.Tried {
		list = append(list, fmt.Sprint(t.Carrier, " ", t.Code, " ", t.Times))
	}
	return strings.Join(list, ", ")
}

// Rule(SendTextMessage): when a carrier has had no connection for ten seconds, the next one of the route takes its messages, in order, by the name that the sender has there.
// Proves(route): fail over: after ten seconds without a connection the next carrier of the route takes the messages, in order, by the sender's alias there; what is provisioned nowhere else waits.
func TestMessagesOfADisconnectedCarrierGoOverTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 2), newScripted("b", 1)
		a.connect(false)
		b := routed(a, c)
		b.start(t)
		var ids []message.ID
		for range 6 {
			ids = append(ids, b.accept(t, on("a")))
		}
		stays := b.accept(t, on("a"), func(m *message.Message) { m.Origin.Kind = carrier.LongCode })
		elapse(9 * time.Second)
		if n := len(c.took()); n != 0 {
			t.Errorf("%d parts went on within nine seconds", n)
		}
		elapse(2 * time.Second)
		ids = append(ids, b.accept(t, on("a"), long))
		elapse(2 * time.Second)
		synctest.Wait()
		var got []string
		for _, p := range c.took() {
			got = append(got, p.MessageID)
			if p.From != "Shop@b" {
				t.Errorf("from %s", p.From)
			}
		}
		var want []string
		for _, id := range ids {
			want = append(want, id.String())
		}
		if want = append(want, ids[6].String(), ids[6].String()); !slices.Equal(got, want) {
			t.Errorf("b took %v, want %v", got, want)
		}
		if told := tells(b.disk.why(ids[0])); told != "a DOWN 1" {
			t.Errorf("why: %s", told)
		}
		if b.disk.state(stays) != message.Queued {
			t.Errorf("a message that nobody else takes is %s", b.disk.state(stays))
		}
		a.connect(true)
		elapse(time.Second)
		synctest.Wait()
		if s := b.disk.state(stays); s != message.Submitted || len(a.took()) != 1 {
			t.Errorf("after the carrier is back it is %s; it took %d", s, len(a.took()))
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a message that a carrier refuses for a reason of its own goes over the next one of the route; refused by all, it ends CARRIER_UNREACHABLE, each asked once.
// Proves(route): fail over: a code that means ELSEWHERE sends the message on; each carrier is asked once.
func TestRefusalThatAnotherCarrierMayNotShareGoesOn(t *testing.T) {
	for _, refusing := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			all := []*scripted{newScripted("a", 1), newScripted("b", 1), newScripted("c", 1)}
			for _, c := range all[:refusing] {
				c.answer = func(carrier.Part) error { return refusal(carrier.Elsewhere, "0x406") }
			}
			b := routed(all...)
			b.start(t)
			id := b.accept(t, on("a"))
			elapse(time.Minute)
			synctest.Wait()
			for i, c := range all {
				if want := min(1, max(0, refusing+1-i)); len(c.handed()) != want {
					t.Errorf("%d refuse: %s was asked %d times, want %d", refusing, c.name, len(c.handed()), want)
				}
			}
			want := message.Submitted
			if refusing == 3 {
				want = message.CarrierUnreachable
			}
			if s := b.disk.state(id); s != want {
				t.Errorf("%d refuse: message is %s", refusing, s)
			}
			if told := tells(b.disk.why(id)); !strings.HasPrefix(told, "a 0x406 1") {
				t.Errorf("why: %s", told)
			}
			b.stop(t)
		})
	}
}

// Rule(SendTextMessage): a refusal that another carrier may not share means, where there is no other one, what it would have meant by itself.
// Proves(route): fail over: ELSEWHERE without another carrier ends, or is tried again, as the code's usual meaning has it.
func TestElsewhereWithoutAnotherCarrierMeansWhatTheCodeDoes(t *testing.T) {
	for otherwise, want := range map[carrier.Failure]message.State{
		carrier.SenderRefused: message.CarrierBlocked, carrier.InvalidNumber: message.Invalid, carrier.Transient: message.Submitted,
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newScripted("a", 1)
			a.answer = func(carrier.Part) error {
				if len(a.handed()) > 1 {
					return nil
				}
				return &carrier.Error{Failure: carrier.Elsewhere, Otherwise: otherwise, Code: "CODE"}
			}
			b := routed(a)
			b.start(t)
			id := b.accept(t, on("a"))
			elapse(time.Minute)
			synctest.Wait()
			if s := b.disk.state(id); s != want {
				t.Errorf("%s: %s, want %s", otherwise, s, want)
			}
			b.stop(t)
		})
	}
}

// Rule(SendTextMessage): where a carrier's credit or quota is used up the next one of the route takes the message at once; where there is none it is tried again until its time to live is over, and ends CARRIER_UNREACHABLE.
// Proves(error): quota: the next carrier takes the message at once; without one it is tried again, and ends CARRIER_UNREACHABLE with its time to live.
// Proves(route): fail over: used up quota goes on at once, and does not circle.
func TestUsedUpQuotaGoesOnOrWaits(t *testing.T) {
	for name, c := range map[string]struct {
		poor  int // carriers without quota
		asks  int // after which there is some again; 0 = never
		state message.State
	}{
		"the next one has some": {1, 0, message.Submitted},
		"none has any":          {2, 0, message.CarrierUnreachable},
		"it is topped up":       {2, 6, message.Submitted},
	} {
		synctest.Test(t, func(t *testing.T) {
			all := []*scripted{newScripted("a", 1), newScripted("b", 1)}
			asked := 0
			for _, one := range all[:c.poor] {
				one.answer = func(carrier.Part) error {
					if asked++; c.asks > 0 && asked > c.asks {
						return nil
					}
					return refusal(carrier.QuotaUsed, "0x410")
				}
			}
			b := routed(all...)
			b.start(t)
			id := b.accept(t, on("a"), lives(time.Hour))
			elapse(time.Second)
			synctest.Wait()
			if len(all[1].handed()) != 1 {
				t.Errorf("%s: the next one was asked %d times at once", name, len(all[1].handed()))
			}
			elapse(2 * time.Hour)
			synctest.Wait()
			if p := b.disk.parts(id)[0]; p.State != c.state || asked > 100 || c.state == message.CarrierUnreachable && p.Code != "0x410" {
				t.Errorf("%s: %+v after %d refusals", name, p, asked)
			}
			b.stop(t)
		})
	}
}

// Rule(SendTextMessage): a part that is refused after another one was taken fails the message with its cause: no other carrier gets a part, and no later part goes.
// Proves(route): no fail over once a part was taken: the message fails with the cause of the refused part.
func TestNoOtherCarrierAfterAPartWasTaken(t *testing.T) {
	for kind, want := range map[carrier.Failure]message.State{
		carrier.Elsewhere: message.CarrierUnreachable, carrier.Rejected: message.CarrierBlocked, carrier.InvalidNumber: message.Invalid,
	} {
		synctest.Test(t, func(t *testing.T) {
			a, c := newScripted("a", 1), newScripted("b", 1)
			a.answer = func(p carrier.Part) error {
				if p.Number == 2 {
					return refusal(kind, "CODE")
				}
				return nil
			}
			b := routed(a, c)
			b.start(t)
			id := b.accept(t, on("a"), long)
			elapse(time.Minute)
			synctest.Wait()
			parts := b.disk.parts(id)
			if b.disk.state(id) != want || parts[0].State != message.Submitted || parts[1].Code != "CODE" || len(a.handed()) != 2 || len(c.handed()) != 0 {
				t.Errorf("%s: %s, %+v; a got %v, b got %v", kind, b.disk.state(id), parts, a.handed(), c.handed())
			}
			b.stop(t)
		})
	}
	synctest.Test(t, func(t *testing.T) { // nor when the connection is lost then
		a, c := newScripted("a", 1), newScripted("b", 1)
		a.answer = func(p carrier.Part) error {
			if p.Number == 1 {
				go a.connect(false)
			}
			return nil
		}
		b := routed(a, c)
		b.start(t)
		id := b.accept(t, on("a"), long)
		elapse(time.Minute)
		a.connect(true)
		elapse(time.Minute)
		synctest.Wait()
		if b.disk.state(id) != message.Submitted || len(a.took()) != 3 || len(c.handed()) != 0 {
			t.Errorf("%s; a took %d parts, b got %v", b.disk.state(id), len(a.took()), c.handed())
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a part that is sent again bears the reference that it bore, and the parts stay in order.
// Proves(route): a part that is sent again keeps its reference, and parts their order.
func TestResendKeepsReferenceAndOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newScripted("a", 3)
		failing := map[int][]carrier.Failure{1: {carrier.Transient}, 2: {carrier.InDoubt, carrier.QueueFull}, 3: {carrier.InDoubt}}
		a.answer = func(p carrier.Part) error {
			if left := failing[p.Number]; len(left) > 0 {
				failing[p.Number] = left[1:]
				return refusal(left[0], "CODE")
			}
			return nil
		}
		b := routed(a)
		b.start(t)
		b.accept(t, on("a"), long, func(m *message.Message) { m.Reference = 0x4A })
		elapse(time.Minute)
		synctest.Wait()
		var order []int
		for _, p := range a.seen {
			order = append(order, p.Number)
			header, _, err := gsm.ParseUDH(append(slices.Clone(p.Segment.UDH), p.Segment.Data...))
			if err != nil || header.Concat == nil || header.Concat.Ref != 0x4A || int(header.Concat.Seq) != p.Number {
				t.Errorf("part %d: %+v, %v", p.Number, header.Concat, err)
			}
		}
		if want := []int{1, 1, 2, 2, 2, 3, 3}; !slices.Equal(order, want) {
			t.Errorf("parts went %v, want %v", order, want)
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): trouble of a carrier that lasts lets the next one of the route take the message; throttling does not.
// Proves(route): fail over: transient trouble that lasts goes on, throttling and a full queue stay.
func TestTroubleThatLastsGoesOnAndThrottlingStays(t *testing.T) {
	for kind, moves := range map[carrier.Failure]bool{carrier.Transient: true, carrier.Throttled: false, carrier.QueueFull: false} {
		synctest.Test(t, func(t *testing.T) {
			a, c := newScripted("a", 1), newScripted("b", 1)
			a.answer = func(carrier.Part) error { return refusal(kind, "CODE") }
			b := routed(a, c)
			b.start(t)
			id := b.accept(t, on("a"), lives(10*time.Minute))
			elapse(8 * time.Second)
			if len(c.handed()) != 0 {
				t.Errorf("%s: went on within eight seconds", kind)
			}
			elapse(9 * time.Minute)
			synctest.Wait()
			if moved := len(c.took()) == 1; moved != moves {
				t.Errorf("%s: went on: %v, want %v; message is %s", kind, moved, moves, b.disk.state(id))
			}
			b.stop(t)
		})
	}
}

// Proves(route): a message does not circle among carriers that all have trouble.
func TestMessageDoesNotCircleAmongCarriersThatAllHaveTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 1), newScripted("b", 1)
		for _, one := range []*scripted{a, c} {
			one.answer = func(carrier.Part) error { return refusal(carrier.Transient, "ESME_RSYSERR") }
		}
		b := routed(a, c)
		b.start(t)
		id := b.accept(t, on("a"), lives(6*time.Hour))
		elapse(7 * time.Hour)
		synctest.Wait()
		why := b.disk.why(id)
		if s := b.disk.state(id); s != message.CarrierUnreachable || why.Moves() < 2 || why.Moves() > 20 || len(why.Tried) != 2 {
			t.Errorf("message is %s after %s", s, tells(why))
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a part that was not answered for is sent again over the same carrier, which is on record, or ends the message as UNKNOWN where the operator wants that for its type.
// Proves(route): a part in doubt goes to no other carrier: it is sent again, or given up as UNKNOWN by `in_doubt` of its message type.
func TestPartInDoubtIsSentAgainOrGivenUp(t *testing.T) {
	for _, w := range []struct {
		doubt Doubt
		kind  api.MessageType
		fails bool
	}{
		{Doubt{}, api.MessageTypeTransactional, false},
		{Doubt{}, api.MessageTypePromotional, false},
		{Doubt{FailPromotional: true}, api.MessageTypeTransactional, false},
		{Doubt{FailPromotional: true}, api.MessageTypePromotional, true},
		{Doubt{FailTransactional: true}, api.MessageTypeTransactional, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, c := newScripted("a", 1), newScripted("b", 1)
			first := true
			a.answer = func(carrier.Part) error {
				if first {
					first = false
					a.connect(false)
					return refusal(carrier.InDoubt, "")
				}
				return nil
			}
			b := routed(a, c)
			b.Dispatcher.lanes["a"].Doubt = w.doubt
			b.start(t)
			id := b.accept(t, on("a"), func(m *message.Message) { m.Type = w.kind })
			elapse(time.Minute) // the carrier is down: still no other one takes it
			a.connect(true)
			elapse(time.Minute)
			synctest.Wait()
			state, code, told := message.Submitted, "", "a IN_DOUBT 1"
			if w.fails {
				state, code, told = message.Unknown, "IN_DOUBT", ""
			}
			if p := b.disk.parts(id)[0]; p.State != state || p.Code != code || tells(b.disk.why(id)) != told || len(c.handed()) != 0 {
				t.Errorf("%+v: %+v, %s; b got %v", w, p, tells(b.disk.why(id)), c.handed())
			}
			b.stop(t)
		})
	}
}

// Rule(SendTextMessage): what waits for a carrier that was taken out of the configuration goes over the other carriers of its route.
// Proves(route): what waits for a carrier that left the configuration goes over the others of its route.
func TestMessagesOfARemovedCarrierGoOverTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 1), newScripted("b", 1)
		b := routed(a, c)
		b.start(t)
		b.Pause("a")
		first, second := b.accept(t, on("a")), b.accept(t, on("a"))
		<-b.Retire("a")
		if waiting, err := b.Abandon(t.Context(), "a"); waiting != 2 || err != nil {
			t.Errorf("%d wait, %v", waiting, err)
		}
		earlier := b.accept(t, on("long gone"))
		elapse(2 * time.Second)
		synctest.Wait()
		var got []string
		for _, p := range c.took() {
			got = append(got, p.MessageID)
		}
		if want := []string{first.String(), second.String()}; !slices.Equal(got, want) || tells(b.disk.why(first)) != "a GONE 1" {
			t.Errorf("b took %v, want %v; %s", got, want, tells(b.disk.why(first)))
		}
		if b.disk.state(earlier) != message.Queued {
			t.Errorf("of a carrier that nobody spoke of: %s", b.disk.state(earlier))
		}
		b.stop(t)
	})
}

// Proves(route): a message may come back to a carrier that it left for want of a connection.
func TestMessageComesBackToACarrierThatItLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 1), newScripted("b", 1)
		a.connect(false)
		b := routed(a, c)
		b.Pause("b")
		b.start(t)
		id := b.accept(t, on("a"))
		elapse(12 * time.Second)
		b.Resume("b")
		c.connect(false)
		elapse(2 * time.Second) // to b, before that is known to be down
		a.connect(true)
		elapse(70 * time.Second) // and back
		synctest.Wait()
		if b.disk.state(id) != message.Submitted || len(a.took()) != 1 || tells(b.disk.why(id)) != "a DOWN 1, b DOWN 1" {
			t.Errorf("%s after %s; a took %d", b.disk.state(id), tells(b.disk.why(id)), len(a.took()))
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a paused carrier keeps its queue when it has no connection either, until it is resumed or the operator moves the queue.
func TestPausedCarrierWithoutAConnectionKeepsItsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := newScripted("a", 1), newScripted("b", 1)
		b := routed(a, c)
		b.start(t)
		b.Pause("a")
		id := b.accept(t, on("a"))
		a.connect(false)
		elapse(5 * time.Minute)
		synctest.Wait()
		if b.disk.state(id) != message.Queued || tells(b.disk.why(id)) != "" || len(c.handed()) != 0 {
			t.Errorf("%s after %s; b got %v", b.disk.state(id), tells(b.disk.why(id)), c.handed())
		}
		b.Resume("a")
		elapse(time.Second)
		synctest.Wait()
		if b.disk.state(id) != message.Submitted || tells(b.disk.why(id)) != "a DOWN 1" || len(c.took()) != 1 {
			t.Errorf("resumed: %s after %s; b got %v", b.disk.state(id), tells(b.disk.why(id)), c.handed())
		}
		b.stop(t)
	})
}
