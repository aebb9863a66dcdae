package inbound

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"heliograph/message"
)

const (
	laneCount  = 16 // texts that may be concluded at once
	purgeEvery = time.Minute
)

// lanes conclude texts. What one person sends to one number stays in one lane,
// in order.
type lanes struct {
	seed   maphash.Seed
	all    []*lane // nil until the start: what comes before is read then
	runs   sync.WaitGroup
	cancel context.CancelFunc
}

// lane concludes the texts of some people, one after the other.
type lane struct {
	s *Service

	mu      sync.Mutex
	waiting []message.Inbound
	again   map[talk]string // the newest whole texts, which the network may deliver again
	wake    chan struct{}   // holds one while something waits
	began   time.Time

	// Of the lane's goroutine alone.
	groups groups
	asides asides
}

// Start takes up what was kept and not concluded, and then what comes.
func (s *Service) Start(ctx context.Context) error {
	kept, err := s.Parts.KeptInbound(ctx)
	if err != nil {
		return err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.lanes.seed, s.lanes.cancel = maphash.MakeSeed(), cancel
	began := s.Now()
	for range laneCount {
		s.lanes.all = append(s.lanes.all, &lane{s: s, wake: make(chan struct{}, 1), groups: newGroups(), asides: asides{of: map[talk]*aside{}}, again: map[talk]string{}, began: began})
	}
	stopped := newest(kept)
	for _, part := range kept {
		l := s.lanes.of(part.From, part.To)
		if stopped.Sub(part.At) <= keptBefore {
			l.excuse(&part)
		}
		if part.Done {
			l.recall(part)
			continue
		}
		l.waiting = append(l.waiting, part)
	}
	for _, l := range s.lanes.all {
		s.lanes.runs.Go(func() { l.run(running) })
	}
	s.lanes.runs.Go(func() { s.purge(running) })
	return nil
}

// newest is when the last of some parts came, which is about when the server
// stopped that kept them.
func newest(kept []message.Inbound) (at time.Time) {
	for i := range kept {
		if kept[i].At.After(at) {
			at = kept[i].At
		}
	}
	return at
}

// Stop ends; what is not concluded stays on disk. It does not wait longer than
// ctx.
func (s *Service) Stop(ctx context.Context) error {
	if s.lanes.cancel == nil {
		return nil
	}
	s.lanes.cancel()
	ended := make(chan struct{})
	go func() {
		s.lanes.runs.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("inbound: a text is still being concluded: %w", ctx.Err())
	}
}

func (l *lanes) of(from, to string) *lane {
	return l.all[maphash.String(l.seed, from+" "+to)%laneCount]
}

// put hands a part over that is on disk; it does not wait.
func (l *lanes) put(part message.Inbound) {
	if l.all == nil {
		return
	}
	mine := l.of(part.From, part.To)
	mine.mu.Lock()
	mine.waiting = append(mine.waiting, part)
	mine.mu.Unlock()
	select {
	case mine.wake <- struct{}{}:
	default:
	}
}

func (l *lane) take() []message.Inbound {
	l.mu.Lock()
	defer l.mu.Unlock()
	parts := l.waiting
	l.waiting = nil
	return parts
}

// run concludes until it is stopped.
func (l *lane) run(ctx context.Context) {
	for ctx.Err() == nil {
		for _, part := range l.take() {
			l.receive(ctx, part)
		}
		next := sooner(l.resume(ctx), l.expire(ctx))
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = time.After(next.Sub(l.s.Now()))
		}
		select {
		case <-l.wake:
		case <-timer:
		case <-ctx.Done():
		}
	}
}

// sooner is the earlier of two times; zero = never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// accept takes a part that is on disk.
func (l *lane) accept(ctx context.Context, part message.Inbound) error {
	key, seq, several := placed(&part)
	if !several {
		return l.s.conclude(ctx, single(&part), true)
	}
	g := l.groups.byKey[key]
	if g == nil {
		return l.begin(ctx, key, nil, seq, part)
	}
	switch g.try(seq, &part) {
	case repeats:
		return l.repeated(ctx, g, seq, part)
	case late:
		return l.alone(ctx, g, seq, part)
	case strange:
		if err := l.finish(ctx, g); err != nil {
			return err
		}
		return l.begin(ctx, key, g, seq, part)
	}
	l.groups.add(g, seq, part, l.began)
	return l.finishWhole(ctx, g)
}

// begin opens a group with its first part. Where it takes the place of another,
// what seemed to be repetitions of that were parts of the new text: two texts may
// begin with the same words.
func (l *lane) begin(ctx context.Context, key groupKey, old *group, seq uint8, part message.Inbound) error {
	if full := l.groups.crowded(key); old == nil && full != nil {
		if err := l.end(ctx, full); err != nil {
			return err
		}
	}
	g := l.groups.open(key)
	l.groups.add(g, seq, part, l.began)
	if old != nil {
		l.seed(g, old.spare)
	}
	return l.finishWhole(ctx, g)
}

func (l *lane) seed(g *group, parts []message.Inbound) {
	for _, part := range parts {
		_, seq, _ := placed(&part)
		if g.holds(seq) {
			g.spare = append(g.spare, part)
			continue
		}
		l.groups.add(g, seq, part, l.began)
	}
}

// repeated takes a part that is there. That it is the same one comes of trying
// again.
func (l *lane) repeated(ctx context.Context, g *group, seq uint8, part message.Inbound) error {
	if g.parts[seq].ID == part.ID {
		return l.finishWhole(ctx, g)
	}
	g.spare = append(g.spare, part)
	return nil
}

// alone concludes a part that came after its text was, by itself: it may be heard,
// and the rest is not heard twice.
func (l *lane) alone(ctx context.Context, g *group, seq uint8, part message.Inbound) error {
	self := newGroup(g.key)
	self.parts[seq] = part
	text, begins := self.text()
	if err := l.s.conclude(ctx, text, begins); err != nil {
		return err
	}
	g.parts[seq] = part
	return nil
}

func (l *lane) finishWhole(ctx context.Context, g *group) error {
	if !g.whole() {
		return nil
	}
	return l.finish(ctx, g)
}

// finish concludes a group with what is there.
func (l *lane) finish(ctx context.Context, g *group) error {
	if g.done {
		return nil
	}
	text, begins := g.text()
	if err := l.s.conclude(ctx, text, begins); err != nil {
		return err
	}
	g.done, g.spare = true, nil
	l.groups.touch(g, l.s.Now())
	return nil
}

// end concludes a group, if it is not, and forgets it and its repetitions.
func (l *lane) end(ctx context.Context, g *group) error {
	if err := l.finish(ctx, g); err != nil {
		return err
	}
	for _, part := range g.spare {
		if err := l.s.Parts.DropInbound(ctx, part.ID); err != nil {
			return err
		}
	}
	l.groups.forget(g)
	return nil
}

// expire concludes groups that were waited for, forgets those that were
// concluded, and says when to look again; zero = nothing is waited for.
func (l *lane) expire(ctx context.Context) (next time.Time) {
	wait := l.s.Rules().PartsWait
	for ctx.Err() == nil {
		g := l.groups.first()
		if g == nil {
			return time.Time{}
		}
		if due := g.last.Add(wait); due.After(l.s.Now()) {
			return due
		}
		do := l.finish
		if g.done {
			do = l.end
		}
		if !l.try(ctx, func() error { return do(ctx, g) }) {
			l.groups.touch(g, l.s.Now()) // others go first
		}
	}
	return time.Time{}
}

// recall takes a part of a text that was concluded before the start.
func (l *lane) recall(part message.Inbound) {
	key, seq, several := placed(&part)
	if !several {
		return
	}
	g := l.groups.byKey[key]
	if g != nil && g.try(seq, &part) == repeats {
		return
	}
	if g == nil || g.holds(seq) {
		if full := l.groups.crowded(key); g == nil && full != nil {
			l.groups.forget(full)
		}
		g = l.groups.open(key)
		g.done = true
	}
	l.groups.add(g, seq, part, l.began)
}

// purge forgets what is needed no more.
func (s *Service) purge(ctx context.Context) {
	for {
		select {
		case <-time.After(purgeEvery):
		case <-ctx.Done():
			return
		}
		now := s.Now()
		// A text of one part may have a header too.
		parts := max(keptBefore, s.Rules().PartsWait)
		if err := s.Parts.PurgeInbound(ctx, now.Add(-keptBefore), now.Add(-parts)); err != nil && ctx.Err() == nil {
			s.Log.Error("concluded texts from handsets cannot be forgotten", "error", err)
		}
	}
}
