package smsc

import (
	"errors"
	"time"

	"heliograph/protocol/smpp"
)

// silentShown is how long a part that was left unanswered is called a trouble.
const silentShown = 10 * time.Minute

// leftUnanswered is the trouble of parts whose response timer ran out on a session that
// is up: how most SMSCs that say nothing take a window that is too large.
const leftUnanswered = "the SMSC leaves messages unanswered: window may be larger than what the carrier allows, ask and lower it; or it is slow, then raise timers.response"

// silence notes a part that was left unanswered, and tells the operator now and
// then.
func (c *Carrier) silence(l *line, err error) {
	var missing *smpp.Unanswered
	if !errors.As(err, &missing) {
		return
	}
	now := c.settings.Now()
	l.silent.Store(now.UnixNano())
	if times, say := c.silences.say(now); say {
		c.settings.Log.Warn(leftUnanswered, "window", c.settings.Window, "messages", times)
	}
}

// silentAt is when a part was last left unanswered on a session, false when not of
// late.
func (c *Carrier) silentAt(l *line) (at time.Time, lately bool) {
	if l == nil || l.silent.Load() == 0 {
		return at, false
	}
	at = time.Unix(0, l.silent.Load())
	return at, c.settings.Now().Sub(at) < silentShown
}
