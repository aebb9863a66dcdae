// Package rate holds callers to so many events per second each, evenly spaced,
// by the generic cell rate algorithm (ITU-T I.371 Annex A): a key needs one
// instant of memory, and none once it has been idle. Left out: waiting, which is
// the caller's, and what the keys stand for.
package rate

import (
	"sync"
	"time"
)

// Charge is an event that counts towards a key's rate.
type Charge[K comparable] struct {
	Key       K
	PerSecond int // at least 1
	// Lead is how far events may run ahead of the even pace: in any period no
	// more than PerSecond × period + max(1, PerSecond × Lead) of them happen.
	Lead time.Duration
}

func (c Charge[K]) interval() time.Duration { return time.Second / time.Duration(c.PerSecond) }

// ahead is how long before its even turn an event may come.
func (c Charge[K]) ahead() time.Duration { return max(0, c.Lead-c.interval()) }

// Table holds the rates of many keys. Its zero value is ready, and its methods
// may be called at the same time.
type Table[K comparable] struct {
	mu    sync.Mutex
	turns map[K]time.Time // when each key's next even turn is
	sweep int             // how many keys are looked through for idle ones
}

// fewest keys that are worth a search for idle ones.
const fewest = 1024

// Take counts an event towards all its keys at once, or towards none: then held
// is the index of the charge that lets it happen last, and until when. held is
// -1 when the event is counted.
func (t *Table[K]) Take(now time.Time, charges []Charge[K]) (held int, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held = -1
	for i, c := range charges {
		if at := t.turn(c, now).Add(-c.ahead()); at.After(now) && (held < 0 || at.After(until)) {
			held, until = i, at
		}
	}
	if held >= 0 {
		return held, until
	}
	t.forget(now)
	for _, c := range charges {
		next := t.turn(c, now)
		if next.Before(now) {
			next = now
		}
		t.turns[c.Key] = next.Add(c.interval())
	}
	return -1, time.Time{}
}

// turn is a key's next even turn. One further away than a rate can bring it
// comes of a higher interval or a clock that was set back.
func (t *Table[K]) turn(c Charge[K], now time.Time) time.Time {
	latest := now.Add(c.interval() + c.ahead())
	if at := t.turns[c.Key]; !at.After(latest) {
		return at
	}
	return latest
}

// forget drops keys whose turn is past, which are as good as unknown. It looks
// when the keys have doubled, so that an event costs the same whatever there is.
func (t *Table[K]) forget(now time.Time) {
	if t.turns == nil {
		t.turns, t.sweep = map[K]time.Time{}, fewest
	}
	if len(t.turns) < t.sweep {
		return
	}
	for key, at := range t.turns {
		if !at.After(now) {
			delete(t.turns, key)
		}
	}
	t.sweep = max(fewest, 2*len(t.turns))
}
