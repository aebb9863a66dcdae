package dispatch

import (
	"sync"
	"time"

	"heliograph/message"
)

const (
	tick      = time.Second // how exactly waiting messages expire and come up again
	sweepTick = time.Minute
	leftFor   = time.Minute // a message that left memory is remembered
	page      = 500         // messages read from disk at once
	together  = 32          // expired messages written at the same time
)

// keep looks after what waits: brings messages up for another attempt, ends
// those whose time to live is over, and reads more from disk.
func (l *lane) keep() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	swept := l.Now()
	l.refill()
	for {
		select {
		case <-l.over:
			return
		case <-l.room:
			l.refill()
		case <-ticker.C:
			l.expireAll(l.due())
			if l.Now().Sub(swept) >= sweepTick {
				swept = l.Now()
				l.expireSpilled()
			}
			l.refill()
		}
	}
}

// due moves delayed messages whose time has come to the queue, and takes out
// those that have expired.
func (l *lane) due() (expired []*job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	for id, at := range l.left {
		if now.Sub(at) > leftFor {
			delete(l.left, id)
		}
	}
	alive := func(list []*job) []*job {
		kept := list[:0]
		for _, j := range list {
			if j.ExpiresAt.After(now) {
				kept = append(kept, j)
			} else {
				expired = append(expired, j)
			}
		}
		clear(list[len(kept):])
		return kept
	}
	l.ready = alive(l.ready)
	waiting := alive(l.delayed)
	l.delayed = l.delayed[:0]
	for _, j := range waiting {
		if j.at.After(now) {
			l.delayed = append(l.delayed, j)
			continue
		}
		l.ready = append(l.ready, j)
		l.work.Signal()
	}
	return expired
}

// expireAll ends messages whose time to live is over.
func (l *lane) expireAll(expired []*job) {
	for len(expired) > 0 {
		n := min(together, len(expired))
		var batch sync.WaitGroup
		for _, j := range expired[:n] {
			batch.Go(func() { l.expire(j) })
		}
		batch.Wait()
		expired = expired[n:]
	}
}

// refill reads messages from disk while there is room.
func (l *lane) refill() {
	if !l.beginReading() {
		return
	}
	defer l.endReading()
	l.read()
}

func (l *lane) beginReading() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.spilled || l.stopping || len(l.held) > l.Memory/2 {
		return false
	}
	// What is accepted from now on either fits or says so again.
	l.spilled, l.reading = false, true
	return true
}

func (l *lane) endReading() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading = false
}

// read takes messages from disk, oldest first, until there is no more room. A
// failed read is tried again at the next tick.
func (l *lane) read() {
	var after message.ID
	for {
		list, err := l.Store.QueuedMessages(l.ctx, l.name, after, page)
		if err != nil {
			l.mu.Lock()
			l.spilled = true
			l.mu.Unlock()
			l.Log.Error("queued messages cannot be read", "carrier", l.name, "error", err)
			return
		}
		for _, m := range list {
			if !l.load(m) {
				return
			}
		}
		if len(list) < page {
			return
		}
		after = list[len(list)-1].ID
	}
}

// expireSpilled ends messages whose time to live is over before there was room
// for them in memory.
func (l *lane) expireSpilled() {
	l.mu.Lock()
	spilled := l.spilled
	l.mu.Unlock()
	if !spilled {
		return
	}
	list, err := l.Backlog.ExpiredMessages(l.ctx, l.name, l.Now(), l.Memory)
	if err != nil {
		l.Log.Error("expired messages cannot be read", "carrier", l.name, "error", err)
		return
	}
	var expired []*job
	for _, m := range list {
		if !l.holds(m.ID) {
			expired = append(expired, newJob(m))
		}
	}
	l.expireAll(expired)
}

func (l *lane) holds(id message.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, held := l.held[id]
	_, left := l.left[id]
	return held || left
}
