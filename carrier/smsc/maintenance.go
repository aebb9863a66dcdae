package smsc

import (
	"slices"
	"time"
)

// Maintenance is a time of the week at which an SMSC may be away: from From to To
// of the clock in Zone, both since midnight. When To is not after From it ends the
// next day.
type Maintenance struct {
	From, To time.Duration
	Zone     *time.Location
	Days     []time.Weekday // on which it begins; none means every day
}

// holds says whether t lies within it. Clock times are wall times: on the day of a
// change to summer time the window moves with the clock.
func (m Maintenance) holds(t time.Time) bool {
	t = t.In(m.Zone)
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
	on := func(day time.Weekday) bool { return len(m.Days) == 0 || slices.Contains(m.Days, day) }
	if m.From < m.To {
		return m.From <= clock && clock < m.To && on(t.Weekday())
	}
	yesterday := (t.Weekday() + 6) % 7
	return clock >= m.From && on(t.Weekday()) || clock < m.To && on(yesterday)
}

// maintained says whether the carrier's SMSC may be away now.
func (s *Settings) maintained() bool {
	now := s.Now()
	return slices.ContainsFunc(s.Maintenance, func(m Maintenance) bool { return m.holds(now) })
}
