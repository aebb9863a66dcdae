package dispatch

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"heliograph/api"
	"heliograph/message"
	"heliograph/message/limit"
	"heliograph/resource"
)

// queue is what a lane has ready: a sub-queue (flow) for each origination
// identity and message type, and country where that can be held, which take
// turns. What a limiter holds waits at its gate and holds up nobody else.
type queue struct {
	flows map[flowKey]*flow
	last  *flow // that was found last: often the next message's as well
	turns turns[*flow]
	seq   uint64 // of the message that was queued last
	rules *limit.Rules
	gates map[limit.Gate]*gate
	due   dueGates
}

// flowKey is an origination identity, or what the wire carries where nobody owns
// it, and whether its messages are promotional.
type flowKey struct {
	scope       resource.Scope
	identity    string
	country     string // "" where nothing holds it by itself
	promotional bool
}

// flow is what comes from one identity, in order of arrival save what a limiter
// of its own holds.
type flow struct {
	key     flowKey
	held    int // messages in memory: ready, delayed or with a worker
	waiting int // of them ready
	main    line
	apart   map[string]*line // by recipient, where one can be held by itself
	heads   heads            // lines that are open and not empty
	inTurn  bool             // stands in turns
	gated   bool             // waits at a gate
	trial   *gate            // that let it pass to be asked again

	spilled bool       // some of it is on disk alone
	from    message.ID // the first that may be
	open    bool       // being read from disk
}

// line is messages of a flow that no limiter tells apart.
type line struct {
	flow   *flow
	key    string // recipient, "" = whoever
	jobs   fifo[*job]
	gated  bool
	trial  *gate
	ranked bool // is among heads
	at     int  // there
}

func newQueue() queue {
	return queue{flows: map[flowKey]*flow{}, gates: map[limit.Gate]*gate{}}
}

// flow finds the sub-queue of a message, and makes it where there is none.
func (q *queue) flow(m *message.Message) *flow {
	key := flowKey{scope: m.Scope, identity: m.Origin.Identity, promotional: m.Type == api.MessageTypePromotional}
	if key.identity == "" {
		key.identity = m.Origin.Wire
	}
	if q.rules != nil {
		key.country, _ = q.rules.Apart(m)
	}
	if q.last != nil && q.last.key == key {
		return q.last
	}
	f := q.flows[key]
	if f == nil {
		f = &flow{key: key}
		f.main.flow = f
		q.flows[key] = f
	}
	q.last = f
	return f
}

// line finds where a message waits within its flow.
func (q *queue) line(j *job) *line {
	f := j.flow
	if q.rules == nil {
		return &f.main
	}
	_, key := q.rules.Apart(j.Message)
	if key == "" {
		return &f.main
	}
	l := f.apart[key]
	if l == nil {
		l = &line{flow: f, key: key}
		if f.apart == nil {
			f.apart = map[string]*line{}
		}
		f.apart[key] = l
	}
	return l
}

// push queues a message behind those of its flow.
func (q *queue) push(j *job) {
	q.seq++
	j.seq = q.seq
	q.put(j, (*fifo[*job]).push)
}

// again queues a message that waited for another attempt.
func (q *queue) again(j *job) {
	q.adopt(j)
	q.push(j)
}

// front queues a message again that was taken and not sent: before those of its
// line that came later.
func (q *queue) front(j *job) {
	q.adopt(j)
	q.put(j, func(jobs *fifo[*job], j *job) {
		jobs.unshift(j)
		list := jobs.list[jobs.head:]
		for i := 1; i < len(list) && list[i].seq < j.seq; i++ {
			list[i-1], list[i] = list[i], list[i-1]
		}
	})
}

func (q *queue) put(j *job, how func(*fifo[*job], *job)) {
	l := q.line(j)
	f := l.flow
	how(&l.jobs, j)
	f.waiting++
	if l.gated {
		return
	}
	if !l.ranked || l.jobs.first() == j {
		f.rank(l)
	}
	q.enter(f)
}

// enter lets a flow take turns that has something to send.
func (q *queue) enter(f *flow) {
	if !f.inTurn && !f.gated && len(f.heads) > 0 {
		f.inTurn = true
		q.turns.push(f, f.key.promotional)
	}
}

// next takes the message whose turn it is. ask says of one whether a limiter
// holds it; nil = none does. The result is nil where nothing may go now.
func (q *queue) next(now time.Time, ask func(*job) limit.Verdict) *job {
	if len(q.due) > 0 {
		q.release(now)
	}
	for {
		f := q.turns.first()
		if f == nil {
			return nil
		}
		if len(f.heads) == 0 || f.gated {
			q.leave(f)
			continue
		}
		l := f.heads[0]
		if ask != nil {
			if v := ask(l.jobs.first()); v.Held() {
				q.hold(l, v, now)
				continue
			}
		}
		return q.pop(l, now)
	}
}

// pop takes the first message of the flow whose turn it is.
func (q *queue) pop(l *line, now time.Time) *job {
	f := l.flow
	j := l.jobs.shift()
	f.waiting--
	f.rank(l)
	if l.jobs.len() == 0 && l != &f.main {
		delete(f.apart, l.key)
	}
	q.passed(&f.trial, now)
	q.passed(&l.trial, now)
	if len(f.heads) == 0 || q.turns.len() > 1 {
		q.turns.shift()
		f.inTurn = false
		q.enter(f)
	}
	return j
}

func (q *queue) leave(f *flow) {
	q.turns.drop()
	f.inTurn = false
}

// rank puts a line where its first message belongs among the heads of its flow.
func (f *flow) rank(l *line) {
	ready := l.jobs.len() > 0 && !l.gated
	switch {
	case ready && !l.ranked:
		l.ranked = true
		heap.Push(&f.heads, l)
	case len(f.heads) == 1 && ready: // it is first whatever it holds
	case ready:
		heap.Fix(&f.heads, l.at)
	case l.ranked:
		l.ranked = false
		heap.Remove(&f.heads, l.at)
	}
}

// heads are lines by the arrival of their first messages.
type heads []*line

func (h heads) Len() int           { return len(h) }
func (h heads) Less(i, j int) bool { return h[i].jobs.first().seq < h[j].jobs.first().seq }
func (h heads) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push and Pop are container/heap's.
func (h *heads) Push(x any) {
	l, _ := x.(*line)
	l.at = len(*h)
	*h = append(*h, l)
}

// Pop takes the last one.
func (h *heads) Pop() any {
	old := *h
	l := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return l
}

// lines are all of a flow.
func (f *flow) lines(visit func(*line)) {
	visit(&f.main)
	for _, l := range f.apart {
		visit(l)
	}
}

// remove takes out the messages that leave says, in order of their flows' lines.
func (q *queue) remove(leave func(*job) bool) (gone []*job) {
	for _, f := range q.flows {
		f.lines(func(l *line) {
			n := len(gone)
			gone = l.jobs.remove(leave, gone)
			if len(gone) > n {
				f.waiting -= len(gone) - n
				f.rank(l)
			}
		})
	}
	return gone
}

// withdraw takes out one message, nil where it is not here.
func (q *queue) withdraw(id message.ID) *job {
	if gone := q.remove(func(j *job) bool { return j.ID == id }); len(gone) > 0 {
		return gone[0]
	}
	return nil
}

// forget drops flows that nothing is left of.
func (q *queue) forget() {
	for key, f := range q.flows {
		if f.held == 0 && !f.spilled && !f.open && !f.inTurn && !f.gated {
			delete(q.flows, key)
			q.last = nil
		}
	}
}

// adopt moves a message to the flow that it belongs to by the rules of now.
func (q *queue) adopt(j *job) {
	if f := q.flow(j.Message); f != j.flow {
		j.flow.held--
		f.held++
		j.flow = f
	}
}

// use lets other rules tell messages apart: they are queued anew, and all gates
// opened. It gives the flows that were there until now.
func (q *queue) use(rules *limit.Rules) (former map[flowKey]*flow) {
	all := q.remove(func(*job) bool { return true })
	slices.SortFunc(all, func(a, b *job) int { return cmp.Compare(a.seq, b.seq) })
	former = q.flows
	*q = queue{flows: map[flowKey]*flow{}, gates: map[limit.Gate]*gate{}, seq: q.seq, rules: rules}
	for _, j := range all {
		q.adopt(j)
		q.put(j, (*fifo[*job]).push)
	}
	return former
}

// shed takes out of memory what waits at gates for more than its turn, and gives
// it by flow, in order. What was tried already stays.
func (q *queue) shed() map[*flow][]*job {
	gone := map[*flow][]*job{}
	for _, f := range q.flows {
		if !f.gated || len(f.heads) == 0 {
			continue
		}
		first := f.heads[0].jobs.first().seq
		f.lines(func(l *line) {
			n := len(gone[f])
			gone[f] = l.jobs.remove(func(j *job) bool { return j.seq > first && j.next == 1 && j.attempts == 0 }, gone[f])
			f.waiting -= len(gone[f]) - n
			f.rank(l)
		})
	}
	return gone
}
