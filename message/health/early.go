package health

import "heliograph/message"

// early keeps the last receipts that matched nothing: some come before the
// answer to their submission.
type early struct {
	states map[place]message.State
	order  []place // a ring
	next   int
}

const mostEarly = 1024

func (e *early) keep(at place, state message.State) {
	if e.states == nil {
		e.states = make(map[place]message.State, mostEarly)
		e.order = make([]place, mostEarly)
	}
	delete(e.states, e.order[e.next])
	e.order[e.next], e.states[at] = at, state
	e.next = (e.next + 1) % mostEarly
}

func (e *early) take(at place) (message.State, bool) {
	state, here := e.states[at]
	delete(e.states, at)
	return state, here
}
