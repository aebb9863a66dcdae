package dispatch

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"heliograph/message/limit"
)

// codeQuietHours is of a message whose time to live ended in quiet hours.
const codeQuietHours = "QUIET_HOURS"

// Bound is a limiter that holds messages.
type Bound struct {
	Limiter  string    // in words, such as "identity SHOP"; recipients masked
	Messages int       // in memory
	Until    time.Time // when it lets the next one go
}

// Binding tells which limiters hold messages of a carrier now, the one that
// holds most first; recipients count as one.
func (d *Dispatcher) Binding(name string) []Bound {
	d.mu.RLock()
	l := d.lanes[name]
	d.mu.RUnlock()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []Bound
	var recipients Bound
	held := 0
	l.queue.bound(func(g *gate, messages int) {
		switch {
		case messages == 0:
		case g.Of != limit.Recipient:
			list = append(list, Bound{g.String(), messages, g.until})
		default:
			if held++; held == 1 || g.until.Before(recipients.Until) {
				recipients.Until = g.until
			}
			recipients.Limiter = g.String()
			recipients.Messages += messages
		}
	})
	if held > 1 { // as many as a campaign has
		recipients.Limiter = fmt.Sprintf("%d recipients", held)
	}
	if held > 0 {
		list = append(list, recipients)
	}
	slices.SortFunc(list, func(a, b Bound) int {
		return cmp.Or(cmp.Compare(b.Messages, a.Messages), cmp.Compare(a.Limiter, b.Limiter))
	})
	return list
}

// pickAllowed is pick where there are limits.
func (l *lane) pickAllowed() *job {
	for {
		now := l.Now()
		j := l.queue.next(now, l.ask)
		opens, waiting := l.queue.opens()
		switch {
		case j != nil:
			if waiting {
				l.wakeAt(opens.Sub(now))
			}
			return j
		case !waiting:
			return nil
		case opens.After(now):
			l.wakeAt(opens.Sub(now))
			return nil
		}
	}
}

// wakeAt has a worker look again when a gate opens.
func (l *lane) wakeAt(wait time.Duration) {
	switch {
	case wait <= 0:
		l.work.Signal()
	case l.alarm == nil:
		l.alarm = time.AfterFunc(wait, func() {
			l.mu.Lock() // a worker that has looked already waits by now
			defer l.mu.Unlock()
			l.work.Signal()
		})
	default:
		l.alarm.Reset(wait)
	}
}

// ask says whether the limits let a message's next part go, and counts it once.
func (l *lane) ask(j *job) limit.Verdict {
	now := l.Now()
	if j.granted && !l.quiet(j, now) {
		return limit.Verdict{}
	}
	v := l.Limiter.Ask(j.Message, j.next == 1, now)
	j.granted = !v.Held()
	return v
}

// allowed says whether the next part may be handed over. What may not yet waits
// in the queue.
func (l *lane) allowed(j *job) bool {
	if l.Limiter.Rules() == nil {
		return true
	}
	v := l.ask(j)
	j.granted = false // it is used up now
	if v.Held() {
		l.putBack(j)
	}
	return !v.Held()
}

// quiet says whether quiet hours hold a message, or soon do.
func (l *lane) quiet(j *job, now time.Time) bool {
	_, quiet := l.Limiter.Rules().Quiet(j.Message, now.Add(limit.Guard))
	return quiet
}

// sendable is how much of the time that is left a message may be handed over in:
// quiet hours may begin before.
func (l *lane) sendable(j *job, left time.Duration) time.Duration {
	rules := l.Limiter.Rules()
	if rules == nil {
		return left
	}
	now := l.Now()
	if begin, ok := rules.NextQuiet(j.Message, now); ok {
		left = min(left, begin.Sub(now))
	}
	return left
}

// expireWaiting ends a message that waited until its time to live was over, and
// says when quiet hours were why.
func (l *lane) expireWaiting(j *job) {
	if _, quiet := l.Limiter.Rules().Quiet(j.Message, j.ExpiresAt.Add(-time.Nanosecond)); quiet {
		j.failure = failure{code: codeQuietHours}
	}
	l.expire(j)
}
