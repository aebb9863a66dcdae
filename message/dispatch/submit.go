package dispatch

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"heliograph/api"
	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

const (
	firstDelay   = time.Second // before another attempt; doubled up to
	longestDelay = 5 * time.Minute
	firstFull    = 5 * time.Second // for the carrier's queue to have room; doubled up to
	longestFull  = 30 * time.Second
	storeRetry   = time.Second
)

// failure is what a carrier said to the last attempt.
type failure struct {
	kind  carrier.Failure
	code  string
	since time.Time // that it has said so
}

// Codes of our own, kept with a part that ended without the carrier's.
const (
	codeNoEntity   = "IN_ENTITY_ID_MISSING"
	codeNoTemplate = "IN_TEMPLATE_ID_MISSING"
	codeNoReceipt  = "NO_RECEIPT"
	codeUnsplit    = "NOT_SPLIT"
)

// worker is one window slot: it is free for the next part when the response to
// the last one is on disk.
func (l *lane) worker() {
	for {
		j := l.take()
		if j == nil {
			return
		}
		l.send(j)
		l.busy.Add(-1)
		l.calm()
	}
}

// calm waits while the carrier pauses: what is to be sent next waits in its
// queue meanwhile, not with a worker.
func (l *lane) calm() {
	for left := l.pauseLeft(); left > 0; left = l.pauseLeft() {
		if !wait(left, l.over) {
			return
		}
	}
}

// pauseLeft is how long the carrier still pauses.
func (l *lane) pauseLeft() time.Duration {
	if l.pausing == nil {
		return 0
	}
	return l.pausing.PausedUntil().Sub(l.Now())
}

// send submits the parts of a message in order, until it is sent, ended or put
// aside.
func (l *lane) send(j *job) {
	if code := unfit(j.Message); code != "" {
		l.end(j, message.InvalidMessage, code)
		return
	}
	parts := l.split(j)
	if parts == nil {
		l.end(j, message.InvalidMessage, codeUnsplit)
		return
	}
	for j.next <= len(parts) {
		if !l.pass(j) {
			return
		}
		id, asked, err := l.submit(j, parts)
		if err != nil {
			l.again(j, err)
			return
		}
		if !l.took(j, id, len(parts)) {
			return
		}
		if !asked && !l.distrust(j) {
			return
		}
	}
	l.drop(j)
}

// pass says whether the next part may go now: the message may have expired, the
// carrier may pause, or the lane may be stopping.
func (l *lane) pass(j *job) bool {
	if !j.ExpiresAt.After(l.Now()) {
		l.expire(j)
		return false
	}
	if l.pauseLeft() > 0 {
		l.putBack(j)
		return false
	}
	select {
	case <-l.over:
		return false // what is not sent stays on disk
	default:
		return l.allowed(j)
	}
}

// submit hands the next part over, for as long as the message lives. asked: the
// carrier asked whether it may.
func (l *lane) submit(j *job, parts []gsm.Segment) (id string, asked bool, err error) {
	left := j.ExpiresAt.Sub(l.Now())
	ctx, cancel := context.WithTimeout(l.ctx, l.sendable(j, left))
	defer cancel()
	j.attempts++
	var cleared atomic.Bool
	id, err = l.Carrier.Submit(ctx, carrier.Part{
		MessageID: j.ID.String(), Number: j.next, Total: len(parts),
		From: j.Origin.Wire, FromKind: j.Origin.Kind, To: j.To, Country: j.Country,
		Segment: parts[j.next-1], ValidFor: left, Parameters: j.Parameters,
		Promotional: j.Type == api.MessageTypePromotional,
		Clear: func(ctx context.Context) error {
			cleared.Store(true)
			return l.consent(ctx, j.Message)
		},
	})
	return id, cleared.Load(), err
}

// took records a part that the carrier took. False means that the lane stops
// before it could.
func (l *lane) took(j *job, id string, parts int) bool {
	s := message.Submission{
		ID: j.ID, Part: j.next, Parts: parts, Carrier: l.name,
		CarrierMessageID: id, Attempts: j.attempts, At: l.Now(), Final: l.NoReceipts,
	}
	if l.Observer != nil {
		l.Observer.Submitted(j.Message, s)
	}
	written := l.write(func(ctx context.Context) error { return l.Store.Submitted(ctx, s) })
	j.next++
	j.parts = parts
	j.attempts, j.failure = 0, failure{}
	return written
}

// again decides what follows a failed attempt.
func (l *lane) again(j *job, err error) {
	var refused *carrier.Error
	switch {
	case errors.Is(err, errOptedOut):
		j.attempts--
		l.end(j, message.Blocked, message.CodeOptedOut)
	case errors.Is(err, errUnchecked) && l.ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded):
		j.attempts--
		l.Log.Error("it cannot be looked up whether a recipient opted out", "carrier", l.name, "error", err)
		l.delay(j, storeRetry)
	case errors.Is(err, carrier.ErrHeld):
		j.attempts--
		l.putBack(j)
	case errors.As(err, &refused):
		l.refused(j, refused)
	case l.ctx.Err() != nil: // stopping: nothing was handed over
	case errors.Is(err, context.DeadlineExceeded) && j.ExpiresAt.After(l.Now()) && l.quiet(j, l.Now()):
		j.attempts--
		l.putBack(j)
	case errors.Is(err, context.DeadlineExceeded):
		j.attempts--
		l.expire(j)
	default:
		l.refused(j, &carrier.Error{Failure: carrier.Transient, Err: err})
	}
}

// refused decides what follows what the carrier said.
func (l *lane) refused(j *job, said *carrier.Error) {
	if said.Failure == carrier.Throttled && said.Code == "" {
		j.attempts-- // it was not handed over
		l.putBack(j)
		return
	}
	j.fail(said, l.Now())
	switch {
	case said.Failure == carrier.Throttled && l.pauseLeft() > 0:
		l.putBack(j)
	case said.Failure == carrier.Throttled, said.Failure == carrier.QueueFull:
		l.delay(j, backOff(j.attempts, firstFull, longestFull))
	case said.Failure == carrier.Transient:
		l.transient(j)
	case said.Failure == carrier.InDoubt:
		l.doubtful(j)
	case said.Failure == carrier.QuotaUsed:
		l.poor(j)
	case said.Failure == carrier.Elsewhere && l.divert(j, message.Tried{Carrier: l.name, Code: said.Code, Refused: true}):
	case said.Failure == carrier.Elsewhere && said.Otherwise != "":
		l.refused(j, &carrier.Error{Failure: said.Otherwise, Code: said.Code, Err: said.Err})
	default:
		l.end(j, message.Refused(said.Failure), said.Code)
	}
}

// fail notes what the carrier said, and since when it has said the like.
func (j *job) fail(said *carrier.Error, now time.Time) {
	since := now
	if j.failure.kind == said.Failure {
		since = j.failure.since
	}
	j.failure = failure{said.Failure, said.Code, since}
}

// expire ends a message whose time to live is over: as the network's fault
// where the carrier's last word was one.
func (l *lane) expire(j *job) {
	if j.failure.kind == carrier.Transient || j.failure.kind == carrier.QuotaUsed {
		l.end(j, message.Refused(j.failure.kind), j.failure.code)
		return
	}
	l.end(j, message.Expired, j.failure.code)
}

// end ends the next part and all after it: a text that lacks a part is not
// worth sending.
func (l *lane) end(j *job, state message.State, code string) {
	e := message.Ending{ID: j.ID, State: state, Code: code, Attempts: j.attempts, At: l.Now()}
	last := max(j.parts, j.next)
	if j.next == 1 {
		last = 1 // part 0 stands for all
	} else {
		e.Part = j.next
	}
	for n := j.next; n <= last; n++ {
		if !l.write(func(ctx context.Context) error { return l.Store.Ended(ctx, e) }) {
			return
		}
		e.Part, e.Attempts = n+1, 0
	}
	l.drop(j)
}

// write tries until the store has it, also when the lane stops: another one for
// the same carrier begins when this is over. When the dispatcher gives up first
// the message stays held, and is sent again after the next start.
func (l *lane) write(do func(ctx context.Context) error) bool {
	for {
		// A submission that was given up must still be recorded.
		err := do(context.WithoutCancel(l.ctx))
		if err == nil {
			return true
		}
		l.Log.Error("what became of a message cannot be written", "carrier", l.name, "error", err)
		if !wait(storeRetry, l.quit) {
			return false
		}
	}
}

// unfit says what a message lacks that its country's registry (India's DLT)
// wants of every sender ID.
func unfit(m *message.Message) (code string) {
	if m.Country != "IN" || m.Origin.Kind != carrier.Alphanumeric {
		return ""
	}
	if m.Parameters[string(api.DestinationCountryParameterKeyInEntityId)] == "" {
		return codeNoEntity
	}
	if m.Parameters[string(api.DestinationCountryParameterKeyInTemplateId)] == "" {
		return codeNoTemplate
	}
	return ""
}

// backOff is the wait before another attempt.
func backOff(attempts int, first, longest time.Duration) time.Duration {
	return jitter(min(first<<min(max(attempts, 1)-1, 16), longest))
}

// jitter spreads a wait over three quarters to five quarters of it.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + rand.N(d/2+1)
}
