package smsc

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"heliograph/protocol/smpp"
)

// saidAgain is how long the log is silent on a code that it has explained.
const saidAgain = time.Hour

// codesKept bounds the codes that are counted: there are as many as an SMSC likes.
const codesKept = 200

// Refusal is a command_status that a carrier has refused parts with.
type Refusal struct {
	Code   string // e.g. ESME_RINVSRCADR
	Class  Class
	Count  int // parts since the carrier began
	Last   time.Time
	Advice string // to the operator, a sentence; "" where there is nothing to do
}

// refused counts refusals, and explains each code now and then instead of once
// a part.
type refused struct {
	mu    sync.Mutex
	codes map[smpp.Status]*tally
}

type tally struct {
	Refusal
	said time.Time
}

// add counts a refusal and says whether the log is to explain it.
func (r *refused) add(why refusal, now time.Time) (explain bool, count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.codes[why.status]
	if t == nil {
		if r.codes == nil {
			r.codes = map[smpp.Status]*tally{}
		}
		if len(r.codes) >= codesKept {
			r.forget()
		}
		t = &tally{Refusal: Refusal{Code: why.status.String(), Class: why.class, Advice: why.advice}}
		r.codes[why.status] = t
	}
	t.Count++
	t.Last = now
	if why.advice == "" || !t.said.IsZero() && now.Sub(t.said) < saidAgain {
		return false, t.Count
	}
	t.said = now
	return true, t.Count
}

// forget drops the code that was not seen for longest; r.mu is held.
func (r *refused) forget() {
	var oldest *tally
	var status smpp.Status
	for code, t := range r.codes {
		if oldest == nil || t.Last.Before(oldest.Last) {
			oldest, status = t, code
		}
	}
	delete(r.codes, status)
}

// Refusals are the codes that the SMSC has refused parts with, the latest first.
func (c *Carrier) Refusals() []Refusal {
	c.refused.mu.Lock()
	defer c.refused.mu.Unlock()
	list := make([]Refusal, 0, len(c.refused.codes))
	for _, t := range c.refused.codes {
		list = append(list, t.Refusal)
	}
	slices.SortFunc(list, func(a, b Refusal) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Code, b.Code))
	})
	return list
}

// explain counts a refusal and tells the operator what to do about it.
func (c *Carrier) explain(why refusal) {
	if why.status == smpp.StatusOK {
		return
	}
	if say, count := c.refused.add(why, c.settings.Now()); say {
		c.settings.Log.Error("the SMSC refuses messages", "code", why.status, "class", why.class, "parts", count, "advice", why.advice)
	}
}
