package smsc

import (
	"cmp"
	"sync"
	"time"
)

// silence is how long the log does not hear again of what happens all the time.
const silence = time.Minute

// seldom lets what happens often be said now and then.
type seldom struct {
	every time.Duration // 0 = silence

	mu    sync.Mutex
	said  time.Time
	times int // since
}

// say counts, and says whether the log is to hear of it and of how many times.
func (s *seldom) say(now time.Time) (times int, say bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times++
	if !s.said.IsZero() && now.Sub(s.said) < cmp.Or(s.every, silence) {
		return 0, false
	}
	times, s.said, s.times = s.times, now, 0
	return times, true
}
