package health

import (
	"cmp"
	"slices"
	"time"
)

// One is what a monitor knows of carriers, or of identities.
type One struct {
	monitor  *Monitor
	identity bool
}

// Carriers is what the monitor knows of carriers, by their names.
func (m *Monitor) Carriers() One { return One{m, false} }

// Identities is what the monitor knows of members of pools, by number id or
// sender ID text in upper case.
func (m *Monitor) Identities() One { return One{m, true} }

// Well says that what was taken for a country (ISO 3166-1 alpha-2) is reported
// delivered as it should be, or that too little is known.
func (o One) Well(name, country string) bool {
	rules, on := o.monitor.Rules()
	if !on {
		return true
	}
	m := o.monitor
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire(rules, m.Now())
	t := m.tracks[subject{o.identity, name, country}]
	return t == nil || !t.ill
}

const (
	// probeEvery is the share of messages that try what is not well: one in so
	// many.
	probeEvery = 50
	// probesAWindow is how often it is tried at the least where there are few
	// messages.
	probesAWindow = 20
)

// Probe says that a message is to try one that is not well: one in 50 by lot,
// and one where there was none for a twentieth of the window.
func (o One) Probe(name, country string, draw uint64) bool {
	rules, on := o.monitor.Rules()
	if !on {
		return false
	}
	m := o.monitor
	m.mu.Lock()
	defer m.mu.Unlock()
	t, now := m.tracks[subject{o.identity, name, country}], m.Now()
	if t == nil || !t.ill || draw%probeEvery != 0 && now.Sub(t.probe) < rules.Window/probesAWindow {
		return false
	}
	t.probe = now
	return true
}

// Standing is how one does.
type Standing struct {
	Name, Country string
	Judged        int // messages within the window, or since it is not well
	Arrived       int // of those
	Waiting       int // followed, and not judged yet
	Well          bool
	// Latency is how long the receipts of those that arrived took: a mean that
	// follows the last few. 0 = none arrived.
	Latency time.Duration
}

// List tells of all that anything is known of, by name and country.
func (o One) List() []Standing {
	m := o.monitor
	rules, on := m.Rules()
	if !on {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.Now()
	m.expire(rules, now)
	var list []Standing
	for of, t := range m.tracks {
		if of.identity != o.identity {
			continue
		}
		t.slide(rules.Window, now)
		list = append(list, t.standing())
	}
	slices.SortFunc(list, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Country, b.Country))
	})
	return list
}
