package smpp

import (
	"fmt"
	"time"
)

// missedProbes is how many enquire_link may stay unanswered.
const missedProbes = 2

// watch is the session's keeper of time: session init, responses, enquire_link.
func (s *Session) watch() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	probes := probe{}
	for {
		select {
		case <-s.ctx.Done():
			return
		case now := <-timer.C:
			wake, err := s.check(now, &probes)
			if err != nil {
				s.fail(err)
				return
			}
			timer.Reset(max(time.Until(wake), time.Millisecond))
		}
	}
}

// check does what is due and says when to look again: no later than a request that
// is made in the meantime can be due.
func (s *Session) check(now time.Time, p *probe) (wake time.Time, err error) {
	wake = now.Add(s.config.ResponseTimeout)
	earlier := func(t time.Time) {
		if !t.IsZero() && t.Before(wake) {
			wake = t
		}
	}
	earlier(s.calls.expire(now))
	if s.State() == Open {
		due := s.started.Add(s.config.InitTimeout)
		if !due.After(now) {
			return wake, fmt.Errorf("%w: no bind", ErrTimeout)
		}
		earlier(due)
	}
	if s.config.EnquireInterval > 0 {
		due, err := s.probe(now, p)
		if err != nil {
			return wake, err
		}
		earlier(due)
	}
	return wake, nil
}

// probe counts the enquire_link since the peer was last heard.
type probe struct {
	heard time.Duration // as lastRead
	since time.Duration // of that, or of the last enquire_link
	sent  int
}

// probe asks for a sign of life when nothing was received for an interval. Only
// what is received counts as traffic: every request of ours is answered, so a
// living peer is heard, and what we write proves nothing. While the handler has the
// reader nothing can be heard, and the peer has no time lost.
func (s *Session) probe(now time.Time, p *probe) (due time.Time, err error) {
	if heard := time.Duration(s.lastRead.Load()); heard != p.heard {
		*p = probe{heard: heard, since: heard}
	}
	if s.handling.Load() {
		p.since, p.sent = now.Sub(s.started), 0
	}
	next := func() time.Time { return s.started.Add(p.since + s.config.EnquireInterval) }
	if next().After(now) {
		return next(), nil
	}
	if p.sent == missedProbes {
		return time.Time{}, ErrLinkDead
	}
	p.since, p.sent = now.Sub(s.started), p.sent+1
	k := &call{control: true, abandoned: true}
	sequence, err := s.calls.register(k, CommandEnquireLink, now.Add(s.config.ResponseTimeout))
	if err != nil {
		return time.Time{}, err
	}
	if err := s.out.append(sequence, &EnquireLink{}); err != nil {
		return time.Time{}, err
	}
	return next(), nil
}
