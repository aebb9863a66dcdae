package health

import "time"

// slots is how finely the window slides.
const slots = 30

// track judges one subject.
type track struct {
	of        subject
	good, bad [slots]int32
	slot      int64 // number of the present slot since the Unix epoch
	goods     int   // sums over the slots
	bads      int
	waiting   int // samples not judged yet
	recent    int // of those: begun since it is not well

	ill   bool
	turns int       // changes between well and ill so far
	probe time.Time // when it was last tried
	last  time.Time // when anything was last heard

	latency time.Duration // of receipts of what arrived, a moving mean
}

// begin counts a message that is followed from now on. The result goes to judged.
func (t *track) begin(now time.Time) (turns int) {
	t.waiting++
	t.last = now
	if t.ill {
		t.recent++
	}
	return t.turns
}

// judged counts what became of a message. What was under way when the subject
// fell ill says nothing of its recovery.
func (t *track) judged(begun int, good bool, rules Rules, now time.Time) {
	t.waiting--
	t.last = now
	if t.ill {
		if begun != t.turns {
			return
		}
		t.recent--
	}
	t.slide(rules.Window, now)
	at := t.slot % slots
	if good {
		t.good[at]++
		t.goods++
	} else {
		t.bad[at]++
		t.bads++
	}
	t.turn(rules, now)
}

// heard notes how long the receipt of what arrived took.
func (t *track) heard(took time.Duration) {
	const weight = 8 // of what was before, against one
	if t.latency == 0 {
		t.latency = took
	}
	t.latency += (took - t.latency) / weight
}

// turn changes between well and ill. It takes more to be well again than it
// took to stay well, so that nothing swings to and fro.
func (t *track) turn(rules Rules, now time.Time) {
	all := t.goods + t.bads
	if !t.ill {
		if all >= rules.Minimum && float64(t.goods) < rules.Ratio*float64(all) {
			*t = track{of: t.of, ill: true, turns: t.turns + 1, probe: now, last: now, waiting: t.waiting, slot: t.slot, latency: t.latency}
		}
		return
	}
	// Good news comes at once and bad news when its time is over: what waits
	// counts against recovery until then.
	again := rules.Ratio + (1-rules.Ratio)/5
	if all >= rules.toRecover() && float64(t.goods) >= again*float64(all+t.recent) {
		*t = track{of: t.of, turns: t.turns + 1, last: now, waiting: t.waiting, slot: t.slot, latency: t.latency}
	}
}

// standing is how the subject does.
func (t *track) standing() Standing {
	return Standing{t.of.name, t.of.country, t.goods + t.bads, t.goods, t.waiting, !t.ill, t.latency}
}

// toRecover is how many messages must have been judged before a subject is well
// again.
func (r Rules) toRecover() int { return min(r.Minimum, max(3, min(10, r.Minimum/10))) }

// slide leaves behind what is older than the window.
func (t *track) slide(window time.Duration, now time.Time) {
	slot := now.UnixNano() / max(1, int64(window)/slots)
	if slot < t.slot || slot-t.slot >= slots { // the window was changed, or all is old
		t.good, t.bad, t.goods, t.bads = [slots]int32{}, [slots]int32{}, 0, 0
		t.slot = slot
		return
	}
	for t.slot < slot {
		t.slot++
		at := t.slot % slots
		t.goods, t.bads = t.goods-int(t.good[at]), t.bads-int(t.bad[at])
		t.good[at], t.bad[at] = 0, 0
	}
}
