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
				l.findForgotten()
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
	l.regroup()
	l.makeRoom()
	for id, at := range l.left {
		if now.Sub(at) > leftFor {
			delete(l.left, id)
		}
	}
	over := func(j *job) bool { return !j.ExpiresAt.After(now) }
	expired = l.queue.remove(over)
	l.queue.forget()
	waiting := l.delayed
	l.delayed = l.delayed[:0]
	for _, j := range waiting {
		switch {
		case over(j):
			expired = append(expired, j)
		case j.at.After(now):
			l.delayed = append(l.delayed, j)
		default:
			l.queue.again(j)
		}
	}
	clear(waiting[len(l.delayed):])
	l.work.Broadcast()
	return expired
}

// expireAll ends messages whose time to live is over.
func (l *lane) expireAll(expired []*job) {
	for len(expired) > 0 {
		n := min(together, len(expired))
		var batch sync.WaitGroup
		for _, j := range expired[:n] {
			batch.Go(func() { l.expireWaiting(j) })
		}
		batch.Wait()
		expired = expired[n:]
	}
}

// expireSpilled ends messages whose time to live is over before there was room
// for them in memory.
func (l *lane) expireSpilled() {
	l.mu.Lock()
	behind := l.behind()
	l.mu.Unlock()
	if !behind {
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

// findForgotten looks for messages that wait on disk and that nobody remembers, so that
// whatever went wrong none stays there for ever: they are read like a backlog.
func (l *lane) findForgotten() {
	l.mu.Lock()
	behind := l.behind() || l.reading
	l.mu.Unlock()
	if behind {
		return // what is read next has them
	}
	list, err := l.Store.QueuedMessages(l.ctx, l.name, message.ID{}, page)
	if err != nil {
		l.Log.Error("queued messages cannot be read", "carrier", l.name, "error", err)
		return
	}
	before := l.Now().Add(-2 * leftFor)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range list {
		if m.AcceptedAt.Before(before) && !l.known(m.ID) {
			l.missed(nil, m.ID)
			return
		}
	}
}

func (l *lane) holds(id message.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known(id)
}
