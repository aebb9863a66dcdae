package health

import (
	"slices"
	"sync"
	"time"

	"heliograph/message"
)

// Rules say when something is not well.
type Rules struct {
	Minimum int           // messages judged within Window before anything is said
	Window  time.Duration // how far back is looked
	Ratio   float64       // least share of messages that arrive, above 0 and at most 1
	Latency time.Duration // a receipt that is not here by then counts as missing
}

// Monitor follows messages from their submission to their receipt. Its zero
// value with Rules and Now works; it is safe for concurrent use.
type Monitor struct {
	// Rules in force. False = nothing is followed, and everything is well.
	Rules func() (Rules, bool)
	Now   func() time.Time
	// Turned is told when a subject becomes not well, or well again; identity says
	// that it is no carrier. It must be quick. Nil = nobody is told.
	Turned func(identity bool, s Standing)

	mu      sync.Mutex
	tracks  map[subject]*track
	waiting map[place]*sample
	parts   map[message.ID]*sample // of messages whose last part is still to come
	queue   []*sample              // in order of submission
	live    int                    // of queue: those that are not over
	early   early
}

// subject is who is judged, for a country.
type subject struct {
	identity      bool // else a carrier
	name, country string
}

// place is where a receipt finds its part.
type place struct{ carrier, id string }

// sample is a message that is followed.
type sample struct {
	at     time.Time
	id     message.ID
	tracks [2]*track // of the carrier and of the identity, nil = it comes from no pool
	begun  [2]int    // what their begin said
	places []place
	over   bool
}

// mostWaiting bounds the messages of a subject that are followed at a time: a
// sample tells as much as all would.
const mostWaiting = 4096

// Submitted takes note that a carrier took a part, unless the carrier gives no
// receipts to judge it by.
func (m *Monitor) Submitted(msg *message.Message, s message.Submission) {
	rules, on := m.Rules()
	if !on || s.Final {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.Now()
	m.expire(rules, now)
	if p := m.parts[s.ID]; p != nil {
		m.await(p, s, rules, now)
		return
	}
	if s.Part != 1 || s.Parts == 1 && s.CarrierMessageID == "" {
		return
	}
	carrier := m.track(subject{name: s.Carrier, country: msg.Country}, rules)
	if carrier.waiting >= mostWaiting {
		return
	}
	one := &sample{at: now, id: s.ID}
	one.tracks[0], one.begun[0] = carrier, carrier.begin(now)
	if msg.Origin.Pool != "" && msg.Origin.Identity != "" {
		identity := m.track(subject{true, msg.Origin.Identity, msg.Country}, rules)
		one.tracks[1], one.begun[1] = identity, identity.begin(now)
	}
	m.queue = append(m.queue, one)
	m.live++
	m.await(one, s, rules, now)
}

// await lets the receipt of a part find its message; it may be here already.
func (m *Monitor) await(one *sample, s message.Submission, rules Rules, now time.Time) {
	if m.waiting == nil {
		m.waiting, m.parts = map[place]*sample{}, map[message.ID]*sample{}
	}
	at := place{s.Carrier, s.CarrierMessageID}
	if !one.over && s.CarrierMessageID != "" {
		m.waiting[at] = one
		one.places = append(one.places, at)
	}
	if s.Part < s.Parts {
		m.parts[s.ID] = one
	} else {
		delete(m.parts, s.ID)
	}
	if state, here := m.early.take(at); here && !one.over {
		m.judge(one, carried(state), arrived(state), rules, now)
	}
}

// Receipt takes note of a receipt. A message is judged by the first final one
// of any of its parts: some carriers give one for the message, not for a part.
func (m *Monitor) Receipt(r message.Receipt) {
	rules, on := m.Rules()
	if !on || !r.State.Final() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.Now()
	m.expire(rules, now)
	if one := m.waiting[place{r.Carrier, r.CarrierMessageID}]; one != nil {
		m.judge(one, carried(r.State), arrived(r.State), rules, now)
		return
	}
	m.early.keep(place{r.Carrier, r.CarrierMessageID}, r.State)
}

// carried says that a carrier did its part: the text arrived, or it was the
// recipient, the sender or the text that was at fault.
func carried(s message.State) bool {
	switch s {
	case message.Unknown, message.Expired, message.CarrierUnreachable:
		return false
	}
	return true
}

// arrived says that nothing speaks against the sender: the text arrived, or it
// was the recipient that was at fault.
func arrived(s message.State) bool {
	return carried(s) && s != message.CarrierBlocked && s != message.Spam
}

// judge ends a sample.
func (m *Monitor) judge(one *sample, carried, arrived bool, rules Rules, now time.Time) {
	one.over = true
	m.live--
	for _, at := range one.places {
		delete(m.waiting, at)
	}
	one.places = nil
	for i, good := range [...]bool{carried, arrived} {
		if t := one.tracks[i]; t != nil {
			before := t.standing()
			if good {
				t.heard(now.Sub(one.at))
			}
			if t.judged(one.begun[i], good, rules, now); t.ill == before.Well && m.Turned != nil {
				before.Well = !t.ill
				m.Turned(t.of.identity, before)
			}
		}
	}
}

// expire counts as missing the receipts that should be here by now.
func (m *Monitor) expire(rules Rules, now time.Time) {
	due := 0
	for ; due < len(m.queue); due++ {
		one := m.queue[due]
		if !one.over && now.Sub(one.at) < rules.Latency {
			break
		}
		if !one.over {
			m.judge(one, false, false, rules, now)
		}
		delete(m.parts, one.id)
		m.queue[due] = nil
	}
	m.queue = m.queue[due:]
	// One that waits must not keep all behind it in memory.
	const little = 1024
	if len(m.queue) > 2*m.live+little {
		m.queue = slices.DeleteFunc(slices.Clone(m.queue), func(one *sample) bool { return one.over && m.parts[one.id] == nil })
	}
}

// mostTracks bounds who is judged at a time: an idle one is forgotten first.
const mostTracks = 16_384

func (m *Monitor) track(of subject, rules Rules) *track {
	t := m.tracks[of]
	if t != nil {
		return t
	}
	if m.tracks == nil {
		m.tracks = map[subject]*track{}
	}
	if len(m.tracks) >= mostTracks {
		m.forget(rules)
	}
	t = &track{of: of}
	m.tracks[of] = t
	return t
}

// forget drops those that nothing was heard of for a window.
func (m *Monitor) forget(rules Rules) {
	now := m.Now()
	for of, t := range m.tracks {
		if t.waiting == 0 && now.Sub(t.last) > rules.Window {
			delete(m.tracks, of)
		}
	}
}
