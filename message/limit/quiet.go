package limit

import (
	"slices"
	"time"

	"heliograph/api"
	"heliograph/message"
)

// Hours are a time of the day at which messages are held. From is in, To is out;
// To not after From is on the next day.
type Hours struct {
	Countries []string          // ISO 3166-1 alpha-2, none = all
	Types     []api.MessageType // none = all
	From, To  time.Duration     // since midnight by the clock on the wall
	Zone      *time.Location
	Days      []time.Weekday // on which they begin, none = every day
}

// applies says whether the hours are for a message.
func (h *Hours) applies(m *message.Message) bool {
	return (len(h.Countries) == 0 || slices.Contains(h.Countries, m.Country)) &&
		(len(h.Types) == 0 || slices.Contains(h.Types, m.Type))
}

// begin is when the hours of a day begin; false where that day has none. The day
// is that many after t's.
func (h *Hours) begin(t time.Time, days int) (begin, end time.Time, ok bool) {
	local := t.In(h.Zone)
	clock := func(days int, at time.Duration) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, 0, int(at/time.Minute), 0, 0, h.Zone)
	}
	begin, end = clock(days, h.From), clock(days, h.To)
	if h.To <= h.From {
		end = clock(days+1, h.To)
	}
	// Noon is on the day itself, whatever the clock was set to at night.
	day := clock(days, 12*time.Hour).Weekday()
	return begin, end, len(h.Days) == 0 || slices.Contains(h.Days, day)
}

// around is the end of the hours that t lies in.
func (h *Hours) around(t time.Time) (end time.Time, in bool) {
	for _, days := range []int{-1, 0} {
		if begin, end, ok := h.begin(t, days); ok && !t.Before(begin) && t.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

// chained is how many hours may follow on each other without a gap before they
// are looked at again.
const chained = 32

// Quiet says whether a message is held at a time, and until when.
func (r *Rules) Quiet(m *message.Message, at time.Time) (end time.Time, quiet bool) {
	if r == nil {
		return time.Time{}, false
	}
	end = at
	for range chained {
		latest := end
		for i := range r.quiet {
			h := &r.quiet[i]
			if !h.applies(m) {
				continue
			}
			if until, in := h.around(end); in && until.After(latest) {
				latest = until
			}
		}
		if latest.Equal(end) {
			break
		}
		end = latest
	}
	return end, end.After(at)
}

// NextQuiet is when the next quiet hours of a message begin after a time; false
// where it has none.
func (r *Rules) NextQuiet(m *message.Message, after time.Time) (begin time.Time, ok bool) {
	if r == nil {
		return time.Time{}, false
	}
	const week = 7
	for i := range r.quiet {
		h := &r.quiet[i]
		for days := 0; h.applies(m) && days <= week; days++ {
			at, _, on := h.begin(after, days)
			if !on || !at.After(after) {
				continue
			}
			if !ok || at.Before(begin) {
				begin, ok = at, true
			}
			break
		}
	}
	return begin, ok
}

// mayBeQuiet says whether any quiet hours are for a message.
func (r *Rules) mayBeQuiet(m *message.Message) bool {
	for i := range r.quiet {
		if r.quiet[i].applies(m) {
			return true
		}
	}
	return false
}

func quietGate(m *message.Message) Gate {
	return Gate{Of: QuietHours, Value: m.Country + " " + string(m.Type)}
}
