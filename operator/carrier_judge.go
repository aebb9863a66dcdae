package operator

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Facts are what a carrier's state is judged by beside what is shown of it.
type Facts struct {
	Now            time.Time
	Slowed         float64   // message parts per second that throttling has left, 0 = all
	ThrottledUntil time.Time // a pause that the carrier asked for, in the past = none
	Limits         []string  // names of limits that hold messages back
	Refusals       []Refusal // of parts, the latest first
	IDTrouble      string    // what is wrong with how message ids are read, "" = nothing is known
}

// Refusal is a code that a carrier has refused parts with.
type Refusal struct {
	Code   string
	Count  int // parts
	Last   time.Time
	Advice string // a sentence, "" = there is nothing to do
}

// refusalShown is how long a refusal is called a problem.
const refusalShown = time.Hour

// UnmatchedAdvice is what to do where Unmatching says so.
const UnmatchedAdvice = "the carrier may write message ids in another base there than in submit_sm_resp; set msg_id_type, or leave it out and it is learnt; or another system uses the same login"

// Unmatching says whether so many receipts name no message that something is
// wrong.
func Unmatching(matched, unmatched int64) bool { return unmatched > fewReceipts && unmatched > matched }

// fewReceipts is how many receipts that match nothing are no cause for alarm:
// some come before the submission is on record.
const fewReceipts = 3

// Missing is a carrier that messages wait for and that is not configured.
func Missing(name string, queued int, pause *Pause) Carrier {
	remedy := fmt.Sprintf("%d messages wait for it and it is not in the configuration file: put it there and reload, or move them to another carrier (heliograph carriers move %s --to NAME); they expire when their time to live is over.", queued, name)
	return Carrier{
		Name: name, State: CarrierNotConfigured, Summary: "It is not in the configuration file.", Paused: pause,
		Binds: []Bind{}, Delivery: []Delivery{}, OnDisk: queued, Limiter: "not configured", limitedBy: "not_configured", Problems: []string{remedy},
	}
}

// Judged fills in what follows from a carrier's binds and the facts: its state,
// what limits it, and its problems in words.
func (c Carrier) Judged(f Facts) Carrier {
	if c.Binds == nil {
		c.Binds = []Bind{}
	}
	maintained := 0
	for _, b := range c.Binds {
		switch b.State {
		case bindUp:
			c.BindsUp++
			c.Window += b.Window
			c.Unanswered += b.Unanswered
		case bindMaintenance:
			maintained++
		}
	}
	c.State, c.Summary = c.standing(maintained)
	if c.Paused != nil {
		c.State, c.Summary = CarrierPaused, c.Paused.sentence()
	}
	if c.Delivery == nil {
		c.Delivery = []Delivery{}
	}
	c.limitedBy, c.Limiter = c.limiter(f)
	c.Problems = c.problems(f)
	return c
}

// The states of binds, as carrier/smsc names them.
const (
	bindUp          = "UP"
	bindMaintenance = "MAINTENANCE"
)

func (c *Carrier) standing(maintained int) (state, sentence string) {
	n := len(c.Binds)
	switch {
	case c.BindsUp == n && n > 0:
		return CarrierUp, "Every bind is up."
	case c.BindsUp > 0:
		return CarrierPartly, fmt.Sprintf("%d of %d binds are up.", c.BindsUp, n)
	case maintained == n && n > 0:
		return CarrierMaintenance, "It is down for its maintenance."
	}
	return CarrierDown, "No bind is up: nothing goes over it."
}

func (p *Pause) sentence() string {
	text := "Paused since " + clock(p.Since) + " by " + p.AccessKeyID
	if p.Reason != "" {
		text += " (" + p.Reason + ")"
	}
	return text + ": messages wait until it is resumed, or they expire."
}

// limiter is what holds messages back now, in one of a few words and in full; ""
// where none wait for their turn.
func (c *Carrier) limiter(f Facts) (kind, text string) {
	waiting := c.InMemory+c.OnDisk > 0 || c.InFlight > c.Unanswered
	switch {
	case c.Paused != nil:
		return "paused", "paused"
	case c.BindsUp == 0:
		return "no_connection", "no connection"
	case f.ThrottledUntil.After(f.Now):
		return "throttled", "throttled by the carrier"
	case !waiting:
		return "", ""
	case len(f.Limits) > 0:
		return "limits", others(f.Limits)
	case f.Slowed > 0:
		return "slowed", fmt.Sprintf("slowed to %.3g/s after throttling", f.Slowed)
	case c.Window > 0 && c.Unanswered >= c.Window:
		return "window", fmt.Sprintf("window of %d", c.Window)
	case c.Throughput > 0:
		return "throughput", fmt.Sprintf("throughput of %d/s", c.Throughput)
	}
	return "", ""
}

// LimitedBy is what holds messages back now, in one of a few words: paused,
// not_configured, no_connection, throttled, limits, slowed, window, throughput; ""
// = nothing.
func (c Carrier) LimitedBy() string { return c.limitedBy }

// problems are sentences that say what is wrong and what to do.
func (c *Carrier) problems(f Facts) []string {
	list := []string{}
	add := func(text string) {
		if text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	for _, b := range c.Binds {
		if b.Trouble != "" && !strings.Contains(b.Trouble, b.Address) {
			b.Trouble = b.Address + ": " + b.Trouble
		}
		add(b.Trouble)
	}
	for _, r := range f.Refusals {
		if r.Advice != "" && f.Now.Sub(r.Last) < refusalShown {
			add(fmt.Sprintf("%d parts were refused with %s, the last at %s: %s", r.Count, r.Code, clock(r.Last), r.Advice))
		}
	}
	if f.Slowed > 0 {
		add(fmt.Sprintf("It gets %.3g parts per second for now, since it has throttled; the rate grows again by itself.", f.Slowed))
	}
	switch {
	case f.IDTrouble != "":
		add(f.IDTrouble)
	case Unmatching(c.Matched, c.Unmatched):
		add(fmt.Sprintf("%d of %d receipts name no message that was sent here: %s (now %s).", c.Unmatched, c.Matched+c.Unmatched, UnmatchedAdvice, c.IDs))
	}
	if c.Throughput != c.Configured {
		add(fmt.Sprintf("Throughput is %s by the operator's order until the next reload or restart; the file says %s.", perSecond(c.Throughput), perSecond(c.Configured)))
	}
	return list
}

func perSecond(n int) string {
	if n == 0 {
		return "not limited"
	}
	return fmt.Sprintf("%d parts per second", n)
}

// others names the first of several.
func others(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
}
