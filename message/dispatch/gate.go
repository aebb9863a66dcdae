package dispatch

import (
	"container/heap"
	"time"

	"heliograph/message/limit"
)

// gate is a limiter and what waits for it. It lets one pass at a time to be asked
// again: what comes of that tells when the next may.
type gate struct {
	limit.Gate
	waiting turns[waiter]
	until   time.Time
	at      int // in the heap of gates, -1 = no longer there
}

// waiter is a flow, or a line of one.
type waiter struct {
	flow *flow
	line *line // nil = the whole flow
}

// tried is how long one that was let pass may take to be asked, before the next.
const tried = 10 * time.Millisecond

// hold puts what a limiter holds at its gate, in the place that it had there.
func (q *queue) hold(l *line, v limit.Verdict, now time.Time) {
	f, w := l.flow, waiter{flow: l.flow}
	trial := &f.trial
	if v.Gate.Whole() {
		f.gated = true
		q.leave(f)
	} else {
		w.line, trial = l, &l.trial
		l.gated = true
		f.rank(l)
	}
	g := q.gates[v.Gate]
	if g == nil {
		g = &gate{Gate: v.Gate}
		q.gates[v.Gate] = g
		g.until = v.Until
		heap.Push(&q.due, g)
	}
	g.until = v.Until
	heap.Fix(&q.due, g.at)
	if *trial == g {
		*trial = nil
		g.waiting.list(f.key.promotional).unshift(w)
		return
	}
	q.passed(trial, now)
	g.waiting.push(w, f.key.promotional)
}

// release lets one pass at each gate whose time has come.
func (q *queue) release(now time.Time) {
	for len(q.due) > 0 && !q.due[0].until.After(now) {
		g := q.due[0]
		for g.waiting.len() > 0 && !q.admit(g, g.waiting.shift()) {
			continue
		}
		if g.waiting.len() == 0 {
			heap.Pop(&q.due)
			delete(q.gates, g.Gate)
			continue
		}
		g.until = now.Add(tried)
		heap.Fix(&q.due, 0)
	}
}

// admit lets a waiter pass; false when nothing is left of it.
func (q *queue) admit(g *gate, w waiter) bool {
	f := w.flow
	if l := w.line; l != nil {
		l.gated = false
		if l.jobs.len() == 0 {
			delete(f.apart, l.key)
			return false
		}
		l.trial = g
		f.rank(l)
		q.enter(f)
		return true
	}
	f.gated = false
	if f.waiting == 0 {
		return false
	}
	f.trial = g
	q.enter(f)
	return true
}

// passed notes that what a gate let pass was asked, so that the next is.
func (q *queue) passed(trial **gate, at time.Time) {
	g := *trial
	if g == nil {
		return
	}
	*trial = nil
	if g.at >= 0 && g.until.After(at) {
		g.until = at
		heap.Fix(&q.due, g.at)
	}
}

// opens is when the next gate does; false where all are open.
func (q *queue) opens() (time.Time, bool) {
	if len(q.due) == 0 {
		return time.Time{}, false
	}
	return q.due[0].until, true
}

// bound counts the messages that wait at each gate.
func (q *queue) bound(count func(*gate, int)) {
	for _, g := range q.gates {
		n := 0
		g.waiting.each(func(w waiter) {
			if w.line != nil {
				n += w.line.jobs.len()
			} else {
				n += w.flow.waiting
			}
		})
		count(g, n)
	}
}

// dueGates are gates by the time at which they open.
type dueGates []*gate

func (h dueGates) Len() int           { return len(h) }
func (h dueGates) Less(i, j int) bool { return h[i].until.Before(h[j].until) }
func (h dueGates) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push and Pop are container/heap's.
func (h *dueGates) Push(x any) {
	g, _ := x.(*gate)
	g.at = len(*h)
	*h = append(*h, g)
}

// Pop takes the last one.
func (h *dueGates) Pop() any {
	old := *h
	g := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	g.at = -1
	return g
}
