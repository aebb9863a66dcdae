package store

import (
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/origination"
)

// lastSent remembers what each number last sent to whom, for the few who answer.
// An index from number and person to message would cost every message a random
// page; a place in memory costs it almost nothing. Of what was sent before the
// start, or so long ago that it is forgotten, the newest rows of some days are
// searched, once for each person: who answers, mostly answers something new.
type lastSent struct {
	seed maphash.Seed

	mu     sync.Mutex
	recent map[uint64]message.ID // the zero id is of nothing that a search found
	older  map[uint64]message.ID
	since  time.Time // what was sent from then on is remembered
	turned time.Time // what recent holds was sent from then on
}

const (
	// sentKept is how many places each of the two halves has.
	sentKept = 250_000
	// sentSearched is how many rows are looked at for what is not remembered.
	sentSearched = 20_000
	// sentLooked is how many of a person's messages are looked at there, from
	// whatever number they came.
	sentLooked = 20
	// sentAge is how old they may be.
	sentAge = 72 * time.Hour
)

func newLastSent() *lastSent {
	now := time.Now()
	return &lastSent{seed: maphash.MakeSeed(), recent: map[uint64]message.ID{}, since: now, turned: now}
}

func (l *lastSent) key(s resource.Scope, number, person string) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	for _, text := range [...]string{s.Account, s.Region, number, person} {
		h.WriteString(text) // never fails
		h.WriteByte(0)      // likewise
	}
	return h.Sum64()
}

// note takes a message that is accepted. Only numbers are answered.
func (l *lastSent) note(m *message.Message) {
	if !strings.HasPrefix(m.Origin.Identity, origination.NumberPrefix) {
		return
	}
	key := l.key(m.Scope, m.Origin.Identity, m.To)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keep(key, m.ID)
}

func (l *lastSent) keep(key uint64, id message.ID) {
	if len(l.recent) >= sentKept {
		l.older, l.recent = l.recent, map[uint64]message.ID{}
		l.since, l.turned = l.turned, time.Now()
	}
	l.recent[key] = id
}

// searched takes what a search found, unless something was sent meanwhile.
func (l *lastSent) searched(key uint64, id message.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, newer := l.recent[key]; !newer {
		l.keep(key, id)
	}
}

// find gives what is remembered, or until when it has to be searched.
func (l *lastSent) find(key uint64) (id message.ID, found bool, since time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id, found = l.recent[key]; !found {
		id, found = l.older[key]
	}
	return id, found, l.since
}

// LastMessage finds the last message that a number, by its id, sent to a person.
// One that is older than three days may not be found.
func (db *DB) LastMessage(ctx context.Context, s resource.Scope, number, person string) (message.ID, bool, error) {
	sent := db.writer.road.sent
	key := sent.key(s, number, person)
	id, known, since := sent.find(key)
	if known && id == (message.ID{}) {
		return id, false, nil
	}
	if known {
		// A hash is no proof, and a transaction may have failed.
		m, there, err := db.Message(ctx, id)
		if err != nil || there && m.Scope == s && m.Origin.Identity == number && m.To == person {
			return id, err == nil, err
		}
		since = time.Time{}
	}
	id, err := db.searchLast(ctx, s, number, person, since)
	if err != nil {
		return message.ID{}, false, err
	}
	sent.searched(key, id)
	return id, id != message.ID{}, nil
}

// searchLast looks among the newest messages of before a time, zero = all, as far
// back as answers come.
func (db *DB) searchLast(ctx context.Context, s resource.Scope, number, person string, until time.Time) (message.ID, error) {
	oldest := time.Now().Add(-sentAge)
	if !until.IsZero() && !until.After(oldest) {
		return message.ID{}, nil
	}
	rows, err := db.SearchMessages(ctx, message.Search{
		To: person, Account: s.Account, Region: s.Region, Since: oldest, Until: until, Limit: sentLooked, Rows: sentSearched,
	})
	for _, m := range rows.Messages {
		if m.Origin.Identity == number {
			return m.ID, err
		}
	}
	return message.ID{}, err
}
