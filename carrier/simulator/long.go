package simulator

import (
	"bytes"
	"time"
)

// How long the centre remembers the parts of a text.
const (
	wholeFor = 2 * time.Minute // a part of a whole text that comes again is no new text
	partsFor = time.Hour       // parts of a text that is not whole

	sweepEvery = time.Minute
)

// longTexts puts the parts of long texts together, in whatever order and
// however often they come. One goroutine uses it.
type longTexts struct {
	byKey map[string]*longText
	swept time.Time
}

type longText struct {
	parts []Part // by number; Data nil where missing
	have  int
	last  time.Time // arrival of the newest part
}

func (t *longText) whole() bool { return t.have == len(t.parts) }

func (t *longText) stale(now time.Time) bool {
	if t.whole() {
		return now.Sub(t.last) > wholeFor
	}
	return now.Sub(t.last) > partsFor
}

// addition says what a part changed.
type addition struct {
	again bool   // it is there already
	first bool   // nothing was known under its key
	fresh bool   // what the key held before is another text and forgotten
	whole []Part // all parts in order once none is missing
}

// add takes a part in. The same part of the same text within the time that
// texts are remembered is one that was sent again; other octets under the same
// reference are a new text.
func (l *longTexts) add(p Part) addition {
	if p.Number < 1 || p.Number > p.Total {
		return addition{whole: []Part{p}}
	}
	if l.byKey == nil {
		l.byKey = map[string]*longText{}
	}
	var a addition
	t := l.byKey[p.Key]
	if t != nil && len(t.parts) == p.Total && !t.stale(p.At) {
		if held := t.parts[p.Number-1]; held.Number != 0 {
			a.again = held.Coding == p.Coding && bytes.Equal(held.Data, p.Data)
			a.fresh = !a.again
		}
	} else if t != nil {
		a.fresh = true
	}
	if a.again {
		return a
	}
	a.first = t == nil
	if t == nil || a.fresh {
		t = &longText{parts: make([]Part, p.Total)}
		l.byKey[p.Key] = t
	}
	t.parts[p.Number-1] = p
	t.have++
	t.last = p.At
	if t.whole() {
		a.whole = t.parts
	}
	return a
}

// remove takes a part out again that could not be written.
func (l *longTexts) remove(p Part) {
	t := l.byKey[p.Key]
	if t == nil || p.Number < 1 || p.Number > len(t.parts) || t.parts[p.Number-1].Number == 0 {
		return
	}
	t.parts[p.Number-1] = Part{}
	if t.have--; t.have == 0 {
		delete(l.byKey, p.Key)
	}
}

// forget drops a text whose repetition is recognised by other means.
func (l *longTexts) forget(key string) { delete(l.byKey, key) }

// sweep drops what is too old to matter, now and then.
func (l *longTexts) sweep(now time.Time) {
	if now.Sub(l.swept) < sweepEvery {
		return
	}
	l.swept = now
	for key, t := range l.byKey {
		if t.stale(now) {
			delete(l.byKey, key)
		}
	}
}

// recent is a bounded memory of the texts that handsets show, by the API's
// message id. One goroutine uses it.
type recent struct {
	held map[[16]byte]struct{}
	ring [][16]byte
	next int
}

func (r *recent) has(id [16]byte) bool {
	_, ok := r.held[id]
	return ok
}

func (r *recent) add(id [16]byte) {
	if r.held == nil {
		r.held = map[[16]byte]struct{}{}
	}
	if r.has(id) {
		return
	}
	if len(r.ring) < Kept {
		r.ring = append(r.ring, id)
	} else {
		delete(r.held, r.ring[r.next])
		r.ring[r.next] = id
		r.next = (r.next + 1) % Kept
	}
	r.held[id] = struct{}{}
}

// drop takes out an id that could not be written; its place in the ring is
// used up.
func (r *recent) drop(id [16]byte) { delete(r.held, id) }
