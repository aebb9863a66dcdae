package dispatch

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"heliograph/carrier"
	"heliograph/message"
)

// weather is what happens to carriers: how each answers parts, in order, and when
// its connection comes and goes.
type weather struct {
	answers map[string][]carrier.Failure // "" = taken
	turns   []turn
	texts   []int // the carrier that each message is accepted for, negative for a long text
	doubt   Doubt
}

type turn struct {
	carrier int
	up      bool
	after   time.Duration
}

var names = [...]string{"a", "b", "c"}

func drawWeather(t *rapid.T) weather {
	w := weather{answers: map[string][]carrier.Failure{}}
	kinds := rapid.SampledFrom([]carrier.Failure{
		"", "", "", "", carrier.Transient, carrier.InDoubt, carrier.Elsewhere, carrier.Throttled, carrier.QueueFull, carrier.InvalidNumber,
	})
	for _, name := range names {
		w.answers[name] = rapid.SliceOfN(kinds, 0, 40).Draw(t, name)
	}
	w.turns = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) turn {
		return turn{rapid.IntRange(0, 2).Draw(t, "carrier"), rapid.Bool().Draw(t, "up"), time.Duration(rapid.IntRange(0, 30).Draw(t, "s")) * time.Second}
	}), 0, 12).Draw(t, "turns")
	w.texts = rapid.SliceOfN(rapid.IntRange(-3, 2), 1, 20).Draw(t, "texts")
	w.doubt.FailTransactional = rapid.Bool().Draw(t, "fail")
	return w
}

// ledger is what carriers did with each message.
type ledger struct {
	parts   map[string][]int           // handed over, in order
	holders map[string]map[string]bool // carriers that took a part, or may have
	taken   map[string]int             // times that a part was taken, by message and number
}

func (l *ledger) answer(c *scripted, script []carrier.Failure) func(carrier.Part) error {
	return func(p carrier.Part) error {
		kind := carrier.Failure("")
		if len(script) > 0 {
			kind, script = script[0], script[1:]
		}
		l.parts[p.MessageID] = append(l.parts[p.MessageID], p.Number)
		if kind == "" || kind == carrier.InDoubt {
			if l.holders[p.MessageID] == nil {
				l.holders[p.MessageID] = map[string]bool{}
			}
			l.holders[p.MessageID][c.name] = true
		}
		switch kind {
		case "":
			l.taken[fmt.Sprint(p.MessageID, " ", p.Number)]++
			return nil
		case carrier.Throttled:
			c.pause(2 * time.Second)
		}
		return refusal(kind, string(kind))
	}
}

// Rule(SendTextMessage): whatever carriers do, a message ends once: its parts go in order, over one carrier, each taken at most once.
// Proves(route): whatever carriers do, each message ends once and all its parts go over one carrier.
func TestEachMessageEndsOnceOverOneCarrier(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWeather(rt)
		synctest.Test(t, func(t *testing.T) {
			for _, fault := range w.run(t) {
				t.Error(fault)
			}
		})
		if t.Failed() {
			rt.Fatalf("%+v", w)
		}
	})
}

func (w weather) run(t *testing.T) (faults []string) {
	l := &ledger{map[string][]int{}, map[string]map[string]bool{}, map[string]int{}}
	var all []*scripted
	for _, name := range names {
		c := newScripted(name, 1)
		c.answer = l.answer(c, w.answers[name])
		all = append(all, c)
	}
	// One ledger for all: a part is under way at one carrier at a time only.
	lock := make(chan struct{}, 1)
	for _, c := range all {
		answer := c.answer
		c.answer = func(p carrier.Part) error {
			lock <- struct{}{}
			defer func() { <-lock }()
			return answer(p)
		}
	}
	b := routed(all...)
	for _, lane := range b.lanes {
		lane.Doubt = w.doubt
	}
	b.start(t)
	var ids []message.ID
	for i, at := range w.texts {
		change := []func(*message.Message){on(names[max(at, -1-at)])}
		if at < 0 {
			change = append(change, long)
		}
		ids = append(ids, b.accept(t, change...))
		if i < len(w.turns) {
			all[w.turns[i].carrier].connect(w.turns[i].up)
			elapse(w.turns[i].after)
		}
	}
	for _, c := range all {
		c.connect(true)
	}
	elapse(2 * time.Hour)
	synctest.Wait()
	for _, id := range ids {
		if s := b.disk.state(id); s == message.Queued {
			faults = append(faults, fmt.Sprint(id, " waits still"))
		}
		if n := len(l.holders[id.String()]); n > 1 {
			faults = append(faults, fmt.Sprint(id, " went over several carriers: ", l.holders[id.String()]))
		}
		if !slices.IsSorted(l.parts[id.String()]) {
			faults = append(faults, fmt.Sprint(id, " went out of order: ", l.parts[id.String()]))
		}
	}
	for part, n := range l.taken {
		if n > 1 {
			faults = append(faults, fmt.Sprint(part, " was taken ", n, " times"))
		}
	}
	b.stop(t)
	return faults
}
