package store

import (
	"time"

	"heliograph/message"
)

// Watcher counts what is committed. It is told by the writer, after the commit,
// and must be quick.
type Watcher interface {
	// Committed tells of a transaction that took so long, and how many writes
	// shared it.
	Committed(took time.Duration, writes int)
	// Ended tells of a message that came to a final state.
	Ended(country string, state message.State)
}

// end is a message that came to a final state.
type end struct {
	country string
	state   message.State
}

// Watch names who is told. It is called before Start.
func (db *DB) Watch(w Watcher) { db.writer.watcher = w }

// tellWatcher tells of a transaction that is on disk.
func (w *writer) tellWatcher(took time.Duration, writes int) {
	if w.watcher == nil {
		return
	}
	w.watcher.Committed(took, writes)
	for _, e := range w.road.step.ended {
		w.watcher.Ended(e.country, e.state)
	}
}
