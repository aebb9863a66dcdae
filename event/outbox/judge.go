package outbox

import (
	"math/rand/v2"
	"slices"
	"time"

	"heliograph/event"
)

// ended takes up what became of a call.
func (c *courier) ended(done call) {
	c.calls--
	var said, last error
	answered, fresh, later := 0, 0, time.Duration(0)
	for i, it := range done.batch {
		o := done.outcomes[i]
		it.busy = false
		if o.answered() {
			answered++
		} else {
			last = o.err
			later = max(later, event.After(o.err))
			if it.rests == 0 {
				fresh++
			}
			it.rests++
			it.until = c.Now().Add(max(backOff(it.rests), event.After(o.err)))
		}
		if o.settled {
			delete(c.known, it.Key)
			continue
		}
		said = o.err
	}
	c.order = slices.DeleteFunc(c.order, func(it *item) bool { return c.known[it.Key] == nil })
	c.judge(done, answered, fresh, later)
	switch {
	case answered == 0 && last != nil:
		c.tell(last)
	case said != nil:
		c.tell(said)
	default:
		c.well()
	}
}

// judge lets the target rest when it takes nothing that it is given for the first
// time. An event that it cannot stand is no reason to: that one rests alone.
func (c *courier) judge(done call, answered, fresh int, later time.Duration) {
	if answered > 0 {
		if c.rests > 0 {
			c.refresh(func(it *item) bool { return it.ill })
		}
		c.failed, c.rests = 0, 0
		return
	}
	if c.failed += fresh; c.rests == 0 && c.failed < doubts && later == 0 {
		return
	}
	if c.rests == 0 && fresh == 0 && later == 0 {
		return // all that it was given has failed before
	}
	for _, it := range done.batch {
		it.ill = true
	}
	if done.era != c.era {
		return // it was under way when the target was let rest
	}
	c.era++
	c.rests++
	c.until = c.Now().Add(min(max(backOff(c.rests), later), longestRest))
}

// refresh lets entries that rest be tried now.
func (c *courier) refresh(which func(*item) bool) {
	for _, it := range c.order {
		if which(it) {
			it.until, it.ill = time.Time{}, false
		}
	}
}

// tell keeps what the target said, and logs the first of a trouble.
func (c *courier) tell(err error) {
	t := Trouble{Target: c.target, Since: c.Now(), Said: err.Error()}
	if old := c.trouble.Load(); old != nil {
		t.Since = old.Since
	}
	c.trouble.Store(&t)
	if !c.silent && !c.stopping() {
		c.silent = true
		c.Log.Warn("a target does not take events; they wait and are tried again", "target", c.target.ARN, "error", err)
	}
}

func (c *courier) well() {
	if c.trouble.Swap(nil) != nil {
		c.silent = false
		c.Log.Info("a target takes events again", "target", c.target.ARN)
	}
}

// backOff is the wait before another attempt, spread over three quarters to five
// quarters of 1, 2, 4 … 300 seconds.
func backOff(rests int) time.Duration {
	d := min(firstRest<<min(rests-1, 16), longestRest)
	return d*3/4 + rand.N(d/2+1)
}
