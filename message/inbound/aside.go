package inbound

import (
	"context"
	"time"

	"heliograph/message"
)

const (
	firstPause = time.Second // after a text that could not be concluded
	// triesInARow are of one text, within half a minute: then the lane goes on with
	// what others wrote.
	triesInARow = 6
	asideFor    = time.Minute
)

// aside is what one person sent to one number since a text of theirs could not be
// concluded, that one first: it stays in order.
type aside struct {
	talk  talk
	parts []message.Inbound
	until time.Time
}

// asides wait to be tried again, the one that is due first in front.
type asides struct {
	of    map[talk]*aside
	order []*aside
}

// receive takes a part that is on disk, behind those of the same person that wait.
func (l *lane) receive(ctx context.Context, part message.Inbound) {
	t := talkOf(&part)
	if a := l.asides.of[t]; a != nil {
		a.parts = append(a.parts, part)
		return
	}
	if l.try(ctx, func() error { return l.accept(ctx, part) }) || ctx.Err() != nil {
		return
	}
	a := &aside{talk: t, parts: []message.Inbound{part}, until: l.s.Now().Add(asideFor)}
	l.asides.of[t], l.asides.order = a, append(l.asides.order, a)
	l.s.aside.Add(1)
}

// try does something a few times, until it is done or the lane is stopped, and says
// whether it is done. What it does is safe to do again.
func (l *lane) try(ctx context.Context, do func() error) bool {
	pause := firstPause
	for tries := 1; ctx.Err() == nil; tries++ {
		err := do()
		if err == nil {
			return true
		}
		if tries == triesInARow && ctx.Err() == nil {
			l.s.Log.Error("a text from a handset cannot be concluded; it is put aside and tried again now and then", "error", err)
			return false
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause *= 2
	}
	return false
}

// resume tries what was put aside for long enough, and says when to look again;
// zero = nothing is.
func (l *lane) resume(ctx context.Context) (next time.Time) {
	for len(l.asides.order) > 0 && ctx.Err() == nil {
		a := l.asides.order[0]
		if a.until.After(l.s.Now()) {
			return a.until
		}
		l.asides.order = l.asides.order[1:]
		if l.catchUp(ctx, a) {
			delete(l.asides.of, a.talk)
			l.s.aside.Add(-1)
			continue
		}
		a.until = l.s.Now().Add(asideFor)
		l.asides.order = append(l.asides.order, a)
	}
	return time.Time{}
}

// catchUp takes the parts that were put aside, each once, as far as it gets.
func (l *lane) catchUp(ctx context.Context, a *aside) bool {
	for len(a.parts) > 0 {
		if l.accept(ctx, a.parts[0]) != nil { // the first error is in the log
			return false
		}
		a.parts = a.parts[1:]
	}
	return true
}

// Aside is from how many people texts cannot be concluded now.
func (s *Service) Aside() int64 { return s.aside.Load() }
