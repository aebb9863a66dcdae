package store

import (
	"context"

	"heliograph/api"
	"heliograph/message"
	"heliograph/resource"
	"heliograph/resource/configset"
)

// Places of a message's events: each comes once, in this order. They are made of
// the parts' states, so that they are the same after a restart.
const (
	placeQueued    = iota // accepted
	placePending          // a part of several was taken
	placeTaken            // every part was taken
	placeEnded            // it failed, or nobody told
	placeDelivered        // also after an end that was none
)

// untold is the place before all events.
const untold = -1

// told is a message's event that is to be written.
type told struct {
	life  *life
	place int
	kind  api.EventType
	at    int64
}

// setKey names a configuration set.
type setKey struct {
	scope resource.Scope
	name  string
}

// newLife is the life of a message that was just accepted.
func newLife(m *message.Message) *life {
	return &life{id: m.ID, carrier: m.Carrier, country: m.Country, scope: m.Scope, set: m.ConfigurationSet, told: untold, parts: newParts(m.Parts)}
}

// tell notes the event of what a message's parts say now, unless one at its
// place or after it was told already. A message without a configuration set has
// no events.
func (r *road) tell(l *life, at int64) {
	if l.set == "" {
		return
	}
	place, kind := l.stands()
	if place <= l.told {
		return
	}
	// A receipt may come before the response that it belongs to: what is told
	// later is not told to have happened earlier.
	l.told, l.toldAt = place, max(l.toldAt, at)
	at = l.toldAt
	r.step.told = append(r.step.told, told{l, place, kind, at})
}

// recall finds the place of the latest event of a message that was read: that of
// its parts' states, or one that it was told at before a late receipt took it
// back.
func (l *life) recall(ctx context.Context, q querier) error {
	if l.set == "" {
		return nil
	}
	var told int
	err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(place), -1), COALESCE(MAX(at), 0) FROM events WHERE message_id = $1`, l.id[:]).Scan(&told, &l.toldAt)
	if err != nil {
		return err
	}
	place, _ := l.stands()
	l.told = max(place, told)
	return nil
}

// stands is the place and the type of the event that the parts' states make.
func (l *life) stands() (place int, kind api.EventType) {
	state, _, _ := l.fold()
	place = placeEnded
	switch state {
	case message.Queued:
		place = placeQueued
		if l.begun() {
			return placePending, api.EventTypeTextPending
		}
	case message.Submitted, message.Successful:
		return placeTaken, api.EventTypeTextSuccessful
	case message.Delivered:
		place = placeDelivered
	}
	return place, api.EventType("TEXT_" + state.String())
}

// begun says whether a carrier took a part.
func (l *life) begun() bool {
	for i := range l.parts {
		if l.parts[i].State != message.Queued {
			return true
		}
	}
	return false
}

// takeEvents leaves the rows of the events that somebody wants.
func (r *road) takeEvents(ctx context.Context, q querier) error {
	for _, t := range r.step.told {
		l := t.life
		wanted, err := r.destinationsOf(ctx, q, setKey{l.scope, l.set})
		if err != nil {
			return err
		}
		kept := false
		for _, d := range wanted {
			if !d.Takes(t.kind) {
				continue
			}
			if !kept {
				r.step.events = append(r.step.events, l.id[:], int64(t.place), l.scope.Account, l.scope.Region, l.set, string(t.kind), t.at, "")
				kept = true
			}
			r.step.outbox = append(r.step.outbox, d.ARN, l.scope.Account, l.scope.Region, l.id[:], int64(t.place), d.Name, t.at)
		}
	}
	return nil
}

// destinationsOf are the event destinations of a set, read once until
// resources change.
func (r *road) destinationsOf(ctx context.Context, q querier, key setKey) ([]configset.Destination, error) {
	if known, read := r.sets[key]; read {
		return known, nil
	}
	set, _, err := first(ctx, q, scanSet, setRow, key.scope.Account, key.scope.Region, key.name)
	if err != nil {
		return nil, err
	}
	if r.sets == nil || len(r.sets) >= cachedScopes {
		r.sets = map[setKey][]configset.Destination{}
	}
	r.sets[key] = set.Destinations
	return set.Destinations, nil
}

// forgetSets has event destinations read again: resources changed.
func (r *road) forgetSets() { r.sets = nil }
