package dispatch

import (
	"context"
	"errors"
	"slices"
	"time"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
)

// Rerouter knows the carriers of a message's route.
type Rerouter interface {
	// Next is the carrier that takes a message in the place of its own and of
	// those that were tried; false where there is none. An error says that it is
	// not known now.
	Next(ctx context.Context, m *message.Message, tried []string) (message.Hop, bool, error)
}

const (
	defaultPatience = 10 * time.Second
	// doublings bound how much more patient a message gets each time it goes on:
	// of carriers that all have trouble none is better than the others.
	doublings = 8
)

// Doubt is what becomes of a part that was handed over and not answered for: the
// connection was lost, or the answer did not come in time.
type Doubt struct {
	// FailTransactional and FailPromotional end a message of the type as Unknown
	// instead of sending the part again, which may arrive twice.
	FailTransactional, FailPromotional bool
}

// codeInDoubt is of a message that was given up because it may have been taken.
const codeInDoubt = message.TriedInDoubt

// fails says whether the message is given up.
func (d Doubt) fails(m *message.Message) bool {
	if m.Type == api.MessageTypePromotional {
		return d.FailPromotional
	}
	return d.FailTransactional
}

// doubtful decides what follows a part that the carrier may have taken. No other
// carrier takes the message from now on.
func (l *lane) doubtful(j *job) {
	if l.Doubt.fails(j.Message) {
		l.end(j, message.Refused(carrier.InDoubt), codeInDoubt)
		return
	}
	m := *j.Message
	m.Why = m.Why.With(message.Tried{Carrier: l.name, Code: message.TriedInDoubt})
	j.Message = &m
	if err := l.Store.Explain(context.WithoutCancel(l.ctx), m.ID, m.Why); err != nil {
		l.Log.Error("that a message was in doubt cannot be written", "carrier", l.name, "error", err)
	}
	l.delay(j, backOff(j.attempts, firstDelay, longestDelay))
}

// transient decides what follows trouble of the carrier: another attempt, and
// another carrier when it lasts.
func (l *lane) transient(j *job) {
	patience := l.patience() << min(j.Why.Moves(), doublings)
	if l.Now().Sub(j.failure.since) >= patience && l.divert(j, message.Tried{Carrier: l.name, Code: j.failure.code}) {
		return
	}
	l.delay(j, backOff(j.attempts, firstDelay, longestDelay))
}

// poor decides what follows where the account has no credit or quota left: another
// carrier at once, which has its own; when that has none either, patience.
func (l *lane) poor(j *job) {
	tried := slices.ContainsFunc(j.Why.Tried, func(t message.Tried) bool { return t.Carrier == l.name && t.Code == j.failure.code })
	if !tried && l.divert(j, message.Tried{Carrier: l.name, Code: j.failure.code}) {
		return
	}
	l.transient(j)
}

// divert gives a message that a worker has taken up to another carrier. False
// means that none takes it.
func (l *lane) divert(j *job, why message.Tried) bool {
	if l.Rerouter == nil || j.next != 1 || j.Why.InDoubt(l.name) {
		return false
	}
	next, err := l.elsewhere(l.ctx, j.Message, why)
	if err == nil && next != nil {
		err = l.commit(l.ctx, next, l.name)()
	}
	switch {
	case errors.Is(err, message.ErrTaken):
		l.drop(j) // the operator was faster
		return true
	case errors.Is(err, ErrUnderWay):
		l.delay(j, storeRetry)
		return true
	case err != nil:
		l.Log.Error("another carrier for a message cannot be found", "carrier", l.name, "error", err)
		return false
	case next == nil:
		return false
	}
	l.drop(j)
	l.arrive(next)
	return true
}

// elsewhere is the message as the next carrier has it, nil where there is none.
// The message itself is left as it is.
func (d *Dispatcher) elsewhere(ctx context.Context, m *message.Message, why message.Tried) (*message.Message, error) {
	asking := *m
	asking.Why = m.Why.With(why)
	hop, ok, err := d.hop(ctx, &asking)
	if err != nil || !ok {
		return nil, err
	}
	return as(m, why, hop), nil
}

// as is a message as another carrier has it.
func as(m *message.Message, why message.Tried, hop message.Hop) *message.Message {
	next := *m
	next.Why = m.Why.With(why)
	next.Carrier, next.Origin.Wire, next.Why.Spelling = hop.Carrier, hop.Wire, hop.Spelling
	return &next
}

// commit is what writes that a message has another carrier. Until then the caller
// sees to it that nobody sends it, and afterwards he lets it arrive.
func (d *Dispatcher) commit(ctx context.Context, next *message.Message, from string) (write func() error) {
	target := d.lane(next.Carrier)
	return func() error {
		return target.expecting(next.ID, func() error {
			return d.Store.Reroute(context.WithoutCancel(ctx), message.Reroute{
				ID: next.ID, From: from, To: next.Carrier, Wire: next.Origin.Wire, Why: &next.Why,
			})
		})
	}
}

// hop is the next carrier that can send now. When all were tried, those that did
// not refuse the message for good are asked again.
func (d *Dispatcher) hop(ctx context.Context, m *message.Message) (message.Hop, bool, error) {
	away := d.away()
	for _, refused := range []bool{false, true} {
		hop, ok, err := d.present(ctx, m, append(m.Why.Left(refused), away...))
		if ok || err != nil {
			return hop, ok, err
		}
	}
	return message.Hop{}, false, nil
}

// present asks for the next carrier until it is one that is there.
func (d *Dispatcher) present(ctx context.Context, m *message.Message, tried []string) (message.Hop, bool, error) {
	const carriers = 100 // more than any route has
	for range carriers {
		hop, ok, err := d.Rerouter.Next(ctx, m, tried)
		if err != nil || !ok {
			return message.Hop{}, false, err
		}
		if d.lane(hop.Carrier) != nil {
			return hop, true, nil
		}
		tried = append(tried, hop.Carrier)
	}
	return message.Hop{}, false, nil
}

func (d *Dispatcher) lane(name string) *lane {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.lanes[name]
}

// patience is how long the carrier's trouble may last before others are asked.
func (l *lane) patience() time.Duration {
	if l.Patience > 0 {
		return l.Patience
	}
	return defaultPatience
}
